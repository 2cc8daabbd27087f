"""The one follower: reads the log page by page and brings every read model up to it.

The bookmark moves first, then the rows, in one transaction: of two followers one works, the other
finds the bookmark moved and stands by. Live and rebuild are the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from domain.customer import CustomerChanged, CustomerRegistered
from domain.fact import Fact, in_order
from domain.log import Log
from domain.steering import Steering, published, shipped
from domain.store import Cursor, OldBookmark
from projections import alerts, customers, promises, statements, timeline
from projections.page import Page
from projections.tables import ALWAYS, FOLLOWER, Views, micros

READ_MODELS = (customers, promises, statements, timeline, alerts)
TABLES = tuple(statement for model in READ_MODELS for statement in model.TABLES)
DOCUMENTS = ("document-rulebook", "document-calendars", "document-people")
PAGE = 1000

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
        while facts := self.log.page(self.views.position(), page_size):
            if self._project(facts):
                done += len(facts)
            if progress:
                progress(facts[-1].position, self.log.head())
        return done

    def steering(self, upto: int | None = None) -> Steering:
        """The documents as published up to a position (None = the head)."""
        histories = self.log.histories(DOCUMENTS, upto=upto)
        facts = sorted((fact for each in histories.values() for fact in each), key=lambda fact: fact.position)
        last = facts[-1].position if facts else 0
        if self._steering is None or self._steering[0] != last:
            first = self._first_fact(last)
            self._steering = (
                last,
                published(shipped(self.log.ids.person), self.log.opened(facts), first_fact=first),
            )
        return self._steering[1]

    def _first_fact(self, before: int) -> int | None:
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

    def _project(self, facts: Sequence[Fact]) -> bool:
        """Whether it was we who projected this page."""
        page = self._page(facts)
        try:
            with self.views.store.writing() as cursor:
                self.views.bookmarks.move(cursor, FOLLOWER, page.position)
                for model in READ_MODELS:
                    model.apply(cursor, page)
        except OldBookmark:
            return False
        return True

    def _page(self, facts: Sequence[Fact]) -> Page:
        upto = facts[-1].position
        steering = self.steering(upto)
        refolded = self._touched_by_documents(facts)
        concern = [fact.customer for fact in facts if fact.customer and not fact.stream.startswith("alert-")]
        customers_touched = {*concern, *refolded.values()}
        streams_of = self._streams_of(customers_touched, facts)
        histories = self.log.histories(
            [*customers_touched, *(stream for streams in streams_of.values() for stream in streams)],
            upto=upto,
        )
        opened = self.log.opened(facts)
        return Page(
            facts=facts,
            opened=opened,
            histories=histories,
            streams_of=streams_of,
            steering=steering,
            own_ids=dict(self._own_ids(facts, opened)),
            described=self._described(facts, histories),
            refolded=frozenset(refolded),
        )

    def _streams_of(self, touched: Iterable[str], facts: Sequence[Fact]) -> dict[str, list[str]]:
        streams: dict[str, set[str]] = {customer: set() for customer in touched}
        with self.views.store.reading() as cursor:
            for stream, customer in cursor.among(
                "SELECT stream, customer FROM streams WHERE customer IN ({among})", streams
            ):
                streams[customer].add(stream)
        for fact in facts:
            if fact.stream.startswith("promise-"):
                streams[fact.customer].add(fact.stream)
        return {customer: sorted(each) for customer, each in sorted(streams.items())}

    def _touched_by_documents(self, facts: Sequence[Fact]) -> dict[str, str]:
        """Promises (with their customers) that a document of this page lets look different."""
        starts = [fact.data.valid_from for fact in facts if fact.stream in DOCUMENTS]  # type: ignore[attr-defined]
        if not starts:
            return {}
        rows = self.views.rows(
            "SELECT DISTINCT promise, customer FROM promises WHERE known_until = ? AND at_until = ? "
            "AND (outcome IS NULL OR settled_at >= ?)",
            (ALWAYS, ALWAYS, micros(min(starts))),
        )
        return {promise: customer for promise, customer in rows}

    def _own_ids(self, facts: Sequence[Fact], opened: Sequence[Fact]) -> Iterator[tuple[str, tuple[str, str]]]:
        """Whose id it is: `other:K-17` belongs to the source other, if that is how it was understood."""
        for sealed, fact in zip(facts, opened, strict=True):
            id = getattr(fact.data, "customer", None)
            if id is None or not sealed.customer:
                continue
            colons = [place for place, char in enumerate(id) if char == ":"]
            for source, own in [(fact.source, id), *((id[:place], id[place + 1 :]) for place in colons)]:
                if sealed.customer == f"customer-{self.log.ids.thing(source, own)}":
                    yield sealed.customer, (source, own)

    def _described(self, facts: Sequence[Fact], histories: dict[str, list[Fact]]) -> dict[str, dict[str, str | None]]:
        described: dict[str, dict[str, str | None]] = {}
        for customer in {fact.customer for fact in facts if isinstance(fact.data, Described)}:
            own = [fact for fact in histories[customer] if isinstance(fact.data, Described)]
            fields: dict[str, str | None] = {}
            for fact in in_order(self.log.opened(own)):
                fields |= {
                    name: getattr(fact.data, name) for name in ("name", "email", "phone") if fact.data.says(name)
                }
            described[customer] = fields
        return described


Described = CustomerRegistered | CustomerChanged


def rebuild(log: Log, views: Views, beside: Views, *, progress: Progress | None = None) -> int:
    """Builds all tables anew beside the live ones and puts them in their place in one transaction."""
    beside.create(TABLES)
    done = Follower(log, beside).catch_up(progress=progress)
    with beside.store.reading() as source:
        contents = {table: source.execute(f"SELECT * FROM {table}").all() for table in table_names()}
    with views.store.writing() as cursor:
        _replace(cursor, contents)
    return done


def _replace(cursor: Cursor, contents: dict[str, list[Sequence[object]]]) -> None:
    for table, rows in contents.items():
        cursor.execute(f"DELETE FROM {table}")
        if rows:
            places = ",".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", [tuple(row) for row in rows])


def table_names() -> list[str]:
    """Every table of the views, the bookmark's too."""
    return ["tracking", *(s.split()[5] for s in TABLES if s.startswith("CREATE TABLE"))]
