"""Open promises whose clock runs, with their moments: what the reminders of a due look at."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.alert import Occasion, Rule, Whose
from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class OpenPromise(NamedTuple):
    """Internal ids, times UTC. `stands_since` is the fact from which on it stands like this."""

    promise: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    occurrence: int
    stands_since: datetime
    due: datetime
    due_soon: datetime | None
    last_call: datetime | None
    last_moment: datetime | None
    plan_b: bool

    def occasion(self, rule: Rule, since: datetime, until: datetime | None = None) -> Occasion:
        """`since` may lie before the promise stood like this; then it holds from there on."""
        begun = max(since, self.stands_since)
        whose = Whose(self.owner, self.customer_owner, self.team)
        return Occasion(rule, self.promise, self.customer, begun, whose, until, self.occurrence)


BEGINS = ("p.at_from", "p.due_soon", "p.last_call", "p.overdue_from")


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[OpenPromise]:
    """Every promise that could ask for attention at this moment: something of it has begun since then."""
    return [
        _open(row)
        for wanted in conditions("p.promise", BEGINS, moment, since, subjects)
        for row in library.views.rows(
            "SELECT p.promise, p.customer, p.owner, p.team, c.owner, p.occurrence, "
            # The plus keeps SQLite from looking through everything that is known for the few rows of one promise.
            "(SELECT MIN(q.at_from) FROM promises q WHERE q.promise = p.promise AND +q.known_until = p.known_until "
            "AND q.occurrence = p.occurrence AND q.overdue_from IS NOT NULL), "
            "p.overdue_from, p.due_soon, p.last_call, p.last_moment, p.plan_b "
            "FROM promises p JOIN customers c ON c.customer = p.customer "
            f"WHERE {moment.rows()} AND p.outcome IS NULL AND p.overdue_from IS NOT NULL AND {wanted.sql} "
            "ORDER BY p.overdue_from, p.promise",
            wanted.params,
        )
    ]


def _open(row: tuple[object, ...]) -> OpenPromise:
    fields = dict(zip(OpenPromise._fields, row, strict=True))
    for name in ("stands_since", "due", "due_soon", "last_call", "last_moment"):
        fields[name] = instant(fields[name])  # type: ignore[arg-type]
    fields["plan_b"] = bool(fields["plan_b"])
    return OpenPromise(**fields)  # type: ignore[arg-type]
