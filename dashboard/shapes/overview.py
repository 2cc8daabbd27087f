"""How the firm is doing in a period, compared with another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.contacts import ChannelAnswers
from dashboard.shapes.figures import Share
from dashboard.shapes.periods import Period
from dashboard.shapes.promises import PromiseRow

ENOUGH = 5
"""Fewer cases say nothing yet."""

Unit = Literal["share", "business", "clock", "ratio", "per_hundred"]
"""A share between 0 and 1, seconds in which we are open, seconds by the clock, a ratio to 1, so many of a hundred."""

Subject = Literal["promises", "contacts", "incidents", "customers"]


class OverviewAsked(NamedTuple):
    """Which period, compared with which; one team, and of promises one kind, or all."""

    period: Period
    against: Period | None = None
    team: str | None = None
    kind: str | None = None


class Measured(NamedTuple):
    """A figure of the period: its value in the middle or as a share, what it rests on, and what it was before.

    `of`: what the list behind it is a list of. `low`, `high`: a share's 95 % interval. `most`: what nine in ten do
    not exceed. `counted`: how many of `n` a share counts. `value` is None where nothing counts.
    """

    name: str
    definition: str
    of: Subject
    unit: Unit
    value: float | None
    n: int
    counted: int | None = None
    low: float | None = None
    high: float | None = None
    most: float | None = None
    before: float | None = None
    """None if there are too few cases before, or the log does not reach back that far."""
    series: tuple[float | None, ...] = ()
    """Week by week, where the page shows it small."""

    @property
    def says(self) -> bool:
        """Whether it rests on enough to say something."""
        return self.value is not None and self.n >= ENOUGH


Figures = Mapping[str, Measured]
"""By the figure's name on the command line."""


class PromiseWeek(NamedTuple):
    """On-time shares of the four weeks that end with this one; `week` is its Monday."""

    week: date
    last: Share
    first: Share


class PointWeek(NamedTuple):
    """What came in and went out in one week, over all customers; `withdrawals` is negative or 0."""

    week: date
    deposits: int
    withdrawals: int
    over: bool
    """Whether the week has ended."""


class AlertWeek(NamedTuple):
    """How many promises were overdue when the week ended (or are now), and the alerts raised in it."""

    week: date
    overdue: int
    alerts: int
    over: bool


class Change(NamedTuple):
    """A rulebook, opening hours or people who began to count on a day: in a word or two, and what changed."""

    on: date
    label: str
    details: tuple[str, ...]


class Totals(NamedTuple):
    """What is added up in a period, to be compared with another."""

    deposits: int
    withdrawals: int
    postings: int
    customers: int
    """How many had a posting."""
    overdue: int
    alerts: int


class Overview(NamedTuple):
    """Everything on the overview that is quickly found. `against` is None if the log does not reach back that far."""

    at: datetime
    """Of which moment it is true."""
    renewing: bool
    """It is being reckoned anew, and there will be a younger answer soon."""
    period: Period
    against: Period | None
    figures: Figures
    now: Totals
    before: Totals | None
    promises: tuple[PromiseWeek, ...]
    points: tuple[PointWeek, ...]
    warnings: tuple[AlertWeek, ...]
    channels: tuple[ChannelAnswers, ...]
    changes: tuple[Change, ...]
    target: float
    overdue: tuple[PromiseRow, ...]
    """The ones overdue longest, at most five; `now.overdue` counts all."""
    alerts: tuple[AlertRow, ...]
    """The ones raised last, at most five."""
    teams: tuple[str, ...]
    """Those whose figures are shown by themselves."""
    kinds: tuple[str, ...]
    team_not_shown: bool = False
    """The team asked for is too small: these are the firm's figures."""


Reason = Literal[
    "kept", "answers", "care", "voices", "honesty", "recovery", "late", "broken", "notice", "incidents", "other"
]


class Step(NamedTuple):
    """What one reason brought or cost in the period, in hundredths of points."""

    reason: Reason
    points: int


class Course(NamedTuple):
    """The total of all accounts before the period, what came and went, what faded, and the total at its end."""

    opening: int
    deposits: tuple[Step, ...]
    withdrawals: tuple[Step, ...]
    faded: int
    closing: int
    postings: int


class Service(NamedTuple):
    """How customers were served: their middle waits in business seconds and their shares of promises kept.

    In order of size, without names. `wait` and `kept`: how unequal they are, 0 = all alike, towards 1 = very unequal;
    None where nobody is there to compare.
    """

    waits: tuple[float, ...]
    rates: tuple[float, ...]
    wait: float | None
    kept: float | None
    wait_before: float | None = None
    kept_before: float | None = None


class ByCustomer(NamedTuple):
    """What has to be reckoned customer by customer, and so is kept for a while: true of the moment `at`."""

    at: datetime
    figures: Figures
    course: Course
    service: Service
    renewing: bool = False
    """There will be a younger answer soon."""
