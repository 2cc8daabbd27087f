"""What a period did to all accounts together: the total before and after it, and what came and went by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.account import Posting, Rulebooks
from domain.roles import Asker
from projections import customers, standings
from projections.filters import Condition, Library
from projections.statements import LINE, PLAIN, STANDS, posting
from projections.tables import MICROSECOND, micros


class Course(NamedTuple):
    """Hundredths of points; opening + every deposit, withdrawal, `overdue` and `faded` is closing.

    The two ends are reckoned of whole accounts (`standings.total`); what their rounding leaves over is in `faded`.
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
    opening, closing = (standings.total(library, at, rulebooks, seen) for at in (before, end))
    moving = _moving(library, seen, before, end)
    came = [*_steady(library, seen, start, end), *_came(moving, start, end, rulebooks)]
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


def _steady(library: Library, seen: Condition, start: datetime, end: datetime) -> list[_Came]:
    """Of the lines that say themselves what they are worth."""
    rows = library.views.rows(
        f"SELECT l.rule, SUM(l.points), COUNT(*) FROM lines l WHERE {PLAIN} AND {STANDS} >= {_us(start)} "
        f"AND {STANDS} <= {_us(end)} AND l.until > {_us(end)} AND l.points <> 0 AND {customers.rows_of(seen, 'l')} "
        "GROUP BY l.rule, l.points > 0",
        seen.params,
    )
    return [_Came(rule, int(points), lines) for rule, points, lines in rows]


def _moving(library: Library, seen: Condition, before: datetime, end: datetime) -> list[Posting]:
    """Lines of promises that are or were overdue, and of incidents about them, as far as they stood in the period."""
    rows = library.views.rows(
        f"SELECT {LINE} FROM lines l WHERE NOT ({PLAIN}) AND l.until > {_us(before)} AND {STANDS} <= {_us(end)} "
        f"AND {customers.rows_of(seen, 'l')}",
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
