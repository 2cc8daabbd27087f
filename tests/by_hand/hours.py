"""Business time: one window after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

BERLIN = ZoneInfo("Europe/Berlin")
NONE = timedelta()
DAY = timedelta(days=1)

Window = tuple[str, str]
Windows = Sequence[Window]
NINE_TO_FIVE: Mapping[int, Windows] = dict.fromkeys(range(5), (("08:00", "12:00"), ("13:00", "17:00")))
"""By weekday, Monday is 0."""

Pause = tuple[datetime, datetime | None]


class Hours:
    """When a team is there: windows a weekday, holidays of a country or Land, and days of their own.

    `own` says the windows of a date or of a (month, day) of every year; none means closed.
    """

    def __init__(
        self,
        windows: Mapping[int, Windows] = NINE_TO_FIVE,
        *,
        zone: ZoneInfo = BERLIN,
        country: str | None = "DE",
        land: str | None = None,
        own: Mapping[date | tuple[int, int], Windows] | None = None,
    ) -> None:
        self.zone = zone
        self._weekly = windows
        self._own = own or {}
        self._free = holidays.country_holidays(country, subdiv=land) if country else {}
        self.open_windows = cache(self._open_windows)
        self._whole_day = cache(self._open_all_day)

    def _open_windows(self, day: date) -> list[tuple[datetime, datetime]]:
        said = self._own.get(day, self._own.get((day.month, day.day)))
        if said is None:
            said = () if day in self._free else self._weekly.get(day.weekday(), ())
        return [(self._instant(day, opens), self._instant(day, closes)) for opens, closes in said]

    def _instant(self, day: date, clock: str) -> datetime:
        hour, minute = clock.split(":")
        wall = datetime(day.year, day.month, day.day) + timedelta(hours=int(hour), minutes=int(minute))  # noqa: DTZ001
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def _open_all_day(self, day: date) -> timedelta:
        return sum((closes - opens for opens, closes in self.open_windows(day)), NONE)

    def date_of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return NONE
        first, last = self.date_of(start), self.date_of(end)
        total = NONE
        day = first
        while day <= last:
            if first < day < last:
                total += self._whole_day(day)
            else:
                for opens, closes in self.open_windows(day):
                    total += max(NONE, min(closes, end) - max(opens, start))
            day += DAY
        return total

    def later(self, start: datetime, wait: timedelta) -> datetime:
        """The earliest instant with this much open time behind it."""
        if not wait:
            return start
        day = self.date_of(start)
        while True:
            for opens, closes in self.open_windows(day):
                opens = max(opens, start)
                if opens < closes:
                    if closes - opens >= wait:
                        return opens + wait
                    wait -= closes - opens
            day += DAY

    def used_up(self, start: datetime, wait: timedelta, pauses: Iterable[Pause] = ()) -> datetime | None:
        """The instant at which so much open time has passed outside the pauses; None while one of them runs on."""
        for begins, ends in sorted(pauses, key=lambda pause: pause[0]):
            if ends is not None and ends <= start:
                continue
            instant = self.later(start, wait)
            if instant <= begins:
                return instant
            wait -= self.open_time(start, begins)
            if ends is None:
                return None
            start = max(start, ends)
        return self.later(start, wait)

    def end_of_next_business_day(self, instant: datetime) -> datetime:
        """24:00 of the first day after the one of this instant on which somebody is there."""
        day = self.date_of(instant) + DAY
        while not self.open_windows(day):
            day += DAY
        return self._instant(day, "24:00")


SHIPPED = Hours()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def open_windows(day: date) -> list[tuple[datetime, datetime]]:
    return SHIPPED.open_windows(day)


def open_time(start: datetime, end: datetime) -> timedelta:
    return SHIPPED.open_time(start, end)


def later(start: datetime, wait: timedelta) -> datetime:
    return SHIPPED.later(start, wait)


GERMAN = holidays.country_holidays("DE", years=range(2025, 2028))
HOLIDAYS = set(GERMAN)
