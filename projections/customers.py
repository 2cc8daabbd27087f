"""Customers and the people who look after them, under the names that users know them by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple

from domain import customer as customers
from domain.customer import CustomerLeft
from domain.errors import Refused
from domain.fact import LATEST, SEALED, Fact
from domain.lives import LIVES, standing
from domain.log import Log
from domain.relationship import Relationship, relationships
from domain.roles import Asker, allowed
from domain.steering import Steering
from domain.store import Cursor
from domain.vault import plan
from projections import naming
from projections.filters import EVERYTHING, Condition, Library, Moment
from projections.page import TELLING, Family, Fold, Page, Row, by_stream, through_knowledge
from projections.paging import By, Place, behind, order_by
from projections.tables import ALWAYS, micros
from words import Translator

TABLES = (
    "CREATE TABLE IF NOT EXISTS customers (customer TEXT PRIMARY KEY, survivor TEXT NOT NULL, source TEXT NOT NULL, "
    "id TEXT NOT NULL, name TEXT, email TEXT, phone TEXT, kind TEXT NOT NULL, owner TEXT, team TEXT, language TEXT, "
    "timezone TEXT, since TEXT, sensitivity REAL, left_at BIGINT, sort_name TEXT NOT NULL, counts INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS customers_id ON customers (id)",
    "CREATE INDEX IF NOT EXISTS customers_listed ON customers (sort_name, id, customer) "
    "WHERE survivor = customer AND counts = 1",
    "CREATE INDEX IF NOT EXISTS customers_survivor ON customers (survivor)",
    "CREATE TABLE IF NOT EXISTS customer_words (customer TEXT PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, "
    "name TEXT, email TEXT, phone TEXT)",
    "CREATE TABLE IF NOT EXISTS parties (customer TEXT NOT NULL, at_from BIGINT NOT NULL, at_until BIGINT NOT NULL, "
    "known_from BIGINT NOT NULL, known_until BIGINT NOT NULL, kind TEXT NOT NULL, owner TEXT, team TEXT, "
    "left_at BIGINT, PRIMARY KEY (customer, known_from, at_from))",
    "CREATE INDEX IF NOT EXISTS parties_left ON parties (left_at) WHERE left_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS parties_others ON parties (at_until) WHERE kind <> 'customer'",
    "CREATE TABLE IF NOT EXISTS persons (person TEXT PRIMARY KEY, name TEXT NOT NULL, position BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS colleagues (person TEXT PRIMARY KEY, same_as TEXT NOT NULL, name TEXT NOT NULL)",
)


def apply(cursor: Cursor, page: Page) -> None:
    _describe(cursor, page)
    page.clear(cursor, "parties", "customer", page.customers)
    cursor.insert("parties", [row for family in page.families for row in parties(family, page.steering)])
    _name_persons(cursor, page)


def _describe(cursor: Cursor, page: Page) -> None:
    """What each customer is called and how they stand; a merged one is called by their survivor's name."""
    words = _words(cursor, page)
    page.clear(cursor, "customers", "customer", page.customers)
    rows = []
    for family in page.families:
        for member in family.members:
            survivor = family.survivor[member]
            if member not in words:
                continue
            # Of whom everything was recorded by mistake stays for those who ask what we knew before.
            counts = survivor in family.relationships
            customer = family.relationships[survivor].at(LATEST) if counts else customers.Customer()
            together = [each for each in family.members if family.survivor[each] == survivor]
            own = _called(member, [member, *together] if member == survivor else [member], words)
            sort_name = (own["name"] or own["id"] or "").casefold()
            rows.append((member, survivor, *own.values(), *_told(customer), sort_name, int(counts)))
    cursor.insert("customers", rows)


def _called(member: str, candidates: Sequence[str], words: Mapping[str, Mapping[str, str | None]]) -> dict[str, Any]:
    """The member's own words; a survivor is called as a duplicate was where nothing else is known."""
    own = dict(words[member])
    for name in naming.CALLED:
        own[name] = next((words[each][name] for each in candidates if each in words and words[each][name]), None)
    return own


def _told(customer: customers.Customer) -> tuple[Any, ...]:
    return (
        customer.kind,
        customer.owner,
        customer.team,
        customer.language,
        customer.timezone,
        customer.since.isoformat() if customer.since else None,
        customer.sensitivity,
        micros(customer.left_at),
    )


def _words(cursor: Cursor, page: Page) -> dict[str, dict[str, str | None]]:
    """Source, own id and what they were called themselves, of everybody in the page's families."""
    known = {} if page.first else _known(cursor, page.customers)
    for customer, (source, id) in page.own_ids.items():
        if known.get(customer, {}).get("id", customer) == customer:
            known[customer] = {"source": source, "id": id, **dict.fromkeys(naming.CALLED)}
    for customer, called in page.described.items():
        if customer in known:
            known[customer] |= called
    for customer, own in known.items():
        if own["id"] == customer:
            own["name"] = SEALED  # erased: the doors say so in the reader's language
    page.put(cursor, "customer_words", ("customer", *WORDS), [(each, *own.values()) for each, own in known.items()])
    return known


def _known(cursor: Cursor, wanted: Iterable[str]) -> dict[str, dict[str, str | None]]:
    sql = f"SELECT customer, {', '.join(WORDS)} FROM customer_words WHERE customer IN ({{among}})"
    return {row[0]: dict(zip(WORDS, tuple(row)[1:], strict=True)) for row in cursor.among(sql, wanted)}


WORDS = ("source", "id", *naming.CALLED)
"""The source's id and the personal fields."""


# -- through time ---------------------------------------------------------------------------------------


def parties(family: Family, steering: Steering) -> list[Row]:
    """Who each customer was through both times: what they were to us, and who looked after them."""
    first = [min(history, key=lambda fact: fact.position) for history in _everything_of_each(family)]
    telling = [
        fact for each in family.members for fact in family.histories.get(each, ()) if isinstance(fact.data, CHANGING)
    ]
    return through_knowledge({fact.key: fact for fact in [*first, *telling]}.values(), _spans(steering), place=3)


CHANGING = (*TELLING, CustomerLeft)


def _everything_of_each(family: Family) -> Iterator[list[Fact]]:
    """What makes each customer known at all."""
    for member in family.members:
        facts = [fact for history in family.histories.values() for fact in history if fact.customer == member]
        if facts:
            yield facts


def _spans(steering: Steering) -> Fold:
    def fold(known: Sequence[Fact], _: datetime | None) -> Iterator[Row]:
        for customer, relationship in relationships(by_stream(known).values()).items():
            states = standings(relationship, steering)
            ends = [_us(start) for start, _ in states[1:] if start is not None] + [ALWAYS]
            for (start, state), end in zip(states, ends, strict=True):
                yield (customer, EVER if start is None else _us(start), end, *state[:3], micros(state.left_at))

    return fold


class Standing(NamedTuple):
    """What a customer was to us at a moment; `owner` is an internal id."""

    kind: str
    owner: str | None
    team: str | None
    left_at: datetime | None


def standings(relationship: Relationship, steering: Steering) -> list[tuple[datetime | None, Standing]]:
    """Each from its moment on, in order of time; the first one from ever."""
    states: list[tuple[datetime | None, Standing]] = [(None, _standing(customers.Customer(), steering, LATEST))]
    for moment in sorted({fact.time for fact in relationship.own}):
        state = _standing(relationship.at(moment), steering, moment)
        if state != states[-1][1]:
            states.append((moment, state))
    return states


def _standing(customer: customers.Customer, steering: Steering, at: datetime) -> Standing:
    team = customer.team or steering.team_of(customer.owner, at)
    return Standing(customer.kind, customer.owner, team, customer.left_at)


def _us(at: datetime) -> int:
    value = micros(at)
    assert value is not None
    return value


EVER = -ALWAYS
"""Before every instant."""


def _name_persons(cursor: Cursor, page: Page) -> None:
    """Whoever a fact names, as the first one recorded names them; the people document knows better."""
    for fact in page.facts:
        words = page.words.get(fact.key, {})
        for field in plan(type(fact.data)).persons:
            if field in words:
                page.common.name(getattr(fact.data, field), words[field], fact.position)
    if any(fact.stream == "document-people" for fact in page.facts):
        cursor.execute("DELETE FROM colleagues")
        cursor.insert("colleagues", _colleagues(page))


def unknown_persons(cursor: Cursor, named: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Those of them who are not there yet, or were named by a later fact so far."""
    known = dict(_named(cursor, named))
    return {person: row for person, row in named.items() if row[1] < known.get(person, ALWAYS)}


def _named(cursor: Cursor, persons: Iterable[str]) -> Iterator[tuple[str, int]]:
    for row in cursor.among("SELECT person, position FROM persons WHERE person IN ({among})", persons):
        yield row[0], row[1]


def name_persons(cursor: Cursor, named: Mapping[str, tuple[str, int]]) -> None:
    cursor.executemany(
        f"INSERT INTO persons VALUES (?, ?, ?) {FIRST_NAMED}",
        [(person, *row) for person, row in sorted(named.items())],
    )


FIRST_NAMED = (
    "ON CONFLICT (person) DO UPDATE SET name = excluded.name, position = excluded.position "
    "WHERE excluded.position < persons.position"
)


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
    """Set by hand; None = learned."""
    sort_name: str

    def called(self, t: Translator) -> str:
        return naming.called(self.name, self.id, t)

    @property
    def is_erased(self) -> bool:
        return self.name == SEALED


NOT_MERGED = Condition("c.survivor = c.customer AND c.counts = 1", [])

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


def rows_of(chosen: Condition, row: str) -> str:
    """Rows of such `customers c`, as SQL with the condition's values; nobody is looked up where everybody is meant."""
    if chosen.is_everything:
        return EVERYTHING
    return f"{row}.customer IN (SELECT c.customer FROM customers c WHERE {chosen.sql})"


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


def parties_of(library: Library, asker: Asker, found: Iterable[str]) -> dict[str, Party]:
    """Those of them whom the asker may see, by internal id."""
    seen, wanted = seen_by(library, asker), list(found)
    if not wanted:
        return {}
    among = ",".join("?" * len(wanted))
    rows = library.views.rows(
        f"SELECT {PARTY} FROM customers c WHERE c.customer IN ({among}) AND {seen.sql}", (*wanted, *seen.params)
    )
    return {row[0]: Party(*row) for row in rows}


def names_of(library: Library, customers: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """The own id and the name of each, by internal id."""
    with library.views.store.reading() as cursor:
        rows = cursor.among("SELECT customer, id, name FROM customers WHERE customer IN ({among})", customers)
        return {row[0]: (row[1], row[2]) for row in rows}


def merged_into(library: Library, survivor: str) -> list[Party]:
    """The customers whose history counts for this one."""
    rows = library.views.rows(
        f"SELECT {PARTY} FROM customers c WHERE c.survivor = ? AND c.customer <> c.survivor ORDER BY c.source, c.id",
        (survivor,),
    )
    return [Party(*row) for row in rows]


def addresses(library: Library) -> list[tuple[str, Party]]:
    """Every e-mail address and whose it is; that of somebody who was merged is their survivor's."""
    rows = library.views.rows(
        f"SELECT m.email, {PARTY} FROM customers m JOIN customers c ON c.customer = m.survivor "
        "WHERE m.email IS NOT NULL AND m.email <> ? AND m.counts = 1 ORDER BY m.customer",
        (SEALED,),
    )
    return [(address, Party(*told)) for address, *told in rows]


def survivors(library: Library, customers: Iterable[str]) -> dict[str, str]:
    """Who each of these customers is today, by internal id."""
    with library.views.store.reading() as cursor:
        return dict(cursor.among("SELECT customer, survivor FROM customers WHERE customer IN ({among})", customers))


def same_addresses(library: Library) -> list[tuple[Party, Party]]:
    """Pairs of two sources with one e-mail address that were never merged: the one known first, and the other."""
    rows = library.views.rows(
        f"SELECT {PARTY}, COALESCE(f.family, c.customer) FROM customers c "
        "LEFT JOIN families f ON f.customer = c.customer "
        "WHERE c.email IS NOT NULL AND c.email <> ? AND c.survivor = c.customer "
        "ORDER BY (SELECT MIN(t.position) FROM timeline t WHERE t.customer = c.customer), c.source, c.id",
        (SEALED,),
    )
    first: dict[str, tuple[Party, str]] = {}
    pairs = []
    for *told, family in rows:
        party = Party(*told)
        before, its_family = first.setdefault((party.email or "").casefold(), (party, family))
        if before.source != party.source and its_family != family:
            pairs.append((before, party))
    return pairs


def by_address(library: Library, asker: Asker) -> dict[str, list[str]]:
    """Every e-mail address of customers in small letters, and whose it is, as facts name them.

    A merged one's address is the survivor's; colleagues are no customers.
    """
    seen = seen_by(library, asker)
    rows = library.views.rows(
        "SELECT DISTINCT w.email, c.source, c.id FROM customer_words w JOIN customers m ON m.customer = w.customer "
        "JOIN customers c ON c.customer = m.survivor "
        f"WHERE w.email IS NOT NULL AND w.email <> ? AND c.counts = 1 AND c.kind <> 'colleague' AND {seen.sql} "
        "ORDER BY c.source, c.id",
        (SEALED, *seen.params),
    )
    found: dict[str, list[str]] = {}
    for email, source, id in rows:
        named = found.setdefault(email.casefold(), [])
        if f"{source}:{id}" not in named:
            named.append(f"{source}:{id}")
    return found


def next_survivor(log: Log, library: Library, duplicate: str) -> Party:
    """The customer into whom this one was merged, which may itself be merged into another."""
    merged = LIVES["customer"].state(standing(log.histories([duplicate])[duplicate]))
    assert merged is not None
    row = library.views.row(f"SELECT {PARTY} FROM customers c WHERE c.customer = ?", (merged.survivor,))
    return Party(*row)


def holds(text: str) -> Condition:
    """The name or the own id has this in it."""
    if not text:
        return Condition("1 = 1", [])
    pattern = "%" + text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    # Somebody who was erased has nothing that could be searched for.
    return Condition(
        "(c.name IS NULL OR c.name <> ?) AND (c.sort_name LIKE ? ESCAPE '\\' OR LOWER(c.id) LIKE ? ESCAPE '\\')",
        [SEALED, pattern, pattern],
    )


def holding(library: Library, text: str, most: int) -> list[str]:
    """Internal ids of the first few of whom that is so; whether the asker may see them is not asked."""
    found = holds(text)
    rows = library.views.rows(
        f"SELECT c.customer FROM customers c WHERE {NOT_MERGED.sql} AND {found.sql} LIMIT ?", (*found.params, most)
    )
    return [row[0] for row in rows]


def count(library: Library, asker: Asker, text: str = "") -> int:
    """How many `listed` would list."""
    where = seen_by(library, asker).and_(NOT_MERGED).and_(holds(text))
    return int(library.views.row(f"SELECT COUNT(*) FROM customers c WHERE {where.sql}", where.params)[0])


LISTED_BY = (By("c.sort_name"), By("c.id"), By("c.customer"))


def place(party: Party) -> Place:
    return party.sort_name, party.id, party.customer


def listed(
    library: Library,
    asker: Asker,
    *,
    text: str = "",
    moment: Moment | None = None,
    after: Place | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> list[Party]:
    """By name; `text` searches in name and own id. With a moment those of whom something had happened by then."""
    seen = seen_by(library, asker)
    found = holds(text)
    there = NOT_MERGED if moment is None else _there_at(moment)
    where = seen.and_(found).and_(there).and_(behind(LISTED_BY, after))
    rows = library.views.rows(
        f"SELECT {PARTY} FROM customers c WHERE {where.sql} ORDER BY {order_by(LISTED_BY)} LIMIT ? OFFSET ?",
        (*where.params, ALWAYS if limit is None else limit, offset),
    )
    return [Party(*row) for row in rows]


def _there_at(moment: Moment) -> Condition:
    """Customers with a fact that counted for them; who was merged by what we knew then has none of their own."""
    fact = f"t.customer = c.customer AND t.time <= {moment.us} AND {moment.knows('t')}"
    return Condition(f"EXISTS (SELECT 1 FROM timeline t WHERE {fact})", [])


def alike(library: Library, asker: Asker, text: str, limit: int) -> list[Party]:
    """By a part of the name, else by similar letters in it, in one of its words or in the own id."""
    parties = listed(library, asker, text=text, limit=limit)
    if parties:
        return parties
    known = library.views.rows(
        "SELECT id, COALESCE(name, id) FROM customers WHERE name IS NULL OR name <> ?", (SEALED,)
    )
    words = {word.casefold() for id, called in known for word in (id, called, *called.split())}
    near = get_close_matches(text.casefold(), sorted(words), n=limit)
    found = {each.customer: each for word in near for each in listed(library, asker, text=word, limit=limit)}
    return list(found.values())[:limit]


def person_name(library: Library, person: str | None) -> str | None:
    """How users know one of us."""
    if person is None:
        return None
    row = library.views.row(f"SELECT {OWNER_NAME.format(column='?')}", (person, person))
    return row[0] if row else None


def person_names(library: Library) -> dict[str, str]:
    """How users know all of us, by internal id."""
    persons = library.views.rows("SELECT person, name FROM persons")
    colleagues = library.views.rows("SELECT person, name FROM colleagues")
    return {row[0]: row[1] for row in (*persons, *colleagues)}
