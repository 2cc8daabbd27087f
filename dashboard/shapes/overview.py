"""How the firm is doing, week by week."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.figures import Share
from dashboard.shapes.promises import PromiseRow


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


class Totals(NamedTuple):
    """The figures of one period that are compared with the period before."""

    last: Share
    first: Share
    deposits: int
    withdrawals: int
    postings: int
    overdue: int
    alerts: int


class Overview(NamedTuple):
    """Everything on the overview. The period runs from `since` to `until`, both included."""

    since: date
    until: date
    now: Totals
    before: Totals | None
    """None if the log does not reach back that far."""
    promises: tuple[PromiseWeek, ...]
    points: tuple[PointWeek, ...]
    warnings: tuple[AlertWeek, ...]
    customers: int
    """How many customers had a posting in the period."""
    target: float
    overdue: tuple[PromiseRow, ...]
    """The ones overdue longest, at most five; `now.overdue` counts all."""
    alerts: tuple[AlertRow, ...]
    """The ones raised last, at most eight."""
