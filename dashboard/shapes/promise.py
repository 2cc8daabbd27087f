"""One promise, and everything that belongs to it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dashboard.shapes.alerts import Delivery
from dashboard.shapes.promises import PromiseRow
from dashboard.shapes.timeline import TimelineEntry


class Move(NamedTuple):
    """A new date: when the customer was told, whether that was in time, from when to when."""

    told: datetime
    in_time: bool
    by_customer: bool
    agreed: bool
    before: datetime | None
    due: datetime
    alternative: str | None
    reason: str | None


class Pause(NamedTuple):
    """`until` None: it still lasts."""

    since: datetime
    until: datetime | None
    cause: str


class Line(NamedTuple):
    """A line of the customer's statement that comes from this promise; points in hundredths, `counts` after fading."""

    at: datetime
    text: str
    detail: str
    points: int
    counts: int
    provisional: bool


class Warned(NamedTuple):
    """An alert about it: who heard of it, and who took note when."""

    raised: datetime
    rule: str
    text: str
    to: str | None
    delivery: Delivery
    noted_by: str | None
    noted: datetime | None


class OnePromise(NamedTuple):
    """`row` is how the lists show it while it is open; its state says nothing once `outcome` does."""

    row: PromiseRow
    outcome: str
    """open, overdue, kept, exceeded, kept_late, partial, broken, withdrawn, released."""
    binding: str
    severity: str
    internal: bool
    supplier: str | None
    product: str | None
    made: datetime
    made_by: str | None
    channel: str | None
    first_due: datetime | None
    counting_due: datetime | None
    due: datetime | None
    settled: datetime | None
    degree: float | None
    late_seconds: float | None
    in_time: bool
    """Taking it back was told in time."""
    said_so: bool
    """Broken because somebody said so, not by what was done of it."""
    reason: str | None
    alternative: str | None
    evidence: str | None
    amount: float | None
    charged: float | None
    currency: str | None
    plan_b: str | None
    moves: tuple[Move, ...]
    pauses: tuple[Pause, ...]
    lines: tuple[Line, ...]
    alerts: tuple[Warned, ...]
    facts: tuple[TimelineEntry, ...]
