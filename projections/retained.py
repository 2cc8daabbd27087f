"""Whose time has ended: customers of whom no fact has to be kept any more, and what stops their erasure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from domain import erasure
from domain.fact import SEALED
from domain.log import Log
from domain.retention import CLASSES, Class, Retention
from domain.roles import Asker, allowed, scope
from projections import customers
from projections.filters import Library, Moment
from projections.tables import instant, micros

Stop = Literal["hold", "open_promise"]


class Due(NamedTuple):
    """One customer, with whoever was merged into them. Own id and name only for those who may see all customers."""

    customer: str
    id: str | None
    name: str | None
    since: datetime
    by: Class
    last: datetime
    """When the last of their facts happened."""
    stopped_by: tuple[Stop, ...]


def due(log: Log, library: Library, asker: Asker, retention: Retention, now: datetime) -> list[Due]:
    """In the order in which their time ended. Raises NotAllowed."""
    allowed(asker, "audit")
    last = _over(library, retention, now)
    stops = _stops(log, library, list(last), now)
    named = customers.names_of(library, last) if scope(asker, "customers") == "all" else {}
    found = []
    for customer, by_class in last.items():
        kept = retention.until(by_class)
        id, name = named.get(customer, (None, None))
        found.append(Due(customer, id, name, kept.until, kept.by, max(by_class.values()), stops.get(customer, ())))
    return sorted(found, key=lambda each: (each.since, each.customer))


def _over(library: Library, retention: Retention, now: datetime) -> dict[str, dict[Class, datetime]]:
    """By customer the last fact of each class, where all of them are over.

    What was recorded by mistake counts, too: it is kept like everything else. The engine counts, in one walk.
    """
    of = defaultdict(list)
    for kind, each in retention.types.items():
        of[each].append(kind)
    of["relationship"].append("")  # so that no list is empty, and a type that is new counts
    listed = [each for each in CLASSES if of[each]]
    known = [kind for each in listed if each != "relationship" for kind in of[each]]
    columns = ", ".join(f"MAX(CASE WHEN {_is(each, of[each], known)} THEN time END) AS {each}" for each in listed)
    over = " AND ".join(
        f"(MAX({each}) IS NULL OR MAX({each}) < {micros(retention.over_before(each, now))})" for each in listed
    )
    # No year is over in itself: of whomever something is known from this year nothing else need be looked at.
    active = f"(SELECT customer FROM rhythms WHERE last >= {micros(retention.over_before('alongside', now))})"
    sql = (
        f"SELECT c.survivor, {', '.join(f'MAX({each})' for each in listed)} "
        f"FROM (SELECT customer, {columns} FROM timeline WHERE customer NOT IN {active} GROUP BY customer) t "
        "JOIN customers c ON c.customer = t.customer JOIN customers s ON s.customer = c.survivor "
        f"WHERE COALESCE(s.name, '') <> '{SEALED}' AND c.survivor NOT IN {active} GROUP BY c.survivor HAVING {over}"
    )
    return {row[0]: _by_class(listed, row[1:]) for row in library.views.rows(sql)}


def _is(kind: Class, types: Sequence[str], others: Sequence[str]) -> str:
    """Types are names of our own vocabulary; whatever has no class of its own belongs to the relationship."""
    if kind == "relationship":
        return f"type NOT IN ({_quoted(others)})" if others else "1 = 1"
    return f"type IN ({_quoted(types)})"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _by_class(listed: Sequence[Class], values: Sequence[int | None]) -> dict[Class, datetime]:
    found = {each: instant(value) for each, value in zip(listed, values, strict=True)}
    return {each: at for each, at in found.items() if at is not None}


def _stops(log: Log, library: Library, among: Sequence[str], now: datetime) -> Mapping[str, tuple[Stop, ...]]:
    found: dict[str, list[Stop]] = defaultdict(list)
    with library.views.store.reading() as cursor:
        sql = "SELECT customer, survivor FROM customers WHERE survivor IN ({among})"
        survivors = {row[0]: row[1] for row in cursor.among(sql, among)}
        promised = list(
            cursor.among(
                f"SELECT DISTINCT p.customer FROM promises p WHERE {Moment(now).rows()} AND p.outcome IS NULL "
                "AND p.customer IN ({among})",
                survivors,
            )
        )
    with log.store.reading() as cursor:
        held = {each.customer for each in erasure.holds_of(cursor, survivors) if each.stands(now)}
    for customer in sorted(held):
        found[survivors[customer]].append("hold")
    for row in promised:
        found[survivors[row[0]]].append("open_promise")
    return {customer: tuple(dict.fromkeys(stops)) for customer, stops in found.items()}
