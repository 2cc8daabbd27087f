"""An account cut where something begins or ends on it, so that it can be compared with others at any moment.

Between two cuts nothing happens but what time does: lines fade, and an overdue promise costs more. So a few numbers
tell of a whole stretch what the account holds at each of its moments.

    held(at) = sign · 2^(sign · height − half-lives from 1970 to at) + fixed + slope · (at − start)

All lines fade with the same half-life. What of two accounts is ahead by its fading lines stays ahead, therefore, and
`sign` and `height` put them in order without anybody knowing the moment.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from domain.account.posting import Posting, Rulebooks, days_between
from domain.rulebook import Late, Rulebook

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = datetime.resolution
NOTHING = 1e-6
"""Hundredths; less than that is left over by floats, not by customers."""
MOST_HALF_LIVES = 500
"""Of what is older nothing is left."""
LONGEST_DAYS = 100_000
"""Nobody lives to see what a table says of more days."""


class Stretch(NamedTuple):
    """From `start` (None = ever) until before `end` (None = for good); what is held in hundredths, nothing rounded."""

    start: datetime | None
    end: datetime | None
    sign: int
    height: float
    fixed: float = 0.0
    slope_a_day: float = 0.0


class Usual(NamedTuple):
    """Between two moments enough withdrawals counted: their median in hundredths at the first and at the last."""

    start: datetime
    end: datetime | None
    first: float
    last: float


def half_lives(at: datetime, rules: Rulebook) -> float:
    """How many have passed since 1970; none where trust does not fade."""
    half_life = rules.fading.half_life_days
    return 0.0 if half_life == "none" else days_between(EPOCH, at) / half_life


def height(hundredths: float, lives: float) -> tuple[int, float]:
    """Sign and height of what fades and comes to so many hundredths after so many half-lives."""
    if abs(hundredths) < NOTHING:
        return 0, 0.0
    sign = 1 if hundredths > 0 else -1
    return sign, sign * (math.log2(abs(hundredths)) + lives)


# -- the balance --------------------------------------------------------------------------------------


def stretches(lines: Sequence[Posting], rulebooks: Rulebooks) -> list[Stretch]:
    """The whole account, from ever to for good."""
    steady = sorted((line for line in lines if _is_steady(line)), key=lambda line: line.stands_from)
    others = [line for line in lines if not _is_steady(line)]
    starts = [start for start, _ in _changes_of_fading(rulebooks)]
    edges = {line.stands_from for line in steady} | {edge for line in others for edge in _edges(line, rulebooks)}
    ordered = sorted(edges | {start for start in starts if edges and start > min(edges)})
    found = [Stretch(None, ordered[0] if ordered else None, 0, 0.0)]
    faded, standing = _Faded(steady, rulebooks), _Standing(others)
    for start, end in pairwise([*ordered, None]):
        assert start is not None
        found.append(_stretch(start, end, faded, standing.at(start), rulebooks))
    return found


def _stretch(
    start: datetime, end: datetime | None, faded: _Faded, others: Iterable[Posting], rulebooks: Rulebooks
) -> Stretch:
    fading, fixed, slope = faded.at(start), faded.fixed, 0.0
    for line in others:
        last = end or start + timedelta(days=1)
        now, then = line.points_at(start, rulebooks), line.points_at(last, rulebooks)
        if now == then and line.fades and line.due is None:
            fading += now * _share(line, start, rulebooks)
        else:
            if line.due is None and line.fades:
                now, then = line.counts_at(start, rulebooks), line.counts_at(last, rulebooks)
            # As good as straight from one cut to the next.
            fixed += now
            slope += (then - now) / days_between(start, last)
    return Stretch(start, end, *height(fading, half_lives(start, rulebooks.at(start))), fixed, slope)


class _Faded:
    """What the lines that only ever fade come to, at one moment after the other."""

    def __init__(self, lines: Sequence[Posting], rulebooks: Rulebooks) -> None:
        self.fixed = 0
        self._lines, self._rulebooks = lines, rulebooks
        self._place, self._sum = 0, 0.0
        self._last: datetime | None = None
        self._half_life: object = None

    def at(self, moment: datetime) -> float:
        """Hundredths."""
        fading = self._rulebooks.at(moment).fading
        if self._last is not None and fading.half_life_days != self._half_life:
            self._place, self._sum, self.fixed, self._last = 0, 0.0, 0, None
        if self._last is not None:
            self._sum *= _fades_to(self._rulebooks.at(moment), days_between(self._last, moment))
        self._last, self._half_life = moment, fading.half_life_days
        while self._place < len(self._lines) and self._lines[self._place].stands_from <= moment:
            line = self._lines[self._place]
            self._place += 1
            if line.fades:
                self._sum += line.points * _share(line, moment, self._rulebooks)
            else:
                self.fixed += line.points
        return self._sum


def _share(line: Posting, at: datetime, rulebooks: Rulebooks) -> float:
    return _fades_to(rulebooks.at(at), days_between(line.time, at))


def _fades_to(rules: Rulebook, days: float) -> float:
    half_life = rules.fading.half_life_days
    if half_life != "none" and days > MOST_HALF_LIVES * half_life:
        return 0.0
    return rules.fading.at(days)


# -- where it is cut ----------------------------------------------------------------------------------


def _is_steady(line: Posting) -> bool:
    """It stands for good and costs the same from then on, but for fading."""
    return line.until is None and line.due is None and line.against is None


class _Standing:
    """Which of the lines stand, at one moment after the other."""

    def __init__(self, lines: Sequence[Posting]) -> None:
        self._coming = sorted(enumerate(lines), key=lambda each: each[1].stands_from, reverse=True)
        self._now: list[tuple[int, Posting]] = []

    def at(self, moment: datetime) -> list[Posting]:
        """In the order given."""
        while self._coming and self._coming[-1][1].stands_from <= moment:
            insort(self._now, self._coming.pop(), key=itemgetter(0))
        if not self._now:
            return []
        self._now = [each for each in self._now if each[1].until is None or moment < each[1].until]
        return [line for _, line in self._now]


def _edges(line: Posting, rulebooks: Rulebooks) -> Iterator[datetime]:
    """Where it begins, where it costs more from another day on, where it ends."""
    if line.until is not None and line.until <= line.stands_from:
        return
    yield line.stands_from
    for edge in _bends(line, rulebooks):
        if line.stands_from < edge and (line.until is None or edge < line.until):
            yield edge
    if line.until is not None:
        yield line.until


def _bends(line: Posting, rulebooks: Rulebooks) -> Iterator[datetime]:
    """Where the table of lateness bends under it."""
    due = line.due or (line.against.due if line.against else None)
    if due is None:
        return
    late = rulebooks.at(due).promise.late
    days = set(late.days)
    if line.against is not None and line.against.factor:
        days |= set(_reached(late, line.base / line.against.factor))
    for day in days:
        if day <= LONGEST_DAYS:
            yield due + timedelta(days=day)


def _reached(late: Late, points: float) -> Iterator[float]:
    """The days at which the table comes to so many points, between two of its knots."""
    for (left, low), (right, high) in pairwise(zip(late.days, late.points, strict=True)):
        if low > points > high:
            yield left + (points - low) / (high - low) * (right - left)


def _changes_of_fading(rulebooks: Rulebooks) -> Iterator[tuple[datetime, Rulebook]]:
    before = rulebooks.first
    for start, version in rulebooks.later:
        if version.fading != before.fading:
            yield start, version
        before = version


# -- what it usually loses at once --------------------------------------------------------------------


def usuals(lines: Sequence[Posting], rulebooks: Rulebooks) -> list[Usual]:
    """While enough withdrawals counted to call one of them usual; in between the rulebook says what is."""
    steady = [line for line in lines if _is_steady(line) and line.points < 0]
    others = [line for line in lines if not _is_steady(line)]
    window, standing = _Window(steady, rulebooks), _Standing(others)
    found = []
    for start, end in pairwise([*sorted(_window_edges(steady, others, rulebooks)), None]):
        assert start is not None
        window.move_to(start)
        own = [line for line in standing.at(start) if _is_counted(line, start, rulebooks)]
        if not window.may_do(len(own)):
            continue
        if not own:
            middle = window.median_with(())
            assert middle is not None
            found.append(Usual(start, end, middle, middle))
            continue
        at_start = [line.points_at(start, rulebooks) for line in own]
        for first, last in pairwise([start, *window.passed(own, at_start, start, end), end]):
            assert first is not None
            points = at_start if first is start else [line.points_at(first, rulebooks) for line in own]
            now = window.median_with(points)
            then = window.median_with(line.points_at((last or first) - TICK, rulebooks) for line in own)
            if now is not None:
                found.append(Usual(first, last, now, now if last is None or then is None else then))
    return found


def _window_edges(steady: Iterable[Posting], others: Iterable[Posting], rulebooks: Rulebooks) -> set[datetime]:
    days = {version.buffer.days for version in (rulebooks.first, *(version for _, version in rulebooks.later))}
    others = list(others)
    edges = {line.stands_from for line in steady} | {edge for line in others for edge in _edges(line, rulebooks)}
    edges |= {line.time + timedelta(days=each) + TICK for line in (*steady, *others) for each in days}
    before = rulebooks.first
    for start, version in rulebooks.later:
        if version.buffer != before.buffer and edges and start > min(edges):
            edges.add(start)
        before = version
    return edges


def _is_counted(line: Posting, at: datetime, rulebooks: Rulebooks) -> bool:
    return days_between(line.time, at) <= rulebooks.at(at).buffer.days


class _Window:
    """The sizes of the withdrawals that count, at one moment after the other."""

    def __init__(self, lines: Sequence[Posting], rulebooks: Rulebooks) -> None:
        self._lines = sorted(lines, key=lambda line: line.stands_from)
        self._rulebooks = rulebooks
        self._sizes: list[int] = []
        self._ends: list[tuple[datetime, int]] = []
        self._place = 0
        self._days: float | None = None
        self._fewest = 1

    def may_do(self, others: int) -> bool:
        """Whether they can be enough with so many others."""
        return len(self._sizes) + others >= self._fewest

    def median_with(self, others: Iterable[int]) -> float | None:
        """None where they are too few. `others`: points of further lines, in hundredths."""
        more = [-points for points in others if points < 0]
        if len(self._sizes) + len(more) < self._fewest:
            return None
        return _middle(sorted([*self._sizes, *more]) if more else self._sizes)

    def passed(
        self, others: Sequence[Posting], at_start: Sequence[int], start: datetime, end: datetime | None
    ) -> list[datetime]:
        """When one of the others, which costs more and more, comes past one of ours: another one lies in the middle."""
        if end is None or not self._sizes:
            return []
        moments = set()
        for line, points in zip(others, at_start, strict=True):
            first, last = -points, -line.points_at(end, self._rulebooks)
            for size in set(self._sizes[bisect_right(self._sizes, first) : bisect_left(self._sizes, last)]):
                moments.add(start + (end - start) * ((size - first) / (last - first)))
        return sorted(each for each in moments if start < each < end)

    def move_to(self, at: datetime) -> None:
        rules = self._rulebooks.at(at).buffer
        self._fewest = max(1, rules.fewest_withdrawals)
        self._move_to(at, rules.days)

    def _move_to(self, at: datetime, days: float) -> None:
        if days != self._days:
            self._place, self._sizes, self._ends, self._days = 0, [], [], days
        while self._place < len(self._lines) and self._lines[self._place].stands_from <= at:
            line = self._lines[self._place]
            self._place += 1
            insort(self._sizes, -line.points)
            insort(self._ends, (line.time + timedelta(days=days), -line.points))
        while self._ends and self._ends[0][0] < at:
            _, size = self._ends.pop(0)
            del self._sizes[bisect_left(self._sizes, size)]


def _middle(ordered: Sequence[int]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
