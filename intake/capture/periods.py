"""Weeks, months, quarters and years, and their beginning, middle and end (BGB § 192, ISO 8601)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from intake.capture.calendar_words import EDGE, EDGES, MONTH, MONTHS, THIS_OR_NEXT, WEEKDAY, WEEKDAYS, which
from intake.capture.meant import (
    HALF_A_YEAR,
    Meant,
    Rule,
    Today,
    add_months,
    in_range,
    in_some_year,
    last_of_month,
    pattern,
    weekday_in_week,
)
from intake.capture.understood import Unclear
from words import N_

ISO_WEEK = N_("ISO 8601")
SECTION_192 = N_("BGB § 192")

WEEK_ENDS = N_("a calendar week runs from Monday to Sunday")
EDGE_OF_WEEK = N_("Monday, Wednesday and Sunday are beginning, middle and end of a week")
EDGE_OF_MONTH = N_("beginning, middle and end of a month are its 1st, 15th and last day")
MONTH_ENDS = N_("until the last day of the month")
BEFORE_OR_IN = N_("before the month begins, or until it ends")
FRIDAY_OR_SUNDAY = N_("before the weekend, or until it ends")
LAST_DAY = N_("its last day")

WEEKDAY_OF_EDGE = {"start": 0, "middle": 2, "end": 6}
OF = r"(?:[\s-]+(?:(?:of|der|des|the|in)\s+)*)"


def _period(days: tuple[date, ...], how: str, law: str = "", otherwise: tuple[date, ...] = ()) -> Meant:
    return Meant(days, how, law, form="period", otherwise=otherwise)


def _edge(found: re.Match[str]) -> str:
    return EDGES[found["edge"].casefold()] if found["edge"] else "end"


# -- weeks ------------------------------------------------------------------------------------------


def _week(found: re.Match[str], today: Today) -> Meant:
    return _day_of_week(_edge(found), which(found["which"]), found["edge"], today)


def _week_after_next(found: re.Match[str], today: Today) -> Meant:
    return _day_of_week(_edge(found), 2, found["edge"], today)


def _day_of_week(edge: str, weeks: int, said: str | None, today: Today) -> Meant:
    day = weekday_in_week(today, WEEKDAY_OF_EDGE[edge], weeks)
    return _period((day,), EDGE_OF_WEEK if said else WEEK_ENDS, ISO_WEEK, otherwise=(day + timedelta(weeks=1),))


def _weekend(found: re.Match[str], today: Today) -> Meant:
    weeks = which(found["which"])
    return _period((weekday_in_week(today, 4, weeks), weekday_in_week(today, 6, weeks)), FRIDAY_OR_SUNDAY)


def _calendar_week(found: re.Match[str], today: Today) -> Meant:
    """A week of a year; without a year the one ahead, or a question where it passed lately."""
    weekday = WEEKDAYS[found["weekday"].casefold()] if found["weekday"] else WEEKDAY_OF_EDGE[_edge(found)]
    number = int(found["week"])

    def in_year(year: int) -> date:
        try:
            return date.fromisocalendar(in_range(year), number, weekday + 1)
        except ValueError:
            raise Unclear("nonexistent_week", NO_SUCH_WEEK, found=found[0], year=str(year)) from None

    if found["year"]:
        return _period((in_year(int(found["year"])),), WEEK_ENDS, ISO_WEEK)
    year = today.day.isocalendar().year
    this = in_year(year)
    monday = this - timedelta(days=this.weekday())
    if monday >= today.day or monday == weekday_in_week(today, 0, 0):
        return _period((this,), WEEK_ENDS, ISO_WEEK)
    following = in_year(year + 1)
    return _period((following,) if today.day - this > HALF_A_YEAR else (this, following), WEEK_ENDS, ISO_WEEK)


# -- months and years -------------------------------------------------------------------------------


def _month(found: re.Match[str], today: Today) -> Meant:
    first = add_months(today.day.replace(day=1), which(found["which"]))
    return _day_of_month(_edge(found), first, add_months(first, 1))


def _day_of_month(edge: str, first: date, following: date) -> Meant:
    return _period((_at(edge, first),), EDGE_OF_MONTH, SECTION_192, otherwise=(_at(edge, following),))


def _at(edge: str, first: date) -> date:
    if edge == "end":
        return last_of_month(first.year, first.month)
    return first.replace(day=15 if edge == "middle" else 1)


def _named_month(found: re.Match[str], today: Today) -> Meant:
    month, edge = MONTHS[found["month"].casefold()], _edge(found)
    if found["year"]:
        days: tuple[date, ...] = (_at(edge, date(in_range(int(found["year"])), month, 1)),)
    else:
        days = in_some_year(lambda year: _at(edge, date(year, month, 1)), today)
    return _period(days, EDGE_OF_MONTH if found["edge"] else MONTH_ENDS, SECTION_192)


def _whole_month(found: re.Match[str], today: Today) -> Meant:
    first = add_months(today.day.replace(day=1), which(found["which"]))
    return _period((_at("end", first),), MONTH_ENDS, SECTION_192)


def _until_month(found: re.Match[str], today: Today) -> Meant:
    """ "bis März" may mean before it begins or until it ends."""
    month = MONTHS[found["month"].casefold()]
    ends = in_some_year(lambda year: last_of_month(year, month), today)[-1]
    before = ends.replace(day=1) - timedelta(days=1)
    days = (before, ends) if today.backwards or before >= today.day else (ends,)
    return _period(days, BEFORE_OR_IN)


def _quarter(found: re.Match[str], today: Today) -> Meant:
    first = add_months(today.day.replace(day=1), 3 * which(found["which"]))
    return _period((last_of_month(first.year, (first.month + 2) // 3 * 3),), LAST_DAY)


def _year(found: re.Match[str], today: Today) -> Meant:
    return _period((date(in_range(today.day.year + which(found["which"])), 12, 31),), LAST_DAY)


NEXT = rf"(?:(?P<which>{THIS_OR_NEXT})\s+)?"
AT = rf"(?P<edge>{EDGE})"
NO_EDGE = r"(?P<edge>)"
KW = r"(?:kw|cw|kalenderwoche|calendar\s+week|week)\s*(?P<week>\d{1,2})(?:\s*[/-]?\s*(?P<year>20\d\d))?"
SAME = r"(?P<which>)"
YEAR = r"(?:\s+(?P<year>20\d\d))?"

RULES: Sequence[Rule] = (
    (pattern(rf"{AT}{OF}week\s+after\s+next"), _week_after_next),
    (pattern(rf"{NO_EDGE}(?:the\s+)?week\s+after\s+next"), _week_after_next),
    (pattern(rf"{AT}{OF}{NEXT}(?:woche|week)(?!\s*\d)"), _week),
    (pattern(rf"{NO_EDGE}(?P<which>{THIS_OR_NEXT})\s+(?:woche|week)"), _week),
    (pattern(rf"{NEXT}(?:wochenende|weekend)"), _weekend),
    (pattern(rf"(?:{AT}{OF})?(?P<weekday>){KW}"), _calendar_week),
    (pattern(rf"{NO_EDGE}(?P<weekday>{WEEKDAY}),?\s+(?:(?:in|der|of)\s+)*{KW}"), _calendar_week),
    (pattern(rf"{NO_EDGE}{KW},?\s+(?P<weekday>{WEEKDAY})"), _calendar_week),
    (pattern(rf"{AT}{OF}{NEXT}(?:monats|month)"), _month),
    (pattern(rf"{SAME}monats(?P<edge>anfang|mitte|ende)"), _month),
    (pattern(rf"{AT}{OF}(?P<month>{MONTH}){YEAR}"), _named_month),
    (pattern(rf"(?:im|in){NO_EDGE}\s+(?P<month>{MONTH}){YEAR}"), _named_month),
    (pattern(rf"(?P<which>{THIS_OR_NEXT})\s+(?:monat|month)"), _whole_month),
    (pattern(rf"(?:bis(?:\s+zum)?|by|until|till)\s+(?P<month>{MONTH})(?!\s*\d)"), _until_month),
    (pattern(rf"(?:ende|end){OF}{NEXT}(?:quartals|quarter)|quartalsende"), _quarter),
    (pattern(rf"(?:ende|end){OF}{NEXT}(?:jahres|year)|jahresende|year[\s-]end"), _year),
)

NO_SUCH_WEEK = N_("There is no “{found}” in {year}: the year has fewer weeks. Please check the week.")
