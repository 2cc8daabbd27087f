"""The trust accounts: every line of every customer as known now, and what can be read from them.

Lines hold instants and factors; what depends on the moment (provisional points, fading, balance,
stage) is computed when somebody reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain import account
from domain.account import Factor, Posting, Stage
from domain.fact import Fact
from domain.log import Log
from domain.people import Asker
from domain.reliability import Evidence, Reliability, reliability
from domain.steering import Steering
from domain.store import Cursor
from projections import customers
from projections.filters import Library
from projections.page import Page, knowledge
from projections.tables import ALWAYS, Views, delete, insert, instant, micros, until

TABLES = (
    "CREATE TABLE IF NOT EXISTS lines (customer TEXT NOT NULL, number INTEGER NOT NULL, time BIGINT NOT NULL, "
    "until BIGINT NOT NULL, rule TEXT NOT NULL, base INTEGER NOT NULL, points INTEGER NOT NULL, factors TEXT NOT NULL, "
    "due BIGINT, days_late REAL, settles INTEGER NOT NULL, fact TEXT NOT NULL, subject TEXT NOT NULL, "
    "PRIMARY KEY (customer, number))",
    "CREATE INDEX IF NOT EXISTS lines_time ON lines (time)",
)


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    delete(cursor, "lines", "customer", page.customers)
    insert(cursor, "lines", [row for customer in page.customers for row in _rows(customer, page)])


def _rows(customer: str, page: Page) -> Iterable[tuple[Any, ...]]:
    histories = [page.history(stream) for stream in page.streams_of[customer]]
    for number, line in enumerate(account.lines(page.history(customer), histories, page.steering)):
        yield (
            customer,
            number,
            micros(line.time),
            until(line.until),
            line.rule,
            line.base,
            line.points,
            " ".join(f"{factor.name}={factor.value!r}" for factor in line.factors),
            micros(line.due),
            line.days_late,
            int(line.settles),
            line.fact,
            line.subject,
        )


# -- questions ----------------------------------------------------------------------------------------

LINE = "time, until, rule, base, points, factors, due, days_late, settles, fact, subject"


def posting(row: Sequence[Any]) -> Posting:
    time, upto, rule, base, points, factors, due, days_late, settles, fact, subject = row
    happened = instant(time)
    assert happened is not None
    return Posting(
        time=happened,
        rule=rule,
        base=base,
        fact=fact,
        subject=subject,
        factors=tuple(_factor(each) for each in factors.split()),
        points=points,
        until=instant(upto),
        due=instant(due),
        days_late=days_late,
        settles=bool(settles),
    )


def _factor(text: str) -> Factor:
    name, value = text.split("=")
    return Factor(name, float(value))  # type: ignore[arg-type]


def lines_of(views: Views, customer: str) -> list[Posting]:
    """In order of happening, also those that lie ahead."""
    rows = views.rows(f"SELECT {LINE} FROM lines WHERE customer = ? ORDER BY number", (customer,))
    return [posting(row) for row in rows]


def evidence_of(views: Views, column: str, value: str, known: datetime | None = None) -> list[Evidence]:
    """The settled promises by which somebody's reliability is judged; `column` of table promises."""
    then = ALWAYS - 1 if known is None else micros(known)
    rows = views.rows(
        f"SELECT settled_at, weight FROM promises WHERE {column} = ? AND known_from <= {then} "
        f"AND known_until > {then} AND at_until = {ALWAYS} AND weight IS NOT NULL ORDER BY settled_at, weight",
        (value,),
    )
    return [Evidence(at, weight) for settled, weight in rows if (at := instant(settled)) is not None]


def lines_of_all(views: Views, customers: Iterable[str]) -> dict[str, list[Posting]]:
    """The same for many customers, asked in portions."""
    lines: dict[str, list[Posting]] = {}
    with views.store.reading() as cursor:
        for row in cursor.among(
            f"SELECT customer, {LINE} FROM lines WHERE customer IN ({{among}}) ORDER BY customer, number", customers
        ):
            lines.setdefault(row[0], []).append(posting(tuple(row)[1:]))
    return lines


class Flow(NamedTuple):
    """What came onto all accounts in a period and what went off them, in hundredths; overdue ones not yet."""

    deposits: int
    withdrawals: int
    postings: int
    customers: int


def flow(library: Library, asker: Asker, start: datetime, end: datetime) -> Flow:
    """`end` is exclusive."""
    seen = customers.seen_by(library, asker)
    row = library.views.row(
        "SELECT SUM(CASE WHEN l.points > 0 THEN l.points ELSE 0 END), SUM(CASE WHEN l.points < 0 THEN l.points ELSE 0 "
        "END), COUNT(*), COUNT(DISTINCT l.customer) FROM lines l JOIN customers c ON c.customer = l.customer "
        f"WHERE l.time >= ? AND l.time < ? AND l.due IS NULL AND {seen.sql}",
        (micros(start), micros(end), *seen.params),
    )
    return Flow(row[0] or 0, row[1] or 0, row[2], row[3])


def first_line(library: Library, asker: Asker) -> datetime | None:
    """When the accounts begin."""
    seen = customers.seen_by(library, asker)
    row = library.views.row(
        f"SELECT MIN(l.time) FROM lines l JOIN customers c ON c.customer = l.customer WHERE {seen.sql}", seen.params
    )
    return instant(row[0])


class Line(NamedTuple):
    """A line as it counts at the moment of reading; points in hundredths."""

    posting: Posting
    base: int
    points: int
    counts: int


class Statement(NamedTuple):
    """The account of one customer at a moment; `balance` is the sum of what the lines count."""

    customer: customers.Party
    at: datetime
    lines: list[Line]
    balance: int
    buffer: float
    stage: Stage
    reliability: Reliability
    sensitivity: float | None


def statement(
    library: Library,
    asker: Asker,
    customer: str,
    steering: Steering,
    at: datetime,
    *,
    postings: Sequence[Posting] | None = None,
    evidence: Sequence[Evidence] | None = None,
) -> Statement:
    """`postings` and `evidence` stand in where another knowledge than today's is asked for."""
    party = customers.party(library, asker, customer)
    postings = lines_of(library.views, customer) if postings is None else postings
    evidence = evidence_of(library.views, "customer", customer) if evidence is None else evidence
    return read(party, postings, evidence, steering, at)


def read(
    party: customers.Party,
    postings: Sequence[Posting],
    evidence: Sequence[Evidence],
    steering: Steering,
    at: datetime,
) -> Statement:
    rulebooks = steering.rulebooks
    lines = [
        Line(each, each.base_at(at, rulebooks), each.points_at(at, rulebooks), each.counts_at(at, rulebooks))
        for each in postings
        if each.stands_at(at)
    ]
    trust = reliability(evidence, at, rulebooks.at(at))
    return Statement(
        customer=party,
        at=at,
        lines=lines,
        balance=sum(line.counts for line in lines),
        buffer=account.buffer(postings, at, rulebooks),
        stage=account.stage(postings, at, rulebooks, reliability_low=trust.low if trust.rests_on else None),
        reliability=trust,
        sensitivity=party.sensitivity,
    )


def known_on(log: Log, views: Views, customer: str, steering: Steering, known: datetime) -> list[Posting]:
    """The lines as a fold of the facts that we knew at an earlier moment."""
    rows = views.rows("SELECT stream FROM streams WHERE customer = ? ORDER BY stream", (customer,))
    histories = log.histories([customer, *(row[0] for row in rows)])
    then = {stream: known_facts(facts, known) for stream, facts in histories.items()}
    own = then.pop(customer, [])
    return account.lines(own, [facts for _, facts in sorted(then.items()) if facts], steering)


def known_facts(history: Sequence[Fact], known: datetime) -> list[Fact]:
    """What was known of a stream at a moment."""
    facts: list[Fact] = []
    for since, state in knowledge(history):
        if since <= known:
            facts = state
    return facts
