"""What somebody should know or do: alerts, one person's morning, how a team stands, and how messages fared.

Answered through `dashboard.data`, like everything that the pages show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, NamedTuple, TypeVar

from dashboard.shapes import ContactRow, Delivery, IncidentRow, PromiseRow, Silence

Row = TypeVar("Row")

Place = Literal["account", "suppliers", "team", "deliveries", "promises"]
"""The page on which one learns more about what an alert is about."""


class Few(NamedTuple, Generic[Row]):
    """The first rows of a list, and how many it has."""

    rows: tuple[Row, ...] = ()
    total: int = 0


class Told(NamedTuple):
    """What an alert says, and what it is about; `customer` is what the account page's address names."""

    rule: str
    text: str
    about: str
    """The thing, or the name of whatever is no customer's."""
    place: Place
    customer: str | None
    name: str | None


# -- one person's morning -------------------------------------------------------------------------


class Matter(NamedTuple):
    """Something to take note of, with all the alerts about it; `told` is the most urgent of them."""

    alerts: tuple[str, ...]
    told: Told
    also: tuple[str, ...]
    """The rules of the others."""
    since: datetime
    by: datetime | None
    """Until when there is time, where it is not too late yet."""
    to: tuple[str, ...]
    delivery: Delivery
    reason: str | None
    """Why it could not be delivered, as a code."""
    late: bool
    passed_on_from: str | None
    """Whoever got it first and has not taken note of it; None where it was not passed on."""
    passed_on_to: str | None
    put_off_until: datetime | None


class FollowUp(NamedTuple):
    """A delivery after which nobody has asked yet whether all is well."""

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

    @property
    def is_free(self) -> bool:
        """Nothing waits at all."""
        return not any(part.total for part in self if isinstance(part, Few))


# -- team -----------------------------------------------------------------------------------------


class TeamRow(NamedTuple):
    """What one of us has in hand; `name` None: nobody answers for it."""

    name: str | None
    alerts: int
    due: int
    overdue: int
    unanswered: int
    steps: int
    away: bool
    stand_in: str | None

    @property
    def is_free(self) -> bool:
        return not (self.alerts or self.due or self.overdue or self.unanswered or self.steps)


class TeamGroup(NamedTuple):
    """A team with its people by name; `name` None: those of no team."""

    name: str | None
    manager: str | None
    rows: tuple[TeamRow, ...]


class Team(NamedTuple):
    groups: tuple[TeamGroup, ...]


# -- deliveries -----------------------------------------------------------------------------------

DeliveryFilter = Literal["all", "unseen", "waiting", "delivered", "acknowledged", "snoozed", "undeliverable", "over"]


class DeliveriesAsked(NamedTuple):
    """Which alerts to list; None is every reason and everybody."""

    state: DeliveryFilter = "all"
    rule: str | None = None
    person: str | None = None


class DeliveryRow(NamedTuple):
    """One alert, and everything that became of it."""

    alert: str
    told: Told
    raised: datetime
    to: str | None
    channel: str | None
    state: Delivery
    delivered: datetime | None
    reason: str | None
    attempts: int
    late: bool
    escalated: bool
    """It was raised because somebody else had not taken note."""
    passed_on_to: str | None
    seen_by: str | None
    seen_at: datetime | None
    put_off_until: datetime | None


class PausedChannel(NamedTuple):
    """`again` is when it is tried again; None: only when somebody asks for it."""

    channel: str
    since: datetime
    reason: str
    again: datetime | None


class DeliveryFigures(NamedTuple):
    """`raised` and `delivered` since `since`; how many could leave now and since when the longest waiting one could."""

    since: datetime
    raised: int
    delivered: int
    waiting: int
    waiting_since: datetime | None
    undeliverable: int


class DeliveriesPage(NamedTuple):
    """One page of the log, the newest first."""

    rows: tuple[DeliveryRow, ...]
    total: int
    counts: dict[DeliveryFilter, int]
    rules: tuple[str, ...]
    """The most urgent first."""
    people: tuple[str, ...]
    figures: DeliveryFigures
    paused: tuple[PausedChannel, ...]
    may_send: bool
    may_answer: bool
