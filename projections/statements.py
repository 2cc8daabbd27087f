"""The trust accounts: every line of every customer as known now, and what can be read from them.

Lines hold instants and factors; what depends on the moment (provisional points, fading, balance,
stage) is computed when somebody reads.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from domain import account
from domain import incident as incidents
from domain.account import Against, Factor, Posting, Rulebooks, Sensitivity, Stage
from domain.fact import Fact
from domain.log import Log
from domain.relationship import Relationship, relationships
from domain.reliability import Evidence, Reliability, reliability
from domain.roles import Asker
from domain.steering import Steering
from domain.store import Cursor
from projections import customers, families
from projections.filters import Condition, Library, Moment
from projections.page import Page, by_stream, knowledge
from projections.tables import ALWAYS, Views, instant, micros, until

PLAIN = "due IS NULL AND against_due IS NULL"
"""Lines whose worth does not change with the moment of reading."""
STANDS = "COALESCE(since, time)"
"""From when on a line stands."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS lines (customer TEXT NOT NULL, number INTEGER NOT NULL, time BIGINT NOT NULL, "
    "since BIGINT, until BIGINT NOT NULL, rule TEXT NOT NULL, base INTEGER NOT NULL, points INTEGER NOT NULL, "
    "factors TEXT NOT NULL, due BIGINT, against_due BIGINT, against_factor REAL, days_late REAL, "
    "settles INTEGER NOT NULL, fades INTEGER NOT NULL, fact TEXT NOT NULL, subject TEXT NOT NULL, "
    "PRIMARY KEY (customer, number))",
    "CREATE INDEX IF NOT EXISTS lines_time ON lines (time, due, points, customer)",
    f"CREATE INDEX IF NOT EXISTS lines_plain ON lines ({STANDS}, rule, points, until, customer) WHERE {PLAIN}",
    f"CREATE INDEX IF NOT EXISTS lines_moving ON lines (until) WHERE NOT ({PLAIN})",
)


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    page.clear(cursor, "lines", "customer", page.customers)
    cursor.insert("lines", [row for customer, lines in page.lines.items() for row in _rows(customer, lines)])


def _rows(customer: str, lines: Iterable[Posting]) -> Iterable[tuple[Any, ...]]:
    for number, line in enumerate(lines):
        against = line.against
        yield (
            customer,
            number,
            micros(line.time),
            micros(line.since),
            until(line.until),
            line.rule,
            line.base,
            line.points,
            " ".join(f"{factor.name}={factor.value!r}" for factor in line.factors),
            micros(line.due),
            micros(against.due) if against else None,
            against.factor if against else None,
            line.days_late,
            int(line.settles),
            int(line.fades),
            line.fact,
            line.subject,
        )


# -- questions ----------------------------------------------------------------------------------------

LINE = (
    "time, since, until, rule, base, points, factors, due, against_due, against_factor, days_late, settles, fades, "
    "fact, subject"
)


def posting(row: Sequence[Any]) -> Posting:
    fields = dict(zip(LINE.split(", "), row, strict=True))
    happened, against_due = instant(fields["time"]), instant(fields["against_due"])
    assert happened is not None
    return Posting(
        time=happened,
        rule=fields["rule"],
        base=fields["base"],
        fact=fields["fact"],
        subject=fields["subject"],
        factors=tuple(_factor(each) for each in fields["factors"].split()),
        points=fields["points"],
        since=instant(fields["since"]),
        until=instant(fields["until"]),
        due=instant(fields["due"]),
        against=Against(against_due, fields["against_factor"]) if against_due else None,
        days_late=fields["days_late"],
        settles=bool(fields["settles"]),
        fades=bool(fields["fades"]),
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


def evidence_of_customers(views: Views, customers: Iterable[str]) -> dict[str, list[Evidence]]:
    """The same for many customers, as known now, asked in portions."""
    found: dict[str, list[Evidence]] = {}
    with views.store.reading() as cursor:
        for customer, settled, weight in cursor.among(
            "SELECT customer, settled_at, weight FROM promises WHERE customer IN ({among}) "
            # The plus keeps SQLite from reading everybody's instead.
            f"AND known_until = {ALWAYS} AND +at_until = {ALWAYS} AND weight IS NOT NULL ORDER BY settled_at, weight",
            customers,
        ):
            at = instant(settled)
            assert at is not None
            found.setdefault(customer, []).append(Evidence(at, weight))
    return found


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


def flow(library: Library, asker: Asker, start: datetime, end: datetime, *, team: str | None = None) -> Flow:
    """`end` is exclusive; with a team its customers' accounts alone."""
    came = _came(library, asker, start, end, team)
    of_each = f"SELECT {IN_AND_OUT}, COUNT(*) AS postings {came.sql} GROUP BY l.customer"
    row = library.views.row(
        f"SELECT SUM(e.deposits), SUM(e.withdrawals), SUM(e.postings), COUNT(*) FROM ({of_each}) e", came.params
    )
    return Flow(*(int(each or 0) for each in row))


def flows_between(
    library: Library, asker: Asker, edges: Sequence[datetime], *, team: str | None = None
) -> list[tuple[int, int]]:
    """Deposits and withdrawals from each moment to the next."""
    found = []
    with library.views.store.reading() as cursor:
        for start, end in pairwise(edges):
            came = _came(library, asker, start, end, team)
            inn, out = cursor.execute(f"SELECT {IN_AND_OUT} {came.sql}", came.params).one()
            found.append((int(inn or 0), int(out or 0)))
    return found


IN_AND_OUT = (
    "SUM(CASE WHEN l.points > 0 THEN l.points ELSE 0 END) AS deposits, "
    "SUM(CASE WHEN l.points < 0 THEN l.points ELSE 0 END) AS withdrawals"
)


def _came(library: Library, asker: Asker, start: datetime, end: datetime, team: str | None) -> Condition:
    seen = customers.seen_by(library, asker)
    if team is not None:
        seen = seen.and_(Condition("c.team = ?", [team]))
    return Condition(
        f"FROM lines l WHERE l.time >= ? AND l.time < ? AND l.due IS NULL AND {customers.rows_of(seen, 'l')}",
        [micros(start), micros(end), *seen.params],
    )


def first_line(library: Library, asker: Asker) -> datetime | None:
    """When the accounts begin."""
    seen = customers.seen_by(library, asker)
    row = library.views.row(f"SELECT MIN(l.time) FROM lines l WHERE {customers.rows_of(seen, 'l')}", seen.params)
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
    sensitivity: Sensitivity


def statement(
    library: Library,
    asker: Asker,
    customer: str,
    steering: Steering,
    at: datetime,
    *,
    known: datetime | None = None,
) -> Statement:
    """By a fold of the customer's own facts: as they are known now, or as they were known at a moment."""
    party = customers.party(library, asker, customer)
    relationship = library.relationship(customer, known)
    bare = account.bare_lines(relationship, steering)
    factors = account.Factors(relationship, bare, steering)
    lines = account.with_factors(bare, factors)
    return read(
        party,
        lines,
        evidence_of(library.views, "customer", customer, known),
        steering,
        at,
        standing=standing_at(relationship, at),
        sensitivity=factors.sensitivity(at + datetime.resolution),  # a reading holds its own instant
    )


class Standing(NamedTuple):
    """What beside the lines decides about the stage: gone, or an incident of weight is open."""

    left: bool = False
    recovering: bool = False


def standing_at(relationship: Relationship, at: datetime) -> Standing:
    left_at = relationship.at(at).left_at
    running = (
        incident
        for history in relationship.incidents.values()
        if (incident := incidents.LIFE.state(fact for fact in history if fact.time <= at)) is not None
    )
    return Standing(
        left=left_at is not None,
        recovering=any(each.state == "open" and each.data.severity != "minor" for each in running),
    )


NO_STANDING = Standing()


def standings_of(views: Views, ids: Collection[str], moment: Moment) -> dict[str, Standing]:
    """The same out of the tables, for many customers."""
    with views.store.reading() as cursor:
        gone = f"SELECT customer FROM customers WHERE left_at <= {moment.us} AND customer IN ({{among}})"
        left = {row[0] for row in cursor.among(gone, ids)}
        running = (
            f"SELECT DISTINCT i.customer FROM incidents i WHERE {moment.rows('i', by_time=False)} "
            "AND i.state = 'open' AND i.severity <> 'minor' AND i.customer IN ({among})"
        )
        recovering = {row[0] for row in cursor.among(running, ids)}
    return {each: Standing(each in left, each in recovering) for each in ids}


def kept(views: Views, party: customers.Party, steering: Steering, at: datetime) -> Statement:
    """The account out of the tables, as known now: no fact is folded. How sensitive somebody is has to be."""
    (standing,) = standings_of(views, [party.customer], Moment(at)).values()
    lines, evidence = lines_of(views, party.customer), evidence_of(views, "customer", party.customer)
    return read(party, lines, evidence, steering, at, standing=standing)


def read(
    party: customers.Party,
    postings: Sequence[Posting],
    evidence: Sequence[Evidence],
    steering: Steering,
    at: datetime,
    *,
    standing: Standing = NO_STANDING,
    sensitivity: Sensitivity | None = None,
) -> Statement:
    rulebooks = steering.rulebooks
    lines = [
        Line(each, each.base_at(at, rulebooks), each.points_at(at, rulebooks), each.counts_at(at, rulebooks))
        for each in postings
        if each.stands_at(at)
    ]
    trust = reliability(evidence, at, rulebooks.at(at), steering.rates_at(at).kept)
    balance = sum(line.counts for line in lines)
    return Statement(
        customer=party,
        at=at,
        lines=lines,
        balance=balance,
        buffer=account.buffer(postings, at, rulebooks, now=balance),
        stage=stage_of(postings, trust, standing, rulebooks, at, now=balance),
        reliability=trust,
        sensitivity=sensitivity or Sensitivity(party.sensitivity or 1.0, None),
    )


def stage_of(
    postings: Sequence[Posting],
    trust: Reliability,
    standing: Standing,
    rulebooks: Rulebooks,
    at: datetime,
    *,
    now: int | None = None,
) -> Stage:
    return account.stage(
        postings,
        at,
        rulebooks,
        reliability_low=trust.low if trust.rests_on else None,
        left=standing.left,
        recovering=standing.recovering,
        now=now,
    )


def relationship_of(log: Log, views: Views, customer: str, known: datetime | None = None) -> Relationship:
    """Everything between a customer and us that counts, as known now or at a moment."""
    with views.store.reading() as cursor:
        (family,) = families.of(cursor, [customer]).values()
        (members,) = families.members(cursor, [family]).values()
        streams = families.streams(cursor, members)
    histories = log.histories([*members, *sorted(stream for each in streams.values() for stream in each)])
    facts = (fact for history in histories.values() for fact in history)
    if known is not None:
        return relationships(by_stream(known_facts(facts, known)).values()).get(customer) or Relationship(customer)
    found = relationships(by_stream(facts).values())
    return found.get(customer) or Relationship(customer)


def lines_known_on(library: Library, customer: str, known: datetime) -> list[Posting]:
    """The lines as a fold of the facts and of the steering documents that we knew at an earlier moment."""
    return account.lines(library.relationship(customer, known), library.steering(known))


def known_facts(facts: Iterable[Fact], known: datetime) -> list[Fact]:
    """Which of these facts were known at a moment."""
    then: list[Fact] = []
    for since, state in knowledge(facts):
        if since > known:
            break
        then = state
    return then


class Balances:
    """The balances of one account at many moments, each reckoned once."""

    def __init__(self, lines: Sequence[Posting], rulebooks: Rulebooks) -> None:
        self.lines, self.rulebooks = lines, rulebooks
        changes = {moment for line in lines for moment in (line.stands_from, line.until) if moment}
        # In between a balance only fades: it has its peaks at each change and just before the next.
        self.moments = sorted(changes | {moment - datetime.resolution for moment in changes})
        self.known: dict[datetime, int] = {}

    def at(self, moment: datetime) -> int:
        if moment not in self.known:
            self.known[moment] = account.balance(self.lines, moment, self.rulebooks)
        return self.known[moment]

    def came_back(self, reported: datetime, until: datetime) -> bool:
        """Whether the balance reached its value of just before an incident again by `until`."""
        before = self.at(reported - datetime.resolution)
        first, last = bisect_left(self.moments, reported), bisect_right(self.moments, until)
        return any(self.at(moment) >= before for moment in [*self.moments[first:last], until])
