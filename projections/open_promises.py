"""Open promises whose clock runs, with their moments: what the policies look at."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.alert import Rule, Warning
from projections.filters import Moment
from projections.tables import Views, instant, micros


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

    def warn(self, rule: Rule, since: datetime) -> Warning:
        """`since` may lie before the promise stood like this; then it holds from there on."""
        return Warning(rule, self.promise, self.customer, self.occurrence, max(since, self.stands_since))


SELECT = (
    "SELECT p.promise, p.customer, p.owner, p.team, c.owner, p.occurrence, "
    "(SELECT MIN(q.at_from) FROM promises q WHERE q.promise = p.promise AND q.known_until = p.known_until "
    "AND q.occurrence = p.occurrence AND q.overdue_from IS NOT NULL), "
    "p.overdue_from, p.due_soon, p.last_call, p.last_moment, p.plan_b "
    "FROM promises p JOIN customers c ON c.customer = p.customer "
)


def at(views: Views, moment: Moment, *, since: datetime) -> list[OpenPromise]:
    """Every promise that could ask for attention at this moment: something of it has begun since then."""
    lately = f"BETWEEN {micros(since)} AND {moment.us}"
    rows = views.rows(
        f"{SELECT} WHERE {moment.rows()} AND p.overdue_from IS NOT NULL "
        f"AND (p.at_from {lately} OR p.due_soon {lately} OR p.last_call {lately} OR p.overdue_from {lately}) "
        "ORDER BY p.overdue_from, p.promise"
    )
    return [_open(row) for row in rows]


def one(views: Views, moment: Moment, promise: str) -> OpenPromise | None:
    """The promise as it stands at this moment, if it is open and its clock runs."""
    row = views.row(f"{SELECT} WHERE {moment.rows()} AND p.overdue_from IS NOT NULL AND p.promise = ?", (promise,))
    return _open(row) if row else None


def _open(row: tuple[object, ...]) -> OpenPromise:
    fields = dict(zip(OpenPromise._fields, row, strict=True))
    for name in ("stands_since", "due", "due_soon", "last_call", "last_moment"):
        fields[name] = instant(fields[name])  # type: ignore[arg-type]
    fields["plan_b"] = bool(fields["plan_b"])
    return OpenPromise(**fields)  # type: ignore[arg-type]
