"""The working time of the sample firm, counted in minutes: Monday to Friday, 8 to 12 and 13 to 17.

All planning is done in *working minutes*, whole numbers that know no night, weekend or holiday; a moment of
the calendar is made of them last. Minute 0 is the opening of the first working day of the clock.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Berlin")
HOUR = 60
DAY = 8 * HOUR
"""Working minutes of one day."""

MORNING, NOON, AFTERNOON, EVENING = 8 * HOUR, 12 * HOUR, 13 * HOUR, 17 * HOUR
"""Opening, both ends of the lunch break and closing, in minutes of the day."""

CLOSED = ((12, 24), (12, 31))
"""Month and day on which the firm itself keeps its doors shut."""


class Workdays:
    """The working days from `first` to `last`, without the holidays of Baden-Württemberg."""

    def __init__(self, first: date, last: date) -> None:
        feasts = holidays.country_holidays("DE", subdiv="BW", years=range(first.year, last.year + 1))
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.days = [
            day for day in every if day.weekday() < 5 and day not in feasts and (day.month, day.day) not in CLOSED
        ]

    def count(self, moment: datetime) -> int:
        """The working minutes that have gone by until the moment."""
        local = moment.astimezone(ZONE)
        place = bisect_left(self.days, local.date())
        if place == len(self.days) or self.days[place] != local.date():
            return place * DAY
        clock = local.hour * HOUR + local.minute
        forenoon = min(max(clock, MORNING), NOON) - MORNING
        return place * DAY + forenoon + min(max(clock, AFTERNOON), EVENING) - AFTERNOON

    def on(self, day: date, clock: int = MORNING) -> int:
        """The working minute of a clock time (in minutes) on that day, or on the next working day."""
        place = bisect_left(self.days, day)
        return self.count(_local(self.days[place], clock))

    def day(self, minute: int) -> date:
        """The day that a working minute belongs to; the last instant of a day belongs to it."""
        return self.days[(minute - 1) // DAY]

    def happening(self, minute: int) -> datetime:
        """The moment at which something is done: what falls on a break is done right after it."""
        place, rest = divmod(minute, DAY)
        return _local(self.days[place], rest + (MORNING if rest < NOON - MORNING else MORNING + HOUR))

    def is_open(self, moment: datetime) -> bool:
        """Whether the firm is at work; the instant of closing no longer counts."""
        return self.happening(self.count(moment)) == moment.replace(second=0, microsecond=0)

    def next_day(self, minute: int) -> int:
        """The opening of the working day after the one that this minute lies on."""
        return (minute // DAY + 1) * DAY

    def leisure(self, minute: int, rng: Random) -> datetime:
        """When customers write: on the evening of that day, or on the Saturday after a Friday."""
        day = self.days[minute // DAY]
        if day.weekday() == 4 and rng.random() < 0.4:
            return _local(day + timedelta(days=1), rng.randrange(9 * HOUR, 19 * HOUR))
        return _local(day, rng.randrange(EVENING + 10, 22 * HOUR))

    def deadline(self, minute: int) -> datetime:
        """The moment until which something is due: what falls on a break is due right before it."""
        place, rest = divmod(minute - 1, DAY)
        return _local(self.days[place], rest + 1 + (MORNING if rest < NOON - MORNING else MORNING + HOUR))


def _local(day: date, clock: int) -> datetime:
    return datetime.combine(day, time(clock // HOUR, clock % HOUR), ZONE)


def instant(moment: datetime) -> datetime:
    """For comparing: two moments of one zone are otherwise compared by what the clock on the wall shows."""
    return moment.astimezone(UTC)
