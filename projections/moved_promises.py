"""Open promises that we have moved again and again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class MovedPromise(NamedTuple):
    """`moves` by us, the last one at `moved_at`; internal ids, UTC."""

    promise: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    occurrence: int
    moves: int
    moved_at: datetime


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[MovedPromise]:
    """Those moved at least as often as the rulebook says, moved lately."""
    fewest = steering.rulebooks.at(moment.at).alerts.moved_again_from
    moves = "{t}.moves_in_time + {t}.moves_late"
    found = []
    for wanted in conditions("p.promise", ("p.at_from",), moment, since, subjects):
        for row in library.views.rows(
            f"SELECT p.promise, p.customer, p.owner, p.team, c.owner, p.occurrence, {moves.format(t='p')}, "
            "(SELECT MIN(q.at_from) FROM promises q WHERE q.promise = p.promise AND +q.known_until = p.known_until "
            f"AND {moves.format(t='q')} >= {moves.format(t='p')}) "
            "FROM promises p JOIN customers c ON c.customer = p.customer "
            f"WHERE {moment.rows()} AND p.outcome IS NULL AND {moves.format(t='p')} >= ? AND {wanted.sql}",
            (fewest, *wanted.params),
        ):
            found.append(MovedPromise._make((*row[:-1], instant(row[-1]))))
    # Put in order here: for an order by key SQLite reads through all promises, the settled ones too.
    return sorted(found, key=lambda each: each.promise)
