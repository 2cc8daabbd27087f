"""Everything between one customer and us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

EntryStatus = Literal["counts", "retracted", "parked", "alert"]


class TimelineEntry(NamedTuple):
    """One fact with both times; `retracted_at` and `why` say when and why it was taken out."""

    at: datetime
    recorded: datetime
    about: str
    """What the fact belongs to: promise, contact, incident, customer, alert …"""
    text: str
    detail: str
    by: str | None
    origin: str
    status: EntryStatus
    retracted_at: datetime | None = None
    why: str | None = None


class TimelineAsked(NamedTuple):
    """The world at the end of a day, as known at the end of a day; None is now."""

    as_of: date | None = None
    known_on: date | None = None


class TimelinePage(NamedTuple):
    """One page of everything between a customer and us, what happened last first."""

    customer: str
    name: str
    rows: tuple[TimelineEntry, ...]
    total: int
    retracted: int
    first: date | None
    """The day of the first fact of all."""
