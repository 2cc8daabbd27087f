"""Everything between one customer and us at any moment of the past, and how the account stood then."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.account import Stage
from dashboard.shapes.figures import Reliability

EntryStatus = Literal["counts", "retracted", "parked", "alert"]
EntryKind = Literal["all", "promises", "contacts", "incidents", "alerts"]
"""What the entries can be narrowed to; details of the customer stand only among all."""
FileForm = Literal["csv", "json", "pdf"]


class Became(NamedTuple):
    """What became of an alert, one thing after the other, in words without the time."""

    at: datetime
    text: str


class TimelineEntry(NamedTuple):
    """One fact with both times, or one alert; `retracted_at` and `why` say when and why it was taken out."""

    at: datetime
    recorded: datetime
    about: str
    """What the fact belongs to: promise, contact, incident, customer, alert …"""
    text: str
    detail: str
    by: str | None
    """Who did it; of an alert whom it was for."""
    origin: str
    status: EntryStatus
    retracted_at: datetime | None = None
    why: str | None = None
    became: tuple[Became, ...] = ()
    """Of an alert: delivered, taken note of, put off, passed on, over."""
    thing: str | None = None
    """The promise or incident that it is about, as an address names it."""


class TimelineAsked(NamedTuple):
    """The world at the end of a day, as known at the end of a day; None is now. `thing` is one promise or incident."""

    as_of: date | None = None
    known_on: date | None = None
    kind: EntryKind = "all"
    thing: str | None = None


class OpenThen(NamedTuple):
    """What was open: in the firm's own words, and by when it was to be done or answered."""

    what: str
    by: datetime | None
    late: bool


class Standing(NamedTuple):
    """How the account stood at the moment that is looked at, in points of hundredths."""

    balance: int
    stage: Stage
    reliability: Reliability
    promises: tuple[OpenThen, ...]
    """The first few, the one due first first."""
    open_promises: int
    questions: tuple[OpenThen, ...]
    open_questions: int


class Later(NamedTuple):
    """What of the moment that is looked at we learned only after a day, and what the balance is with it."""

    since: date
    """The day by whose end it was not known yet."""
    entries: tuple[TimelineEntry, ...]
    """The first few that were recorded only later, the newest first."""
    learned: int
    retracted: int
    """How many were taken out only later."""
    balance_then: int
    """As it was known by the end of that day."""
    balance_now: int


class TimelinePage(NamedTuple):
    """One page of everything between a customer and us, what happened last first."""

    customer: str
    name: str
    rows: tuple[TimelineEntry, ...]
    total: int
    retracted: int
    first: date | None
    """The day of the first fact of all, whatever is looked at."""
    counts: dict[EntryKind, int]
    standing: Standing | None
    """None where nothing was known yet."""
    later: Later | None
    """None where the day that is looked at is today."""
    thing: str | None
    """What the promise or incident is called to which the entries are narrowed."""


class TimelineFile(NamedTuple):
    """All entries that fit, to be taken along."""

    name: str
    content: bytes
