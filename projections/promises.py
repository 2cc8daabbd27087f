"""Promises through time: how each one stood, by what we knew when.

A row holds from `at_from` to `at_until` in the world and from `known_from` to `known_until` in our
knowledge, so that any past reading is one comparison. Whether something is overdue is never stored:
`overdue_from` holds the instant, the reader the moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, time
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from domain.account import worth_of
from domain.fact import Fact, follow_each_other
from domain.follow_up import follow_up_window
from domain.outcome import Moments, Standing, Step, moments, steps
from domain.promise import Promise, PromiseMade
from domain.relationship import relationships
from domain.reliability import weight
from domain.roles import Asker
from domain.steering import Steering
from domain.store import Cursor
from projections import promise_sums
from projections.customers import OWNER_NAME
from projections.filters import Condition, Filter, Library, Moment, UnknownState
from projections.page import MERGING, Family, Page, Row, by_stream, growth, through_knowledge
from projections.paging import By, Order, Place, behind, order_by
from projections.tables import ALWAYS, MICROSECOND, instant, micros, until

NO_FILTER = Filter()
EVERY_TIME = Condition("1 = 1", [])

COLUMNS: Mapping[str, str] = {
    "promise": "TEXT NOT NULL",
    "at_from": "BIGINT NOT NULL",
    "at_until": "BIGINT NOT NULL",
    "known_from": "BIGINT NOT NULL",
    "known_until": "BIGINT NOT NULL",
    "customer": "TEXT NOT NULL",
    "kind": "TEXT NOT NULL",
    "severity": "TEXT NOT NULL",
    "binding": "TEXT NOT NULL",
    "internal": "INTEGER NOT NULL",
    "owner": "TEXT",
    "team": "TEXT",
    "supplier": "TEXT",
    "product": "TEXT",
    "channel": "TEXT",
    "plan_b": "INTEGER NOT NULL",
    "waits_for": "TEXT",
    "made_at": "BIGINT NOT NULL",
    "due": "BIGINT",
    "belongs_at": "BIGINT",
    "belongs_day": "TEXT",
    "counting_due": "BIGINT",
    "first_due": "BIGINT",
    "overdue_from": "BIGINT",
    "first_overdue_from": "BIGINT",
    "occurrence": "INTEGER NOT NULL",
    "due_soon": "BIGINT",
    "last_call": "BIGINT",
    "last_moment": "BIGINT",
    "moves_in_time": "INTEGER NOT NULL",
    "moves_late": "INTEGER NOT NULL",
    "outcome": "TEXT",
    "first_outcome": "TEXT",
    "settled_at": "BIGINT",
    "notice_in_time": "INTEGER NOT NULL",
    "degree": "REAL",
    "late_us": "BIGINT",
    "late_business_s": "BIGINT",
    "amount": "REAL",
    "charged": "REAL",
    "weight": "REAL",
    "follow_up_from": "BIGINT",
    "follow_up_until": "BIGINT",
}

TABLES = (
    "CREATE TABLE IF NOT EXISTS promises ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    + ", PRIMARY KEY (promise, known_from, at_from))",
    "CREATE INDEX IF NOT EXISTS promises_customer ON promises (customer)",
    # Partial, so that whoever asks for one promise or one customer does not walk through all that are open.
    f"CREATE INDEX IF NOT EXISTS promises_open ON promises (at_until, overdue_from) WHERE known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_unsettled ON promises (at_until) "
    f"WHERE outcome IS NULL AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_in_hand ON promises (owner, at_from, at_until, promise) "
    f"WHERE outcome IS NULL AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_overdue ON promises (at_until, overdue_from, at_from) "
    f"WHERE outcome IS NULL AND known_until = {ALWAYS} AND overdue_from < at_until",
    f"CREATE INDEX IF NOT EXISTS promises_settled ON promises (at_until, at_from, belongs_at) "
    f"WHERE outcome IS NOT NULL AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_sold ON promises "
    "(customer, made_at, promise, at_from, at_until, known_until, kind, internal) "
    f"WHERE kind IN ('price', 'delivery') AND internal = 0 AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_selling ON promises "
    "(made_at, customer, promise, at_from, at_until, known_until, kind, internal) "
    f"WHERE kind IN ('price', 'delivery') AND internal = 0 AND known_until = {ALWAYS}",
    # For the figures of a period: all that most of them ask, and what the condition says, or each row is read for it.
    "CREATE INDEX IF NOT EXISTS promises_belongs ON promises "
    "(belongs_at, at_from, at_until, outcome, overdue_from, customer, owner, team, kind, known_until) "
    f"WHERE known_until = {ALWAYS}",
    f"CREATE INDEX IF NOT EXISTS promises_made ON promises (made_at) WHERE known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_begun ON promises (made_at) "
    f"WHERE at_from = made_at AND known_until = {ALWAYS}",
    f"CREATE INDEX IF NOT EXISTS promises_late ON promises "
    "(belongs_at, at_from, at_until, late_us, late_business_s, owner, team, kind, belongs_day, known_until, outcome) "
    f"WHERE outcome = 'kept_late' AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS promises_in_part ON promises (belongs_at) WHERE degree IS NOT NULL AND degree <> 1",
    "CREATE INDEX IF NOT EXISTS promises_charged ON promises (belongs_at) WHERE charged IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS promises_follow_up ON promises "
    "(follow_up_from, follow_up_until, settled_at, customer, promise, at_from, at_until, known_until) "
    "WHERE follow_up_from IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS promises_supplier ON promises (supplier) WHERE supplier IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS promise_words ("
    "promise TEXT PRIMARY KEY, customer TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, what TEXT)",
    "CREATE INDEX IF NOT EXISTS promise_words_customer ON promise_words (customer)",
    "CREATE INDEX IF NOT EXISTS promise_words_id ON promise_words (id)",
)


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    folded = page.to_fold("promise", MERGING)
    streams = [stream for _, stream in folded]
    # Where all tables are built anew the sums are added up in the end.
    with nullcontext() if page.first else promise_sums.noted(cursor, streams, page.common.sums):
        page.clear(cursor, "promises", "promise", streams)
        cursor.insert("promises", [row for family, stream in folded for row in rows_of(family, stream, page.steering)])
    _words(cursor, page)


def _words(cursor: Cursor, page: Page) -> None:
    """Whose id the promise has, and what it is called."""
    made = {
        fact.stream: (fact.stream, fact.customer, fact.source, page.words.get(fact.key, {}).get("promise", fact.stream))
        for fact in page.facts
        if isinstance(fact.data, PromiseMade)
    }
    page.put(cursor, "promise_words", WORDS, [(*row, page.titles.get(stream)) for stream, row in made.items()])
    cursor.executemany(
        "UPDATE promise_words SET what = ? WHERE promise = ?",
        [(what, stream) for stream, what in page.titles.items() if stream not in made],
    )


WORDS = ("promise", "customer", "source", "id", "what")


def rows_of(family: Family, stream: str, steering: Steering) -> list[Row]:
    """The rows of one promise of a family: as `rows` gives them, by a shorter way where there is one."""
    if family.undoubted is not None:
        life = family.undoubted.lives(steering)[stream]
        facts = [step.fact for step in life]
        if len(life) == len(family.histories[stream]) and (states := growth(facts)) is not None:
            # No calendar changed since, and no step shares its instant with another.
            plainly = (not (changes := steering.changes()) or changes[-1] <= facts[0].time) and follow_each_other(facts)
            grown = _grown_plainly if plainly else _grown
            return grown(stream, family.undoubted.customer, life, states, steering)
    return rows(stream, family.histories[stream], steering, family.merging)


class Span(NamedTuple):
    """How a promise stood between two instants; None = still."""

    start: datetime
    end: datetime | None
    step: Step
    """The fact that settled it, once it is settled; else the latest."""
    moments: Moments | None


def rows(
    stream: str, history: Sequence[Fact], steering: Steering, merging: Sequence[Fact] = ()
) -> list[tuple[Any, ...]]:
    """All rows of one promise: a pure function of its facts, and of those that say whose customer is whose."""

    def fold(known: Sequence[Fact], known_until: datetime | None) -> Iterator[Row]:
        for customer, relationship in relationships(by_stream(known).values()).items():
            for facts in relationship.promises.values():
                for span in _spans(list(steps(facts, steering)), steering, known_until):
                    yield _row(stream, customer, span, steering)

    return through_knowledge([*history, *merging], fold, place=3)


def _grown(
    stream: str, customer: str, life: Sequence[Step], states: Sequence[tuple[datetime, int]], steering: Steering
) -> list[Row]:
    """The same rows as `rows` of a promise whose facts were recorded in the order in which they happened.

    What was known earlier is then how its life begins, so that each step is looked at once: only how long it lasted is
    seen differently later. tests/properties/test_growth.py holds both against each other.
    """
    found: dict[tuple[int, datetime], int] = {}
    contents: dict[Row, int] = {}
    closed: list[Row] = []
    open_rows: dict[tuple[int, datetime | None], int] = {}
    known = [until(recorded) for recorded, _ in states]
    last = len(states) - 1
    ever: list[Row] = []
    for number, (_, count) in enumerate(states):
        now: dict[tuple[int, datetime | None], int] = {}
        for place, start, end, step in _cut(life, count, steering, None if number == last else states[number + 1][0]):
            content = found.get((place, start))
            if content is None:
                row = _row(stream, customer, Span(start, None, step, moments(step.after, steering, start)), steering)
                content = found[place, start] = contents.setdefault(row, len(contents))
                if content == len(ever):
                    ever.append(row)
            now[content, end] = open_rows.get((content, end), known[number])
        closed += [_known(ever, each, since, known[number]) for each, since in open_rows.items() if each not in now]
        open_rows = now
    closed += [_known(ever, each, since, ALWAYS) for each, since in open_rows.items()]
    return closed


def _grown_plainly(
    stream: str, customer: str, life: Sequence[Step], states: Sequence[tuple[datetime, int]], steering: Steering
) -> list[Row]:
    """The same where each step was seen in two ways at most: as the last that was known, and with its end."""
    rows: list[Row] = []
    known = [until(recorded) for recorded, _ in states]
    ends = [*known[1:], ALWAYS]
    newest = {count - 1: number for number, (_, count) in enumerate(states)}
    settled: Step | None = None
    number = 0
    for place, step in enumerate(life):
        if settled is None and step.after.verdict is not None:
            settled = step
        latest = step if settled is None or settled is step else settled._replace(after=step.after)
        start = step.fact.time
        row = _row(stream, customer, Span(start, None, latest, moments(step.after, steering, start)), steering)
        rest = row[3:]
        if place in newest:
            number = newest[place]
            rows.append((stream, row[1], ALWAYS, known[number], ends[number], *rest))
            number += 1
        if place + 1 < len(life):
            rows.append((stream, row[1], until(life[place + 1].fact.time), known[number], ALWAYS, *rest))
    return rows


def _known(ever: Sequence[Row], which: tuple[int, datetime | None], since: int, upto: int) -> Row:
    row, end = ever[which[0]], which[1]
    return (row[0], row[1], until(end), since, upto, *row[3:])


def spans(life: Sequence[Step], steering: Steering) -> Iterator[Span]:
    """The life of a promise cut where a fact or another calendar changes how it stands."""
    return _spans(life, steering, None)


def _spans(life: Sequence[Step], steering: Steering, known_until: datetime | None) -> Iterator[Span]:
    for _, start, end, step in _cut(life, len(life), steering, known_until):
        yield Span(start, end, step, moments(step.after, steering, start))


def _cut(
    life: Sequence[Step], count: int, steering: Steering, known_until: datetime | None
) -> Iterator[tuple[int, datetime, datetime | None, Step]]:
    """So many steps of a life, each with its place and from when until when.

    What was known only until some moment is not cut by calendars that began later: whether we knew more by then
    must not depend on when the tables are built.
    """
    changes: Sequence[datetime] = steering.changes()
    if known_until is not None and changes:
        changes = [change for change in changes if change < known_until]
    settled: Step | None = None
    for place in range(count):
        step = life[place]
        end = life[place + 1].fact.time if place + 1 < count else None
        settled = settled or (step if step.after.verdict else None)
        latest = step if settled is None or settled is step else settled._replace(after=step.after)
        for start, stop in _pieces(step.fact.time, end, changes if step.after.overdue_from else ()):
            yield place, start, stop, latest


def _pieces(
    start: datetime, end: datetime | None, changes: Sequence[datetime]
) -> Iterator[tuple[datetime, datetime | None]]:
    for change in changes:
        if start < change and (end is None or change < end):
            yield start, change
            start = change
    if end is None or start < end:
        yield start, end


def _row(stream: str, customer: str, span: Span, steering: Steering) -> tuple[Any, ...]:
    standing = span.step.after
    promise, verdict = standing.promise, standing.verdict
    first_overdue = None if verdict or standing.stopped_since else standing.first
    belongs_at, belongs_day = _belongs(standing)
    soon = span.moments
    due = micros(standing.due)
    # Mostly one and the same instant.
    counting = due if standing.counting is standing.due else micros(standing.counting)
    first = due if standing.first is standing.due else micros(standing.first)
    window = follow_up_window(span.step, steering)
    return (
        stream,
        micros(span.start),
        until(span.end),
        customer,
        promise.kind,
        promise.severity,
        promise.binding,
        int(promise.internal),
        promise.owner,
        promise.team or steering.team_of(promise.owner, span.start),
        promise.supplier,
        promise.product,
        promise.channel,
        int(promise.plan_b),
        _waits_for(promise),
        micros(promise.made.time),
        due,
        belongs_at,
        belongs_day,
        counting,
        first,
        due if standing.overdue_from else None,
        first if first_overdue else None,
        standing.occurrence,
        micros(soon.due_soon) if soon else None,
        micros(soon.last_call) if soon else None,
        micros(soon.last_moment) if soon else None,
        standing.moves_in_time,
        standing.moves_late,
        verdict.outcome if verdict else None,
        verdict.first if verdict else None,
        micros(verdict.at) if verdict else None,
        int(standing.withdrawn_in_time),
        verdict.degree if verdict else None,
        verdict.late // MICROSECOND if verdict and verdict.late else None,
        verdict.late_business_seconds if verdict else None,
        promise.amount,
        verdict.charged if verdict else None,
        _weight(span.step, steering),
        micros(window.start) if window else None,
        micros(window.end) if window else None,
    )


def _belongs(standing: Standing) -> tuple[int | None, str | None]:
    """Where it stands in periods: its due (a bare date by its own day), undated by its settlement.

    A bare date stands at its own noon, so that zones nearby find it on the same day.
    """
    due, day, verdict = standing.due, standing.due_day, standing.verdict
    zone = ZoneInfo(standing.promise.zone)
    if due is None or day is None:
        return (micros(verdict.at), verdict.at.astimezone(zone).date().isoformat()) if verdict else (None, None)
    if isinstance(standing.promise.due, datetime):
        return micros(due), day.isoformat()
    return micros(datetime.combine(day, time(12), tzinfo=zone)), day.isoformat()


def _waits_for(promise: Promise) -> str | None:
    """The causes of its pauses: what we wait for."""
    return ",".join(sorted(promise.paused)) or None if promise.settled is None else None


def _weight(step: Step, steering: Steering) -> float | None:
    verdict = step.after.verdict
    if verdict is None or verdict.outcome == "released":
        return None
    rules = steering.rulebooks.at(step.fact.time)
    return weight(worth_of(step, rules), rules)


# -- questions ----------------------------------------------------------------------------------------

STATES = ("open", "overdue", "kept", "exceeded", "kept_late", "partial", "broken", "withdrawn", "released")


def state_at(moment: Moment, table: str = "p") -> str:
    """The outcome at a moment, as SQL."""
    return (
        f"CASE WHEN {table}.outcome IS NOT NULL THEN {table}.outcome "
        f"WHEN {table}.overdue_from <= {moment.us} THEN 'overdue' ELSE 'open' END"
    )


class PromiseRow(NamedTuple):
    """A promise as a list shows it; `promise` and `customer` are internal ids, times UTC."""

    promise: str
    id: str
    source: str
    what: str | None
    customer: str
    customer_id: str
    customer_name: str | None
    state: str
    kind: str
    severity: str
    binding: str
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    made_at: datetime
    due: datetime | None
    due_day: str | None
    due_soon: datetime | None
    last_call: datetime | None
    last_moment: datetime | None
    waits_for: str | None
    plan_b: bool
    moves: int
    settled_at: datetime | None
    degree: float | None
    first_due: datetime | None


_TIMES = frozenset({"made_at", "due", "due_soon", "last_call", "last_moment", "settled_at", "first_due"})

_SELECT = (
    "SELECT p.promise, w.id, w.source, w.what, p.customer, c.id, c.name, {state}, p.kind, p.severity, p.binding, "
    "{owner}, p.team, p.supplier, p.product, p.made_at, p.due, p.belongs_day, p.due_soon, p.last_call, "
    "p.last_moment, p.waits_for, p.plan_b, p.moves_in_time + p.moves_late, p.settled_at, p.degree, p.first_due "
    "FROM promises p JOIN promise_words w ON w.promise = p.promise JOIN customers c ON c.customer = p.customer "
)


def select(moment: Moment) -> str:
    """The columns of PromiseRow, up to WHERE."""
    return _SELECT.format(state=state_at(moment), owner=OWNER_NAME.format(column="p.owner"))


def of_source(library: Library, source: str) -> list[tuple[str, str, bool]]:
    """Every promise that a source told of: its internal and its own id, and whether it is settled."""
    rows = library.views.rows(
        "SELECT w.promise, w.id, EXISTS (SELECT 1 FROM promises p WHERE p.promise = w.promise "
        f"AND p.known_until = {ALWAYS} AND p.outcome IS NOT NULL) FROM promise_words w WHERE w.source = ?",
        (source,),
    )
    return [(row[0], row[1], bool(row[2])) for row in rows]


ORDERS: Mapping[str, Order] = {
    "due": (By(f"COALESCE(p.due, {ALWAYS})"), By("w.id"), By("p.promise")),
    "latest": (By("COALESCE(p.settled_at, p.due, p.made_at)", down=True), By("w.id"), By("p.promise")),
}


def place(row: PromiseRow) -> Place:
    """Where it stands in the order by due."""
    return until(row.due), row.id, row.promise


def listed(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    states: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    among: Condition | None = None,
    order: str = "due",
    after: Place | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[PromiseRow]:
    """`among` is a query for internal ids, such as the list behind a figure."""
    where = _where(library, asker, moment, states, filter, among)
    where = where.and_(behind(ORDERS[order], after))
    page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    rows = library.views.rows(
        f"{select(moment)} WHERE {where.sql} ORDER BY {order_by(ORDERS[order])}{page}", where.params
    )
    return [row_of(row) for row in rows]


def count(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    states: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    among: Condition | None = None,
) -> int:
    where = _where(library, asker, moment, states, filter, among)
    row = library.views.row(f"SELECT COUNT(*) FROM promises p WHERE {where.sql}", where.params)
    return int(row[0])


def counts(
    library: Library, asker: Asker, moment: Moment, *, filter: Filter = NO_FILTER, among: Condition | None = None
) -> dict[str, int]:
    """How many of these are in each state; what was exceeded is kept."""
    where = _where(library, asker, moment, (), filter, among)
    rows = library.views.rows(
        f"SELECT {state_at(moment)} AS state, COUNT(*) FROM promises p WHERE {where.sql} GROUP BY state", where.params
    )
    return {row[0]: int(row[1]) for row in rows}


def overdue_spells(
    library: Library, asker: Asker, start: datetime, end: datetime, *, filter: Filter = NO_FILTER
) -> list[tuple[datetime, datetime | None]]:
    """From when to when promises were overdue in a period, as we know it now; None = still."""
    where = filter.condition(library, asker, "promises")
    rows = library.views.rows(
        "SELECT p.overdue_from, p.at_from, p.at_until FROM promises p "
        f"WHERE p.known_until = {ALWAYS} AND p.outcome IS NULL AND p.at_until > ? AND p.overdue_from <= ? "
        f"AND p.overdue_from < p.at_until AND {where.sql}",
        (micros(start), micros(end), *where.params),
    )
    return [
        (since, instant(until)) for overdue, begun, until in rows if (since := instant(max(overdue, begun))) is not None
    ]


def distinct(
    library: Library,
    asker: Asker,
    moment: Moment,
    column: Literal["owner", "team", "kind"],
    within: Condition = EVERY_TIME,
) -> tuple[str, ...]:
    """Whose promises there are (owners by their internal ids), and of which kinds; `within`: in which period."""
    where = NO_FILTER.condition(library, asker, "promises").and_(within)
    where = where.and_(Condition(moment.rows(by_time=not within.params), []))
    rows = library.views.rows(f"SELECT DISTINCT p.{column} FROM promises p WHERE {where.sql}", where.params)
    return tuple(sorted(row[0] for row in rows if row[0]))


def _where(
    library: Library, asker: Asker, moment: Moment, states: Sequence[str], filter: Filter, among: Condition | None
) -> Condition:
    where = filter.condition(library, asker, "promises").and_(Condition(moment.rows(), []))
    if among is not None:
        where = where.and_(Condition(f"p.promise IN ({among.sql})", among.params))
    if not states:
        return where
    for state in states:
        if state not in STATES:
            raise UnknownState(state, STATES)
    exceeded = " OR (p.outcome = 'kept' AND p.degree > 1)" if "exceeded" in states else ""
    places = ",".join("?" * len(states))
    return where.and_(Condition(f"({state_at(moment)} IN ({places}){exceeded})", list(states)))


def row_of(row: Sequence[Any]) -> PromiseRow:
    fields = dict(zip(PromiseRow._fields, row, strict=True))
    for name in _TIMES:
        fields[name] = instant(fields[name])
    fields["plan_b"] = bool(fields["plan_b"])
    return PromiseRow(**fields)
