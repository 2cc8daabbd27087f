"""What a period did to all accounts together: the total before and after it, and what came and went by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.account import Posting, Rulebooks
from domain.account.posting import DAY_SECONDS
from domain.roles import Asker
from domain.rulebook import hundredths
from projections import customers
from projections.filters import Condition, Library
from projections.statements import LINE, posting
from projections.tables import MICROSECOND, micros

DAY_US = DAY_SECONDS * 1_000_000
PLAIN = "l.due IS NULL AND l.against_due IS NULL"
"""Lines whose worth does not change with the moment of reading."""


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


class _Line(NamedTuple):
    """A line that says itself what it is worth; from `stands` to `until` it stands. Times in microseconds."""

    time: int
    stands: int
    until: int
    rule: str
    points: int
    fades: int


def course(library: Library, asker: Asker, start: datetime, end: datetime, team: str | None = None) -> Course:
    """From just before `start` to `end`, for all customers that the asker sees, or those of one team."""
    rulebooks = library.steering(None).rulebooks
    seen = _seen(library, asker, team)
    lines, moving = _lines(library, seen, end), _moving(library, seen)
    before = start - MICROSECOND
    opening = _total(lines, before, rulebooks) + _moved(moving, before, rulebooks)
    closing = _total(lines, end, rulebooks) + _moved(moving, end, rulebooks)
    deposits, withdrawals, postings = _came(lines, moving, start, end, rulebooks)
    overdue = _overdue(moving, end, rulebooks) - _overdue(moving, before, rulebooks)
    known = sum(deposits.values()) + sum(withdrawals.values()) + overdue
    return Course(opening, deposits, withdrawals, overdue, closing - opening - known, closing, postings)


def _seen(library: Library, asker: Asker, team: str | None) -> Condition:
    seen = customers.seen_by(library, asker)
    return seen if team is None else seen.and_(Condition("c.team = ?", [team]))


def _lines(library: Library, seen: Condition, end: datetime) -> list[_Line]:
    rows = library.views.rows(
        "SELECT l.time, COALESCE(l.since, l.time), l.until, l.rule, l.points, l.fades FROM lines l "
        f"JOIN customers c ON c.customer = l.customer WHERE {PLAIN} AND l.time <= ? AND {seen.sql}",
        (micros(end), *seen.params),
    )
    return [_Line(*row) for row in rows]


def _moving(library: Library, seen: Condition) -> list[Posting]:
    """Lines of promises that are or were overdue, and of incidents about them."""
    rows = library.views.rows(
        f"SELECT {', '.join(f'l.{name}' for name in LINE.split(', '))} FROM lines l "
        f"JOIN customers c ON c.customer = l.customer WHERE NOT ({PLAIN}) AND {seen.sql}",
        seen.params,
    )
    return [posting(row) for row in rows]


def _total(lines: Sequence[_Line], at: datetime, rulebooks: Rulebooks) -> int:
    """What the lines count at a moment, each faded and rounded as in its own account."""
    moment, total = _us(at), 0
    half_life = rulebooks.at(at).fading.half_life_days
    for line in lines:
        if not line.stands <= moment < line.until:
            continue
        if half_life == "none" or not line.fades:
            total += line.points
        else:
            total += hundredths(line.points / 100 * 2.0 ** ((line.time - moment) / DAY_US / half_life))
    return total


def _moved(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    return sum(line.counts_at(at, rulebooks) for line in lines if line.stands_at(at))


def _overdue(lines: Sequence[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    return sum(line.points_at(at, rulebooks) for line in lines if line.provisional and line.stands_at(at))


def _came(
    lines: Sequence[_Line], moving: Sequence[Posting], start: datetime, end: datetime, rulebooks: Rulebooks
) -> tuple[Counter[str], Counter[str], int]:
    """Deposits and withdrawals by rule, and how many lines of them there are, those worth nothing left out."""
    deposits, withdrawals, postings = Counter[str](), Counter[str](), 0
    first, last = _us(start), _us(end)
    came = [(line.rule, line.points) for line in lines if first <= line.stands <= last < line.until]
    came += [
        (line.rule, line.points_at(end, rulebooks))
        for line in moving
        if not line.provisional and start <= line.stands_from and line.stands_at(end)
    ]
    for rule, points in came:
        if points:
            (deposits if points > 0 else withdrawals)[rule] += points
            postings += 1
    return deposits, withdrawals, postings


def _us(at: datetime) -> int:
    value = micros(at)
    assert value is not None
    return value
