"""How all accounts stand beside each other: who has the least, at any moment, without adding up a single line.

One row a stretch of an account (`domain/account/stretches.py`), one more for each time in which enough withdrawals
counted to call one usual. A row holds instants and numbers, nothing that changes when time passes; see
docs/decisions/0023-customers-in-order.md.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from domain.account import Posting, Rulebooks
from domain.account.stretches import NOTHING, half_lives, stretches, usuals
from domain.roles import Asker
from domain.store import Cursor
from projections import customers
from projections.filters import Condition, Library, Moment
from projections.page import Page
from projections.statements import LINE, posting
from projections.tables import ALWAYS, Views, delete, instant, micros, until

EVER = -ALWAYS
"""Before every instant."""
DAY_US = 86_400_000_000
CUSTOMERS_AT_ONCE = 500

SETTLED = f"at_until = {ALWAYS} AND fixed = 0.0 AND slope = 0.0"
"""Nothing lies ahead of such a row, and all of it fades: it keeps its place among its like for good."""
CHECKED = "at_until, fixed, slope"
"""What makes a row settled. The indexes of settled rows hold it, or SQLite reads every row to see what they say."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS standings (customer TEXT NOT NULL, at_from BIGINT NOT NULL, at_until BIGINT NOT NULL, "
    "sign INTEGER NOT NULL, height REAL NOT NULL, fixed REAL NOT NULL, slope REAL NOT NULL, "
    "PRIMARY KEY (customer, at_from))",
    f"CREATE INDEX IF NOT EXISTS standings_settled ON standings (sign, height, customer, at_from, {CHECKED}) "
    f"WHERE {SETTLED}",
    f"CREATE INDEX IF NOT EXISTS standings_rest ON standings (customer, at_from, sign, height, {CHECKED}) "
    f"WHERE {SETTLED}",
    f"CREATE INDEX IF NOT EXISTS standings_lately ON standings (at_from, customer, sign, height, {CHECKED}) "
    f"WHERE {SETTLED}",
    "CREATE INDEX IF NOT EXISTS standings_moving ON standings "
    "(at_until, at_from, sign, height, fixed, slope, customer) "
    f"WHERE NOT ({SETTLED})",
    "CREATE TABLE IF NOT EXISTS usual_withdrawals (customer TEXT NOT NULL, at_from BIGINT NOT NULL, "
    "at_until BIGINT NOT NULL, first REAL NOT NULL, slope REAL NOT NULL, PRIMARY KEY (customer, at_from))",
    "CREATE INDEX IF NOT EXISTS usual_withdrawals_until ON usual_withdrawals (at_until)",
)
"""`slope` is in hundredths a microsecond."""


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    page.clear(cursor, "standings", "customer", page.customers)
    page.clear(cursor, "usual_withdrawals", "customer", page.customers)
    _keep(cursor, page.lines, page.steering.rulebooks)


def everybody(cursor: Cursor) -> list[str]:
    return [row[0] for row in cursor.execute("SELECT DISTINCT customer FROM standings").all()]


def fade_anew(cursor: Cursor, whose: Sequence[str], rulebooks: Rulebooks) -> None:
    """After another rulebook came, from the lines of their statements."""
    for start in range(0, len(whose), CUSTOMERS_AT_ONCE):
        _anew(cursor, whose[start : start + CUSTOMERS_AT_ONCE], rulebooks)


def fade_differently(rulebooks: Rulebooks) -> bool:
    """One version lets trust fade, or a withdrawal be usual, in another way than the others."""
    versions = [rulebooks.first, *(version for _, version in rulebooks.later)]
    return len({(str(each.fading), str(each.buffer)) for each in versions}) > 1


def _anew(cursor: Cursor, customers: Sequence[str], rulebooks: Rulebooks) -> None:
    lines: dict[str, list[Posting]] = {customer: [] for customer in customers}
    for row in cursor.among(
        f"SELECT customer, {LINE} FROM lines WHERE customer IN ({{among}}) ORDER BY customer, number", customers
    ):
        lines[row[0]].append(posting(tuple(row)[1:]))
    delete(cursor, "standings", "customer", customers)
    delete(cursor, "usual_withdrawals", "customer", customers)
    _keep(cursor, lines, rulebooks)


def _keep(cursor: Cursor, lines: Mapping[str, Sequence[Posting]], rulebooks: Rulebooks) -> None:
    cursor.insert("standings", [row for each, own in lines.items() for row in _standings(each, own, rulebooks)])
    cursor.insert("usual_withdrawals", [row for each, own in lines.items() for row in _usuals(each, own, rulebooks)])


def _standings(customer: str, lines: Sequence[Posting], rulebooks: Rulebooks) -> Iterator[tuple[Any, ...]]:
    for each in stretches(lines, rulebooks):
        start = EVER if each.start is None else micros(each.start)
        yield customer, start, until(each.end), each.sign, each.height, each.fixed, each.slope_a_day / DAY_US


def _usuals(customer: str, lines: Iterable[Posting], rulebooks: Rulebooks) -> Iterator[tuple[Any, ...]]:
    for each in usuals(list(lines), rulebooks):
        start, end = micros(each.start), until(each.end)
        assert start is not None
        slope = 0.0 if end == ALWAYS else (each.last - each.first) / (end - start)
        yield customer, start, end, each.first, slope


# -- questions ----------------------------------------------------------------------------------------

By = Literal["balance", "buffer", "change"]
CHANGE = timedelta(days=30)
RECKONED = 500
"""So many customers or fewer that hold a text are reckoned one by one; of more it pays to walk along the index."""
LEAST_POWER = -60
"""Of less than 2 to this power nothing is left; and a database may refuse smaller ones."""


def in_order(
    library: Library,
    asker: Asker,
    at: datetime,
    by: By,
    rulebooks: Rulebooks,
    *,
    text: str = "",
    limit: int,
    offset: int = 0,
) -> list[str]:
    """Internal ids of those whose name or own id holds the text: the lowest first, equal ones by name.

    `change` is that of the last 30 days. Nothing is rounded here, so two accounts may change places that differ by the
    rounding of their lines alone: by half a hundredth for each.
    """
    order = _Order(at, by, rulebooks)
    chosen = customers.seen_by(library, asker).and_(customers.NOT_MERGED)
    found = customers.holding(library, text, RECKONED + 1) if text else None
    if found is not None and len(found) <= RECKONED:
        parts = [order.everybody(chosen.and_(_among(found)))]
    elif not order.walks:
        parts = [order.everybody(chosen.and_(customers.holds(text)))]
    else:
        parts = order.parts(chosen.and_(customers.holds(text)), offset + limit)
    union = " UNION ALL ".join(f"SELECT * FROM ({part.sql}) u{number}" for number, part in enumerate(parts))
    down = " DESC" if order.down else ""
    rows = library.views.rows(
        f"SELECT customer FROM ({union}) o ORDER BY sign{down}, height{down}, sort_name, customer LIMIT ? OFFSET ?",
        (*(value for part in parts for value in part.params), limit, offset),
    )
    return [row[0] for row in rows]


def _among(found: Sequence[str]) -> Condition:
    if not found:
        return Condition("1 = 0", [])
    return Condition(f"c.customer IN ({','.join('?' * len(found))})", list(found))


def total(library: Library, at: datetime, rulebooks: Rulebooks, whose: Condition) -> int:
    """What all accounts of `customers c` hold together, in hundredths; no line is added up.

    It may differ from the sum of the balances by the rounding of their lines: by half a hundredth for each.
    """
    us = Moment(at).us
    held = _held("s", us, half_lives(at, rulebooks.at(at)))
    who = customers.rows_of(whose, "s")
    # Asked apart, so that each comes along an index of its own.
    kinds = (f"{SETTLED_S} AND +s.at_from <= {us}", f"NOT ({SETTLED_S}) AND s.at_until > {us} AND s.at_from <= {us}")
    sums = (
        library.views.row(f"SELECT SUM({held}) FROM standings s WHERE {kind} AND {who}", whose.params) for kind in kinds
    )
    return round(sum(float(row[0] or 0) for row in sums))


class Held(NamedTuple):
    """A row of `standings`: what one account holds between two moments, in microseconds."""

    at_from: int
    at_until: int
    sign: int
    height: float
    fixed: float
    slope: float

    def at(self, us: int, rulebooks: Rulebooks) -> float:
        """Hundredths, unrounded (`_held` says it to the database)."""
        fading, moment = 0.0, instant(us)
        assert moment is not None
        power = self.sign * self.height - half_lives(moment, rulebooks.at(moment))
        if self.sign and power >= LEAST_POWER:
            fading = self.sign * 2.0**power
        return fading + self.fixed + self.slope * (us - float(self.at_from))


class Course:
    """What one account holds at any moment; `rows` in order of time."""

    def __init__(self, rows: Sequence[Held], rulebooks: Rulebooks) -> None:
        self.rows, self.rulebooks = rows, rulebooks

    def came_back(self, since: int, until: int) -> bool:
        """Whether it held again by one moment what it held just before another."""
        before = self._at(since - 1) - NOTHING
        return any(
            row.at(moment, self.rulebooks) >= before
            # In between it only fades or grows: it has its peaks at the two ends.
            for row in self.rows[self._place(since) : self._place(until) + 1]
            for moment in (max(row.at_from, since), min(row.at_until - 1, until))
        )

    def _at(self, us: int) -> float:
        return self.rows[self._place(us)].at(us, self.rulebooks) if self.rows else 0.0

    def _place(self, us: int) -> int:
        return bisect_right(self.rows, us, key=lambda row: row.at_from) - 1


def courses(views: Views, customers: Iterable[str], rulebooks: Rulebooks, since: int, until: int) -> dict[str, Course]:
    """Of these customers' accounts between two moments, by internal id, asked in portions."""
    rows: dict[str, list[Held]] = {customer: [] for customer in customers}
    with views.store.reading() as cursor:
        for customer, *row in cursor.among(
            f"SELECT customer, {', '.join(Held._fields)} FROM standings WHERE customer IN ({{among}}) "
            f"AND at_until > {since} AND at_from <= {until} ORDER BY customer, at_from",
            list(rows),
        ):
            rows[customer].append(Held(*row))
    return {customer: Course(own, rulebooks) for customer, own in rows.items()}


class _Order:
    """One order at one moment, as SQL: whoever keeps their place comes along the index, all others are reckoned.

    Every part gives customer, sort_name, sign and height, so that one can be put among the others.
    """

    def __init__(self, at: datetime, by: By, rulebooks: Rulebooks) -> None:
        self.by, self.us = by, Moment(at).us
        self.before_us = Moment(at - CHANGE).us
        rules, before = rulebooks.at(at), rulebooks.at(at - CHANGE)
        self.lives, self.lives_before = half_lives(at, rules), half_lives(at - CHANGE, before)
        self.usual = rules.buffer.usual_withdrawal
        fades = rules.fading.half_life_days != "none"
        # What only fades has lost the same share of what it is now, whoever it is.
        self.lost = 1 / rules.fading.at(CHANGE / timedelta(days=1)) - 1 if fades else 1.0
        self.walks = fades or by != "change"
        self.down = by == "change"

    def parts(self, chosen: Condition, most: int) -> list[Condition]:
        # A plus keeps SQLite from looking for the times first: it is the order that is to be walked along.
        now = f"+s.at_from <= {self.us}"
        moving = f"NOT ({SETTLED_S}) AND {now} AND s.at_until > {self.us}"
        if self.by == "balance":
            return [self._walked(f"{SETTLED_S} AND {now}", chosen, most), self._reckoned(moving, chosen)]
        if self.by == "change":
            lately = f"{SETTLED_S} AND s.at_from <= {self.us} AND s.at_from > {self.before_us}"
            before = f"{SETTLED_S} AND +s.at_from <= {self.before_us}"
            return [self._walked(before, chosen, most), *(self._reckoned(rows, chosen) for rows in (moving, lately))]
        own = f"u.customer = s.customer AND {self._usual_now}"
        without = f"{SETTLED_S} AND {now} AND NOT EXISTS (SELECT 1 FROM usual_withdrawals u WHERE {own})"
        return [
            self._walked(without, chosen, most),
            self._reckoned(moving, chosen),
            self._reckoned_by_usual(f"{SETTLED_S} AND {now}", chosen),
        ]

    def everybody(self, chosen: Condition) -> Condition:
        return self._reckoned(f"s.at_from <= {self.us} AND s.at_until > {self.us}", chosen)

    def _walked(self, rows: str, chosen: Condition, most: int) -> Condition:
        down = " DESC" if self.down else ""
        return Condition(
            "SELECT s.customer, c.sort_name, s.sign, s.height FROM standings s JOIN customers c "
            f"ON c.customer = s.customer WHERE {rows} AND {chosen.sql} "
            f"ORDER BY s.sign{down}, s.height{down}, c.sort_name, s.customer LIMIT {most}",
            chosen.params,
        )

    def _reckoned(self, rows: str, chosen: Condition) -> Condition:
        worth, earlier = self._worth
        return self._among_the_others("", f"standings s{earlier}", worth, rows, chosen)

    def _reckoned_by_usual(self, rows: str, chosen: Condition) -> Condition:
        """Beginning with those of whom something is usual: they are few."""
        usual = f"u AS MATERIALIZED (SELECT u.customer, {self._usual} AS usual FROM usual_withdrawals u "
        return self._among_the_others(
            f"{usual} WHERE {self._usual_now}), ",
            "u JOIN standings s ON s.customer = u.customer",
            f"({_held('s', self.us, self.lives)}) * {float(self.usual)} / u.usual",
            rows,
            chosen,
        )

    def _among_the_others(self, before: str, source: str, worth: str, rows: str, chosen: Condition) -> Condition:
        # Materialized, or SQLite reckons what is compared anew wherever it is named.
        return Condition(
            f"WITH {before}w AS MATERIALIZED (SELECT s.customer, c.sort_name, {worth} AS worth FROM {source} "
            f"JOIN customers c ON c.customer = s.customer WHERE {rows} AND {chosen.sql}) "
            f"SELECT w.customer, w.sort_name, CASE WHEN w.worth > {NOTHING} THEN 1 WHEN w.worth < -{NOTHING} THEN -1 "
            f"ELSE 0 END AS sign, CASE WHEN w.worth > {NOTHING} THEN {self._height('w.worth')} "
            f"WHEN w.worth < -{NOTHING} THEN -{self._height('-w.worth')} ELSE 0.0 END AS height FROM w",
            chosen.params,
        )

    def _height(self, worth: str) -> str:
        return f"(LN({worth}) / {math.log(2)!r} + {self.lives!r})"

    @property
    def _worth(self) -> tuple[str, str]:
        """What is compared, in hundredths that fade like a balance, and what else it has to be read from."""
        now = _held("s", self.us, self.lives)
        if self.by == "balance":
            return now, ""
        if self.by == "change":
            before = _held("e", self.before_us, self.lives_before)
            newest = (
                "SELECT MAX(f.at_from) FROM standings f WHERE f.customer = s.customer "
                f"AND f.at_from <= {self.before_us}"
            )
            return (
                f"({before} - ({now})) / {self.lost!r}",
                f" JOIN standings e ON e.customer = s.customer AND e.at_from = ({newest})",
            )
        usual = f"SELECT {self._usual} FROM usual_withdrawals u WHERE u.customer = s.customer AND {self._usual_now}"
        return f"({now}) * {float(self.usual)} / COALESCE(({usual}), {float(self.usual)})", ""

    @property
    def _usual(self) -> str:
        return f"u.first + u.slope * ({self.us} - CAST(u.at_from AS DOUBLE PRECISION))"

    @property
    def _usual_now(self) -> str:
        return f"u.at_from <= {self.us} AND u.at_until > {self.us}"


SETTLED_S = SETTLED.replace("at_until", "s.at_until").replace("fixed", "s.fixed").replace("slope", "s.slope")


def _held(row: str, us: int, lives: float) -> str:
    """The balance at a moment, unrounded, in hundredths."""
    power = f"{row}.sign * {row}.height - {lives!r}"
    fading = f"CASE WHEN {row}.sign = 0 OR {power} < {LEAST_POWER} THEN 0.0 ELSE {row}.sign * POWER(2.0, {power}) END"
    return f"{fading} + {row}.fixed + {row}.slope * ({us} - CAST({row}.at_from AS DOUBLE PRECISION))"
