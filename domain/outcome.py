"""What became of a promise: the due in force, the due that counts, notice in time, and the outcome.

Everything follows from the facts in the order in which they happened (SPEC 4). What depends on the
moment is kept as instants, so that a reading at any moment only compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from domain import promise as promises
from domain.business_time import Hours
from domain.fact import Fact, end_of, in_order
from domain.promise import (
    Promise,
    PromiseFulfilled,
    PromiseMade,
    PromisePaused,
    PromiseReleased,
    PromiseRenegotiated,
    PromiseResumed,
    PromiseWithdrawn,
    Settling,
)
from domain.rulebook import Rulebook
from domain.steering import Steering

Outcome = Literal["kept", "kept_late", "partial", "broken", "withdrawn", "released"]


class Verdict(NamedTuple):
    """How a promise ended. `first` is the same against the first due; `degree` with the price counted in."""

    outcome: Outcome
    first: Literal["kept", "missed", "released"]
    at: datetime
    degree: float | None = None
    late: timedelta | None = None
    late_business_seconds: int | None = None
    charged: float | None = None


class Standing(msgspec.Struct, frozen=True):
    """A promise after one of its facts. Dues are UTC instants; None = undated."""

    promise: Promise
    due: datetime | None
    due_day: date | None
    counting: datetime | None
    first: datetime | None
    frozen: bool = False
    """An untimely move has frozen the counting due for good."""
    moves_in_time: int = 0
    moves_late: int = 0
    withdrawn_in_time: bool = True
    occurrence: int = 0
    """The version of the due: alerts are armed anew when it grows."""
    stopped_since: datetime | None = None
    """The customer lets us wait: our clock stands still."""
    verdict: Verdict | None = None

    @property
    def moved_by_us(self) -> bool:
        return self.moves_in_time + self.moves_late > 0

    @property
    def overdue_from(self) -> datetime | None:
        """The instant from which it is overdue while nothing else happens."""
        return None if self.verdict or self.stopped_since else self.due


class Step(NamedTuple):
    """One fact and how the promise stood before and after it; `in_time` for a notice."""

    fact: Fact
    before: Standing | None
    after: Standing
    in_time: bool | None = None


def steps(history: Sequence[Fact], steering: Steering) -> Iterator[Step]:
    """The life of one promise, fact by fact, in order of happening. The history must be possible."""
    standing: Standing | None = None
    for fact in in_order(history):
        if standing is None:
            if isinstance(fact.data, PromiseMade):
                standing = _made(fact)
                yield Step(fact, None, standing)
            continue
        step = _step(standing, fact, steering)
        standing = step.after
        yield step


def _made(fact: Fact) -> Standing:
    promise = promises.evolve(None, fact)
    assert promise is not None
    due = None if promise.due is None else end_of(promise.due, promise.zone)
    return Standing(promise, due, _own_day(promise.due, promise.zone), counting=due, first=due)


def _own_day(due: date | datetime | None, zone: str) -> date | None:
    """The date that a due belongs to in periods and series: its own, not that of its end at 24:00."""
    if due is None or not isinstance(due, datetime):
        return due
    return due.astimezone(ZoneInfo(zone)).date()


def _step(before: Standing, fact: Fact, steering: Steering) -> Step:
    hours = hours_of(before.promise, steering, fact.time)
    standing = _clock_stood_still(before, fact.time, hours)
    promise = promises.evolve(standing.promise, fact)
    assert promise is not None
    if isinstance(fact.data, Settling):
        in_time = notice_in_time(standing, fact.time, hours, steering)
        verdict = _verdict(standing, fact, hours, steering.rulebooks.at(fact.time))
        settled = replace(standing, promise=promise, verdict=verdict, stopped_since=None, withdrawn_in_time=in_time)
        return Step(fact, before, settled, in_time)
    after = replace(standing, promise=promise)
    match fact.data:
        case PromisePaused(cause="customer") if _still_ahead(after, fact.time):
            return Step(fact, before, replace(after, stopped_since=after.stopped_since or fact.time))
        case PromiseResumed(cause="customer"):
            return Step(fact, before, replace(after, stopped_since=None))
        case PromiseRenegotiated() as move:
            in_time = move.asked_by == "customer" or notice_in_time(standing, fact.time, hours, steering)
            return Step(fact, before, _moved(after, fact, move, in_time) if move.agreed else after, in_time)
        case _:
            return Step(fact, before, after)


def hours_of(promise: Promise, steering: Steering, at: datetime) -> Hours:
    return steering.hours(promise.team, promise.owner, at)


def _still_ahead(standing: Standing, at: datetime) -> bool:
    return standing.verdict is None and standing.due is not None and at < standing.due


def _clock_stood_still(standing: Standing, at: datetime, hours: Hours) -> Standing:
    """While the customer lets us wait, the dues ahead move on by the business time that passes."""
    since = standing.stopped_since
    if since is None or at <= since:
        return standing
    waited = hours.between(since, at)
    if waited == 0:
        return replace(standing, stopped_since=at)
    due = _later(standing.due, since, waited, hours)
    return replace(
        standing,
        due=due,
        due_day=_day_of(due, standing.promise),
        counting=_later(standing.counting, since, waited, hours),
        stopped_since=at,
        occurrence=standing.occurrence + 1,
    )


def _day_of(due: datetime | None, promise: Promise) -> date | None:
    """A date's end at 24:00 still belongs to the date."""
    if due is None:
        return None
    end = due if isinstance(promise.due, datetime) else due - datetime.resolution
    return end.astimezone(ZoneInfo(promise.zone)).date()


def _later(due: datetime | None, since: datetime, seconds: int, hours: Hours) -> datetime | None:
    return due if due is None or due <= since else hours.add(due, seconds)


def _moved(standing: Standing, fact: Fact, move: PromiseRenegotiated, in_time: bool) -> Standing:
    zone = fact.zone or standing.promise.zone
    due = end_of(move.due, zone)
    by_us = move.asked_by == "us"
    frozen = standing.frozen or not in_time
    # A customer who already lets us wait stops the clock of a due that only comes now.
    waiting = "customer" in standing.promise.paused and fact.time < due
    return replace(
        standing,
        due=due,
        due_day=_own_day(move.due, zone),
        counting=standing.counting if frozen else due,
        first=standing.first if by_us else due,
        frozen=frozen,
        moves_in_time=standing.moves_in_time + (by_us and in_time),
        moves_late=standing.moves_late + (by_us and not in_time),
        stopped_since=standing.stopped_since or (fact.time if waiting else None),
        occurrence=standing.occurrence + 1,
    )


# -- notice ---------------------------------------------------------------------------------------


def notice_in_time(standing: Standing, told: datetime, hours: Hours, steering: Steering) -> bool:
    """Whether telling the customer now leaves the notice that the rulebook asks for."""
    if standing.due is None:
        return True
    if told > standing.due:
        return False
    needed = notice_seconds(standing, hours, steering.rulebooks.at(told))
    return hours.between(told, standing.due) >= needed


def notice_seconds(standing: Standing, hours: Hours, rules: Rulebook) -> float:
    assert standing.due is not None
    return rules.notice.needed(hours.between(standing.promise.made.time, standing.due))


class Moments(NamedTuple):
    """The moments of an open promise, UTC: from when it is due soon, last called, too late for notice."""

    due_soon: datetime
    last_call: datetime
    last_moment: datetime


def moments(standing: Standing, steering: Steering, at: datetime) -> Moments | None:
    """By the calendar and rulebook valid at `at`; None while nothing can become overdue."""
    due = standing.overdue_from
    if due is None or standing.due_day is None:
        return None
    hours = hours_of(standing.promise, steering, at)
    rules = steering.rulebooks.at(at)
    last_moment = hours.subtract(due, -int(-notice_seconds(standing, hours, rules) // 1))
    return Moments(
        due_soon=hours.opening_before(standing.due_day, rules.alerts.due_soon_days),
        last_call=hours.subtract(last_moment, rules.alerts.last_call_seconds),
        last_moment=last_moment,
    )


# -- the end --------------------------------------------------------------------------------------


def _verdict(standing: Standing, fact: Fact, hours: Hours, rules: Rulebook) -> Verdict:
    at = fact.time.astimezone(UTC)
    match fact.data:
        case PromiseFulfilled() as fulfilled:
            return _fulfilled(standing, fulfilled, at, hours, rules)
        case PromiseReleased():
            return Verdict(
                "released" if _before(at, standing.due) else "broken",
                "released" if _before(at, standing.first) else "missed",
                at,
            )
        case PromiseWithdrawn():
            return Verdict("withdrawn", "missed", at)
        case _:
            return Verdict("broken", "missed", at)


def _fulfilled(standing: Standing, fact: PromiseFulfilled, at: datetime, hours: Hours, rules: Rulebook) -> Verdict:
    degree = degree_of(standing.promise, fact, rules)
    first: Literal["kept", "missed"] = "kept" if degree >= 1 and _by(at, standing.first) else "missed"
    late = None if _by(at, standing.counting) or standing.counting is None else at - standing.counting
    outcome: Outcome
    if degree < rules.promise.partial_from:
        outcome = "broken"
    elif degree < 1:
        outcome = "partial"
    else:
        outcome = "kept" if late is None else "kept_late"
    business = hours.between(standing.counting, at) if late is not None and standing.counting else None
    return Verdict(outcome, first, at, degree, late, business, fact.amount)


def degree_of(promise: Promise, fact: PromiseFulfilled, rules: Rulebook) -> float:
    """1.0 = exactly as promised. For a price: promised ÷ charged, with the tolerance of its binding."""
    if promise.kind != "price" or promise.amount is None or fact.amount is None:
        return fact.degree
    estimated = promise.binding == "estimate"
    tolerance = rules.promise.estimate_tolerance if estimated else rules.promise.price_tolerance
    # A billionth of leeway: 15 % over 100 is 115, which floating point numbers miss by a hair.
    if 0 <= fact.amount - promise.amount <= promise.amount * (tolerance + 1e-9):
        return 1.0
    return promise.amount / fact.amount if fact.amount > 0 else rules.promise.exceeded_full_at


def _by(at: datetime, due: datetime | None) -> bool:
    return due is None or at <= due


def _before(at: datetime, due: datetime | None) -> bool:
    return due is None or at < due
