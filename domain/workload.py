"""How much work somebody has in hand, and how much went well before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.spans import while_at_least


class Hold(NamedTuple):
    """A promise in somebody's hands without a break; `until` and `kept` as in Work."""

    promise: str
    since: datetime
    until: datetime | None
    kept: bool | None


class Work(NamedTuple):
    """A promise in somebody's hands from `since` until `until` (None = still). `kept` is None while it is unknown."""

    since: datetime
    until: datetime | None
    kept: bool | None


class Workload(NamedTuple):
    """`most_mastered`: the most that were open at once in an earlier month that went well; None = no month yet."""

    open: int
    most_mastered: int | None

    @property
    def is_overload(self) -> bool:
        return self.most_mastered is not None and self.open > self.most_mastered


class Month(NamedTuple):
    """`most_open`: at once; `kept` of `known` were kept of all that were in hand."""

    most_open: int
    kept: int
    known: int


def works_of(holds: Iterable[Hold]) -> list[Work]:
    """One a promise: what was handed over and back counts once."""
    found: dict[str, Work] = {}
    for hold in sorted(holds, key=lambda each: (each.promise, each.since)):
        earlier = found.get(hold.promise)
        found[hold.promise] = Work(earlier.since if earlier else hold.since, hold.until, hold.kept)
    return list(found.values())


def overloaded_since(holds: Iterable[Hold], at: datetime, most_mastered: int) -> datetime | None:
    """When the number of open promises last rose above what was mastered; None where it is not above.

    By the mark of now, whenever that was reached: what else becomes known of earlier months may lower it, and nobody
    got more to do by that.
    """
    span = while_at_least([(hold.since, hold.until) for hold in holds if hold.since <= at], most_mastered + 1, at)
    return None if span is None else span[0]


def workload(works: Sequence[Work], at: datetime, zone: ZoneInfo, kept_share: float) -> Workload:
    """`kept_share`: from which share of its promises kept on a month went well. The month of `at` is none of them."""
    begun = [work for work in works if work.since <= at]
    now = sum(work.until is None or work.until > at for work in begun)
    past = months(begun, at, zone)
    mastered = [month.most_open for month in past if month.known and month.kept >= kept_share * month.known]
    return Workload(now, max(mastered, default=None))


def months(works: Iterable[Work], at: datetime, zone: ZoneInfo) -> list[Month]:
    """The calendar months in which something was in hand, before that of `at`."""
    held: dict[tuple[int, int], list[Work]] = {}
    this = _month(at, zone)
    for work in works:
        # What ends at the first instant of a month was not in hand in it.
        month, last = _month(work.since, zone), _month(min(work.until or at, at) - datetime.resolution, zone)
        while month <= last and month < this:
            held.setdefault(month, []).append(work)
            month = (month[0] + month[1] // 12, month[1] % 12 + 1)
    return [_look_at(held[month], month, zone) for month in sorted(held)]


def _month(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.year, local.month


def _look_at(works: Sequence[Work], month: tuple[int, int], zone: ZoneInfo) -> Month:
    start = datetime(*month, 1, tzinfo=zone)
    changes = [(max(work.since, start), 1) for work in works]
    # Of two changes at one instant the end comes first: who hands over one and takes one has as many as before.
    changes += [(work.until, -1) for work in works if work.until is not None and _month(work.until, zone) == month]
    most = now = 0
    for _, change in sorted(changes, key=lambda each: (each[0], each[1])):
        now += change
        most = max(most, now)
    known = [work.kept for work in works if work.kept is not None]
    return Month(most, sum(known), len(known))
