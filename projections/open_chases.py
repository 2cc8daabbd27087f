"""Customers who had to ask again and have not heard of us since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class OpenChase(NamedTuple):
    """`contact` is the one by which they asked again; `owner` whoever answers for what they asked about."""

    contact: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    asked_at: datetime


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[OpenChase]:
    """Neither the question was answered, nor did we approach the customer, nor was the promise settled since."""
    now = moment.us
    promise = "p.promise = 'promise-' || SUBSTR(x.chased, 5)"
    return [
        OpenChase._make((*row[:5], instant(row[5])))
        for wanted in conditions("x.contact", ("x.at",), moment, since, subjects)
        for row in library.views.rows(
            "SELECT x.contact, x.customer, COALESCE(p.owner, q.owner, x.owner), COALESCE(p.team, q.team, x.team), "
            "c.owner, x.at FROM contacts x JOIN customers c ON c.customer = x.customer "
            f"LEFT JOIN questions q ON q.question = x.question AND {moment.knows('q')} "
            f"LEFT JOIN promises p ON {promise} AND {moment.rows('p')} "
            f"WHERE x.chases = 1 AND x.at <= {now} AND {moment.knows('x')} AND p.outcome IS NULL "
            f"AND (q.answered_at IS NULL OR q.answered_at > {now}) "
            "AND NOT EXISTS (SELECT 1 FROM contacts o WHERE o.customer = x.customer AND o.inbound = 0 "
            f"AND o.at > x.at AND o.at <= {now} AND {moment.knows('o')}) AND {wanted.sql} "
            # By no index: else SQLite goes through all contacts in their order for the few that chase.
            "ORDER BY x.contact || ''",
            wanted.params,
        )
    ]
