"""Which customers have to be folded together: those ever merged, and those who shared a promise.

Nearly every family is a single customer. Families only grow: separating two customers splits their accounts
again, but they go on being folded together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.customer import CustomerMerged
from domain.lives import BEGINNINGS
from domain.store import Cursor, Row
from domain.stored import read
from projections.tables import upsert

Families = Mapping[str, Sequence[str]]
MERGED = CustomerMerged.type_name

TABLES = (
    "CREATE TABLE IF NOT EXISTS families (customer TEXT PRIMARY KEY, family TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS families_family ON families (family)",
    "CREATE TABLE IF NOT EXISTS streams (stream TEXT PRIMARY KEY, customer TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS streams_customer ON streams (customer)",
)


def unite(cursor: Cursor, rows: Sequence[Row], customers: Sequence[str]) -> None:
    """Notes the streams that begin in these rows, and whoever belongs together from now on.

    `customers` are the ones whom the rows concern. Which two are one is noted when it can be read
    (`projections/quarantine.py`).
    """
    pairs = [pair for row in rows if row.topic == MERGED for pair in _merged(row)]
    begun = [(row.stream, customer) for row, customer in zip(rows, customers, strict=True) if row.topic in BEGINNINGS]
    before = dict(_before(cursor, begun))
    for stream, customer in begun:
        # Recorded for the wrong customer first, retracted, and begun anew for the right one.
        if before.setdefault(stream, customer) != customer:
            pairs.append((before[stream], customer))
    upsert(cursor, "streams", ("stream", "customer"), sorted(before.items()))
    for one, other in pairs:
        _join(cursor, one, other)


class Beginnings:
    """The same of a whole log, noted event by event and put into empty tables."""

    def __init__(self) -> None:
        self._whose: dict[str, str] = {}
        self._pairs: list[tuple[str, str]] = []

    def note(self, row: Row, customer: str) -> None:
        if row.topic in BEGINNINGS:
            before = self._whose.setdefault(row.stream, customer)
            if before != customer:
                self._pairs.append((before, customer))
        elif row.topic == MERGED:
            self._pairs += _merged(row)

    def keep(self, cursor: Cursor) -> Families:
        """Each family of several customers, by each of its members."""
        cursor.executemany("INSERT INTO streams VALUES (?, ?)", iter(self._whose.items()))
        self._whose = {}
        found: dict[str, list[str]] = {}
        for one, other in self._pairs:
            family = sorted({*found.get(one, (one,)), *found.get(other, (other,))})
            found |= dict.fromkeys(family, family)
        cursor.insert("families", [(customer, members[0]) for customer, members in found.items()])
        return found


def _merged(row: Row) -> list[tuple[str, str]]:
    """Who was said to be one, whether or not it was taken back."""
    fact = read(row)
    return [(fact.customer, fact.data.customer)] if fact and isinstance(fact.data, CustomerMerged) else []


def _before(cursor: Cursor, begun: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    streams = [stream for stream, _ in begun]
    for row in cursor.among("SELECT stream, customer FROM streams WHERE stream IN ({among})", streams):
        yield row[0], row[1]


def _join(cursor: Cursor, one: str, other: str) -> None:
    found = of(cursor, (one, other))
    family = min(found.values())
    together = members(cursor, set(found.values()))
    rows = {(customer, family) for each in together.values() for customer in each} | {(one, family), (other, family)}
    upsert(cursor, "families", ("customer", "family"), sorted(rows))


def of(cursor: Cursor, customers: Iterable[str]) -> dict[str, str]:
    """The family of each customer."""
    wanted = list(customers)
    found = {row[0]: row[1] for row in cursor.among(
        "SELECT customer, family FROM families WHERE customer IN ({among})", wanted
    )}  # fmt: skip
    return {customer: found.get(customer, customer) for customer in wanted}


def members(cursor: Cursor, families: Iterable[str]) -> Mapping[str, list[str]]:
    """The customers of each family."""
    found: dict[str, list[str]] = {family: [] for family in families}
    for family, customer in cursor.among(
        "SELECT family, customer FROM families WHERE family IN ({among}) ORDER BY customer", found
    ):
        found[family].append(customer)
    return {family: customers or [family] for family, customers in found.items()}


def streams(cursor: Cursor, customers: Iterable[str]) -> dict[str, set[str]]:
    """The promises, contacts and incidents of each customer that has any."""
    found: dict[str, set[str]] = {}
    for stream, customer in cursor.among("SELECT stream, customer FROM streams WHERE customer IN ({among})", customers):
        found.setdefault(customer, set()).add(stream)
    return found
