"""What somebody does about a promise, a question, an incident or a customer, recorded as the fact that says so.

Pages, commands and programs name the deed and what it is done to; what fact that makes, whose it may be and how it is
undone stands here and nowhere else. Everything goes through the domain's verbs: a deed that the history does not allow
is refused, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from domain.errors import Refused
from domain.fact import Fact, content
from domain.history import FactRetracted
from domain.record import Receipt
from domain.roles import allowed
from domain.vocabulary import parse
from projections import own_names
from projections.own_facts import must_be_own
from projections.own_names import Thing
from wiring.capturing import person_called
from wiring.home import Konto

SOURCE: Final = "deed"
"""Where these facts come from."""
UNDONE_WITHIN: Final = timedelta(hours=1)
"""What was recorded by mistake a while ago is for those who may retract anything."""

Does = Literal[
    "fulfil", "move", "take_back", "give_up", "release", "plan_b", "pause", "resume",
    "answer", "follow_up", "check_in",
    "explain", "apologise", "ask_chance", "offer", "answer_offer", "talk", "resolve", "close",
]  # fmt: skip


@dataclass(frozen=True)
class Making:
    """The fact that a deed makes: its type, what it is about, and what is always said in it.

    `says`: what whoever does it may say; `begins`: the deed is a contact of its own, about the thing.
    """

    type: str
    thing: Thing
    says: tuple[str, ...] = ()
    always: Mapping[str, Any] = field(default_factory=dict)
    begins: bool = False


_STEP = ("by", "channel")

MAKINGS: Final[Mapping[Does, Making]] = {
    "fulfil": Making("promise.fulfilled", "promise", ("degree", "amount", "evidence")),
    "move": Making("promise.renegotiated", "promise", ("due", "reason", "alternative", "asked_by", "agreed")),
    "take_back": Making("promise.withdrawn", "promise", ("reason", "alternative")),
    "give_up": Making("promise.broken", "promise", ("reason",)),
    "release": Making("promise.released", "promise", ("reason",)),
    "plan_b": Making("promise.changed", "promise", ("plan_b",)),
    "pause": Making("promise.paused", "promise", ("cause",)),
    "resume": Making("promise.resumed", "promise", ("cause",)),
    "answer": Making("contact.answered", "contact", ("by", "channel")),
    "follow_up": Making("contact.outbound", "promise", _STEP, {"purpose": "follow_up"}, begins=True),
    "check_in": Making("contact.outbound", "customer", _STEP, {"purpose": "check_in"}, begins=True),
    "explain": Making("incident.explained", "incident", _STEP),
    "apologise": Making("incident.apologised", "incident", _STEP),
    "ask_chance": Making("incident.chance_asked", "incident", (*_STEP, "offer", "amount")),
    "offer": Making("incident.offered", "incident", (*_STEP, "offer", "amount")),
    "answer_offer": Making("incident.offer_answered", "incident", ("accepted", *_STEP)),
    "talk": Making("incident.talked", "incident", _STEP),
    "resolve": Making("incident.resolved", "incident", ("reason",)),
    "close": Making("incident.closed", "incident", ("reason",)),
}
assert set(MAKINGS) == set(get_args(Does))


@dataclass(frozen=True)
class Deed:
    """`on`: what it is done to, by internal id or as `source:id`. `id`: of the fact, so that twice records once.

    `at`: when it was done, None = just now. `says`: the fields that its Making names; without a value = not said.
    """

    does: Does
    on: str
    id: str
    at: datetime | None = None
    says: Mapping[str, Any] = field(default_factory=dict)


def do(konto: Konto, deed: Deed) -> Fact:
    """Recorded now; raises Refused where it is not allowed, not known or not possible."""
    allowed(konto.asker, "record")
    return _recorded(konto, _fact(konto, deed))


def undo(konto: Konto, id: str) -> Fact:
    """The deed of this id was recorded by mistake: its fact stays, struck through, and counts nowhere.

    Owners may not retract what others told. A deed has an id that only whoever did it knows, so they may undo it for
    a while.
    """
    allowed(konto.asker, "record")
    key = konto.log.ids.fact(SOURCE, id)
    found = konto.log.recorded([key]).get(key)
    if found is None:
        raise Refused("not_found", NOTHING_TO_UNDO)
    must_be_own(konto.library, konto.asker, found)
    if found.recorded is not None and konto.clock() - found.recorded > UNDONE_WITHIN:
        raise Refused("too_late", TOO_LATE_TO_UNDO)
    retracting = {"retracts": {"source": SOURCE, "id": id}}
    fact = parse(_envelope("fact.retracted", f"{id}/undone", konto.clock(), retracting), now=konto.clock())
    return _recorded(konto, fact)


NOTHING_TO_UNDO = "There is nothing to undo."
TOO_LATE_TO_UNDO = (
    "This was recorded more than an hour ago. Please ask somebody who looks after the facts to retract it."
)


def _recorded(konto: Konto, fact: Fact) -> Fact:
    if not isinstance(fact.data, FactRetracted):
        must_be_own(konto.library, konto.asker, fact)
    (receipt,) = konto.record([fact])
    before = _the_same_click(receipt)
    if receipt.refused and before is None:
        raise receipt.refused
    konto.catch_up()
    return before or receipt.fact


def _the_same_click(receipt: Receipt) -> Fact | None:
    """The fact that a button made when it was pressed the first time: "now" was a moment earlier then."""
    before = receipt.before
    if before is None:
        return None
    now, then = content(receipt.fact), content(before)
    return before if {**now, "time": None} == {**then, "time": None} else None


def _fact(konto: Konto, deed: Deed) -> Fact:
    making = MAKINGS[deed.does]
    on = own_names.named(konto.library, making.thing, deed.on)
    said = {name: _plain(konto, name, value) for name, value in deed.says.items() if value not in (None, "")}
    if unknown := sorted(said.keys() - set(making.says)):
        raise ValueError(f"{deed.does} says nothing about {unknown}")
    if making.begins:
        whom = own_names.named(konto.library, "customer", on.customer).name
        about = {"about": on.name} if making.thing == "promise" else {}
        named = {"contact": deed.id, "customer": whom, **about}
    else:
        named = {making.thing: on.name}
    now = konto.clock()
    data = {**named, **making.always, **said}
    return parse(_envelope(making.type, deed.id, deed.at or now, data), now=now)


def _plain(konto: Konto, name: str, value: Any) -> Any:
    """As an envelope says it."""
    if name == "by":
        return person_called(konto, value) or value
    return value.isoformat() if isinstance(value, date) else value


def _envelope(type: str, id: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"specversion": "1.0", "source": SOURCE, "id": id, "type": type, "time": at.isoformat(), "data": dict(data)}
