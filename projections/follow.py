"""The one follower: reads the log page by page and brings every read model up to it.

The bookmark moves first, then the rows, in one transaction: of two followers one works, the other
finds the bookmark moved and stands by. Live and rebuild are the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from domain.customer import CustomerChanged, CustomerRegistered
from domain.document import DocumentPublished
from domain.fact import SEALED, Data, Fact, in_order
from domain.log import Log, customer_of, from_row
from domain.promise import PromiseChanged, PromiseMade
from domain.steering import Steering, published, shipped
from domain.store import Cursor, OldBookmark, Row, created_name
from domain.vault import plan
from projections import alerts, customers, promises, statements, timeline
from projections.page import Page
from projections.tables import FOLLOWER, Views, micros

READ_MODELS = (customers, promises, statements, timeline, alerts)
TABLES = tuple(statement for model in READ_MODELS for statement in model.TABLES)
DOCUMENTS = ("document-rulebook", "document-calendars", "document-people")

PAGE, REBUILD_PAGE = 5_000, 100_000
"""Events in one transaction: live, so that nobody waits long, and beside the live tables, so that few customers are
folded twice."""
CUSTOMERS_AT_ONCE, EVENTS_AT_ONCE = 250, 2_000
"""So much of a page is held as facts at the same time."""
ROWS_AT_ONCE = 5_000

Progress = Callable[[int, int], None]
"""Called with the position reached and the head."""


class Follower:
    def __init__(self, log: Log, views: Views) -> None:
        self.log = log
        self.views = views
        self._steering: tuple[int, Steering] | None = None

    def catch_up(self, *, page_size: int = PAGE, progress: Progress | None = None) -> int:
        """Brings the tables up to the head of the log; the number of facts that this call projected."""
        done = 0
        while rows := self.log.rows(since := self.views.position(), page_size):
            if self._project(since, rows):
                done += len(rows)
            if progress:
                progress(rows[-1].position, self.log.head())
        return done

    def steering(self, upto: int | None = None) -> Steering:
        """The documents as published up to a position (None = the head)."""
        histories = self.log.histories(DOCUMENTS, upto=upto)
        facts = sorted((fact for each in histories.values() for fact in each), key=lambda fact: fact.position)
        last = facts[-1].position if facts else 0
        if self._steering is None or self._steering[0] != last:
            first = self.first_fact(last)
            self._steering = (
                last,
                published(shipped(self.log.ids.person), self.log.opened(facts), first_fact=first),
            )
        return self._steering[1]

    def first_fact(self, before: int) -> int | None:
        """The position of the first event that is no document, if it lies before."""
        position = 0
        while page := self.log.page(position, 20):
            for fact in page:
                if not fact.stream.startswith("document-"):
                    return fact.position
            position = page[-1].position
            if position > before:
                break
        return None

    def _project(self, since: int, rows: Sequence[Row]) -> bool:
        """Whether it was we who projected these rows, which follow the position `since`."""
        upto = rows[-1].position
        steering = self.steering(upto)
        try:
            with self.views.store.writing() as cursor:
                self.views.bookmarks.move(cursor, FOLLOWER, since, upto)
                for page in self._pages(cursor, since, rows, steering):
                    for model in READ_MODELS:
                        model.apply(cursor, page)
        except OldBookmark:
            return False
        return True

    def _pages(self, cursor: Cursor, since: int, rows: Sequence[Row], steering: Steering) -> Iterator[Page]:
        """Each customer whole, some at a time, so that a page of the log may be long."""
        refolded = _touched_by_documents(cursor, rows)
        whose: dict[str, list[Row]] = {customer: [] for customer in refolded}
        for row in rows:
            whose.setdefault(customer_of(row), []).append(row)
        part: dict[str, list[Row]] = {}
        for customer, own in whose.items():
            part[customer] = own
            if len(part) >= CUSTOMERS_AT_ONCE or sum(map(len, part.values())) >= EVENTS_AT_ONCE:
                yield self._page(cursor, since, part, refolded, steering)
                part = {}
        if part:
            yield self._page(cursor, since, part, refolded, steering)

    def _page(
        self,
        cursor: Cursor,
        since: int,
        part: Mapping[str, Sequence[Row]],
        refolded: Mapping[str, Sequence[str]],
        steering: Steering,
    ) -> Page:
        facts = [from_row(row) for own in part.values() for row in own]
        facts.sort(key=lambda fact: fact.position)
        again = {customer: refolded[customer] for customer in part if customer in refolded}
        folded = [fact for fact in facts if fact.customer and not fact.stream.startswith("alert-")]
        streams_of = _streams_of(cursor, {*again, *(fact.customer for fact in folded)}, folded)
        histories = self._histories(since, streams_of, folded)
        words = self.log.words(fact for fact in facts if _shown(type(fact.data)))
        return Page(
            facts=facts,
            words=words,
            histories=histories,
            streams_of=streams_of,
            steering=steering,
            own_ids=self._own_ids(facts, words),
            described=self._described(facts, histories, words),
            titles=self._titles(facts, histories, words),
            refolded=frozenset(stream for streams in again.values() for stream in streams),
        )

    def _histories(
        self, since: int, streams_of: Mapping[str, Sequence[str]], facts: Iterable[Fact]
    ) -> dict[str, list[Fact]]:
        streams = [*streams_of, *(stream for own in streams_of.values() for stream in own)]
        histories = self.log.histories(streams, upto=since) if since else {}
        for fact in facts:
            histories.setdefault(fact.stream, []).append(fact)
        return histories

    def _own_ids(self, facts: Iterable[Fact], words: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
        """Whose id it is: `other:K-17` belongs to the source other, if that is how it was understood."""
        own_ids: dict[str, tuple[str, str]] = {}
        for fact in facts:
            if fact.customer in own_ids or not isinstance(getattr(fact.data, "customer", None), str):
                continue
            id = words.get(fact.key, {}).get("customer")
            if id is None:  # erased
                own_ids[fact.customer] = (fact.source, SEALED)
                continue
            colons = [place for place, char in enumerate(id) if char == ":"]
            for source, own in [(fact.source, id), *((id[:place], id[place + 1 :]) for place in colons)]:
                if fact.customer == f"customer-{self.log.ids.thing(source, own)}":
                    own_ids[fact.customer] = (source, own)
        return own_ids

    def _described(
        self, facts: Iterable[Fact], histories: Mapping[str, Sequence[Fact]], words: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, dict[str, str | None]]:
        telling = {
            customer: in_order(fact for fact in histories[customer] if isinstance(fact.data, Described))
            for customer in {fact.customer for fact in facts if isinstance(fact.data, Described)}
        }
        known = self._with_older(words, (fact for each in telling.values() for fact in each))
        described: dict[str, dict[str, str | None]] = {}
        for customer, told in telling.items():
            fields = described[customer] = {}
            for fact in told:
                said = known.get(fact.key, {})
                fields |= {name: said.get(name) for name in ("name", "email", "phone") if fact.data.says(name)}
        return described

    def _titles(
        self, facts: Iterable[Fact], histories: Mapping[str, Sequence[Fact]], words: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, str | None]:
        last = {
            stream: in_order(fact for fact in histories[stream] if _says_what(fact.data))[-1]
            for stream in {fact.stream for fact in facts if _says_what(fact.data)}
        }
        known = self._with_older(words, last.values())
        return {stream: known.get(fact.key, {}).get("what") for stream, fact in last.items()}

    def _with_older(
        self, words: Mapping[str, Mapping[str, Any]], facts: Iterable[Fact]
    ) -> Mapping[str, Mapping[str, Any]]:
        """The words of the page, and those of earlier facts."""
        earlier = [fact for fact in facts if fact.key not in words]
        return {**words, **self.log.words(earlier)} if earlier else words


Described = CustomerRegistered | CustomerChanged


@cache
def _shown(kind: type[Data]) -> bool:
    """Whether a read model holds one of the personal fields of such facts."""
    fields = plan(kind)
    named = {"name", "email", "phone", "what"} & set(fields.personal)
    return bool(named or fields.persons or ("customer", "customer") in fields.refs)


def _says_what(data: Data) -> bool:
    return isinstance(data, PromiseMade) or (isinstance(data, PromiseChanged) and data.says("what"))


def _streams_of(cursor: Cursor, touched: Iterable[str], facts: Iterable[Fact]) -> dict[str, list[str]]:
    """The promises of each customer."""
    streams: dict[str, set[str]] = {customer: set() for customer in touched}
    for stream, customer in cursor.among("SELECT stream, customer FROM streams WHERE customer IN ({among})", streams):
        streams[customer].add(stream)
    for fact in facts:
        if fact.stream.startswith("promise-"):
            streams[fact.customer].add(fact.stream)
    return {customer: sorted(each) for customer, each in sorted(streams.items())}


def _touched_by_documents(cursor: Cursor, rows: Iterable[Row]) -> dict[str, list[str]]:
    """Customers, and which of their promises, whom a document among these rows lets look different.

    What was settled before it starts to count keeps its own; so does what we knew only before that.
    """
    documents = [from_row(row).data for row in rows if row.stream in DOCUMENTS]
    starts: list[datetime] = [data.valid_from for data in documents if isinstance(data, DocumentPublished)]
    if not starts:
        return {}
    start = micros(min(starts))
    spoke = cursor.execute("SELECT DISTINCT customer FROM timeline WHERE time >= ?", (start,)).all()
    touched: dict[str, list[str]] = {row[0]: [] for row in spoke}
    cursor.execute(
        "SELECT DISTINCT promise, customer FROM promises WHERE at_until > ? AND known_until > ? "
        "AND (outcome IS NULL OR settled_at >= ?) ORDER BY promise",
        (start, start, start),
    )
    for promise, customer in cursor.all():
        touched.setdefault(customer, []).append(promise)
    return touched


def rebuild(log: Log, views: Views, beside: Views, *, progress: Progress | None = None) -> int:
    """Builds all tables anew beside the live ones and puts them in their place in one transaction."""
    beside.create(TABLES)
    follower = Follower(log, beside)
    done = 0
    while True:
        done += follower.catch_up(page_size=REBUILD_PAGE, progress=progress)
        with beside.store.reading() as source, views.store.writing() as cursor:
            # The live follower may have gone on meanwhile; nothing that was shown disappears again.
            if views.bookmarks.at(FOLLOWER, cursor) <= beside.bookmarks.at(FOLLOWER, source):
                _replace(cursor, source)
                return done


def _replace(cursor: Cursor, source: Cursor) -> None:
    leases = alerts.leases(cursor)
    for table in table_names():
        cursor.execute(f"DELETE FROM {table}")
        for rows in source.execute(f"SELECT * FROM {table}").portions(ROWS_AT_ONCE):
            places = ",".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", map(tuple, rows))
    alerts.take_over(cursor, leases)


def table_names() -> list[str]:
    """Every table of the views, the bookmark's too."""
    return ["tracking", *(created_name(each) for each in TABLES if each.startswith("CREATE TABLE"))]
