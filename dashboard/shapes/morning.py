"""What waits for one person, or for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Generic, Literal, NamedTuple, TypeVar

from dashboard.shapes.alerts import Matter
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.customers import Silence
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.promises import PromiseRow

Row = TypeVar("Row")


class Few(NamedTuple, Generic[Row]):
    """The first rows of a list, and how many it has."""

    rows: tuple[Row, ...] = ()
    total: int = 0


class FollowUp(NamedTuple):
    """A delivery after which nobody has asked yet whether all is well; `promise` is its internal id."""

    promise: str
    customer: str
    name: str
    what: str
    settled: datetime


class Awaited(NamedTuple):
    """What a customer lets us wait for."""

    customer: str
    name: str
    what: str
    since: datetime


class Quiet(NamedTuple):
    """A customer not heard of for unusually long."""

    customer: str
    name: str
    silence: Silence


class DayMark(NamedTuple):
    """A moment of today: a promise is due, or notice about it is in time for the last time."""

    at: datetime
    kind: Literal["due", "notice"]
    name: str


class Morning(NamedTuple):
    """What waits for one person, or for everybody; each list with its first few rows, the most urgent first."""

    owner: str | None
    people: tuple[str, ...]
    """Whose morning may be looked at, by name; empty where it is only one's own."""
    may_answer: bool
    may_record: bool
    begun: bool
    """Whether anything was ever recorded."""
    alerts: Few[Matter]
    put_off: Few[Matter]
    today: Few[PromiseRow]
    overdue: Few[PromiseRow]
    at_risk: Few[PromiseRow]
    questions: Few[ContactRow]
    follow_ups: Few[FollowUp]
    recoveries: Few[IncidentRow]
    waiting: Few[Awaited]
    silent: Few[Quiet]
    last_call: Few[PromiseRow] = Few()
    """Notice is still in time, but not for long."""
    told: Mapping[str, Matter] = MappingProxyType({})
    """What somebody was told about a row of these lists, by the row's id; it stands there and not among the alerts."""
    day: tuple[DayMark, ...] = ()

    @property
    def is_free(self) -> bool:
        """Nothing waits at all."""
        return not any(part.total for part in self if isinstance(part, Few))
