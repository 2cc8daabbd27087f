"""When the firm is open, and how much of that time lies between two moments.

Everything is reckoned in whole seconds on UTC instants, so that a day with a clock change is as long as it
really was. Fractions of a second are cut off.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.local_time import DAY_SECONDS, at_second, end_of_date, local_edge, seconds_of

FIRST_YEAR, LAST_YEAR = 1899, 2200
"""Local years in which business time is reckoned: those of all facts (1900 to 2199 in UTC) in any zone.

A search that leaves them ends with a refusal, so none runs for ever.
"""

MOST_KNOWN = 4096
MEAN_YEAR_SECONDS = 31_556_952
Pause = tuple[datetime, datetime]


class Window(NamedTuple):
    """Open from one time of the local day until another, in seconds since midnight; 24:00 is 86400."""

    opens_seconds: int
    closes_seconds: int


@dataclass(frozen=True, slots=True)
class Days:
    """One day or a run of days, both ends included.

    With `every_year` the years of `first` and `last` mean nothing, and a run may pass the turn of the year.
    """

    first: date
    last: date
    every_year: bool = False
    reason: str = ""

    @property
    def is_single_date(self) -> bool:
        return self.first == self.last and not self.every_year

    def __contains__(self, day: date) -> bool:
        if not self.every_year:
            return self.first <= day <= self.last
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        if first <= last:
            return first <= (day.month, day.day) <= last
        return (day.month, day.day) >= first or (day.month, day.day) <= last


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days with hours of their own, such as a half day.

    A single date opens in any case; a run or a day of every year only changes days that are open anyway.
    """

    days: Days
    windows: tuple[Window, ...]


class _Year(NamedTuple):
    """The open windows of one local year in seconds since the epoch, and running sums over them."""

    number: int
    start: int
    end: int
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    """Business seconds of this year before each window."""
    after: tuple[int, ...]
    """Business seconds of this year up to the end of each window."""
    days: tuple[int, ...]
    """The ordinals of the business days."""
    openings: Mapping[int, int]
    """The instant at which each business day opens, by its ordinal."""

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def worked(self, moment: int) -> int:
        """Business seconds from the start of this year to the moment."""
        place = bisect_right(self.opens, moment) - 1
        if place < 0:
            return 0
        return self.before[place] + min(moment, self.closes[place]) - self.opens[place]


@dataclass(frozen=True)
class Hours:
    """The opening hours of a team: windows per weekday, public holidays, closed and special days.

    `weekly` holds the windows of Monday to Sunday, sorted and apart. `country`, `land` and `categories` are
    those of the holidays library; the category "public" is always among them.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    country: str | None = None
    land: str | None = None
    categories: tuple[str, ...] = ()
    closed: tuple[Days, ...] = ()
    special: tuple[SpecialDays, ...] = ()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[tuple[int, int], int] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Spans measured lately: a promise's own are asked for by whoever looks at it."""
    _openings: dict[tuple[date, int], datetime] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Openings so many business days from a date, that were asked for lately: many promises share a date."""

    # -- measuring ----------------------------------------------------------------------------------

    def between(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Business seconds in [start, end) outside the pauses; 0 when the end comes first."""
        first, last = seconds_of(start), seconds_of(end)
        if last <= first:
            return 0
        seconds = self._known.get((first, last))
        if seconds is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            seconds = self._known[first, last] = self._between(first, last)
        for since, until in _merged(pauses):
            if since < last and until > first:
                seconds -= self._between(max(since, first), min(until, last))
        return seconds

    def add(self, start: datetime, seconds: int, pauses: Sequence[Pause] = ()) -> datetime:
        """The earliest instant at which the business seconds are used up; pauses do not count."""
        if seconds < 0:
            raise ValueError("business seconds to add must not be negative")
        moment = seconds_of(start)
        if seconds == 0:
            return start.astimezone(UTC)
        for since, until in _merged(pauses):
            if until <= moment:
                continue
            if since > moment:
                until_pause = self._between(moment, since)
                if until_pause >= seconds:
                    break
                seconds -= until_pause
            moment = until
        return at_second(self._used_up(moment, seconds))

    def subtract(self, end: datetime, seconds: int) -> datetime:
        """The latest instant (in whole seconds) that has the business seconds between it and the end."""
        if seconds < 0:
            raise ValueError("business seconds to subtract must not be negative")
        moment = seconds_of(end)
        if seconds == 0:
            return end.astimezone(UTC)
        year = self._year_at(moment)
        rest = year.worked(moment) - seconds
        while rest < 0:
            year = self._year(year.number - 1)
            rest += year.total
        place = bisect_right(year.after, rest)
        return at_second(year.opens[place] + rest - year.before[place])

    # -- opening and closing ------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        moment = seconds_of(at)
        year = self._year_at(moment)
        place = bisect_right(year.opens, moment) - 1
        return place >= 0 and moment < year.closes[place]

    def next_opening(self, at: datetime) -> datetime:
        """The moment itself while open, else the next opening."""
        if self.is_open(at):
            return at.astimezone(UTC)
        moment = seconds_of(at)
        year = self._year_at(moment)
        while (place := bisect_right(year.opens, moment)) == len(year.opens):
            year = self._year(year.number + 1)
        return at_second(year.opens[place])

    def opening_before(self, due: datetime | date, business_days: int) -> datetime:
        """The opening of the n-th business day before the due's own date: two before a Thursday is Tuesday's.

        A due at local midnight ends the day before. Give the date itself where the due is a date.
        """
        day = self.own_date(due) if isinstance(due, datetime) else due
        return self._opening(day, -business_days)

    def opening_after(self, at: datetime | date, business_days: int = 1) -> datetime:
        """The opening of the n-th business day after the local date of a moment."""
        day = self.local_date(at) if isinstance(at, datetime) else at
        return self._opening(day, business_days)

    def _opening(self, day: date, business_days: int) -> datetime:
        opening = self._openings.get((day, business_days))
        if opening is None:
            if len(self._openings) >= MOST_KNOWN:
                self._openings.clear()
            opening = self._openings[day, business_days] = self.opening_of(self.business_day(day, business_days))
        return opening

    def end_of_business_day_after(self, at: datetime | date, business_days: int = 1) -> datetime:
        """24:00 of the n-th business day after the local date of a moment."""
        day = self.local_date(at) if isinstance(at, datetime) else at
        return self.end_of_date(self.business_day(day, business_days))

    # -- days ---------------------------------------------------------------------------------------

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def own_date(self, due: datetime) -> date:
        """The date that a due belongs to: local midnight is the end of the day before."""
        return (due - timedelta(microseconds=1)).astimezone(self.zone).date()

    def end_of_date(self, day: date) -> datetime:
        """24:00 of the date in this zone."""
        return end_of_date(day, self.zone)

    def is_business_day(self, day: date) -> bool:
        return day.toordinal() in self._year(day.year).openings

    def business_day(self, day: date, number: int) -> date:
        """The n-th business day after the date, or before it when the number is negative."""
        if number == 0:
            raise ValueError("the business day itself has no number")
        in_year = day.year
        days = self._year(in_year).days
        if number > 0:
            place = bisect_right(days, day.toordinal()) + number - 1
            while place >= len(days):
                place -= len(days)
                in_year += 1
                days = self._year(in_year).days
        else:
            place = bisect_left(days, day.toordinal()) + number
            while place < 0:
                in_year -= 1
                days = self._year(in_year).days
                place += len(days)
        return date.fromordinal(days[place])

    def opening_of(self, business_day: date) -> datetime:
        return at_second(self._year(business_day.year).openings[business_day.toordinal()])

    def why_closed(self, day: date, language: str = "de") -> str | None:
        """The firm's own reason ("" where none was given) or the holiday's name; None if neither closes."""
        if any(each.days.is_single_date and day in each.days for each in self.special):
            return None
        for days in self.closed:
            if day in days:
                return days.reason
        return self._public_holidays(day.year, language).get(day)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows of a date, by the clock on the wall."""
        changed = [each for each in self.special if day in each.days]
        for each in changed:
            if each.days.is_single_date:
                return each.windows
        if any(day in days for days in self.closed) or day in self._public_holidays(day.year):
            return ()
        usual = self.weekly[day.weekday()]
        return changed[0].windows if usual and changed else usual

    def ever_opens(self) -> bool:
        """Whether there is an opening after the last of the closed dates."""
        last = max((days.last.year for days in self.closed if not days.every_year), default=2000)
        return self._year(min(last + 1, LAST_YEAR)).total > 0

    def _public_holidays(self, year: int, language: str = "de") -> Mapping[date, str]:
        if self.country is None:
            return {}
        return public_holidays(self.country, self.land, self.categories, year, language)

    # -- years as tables ----------------------------------------------------------------------------

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = self._reckoned(number)
        return known

    def _reckoned(self, number: int) -> _Year:
        if not FIRST_YEAR <= number <= LAST_YEAR:
            raise Refused("out_of_range", OUTSIDE_THE_YEARS, first=FIRST_YEAR + 1, last=LAST_YEAR - 1)
        windows: list[tuple[int, int]] = []
        openings: dict[int, int] = {}
        new_year = midnight = local_edge(date(number, 1, 1), 0, self.zone)
        for ordinal in range(date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()):
            day = date.fromordinal(ordinal)
            next_midnight = local_edge(day, DAY_SECONDS, self.zone)
            for window in self.windows_on(day):
                if next_midnight - midnight == DAY_SECONDS:
                    start, end = midnight + window.opens_seconds, midnight + window.closes_seconds
                else:
                    start = local_edge(day, window.opens_seconds, self.zone)
                    end = local_edge(day, window.closes_seconds, self.zone)
                # A window may lie in the hour that a clock change leaves out.
                if start < end:
                    windows.append((start, end))
                    openings.setdefault(ordinal, start)
            midnight = next_midnight
        after = tuple(accumulate(end - start for start, end in windows))
        return _Year(
            number=number,
            start=new_year,
            end=midnight,
            opens=tuple(start for start, _ in windows),
            closes=tuple(end for _, end in windows),
            before=(0, *after)[: len(after)],
            after=after,
            days=tuple(openings),
            openings=openings,
        )

    def _year_at(self, moment: int) -> _Year:
        """The local year of a moment: guessed by the mean length of a year, which is never off by two."""
        number = 1970 + moment // MEAN_YEAR_SECONDS
        year = self._years.get(number) or self._year(number)
        if moment < year.start:
            return self._year(number - 1)
        return year if moment < year.end else self._year(number + 1)

    def _between(self, start: int, end: int) -> int:
        first = self._year_at(start)
        if end < first.end:
            return first.worked(end) - first.worked(start)
        last = self._year_at(end)
        seconds = last.worked(end) - first.worked(start)
        return seconds + sum(self._year(number).total for number in range(first.number, last.number))

    def _used_up(self, moment: int, seconds: int) -> int:
        year = self._year_at(moment)
        rest = year.worked(moment) + seconds
        while rest > year.total:
            rest -= year.total
            year = self._year(year.number + 1)
        place = bisect_left(year.after, rest)
        return year.opens[place] + rest - year.before[place]


# -- public holidays --------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def public_holidays(
    country: str, land: str | None, categories: tuple[str, ...], year: int, language: str
) -> Mapping[date, str]:
    """The public holidays of a year with their names. Refuses an unknown country, Land or category.

    The names are in German or English; the library has English ones where it lacks the German.
    """
    # Imported here because the library takes its time and many a command needs no holidays.
    import holidays

    try:
        return dict(
            holidays.country_holidays(
                country,
                subdiv=land,
                years=year,
                # Always named: the library would take it from the environment.
                language="de" if language == "de" else "en_US",
                # German law moves no holiday to another day.
                observed=country != "DE",
                categories=("public", *(each for each in categories if each != "public")),
            )
        )
    except (NotImplementedError, ValueError) as error:
        raise Refused("unknown_holidays", UNKNOWN_HOLIDAYS, country=country, land=land or "–") from error


def _merged(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """The pauses in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    if not pauses:
        return merged
    for since, until in sorted((seconds_of(start), seconds_of(end)) for start, end in pauses):
        if until <= since:
            continue
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return merged


# -- sentences --------------------------------------------------------------------------------------

OUTSIDE_THE_YEARS = (
    "Business time is reckoned from {first} to {last}; this would lead beyond. "
    "Please check the date, and the closed days of the calendar."
)
UNKNOWN_HOLIDAYS = "No public holidays are known for country “{country}”, Land “{land}”."
