"""Figures per person: on what basis and for what purpose a firm opened them, until when, and that it closed them again.

Figures about employees are theirs. Before anybody else sees them somebody who looks after the users records the
agreement or the law that allows it (BetrVG § 87 (1) no. 6; GDPR Art. 6, 88; BDSG § 26), its purpose and its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import ClassVar, Final, Literal, NamedTuple, get_args

from msgspec.structs import replace

from domain.alert import OURSELVES
from domain.errors import Refused
from domain.fact import SEALED, Data, Fact, Instant, PersonalLine
from domain.ids import Ids

Basis = Literal["works_agreement", "collective_agreement", "consent", "law"]
"""An agreement with the works council; a collective agreement; the consent of everybody concerned; a law."""
BASES: tuple[Basis, ...] = get_args(Basis)

LONGEST: Final = timedelta(days=731)
"""24 months: whoever needs it for longer asks again whether the purpose still holds."""
FEWEST_PEOPLE: Final = 5
FEWEST_PROMISES: Final = 20
"""SPEC 8. Fewer people are no group in which one of them does not stand out; fewer promises say nothing about one."""

STREAM: Final = "figures-per-person"


# -- events -----------------------------------------------------------------------------------------


class FiguresPerPersonOpened(Data):
    """`by`: the internal id of whoever recorded it, or `local`. The purpose may name people: it lies in the vault."""

    type_name: ClassVar[str] = "figures_per_person.opened"
    rank: ClassVar[int] = 0
    basis: Basis
    purpose: PersonalLine
    valid_from: Instant
    valid_until: Instant
    by: str


class FiguresPerPersonClosed(Data):
    """Before its time is over: from `time` on what was opened counts no more."""

    type_name: ClassVar[str] = "figures_per_person.closed"
    rank: ClassVar[int] = 1
    by: str


EVENTS: tuple[type[Data], ...] = (FiguresPerPersonOpened, FiguresPerPersonClosed)

State = Literal["in_force", "later", "closed", "over"]


class Opening(NamedTuple):
    """One time that figures per person were opened for; `closed`: when it was ended before its time."""

    data: FiguresPerPersonOpened
    recorded: datetime
    closed: datetime | None = None
    closed_by: str | None = None

    @property
    def start(self) -> datetime:
        return self.data.valid_from

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return self.data.valid_until if self.closed is None else min(self.closed, self.data.valid_until)

    def days(self, zone: tzinfo) -> tuple[date, date]:
        """The first and the last day of it, in a zone."""
        return self.start.astimezone(zone).date(), (self.end - datetime.resolution).astimezone(zone).date()

    def state(self, now: datetime) -> State:
        if self.closed is not None:
            return "closed"
        if now < self.start:
            return "later"
        return "in_force" if now < self.end else "over"


def openings(history: Iterable[Fact]) -> list[Opening]:
    """In order of recording."""
    found: list[Opening] = []
    for fact in history:
        if isinstance(fact.data, FiguresPerPersonOpened):
            found.append(Opening(fact.data, fact.time))
        elif isinstance(fact.data, FiguresPerPersonClosed) and found:
            found[-1] = found[-1]._replace(closed=fact.time, closed_by=fact.data.by)
    return found


def in_force(found: Sequence[Opening], now: datetime) -> Opening | None:
    return next((each for each in found if each.state(now) == "in_force"), None)


def still_counts(found: Sequence[Opening], now: datetime) -> Opening | None:
    """What is in force or will be: at most one at a time."""
    return next((each for each in found if each.state(now) in ("in_force", "later")), None)


# -- what may be recorded -----------------------------------------------------------------------------


def open_for(found: Sequence[Opening], data: FiguresPerPersonOpened, now: datetime) -> FiguresPerPersonOpened:
    """The same, if it may be recorded now. Raises Refused."""
    if data.valid_from < now:
        raise Refused("in_the_past", NOT_BACKWARDS, "from")
    if data.valid_until <= data.valid_from:
        raise Refused("backwards", ENDS_FIRST, "until")
    if data.valid_until - data.valid_from > LONGEST:
        raise Refused("too_long", TOO_LONG, "until")
    if still_counts(found, now) is not None:
        raise Refused("rule", OPEN_ALREADY)
    return data


def close_now(found: Sequence[Opening], now: datetime) -> Opening:
    """What is closed by that. Raises Refused where nothing is open."""
    opened = still_counts(found, now)
    if opened is None:
        raise Refused("rule", NOTHING_OPEN)
    return opened


NOT_BACKWARDS = (
    "It cannot count before it is recorded: until then nobody was told. Please name a moment that lies ahead, or none."
)
ENDS_FIRST = "It ends before it begins. Please check both."
TOO_LONG = "It would count for more than 24 months. Please name an earlier end; it can be recorded anew then."
OPEN_ALREADY = "Figures per person are open already, or will be. Please close that first, then record the new one."
NOTHING_OPEN = "Figures per person are not open, so there is nothing to close."


def event(ids: Ids, data: FiguresPerPersonOpened | FiguresPerPersonClosed, *, number: int, now: datetime) -> Fact:
    """`number` is that of the event in its stream."""
    key = ids.of("figures-per-person-event", STREAM, str(number))
    return Fact(source=OURSELVES, id="", time=now, data=data, recorded=now, key=key, stream=STREAM)


def sealed(fact: Fact) -> tuple[Fact, dict[str, str] | None]:
    """The event as the log holds it, and what goes into the vault: the purpose."""
    if not isinstance(fact.data, FiguresPerPersonOpened):
        return fact, None
    secrets = {"id": "", "purpose": fact.data.purpose}
    return replace(fact, data=fact.data.model_copy(update={"purpose": SEALED})), secrets
