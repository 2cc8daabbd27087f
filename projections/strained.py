"""Customers whose account shows that trust is low, is falling or has little to bear, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from domain.account.watching import Span, Watch
from domain.alert import Occasion, Rule, Whose
from domain.steering import Steering
from projections.active import Active, active
from projections.filters import Library, Moment
from projections.statements import lines_of_all
from projections.tables import instant

CUSTOMERS_AT_ONCE = 500


class Strained(NamedTuple):
    """An active customer of whom something of this holds, each with since when; internal ids, times UTC."""

    customer: str
    owner: str | None
    team: str | None
    low: datetime | None
    """The stage is strained or lost."""
    lost: datetime | None
    falling: datetime | None
    thin: datetime | None

    def occasion(self, rule: Rule, since: datetime, level: int = 1) -> Occasion:
        whose = Whose(customer_owner=self.owner, team=self.team)
        return Occasion(rule, self.customer, self.customer, since, whose, level=level)


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[Strained]:
    """By internal id; only of these customers, None = of all. What began before `since` may say any earlier instant.

    Costs a walk through the lines of every active customer; what follows, for those of whom something holds, looks
    only at the days since `since`. No fact is folded.
    """
    customers = active(library, moment, subjects=subjects)
    recovering = _recovering(library, moment)
    found = []
    for portion in _portions(sorted(customers)):
        lines = lines_of_all(library.views, portion)
        for customer in portion:
            watch = Watch(lines.get(customer, []), recovering.get(customer, ()), steering.rulebooks)
            row = strained(customers[customer], watch, moment.at, since)
            if row is not None:
                found.append(row)
    return found


def strained(customer: Active, watch: Watch, at: datetime, interest: datetime | None) -> Strained | None:
    """None where nothing of it holds; nothing holds from before they were an active customer."""
    held = [
        watch.since(holds, at, interest=interest)
        for holds in (watch.is_low, watch.is_lost, watch.is_falling, watch.is_thin)
    ]
    if not any(held):
        return None
    begun = (None if each is None else max(each, customer.begun) for each in held)
    return Strained(customer.customer, customer.owner, customer.team, *begun)


def _recovering(library: Library, moment: Moment) -> dict[str, list[Span]]:
    """While incidents of weight were open, by customer."""
    rows = library.views.rows(
        "SELECT i.customer, i.at_from, i.at_until FROM incidents i WHERE i.state = 'open' AND i.severity <> 'minor' "
        f"AND i.at_from <= {moment.us} AND {moment.knows('i')}"
    )
    found: dict[str, list[Span]] = {}
    for customer, start_us, end_us in rows:
        start = instant(start_us)
        assert start is not None
        found.setdefault(customer, []).append(Span(start, instant(end_us)))
    return found


def _portions(customers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(customers), CUSTOMERS_AT_ONCE):
        yield customers[start : start + CUSTOMERS_AT_ONCE]
