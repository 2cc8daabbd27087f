"""The rhythm of each customer: who has fallen silent, and which habits have lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from domain.habits import Habit, habit, silent_from, usual_gap
from domain.people import Asker
from domain.rulebook import Rulebook
from projections.customers import seen_by
from projections.filters import Library, Moment
from projections.tables import instant

K = TypeVar("K")
ACTIVE = timedelta(days=365)


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
    rules, two_way = _rules(library, moment), _two_way(library, moment)
    found = []
    for customer, (id, name, owner, first) in _active(library, asker, moment).items():
        spoke = two_way.get(customer, [])
        since = silent_from(spoke, first, rules.silence)
        if since < moment.at:
            found.append(
                Silent(customer, id, name, owner, spoke[-1] if spoke else None, usual_gap(spoke, rules.silence), since)
            )
    return sorted(found, key=lambda row: (row.since, row.id))


def lapsed(library: Library, asker: Asker, moment: Moment) -> list[Lapsed]:
    """The ones lapsed for longest first."""
    rules = _rules(library, moment).habits
    active = _active(library, asker, moment)
    found = []
    for (customer, purpose), times in _approaches(library, moment).items():
        made = habit(times, rules)
        if customer in active and made is not None and made.lapses_at <= moment.at:
            id, name, owner, _ = active[customer]
            found.append(Lapsed(customer, id, name, owner, purpose, made))
    return sorted(found, key=lambda row: (row.habit.lapses_at, row.id, row.purpose))


def _rules(library: Library, moment: Moment) -> Rulebook:
    return library.steering(moment.known).rulebooks.at(moment.at)


def _active(library: Library, asker: Asker, moment: Moment) -> dict[str, tuple[str, str | None, str | None, datetime]]:
    """Own id, name, owner (internal id) and first fact of the active customers."""
    seen = seen_by(library, asker)
    rows = library.views.rows(
        "SELECT c.customer, c.id, c.name, p.owner, MIN(t.time), MAX(t.time) FROM parties p "
        "JOIN customers c ON c.customer = p.customer JOIN timeline t ON t.customer = p.customer "
        f"WHERE {moment.rows('p')} AND p.kind = 'customer' AND p.left_at IS NULL AND t.time <= {moment.us} "
        f"AND {moment.knows('t')} AND {seen.sql} GROUP BY c.customer, c.id, c.name, p.owner",
        seen.params,
    )
    return {
        row[0]: (row[1], row[2], row[3], first)
        for row in rows
        if (first := instant(row[4])) is not None and (last := instant(row[5])) is not None
        if moment.at - ACTIVE < last
    }


def _two_way(library: Library, moment: Moment) -> dict[str, list[datetime]]:
    rows = library.views.rows(
        f"SELECT c.customer, c.at FROM contacts c WHERE c.at <= {moment.us} AND {moment.knows('c')} "
        "AND c.two_way = 1 ORDER BY c.at"
    )
    return _by_key((row[0], row[1]) for row in rows)


def _approaches(library: Library, moment: Moment) -> dict[tuple[str, str], list[datetime]]:
    rows = library.views.rows(
        f"SELECT c.customer, c.purpose, c.at FROM contacts c WHERE c.at <= {moment.us} AND {moment.knows('c')} "
        "AND c.inbound = 0 ORDER BY c.at"
    )
    return _by_key(((row[0], row[1]), row[2]) for row in rows)


def _by_key(rows: Iterable[tuple[K, int]]) -> dict[K, list[datetime]]:
    found: dict[K, list[datetime]] = {}
    for key, us in rows:
        at = instant(us)
        assert at is not None
        found.setdefault(key, []).append(at)
    return found
