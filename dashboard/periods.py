"""Which period the overview shows, and which it is compared with: chosen by name, or by two dates of one's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, get_args

from dashboard.shapes.periods import Period

Name = Literal["4w", "13w", "52w", "quarter", "last-quarter", "year", "own"]
Against = Literal["before", "year-ago"]

NAMES: Final[tuple[Name, ...]] = get_args(Name)
AGAINST: Final[tuple[Against, ...]] = get_args(Against)
WEEKS: Final = {"4w": 4, "13w": 13, "52w": 52}
LONGEST: Final = timedelta(days=3 * 366)
"""No picture of weeks can be read beyond that."""
MONTH: Final = timedelta(days=29)
_QUARTER_MONTHS: Final = 3


class Chosen(NamedTuple):
    """The period, and the one it is compared with."""

    period: Period
    against: Period


def chosen(name: Name, against: Against, today: date, own: Period | None = None) -> Chosen:
    """Weeks begin on Monday. What is not over yet is compared with as many days of what came before."""
    if name in WEEKS:
        monday = today - timedelta(days=today.weekday())
        period = Period(monday - timedelta(weeks=WEEKS[name] - 1), today)
        return Chosen(period, _earlier(period, timedelta(weeks=WEEKS[name] if against == "before" else 52)))
    if name == "own" and own is not None:
        days = own.until - own.since + timedelta(days=1)
        return Chosen(own, _earlier(own, days if against == "before" else timedelta(weeks=52)))
    if name == "year":
        return _calendar(Period(date(today.year, 1, 1), today), 12, 12)
    first = date(today.year, (today.month - 1) // _QUARTER_MONTHS * _QUARTER_MONTHS + 1, 1)
    back = _QUARTER_MONTHS if against == "before" else 12
    if name == "last-quarter":
        begin = _months_back(first, _QUARTER_MONTHS)
        return _calendar(Period(begin, first - timedelta(days=1)), back, _QUARTER_MONTHS)
    return _calendar(Period(first, today), back, _QUARTER_MONTHS)


def _earlier(period: Period, by: timedelta) -> Period:
    return Period(period.since - by, period.until - by)


def _calendar(period: Period, back: int, months: int) -> Chosen:
    """The same stretch of the calendar so many months before; a whole one with a whole one, however long it is."""
    since = _months_back(period.since, back)
    whole = _months_back(period.since, -months)
    if period.until + timedelta(days=1) == whole:
        return Chosen(period, Period(since, _months_back(whole, back) - timedelta(days=1)))
    until = since + (period.until - period.since)
    return Chosen(period, Period(since, min(until, _months_back(whole, back) - timedelta(days=1))))


def _months_back(first: date, months: int) -> date:
    """The first of the month so many months before a first of a month."""
    month = first.year * 12 + first.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
