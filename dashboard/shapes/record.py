"""All promises, the settled ones too, each with what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from dashboard.shapes.behind import Behind, Parts
from dashboard.shapes.periods import Period

Outcome = Literal["kept", "kept_late", "partial", "broken", "withdrawn", "released", "overdue", "open"]
OutcomeFilter = Literal["all", "kept", "kept_late", "partial", "broken", "withdrawn", "released", "overdue", "open"]


class RecordAsked(NamedTuple):
    """Which promises to list; None is everybody, every kind, and so on. The period is that of their dates."""

    outcome: OutcomeFilter = "all"
    owner: str | None = None
    kind: str | None = None
    team: str | None = None
    supplier: str | None = None
    customer: str | None = None
    period: Period | None = None
    behind: Behind | None = None


class RecordRow(NamedTuple):
    """One promise. `promise` is its own id as source:id, `customer` what the account page's address names."""

    id: str
    promise: str
    customer: str
    name: str
    what: str
    kind: str
    owner: str | None
    team: str | None
    supplier: str | None
    outcome: Outcome
    due: datetime | None
    settled: datetime | None
    moved: int
    degree: float | None


class RecordPage(NamedTuple):
    """One page of the list, the latest first, and how many there are in each outcome or part."""

    rows: tuple[RecordRow, ...]
    total: int
    counts: dict[OutcomeFilter, int]
    parts: Parts
    """Of the list behind a figure; empty without one."""
    owners: tuple[str, ...]
    kinds: tuple[str, ...]
    customer: str | None
    """The name of the one customer asked about."""
