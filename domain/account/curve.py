"""The balance of one account at very many moments: nearly, and how nearly; and its usual withdrawal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import accumulate
from statistics import median
from typing import Literal

from domain.account.posting import Posting, Rulebooks, balance, days_between
from domain.fact import LATEST
from domain.rulebook import FadingRules

MOST_HALF_LIVES = 500
"""Beyond it a power of two is no float any more."""


class Curve:
    """Lines that fade alike fade together: one product a moment instead of one a line, rounded not at all.

    `off`: by so many hundredths at most the balance may lie beside it; `off_until` up to a moment.
    """

    def __init__(self, lines: Sequence[Posting], rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks
        alike = sorted((line for line in lines if _fades_like_others(line)), key=lambda line: line.stands_from)
        self._alike, self._starts = alike, [line.stands_from for line in alike]
        self._others = [line for line in lines if not _fades_like_others(line)]
        edges = {edge for line in self._others for edge in (line.stands_from, line.until) if edge is not None}
        self._edges = sorted(edges)
        self._standing = cache(self._standing_after)
        self._last = max((line.time for line in alike), default=None)
        self._sums = cache(self._sums_of)
        self._slack = 1 + 1e-9 * sum(abs(line.points) for line in alike)
        self.off = self._slack + len(alike) / 2

    def off_until(self, moment: datetime) -> float:
        """Nothing is rounded before the first line: everybody begins exactly at 0, where strained begins as well."""
        place = bisect_right(self._starts, moment)
        return self._slack + place / 2 if place else 0.0

    def at(self, moment: datetime) -> float:
        """Hundredths."""
        others = self._standing(bisect_right(self._edges, moment))
        return (balance(others, moment, self._rulebooks) if others else 0) + self._faded(moment)

    def _standing_after(self, place: int) -> list[Posting]:
        """Those of the others that stand from so many edges on until the next one."""
        return [line for line in self._others if line.stands_at(self._edges[place - 1])] if place else []

    def _faded(self, moment: datetime) -> float:
        place = bisect_right(self._starts, moment)
        if not place or self._last is None:
            return 0.0
        fading = self._rulebooks.at(moment).fading
        days = days_between(self._last, moment)
        if fading.half_life_days != "none" and abs(days) > MOST_HALF_LIVES * fading.half_life_days:
            return balance(self._alike[:place], moment, self._rulebooks)
        return self._sums(fading.half_life_days)[place] * fading.at(days)

    def between(self, start: datetime, end: datetime) -> tuple[float, float]:
        """The least and the most from one moment to another, if no line begins or ends after the first until then."""
        # Each part by itself only rises or only falls; their sum may do both.
        parts = [(self._faded(start), self._faded(end))] + [
            (line.counts_at(start, self._rulebooks), line.counts_at(end, self._rulebooks))
            for line in self._standing(bisect_right(self._edges, start))
        ]
        return sum(map(min, parts)), sum(map(max, parts))

    def _sums_of(self, half_life_days: float | Literal["none"]) -> list[float]:
        """What the first so many lines are worth together when the last one happens."""
        fading = FadingRules.model_construct(half_life_days=half_life_days)
        assert self._last is not None
        last = self._last
        worths = (line.points * fading.at(days_between(line.time, last)) for line in self._alike)
        return list(accumulate(worths, initial=0.0))


def _fades_like_others(line: Posting) -> bool:
    return line.fades and line.until is None and line.due is None and line.against is None


class Withdrawals:
    """What this customer's account usually lost at once, of which `reading.buffer` tells how many it would bear."""

    def __init__(self, lines: Sequence[Posting], rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks
        steady = sorted((line for line in lines if _is_steady(line) and line.points < 0), key=lambda line: line.time)
        self._times, self._sizes = [line.time for line in steady], [-line.points for line in steady]
        self._others = [line for line in lines if not _is_steady(line)]
        self._median = cache(lambda first, after: median(self._sizes[first:after]))

    @cached_property
    def extremes(self) -> tuple[float, float]:
        """The least and the most that anybody could call usual at any time, in hundredths."""
        others = [-line.points_at(at, self._rulebooks) for line in self._others for at in (line.time, LATEST)]
        versions = (self._rulebooks.first, *(version for _, version in self._rulebooks.later))
        sizes = [*self._sizes, *others, *(version.buffer.usual_withdrawal for version in versions)]
        return max(0, min(sizes)), max(sizes)

    def usual(self, at: datetime, until: datetime) -> tuple[float, float] | None:
        """Hundredths: the least and the most from one moment to another between which no line begins or ends.

        None = another number of withdrawals counts at the end.
        """
        rules = self._rulebooks.at(at).buffer
        first = bisect_left(self._times, at - timedelta(days=rules.days))
        if at != until and first != bisect_left(self._times, until - timedelta(days=rules.days)):
            return None
        after = bisect_right(self._times, at)
        now, then = self._sizes_of_others(at, at), self._sizes_of_others(at, until) if at != until else None
        then = now if then is None else then
        if [size > 0 for size in now] != [size > 0 for size in then]:
            return None
        pairs = [(min(pair), max(pair)) for pair in zip(now, then, strict=True) if pair[0] > 0]
        if after - first + len(pairs) < max(1, rules.fewest_withdrawals):
            return rules.usual_withdrawal, rules.usual_withdrawal
        if not pairs:
            return (usual := self._median(first, after)), usual
        steady = self._sizes[first:after]
        return median([*steady, *(least for least, _ in pairs)]), median([*steady, *(most for _, most in pairs)])

    def _sizes_of_others(self, standing: datetime, at: datetime) -> list[int]:
        """0 for what is no withdrawal at the moment, or one of too long ago."""
        days = self._rulebooks.at(at).buffer.days
        return [
            max(0, -line.points_at(at, self._rulebooks)) if days_between(line.time, at) <= days else 0
            for line in self._others
            if line.stands_at(standing)
        ]


def _is_steady(line: Posting) -> bool:
    """It counts in the same way from its own time on."""
    return line.since is None and line.until is None and line.due is None and line.against is None
