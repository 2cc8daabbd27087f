"""From whom nothing has come for unusually long, and who misses something of ours, without reading what ever came.

One row for each customer who has not left, one more for each purpose for which we came again and again. They hold what
was usual up to the customer's last fact; nothing can have happened since, so any later moment is answered from them.
Any earlier one is read from the contacts themselves (`projections/rhythm.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.contact import ContactOutbound
from domain.fact import LATEST
from domain.habits import Habit, quartiles
from domain.relationship import Relationship
from domain.roles import Asker
from domain.rulebook import Rulebook
from domain.store import Cursor
from projections import customers
from projections.active import ACTIVE
from projections.filters import Condition, Library, Moment
from projections.page import Page
from projections.rhythm import Lapsed, Silent
from projections.spells import contacts_of, is_two_way
from projections.tables import MICROSECOND, instant, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS rhythms (customer TEXT PRIMARY KEY, owner TEXT, first BIGINT NOT NULL, "
    "last BIGINT NOT NULL, heard BIGINT, spoken INTEGER NOT NULL, usual BIGINT)",
    "CREATE INDEX IF NOT EXISTS rhythms_last ON rhythms (last, customer, first, heard, spoken, usual, owner)",
    "CREATE TABLE IF NOT EXISTS habits (customer TEXT NOT NULL, purpose TEXT NOT NULL, times INTEGER NOT NULL, "
    "low BIGINT NOT NULL, every BIGINT NOT NULL, high BIGINT NOT NULL, last BIGINT NOT NULL, "
    "PRIMARY KEY (customer, purpose))",
)
"""`first` and `last` are of all facts, `heard` of `spoken` two-way contacts. Gaps are microseconds."""

FEWEST = 3
"""No rulebook calls fewer contacts a habit."""


def apply(cursor: Cursor, page: Page) -> None:
    page.clear(cursor, "rhythms", "customer", page.customers)
    page.clear(cursor, "habits", "customer", page.customers)
    everybody = [each for family in page.families for each in family.relationships.values()]
    cursor.insert("rhythms", [row for each in everybody for row in _rhythm(each)])
    cursor.insert("habits", [row for each in everybody for row in _habits(each)])


def _rhythm(relationship: Relationship) -> Iterator[tuple[Any, ...]]:
    told = relationship.at(LATEST)
    if told.kind != "customer" or told.left_at is not None:
        return
    times = [fact.time for fact in relationship.facts]
    spoke = sorted(fact.time for fact in contacts_of(relationship) if is_two_way(fact))
    usual = quartiles(spoke)[1] // MICROSECOND if len(spoke) > 1 else None
    heard = micros(spoke[-1]) if spoke else None
    yield relationship.customer, told.owner, micros(min(times)), micros(max(times)), heard, len(spoke), usual


def _habits(relationship: Relationship) -> Iterator[tuple[Any, ...]]:
    times: dict[str, list[datetime]] = {}
    for fact in contacts_of(relationship):
        if isinstance(fact.data, ContactOutbound):
            times.setdefault(fact.data.purpose, []).append(fact.time)
    for purpose, came in sorted(times.items()):
        if len(came) >= FEWEST:
            came.sort()
            gaps = (gap // MICROSECOND for gap in quartiles(came))
            yield relationship.customer, purpose, len(came), *gaps, micros(came[-1])


# -- questions ----------------------------------------------------------------------------------------


def count(library: Library, asker: Asker, moment: Moment) -> int:
    """How many active customers have fallen silent."""
    where = _silent(library, moment).and_(_seen(library, asker))
    return int(library.views.row(f"SELECT COUNT(*) FROM rhythms r WHERE {where.sql}", where.params)[0])


def silent_among(library: Library, moment: Moment, found: Sequence[str]) -> dict[str, Silent]:
    """Those of these customers who have fallen silent, by internal id."""
    where = _silent(library, moment).and_(_among(found))
    return {each.customer: each for each in _silents(library, moment, where, "r.customer", len(found))}


def lapsed_among(library: Library, moment: Moment, found: Sequence[str]) -> dict[str, list[Lapsed]]:
    """What these customers miss, by internal id, each the longest lapsed first."""
    where, after = _missing(library, moment).and_(_among(found)), 1 + _rules(library, moment).habits.lapsed_after
    rows = library.views.rows(
        "SELECT r.customer, c.id, c.name, r.owner, h.purpose, h.every, h.last FROM habits h "
        "JOIN rhythms r ON r.customer = h.customer JOIN customers c ON c.customer = r.customer "
        f"WHERE {where.sql} ORDER BY {_lapses(_rules(library, moment))}, h.purpose",
        where.params,
    )
    lapses: dict[str, list[Lapsed]] = {}
    for customer, id, name, owner, purpose, every_us, last_us in rows:
        every, last = every_us * MICROSECOND, instant(last_us)
        assert last is not None
        made = Lapsed(customer, id, name, owner, purpose, Habit(every, last, last + every * after))
        lapses.setdefault(customer, []).append(made)
    return lapses


class Found(NamedTuple):
    """Internal ids of a part of a list, and how many it has."""

    customers: list[str]
    total: int


def listed(library: Library, asker: Asker, moment: Moment, *, text: str = "", limit: int, offset: int = 0) -> Found:
    """The ones silent for longest first, then those who miss something of ours."""
    known = _seen(library, asker).and_(_holds(text))
    silent, missing = _silent(library, moment), _missing(library, moment)
    rules = _rules(library, moment)
    both = (
        f"SELECT r.customer, 0 AS place, COALESCE(r.heard, r.first + {_days(rules.silence.until_known_days)}) AS since "
        f"FROM rhythms r WHERE {silent.sql} AND {known.sql} UNION ALL "
        f"SELECT r.customer, 1 AS place, MIN({_lapses(rules)}) AS since FROM habits h CROSS JOIN rhythms r "
        f"WHERE r.customer = h.customer AND {missing.sql} AND NOT ({silent.sql}) AND {known.sql} GROUP BY r.customer"
    )
    params = [*silent.params, *known.params, *missing.params, *silent.params, *known.params]
    rows = library.views.rows(
        f"SELECT customer FROM ({both}) b ORDER BY place, since, customer LIMIT ? OFFSET ?", (*params, limit, offset)
    )
    total = library.views.row(f"SELECT COUNT(*) FROM ({both}) b", params)[0]
    return Found([row[0] for row in rows], int(total))


def newest(
    library: Library, asker: Asker, moment: Moment, owners: Sequence[str] | None, limit: int, but: Collection[str] = ()
) -> tuple[list[Silent], int]:
    """Who fell silent last first, of whom we know what is usual before all others; and how many there are."""
    where = _silent(library, moment).and_(_seen(library, asker))
    if owners is not None:
        where = where.and_(Condition(f"r.owner IN ({','.join('?' * len(owners))})", list(owners)))
    if but:
        known = Condition(f"r.customer NOT IN ({','.join('?' * len(but))})", list(but))
        where = where.and_(known)
    total = library.views.row(f"SELECT COUNT(*) FROM rhythms r WHERE {where.sql}", where.params)[0]
    newest_first = f"CASE WHEN {_known(library, moment)} THEN 0 ELSE 1 END, silent_from DESC, r.customer"
    return _silents(library, moment, where, newest_first, limit), int(total)


def _silents(library: Library, moment: Moment, where: Condition, order: str, limit: int) -> list[Silent]:
    rows = library.views.rows(
        f"SELECT r.customer, c.id, c.name, r.owner, r.heard, r.usual, r.silent_from FROM (SELECT r.customer, r.owner, "
        f"r.heard, CASE WHEN {_known(library, moment)} THEN r.usual END AS usual, r.spoken, "
        f"{_since(library, moment)} AS silent_from FROM rhythms r WHERE {where.sql} ORDER BY {order} LIMIT ?) r "
        f"JOIN customers c ON c.customer = r.customer ORDER BY {order}",
        (*where.params, limit),
    )
    return [_told(*row) for row in rows]


def _told(
    customer: str, id: str, name: str | None, owner: str | None, heard: int | None, usual: int | None, since: float
) -> Silent:
    begun = instant(round(since))
    assert begun is not None
    return Silent(customer, id, name, owner, instant(heard), None if usual is None else usual * MICROSECOND, begun)


# -- conditions on rhythms r and habits h -------------------------------------------------------------


def _rules(library: Library, moment: Moment) -> Rulebook:
    return library.steering(None).rulebooks.at(moment.at)


def _days(days: float) -> int:
    return timedelta(days=days) // MICROSECOND


def _active(moment: Moment) -> str:
    return f"r.last > {moment.us - ACTIVE // MICROSECOND}"


def _since(library: Library, moment: Moment) -> str:
    """From when on silence says something (`domain.habits.silent_from`)."""
    rules = _rules(library, moment).silence
    usual = f"r.usual * {rules.usual_gaps!r}"
    limit = f"CASE WHEN {_known(library, moment)} THEN {usual} ELSE {_days(rules.until_known_days)} END"
    return f"COALESCE(r.heard, r.first) + {limit}"


def _known(library: Library, moment: Moment) -> str:
    """They spoke with us often enough to say what is usual."""
    return f"r.spoken >= {_rules(library, moment).silence.known_from_contacts}"


def _silent(library: Library, moment: Moment) -> Condition:
    return Condition(f"{_active(moment)} AND {_since(library, moment)} < {moment.us}", [])


def _missing(library: Library, moment: Moment) -> Condition:
    """A habit that has lapsed (`domain.habits.habit`)."""
    rules = _rules(library, moment).habits
    near = f"h.every * {rules.quartiles_within!r}"
    regular = f"h.every > 0 AND h.every - h.low <= {near} AND h.high - h.every <= {near}"
    lapsed = f"{_lapses(_rules(library, moment))} <= {moment.us}"
    return Condition(f"{_active(moment)} AND h.times >= {rules.fewest_contacts} AND {regular} AND {lapsed}", [])


def _lapses(rules: Rulebook) -> str:
    return f"h.last + h.every * {1 + rules.habits.lapsed_after!r}"


def _among(found: Sequence[str]) -> Condition:
    return Condition(f"r.customer IN ({','.join('?' * len(found))})" if found else "1 = 0", list(found))


def _seen(library: Library, asker: Asker) -> Condition:
    seen = customers.seen_by(library, asker)
    return Condition(customers.rows_of(seen, "r"), seen.params)


def _holds(text: str) -> Condition:
    found = customers.holds(text)
    return Condition(customers.rows_of(found, "r"), found.params)
