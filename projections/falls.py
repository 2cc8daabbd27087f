"""Why a balance fell: its longest way down in a span of time, and the lines that took it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain import account
from domain.account import Posting, Rulebooks

TICK = timedelta(microseconds=1)
SHOWN_DROPS = 4
LEAST_FALL = 100
"""What only faded by less than a point is no fall."""


class Point(NamedTuple):
    """The balance just before and just after a posting; at the ends of the span both are the same. Hundredths."""

    at: datetime
    before: int
    after: int


class Drop(NamedTuple):
    """A line on the way down, and what it cost at the bottom."""

    line: Posting
    points: int


class Fall(NamedTuple):
    """From a height to the lowest point after it; the heaviest lines, in order of time.

    `rest`: all other lines between the two, and what faded, together.
    """

    top: Point
    bottom: Point
    drops: tuple[Drop, ...]
    rest: int

    @property
    def points(self) -> int:
        """How far it fell."""
        return self.top.before - self.bottom.after


def course(lines: Sequence[Posting], start: datetime, now: datetime, rulebooks: Rulebooks) -> tuple[Point, ...]:
    """The balance around each posting of the span, and at its two ends."""

    def at(moment: datetime) -> int:
        return account.balance(lines, moment, rulebooks)

    moments = sorted({each.time for each in lines if start <= each.time <= now})
    first, last = (Point(moment, at(moment), at(moment)) for moment in (start, now))
    return (first, *(Point(moment, at(moment - TICK), at(moment)) for moment in moments), last)


def fall(points: Sequence[Point], lines: Sequence[Posting], rulebooks: Rulebooks) -> Fall | None:
    """`points` are the course of the balance; None where it did not fall."""
    way = _longest_way_down(points)
    if way is None:
        return None
    top, bottom = way
    lost = [
        Drop(line, cost)
        for line in lines
        if top.at <= line.time <= bottom.at
        and line.stands_at(bottom.at)
        and (cost := line.points_at(bottom.at, rulebooks)) < 0
    ]
    heaviest = sorted(lost, key=lambda each: each.points)[:SHOWN_DROPS]
    drops = tuple(sorted(heaviest, key=lambda each: each.line.time))
    return Fall(top, bottom, drops, bottom.after - top.before - sum(drop.points for drop in drops))


def _longest_way_down(points: Sequence[Point]) -> tuple[Point, Point] | None:
    best: tuple[Point, Point] | None = None
    top: Point | None = None
    for point in points:
        if top is None or point.before > top.before:
            top = point
        if point.after < top.before and (best is None or top.before - point.after > best[0].before - best[1].after):
            best = (top, point)
        if point.after > top.before:
            top = Point(point.at, point.after, point.after)
    if best is None or best[0].before - best[1].after < LEAST_FALL:
        return None
    return best
