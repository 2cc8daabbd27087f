"""One customer's account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.acquaintance import Acquaintance
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.figures import Reliability, Share
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.promises import PromiseRow

Span = Literal["month", "quarter", "all"]


class StatementRow(NamedTuple):
    """One line of the statement. `balance` is the running one."""

    at: datetime
    text: str
    detail: str
    points: int
    balance: int
    provisional: bool = False


class BalancePoint(NamedTuple):
    """The balance just before and just after a posting; at the ends of the span both are the same."""

    at: datetime
    before: int
    after: int


class Drop(NamedTuple):
    """One reason why the balance fell: a few words for the chart, and the points it cost."""

    on: date
    label: str
    text: str
    points: int


class Fall(NamedTuple):
    """The longest way down in the span: from the top to the bottom, the heaviest lines first named."""

    top_on: date
    top: int
    bottom_on: date
    bottom: int
    drops: tuple[Drop, ...]
    rest: int
    """All other lines between the two, and what faded, together."""


class Sensitivity(NamedTuple):
    """How heavily withdrawals weigh here; 1 is usual. Set by hand, or learned from `reactions`."""

    value: float
    by_hand: bool
    reactions: int


class Stage(NamedTuple):
    """How the relationship stands: the stage's name in code, and the reason as a sentence."""

    name: str
    reason: str


class Account(NamedTuple):
    """Everything on a customer's page."""

    customer: str
    name: str
    since: date | None
    owner: str | None
    stand_in: str | None
    balance: int
    balance_before: int | None
    """At the beginning of the span; None if the account is younger."""
    stage: Stage
    buffer: float
    """How many usual withdrawals the balance would bear."""
    sensitivity: Sensitivity
    reliability: Reliability
    last: Share | None
    first: Share | None
    """Promises kept on time, by the last date and by the first; None where the reader may see no figures."""
    target: float
    span_from: date
    span_to: date
    opening: int
    rows: tuple[StatementRow, ...]
    faded: int
    """What faded from older lines within the span, so that the statement adds up; negative or positive."""
    line: tuple[BalancePoint, ...]
    levels: tuple[tuple[str, int], ...]
    """Stages and the balance at which each begins."""
    fall: Fall | None
    promises: tuple[PromiseRow, ...] | None
    """The open ones; None where the reader may see no promises."""
    questions: tuple[ContactRow, ...]
    """Those that wait for an answer."""
    incidents: tuple[IncidentRow, ...]
    """Those that are not put right yet."""
    merged: tuple[str, ...]
    """What the duplicates are called whose history counts here."""
    known: Acquaintance
    retracted: int
    """How many facts were recorded by mistake; they count nowhere."""
