"""The figures of SPEC 4 by plain loops over raw facts: slow, simple, and written without a look at the product.

What the tables answer is held against this. It knows the shipped calendar and Berlin only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")

HOLIDAYS = {
    date(2026, month, day)
    for month, day in [(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26)]
} | {date(2025, 12, 25), date(2025, 12, 26), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)}

Envelope = Mapping[str, Any]
LIFE = (
    "made",
    "changed",
    "assigned",
    "paused",
    "resumed",
    "renegotiated",
    "fulfilled",
    "withdrawn",
    "broken",
    "released",
)


# -- business time: one window after the other -------------------------------------------------------


@cache
def open_windows(day: date) -> list[tuple[datetime, datetime]]:
    if day.weekday() >= 5 or day in HOLIDAYS:
        return []
    return [
        (
            datetime(day.year, day.month, day.day, opens, tzinfo=BERLIN).astimezone(UTC),
            datetime(day.year, day.month, day.day, closes, tzinfo=BERLIN).astimezone(UTC),
        )
        for opens, closes in ((8, 12), (13, 17))
    ]


def open_time(start: datetime, end: datetime) -> timedelta:
    total = timedelta()
    day = start.date() - timedelta(days=1)
    while day <= end.date() + timedelta(days=1):
        for opens, closes in open_windows(day):
            total += max(timedelta(), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total


def later(start: datetime, wait: timedelta) -> datetime:
    """The earliest instant with this much open time behind it."""
    if not wait:
        return start
    day = start.date() - timedelta(days=1)
    while True:
        for opens, closes in open_windows(day):
            opens = max(opens, start)
            if opens < closes:
                if closes - opens >= wait:
                    return opens + wait
                wait -= closes - opens
        day += timedelta(days=1)


# -- one promise ------------------------------------------------------------------------------------


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


def time_of(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope["time"]).astimezone(UTC)


def recorded_at(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope["recorded"]).astimezone(UTC)


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
    quiet = open_time(life.made_at, life.due)
    needed = min(timedelta(hours=8), max(timedelta(hours=2), quiet / 4), quiet / 2)
    return told <= life.due and open_time(told, life.due) >= needed


def live(facts: Sequence[Envelope], moment: datetime) -> Life:
    """The facts of one promise until the moment, one after the other."""
    ordered = sorted(facts, key=lambda e: (time_of(e), LIFE.index(e["type"].split(".")[1]), e["id"]))
    made, *others = ordered
    said, zone = made["data"], ZoneInfo(made.get("zone", "Europe/Berlin"))
    due, day = end(said.get("due"), zone)
    life = Life(
        said["promise"], said["customer"], time_of(made), said.get("kind", "other"), said.get("severity", "normal"),
        said.get("by"), said.get("team"), said.get("supplier"), said.get("product"), said.get("channel"),
        said.get("amount"), due, day, due, due, len(said.get("due") or "") == 10, zone,
    )  # fmt: skip
    binding = said.get("binding", "firm")
    for fact in others:
        at, data, kind = time_of(fact), fact["data"], fact["type"].split(".")[1]
        if life.settled_at is None and life.waiting_since is not None:
            _wait(life, at)
        if kind == "assigned":
            life.owner = data.get("by", life.owner)
            life.team = data.get("team", life.team)
        elif kind == "changed":
            for name in ("kind", "severity", "supplier", "product"):
                setattr(life, name, data.get(name, getattr(life, name)))
        elif kind == "paused":
            life.pauses = (*life.pauses, data["cause"])
            if data["cause"] == "customer" and life.waiting_since is None and life.due and at < life.due:
                life.waiting_since = at
        elif kind == "resumed":
            life.pauses = tuple(cause for cause in life.pauses if cause != data["cause"])
            if data["cause"] == "customer":
                life.waiting_since = None
        elif kind == "renegotiated":
            _move(life, data, at, ZoneInfo(fact["zone"]) if "zone" in fact else life.zone)
        elif life.settled_at is None:
            _settle(life, kind, data, at, binding)
    if life.settled_at is None and life.waiting_since is None:
        life.state = "overdue" if life.due and life.due <= moment else "open"
        life.first = "overdue" if life.original and life.original <= moment else "open"
    return life


def _wait(life: Life, at: datetime) -> None:
    assert life.waiting_since is not None
    waited = open_time(life.waiting_since, at)
    for name in ("due", "counting"):
        due = getattr(life, name)
        if waited and due is not None and due > life.waiting_since:
            setattr(life, name, later(due, waited))
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


def _settle(life: Life, kind: str, data: Mapping[str, Any], at: datetime, binding: str) -> None:
    life.settled_at, life.first = at, "missed"
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
            leeway = 0.15 if binding == "estimate" else 0.05
            degree = 1.0 if -1e-12 <= over <= leeway + 1e-9 else life.amount / life.charged
        life.degree = degree
        in_time = life.counting is None or at <= life.counting
        life.state = "kept" if in_time else "kept_late"
        if degree < 1:
            life.state = "partial" if degree >= 0.5 else "broken"
        if degree >= 1 and (life.original is None or at <= life.original):
            life.first = "kept"


# -- many promises ----------------------------------------------------------------------------------


def lives(facts: Iterable[Envelope], moment: datetime, known: datetime | None = None) -> list[Life]:
    """Every promise of these facts as of a moment, as known on another."""
    histories: dict[str, list[Envelope]] = {}
    for each in facts:
        if each["type"].startswith("promise.") and (known is None or recorded_at(each) <= known):
            histories.setdefault(each["data"]["promise"], []).append(each)
    begun = {
        id: [each for each in history if time_of(each) <= moment]
        for id, history in histories.items()
        if any(each["type"] == "promise.made" and time_of(each) <= moment for each in history)
    }
    return [live(history, moment) for history in begun.values()]


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
        open_time(each.counting, each.settled_at).total_seconds() / 3600
        for each in promises
        if each.state == "kept_late" and each.settled_at and each.counting
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the neighbours."""
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] * (1 - (place - low)) + values[high] * (place - low)
