"""What an expression of time can mean on the day on which it is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from domain.business_time import Hours
from intake.capture.understood import Due, Unclear
from words import N_

HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class Today:
    """The moment at which something is said, by the clock on the firm's wall."""

    now: datetime
    hours: Hours
    backwards: bool = False
    """It is told of something that has happened: a Monday is the last one."""

    @property
    def day(self) -> date:
        return self.now.date()


class Meant(NamedTuple):
    """The days that can be meant, in order; one where it is clear. An instant where hours were counted."""

    days: tuple[date, ...] = ()
    how: str = ""
    law: str = ""
    instant: datetime | None = None
    form: Literal["day", "weekday", "period", "term"] = "day"
    """A weekday only confirms a date beside it; before a period or a term no single day can be meant."""
    otherwise: tuple[date, ...] = ()
    """What can be meant instead where the day has passed."""


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Today], Meant]]


def pattern(text: str) -> re.Pattern[str]:
    """Whole words in capital or small letters."""
    return re.compile(rf"(?<![\w.+:])(?:{text})(?!\w)", re.IGNORECASE)


def day_of(year: int, month: int, day: int, said: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear("nonexistent_date", NONEXISTENT, found=said) from None


def in_some_year(of_year: Callable[[int], date], today: Today) -> tuple[date, ...]:
    """The days that a date without a year can mean.

    One that lies ahead this year is meant; one long gone is next year's; one that passed lately leaves it open.
    Told of what has happened, the same the other way round.
    """
    this = of_year(today.day.year)
    if this == today.day or (this < today.day) == today.backwards:
        return (this,)
    other = of_year(today.day.year + (-1 if today.backwards else 1))
    return tuple(sorted((this, other))) if abs(this - today.day) <= HALF_A_YEAR else (other,)


def weekday_in_week(today: Today, weekday: int, weeks: int) -> date:
    """A weekday of the calendar week that is so many weeks from the running one; weeks begin on Monday."""
    return today.day + timedelta(days=weekday - today.day.weekday(), weeks=weeks)


def add_months(day: date, months: int) -> date:
    """The same date so many months on, or the last one of that month (BGB § 188 III)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = in_range(day.year + years), month + 1
    return date(year, month, min(day.day, last_of_month(year, month).day))


def last_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def in_range(year: int) -> int:
    """The year itself, if a fact can lie in it."""
    if not 1900 <= year < 2200:
        raise Unclear("out_of_range", OUT_OF_RANGE)
    return year


def clear(meant: Meant, said: str, today: Today) -> Due:
    """The one day or instant that is meant; asks back where there are several, or where it has passed."""
    if meant.instant is not None:
        return meant.instant
    if len(meant.days) > 1:
        raise Unclear("ambiguous_date", AMBIGUOUS, meant.days, found=said)
    (day,) = meant.days
    in_range(day.year)
    if day < today.day and not today.backwards:
        readings = meant.otherwise
        raise Unclear("in_the_past", PASSED_OR if readings else PASSED, readings, found=said)
    return day


# -- sentences --------------------------------------------------------------------------------------

NONEXISTENT = N_("“{found}” does not exist in the calendar. Please check the date.")
OUT_OF_RANGE = N_("This leads beyond the years 1900 to 2199. Please check the date.")
AMBIGUOUS = N_("“{found}” can mean several days: {readings}. Please write the date that is meant.")
PASSED = N_("“{found}” has passed already. Please say which day ahead is meant.")
PASSED_OR = N_("“{found}” has passed already. Is this meant: {readings}? Please write the date.")
