"""Single days: a date as written, a weekday, tomorrow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from pydantic_core import PydanticCustomError

from domain.fact import instant
from intake.capture.calendar_words import (
    DAYS_FROM_TODAY,
    MONTH,
    MONTHS,
    SHORT_WEEKDAY,
    SHORT_WEEKDAYS,
    THIS_OR_NEXT,
    WEEKDAY,
    WEEKDAYS,
    any_of,
    which,
)
from intake.capture.meant import NONEXISTENT, Meant, Rule, Today, day_of, in_some_year, pattern, weekday_in_week
from intake.capture.understood import Unclear
from words import N_

AS_WRITTEN = N_("as written")
FROM_TODAY = N_("counted from today")
NEXT_ONE = N_("the next one after today")
LAST_ONE = N_("the last one before today")
OF_WEEK = N_("of that calendar week, which begins on Monday")
WEEK_ON = N_("a week after the next one")
NEXT_SUCH_DAY = N_("the nearest day of this number")

WEEK = r"(?:woche|week)"
INTO = r"(?:(?:in|of|the|der|den)\s+)*"


def _iso(found: re.Match[str], today: Today) -> Meant:
    return Meant((day_of(int(found[1]), int(found[2]), int(found[3]), found[0]),), AS_WRITTEN)


def _instant(found: re.Match[str], today: Today) -> Meant:
    try:
        return Meant(how=AS_WRITTEN, instant=instant(found[0]).astimezone(today.hours.zone))
    except PydanticCustomError:
        raise Unclear("nonexistent_date", NONEXISTENT, found=found[0]) from None


def _numeric(found: re.Match[str], today: Today) -> Meant:
    return _dated(found["day"], int(found["month"]), found["year"], found[0], today)


def _named_month(found: re.Match[str], today: Today) -> Meant:
    return _dated(found["day"], MONTHS[found["month"].casefold()], found["year"], found[0], today)


def _dated(day: str, month: int, year: str | None, said: str, today: Today) -> Meant:
    if year:
        year = year.strip()
        century = 2000 if len(year) == 2 else 0
        return Meant((day_of(century + int(year), month, int(day), said),), AS_WRITTEN)
    return Meant(in_some_year(lambda each: day_of(each, month, int(day), said), today), AS_WRITTEN)


def _slashes(found: re.Match[str], today: Today) -> Meant:
    """Day first or month first: both are written."""
    first, second = int(found[1]), int(found[2])
    if first > 12 or second > 12 or first == second:
        day, month = (second, first) if second > 12 else (first, second)
        return _dated(str(day), month, found[3], found[0], today)
    days = [
        _dated(str(day), month, found[3], found[0], today).days for day, month in ((first, second), (second, first))
    ]
    return Meant(tuple(sorted(each for several in days for each in several)), AS_WRITTEN)


def _day_of_month(found: re.Match[str], today: Today) -> Meant:
    number = int(found["number"])
    if not 1 <= number <= 31:
        raise Unclear("nonexistent_date", NO_SUCH_NUMBER, found=found[0])
    step = -1 if today.backwards else 1
    day = today.day
    while day.day != number:
        day += timedelta(days=step)
    return Meant((day,), NEXT_SUCH_DAY)


def _from_today(found: re.Match[str], today: Today) -> Meant:
    days = DAYS_FROM_TODAY[" ".join(found[0].casefold().split())]
    return Meant((today.day + timedelta(days=days),), FROM_TODAY)


def _weekday(found: re.Match[str], today: Today) -> Meant:
    """Said on that weekday itself it may be today or in a week."""
    named = found["weekday"].casefold()
    weekday = WEEKDAYS.get(named, SHORT_WEEKDAYS.get(named, 0))
    ahead = (weekday - today.day.weekday()) % 7
    if today.backwards:
        return Meant((today.day - timedelta(days=7 - ahead if ahead else 7),), LAST_ONE, form="weekday")
    coming = today.day + timedelta(days=ahead)
    days = (coming,) if ahead else (coming, coming + timedelta(weeks=1))
    return Meant(days, NEXT_ONE, form="weekday")


def _weekday_by_word(found: re.Match[str], today: Today) -> Meant:
    """ "nächsten Freitag" is the next one to some, the one of next week to others."""
    weekday, weeks = WEEKDAYS[found["weekday"].casefold()], which(found["which"])
    ahead = (weekday - today.day.weekday()) % 7 or 7
    of_week = weekday_in_week(today, weekday, weeks)
    if weeks == 0:
        return Meant((of_week,), OF_WEEK, otherwise=(of_week + timedelta(weeks=1),))
    coming = today.day + timedelta(days=ahead + 7 * (weeks - 1))
    if found["which"].casefold().startswith(("kommend", "coming")):
        return Meant((coming,), NEXT_ONE)
    return Meant(tuple(sorted({coming, of_week})), OF_WEEK if coming == of_week else NEXT_ONE)


def _weekday_of_week(found: re.Match[str], today: Today) -> Meant:
    day = weekday_in_week(today, WEEKDAYS[found["weekday"].casefold()], which(found["which"]))
    return Meant((day,), OF_WEEK, otherwise=(day + timedelta(weeks=1),))


def _weekday_after_next_week(found: re.Match[str], today: Today) -> Meant:
    return Meant((weekday_in_week(today, WEEKDAYS[found["weekday"].casefold()], 2),), OF_WEEK)


def _weekday_in_a_week(found: re.Match[str], today: Today) -> Meant:
    ahead = (WEEKDAYS[found["weekday"].casefold()] - today.day.weekday()) % 7
    return Meant((today.day + timedelta(days=ahead + 7),), WEEK_ON)


DAY = r"(?P<day>\d{1,2})"
YEAR = r"(?P<year>20\d\d)"
ORDINAL = r"(?:st|nd|rd|th)"
NAMED = rf"(?P<month>{MONTH})"
NAMED_DAY = rf"(?P<weekday>{WEEKDAY})"

RULES: Sequence[Rule] = (
    (pattern(r"(\d{4})-(\d\d)-(\d\d)(?!-)"), _iso),
    (pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)"), _instant),
    (pattern(rf"{DAY}\.\s?(?P<month>\d{{1,2}})\.(?P<year>\s20\d\d|\d{{4}}|\d\d)?"), _numeric),
    (pattern(rf"(?<=bis ){DAY}\.(?P<month>\d{{1,2}})(?P<year>)(?![.:\d]|\s*uhr)"), _numeric),
    (pattern(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)"), _slashes),
    (pattern(rf"{DAY}(?:\.|{ORDINAL})?\s*(?:of\s+)?{NAMED}\.?(?:\s+{YEAR})?"), _named_month),
    (pattern(rf"{NAMED}\.?\s+{DAY}{ORDINAL}?(?![.:\d]|\s*(?:uhr|am|pm))(?:,?\s+{YEAR})?"), _named_month),
    (
        pattern(rf"(?:am|zum|der|den|dem)\s+(?P<number>\d{{1,2}})\.(?:\s+des\s+monats)?(?!\d|\s*(?:\d|{MONTH}))"),
        _day_of_month,
    ),
    (pattern(rf"the\s+(?P<number>\d{{1,2}}){ORDINAL}(?:\s+of\s+the\s+month)?(?!\s+(?:of|{MONTH}))"), _day_of_month),
    (pattern(rf"(?<!am )(?<!heute )(?<!guten )(?:{any_of(DAYS_FROM_TODAY)})"), _from_today),
    (pattern(rf"{NAMED_DAY}\s+(?:in\s+(?:einer\s+woche|a\s+week)|week(?!\s+after))"), _weekday_in_a_week),
    (pattern(rf"{NAMED_DAY},?\s+(?:of\s+|the\s+)*week\s+after\s+next"), _weekday_after_next_week),
    (pattern(rf"{NAMED_DAY},?\s+{INTO}(?P<which>{THIS_OR_NEXT})\s+{WEEK}"), _weekday_of_week),
    (pattern(rf"(?P<which>{THIS_OR_NEXT})\s+{WEEK},?\s+(?:am\s+|on\s+)?{NAMED_DAY}"), _weekday_of_week),
    (pattern(rf"(?P<which>{THIS_OR_NEXT})\s+{NAMED_DAY}"), _weekday_by_word),
    (pattern(NAMED_DAY), _weekday),
    (pattern(rf"(?<=bis )(?P<weekday>{SHORT_WEEKDAY})\.?"), _weekday),
    (pattern(rf"(?<=am )(?P<weekday>{SHORT_WEEKDAY})\.?"), _weekday),
    (pattern(rf"(?<=by )(?P<weekday>{SHORT_WEEKDAY})\.?"), _weekday),
)

NO_SUCH_NUMBER = N_("“{found}” is no day of a month. Please check the date.")
