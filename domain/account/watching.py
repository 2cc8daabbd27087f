"""What an account shows that somebody should look after, at any moment, and since when it has been so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from itertools import pairwise
from typing import NamedTuple

from domain import incident as incidents
from domain.account.curve import Curve, Withdrawals
from domain.account.posting import Posting, Rulebooks, balance
from domain.account.reading import buffer
from domain.fact import Fact, in_order
from domain.lasting import Condition, since_by_looking, spells_by_looking
from domain.relationship import Relationship

TICK = datetime.resolution


class Span(NamedTuple):
    """`end` is exclusive; None = still."""

    start: datetime
    end: datetime | None


class Watch:
    """The account of somebody who has not left, through time.

    `recovering`: while an incident of normal or higher severity was open. The stages are those of `reading.stage`;
    reliability tells solid from building only, so it is not needed here.

    Each condition tells of a moment; with `until` of all from the one to the other: None = it is not sure that it holds
    at all of them, nor that at none.
    """

    def __init__(self, lines: Sequence[Posting], recovering: Sequence[Span], rulebooks: Rulebooks) -> None:
        self.lines, self.recovering, self.rulebooks = lines, recovering, rulebooks
        self._curve = Curve(lines, rulebooks)
        self._withdrawals = Withdrawals(lines, rulebooks)
        self._about, self._between = cache(self._curve.at), cache(self._between_changes)
        self._range, self._low = cache(self._range_of), cache(self._is_low)
        self._balance = cache(partial(balance, lines, rulebooks=rulebooks))

    def is_lost(self, at: datetime, until: datetime | None = None) -> bool | None:
        """The stage is lost, by the balance."""
        return self._is_below(at, until, self.rulebooks.at(at).stage.lost_below)

    def is_low(self, at: datetime, until: datetime | None = None) -> bool | None:
        """The stage is strained or lost. While something is being mended only lost comes before recovering."""
        return self._low(at, until)

    def _is_low(self, at: datetime, until: datetime | None) -> bool | None:
        lost = self.is_lost(at, until)
        if lost or (recovering := self._is_recovering(at, until)):
            return lost
        worth = self.rulebooks.at(at).stage
        below = self._is_below(at, until, worth.strained_below)
        if not below:
            below = _either(below, self._fell(at, until, worth.fall_days, worth.strained_after_fall))
        return _either(lost, below if recovering is False else _both(below, None))

    def is_falling(self, at: datetime, until: datetime | None = None) -> bool | None:
        rules = self.rulebooks.at(at).alerts
        return self._fell(at, until, rules.fall_days, rules.fall_points)

    def is_thin(self, at: datetime, until: datetime | None = None) -> bool | None:
        """The buffer is thin, and the stage is not new."""
        known = self._is_known(at, until)
        return known if known is False else _both(known, self._bears_little(at, until))

    def _is_known(self, at: datetime, until: datetime | None) -> bool | None:
        """The stage is another one than new."""
        last = until or at
        fewest = bisect_right(self._begins, at) - bisect_right(self._ends, last)
        if fewest >= self.rulebooks.at(at).stage.new_below_lines or self._is_recovering(at, until):
            return True
        low = self.is_low(at, until)
        return low if low or not self._changes(at, last) else None

    def _is_recovering(self, at: datetime, until: datetime | None) -> bool | None:
        last = until or at
        open_ = [span for span in self.recovering if span.start <= last and (span.end is None or at < span.end)]
        if any(span.start <= at and (span.end is None or last < span.end) for span in open_):
            return True
        return None if open_ else False

    # Where the curve decides, the lines are not added up one by one.

    def _is_below(self, at: datetime, until: datetime | None, limit: int) -> bool | None:
        least, most = self._range(at, until)
        off = self._curve.off_until(until or at)
        if most + off < limit:
            return True
        if least - off >= limit:
            return False
        return None if until else self._balance(at) < limit

    def _bears_little(self, at: datetime, until: datetime | None) -> bool | None:
        """The balance is below so many usual withdrawals."""
        thin = self.rulebooks.at(at).alerts.thin_buffer
        least, most = self._range(at, until)
        few, many = (thin * each for each in self._usual(at, until or at))
        off = self._curve.off_until(until or at)
        if most + off < few:
            return True
        if least - off > many:
            return False
        return None if until else buffer(self.lines, at, self.rulebooks) < thin

    def _usual(self, at: datetime, until: datetime) -> tuple[float, float]:
        usual = None if self._changes(at, until) else self._withdrawals.usual(at, until)
        return usual or self._withdrawals.extremes

    def _fell(self, at: datetime, until: datetime | None, days: float, points: int) -> bool | None:
        """Whether the balance lies so far below its highest of so many days before, as `reading.highest` finds that."""
        before = timedelta(days=days)
        return (
            self._fell_at(at, before, points) if until is None else self._fell_all_the_while(at, until, before, points)
        )

    def _fell_at(self, at: datetime, before: timedelta, points: int) -> bool:
        begin = at - before
        between = self._peaks[bisect_left(self._peaks, begin) : bisect_right(self._peaks, at)]
        tops = [(self._about(moment), moment) for moment in (begin, at, *between)]
        near = max(tops)[0] - self._about(at) - points
        if abs(near) > 2 * self._curve.off:
            return near > 0
        limit = self._balance(at) + points
        return any(self._balance(moment) >= limit for top, moment in tops if top + self._curve.off >= limit)

    def _fell_all_the_while(self, at: datetime, until: datetime, before: timedelta, points: int) -> bool | None:
        """By the highest that any of the windows reaches, and by what lies in all of them."""
        least, most = self._range(at, until)
        off = 2 * self._curve.off_until(until)
        if max(self._range(at - before, until)) - least - points < -off:
            return False
        kept = self._tops[bisect_left(self._peaks, until - before) : bisect_right(self._peaks, at)]
        lowest = max((self._range(at - before, until - before)[0], *kept))
        return True if lowest - most - points > off else None

    def _range_of(self, at: datetime, until: datetime | None) -> tuple[float, float]:
        """The least and the most from one moment to another, whatever happens in between."""
        if until is None:
            return self._about(at), self._about(at)
        first, after = bisect_right(self._moments, at), bisect_left(self._moments, until)
        if first >= after:
            return self._between(at, until)
        ends = (*self._between(at, self._moments[first]), *self._between(self._moments[after - 1], until))
        least, most = self._ranges
        return min(*ends, *least[first : after - 1]), max(*ends, *most[first : after - 1])

    @cached_property
    def _ranges(self) -> tuple[list[float], list[float]]:
        """From each of the moments to the next one."""
        both = [self._between(*pair) for pair in pairwise(self._moments)]
        return [least for least, _ in both], [most for _, most in both]

    def _between_changes(self, start: datetime, end: datetime) -> tuple[float, float]:
        if end - start > TICK:
            return self._curve.between(start, end)
        one, other = self._about(start), self._about(end)
        return min(one, other), max(one, other)

    def _changes(self, at: datetime, until: datetime) -> bool:
        """Something begins or ends after the first moment until the second."""
        return bisect_right(self._moments, at) < bisect_right(self._moments, until - TICK)

    @cached_property
    def _peaks(self) -> list[datetime]:
        return sorted({moment for line in self.lines for moment in (line.time - TICK, line.time)})

    @cached_property
    def _tops(self) -> list[float]:
        return [self._about(moment) for moment in self._peaks]

    @cached_property
    def _begins(self) -> list[datetime]:
        return sorted(line.stands_from for line in self.lines)

    @cached_property
    def _ends(self) -> list[datetime]:
        """Never before they begin: then they end at once."""
        return sorted(max(line.until, line.stands_from) for line in self.lines if line.until is not None)

    # -- since when

    def since(
        self, holds: Callable[[datetime], bool | None], at: datetime, *, interest: datetime | None = None
    ) -> datetime | None:
        """Since when one of these has held; None = it does not. What began before `interest` is not searched for.

        Between two moments of `_moments` accounts only fade, or an overdue promise costs more: what holds at both, and
        at every beginning of a day, is taken to have held all the while. Breaks of hours can be missed where a balance
        hovers around its threshold, by the rounding of its lines or because the height of a month ago sinks as well.
        """
        if not holds(at):
            return None
        moments = self._moments[: bisect_right(self._moments, at)]
        return since_by_looking(holds, moments, at, interest=interest)

    def spells(self, holds: Condition, start: datetime, end: datetime) -> Iterator[Span]:
        """When one of these held from `start` on until before `end`. Missed is what `since` would miss."""

        def under_one_rulebook(at: datetime, until: datetime | None = None) -> bool | None:
            same = until is None or self.rulebooks.at(at) is self.rulebooks.at(until)
            return holds(at, until) if same else None

        asked = under_one_rulebook if self.rulebooks.later else holds
        for spell in spells_by_looking(asked, self._moments, start, end):
            yield Span(*spell)

    @cached_property
    def _moments(self) -> list[datetime]:
        """Where anything can begin other than by fading, and just before. A forgotten height only ends a fall."""
        changes = {*self.rulebooks.starts(), *self._ends_of_spans()}
        for line in self.lines:
            changes |= {line.time, line.stands_from}
            if line.until is not None:
                changes.add(line.until)
        return sorted({moment for change in changes for moment in (change - TICK, change)})

    def _ends_of_spans(self) -> Iterator[datetime]:
        for span in self.recovering:
            yield span.start
            if span.end is not None:
                yield span.end


def recovering_of(relationship: Relationship) -> list[Span]:
    """While an incident of normal or higher severity was open, by the incidents' own facts."""
    return [span for history in relationship.incidents.values() for span in _open_spans(history)]


def _open_spans(history: Iterable[Fact]) -> Iterator[Span]:
    told = in_order(history)
    for place, fact in enumerate(told):
        incident = incidents.LIFE.state(told[: place + 1])
        if incident is not None and incident.state == "open" and incident.data.severity != "minor":
            yield Span(fact.time, told[place + 1].time if place + 1 < len(told) else None)


def _either(*answers: bool | None) -> bool | None:
    return True if True in answers else None if None in answers else False


def _both(*answers: bool | None) -> bool | None:
    return False if False in answers else None if None in answers else True
