"""A firm in which every word is planted: whatever is said about one customer, about others, and who of us did it.

Every personal field of every type of fact holds a word of its own, whichever fields there will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from domain.vault import plan
from domain.vocabulary import FACTS
from tests.homes import Home
from tests.notation import Data, at

STEERING = frozenset({"document.published", "firm.rates_set"})
"""What steers the product tells of no customer."""
NOW = at("2026-03-30T09:00")

PEOPLE = """
[[persons]]
id = "igeheim.1"
name = "Ines Geheimwort"
email = "ines.geheim@example.com"
aliases = ["geheimnis7"]
roles = ["manager"]
"""
OUR_NAMES = ("Geheimwort", "ines.geheim", "igeheim", "geheimnis7")


@dataclass
class Planted:
    """`own` must come out, `others` and `ours` must not, each by its word with the place where it was planted."""

    own: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)
    facts: list[Data] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(100))

    def word(self, into: dict[str, str], place: str) -> str:
        word = f"wort{next(self._numbers)}q"
        into[word] = place
        return word

    def tell(self, type: str, time: str, *, of_another: bool = False, **said: Any) -> str:
        """A fact with a word in every personal field that is not said; its own id is one, too."""
        kinds, into = plan(FACTS[type]), self.others if of_another else self.own
        id = self.word(into, f"{type}: id")
        for name in kinds.personal:
            if name in said:
                continue
            where = self.others if (type, name) == ("referral.given", "referred") else into
            word = self.word(where, f"{type}.{name}")
            said[name] = f"{word}@example.com" if name == "email" else f"{word} in Worten"
        for name in kinds.persons:
            said.setdefault(name, self.word(self.ours, f"{type}.{name}"))
        moment = at(time).isoformat()
        self.facts.append({"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": moment, "data": said})
        return id

    def named(self, kind: str, *, of_another: bool = False) -> str:
        """The source's own id of a thing."""
        return self.word(self.others if of_another else self.own, f"id of a {kind}")


def planted() -> tuple[Planted, str]:
    """Facts of every type about one customer, and as many about others; and the customer's own id."""
    here = Planted()
    customer = here.named("customer")
    _life(here, customer)
    duplicate = here.named("customer")
    here.tell("customer.registered", "2026-01-05T08:00", customer=duplicate)
    here.tell("customer.merged", "2026-01-06T08:00", customer=customer, duplicate=duplicate)
    here.tell("feedback.given", "2026-01-07T08:00", customer=duplicate, score=4.0, about=here.named("feedback"))
    other = here.named("customer", of_another=True)
    _life(here, other, of_another=True)
    _apart(here, customer)
    _mistaken(here, customer, other)
    here.tell("customer.separated", "2026-03-05T08:00", customer=customer, duplicate=_unknown(here))
    return here, customer


def _unknown(here: Planted) -> str:
    """Waits for ever: this one was never merged."""
    return here.named("customer", of_another=True)


def _apart(here: Planted, customer: str) -> None:
    """Taken for the same for a day: what is said of the other one is the other one's."""
    apart = here.named("customer", of_another=True)
    here.tell("customer.registered", "2026-01-08T08:00", of_another=True, customer=apart)
    here.tell("customer.merged", "2026-01-09T08:00", of_another=True, customer=customer, duplicate=apart)
    here.tell("customer.left", "2026-01-09T12:00", of_another=True, customer=apart)
    here.tell("customer.separated", "2026-01-10T08:00", of_another=True, customer=customer, duplicate=apart)


def _mistaken(here: Planted, customer: str, other: str) -> None:
    """A promise was recorded for the wrong customer first, taken back, and begun anew for the right one."""
    promise = here.named("promise", of_another=True)
    wrong = here.tell("promise.made", "2026-02-20T08:00", of_another=True, promise=promise, customer=customer,
                      due="2026-09-09")  # fmt: skip
    here.tell("promise.changed", "2026-02-20T09:00", of_another=True, promise=promise)
    here.tell("fact.retracted", "2026-02-20T10:00", of_another=True, retracts={"source": "crm", "id": wrong})
    here.tell("promise.made", "2026-02-20T08:00", of_another=True, promise=promise, customer=other)
    about = here.named("contact")
    # Who asks about another's promise is not told what it is called.
    here.tell("contact.inbound", "2026-02-21T08:00", contact=about, customer=customer, about=promise, chases=promise)


def _life(here: Planted, customer: str, *, of_another: bool = False) -> None:
    """At least one fact of every type."""

    def tell(type: str, day: str, **said: Any) -> str:
        return here.tell(type, f"2026-02-{day}", of_another=of_another, **said)

    def named(kind: str) -> str:
        return here.named(kind, of_another=of_another)

    tell("customer.registered", "02T08:00", customer=customer)
    tell("customer.changed", "02T08:01", customer=customer)
    tell("customer.owner_assigned", "02T08:02", customer=customer)
    tell("customer.sensitivity_set", "02T08:03", customer=customer, value=1.5)
    promises = [named("promise") for _ in range(4)]
    for promise in promises:
        tell("promise.made", "02T09:00", promise=promise, customer=customer, due="2026-02-06", kind="delivery")
        tell("promise.changed", "02T09:10", promise=promise)
        tell("promise.assigned", "02T09:20", promise=promise)
        tell("promise.paused", "02T09:30", promise=promise, cause="customer")
        tell("promise.resumed", "02T10:30", promise=promise, cause="customer")
        tell("promise.renegotiated", "03T09:00", promise=promise, due="2026-02-09")
    tell("promise.fulfilled", "08T09:00", promise=promises[0], degree=1.0)
    tell("promise.withdrawn", "04T09:00", promise=promises[1])
    tell("promise.broken", "05T09:00", promise=promises[2])
    tell("promise.released", "05T09:30", promise=promises[3])
    tell("request.declined", "05T10:00", customer=customer)
    question, ours = named("contact"), named("contact")
    tell("contact.inbound", "06T09:00", contact=question, customer=customer, thread=named("thread"), about=promises[0])
    tell("contact.answered", "06T09:30", contact=question)
    tell("contact.outbound", "06T10:00", contact=ours, customer=customer, purpose="check_in", about=named("thing"))
    tell("feedback.requested", "09T09:00", customer=customer, about=promises[0])
    mistake = tell("feedback.given", "09T10:00", customer=customer, score=2.0, about=promises[0])
    tell("fact.retracted", "09T11:00", retracts={"source": "crm", "id": mistake})
    tell("referral.given", "10T09:00", customer=customer)
    incident = named("incident")
    tell("incident.reported", "11T09:00", incident=incident, customer=customer, kind="complaint", promise=promises[0])
    for type in sorted(FACTS):
        if type.startswith("incident.") and type not in ("incident.reported", *_LATER):
            accepted = {"accepted": True} if type == "incident.offer_answered" else {}
            cause = {"cause": "part"} if type in ("incident.paused", "incident.resumed") else {}
            tell(type, "11T10:00", incident=incident, **accepted, **cause)
    for place, type in enumerate(_LATER):
        tell(type, f"{12 + place}T09:00", incident=incident)
    tell("customer.left", "28T09:00", customer=customer)


_LATER = ("incident.resolved", "incident.reopened", "incident.closed")


def moved_in(home: Home) -> tuple[Planted, str]:
    """The home has heard it all; the customer by their own id."""
    here, customer = planted()
    home.clock.now = at("2026-01-01T08:00")
    home.konto.publish("people", PEOPLE)
    home.konto.catch_up()
    receipts = home.take_as_they_come(here.facts, NOW)
    assert {each.fact.type: each.refused for each in receipts if each.refused} == {}
    return here, customer


def found(words: Mapping[str, str], text: str) -> set[str]:
    """Where the planted words stood that the text holds."""
    return {f"{place} ({word})" for word, place in words.items() if word in text}
