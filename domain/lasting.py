"""Since when something has been so without a break, found by looking backwards; and when it was so, through time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from domain.documents import Versions

T = TypeVar("T")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Condition(Protocol):
    """Whether something holds at a moment; with `until`: whether at all from the one to the other. None = not sure.

    False with `until` means: at none of them.
    """

    def __call__(self, at: datetime, until: datetime | None = None, /) -> bool | None: ...


def since_by_looking(
    holds: Callable[[datetime], bool | None],
    moments: Sequence[datetime],
    at: datetime,
    *,
    interest: datetime | None = None,
) -> datetime:
    """What holds at `at` has held since then.

    Looks at the `moments` (in order of time, none after `at`) and at the beginnings of the days between them (UTC),
    from the last one back until it did not hold. In between it may begin once: that is found to the second.
    Where it held before the `interest` began, nothing older is looked at: some instant before the interest is returned.
    """
    held = at
    for moment in _back(moments, at, interest):
        if not holds(moment):
            return _turn(holds, moment, held)
        held = moment
    return held


def spells_by_looking(
    holds: Condition, moments: Sequence[datetime], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When it held from `start` on until before `end`: each spell as whoever looks back out of it finds its beginning.

    Whole stretches are passed over where it is sure that it holds there, or does not; only what is left is looked at
    in the same places as looking back does.
    """
    begun: datetime | None = None
    before = start
    for moment, held in _looks(holds, moments, start, end - datetime.resolution):
        if held and begun is None:
            begun = start if moment == start else _turn(holds, before, moment)
        elif not held and begun is not None:
            yield begun, _turn(lambda at: not holds(at), before, moment)
            begun = None
        before = moment
    if begun is not None:
        yield begun, end


def _looks(
    holds: Condition, moments: Sequence[datetime], start: datetime, last: datetime
) -> Iterator[tuple[datetime, bool]]:
    """In order of time. Between two that are alike nothing else would be found at any moment or beginning of a day."""
    waiting = [(start, last)]
    while waiting:
        start, end = waiting.pop()
        known = holds(start, end) if start < end else None
        if known is None and (parts := _parts(moments, start, end)):
            waiting += parts
            continue
        yield start, bool(holds(start) if known is None else known)
        if start < end:
            yield end, bool(holds(end) if known is None else known)


def _parts(moments: Sequence[datetime], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The later half and the earlier one; none where nothing lies between."""
    first, after = bisect_right(moments, start), bisect_left(moments, end)
    if first >= after:
        middle = _middle_day(start, end)
        return [] if middle is None else [(middle, end), (start, middle)]
    place = (first + after) // 2
    change = moments[place]
    # What comes just before a change belongs to the earlier half.
    before = moments[place - 1] if place > first else start
    return [(change, end), (start, before if change - before <= datetime.resolution else change)]


def _middle_day(start: datetime, end: datetime) -> datetime | None:
    first, last = _day_of(start) + DAY, _day_of(end - datetime.resolution)
    return first + (last - first) // DAY // 2 * DAY if start < first <= last else None


def _back(moments: Sequence[datetime], at: datetime, interest: datetime | None) -> Iterator[datetime]:
    """From a whole day on, so that later looks with later interests see the same moments."""
    last = None if interest is None else _day_of(interest - datetime.resolution)
    later = at
    for moment in (*(each for each in reversed(moments) if last is None or each > last), last):
        if moment is not None:
            yield from _days(moment, later)
            yield moment
            later = moment


def _days(before: datetime, after: datetime) -> Iterator[datetime]:
    """Without them what hovers around its threshold would have begun at another instant with every look."""
    start = _day_of(after - datetime.resolution)
    while start > before:
        yield start
        start -= DAY


def _day_of(at: datetime) -> datetime:
    return EPOCH + (at - EPOCH) // DAY * DAY


def _turn(holds: Callable[[datetime], bool | None], before: datetime, after: datetime) -> datetime:
    """From false to true: the first whole second that holds, so that every look finds the same one."""
    if after - before <= datetime.resolution:
        return after
    low, high = (before - EPOCH) // SECOND, -((EPOCH - after) // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if holds(EPOCH + middle * SECOND):
            high = middle
        else:
            low = middle
    return min(EPOCH + high * SECOND, after)


def since_by_versions(versions: Versions[T], at: datetime, begins: Callable[[T], datetime | None]) -> datetime | None:
    """Since when it has held if each version by itself lets it begin at an instant and go on; None = it does not hold.

    `begins` says that instant, or None for a version under which it never held.
    """
    since: datetime | None = None
    for start in (*(each for each in reversed(versions.starts()) if each <= at), None):
        begun = begins(versions.first if start is None else versions.at(start))
        if begun is None or begun > at:
            return since
        if start is None or begun > start:
            return begun
        since, at = start, start - datetime.resolution
    return since
