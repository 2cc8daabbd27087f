"""What went wrong, and how far it is put right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.behind import Behind, Parts
from dashboard.shapes.figures import Share, Spread
from dashboard.shapes.periods import Period

StepName = Literal["reason", "apology", "chance", "talk", "resolved"]


StepState = Literal["done", "done_late", "next", "missed", "ahead", "left_out"]


IncidentFilter = Literal["unresolved", "resolved", "closed", "all"]


class Step(NamedTuple):
    """One step of a recovery; `at` is when it was done, else by when it should be, None while we wait for them."""

    name: StepName
    state: StepState
    at: datetime | None


class IncidentRow(NamedTuple):
    """An incident with the five steps of its recovery, in their order."""

    id: str
    customer: str
    name: str
    what: str | None
    kind: str
    severity: str
    admitted: bool
    state: Literal["open", "resolved", "closed"]
    owner: str | None
    supplier: str | None
    waits: bool
    """Our clock stands still: we wait for the customer."""
    reported: datetime
    ended: datetime | None
    """When it was put right, else closed."""
    restored: bool
    """Put right, and talked over face to face after reason and apology."""
    steps: tuple[Step, ...]
    promise: str | None = None
    """What it is about, as source:id, where it names a promise."""
    promised: str | None = None
    """What was promised there, where that is known."""


class IncidentsAsked(NamedTuple):
    """Which incidents to list; None is everybody, every kind, every supplier."""

    state: IncidentFilter = "unresolved"
    owner: str | None = None
    kind: str | None = None
    supplier: str | None = None
    customer: str | None = None
    team: str | None = None
    period: Period | None = None
    behind: Behind | None = None


class IncidentPage(NamedTuple):
    """One page of the list and how many there are: what runs by its next deadline, all else the newest first."""

    rows: tuple[IncidentRow, ...]
    total: int
    counts: dict[IncidentFilter, int]
    owners: tuple[str, ...]
    kinds: tuple[str, ...]
    customer: str | None
    next_steps: tuple[tuple[StepName, int, int], ...]
    """Of what runs: which step comes next, how often, and how often it is late already."""
    parts: Parts = {}  # noqa: RUF012
    """Of the list behind a figure; empty without one."""


class IncidentFigures(NamedTuple):
    """How incidents reported from `since` on were put right; `by_clock` in hours of the day, not of business."""

    since: date
    by_clock: Spread
    in_business: Spread
    discipline: Share
    success: Share
