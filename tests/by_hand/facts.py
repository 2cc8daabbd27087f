"""Which facts count, whom they are about, and in which order they happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

Envelope = Mapping[str, Any]

THINGS = ("promise", "contact", "incident")
BEGINNINGS = {
    "promise.made": "promise",
    "contact.inbound": "contact",
    "contact.outbound": "contact",
    "incident.reported": "incident",
}
REFERENCES = ("customer", "duplicate", "promise", "contact", "incident", "about", "chases")

LIFE = (
    "made",
    "changed",
    "assigned",
    "paused",
    "resumed",
    "renegotiated",
    "fulfilled",
    "withdrawn",
    "broken",
    "released",
)
OTHER_LIVES = {
    "contact": ("inbound", "outbound", "answered"),
    "incident": (
        "reported", "assigned", "paused", "resumed", "explained", "apologised", "chance_asked", "offered",
        "offer_answered", "talked", "resolved", "reopened", "closed",
    ),
    "customer": ("registered", "changed", "owner_assigned", "sensitivity_set", "merged", "separated", "left"),
}  # fmt: skip
RANK = {
    f"{thing}.{verb}": rank
    for thing, verbs in (("promise", LIFE), *OTHER_LIVES.items())
    for rank, verb in enumerate(verbs)
}


def time_of(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope["time"]).astimezone(UTC)


def recorded_at(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope["recorded"]).astimezone(UTC)


def text(data: Mapping[str, Any], name: str) -> str | None:
    """None where nothing can be read."""
    return (data.get(name) or "").strip() or None


def thing_of(envelope: Envelope) -> tuple[str, str] | None:
    """The promise, contact or incident whose life the fact belongs to."""
    kind = envelope["type"].partition(".")[0]
    return (kind, envelope["data"][kind]) if kind in THINGS else None


def ordered(facts: Iterable[Envelope]) -> list[Envelope]:
    """As they happened. At one instant: by sequence where both of one life carry it, else by life cycle, then id."""
    facts = list(facts)
    moments = {id(each): time_of(each) for each in facts}
    plain = sorted(facts, key=lambda e: (moments[id(e)], RANK.get(e["type"], 99), e["id"], e["source"]))

    def before(one: Envelope, other: Envelope) -> int:
        first, second = moments[id(one)], moments[id(other)]
        if first != second:
            return -1 if first < second else 1
        if thing_of(one) == thing_of(other) and "sequence" in one and "sequence" in other:
            return int(one["sequence"]) - int(other["sequence"])
        ranks = RANK.get(one["type"], 99) - RANK.get(other["type"], 99)
        return ranks or (1 if one["id"] > other["id"] else -1 if one["id"] < other["id"] else 0)

    return sorted(plain, key=cmp_to_key(before)) if any("sequence" in each for each in plain) else plain


# -- whose identifiers -------------------------------------------------------------------------------


class Naming:
    """Identifiers of one source as they are; where several sources name things, each as source:id."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.sources = {each["source"] for each in envelopes}
        named = {
            self.pair(each["source"], each["data"][name])[0]
            for each in envelopes
            for name in REFERENCES
            if each["data"].get(name) is not None
        }
        self.several = len(named) > 1

    def pair(self, source: str, said: str) -> tuple[str, str]:
        before, colon, after = said.partition(":")
        return (before, after) if colon and before in self.sources else (source, said)

    def own(self, envelope: Envelope) -> dict[str, Any]:
        """The data with every identifier under one name wherever it is said."""
        data = dict(envelope["data"])
        for name in REFERENCES:
            if data.get(name) is not None:
                source, plain = self.pair(envelope["source"], data[name])
                data[name] = f"{source}:{plain}" if self.several else plain
        return data


# -- what counts --------------------------------------------------------------------------------------


def counting(envelopes: Iterable[Envelope], known: datetime | None = None) -> list[dict[str, Any]]:
    """What counts of what was recorded by then, as it happened, each with `at` and `whose`, the customer it is about.

    Retracted facts and retractions are gone, and so is what belongs to nothing that has begun.
    """
    every = list({(each["source"], each["id"]): each for each in reversed(list(envelopes))}.values())[::-1]
    naming = Naming(every)
    told = [each for each in every if known is None or recorded_at(each) <= known]
    facts = [{**each, "data": naming.own(each)} for each in _not_retracted(told)]
    begun = _beginnings(facts)
    survivor, merged = survivors(facts), {_pair(each) for each in facts if each["type"] == "customer.merged"}
    found = []
    for fact in ordered(facts):
        whose = _whose(fact, begun)
        if fact["type"] == "customer.separated" and _pair(fact) not in merged:
            continue
        if _has_ground(fact, begun, whose):
            fact = {**fact, "whose": survivor.get(whose, whose), "at": time_of(fact)}
            if fact["type"].partition(".")[0] in THINGS and "customer" in fact["data"]:
                fact["data"] = {**fact["data"], "customer": fact["whose"]}
            found.append(fact)
    return found


def _not_retracted(facts: Sequence[Envelope]) -> list[Envelope]:
    retractions: dict[tuple[str, str], list[Envelope]] = {}
    for each in facts:
        if each["type"] == "fact.retracted":
            retracts = each["data"]["retracts"]
            retractions.setdefault((retracts["source"], retracts["id"]), []).append(each)

    def stands(fact: Envelope) -> bool:
        return not any(stands(each) for each in retractions.get((fact["source"], fact["id"]), []))

    return [each for each in facts if each["type"] != "fact.retracted" and stands(each)]


def _beginnings(facts: Sequence[Envelope]) -> dict[tuple[str, str], Envelope]:
    """The first recorded one of each thing."""
    begun: dict[tuple[str, str], Envelope] = {}
    for each in sorted(facts, key=lambda e: recorded_at(e) if "recorded" in e else time_of(e)):
        if each["type"] in BEGINNINGS:
            begun.setdefault(thing_of(each), each)  # type: ignore[arg-type]
    return begun


def _whose(fact: Envelope, begun: Mapping[tuple[str, str], Envelope]) -> str | None:
    thing, data = thing_of(fact), fact["data"]
    if thing is not None:
        return begun[thing]["data"]["customer"] if thing in begun else None
    if data.get("customer") is not None:
        return data["customer"]
    for kind in THINGS:
        if (kind, data.get("about")) in begun:
            return begun[kind, data["about"]]["data"]["customer"]
    return None


def _has_ground(fact: Envelope, begun: Mapping[tuple[str, str], Envelope], whose: str | None) -> bool:
    thing = thing_of(fact)
    if thing is None:
        return whose is not None or fact["type"].startswith(("document.", "firm."))
    beginning = begun.get(thing)
    if beginning is None:
        return False
    return fact is beginning or (fact["type"] not in BEGINNINGS and time_of(fact) >= time_of(beginning))


def _pair(fact: Envelope) -> tuple[str, str]:
    return fact["data"]["customer"], fact["data"]["duplicate"]


def survivors(facts: Iterable[Envelope]) -> dict[str, str]:
    """Who counts for whom, by what was said last, whenever that was."""
    into: dict[str, str] = {}
    for each in ordered(each for each in facts if each["type"] in ("customer.merged", "customer.separated")):
        survivor, duplicate = _pair(each)
        if each["type"] == "customer.merged":
            into[duplicate] = survivor
        elif into.get(duplicate) == survivor:
            del into[duplicate]

    def last(customer: str) -> str:
        return last(into[customer]) if customer in into else customer

    return {each: last(each) for each in into}
