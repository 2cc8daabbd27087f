"""Deliveries after which nobody has asked yet whether all is well (practice P21)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class OpenFollowUp(NamedTuple):
    """In time between `start` and `end`, UTC."""

    promise: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    start: datetime
    end: datetime


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[OpenFollowUp]:
    """Those whose follow-up is due by this moment and has not come, be it in time or late."""
    now = moment.us
    found = [
        OpenFollowUp._make((*row[:5], *map(instant, row[5:])))
        for wanted in conditions("p.promise", ("p.follow_up_from",), moment, since, subjects)
        for row in library.views.rows(
            "SELECT p.promise, p.customer, p.owner, p.team, c.owner, p.follow_up_from, p.follow_up_until "
            "FROM promises p JOIN customers c ON c.customer = p.customer "
            f"WHERE {moment.rows()} AND p.follow_up_from <= {now} AND NOT EXISTS ("
            "SELECT 1 FROM contacts o WHERE o.customer = p.customer AND o.purpose = 'follow_up' "
            f"AND o.at > p.settled_at AND o.at <= {now} AND {moment.knows('o')} "
            "AND (o.about IS NULL OR SUBSTR(o.about, 5) = SUBSTR(p.promise, 9))) "
            f"AND {wanted.sql}",
            wanted.params,
        )
    ]
    # Put in order here: for an order by key SQLite reads through all promises, the settled ones too.
    return sorted(found, key=lambda each: each.promise)
