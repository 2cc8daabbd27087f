"""The rhythm of each customer: who has fallen silent, and which habits have lapsed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from domain.habits import Habit, habit, silent_from, usual_gap
from domain.roles import Asker
from domain.rulebook import Rulebook
from projections.active import active, among
from projections.customers import seen_by
from projections.filters import Library, Moment
from projections.tables import instant

K = TypeVar("K")


class Silent(NamedTuple):
    """An active customer not heard of for longer than usual; `last` None = never; `usual` None = not known yet."""

    customer: str
    id: str
    name: str | None
    owner: str | None
    last: datetime | None
    usual: timedelta | None
    since: datetime


class Lapsed(NamedTuple):
    """A habitual contact that is overdue by more than it may."""

    customer: str
    id: str
    name: str | None
    owner: str | None
    purpose: str
    habit: Habit


def silent(library: Library, asker: Asker, moment: Moment) -> list[Silent]:
    """The ones silent for longest first."""
    rules, spoke_of = _rules(library, moment).silence, two_way(library, moment)
    found = []
    for each in active(library, moment, seen=seen_by(library, asker)).values():
        spoke = spoke_of.get(each.customer, [])
        since = silent_from(spoke, each.first, rules)
        if since < moment.at:
            last = spoke[-1] if spoke else None
            found.append(Silent(each.customer, each.id, each.name, each.owner, last, usual_gap(spoke, rules), since))
    return sorted(found, key=lambda row: (row.since, row.id))


def lapsed(library: Library, asker: Asker, moment: Moment) -> list[Lapsed]:
    """The ones lapsed for longest first."""
    rules = _rules(library, moment).habits
    customers = active(library, moment, seen=seen_by(library, asker))
    found = []
    for (customer, purpose), times in approaches(library, moment).items():
        made = habit(times, rules)
        if customer in customers and made is not None and made.lapses_at <= moment.at:
            each = customers[customer]
            found.append(Lapsed(customer, each.id, each.name, each.owner, purpose, made))
    return sorted(found, key=lambda row: (row.habit.lapses_at, row.id, row.purpose))


def _rules(library: Library, moment: Moment) -> Rulebook:
    return library.steering(moment.known).rulebooks.at(moment.at)


def two_way(library: Library, moment: Moment, subjects: Collection[str] | None = None) -> dict[str, list[datetime]]:
    """When each customer and we spoke with each other, in order of time; others than the subjects may be among them."""
    named = among("c.customer", subjects)
    rows = library.views.rows(
        f"SELECT c.customer, c.at FROM contacts c WHERE c.at <= {moment.us} AND {moment.knows('c')} "
        f"AND c.two_way = 1 AND {named.sql} ORDER BY c.at",
        named.params,
    )
    return _by_key((row[0], row[1]) for row in rows)


def approaches(
    library: Library, moment: Moment, subjects: Collection[str] | None = None
) -> dict[tuple[str, str], list[datetime]]:
    """When we approached each customer, by customer and purpose, in order of time; others may be among them."""
    named = among("c.customer", subjects)
    rows = library.views.rows(
        f"SELECT c.customer, c.purpose, c.at FROM contacts c WHERE c.at <= {moment.us} AND {moment.knows('c')} "
        f"AND c.inbound = 0 AND {named.sql} ORDER BY c.at",
        named.params,
    )
    return _by_key(((row[0], row[1]), row[2]) for row in rows)


def _by_key(rows: Iterable[tuple[K, int]]) -> dict[K, list[datetime]]:
    found: dict[K, list[datetime]] = {}
    for key, us in rows:
        at = instant(us)
        assert at is not None
        found.setdefault(key, []).append(at)
    return found
