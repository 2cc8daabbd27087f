"""What a period did to all accounts together: the total before and after it, and what came and went by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.account import Posting, Rulebooks
from domain.account.posting import DAY_SECONDS
from domain.roles import Asker
from projections import customers
from projections.filters import Condition, Library
from projections.standings import LEAST_POWER
from projections.statements import LINE, posting
from projections.tables import MICROSECOND, micros

DAY_US = DAY_SECONDS * 1_000_000
PLAIN = "l.due IS NULL AND l.against_due IS NULL"
"""Lines whose worth does not change with the moment of reading."""
STANDS = "COALESCE(l.since, l.time)"
"""From when on a line stands."""


class Course(NamedTuple):
    """Hundredths of points; opening + every deposit, withdrawal, `overdue` and `faded` is closing.

    `overdue`: what promises that are overdue cost at the end, less what they cost at the beginning.
    """

    opening: int
    deposits: Mapping[str, int]
    withdrawals: Mapping[str, int]
    overdue: int
    faded: int
    closing: int
    postings: int


def course(library: Library, asker: Asker, start: datetime, end: datetime, team: str | None = None) -> Course:
    """From just before `start` to `end`, for all customers that the asker sees, or those of one team."""
    rulebooks = library.steering(None).rulebooks
    seen = _seen(library, asker, team)
    before = start - MICROSECOND
    steady, moving = _steady(library, seen, start, end, rulebooks), _moving(library, seen, before, end)
    opening = steady.opening + _moved(moving, before, rulebooks)
    closing = steady.closing + _moved(moving, end, rulebooks)
    came = [*steady.came, *_came(moving, start, end, rulebooks)]
    deposits, withdrawals = Counter[str](), Counter[str]()
    for each in came:
        (deposits if each.points > 0 else withdrawals)[each.rule] += each.points
    overdue = _overdue(moving, end, rulebooks) - _overdue(moving, before, rulebooks)
    known = sum(each.points for each in came) + overdue
    faded = closing - opening - known
    return Course(opening, deposits, withdrawals, overdue, faded, closing, sum(each.lines for each in came))


def _seen(library: Library, asker: Asker, team: str | None) -> Condition:
    seen = customers.seen_by(library, asker)
    return seen if team is None else seen.and_(Condition("c.team = ?", [team]))


class _Came(NamedTuple):
    """What lines of one rule brought or cost, and how many they are; those worth nothing are left out."""

    rule: str
    points: int
    lines: int


class _Steady(NamedTuple):
    """Of the lines that say themselves what they are worth."""

    opening: int
    closing: int
    came: list[_Came]


def _steady(library: Library, seen: Condition, start: datetime, end: datetime, rulebooks: Rulebooks) -> _Steady:
    """The database goes through the lines once and adds them up: there may be hundreds of thousands."""
    first, last = _us(start), _us(end)
    opening, closing = (_counts_at(at, rulebooks) for at in (start - MICROSECOND, end))
    came = f"{STANDS} >= {first} AND {STANDS} <= {last} AND l.until > {last} AND l.points <> 0"
    rows = library.views.rows(
        f"SELECT l.rule, SUM({opening}), SUM({closing}), SUM(CASE WHEN {came} THEN l.points ELSE 0 END), "
        f"SUM(CASE WHEN {came} THEN 1 ELSE 0 END) FROM lines l JOIN customers c ON c.customer = l.customer "
        # Nearly all lines count: the plus lets SQLite read them as they lie.
        f"WHERE {PLAIN} AND +l.time <= {last} AND {seen.sql} GROUP BY l.rule, l.points > 0",
        seen.params,
    )
    return _Steady(
        sum(int(row[1]) for row in rows),
        sum(int(row[2]) for row in rows),
        [_Came(row[0], int(row[3]), int(row[4])) for row in rows if row[4]],
    )


def _counts_at(at: datetime, rulebooks: Rulebooks) -> str:
    """What a line counts at a moment, faded and rounded as in its own account (`Posting.counts_at`), as SQL."""
    moment, half_life = _us(at), rulebooks.at(at).fading.half_life_days
    counts = "l.points"
    if half_life != "none":
        lives = f"CAST(l.time - {moment} AS DOUBLE PRECISION) / {DAY_US} / {float(half_life)!r}"
        faded = f"CASE WHEN {lives} < {LEAST_POWER} THEN 0.0 ELSE l.points / 100.0 * POWER(2.0, {lives}) END"
        rounded = f"FLOOR(ABS({faded}) * 100 + 0.5) * CASE WHEN l.points < 0 THEN -1 ELSE 1 END"
        counts = f"CASE WHEN l.fades = 0 THEN l.points ELSE {rounded} END"
    return f"CASE WHEN {STANDS} <= {moment} AND l.until > {moment} THEN {counts} ELSE 0 END"


def _moving(library: Library, seen: Condition, before: datetime, end: datetime) -> list[Posting]:
    """Lines of promises that are or were overdue, and of incidents about them, as far as they stood in the period."""
    rows = library.views.rows(
        f"SELECT {', '.join(f'l.{name}' for name in LINE.split(', '))} FROM lines l "
        f"JOIN customers c ON c.customer = l.customer WHERE NOT ({PLAIN}) AND l.until > {_us(before)} "
        f"AND {STANDS} <= {_us(end)} AND {seen.sql}",
        seen.params,
    )
    return [posting(row) for row in rows]


def _moved(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    return sum(line.counts_at(at, rulebooks) for line in lines if line.stands_at(at))


def _overdue(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    return sum(line.points_at(at, rulebooks) for line in lines if line.provisional and line.stands_at(at))


def _came(lines: Sequence[Posting], start: datetime, end: datetime, rulebooks: Rulebooks) -> list[_Came]:
    settled = (line for line in lines if not line.provisional and start <= line.stands_from and line.stands_at(end))
    worth = ((line.rule, line.points_at(end, rulebooks)) for line in settled)
    return [_Came(rule, points, 1) for rule, points in worth if points]


def _us(at: datetime) -> int:
    value = micros(at)
    assert value is not None
    return value
