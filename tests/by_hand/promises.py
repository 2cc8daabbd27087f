"""One promise and many: due in force, counting due, outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.by_hand.facts import Envelope, counting, ordered, time_of
from tests.by_hand.hours import SHIPPED, Hours, Pause


@dataclass
class Life:
    """A promise at a moment; `state` and `first` are the outcomes against the last and the first promise."""

    id: str
    customer: str
    made_at: datetime
    kind: str
    severity: str
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    channel: str | None
    amount: float | None
    due: datetime | None
    day: date | None
    counting: datetime | None
    original: datetime | None
    date_only: bool
    zone: ZoneInfo
    state: str = "open"
    first: str = "open"
    frozen: bool = False
    waiting_since: datetime | None = None
    pauses: tuple[str, ...] = ()
    moved_by_us: int = 0
    notices: tuple[bool, ...] = ()
    degree: float | None = None
    charged: float | None = None
    settled_at: datetime | None = None
    binding: str = "firm"
    internal: bool = False
    hours: Hours = field(default=SHIPPED, repr=False)
    waits: tuple[Pause, ...] = ()
    """When the customer let us wait, from and to."""

    @property
    def belongs_day(self) -> date | None:
        if self.due is None:
            return None if self.settled_at is None else self.settled_at.astimezone(self.zone).date()
        return self.day

    def lies_in(self, start: datetime | None, end: datetime | None) -> bool:
        if start is None and end is None:
            return True
        if self.due is None:
            moment = self.settled_at
        elif self.date_only and self.day is not None:
            moment = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=self.zone)
        else:
            moment = self.due
        return moment is not None and (start is None or moment >= start) and (end is None or moment < end)


def end(due: str | None, zone: ZoneInfo) -> tuple[datetime | None, date | None]:
    """The instant of a due, and the date to which it belongs."""
    if due is None:
        return None, None
    if len(due) == 10:
        day = date.fromisoformat(due)
        after = day + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC), day
    instant = datetime.fromisoformat(due).astimezone(UTC)
    return instant, instant.astimezone(zone).date()


def enough_notice(life: Life, told: datetime) -> bool:
    if life.due is None:
        return True
    quiet = life.hours.open_time(life.made_at, life.due)
    needed = min(timedelta(hours=8), max(timedelta(hours=2), quiet / 4), quiet / 2)
    return told <= life.due and life.hours.open_time(told, life.due) >= needed


def _made(made: Envelope, hours_of: Callable[[Mapping[str, Any]], Hours]) -> Life:
    said, zone = made["data"], ZoneInfo(made.get("zone", "Europe/Berlin"))
    due, day = end(said.get("due"), zone)
    life = Life(
        said["promise"], said["customer"], time_of(made), said.get("kind", "other"), said.get("severity", "normal"),
        said.get("by"), said.get("team"), said.get("supplier"), said.get("product"), said.get("channel"),
        said.get("amount"), due, day, due, due, len(said.get("due") or "") == 10, zone,
    )  # fmt: skip
    life.binding, life.internal = said.get("binding", "firm"), said.get("internal", False)
    life.hours = hours_of(said)
    return life


def unfold(
    facts: Sequence[Envelope], hours_of: Callable[[Mapping[str, Any]], Hours] = lambda said: SHIPPED
) -> Iterator[tuple[Envelope, Life | None, Life]]:
    """Fact by fact: the promise just before it and just after it."""
    made, *others = ordered(facts)
    life = _made(made, hours_of)
    yield made, None, life
    for fact in others:
        at, data, kind = time_of(fact), fact["data"], fact["type"].split(".")[1]
        life = copy(life)
        if life.settled_at is None and life.waiting_since is not None:
            _wait(life, at)
        before = copy(life)
        if kind == "assigned":
            life.owner = data.get("by", life.owner)
            life.team = data.get("team", life.team)
        elif kind == "changed":
            for name in ("kind", "severity", "supplier", "product"):
                setattr(life, name, data.get(name, getattr(life, name)))
        elif kind == "paused":
            _pause(life, data["cause"], at)
        elif kind == "resumed":
            _resume(life, data["cause"], at)
        elif kind == "renegotiated":
            _move(life, data, at, ZoneInfo(fact["zone"]) if "zone" in fact else life.zone)
        elif life.settled_at is None:
            _settle(life, kind, data, at)
        yield fact, before, life


def live(
    facts: Sequence[Envelope], moment: datetime, hours_of: Callable[[Mapping[str, Any]], Hours] = lambda said: SHIPPED
) -> Life:
    """The facts of one promise until the moment, one after the other."""
    *_, (_, _, life) = unfold(facts, hours_of)
    if life.settled_at is None and life.waiting_since is None:
        life.state = "overdue" if life.due and life.due <= moment else "open"
        life.first = "overdue" if life.original and life.original <= moment else "open"
    return life


def _pause(life: Life, cause: str, at: datetime) -> None:
    if cause == "customer" and "customer" not in life.pauses and life.settled_at is None:
        life.waits = (*life.waits, (at, None))
    life.pauses = (*life.pauses, cause)
    if cause == "customer" and life.waiting_since is None and life.due and at < life.due:
        life.waiting_since = at


def _resume(life: Life, cause: str, at: datetime) -> None:
    life.pauses = tuple(each for each in life.pauses if each != cause)
    if cause == "customer":
        life.waiting_since = None
        _no_longer_waiting(life, at)


def _no_longer_waiting(life: Life, at: datetime) -> None:
    life.waits = tuple((since, at if until is None else until) for since, until in life.waits)


def _wait(life: Life, at: datetime) -> None:
    assert life.waiting_since is not None
    waited = life.hours.open_time(life.waiting_since, at)
    for name in ("due", "counting"):
        due = getattr(life, name)
        if waited and due is not None and due > life.waiting_since:
            setattr(life, name, life.hours.later(due, waited))
    if waited and life.due:
        life.day = (
            (life.due - (timedelta(microseconds=1) if life.date_only else timedelta())).astimezone(life.zone).date()
        )
    life.waiting_since = at


def _move(life: Life, data: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> None:
    by_us = data.get("asked_by", "us") == "us"
    timely = not by_us or enough_notice(life, at)
    if not data.get("agreed", True):
        return
    if by_us:
        life.moved_by_us += 1
        life.notices = (*life.notices, timely)
    life.zone, life.date_only = zone, len(data["due"]) == 10
    life.due, life.day = end(data["due"], zone)
    life.frozen = life.frozen or not timely
    if not life.frozen:
        life.counting = life.due
    if not by_us:
        life.original = life.due
    if "customer" in life.pauses and life.waiting_since is None and life.due and at < life.due:
        life.waiting_since = at


def _settle(life: Life, kind: str, data: Mapping[str, Any], at: datetime) -> None:
    life.settled_at, life.first = at, "missed"
    _no_longer_waiting(life, at)
    if kind == "withdrawn":
        life.notices = (*life.notices, enough_notice(life, at))
        life.state = "withdrawn"
    elif kind == "released":
        life.state = "released" if life.due is None or at < life.due else "broken"
        life.first = "released" if life.original is None or at < life.original else "missed"
    elif kind == "broken":
        life.state = "broken"
    else:
        degree = data.get("degree", 1.0)
        life.charged = data.get("amount")
        if life.kind == "price" and life.charged is not None and life.amount is not None:
            over = life.charged / life.amount - 1
            leeway = 0.15 if life.binding == "estimate" else 0.05
            degree = 1.0 if -1e-12 <= over <= leeway + 1e-9 else life.amount / life.charged
        life.degree = degree
        in_time = life.counting is None or at <= life.counting
        life.state = "kept" if in_time else "kept_late"
        if degree < 1:
            life.state = "partial" if degree >= 0.5 else "broken"
        if degree >= 1 and (life.original is None or at <= life.original):
            life.first = "kept"


# -- many promises ----------------------------------------------------------------------------------


def histories(facts: Iterable[Envelope]) -> dict[str, list[Envelope]]:
    """The facts of each promise among facts that count."""
    found: dict[str, list[Envelope]] = {}
    for each in facts:
        if each["type"].startswith("promise."):
            found.setdefault(each["data"]["promise"], []).append(each)
    return found


def until(facts: Iterable[Envelope], moment: datetime) -> list[Envelope]:
    return [each for each in facts if time_of(each) <= moment]


def lives(facts: Iterable[Envelope], moment: datetime, known: datetime | None = None) -> list[Life]:
    """Every promise of these raw facts as of a moment, as known on another."""
    told = histories(until(counting(facts, known), moment))
    return [live(history, moment) for history in told.values()]


def late(life: Life) -> bool:
    after = life.settled_at is not None and life.counting is not None and life.settled_at > life.counting
    return life.state in ("kept_late", "overdue", "broken") or (life.state == "partial" and after)


Shares = dict[str, tuple[int, int]]


def shares(promises: Sequence[Life]) -> Shares:
    """(numerator, denominator) of every share of SPEC 4 about promises."""
    counted = [each for each in promises if each.state not in ("open", "released")]
    first = [each for each in promises if each.first not in ("open", "released")]
    to_be_told = [each for each in promises if each.moved_by_us or each.state == "withdrawn" or late(each)]
    fulfilled = [each for each in promises if each.degree is not None]

    def how_many(among: Sequence[Life], state: str) -> int:
        return sum(each.state == state for each in among)

    return {
        "on_time_rate": (how_many(counted, "kept"), len(counted)),
        "strict_on_time_rate": (sum(each.first == "kept" for each in first), len(first)),
        "timely_notice_rate": (sum(all(each.notices) and not late(each) for each in to_be_told), len(to_be_told)),
        "over_fulfilment_rate": (
            sum(each.state == "kept" and (each.degree or 0) > 1 for each in fulfilled),
            len(fulfilled),
        ),
        "broken_rate": (how_many(counted, "broken"), len(counted)),
        "withdrawn_rate": (how_many(counted, "withdrawn"), len(counted)),
        "partial_rate": (how_many(counted, "partial"), len(counted)),
    }


def late_hours(promises: Sequence[Life]) -> list[float]:
    return sorted(
        (each.settled_at - each.counting).total_seconds() / 3600
        for each in promises
        if each.state == "kept_late" and each.settled_at and each.counting
    )


def late_business_hours(promises: Sequence[Life]) -> list[float]:
    return sorted(
        each.hours.open_time(each.counting, each.settled_at).total_seconds() / 3600
        for each in promises
        if each.state == "kept_late" and each.settled_at and each.counting
    )


def charged_to_promised(promises: Sequence[Life]) -> list[float]:
    return sorted(
        each.charged / each.amount
        for each in promises
        if each.kind == "price" and each.charged is not None and each.amount
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the neighbours."""
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] * (1 - (place - low)) + values[high] * (place - low)
