"""Questions that wait for an answer, with the moments at which somebody should be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class OpenQuestion(NamedTuple):
    """`question` is the contact that asked first. Instants UTC; None while the customer lets us wait."""

    question: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    asked_at: datetime
    warn_at: datetime | None
    target_at: datetime | None


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[OpenQuestion]:
    """Those asked by this moment and not answered by then."""
    return [
        OpenQuestion._make((*row[:5], *map(instant, row[5:])))
        for wanted in conditions("q.question", ("q.warn_at", "q.target_at"), moment, since, subjects)
        for row in library.views.rows(
            "SELECT q.question, q.customer, q.owner, q.team, c.owner, q.asked_at, q.warn_at, q.target_at "
            "FROM questions q JOIN customers c ON c.customer = q.customer "
            f"WHERE {moment.knows('q')} AND q.asked_at <= {moment.us} "
            f"AND (q.answered_at IS NULL OR q.answered_at > {moment.us}) AND {wanted.sql} ORDER BY q.question",
            wanted.params,
        )
    ]
