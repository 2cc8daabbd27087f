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
from domain.people import Asker
from domain.reliability import Evidence, Reliability, reliability
from domain.steering import Steering
from domain.store import Cursor
from projections import customers
from projections.filters import Library
from projections.page import Page
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


def evidence_of(views: Views, column: str, value: str) -> list[Evidence]:
    """The settled promises by which somebody's reliability is judged; `column` of table promises."""
    rows = views.rows(
        f"SELECT settled_at, weight FROM promises WHERE {column} = ? AND known_until = {ALWAYS} "
        f"AND at_until = {ALWAYS} AND weight IS NOT NULL",
        (value,),
    )
    return [Evidence(at, weight) for settled, weight in rows if (at := instant(settled)) is not None]


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


def known_then(own: Sequence[Fact], promises: Iterable[Sequence[Fact]], steering: Steering) -> list[Posting]:
    """The lines as a fold of the facts that were known then."""
    return account.lines(own, promises, steering)
