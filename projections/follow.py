"""The one follower: reads the log page by page and brings every read model up to it.

The bookmark moves first, then the rows, in one transaction: of two followers one works, the other
finds the bookmark moved and stands by. Live and rebuild are the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from domain.document import DocumentPublished
from domain.fact import Fact
from domain.firm import STREAM as FIRM
from domain.firm import FirmRatesSet
from domain.lives import is_of_a_customer
from domain.log import Log, customer_of, from_row
from domain.steering import Steering, published, shipped
from domain.store import Bookmarks, Cursor, OldBookmark, Row, created_name, key_apart
from domain.store.schema import Step, migrate
from domain.vocabulary import FACTS
from projections import (
    access_keys,
    alerts,
    channels,
    contacts,
    customers,
    experiences,
    families,
    incidents,
    merkle,
    naming,
    outbox,
    presences,
    promise_sums,
    promises,
    rhythms,
    standings,
    statements,
    timeline,
)
from projections.page import Family, Page, by_stream
from projections.tables import FOLLOWER, Views, micros

READ_MODELS = (
    customers,
    promises,
    experiences,
    contacts,
    incidents,
    statements,
    standings,
    rhythms,
    presences,
    timeline,
    alerts,
    outbox,
    channels,
    access_keys,
)
TABLES = tuple(
    part
    for model in (families, merkle, promise_sums, *READ_MODELS)
    for statement in model.TABLES
    for part in key_apart(statement)
)
TABLE_NAMES = tuple(created_name(each) for each in TABLES if each.startswith("CREATE TABLE"))
FOLDED = tuple(name for name in TABLE_NAMES if name not in experiences.STEPWISE)
"""Those that say the same in whatever steps the log was followed."""
LAYOUT = 13
"""Goes up with every change of a table: the tables of another layout are made anew."""

STEERING = ("document-rulebook", "document-calendars", "document-people", FIRM)
"""The streams of what steers the product."""

PAGE = 5_000
"""Events in one transaction, so that nobody waits long."""
CUSTOMERS_AT_ONCE, EVENTS_AT_ONCE = 250, 2_000
"""So much of a page is held as facts at the same time."""

Progress = Callable[[int, int], None]
"""Called with the position reached and the head."""


class Follower:
    def __init__(self, log: Log, views: Views) -> None:
        self.log = log
        self.views = views
        self._steering: tuple[int, Steering] | None = None

    def catch_up(
        self,
        *,
        page_size: int | None = None,
        progress: Progress | None = None,
        give_up: Callable[[int], bool] = lambda position: False,
    ) -> int:
        """Brings the tables up to the head of the log; the number of facts that this call projected.

        `give_up` is asked before each full page, with the position that was reached.
        """
        done = 0
        page_size = page_size or PAGE
        while rows := self.log.rows(since := self.views.position(), page_size):
            if len(rows) == page_size and give_up(since):
                break
            if self._project(since, rows):
                done += len(rows)
            if progress:
                progress(rows[-1].position, self.log.head())
        return done

    def steering_known_on(self, known: datetime | None) -> Steering:
        """What of the documents and the firm's rates we knew at a moment (None = now)."""
        if known is None:
            return self.steering()
        facts = _steering_facts(self.log, None)
        then = [fact for fact in facts if fact.recorded is not None and fact.recorded <= known]
        return _published(self.log, then, then[-1].position if then else 0)

    def steering(self, upto: int | None = None) -> Steering:
        """The documents and the firm's rates up to a position (None = the head)."""
        known, last = self._steering, self.log.last(STEERING, upto=upto)
        if known is None or known[0] != last:
            self._steering = known = (last, steering_upto(self.log, last))
        return known[1]

    def _project(self, since: int, rows: Sequence[Row]) -> bool:
        """Whether it was we who projected these rows, which follow the position `since`."""
        upto = rows[-1].position
        steering = self.steering(upto)
        try:
            with self.views.store.writing() as cursor:
                self.views.bookmarks.move(cursor, FOLLOWER, since, upto)
                merkle.append(cursor, rows)
                for page in self._pages(cursor, since, rows, steering):
                    for model in READ_MODELS:
                        model.apply(cursor, page)
        except OldBookmark:
            return False
        return True

    def _pages(self, cursor: Cursor, since: int, rows: Sequence[Row], steering: Steering) -> Iterator[Page]:
        """Each family of customers whole, some at a time, so that a page of the log may be long."""
        upto = rows[-1].position
        families.unite(cursor, rows)
        refolded = _touched_by_documents(cursor, rows)
        family_of = families.of(cursor, {*refolded, *map(customer_of, rows)})
        whose: dict[str, list[Row]] = {family_of[customer]: [] for customer in refolded}
        for row in rows:
            whose.setdefault(family_of[customer_of(row)], []).append(row)
        members = families.members(cursor, whose)
        part: dict[str, list[Row]] = {}
        for family, own in whose.items():
            part[family] = own
            if len(part) >= CUSTOMERS_AT_ONCE or sum(map(len, part.values())) >= EVENTS_AT_ONCE:
                yield self._page(cursor, since, upto, part, members, refolded, steering)
                part = {}
        if part:
            yield self._page(cursor, since, upto, part, members, refolded, steering)

    def _page(
        self,
        cursor: Cursor,
        since: int,
        upto: int,
        part: Mapping[str, Sequence[Row]],
        members: Mapping[str, Sequence[str]],
        refolded: Mapping[str, Sequence[str]],
        steering: Steering,
    ) -> Page:
        facts = [from_row(row) for own in part.values() for row in own]
        facts.sort(key=lambda fact: fact.position)
        again = [stream for family in part for member in members[family] for stream in refolded.get(member, ())]
        touched = {family: members[family] for family in part}
        folded = self._families(cursor, since, touched, facts, set(refolded))
        return page_of(self.log, facts, folded, steering, upto, refolded=frozenset(again))

    def _families(
        self,
        cursor: Cursor,
        since: int,
        members: Mapping[str, Sequence[str]],
        facts: Iterable[Fact],
        refolded: Collection[str],
    ) -> list[Family]:
        """The families whose customers' facts came, or who are folded again, with all their facts."""
        new = by_stream(fact for fact in facts if is_of_a_customer(fact.stream))
        touched = {fact.customer for own in new.values() for fact in own} | set(refolded)
        wanted = [each for each in members.values() if not touched.isdisjoint(each)]
        streams_of = families.streams(cursor, [member for each in wanted for member in each])
        for stream, own in new.items():
            for fact in own:
                streams_of.setdefault(fact.customer, set()).add(stream)
        streams = {member for each in wanted for member in each}.union(*streams_of.values())
        histories: dict[str, Sequence[Fact]] = dict(self.log.histories(streams, upto=since)) if since else {}
        for stream, own in new.items():
            histories[stream] = [*histories.get(stream, ()), *own]
        return [Family(tuple(each), _of(each, streams_of, histories)) for each in wanted]


def steering_upto(log: Log, position: int) -> Steering:
    """What of the documents and the firm's rates stands in the log up to a position."""
    return _published(log, _steering_facts(log, position), position)


def _steering_facts(log: Log, upto: int | None) -> list[Fact]:
    histories = log.histories(STEERING, upto=upto)
    return sorted((fact for each in histories.values() for fact in each), key=lambda fact: fact.position)


def _published(log: Log, facts: Sequence[Fact], before: int) -> Steering:
    return published(shipped(log.ids.person), log.opened(facts), first_fact=first_fact(log, before))


def first_fact(log: Log, before: int) -> int | None:
    """The position of the first fact that is no document, if it lies before; what we note ourselves is none."""
    position = 0
    while page := log.page(position, 20):
        for fact in page:
            if fact.stream not in STEERING and fact.type in FACTS:
                return fact.position
        position = page[-1].position
        if position > before:
            break
    return None


def page_of(
    log: Log,
    facts: Sequence[Fact],
    families: Sequence[Family],
    steering: Steering,
    upto: int,
    *,
    refolded: frozenset[str] = frozenset(),
    first: bool = False,
) -> Page:
    """With what of the facts stands in the vault."""
    words = log.words(fact for fact in facts if naming.is_shown(type(fact.data)))
    histories = {stream: facts for family in families for stream, facts in family.histories.items()}
    return Page(
        facts=facts,
        words=words,
        families=families,
        steering=steering,
        upto=upto,
        own_ids=naming.own_ids(log, facts, words),
        described=naming.described(log, facts, histories, words),
        titles=naming.titles(log, facts, histories, words),
        refolded=refolded,
        first=first,
    )


def _of(
    members: Iterable[str], streams_of: Mapping[str, Iterable[str]], histories: Mapping[str, Sequence[Fact]]
) -> dict[str, Sequence[Fact]]:
    streams = {stream for member in members for stream in (member, *streams_of.get(member, ()))}
    return {stream: histories[stream] for stream in sorted(streams) if stream in histories}


def _touched_by_documents(cursor: Cursor, rows: Iterable[Row]) -> dict[str, list[str]]:
    """Customers, and which of their promises, whom a document among these rows lets look different.

    What was settled before it starts to count keeps its own; so does what we knew only before that.
    """
    steering = [from_row(row) for row in rows if row.stream in STEERING]
    touched: dict[str, list[str]] = {}
    rates = [fact.time for fact in steering if isinstance(fact.data, FirmRatesSet)]
    if rates:
        booked = cursor.execute("SELECT DISTINCT customer FROM lines WHERE time >= ?", (micros(min(rates)),))
        touched = {row[0]: [] for row in booked.all()}
    starts: list[datetime] = [fact.data.valid_from for fact in steering if isinstance(fact.data, DocumentPublished)]
    if not starts:
        return touched
    start = micros(min(starts))
    spoke = cursor.execute("SELECT DISTINCT customer FROM timeline WHERE time >= ?", (start,)).all()
    for (customer,) in spoke:
        touched.setdefault(customer, [])
    cursor.execute(
        "SELECT DISTINCT promise, customer FROM promises WHERE at_until > ? AND known_until > ? "
        "AND (outcome IS NULL OR settled_at >= ?) ORDER BY promise",
        (start, start, start),
    )
    for promise, customer in cursor.all():
        touched.setdefault(customer, []).append(promise)
    cursor.execute(
        "SELECT stream, customer FROM timeline WHERE time >= ? AND type IN ('contact.inbound', 'incident.reported')",
        (start,),
    )
    for stream, customer in cursor.all():
        touched[customer].append(stream)
    return touched


def steps(views: Views) -> list[Step]:
    return [step_with(views.bookmarks)]


def step_with(bookmarks: Bookmarks) -> Step:
    """The tables in one step: those of another layout are made anew and filled from the log."""
    return Step(LAYOUT, "tables", [*bookmarks.statements(), *TABLES])


def make_tables(views: Views) -> list[str]:
    """Where they are missing or of another layout; names what was done."""
    return migrate(views.store, steps(views), anew=True)
