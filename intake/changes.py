"""When a system tells the same thing anew with other content: which facts that becomes.

An export tells the state of today. A due that differs from the one told before means that the promise was
moved; another description, that it was described better. The mapping says with `on_change` which of these may
be concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.errors import Refused, SameKeyOtherContent
from domain.vocabulary import FACTS
from intake import moments
from intake.mapped import Mapped
from words import N_

DUE_GONE = N_("The promise had a due before and has none now. A due can be moved, not removed.")

BECOMES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "promise.made": {
        "promise.renegotiated": frozenset({"due"}),
        "promise.changed": frozenset({"what", "kind", "severity", "supplier", "product", "plan_b", "parts"}),
        "promise.assigned": frozenset({"by", "team"}),
    },
    "customer.registered": {
        "customer.changed": frozenset(
            {"name", "kind", "email", "phone", "language", "timezone", "owner", "team", "since"}
        ),
    },
}
"""Which fields of a fact, told anew with other content, become which fact."""


def changed_facts(mapped: Mapped, before: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts that lead from `before`, what the source said last, to what the mapped row says now.

    None where both say the same. Raises SameKeyOtherContent where the mapping does not say what the change
    becomes.
    """
    after, change = mapped.envelope, mapped.on_change
    assert after is not None
    different = _different(before, after, mapped)
    if not different:
        return []
    known = BECOMES.get(after["type"], {})
    kinds = [kind for kind in known if change is not None and kind in change.become]
    covered = {f"data.{field}" for kind in kinds for field in known[kind]}
    if change is None or different - covered:
        raise SameKeyOtherContent(sorted(different), id=after["id"], source=after["source"])
    facts = []
    for kind in kinds:
        fields = sorted(field for field in known[kind] if f"data.{field}" in different)
        if fields:
            data = _changed_data(kind, fields, after)
            if kind == "promise.renegotiated":
                data |= change.data
            facts.append(_envelope(kind, data, after, change.time))
    return facts


def last_word(first: dict[str, Any], later: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What the source said last: its first fact, overlaid with what `changed_facts` made of its later words.

    `later` may hold other facts too: those that somebody recorded otherwise are not the source's words.
    """
    said = {**first, "data": dict(first["data"])}
    own = [
        fact for fact in later
        if fact["source"] == first["source"] and fact["id"].startswith(f"{first['id']}/{fact['type']}/")
    ]  # fmt: skip
    for fact in sorted(own, key=lambda fact: _instant(fact["time"])):
        fields = BECOMES[first["type"]].get(fact["type"], frozenset())
        said["data"].update({field: value for field, value in fact["data"].items() if field in fields})
        if "due" in fact["data"]:
            said.pop("zone", None)
            said |= {"zone": fact["zone"]} if "zone" in fact else {}
    return said


def with_time_of(mapped: Mapped, recorded: datetime) -> Mapped:
    """The same, with the time recorded before where both mean the same day.

    A fact dated today, without a time of day, gets the moment of intake; tomorrow the same row gives the last
    second of that day. That is no other content.
    """
    if mapped.envelope is None or mapped.day is None or not mapped.day.holds(recorded):
        return mapped
    return replace(mapped, envelope={**mapped.envelope, "time": moments.short(moments.written(recorded))})


def _different(before: dict[str, Any], after: dict[str, Any], mapped: Mapped) -> set[str]:
    """The fields that differ, compared as parsed: instants, defaults filled in."""
    if before["type"] != after["type"]:
        return {"type"}
    kind = FACTS[after["type"]]
    said, says = (kind.model_validate(each["data"]) for each in (before, after))
    found = {f"data.{name}" for name, value in said if value != getattr(says, name)}
    told = _instant(before["time"])
    if told != _instant(after["time"]) and not (mapped.day is not None and mapped.day.holds(told)):
        found.add("time")
    if before.get("sequence") != after.get("sequence"):
        found.add("sequence")
    return found


def _changed_data(kind: str, fields: list[str], after: dict[str, Any]) -> dict[str, Any]:
    subject = "customer" if kind == "customer.changed" else "promise"
    data = {subject: after["data"][subject]}
    if "due" in fields and after["data"].get("due") is None:
        raise Refused("due_gone", DUE_GONE, "data.due")
    for field in fields:
        # What is no longer said goes back to what it was before anybody said it.
        data[field] = after["data"].get(field, FACTS[kind].model_fields[field].get_default())
    return data


def _envelope(kind: str, data: dict[str, Any], after: dict[str, Any], time: str) -> dict[str, Any]:
    """Its id is made of the first fact's and the moment of the change: the same change twice is one fact."""
    envelope = {
        "specversion": "1.0",
        "source": after["source"],
        "id": f"{after['id']}/{kind}/{time}",
        "type": kind,
        "time": time,
        "data": data,
    }
    return {**envelope, "zone": after["zone"]} if "due" in data and "zone" in after else envelope


def _instant(time: str) -> datetime:
    return datetime.fromisoformat(time).astimezone(UTC)
