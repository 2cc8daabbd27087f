"""Customers and the people who look after them, under the names that users know them by."""

from __future__ import annotations

from typing import NamedTuple

from domain import customer as customers
from domain.errors import Refused
from domain.people import Asker, allowed
from domain.store import Cursor
from domain.vault import plan
from projections.filters import Condition, Library
from projections.page import Page
from projections.tables import ALWAYS, insert, upsert

TABLES = (
    "CREATE TABLE IF NOT EXISTS customers (customer TEXT PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, "
    "name TEXT, email TEXT, phone TEXT, kind TEXT NOT NULL, owner TEXT, team TEXT, language TEXT, timezone TEXT, "
    "since TEXT, sensitivity REAL, sort_name TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS customers_id ON customers (id)",
    "CREATE INDEX IF NOT EXISTS customers_name ON customers (sort_name)",
    "CREATE TABLE IF NOT EXISTS streams (stream TEXT PRIMARY KEY, customer TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS streams_customer ON streams (customer)",
    "CREATE TABLE IF NOT EXISTS persons (person TEXT PRIMARY KEY, name TEXT NOT NULL, position BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS colleagues (person TEXT PRIMARY KEY, same_as TEXT NOT NULL, name TEXT NOT NULL)",
)


def apply(cursor: Cursor, page: Page) -> None:
    streams = {fact.stream: fact.customer for fact in page.facts if fact.stream.startswith("promise-")}
    upsert(cursor, "streams", ("stream", "customer"), sorted(streams.items()))
    _describe(cursor, page)
    _name_persons(cursor, page)


def _describe(cursor: Cursor, page: Page) -> None:
    known = {
        row[0]: tuple(row)[1:]
        for row in cursor.among(
            f"SELECT customer, {', '.join(WORDS)} FROM customers WHERE customer IN ({{among}})", page.customers
        )
    }
    rows = []
    for customer in page.customers:
        row = known.get(customer) or (*page.own_ids[customer], None, None, None)
        words = dict(zip(WORDS, row, strict=True)) | page.described.get(customer, {})
        state = customers.state(page.history(customer))
        since = state.since.isoformat() if state.since else None
        sort_name = (words["name"] or words["id"]).casefold()
        rows.append(
            (
                customer,
                *words.values(),
                state.kind,
                state.owner,
                state.team,
                state.language,
                state.timezone,
                since,
                state.sensitivity,
                sort_name,
            )
        )
    upsert(cursor, "customers", COLUMNS, rows)


WORDS = ("source", "id", "name", "email", "phone")
"""The source's id and the personal fields."""
COLUMNS = ("customer", *WORDS, "kind", "owner", "team", "language", "timezone", "since", "sensitivity", "sort_name")


def _name_persons(cursor: Cursor, page: Page) -> None:
    """Whoever a fact names, as the first one recorded names them; the people document knows better."""
    named: dict[str, tuple[str, int]] = {}
    for fact in page.facts:
        words = page.words.get(fact.key, {})
        for field in plan(type(fact.data)).persons:
            if field in words:
                named.setdefault(getattr(fact.data, field), (words[field], fact.position))
    cursor.executemany(
        "INSERT INTO persons VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE "
        "SET name = excluded.name, position = excluded.position WHERE excluded.position < persons.position",
        [(person, *row) for person, row in sorted(named.items())],
    )
    if any(fact.stream == "document-people" for fact in page.facts):
        cursor.execute("DELETE FROM colleagues")
        insert(cursor, "colleagues", _colleagues(page))


def _colleagues(page: Page) -> list[tuple[str, str, str]]:
    people, internal = page.steering.people.latest, page.steering.person
    rows = {internal(name): (internal(person.id), person.name) for person in people.persons for name in person.names}
    return [(person, *row) for person, row in sorted(rows.items())]


# -- questions ----------------------------------------------------------------------------------------


class Party(NamedTuple):
    """A customer as users know them; `customer` is the internal id."""

    customer: str
    source: str
    id: str
    name: str | None
    email: str | None
    kind: str
    owner: str | None
    team: str | None
    language: str | None
    since: str | None
    sensitivity: float | None

    @property
    def called(self) -> str:
        return self.name or self.id


PARTY = ", ".join(f"c.{name}" for name in Party._fields)

OWNER_NAME = (
    "COALESCE((SELECT name FROM colleagues WHERE person = {column}), "
    "(SELECT name FROM persons WHERE person = {column}))"
)
"""The name that users know one of us by, for a column with an internal id."""


class UnknownCustomer(Refused):
    def __init__(self, name: str) -> None:
        super().__init__("not_found", "There is no customer “{name}” here.", "customer", name=name)


class SeveralCustomers(Refused):
    def __init__(self, name: str, candidates: list[str]) -> None:
        super().__init__(
            "ambiguous",
            "“{name}” could be several customers: {candidates}. Please name one of these.",
            "customer",
            name=name,
            candidates=", ".join(candidates),
        )
        self.candidates = candidates


def seen_by(library: Library, asker: Asker, table: str = "c") -> Condition:
    """Own customers are those one looks after or has made a promise to."""
    if allowed(asker, "customers") == "all":
        return Condition("1 = 1", [])
    persons = library.person_ids(asker.person or "")
    places = ",".join("?" * len(persons))
    return Condition(
        f"({table}.owner IN ({places}) OR EXISTS (SELECT 1 FROM promises p WHERE p.customer = {table}.customer "
        f"AND p.known_until = {ALWAYS} AND p.owner IN ({places})))",
        [*persons, *persons],
    )


def find(library: Library, asker: Asker, name: str) -> Party:
    """By own id, plain or as source:id; several customers of one id are named, never guessed."""
    seen = seen_by(library, asker)
    parties = []
    for customer in library.customer_ids(name):
        row = library.views.row(
            f"SELECT {PARTY} FROM customers c WHERE c.customer = ? AND {seen.sql}", (customer, *seen.params)
        )
        if row:
            parties.append(Party(*row))
    if not parties:
        raise UnknownCustomer(name)
    if len(parties) > 1:
        raise SeveralCustomers(name, [f"{each.source}:{each.id}" for each in parties])
    return parties[0]


def party(library: Library, asker: Asker, customer: str) -> Party:
    """By internal id."""
    seen = seen_by(library, asker)
    row = library.views.row(
        f"SELECT {PARTY} FROM customers c WHERE c.customer = ? AND {seen.sql}", (customer, *seen.params)
    )
    if row is None:
        raise UnknownCustomer(customer)
    return Party(*row)


def listed(library: Library, asker: Asker, *, text: str = "", limit: int | None = 50, offset: int = 0) -> list[Party]:
    """By name; `text` searches in name and own id."""
    seen = seen_by(library, asker)
    found = Condition("1 = 1", [])
    if text:
        pattern = "%" + text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = Condition("(c.sort_name LIKE ? ESCAPE '\\' OR LOWER(c.id) LIKE ? ESCAPE '\\')", [pattern, pattern])
    where = seen.and_(found)
    rows = library.views.rows(
        f"SELECT {PARTY} FROM customers c WHERE {where.sql} ORDER BY c.sort_name, c.id LIMIT ? OFFSET ?",
        (*where.params, -1 if limit is None else limit, offset),
    )
    return [Party(*row) for row in rows]


def person_name(library: Library, person: str | None) -> str | None:
    """How users know one of us."""
    if person is None:
        return None
    row = library.views.row(f"SELECT {OWNER_NAME.format(column='?')}", (person, person))
    return row[0] if row else None
