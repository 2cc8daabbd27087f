"""What became of every alert."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from dashboard.shapes.alerts import Delivery, Told

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
