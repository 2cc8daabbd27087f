"""Builds all tables anew from the whole log, beside the live ones, and puts them in their place by name.

Where there are none yet of this layout, that is how they come to be, whatever those of another one are doing.

The folds are those of the follower. But a follower meets the same customers again page after page; here each of them
is folded once, with all that ever happened, and rows only ever come to the end of tables, which get their keys and
indexes when all of them are there.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from sys import intern
from typing import NamedTuple, Protocol

from domain import erasure
from domain.fact import Fact
from domain.lives import is_of_a_customer
from domain.log import Log
from domain.steering import Steering
from domain.store import Beside, Cursor, Filling, Row, TableStore, as_store
from domain.stored import UnreadableEvent, customer_of, from_row
from projections import customers, experiences, families, merkle, outbox, promise_sums, shares
from projections.follow import TABLE_NAMES, Follower, Progress, apply, page_of, settle, steering_upto, step_with
from projections.page import Common, Family, by_stream
from projections.quarantine import Careful, Part
from projections.tables import ERASED, Views

KEYED = (
    "families",
    "tiles",
    "persons",
    "colleagues",
    "relearned",
    "alerts",
    "outbox",
    "messages",
    "channels",
    "access_keys",
)
"""Tables in which rows are changed again while they are filled: they hold little beside what customers have."""

OF_CUSTOMERS = {
    **dict.fromkeys((name for name in TABLE_NAMES if name not in (*KEYED, "streams", "promise_sums")), ""),
    "persons": customers.FIRST_NAMED,
}
"""Tables with what each customer has, and what is done with a row of a second customer with the same key."""

ROWS_AT_ONCE = 20_000
EVENTS_AT_ONCE = 4_000
"""So many are held as facts at the same time."""
FEW = 200
"""So many events are followed while the others wait: that takes less than a second."""
ROUNDS = 10
"""After so many in which more than that came, they wait all the same."""


class Portion(NamedTuple):
    """Families of customers, and where in the log everything stands that was recorded of them."""

    families: Sequence[Sequence[str]]
    positions: Sequence[int]
    silent: Mapping[int, str]
    """Whom those events concern that say nothing of it any more."""


Tell = Callable[[int], None]
"""Hears how many events more were folded."""


class Helpers(Protocol):
    """Others who fold customers at the same time, each into a file of their own."""

    def begin(self, upto: int) -> None:
        """They may get ready: up to this position they will be asked to fold."""

    def fold(self, portions: Iterable[Portion]) -> None:
        """Gives them all that there is to fold, and does not wait for them."""

    def files(self, tell: Tell) -> Iterator[Path]:
        """As each of them has done its share; raises what stopped one."""


def rebuild(
    log: Log, tables: TableStore, file: Path, *, helpers: Helpers | None = None, progress: Progress | None = None
) -> int:
    """The number of events from which the tables were built; whatever comes afterwards is the follower's to add.

    `file` is where they are built, and gone afterwards.
    """
    with Filling(file, step_with, KEYED) as filling:
        events = _build(log, filling, helpers, progress)
        try:
            with tables.beside(file, step_with) as beside:
                for number in range(ROUNDS):
                    events += _follow(log, beside)
                    if beside.take_over(partial(_ready, log, tables, beside, patient=number < ROUNDS - 1)):
                        return events
        except _ErasedMeanwhile:
            pass
    # Whoever was erased may still be shown by what was folded before.
    return rebuild(log, tables, file, progress=progress)


class _ErasedMeanwhile(Exception):
    pass


@contextmanager
def built(log: Log, file: Path, *, helpers: Helpers | None = None, progress: Progress | None = None) -> Iterator[Views]:
    """All tables, built in a file that is gone afterwards."""
    with Filling(file, step_with, KEYED) as filling:
        _build(log, filling, helpers, progress)
        with as_store(file) as store:
            yield Views(store)


def _build(log: Log, filling: Filling, helpers: Helpers | None, progress: Progress | None) -> int:
    upto, erased = log.head(), erasure.count(log)
    if helpers:
        helpers.begin(upto)
    events = _fill(log, filling, upto, helpers, progress)
    shares.put(filling.bookmarks, filling.cursor, 1, upto)
    filling.bookmarks.put(filling.cursor, {ERASED: erased})
    filling.finish()
    return events


def _fill(log: Log, filling: Filling, upto: int, helpers: Helpers | None, progress: Progress | None) -> int:
    cursor, steering = filling.cursor, steering_upto(log, upto)
    found = _Found(log)
    for rows in _pages(log, upto):
        found.add(rows)
    done = 0

    def tell(events: int) -> None:
        nonlocal done
        done += events
        if progress:
            progress(done, found.events)

    portions = found.portions(found.beginnings.keep(cursor))
    if helpers:
        helpers.fold(portions)
    else:
        _fold_all(log, cursor, portions, steering, upto, tell)
    for rows in _pages(log, upto):
        merkle.append(cursor, rows)
    _fold_others(log, cursor, found.others, steering, upto)
    tell(len(found.others))
    if helpers:
        for file in helpers.files(tell):
            filling.add(file, OF_CUSTOMERS)
    experiences.taught_anew(cursor, upto)
    promise_sums.add_up(cursor)
    return found.events


def fold_apart(log: Log, file: Path, upto: int, portions: Iterable[Portion], tell: Tell) -> None:
    """A helper's share, into a file of its own."""
    steering = steering_upto(log, upto)
    filling = Filling(file, step_with, KEYED)
    _fold_all(log, filling.cursor, portions, steering, upto, tell)
    filling.keep()


def _fold_all(log: Log, cursor: Cursor, portions: Iterable[Portion], steering: Steering, upto: int, tell: Tell) -> None:
    for portion in portions:
        _fold(log, cursor, portion, steering, upto)
        tell(len(portion.positions))


class _Found:
    """Where everything stands, by the customer whom it concerns."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.events = 0
        self.positions: dict[str, array[int]] = {}
        self.others: array[int] = array("q")
        """Events that tell of no customer: documents, alerts, keys."""
        self.silent: dict[int, str] = {}
        """Events that nobody can read any more, and whom they concern."""
        self.beginnings = families.Beginnings()

    def add(self, rows: Sequence[Row]) -> None:
        self.events += len(rows)
        for row in rows:
            if not is_of_a_customer(row.stream):
                self.others.append(row.position)
                continue
            customer = intern(self._whose(row))
            if customer not in self.positions:
                self.positions[customer] = array("q")
            self.positions[customer].append(row.position)
            self.beginnings.note(row, customer)

    def _whose(self, row: Row) -> str:
        try:
            return customer_of(row)
        except UnreadableEvent:
            return self.silent.setdefault(row.position, self.log.whose(row))

    def portions(self, together: Mapping[str, Sequence[str]]) -> Iterator[Portion]:
        """`together` are the families of those who have one, by each of its members."""
        groups: list[Sequence[str]] = []
        events: list[int] = []
        for customer in sorted(self.positions.keys() | together.keys()):
            members = together.get(customer, (customer,))
            if customer != members[0]:
                continue
            groups.append(members)
            for member in members:
                events.extend(self.positions.get(member, ()))
            if len(events) >= EVENTS_AT_ONCE:
                yield self._portion(groups, events)
                groups, events = [], []
        if groups:
            yield self._portion(groups, events)

    def _portion(self, groups: Sequence[Sequence[str]], events: Sequence[int]) -> Portion:
        silent = (
            {position: self.silent[position] for position in self.silent.keys() & set(events)} if self.silent else {}
        )
        return Portion(groups, array("q", sorted(events)), silent)


def _pages(log: Log, upto: int) -> Iterator[Sequence[Row]]:
    since = 0
    while rows := log.rows(since, min(ROWS_AT_ONCE, upto - since)):
        since = rows[-1].position
        yield rows


def _fold(log: Log, cursor: Cursor, portion: Portion, steering: Steering, upto: int) -> None:
    rows = log.rows_at(portion.positions)
    concerns = {row.position: portion.silent.get(row.position) or customer_of(row) for row in rows}
    family_of = {member: members for members in portion.families for member in members}
    part: dict[str, list[Row]] = {members[0]: [] for members in portion.families}
    for row in rows:
        part[family_of[concerns[row.position]][0]].append(row)

    def fold(part: Part) -> Common:
        own: dict[str, list[Fact]] = {}
        for events in part.values():
            for fact in map(from_row, events):
                own.setdefault(fact.customer, []).append(fact)
        whole = []
        for family in part:
            histories = by_stream(fact for member in family_of[family] for fact in own.get(member, ()))
            streams = {stream: _recorded(histories[stream]) for stream in sorted(histories)}
            whole.append(Family(tuple(family_of[family]), streams))
        facts = sorted((fact for each in own.values() for fact in each), key=lambda fact: fact.position)
        page = page_of(log, facts, whole, steering, upto, first=True)
        apply(cursor, page)
        return page.common

    common = Common()
    for brought in Careful(cursor, fold, concerns, upto).bring_in(part):
        common.add(brought)
    settle(cursor, common, upto)


def _recorded(history: list[Fact]) -> list[Fact]:
    """In order of recording: facts of several members may stand in one stream."""
    return sorted(history, key=lambda fact: fact.position)


def _fold_others(log: Log, cursor: Cursor, positions: Sequence[int], steering: Steering, upto: int) -> None:
    def fold(part: Part) -> Common:
        facts = sorted((from_row(row) for rows in part.values() for row in rows), key=lambda fact: fact.position)
        page = page_of(log, facts, [], steering, upto)
        apply(cursor, page)
        return page.common

    for start in range(0, len(positions), EVENTS_AT_ONCE):
        part: dict[str, list[Row]] = {}
        for row in log.rows_at(positions[start : start + EVENTS_AT_ONCE]):
            part.setdefault(row.stream, []).append(row)
        for brought in Careful(cursor, fold, {}, upto).bring_in(part):
            settle(cursor, brought, upto)


def _ready(log: Log, tables: TableStore, beside: Beside, live: Cursor | None, *, patient: bool) -> bool:
    """Unless the live follower went on meanwhile: nothing that was shown disappears again.

    Under the live tables' lock, so a little is made up for here. An older copy of the log, put back, ends before tables
    that were not. What was decided of messages comes along.
    """
    with beside.opened() as store:
        views = Views(store)
        if views.erased() != erasure.count(log):
            raise _ErasedMeanwhile
        shown = shares.read(tables.bookmarks(), live) if live is not None else None
        if shown is not None:
            upto = min(shown.most, log.head())
            if upto - views.position() > FEW and patient:
                return False
            Follower(log, views).catch_up(upto=upto)
        decided = outbox.decisions(live) if live is not None else outbox.decisions_beside(tables.others())
        with store.writing() as cursor:
            outbox.take_over(cursor, decided)
            if shown is not None:
                shares.put(views.bookmarks, cursor, shown.among, views.marks_in(cursor).least)
    return True


def _follow(log: Log, beside: Beside) -> int:
    """What was recorded until now, as the live follower brings it. Others may be as quick to record as we to follow."""
    with beside.opened() as store:
        return Follower(log, Views(store)).catch_up(upto=log.head())
