"""Active customers (SPEC 4): with a fact in the last year, not gone, not merged into another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from projections.filters import Condition, Library, Moment
from projections.tables import MICROSECOND, instant

ACTIVE = timedelta(days=365)
ASKED_BY_NAME = 500
"""So many customers are looked up one by one; more of them are picked from all."""

EVERYBODY = Condition("1 = 1", [])


class Active(NamedTuple):
    """Internal ids (`id` is the source's own), times UTC. Owner and team are those of the moment."""

    customer: str
    id: str
    name: str | None
    owner: str | None
    team: str | None
    first: datetime
    """Their first fact of all."""
    begun: datetime
    """Since then an active customer without a break."""


def active(
    library: Library, moment: Moment, *, seen: Condition = EVERYBODY, subjects: Collection[str] | None = None
) -> dict[str, Active]:
    """By internal id; None = all. Costs a walk through the times of all facts of those asked about."""
    year = ACTIVE // MICROSECOND
    named = among("t.customer", subjects)
    rows = library.views.rows(
        "WITH told AS (SELECT t.customer, t.time, LAG(t.time) OVER (PARTITION BY t.customer ORDER BY t.time) AS before "
        f"FROM timeline t WHERE t.time <= {moment.us} AND {moment.knows('t')} AND {named.sql}), "
        "lives AS (SELECT customer, MIN(time) AS first, MAX(time) AS last, "
        f"MAX(CASE WHEN before IS NULL OR time - before > {year} THEN time END) AS again FROM told GROUP BY customer) "
        "SELECT p.customer, c.id, c.name, p.owner, p.team, l.first, l.again, "
        f"(SELECT MAX(q.at_until) FROM parties q WHERE q.customer = p.customer AND {moment.knows('q')} "
        "AND q.at_until <= p.at_from AND NOT (q.kind = 'customer' AND q.left_at IS NULL)) FROM lives l "
        "JOIN parties p ON p.customer = l.customer JOIN customers c ON c.customer = p.customer "
        f"WHERE {moment.rows('p')} AND p.kind = 'customer' AND p.left_at IS NULL AND l.last > {moment.us - year} "
        f"AND {seen.sql} ORDER BY p.customer",
        (*named.params, *seen.params),
    )
    found = (_active(*row) for row in rows)
    return {each.customer: each for each in found if subjects is None or each.customer in subjects}


def among(column: str, subjects: Collection[str] | None) -> Condition:
    """As far as a query can leave others out; whoever asks does so for the rest."""
    if subjects is None or len(subjects) > ASKED_BY_NAME:
        return EVERYBODY
    if not subjects:
        return Condition("1 = 0", [])
    return Condition(f"{column} IN ({','.join('?' * len(subjects))})", sorted(subjects))


def _active(
    customer: str,
    id: str,
    name: str | None,
    owner: str | None,
    team: str | None,
    first_us: int,
    again_us: int,
    became_us: int | None,
) -> Active:
    """`again_us`: the first fact after their last silent year; `became_us`: when they had last been something else."""
    first, begun = instant(first_us), instant(again_us if became_us is None else max(again_us, became_us))
    assert first is not None
    assert begun is not None
    return Active(customer, id, name, owner, team, first, begun)
