"""The calendars document: when which team is open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from domain.business_time import FIRST_YEAR, LAST_YEAR, Days, Hours, SpecialDays, Window
from domain.documents import Document, DocumentRefused, Items, Part, load, nearest
from domain.fact import Label, ZoneName, finding

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WINDOW = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?")
_EVERY_YEAR = re.compile(r"(\d{2})-(\d{2})")
_LEAP_YEAR = 2000
"""Days of every year are kept in a leap year, so that 29 February is one of them."""


# -- values -----------------------------------------------------------------------------------------


def clock_times(value: object) -> tuple[int, int]:
    """Two times of the day in seconds since midnight, out of "08:00-12:00" or "8-12"."""
    match = _WINDOW.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise finding("not_a_window", NOT_A_WINDOW, {"found": str(value)[:40]})
    hour, minute, to_hour, to_minute = (int(part or 0) for part in match.groups())
    first, last = hour * 60 + minute, to_hour * 60 + to_minute
    if minute > 59 or to_minute > 59 or first > 1440 or last > 1440:
        raise finding("not_a_window", NOT_A_CLOCK_TIME, {"found": value})
    return first * 60, last * 60


def _window(value: object) -> Window:
    opens, closes = clock_times(value)
    if opens >= closes:
        raise finding("reversed_window", REVERSED_WINDOW, {"found": value})
    return Window(opens, closes)


def _apart(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    ordered = tuple(sorted(windows))
    for earlier, later in pairwise(ordered):
        if later.opens_seconds < earlier.closes_seconds:
            raise finding("overlap", OVERLAP, {"found": _clock(earlier), "other": _clock(later)})
    return ordered


def _some(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    if not windows:
        raise finding("empty", SPECIAL_WITHOUT_HOURS, {})
    return windows


def _clock(window: Window) -> str:
    return "-".join(f"{seconds // 3600:02}:{seconds // 60 % 60:02}" for seconds in window)


def _day(value: object) -> tuple[date, bool]:
    """A date, or a day of every year, and which of the two it is."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _in_range(value), False
    try:
        if isinstance(value, str):
            yearly = _EVERY_YEAR.fullmatch(value)
            if yearly:
                return date(_LEAP_YEAR, int(yearly[1]), int(yearly[2])), True
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                return _in_range(date.fromisoformat(value)), False
    except ValueError:
        raise finding("nonexistent_date", NONEXISTENT_DATE, {"found": value}) from None
    raise finding("not_a_day", NOT_A_DAY, {"found": str(value)[:40]})


def _in_range(day: date) -> date:
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise finding(
            "out_of_range",
            OUTSIDE_THE_YEARS,
            {"found": day.isoformat(), "first": FIRST_YEAR + 1, "last": LAST_YEAR - 1},
        )
    return day


def _spelled_out(value: object) -> object:
    """A bare day in a list means that day and nothing else."""
    return {"on": value} if isinstance(value, (str, date)) else value


Windows = Annotated[Items[Annotated[Window, PlainValidator(_window)]], AfterValidator(_apart)]
Day = Annotated[tuple[date, bool], PlainValidator(_day)]


# -- tables -----------------------------------------------------------------------------------------


class ClosedDays(Part):
    """A day (`on`) or a run of days (`from`, `to`, both included), in one year or in every year."""

    on: Day | None = None
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    reason: Label = ""

    @model_validator(mode="after")
    def one_day_or_a_run(self) -> Self:
        if (self.on is None) == (self.first is None) or (self.first is None) != (self.last is None):
            raise finding("which_days", WHICH_DAYS, {})
        (first, every_year), (last, also_every_year) = self._ends
        if every_year != also_every_year:
            raise finding("which_days", DATE_OR_EVERY_YEAR, {})
        if first > last and not every_year:
            raise finding("reversed_days", REVERSED_DAYS, {"first": first.isoformat(), "last": last.isoformat()})
        return self

    @property
    def _ends(self) -> tuple[tuple[date, bool], tuple[date, bool]]:
        if self.on is not None:
            return self.on, self.on
        assert self.first is not None
        assert self.last is not None
        return self.first, self.last

    @property
    def days(self) -> Days:
        (first, every_year), (last, _) = self._ends
        return Days(first, last, every_year, self.reason)


class SpecialHours(ClosedDays):
    """Days with hours of their own, such as a half day or an open Sunday."""

    hours: Annotated[Windows, AfterValidator(_some)]


class WeeklyHours(Part):
    """The windows of each weekday; a weekday that is not named is closed."""

    monday: Windows = ()
    tuesday: Windows = ()
    wednesday: Windows = ()
    thursday: Windows = ()
    friday: Windows = ()
    saturday: Windows = ()
    sunday: Windows = ()

    @property
    def week(self) -> tuple[tuple[Window, ...], ...]:
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )


class Calendar(Part):
    """One calendar: the zone, the week, the public holidays and the exceptions."""

    zone: ZoneName
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    """Two letters; its public holidays are closed. Without it no public holidays are known."""
    land: Label | None = None
    """The part of the country as the holidays library names it: "NW", "Augsburg", a canton."""
    categories: Items[Label] = ()
    """More of the library's categories, such as "catholic" for Assumption Day in Bavaria."""
    hours: WeeklyHours
    closed: Items[Annotated[ClosedDays, BeforeValidator(_spelled_out)]] = ()
    special: Items[SpecialHours] = ()

    @property
    def opening_hours(self) -> Hours:
        return _hours(self)


@lru_cache(maxsize=256)
def _hours(calendar: Calendar) -> Hours:
    """One calendar has one table of hours, in however many versions and teams it appears."""
    return Hours(
        zone=ZoneInfo(calendar.zone),
        weekly=calendar.hours.week,
        country=calendar.country,
        land=calendar.land,
        categories=calendar.categories,
        closed=tuple(each.days for each in calendar.closed),
        special=tuple(SpecialDays(each.days, each.hours) for each in calendar.special),
    )


class Calendars(Document):
    """All calendars, which of them is the usual one, and which team has another."""

    default: Label
    teams: dict[Label, Label] = Field(default_factory=dict)
    calendars: dict[Label, Calendar]

    def for_team(self, team: str | None) -> Hours:
        """The hours of a team; the usual ones for a team without a calendar of its own, or without a team."""
        hours = self._hours.get(team)
        if hours is None:
            name = self._by_team.get(_folded(team), self.default) if team is not None else self.default
            hours = self._hours[team] = self.calendars[name].opening_hours
        return hours

    @cached_property
    def _hours(self) -> dict[str | None, Hours]:
        """Those that were asked for."""
        return {}

    @cached_property
    def _by_team(self) -> dict[str, str]:
        return {_folded(team): calendar for team, calendar in self.teams.items()}

    def contradictions(self) -> Iterator[DocumentRefused]:
        known = list(self.calendars)
        if self.default not in self.calendars:
            yield _unknown_calendar(("default",), self.default, known)
        for team, name in self.teams.items():
            if name not in self.calendars:
                yield _unknown_calendar(("teams", team), name, known)
        for name, calendar in self.calendars.items():
            yield from _in_calendar(name, calendar)


def _in_calendar(name: str, calendar: Calendar) -> Iterator[DocumentRefused]:
    place = ("calendars", name)
    wrong_holidays = list(_about_holidays(name, calendar))
    yield from wrong_holidays
    if not any(calendar.hours.week):
        yield DocumentRefused("no_opening_hours", NO_OPENING_HOURS, (*place, "hours"), calendar=name)
        return
    dates: dict[date, str] = {}
    for key, entries in (("closed", calendar.closed), ("special", calendar.special)):
        for number, entry in enumerate(entries):
            days = entry.days
            if days.is_single_date:
                if dates.get(days.first, key) != key or (days.first in dates and key == "special"):
                    yield DocumentRefused(
                        "doubled_date", DOUBLED_DATE, (*place, key, number), found=days.first.isoformat()
                    )
                dates[days.first] = key
    if not wrong_holidays and not calendar.opening_hours.ever_opens():
        yield DocumentRefused("never_opens", NEVER_OPENS, (*place, "closed"), calendar=name)


def _about_holidays(name: str, calendar: Calendar) -> Iterator[DocumentRefused]:
    place = ("calendars", name)
    if calendar.country is None:
        if calendar.land is not None:
            yield DocumentRefused("country_missing", COUNTRY_MISSING, (*place, "land"), found=calendar.land)
        if calendar.categories:
            found = ", ".join(calendar.categories)
            yield DocumentRefused("country_missing", COUNTRY_MISSING, (*place, "categories"), found=found)
        return
    supported = _supported(calendar.country)
    if supported is None:
        yield DocumentRefused("unknown_country", UNKNOWN_COUNTRY, (*place, "country"), found=calendar.country)
        return
    lands, categories = supported
    if calendar.land is not None and calendar.land not in lands:
        known = nearest(calendar.land, lands) if lands else "–"
        yield DocumentRefused("unknown_land", UNKNOWN_LAND, (*place, "land"), found=calendar.land, known=known)
    for number, category in enumerate(calendar.categories):
        if category not in categories:
            yield DocumentRefused(
                "unknown_category",
                UNKNOWN_CATEGORY,
                (*place, "categories", number),
                found=category,
                known=", ".join(categories),
            )


@lru_cache(maxsize=64)
def _supported(country: str) -> tuple[list[str], list[str]] | None:
    """The Länder (and their names) and categories of a country; None for a country without known holidays."""
    import holidays

    try:
        known: Any = holidays.country_holidays(country)
    except NotImplementedError:
        return None
    # A half holiday does not say which half; such a day is written down with hours of its own.
    categories = [each for each in known.supported_categories if each != "half_day"]
    return [*known.subdivisions, *known.subdivisions_aliases], categories


def _unknown_calendar(place: tuple[str, ...], found: str, known: list[str]) -> DocumentRefused:
    return DocumentRefused("unknown_calendar", UNKNOWN_CALENDAR, place, found=found, known=nearest(found, known) or "–")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def default_text() -> str:
    return files("domain").joinpath("defaults", "calendars.toml").read_text("utf-8")


@cache
def default() -> Calendars:
    """What counts until the firm publishes calendars of its own."""
    return load(default_text(), Calendars)


# -- sentences --------------------------------------------------------------------------------------

NOT_A_WINDOW = "“{found}” is no span of hours. Please write it like 08:00-12:00."
NOT_A_CLOCK_TIME = "“{found}” holds a time that no clock shows. A day runs from 00:00 to 24:00."
REVERSED_WINDOW = "“{found}” ends before it begins. Write hours past midnight on two days: until 24:00, and from 00:00."
OVERLAP = "“{found}” and “{other}” overlap. Please write them so that the second begins when the first has ended."
SPECIAL_WITHOUT_HOURS = "These days have no hours. Please give them some, or list the days as closed."
NONEXISTENT_DATE = "“{found}” does not exist in the calendar. Please check the date."
NOT_A_DAY = '“{found}” is no day. Please write a date like 2026-12-24, or "12-24" for every year on 24 December.'
OUTSIDE_THE_YEARS = "“{found}” lies outside the years {first} to {last}. Please check the date."
WHICH_DAYS = "Please name either one day with “on”, or the first and the last day with “from” and “to”."
DATE_OR_EVERY_YEAR = "“from” and “to” must both be dates, or both days of every year."
REVERSED_DAYS = "The days end on {last}, before they begin on {first}. Please check the two dates."
NO_OPENING_HOURS = "The calendar “{calendar}” has no opening hours. Please give at least one weekday its hours."
NEVER_OPENS = "With these closed days the calendar “{calendar}” never opens again. Please check them."
DOUBLED_DATE = "{found} is named twice in this calendar. Please keep one of the two."
COUNTRY_MISSING = '“{found}” needs the country it belongs to. Please add a line such as: country = "DE".'
UNKNOWN_COUNTRY = "No public holidays are known for the country “{found}”. Germany is written DE, Austria AT."
UNKNOWN_LAND = "“{found}” is not known as a part of this country. Possible is: {known}."
UNKNOWN_CATEGORY = (
    "“{found}” is no kind of public holiday in this country. Possible is: {known}. "
    "Write half holidays as special days with hours of their own."
)
UNKNOWN_CALENDAR = "There is no calendar “{found}” in this document. Possible is: {known}."
