"""Terms by days, weeks, months and hours, reckoned as German law does (BGB §§ 187 to 189, HGB § 359)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, timedelta

from domain.business_time import Hours
from intake.capture.calendar_words import NUMBER, number
from intake.capture.meant import Meant, Rule, Today, add_months, pattern
from words import N_

BY_DAYS = N_("the day itself is not counted; the term ends with its last day")
BY_WEEKS = N_("the day itself is not counted; the term ends on the same day of the week")
BY_MONTHS = N_("the day itself is not counted; the term ends on the same date, or on the last day of the month")
EIGHT_DAYS = N_("eight days are full eight days, no week")
HALF_MONTH = N_("half a month is 15 days, counted last")
PART_OF_YEAR = N_("half a year is six months, a quarter three")
BY_HOURS = N_("counted by the hour from now on")
BUSINESS_DAYS = N_("days on which the firm is open, today not counted")
WORKING_DAYS = N_("Monday to Saturday without public holidays, today not counted")

LAW_DAYS = N_("BGB § 187 (1), § 188 (1)")
LAW_WEEKS = N_("BGB § 187 (1), § 188 (2)")
LAW_MONTHS = N_("BGB § 187 (1), § 188 (2) and (3)")
LAW_EIGHT_DAYS = N_("HGB § 359 (2)")
LAW_HALF_MONTH = N_("BGB § 189")
LAW_PART_OF_YEAR = N_("BGB § 189 (1)")
LAW_WORKING_DAYS = N_("BUrlG § 3 (2)")


def _term(day: date, how: str, law: str = "") -> Meant:
    return Meant((day,), how, law, form="term")


def _days(found: re.Match[str], today: Today) -> Meant:
    days = number(found["n"])
    how, law = (EIGHT_DAYS, LAW_EIGHT_DAYS) if days == 8 else (BY_DAYS, LAW_DAYS)
    return _term(today.day + timedelta(days=days), how, law)


def _weeks(found: re.Match[str], today: Today) -> Meant:
    return _term(today.day + timedelta(weeks=number(found["n"])), BY_WEEKS, LAW_WEEKS)


def _months(found: re.Match[str], today: Today) -> Meant:
    return _term(add_months(today.day, number(found["n"])), BY_MONTHS, LAW_MONTHS)


def _years(found: re.Match[str], today: Today) -> Meant:
    return _term(add_months(today.day, 12 * number(found["n"])), BY_MONTHS, LAW_MONTHS)


def _named_term(found: re.Match[str], today: Today) -> Meant:
    """ "binnen Monatsfrist": a term of one week, month or year."""
    if found["unit"].casefold() == "wochen":
        return _term(today.day + timedelta(weeks=1), BY_WEEKS, LAW_WEEKS)
    return _term(add_months(today.day, 1 if found["unit"].casefold() == "monats" else 12), BY_MONTHS, LAW_MONTHS)


def _half_month(found: re.Match[str], today: Today) -> Meant:
    return _term(today.day + timedelta(days=15), HALF_MONTH, LAW_HALF_MONTH)


def _month_and_a_half(found: re.Match[str], today: Today) -> Meant:
    return _term(add_months(today.day, 1) + timedelta(days=15), HALF_MONTH, LAW_HALF_MONTH)


def _half_year(found: re.Match[str], today: Today) -> Meant:
    return _term(add_months(today.day, 6), PART_OF_YEAR, LAW_PART_OF_YEAR)


def _quarter(found: re.Match[str], today: Today) -> Meant:
    return _term(add_months(today.day, 3), PART_OF_YEAR, LAW_PART_OF_YEAR)


def _hours(found: re.Match[str], today: Today) -> Meant:
    return _after(timedelta(hours=number(found["n"])), today)


def _half_hour(found: re.Match[str], today: Today) -> Meant:
    return _after(timedelta(minutes=30), today)


def _minutes(found: re.Match[str], today: Today) -> Meant:
    return _after(timedelta(minutes=number(found["n"])), today)


def _after(span: timedelta, today: Today) -> Meant:
    """On the world's clock, so that an hour is an hour also where the clock is changed."""
    then = (today.now.astimezone(UTC) + span).astimezone(today.hours.zone)
    return Meant(how=BY_HOURS, instant=then.replace(microsecond=0), form="term")


def _business_days(found: re.Match[str], today: Today) -> Meant:
    days = number(found["n"])
    return _term(today.hours.business_day(today.day, days) if days else today.day, BUSINESS_DAYS)


def _working_days(found: re.Match[str], today: Today) -> Meant:
    day = today.day
    for _ in range(number(found["n"])):
        day = next_working_day(day, today.hours, saturday=True)
    return _term(day, WORKING_DAYS, LAW_WORKING_DAYS)


def next_working_day(day: date, hours: Hours, *, saturday: bool = False) -> date:
    """The first day after this one that is no Sunday, no public holiday and, unless it counts, no Saturday."""
    following = day + timedelta(days=1)
    while following.weekday() > (5 if saturday else 4) or hours.why_closed(following) is not None:
        following += timedelta(days=1)
    return following


N = rf"(?P<n>{NUMBER})\s+(?:volle[nr]?\s+|full\s+)?"
HALF = r"(?:(?:eine?[mnrs]?|dem|der|das|the)\s+)?halbe[mnrs]?\s+"

RULES: Sequence[Rule] = (
    (pattern(rf"{N}(?:tage?[ns]?|days?)"), _days),
    (pattern(rf"{N}(?:wochen?|weeks?)"), _weeks),
    (pattern(rf"{N}(?:monat(?:en?|s)?|months?)"), _months),
    (pattern(rf"{N}(?:jahre?[ns]?|years?)"), _years),
    (pattern(rf"{N}(?:stunden?|hours?)"), _hours),
    (pattern(rf"{N}(?:minuten?|minutes?)"), _minutes),
    (pattern(rf"{N}(?:arbeitstage?n?|(?:working|business)\s+days?)"), _business_days),
    (pattern(rf"{N}werktage?n?"), _working_days),
    (pattern(r"(?P<unit>wochen|monats|jahres)frist"), _named_term),
    (pattern(rf"{HALF}monats?|half\s+a\s+month"), _half_month),
    (pattern(r"(?:anderthalb|eineinhalb)\s+monaten?|one\s+and\s+a\s+half\s+months"), _month_and_a_half),
    (pattern(rf"{HALF}jahre?s?|half\s+a\s+year"), _half_year),
    (pattern(r"(?:(?:einem|ein)\s+)?vierteljahr|a\s+quarter\s+of\s+a\s+year"), _quarter),
    (pattern(rf"{HALF}stunde|half\s+an\s+hour"), _half_hour),
)
