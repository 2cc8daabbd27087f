"""The follower: reads the log page by page and brings every read model up to it.

The bookmark moves first, then the rows, in one transaction: of two followers one works, the other finds the bookmark
moved and stands by; or each brings in some of the customers (`projections/shares.py`). Live and rebuild are the same
code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from domain.document import DocumentPublished, with_their_texts
from domain.fact import Fact
from domain.firm import STREAM as FIRM
from domain.firm import FirmRatesSet
from domain.lives import is_of_a_customer
from domain.log import Log
from domain.steering import Steering, published, shipped
from domain.store import Bookmarks, Cursor, OldBookmark, Row, Step, created_name, key_apart
from domain.stored import from_row, read
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
    quarantine,
    rhythms,
    shares,
    standings,
    statements,
    timeline,
)
from projections.page import Common, Family, Page, by_stream
from projections.quarantine import Careful, is_of_the_facts
from projections.shares import EVERYTHING, Marks, Share
from projections.tables import ALWAYS, Views, micros

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
    for model in (families, merkle, promise_sums, quarantine, *READ_MODELS)
    for statement in model.TABLES
    for part in key_apart(statement)
)
CREATED = {created_name(each): each for each in TABLES if each.startswith("CREATE TABLE")}
TABLE_NAMES = tuple(CREATED)
FOLDED = tuple(name for name in TABLE_NAMES if name not in experiences.STEPWISE)
"""Those that say the same in whatever steps the log was followed."""
BY_CUSTOMER = tuple(name for name in FOLDED if "customer TEXT" in CREATED[name])
"""Those of them in which each row is somebody's, by the column `customer`."""
LAYOUT = 14
"""Goes up with every change of a table: each layout has tables of its own, so that two versions work side by side.

Whoever erases or sends looks into the others', too: `outbox` keeps its columns `alert` and `lease_until`."""

RULEBOOK = "document-rulebook"
STEERING = (RULEBOOK, "document-calendars", "document-people", FIRM)
"""The streams of what steers the product."""

PAGE = 5_000
"""Events in one transaction, so that nobody waits long."""
COMMON = "common"
"""The lock of whoever changes rows that are no customer's own."""
CUSTOMERS_AT_ONCE, EVENTS_AT_ONCE = 250, 2_000
"""So much of a page is held as facts at the same time."""

Progress = Callable[[int, int], None]
"""Called with the position reached and the head."""


class _Whose(NamedTuple):
    """Of a page of the log."""

    rows: Mapping[str, list[Row]]
    """By family; what concerns no customer by its stream."""
    members: Mapping[str, Sequence[str]]
    """The customers of each family."""
    refolded: Mapping[str, Sequence[str]]
    """Customers, and which of their streams, that are folded again because of a document."""
    concerns: Mapping[int, str]
    """By the position of each event whom it concerns."""
    held: Mapping[str, Mapping[int, str]]
    """By the same as the rows what waits since before: its positions, and whom each concerns."""


class Follower:
    def __init__(self, log: Log, views: Views) -> None:
        self.log = log
        self.views = views
        self.first = 0
        """The number of the share that it takes first where all are as far behind."""
        self._steering: tuple[int, Steering] | None = None

    def catch_up(
        self,
        *,
        page_size: int | None = None,
        progress: Progress | None = None,
        give_up: Callable[[int], bool] = lambda position: False,
        wait: bool = True,
        upto: int = ALWAYS,
    ) -> int:
        """Brings the tables up to the head of the log; the number of facts that this call projected.

        With `upto` it ends when they have come to that position, however many are recorded meanwhile. `give_up` is
        asked before each full page, with the position that was reached. Without `wait` it ends where others are
        bringing in all that is missing.
        """
        done = 0
        page_size = page_size or PAGE
        while (marks := self.views.marks()).least < upto and (rows := self.log.rows(marks.least, page_size)):
            if len(rows) == page_size and give_up(marks.least):
                break
            if marks.among == 1:
                brought, reached = self._project(marks, rows) or 0, rows[-1].position
            else:
                found = self._take_turn(marks, rows, page_size, wait=wait)
                if found is None:
                    break
                brought, reached = found, marks.least
            done += brought
            if progress:
                progress(reached, self.log.head())
        return done

    def share_out(self, among: int) -> None:
        """From now on among so many followers: nothing is built anew, only all bookmarks brought to one position."""
        while (marks := self.views.marks()).among != among and not marks.are_level:
            share, since = next(marks.in_turn(self.first))
            self._project_share(share, marks, self._missing(since, marks.most))
            if marks.most - since <= PAGE:
                break  # the rest is done while nobody else goes on
        if marks.among == among:
            return
        with self.views.store.writing() as cursor:
            marks = self.views.marks_in(cursor)
            for share, since in marks.in_turn(self.first):
                while rows := self._missing(since, marks.most):
                    self._bring_in(cursor, share, since, rows, self.steering(rows[-1].position), careful=True)
                    since = rows[-1].position
            shares.put(self.views.bookmarks, cursor, among, marks.most)

    def _missing(self, since: int, upto: int) -> list[Row]:
        return [row for row in self.log.rows(since, PAGE) if row.position <= upto]

    def try_again(self) -> int:
        """Brings in what waits because it could not be projected, as far as it can be now; how many stand still yet."""
        with self.views.store.writing() as cursor:
            if not (waiting := quarantine.everybody(cursor)):
                return 0
            held = quarantine.waiting(cursor, {each: (each,) for each in waiting})
            for each in held.values():
                families.unite(cursor, self.log.rows_at(list(each)), list(each.values()))
            marks, common = self.views.marks_in(cursor), Common()
            steering = self.steering(marks.most)
            family_of = families.of(cursor, waiting)
            members = families.members(cursor, family_of.values())
            held = quarantine.waiting(cursor, members)
            refolded = _everything_of(cursor, held, members)
            for family, concerns in held.items():
                since = marks.of(family)
                fold = self._folding(cursor, since, since, _Whose({}, members, refolded, concerns, held), steering)
                again = Careful(cursor, fold, concerns, since)
                for brought in again.try_again(family, self.log.rows_at(list(concerns))):
                    common.add(brought)
            settle(cursor, common, marks.most)
            return len(quarantine.everybody(cursor))

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

    def _take_turn(self, marks: Marks, rows: Sequence[Row], page_size: int, *, wait: bool) -> int | None:
        """How many facts of one of several shares were brought in; None where others are at all there is to do.

        `rows` follow the least of the bookmarks.
        """
        if marks.are_level and (len(rows) <= shares.FEW or shares.joins(rows[0])):
            together = rows if len(rows) <= shares.FEW else shares.with_joining(rows)
            return self._project(marks, together)
        waiting: list[tuple[Share, list[Row]]] = []
        for share, since in marks.in_turn(self.first):
            following = rows if since == marks.least else self.log.rows(since, page_size)
            if own := shares.before_joining(following):
                found = self._project_share(share, marks, own, wait=False)
                if found is not None:
                    return found
                waiting.append((share, own))
        if not wait:
            return None
        share, own = waiting[0]
        return self._project_share(share, marks, own) or 0

    def _project(self, marks: Marks, rows: Sequence[Row]) -> int:
        """How many of these rows, which follow all bookmarks, it was we who projected: all or none."""
        steering = self.steering(rows[-1].position)

        def bring(careful: bool) -> int:
            with self.views.store.writing() as cursor:
                shares.move(self.views.bookmarks, cursor, None, marks, marks.least, rows[-1].position)
                return self._bring_in(cursor, EVERYTHING, marks.least, rows, steering, careful=careful)

        return _carefully_if_need_be(bring) or 0

    def _project_share(self, share: Share, marks: Marks, rows: Sequence[Row], *, wait: bool = True) -> int | None:
        """The same of what is one share's among these rows, which follow its bookmark; None where others are at it."""
        since, steering = marks.positions[share.number], self.steering(rows[-1].position)

        def bring(careful: bool) -> int | None:
            with self.views.store.sharing(share.name, wait=wait) as cursor:
                if cursor is None:
                    return None
                shares.move(self.views.bookmarks, cursor, share, marks, since, rows[-1].position)
                return self._bring_in(cursor, share, since, rows, steering, careful=careful)

        return _carefully_if_need_be(bring)

    def _bring_in(
        self, cursor: Cursor, share: Share, since: int, rows: Sequence[Row], steering: Steering, *, careful: bool
    ) -> int:
        """All that is this share's among the rows; how many that are.

        What cannot be projected stops all of it, or, if we are `careful`, whom it concerns; that takes longer.
        """
        common = Common()
        own, whose = self._whose(cursor, share, rows)
        if share.has_the_rest:
            merkle.append(cursor, rows)
        fold = self._folding(cursor, since, rows[-1].position, whose, steering)
        with_care = Careful(cursor, fold, whose.concerns, rows[-1].position)
        for part in _parts({family: new for family, new in whose.rows.items() if family not in whose.held}):
            for brought in with_care.bring_in(part) if careful else (fold(part),):
                common.add(brought)
        for family, waiting in whose.held.items():
            new = whose.rows[family]
            for brought in with_care.bring_in_held(family, [*self.log.rows_at(list(waiting)), *new], len(new)):
                common.add(brought)
        if any(row.stream == RULEBOOK for row in rows) and standings.fade_differently(steering.rulebooks):
            standings.fade_anew(cursor, self._own_of(cursor, share, standings.everybody(cursor)), steering.rulebooks)
        others = None if share.among == 1 else partial(self.views.store.alone, cursor, COMMON)
        settle(cursor, common, rows[-1].position, others)
        return own

    def _whose(self, cursor: Cursor, share: Share, rows: Sequence[Row]) -> tuple[int, _Whose]:
        """The share's own rows by family, and who of them is to be folded again; and how many rows that are."""
        refolded = _touched_by_documents(cursor, rows)
        customers = quarantine.concerned(self.log, rows)
        if share.among == 1:
            families.unite(cursor, rows, customers)
        family_of = families.of(cursor, {*refolded, *customers})
        if share.among > 1:
            rows = share.of_rows(rows, family_of, customers)
            customers = quarantine.concerned(self.log, rows)
            refolded = {customer: own for customer, own in refolded.items() if share.has(family_of[customer])}
            families.unite(cursor, rows, customers)
        whose: dict[str, list[Row]] = {family_of[customer]: [] for customer in refolded}
        others: dict[str, list[Row]] = {}
        for row, customer in zip(rows, customers, strict=True):
            if is_of_a_customer(row.stream):
                whose.setdefault(family_of[customer], []).append(row)
            else:
                others.setdefault(row.stream, []).append(row)
        members = families.members(cursor, whose)
        held = quarantine.waiting(cursor, {**members, **{stream: (stream,) for stream in others}})
        concerns = {row.position: customer for row, customer in zip(rows, customers, strict=True)}
        for each in held.values():
            concerns |= each
        refolded |= _everything_of(cursor, held, members)
        return len(rows), _Whose({**whose, **others}, members, refolded, concerns, held)

    def _own_of(self, cursor: Cursor, share: Share, customers: list[str]) -> list[str]:
        if share.among == 1:
            return customers
        return [customer for customer, family in families.of(cursor, customers).items() if share.has(family)]

    def _folding(
        self, cursor: Cursor, since: int, upto: int, whose: _Whose, steering: Steering
    ) -> Callable[[Mapping[str, Sequence[Row]]], Common]:
        """Folds events by family into the tables, and gives what they change in common."""

        def fold(part: Mapping[str, Sequence[Row]]) -> Common:
            common = Common()
            apply(cursor, self._page(cursor, since, upto, part, whose, steering, common))
            return common

        return fold

    def _page(
        self,
        cursor: Cursor,
        since: int,
        upto: int,
        part: Mapping[str, Sequence[Row]],
        whose: _Whose,
        steering: Steering,
        common: Common,
    ) -> Page:
        facts = [from_row(row) for own in part.values() for row in own]
        facts.sort(key=lambda fact: fact.position)
        touched = {family: whose.members[family] for family in part if family in whose.members}
        again = [stream for each in touched.values() for member in each for stream in whose.refolded.get(member, ())]
        waiting = {position for family in touched for position in whose.held.get(family, ())}
        folded = self._families(cursor, since, touched, facts, set(whose.refolded), waiting)
        return page_of(self.log, facts, folded, steering, upto, refolded=frozenset(again), common=common)

    def _families(
        self,
        cursor: Cursor,
        since: int,
        members: Mapping[str, Sequence[str]],
        facts: Iterable[Fact],
        refolded: Collection[str],
        waiting: Collection[int],
    ) -> list[Family]:
        """The families whose customers' facts came, or who are folded again, with all their facts.

        What waits is not among them, unless it comes with these facts.
        """
        new = by_stream(fact for fact in facts if is_of_a_customer(fact.stream))
        touched = {fact.customer for own in new.values() for fact in own} | set(refolded)
        wanted = [each for each in members.values() if not touched.isdisjoint(each)]
        streams_of = families.streams(cursor, [member for each in wanted for member in each])
        for stream, own in new.items():
            for fact in own:
                streams_of.setdefault(fact.customer, set()).add(stream)
        streams = {member for each in wanted for member in each}.union(*streams_of.values())
        histories: dict[str, Sequence[Fact]] = {}
        if since:
            histories |= self.log.histories(streams, upto=since, but=waiting)
        for stream, own in new.items():
            histories[stream] = [*histories.get(stream, ()), *own]
            if waiting:
                histories[stream] = sorted(histories[stream], key=lambda fact: fact.position)
        return [Family(tuple(each), _of(each, streams_of, histories)) for each in wanted]


def _carefully_if_need_be(bring: Callable[[bool], int | None]) -> int | None:
    """All at once; where something recorded stands in the way, once more and carefully. 0: others were quicker."""
    try:
        try:
            return bring(False)
        except Exception as error:
            if not is_of_the_facts(error):
                raise
            return bring(True)
    except OldBookmark:
        return 0


def _everything_of(cursor: Cursor, held: Iterable[str], members: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By customer all streams of those who stood still: a document may have come meanwhile."""
    customers = [each for family in held if is_of_a_customer(family) for each in members[family]]
    found = families.streams(cursor, customers) if customers else {}
    return {customer: sorted(found.get(customer, ())) for customer in customers}


def _parts(rows: Mapping[str, list[Row]]) -> Iterator[Mapping[str, list[Row]]]:
    """Each family of customers whole, some at a time, so that a page of the log may be long."""
    part: dict[str, list[Row]] = {}
    for family, own in rows.items():
        part[family] = own
        if len(part) >= CUSTOMERS_AT_ONCE or sum(map(len, part.values())) >= EVENTS_AT_ONCE:
            yield part
            part = {}
    if part:
        yield part


def steering_upto(log: Log, position: int) -> Steering:
    """What of the documents and the firm's rates stands in the log up to a position."""
    return _published(log, _steering_facts(log, position), position)


def _steering_facts(log: Log, upto: int | None) -> list[Fact]:
    histories = log.readable(STEERING, upto=upto)
    return sorted((fact for each in histories.values() for fact in each), key=lambda fact: fact.position)


def _published(log: Log, facts: Sequence[Fact], before: int) -> Steering:
    told = with_their_texts(log.legibly_opened(facts))
    return published(shipped(log.ids.person), told, first_fact=first_fact(log, before))


def first_fact(log: Log, before: int) -> int | None:
    """The position of the first fact that is no document, if it lies before; what we note ourselves is none."""
    position = 0
    while rows := log.rows(position, 20):
        for row in rows:
            if row.stream not in STEERING and row.topic in FACTS:
                return row.position
        position = rows[-1].position
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
    common: Common | None = None,
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
        common=common or Common(),
    )


def apply(cursor: Cursor, page: Page) -> None:
    """Every read model writes its rows; what they have in common is left to `settle`."""
    for model in READ_MODELS:
        model.apply(cursor, page)


def settle(cursor: Cursor, common: Common, upto: int, others: Callable[[], None] | None = None) -> None:
    """What the parts of a page change in common, after all of them.

    `others` waits for those who do so at the same time, where there may be any: as seldom as possible.
    """
    persons = common.persons if others is None else customers.unknown_persons(cursor, common.persons)
    sums = {place: number for place, number in common.sums.items() if number}
    if not (persons or sums or common.taught_since is not None):
        return
    if others is not None:
        others()
    customers.name_persons(cursor, persons)
    promise_sums.change(cursor, sums)
    if common.taught_since is not None:
        experiences.relearn(cursor, upto, common.taught_since)


def _of(
    members: Iterable[str], streams_of: Mapping[str, Iterable[str]], histories: Mapping[str, Sequence[Fact]]
) -> dict[str, Sequence[Fact]]:
    streams = {stream for member in members for stream in (member, *streams_of.get(member, ()))}
    return {stream: histories[stream] for stream in sorted(streams) if stream in histories}


def _touched_by_documents(cursor: Cursor, rows: Iterable[Row]) -> dict[str, list[str]]:
    """Customers, and which of their promises, whom a document among these rows lets look different.

    What was settled before it starts to count keeps its own; so does what we knew only before that.
    """
    steering = [fact for row in rows if row.stream in STEERING if (fact := read(row)) is not None]
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


def step_with(bookmarks: Bookmarks) -> Step:
    """The tables in one step: those of another layout are built beside and filled from the log."""
    return Step(LAYOUT, "tables", [*bookmarks.statements(), *TABLES])
