"""When something was: a time or a date as a system writes it, read as the mapping declares it, never guessed.

Always understood is ISO 8601 (`2026-03-06`, `2026-03-06T09:00`, with or without seconds and offset).
Everything else needs a declared format: a strptime pattern, `unix`, `unix_ms` or `excel`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.fact import EARLIEST, LATEST, end_of
from words import N_

ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
NAMED_FORMATS = ("unix", "unix_ms", "excel")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
EXCEL_DAYS_OF_OUR_TIME = range(25_000, 75_000)
"""1968 to 2105: a bare number among these, where a date should stand, is most often one of Excel's."""
SAMPLE = datetime(2026, 12, 31, 17, 30, 45)  # noqa: DTZ001 - shows how a format looks

SWAPPABLE = (datetime(2003, 2, 1, 5, 4, 6), datetime(2026, 3, 2, 9, 7, 8))  # noqa: DTZ001
"""Days whose parts can change places."""
MIDNIGHT = "24:00"

NO_SUCH_DAY = N_("“{found}” does not exist in the calendar. Please check the date.")
NO_ZONE = N_(
    '“{found}” does not say in which zone it is meant. Please declare it in the mapping: zone = "Europe/Berlin".'
)
NONEXISTENT = N_("“{found}” does not exist in {zone}: the clocks went forward then. Please check the time.")
AMBIGUOUS = N_(
    "“{found}” happened twice in {zone}: the clocks went back then. It is {first} or {second}; "
    "please write the time with its offset."
)
OUT_OF_RANGE = N_(
    "“{found}” lies outside what a clock shows or the years 1900 to 2199. Midnight is 00:00 of the next day."
)
OTHER_FORM = N_(
    "“{found}” is not written like {expected}. Please check the value, or declare time_format in the mapping."
)
EXCEL_NUMBER = N_(
    "“{found}” is a number where a date should stand. If it comes from Excel, it means {date}: "
    'format the column as a date there, or declare time_format = "excel" in the mapping.'
)
NO_FORMAT = N_(
    "“{found}” is no way of writing a date and time that can be read back. "
    "Examples: %d.%m.%Y, %d.%m.%Y %H:%M, unix, excel."
)


@lru_cache(maxsize=1000)
def is_readable(form: str) -> bool:
    """Whether what is written in this format can be read again, and is then the same day."""
    if form in NAMED_FORMATS:
        return True
    try:
        return datetime.strptime(SAMPLE.strftime(form), form).date() == SAMPLE.date()  # noqa: DTZ007
    except (ValueError, re.error):
        # A sign that stands in it twice is an error of the pattern that strptime makes of it.
        return False


def read(value: object, formats: Sequence[str], zone: ZoneInfo | None) -> datetime | date:
    """An instant, or a date where the value names no time of day."""
    local = as_written(value, formats)
    if not isinstance(local, datetime):
        return local
    if local.tzinfo is not None:
        return _in_range(local, value)
    return _placed(local, value, zone)


def day(value: object, formats: Sequence[str], zone: ZoneInfo | None) -> date:
    """The date of a time as it is written; of a time with an offset, its date in the zone."""
    local = as_written(value, formats)
    if not isinstance(local, datetime):
        return local
    if local.tzinfo is None:
        return local.date()
    if zone is None:
        raise Refused("zone_missing", NO_ZONE, found=str(value))
    return _in_range(local, value).astimezone(zone).date()


def start_of_day(value: date, zone: ZoneInfo | None) -> datetime:
    """00:00 of the date in the zone, which is 24:00 of the day before."""
    _refuse_far_away(value)
    return end_of_day(value - timedelta(days=1), zone)


def end_of_day(value: date, zone: ZoneInfo | None) -> datetime:
    """24:00 of the date in the zone."""
    if zone is None:
        raise Refused("zone_missing", NO_ZONE, found=value.isoformat())
    _refuse_far_away(value)
    return end_of(value, zone.key)


def _refuse_far_away(value: date) -> None:
    if not EARLIEST.date() <= value < LATEST.date():
        raise Refused("out_of_range", OUT_OF_RANGE, found=value.isoformat())


def last_second(value: date, zone: ZoneInfo | None) -> datetime:
    return end_of_day(value, zone) - timedelta(seconds=1)


def written(moment: datetime | date) -> str:
    """In UTC and always equally long, so that times compare and sort as texts do; a date stays a date."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def short(text: str) -> str:
    """A written time without a fraction of nothing, as it goes into an envelope."""
    return text.replace(".000000Z", "Z")


def as_written(value: object, formats: Sequence[str]) -> datetime | date:
    """Without a zone where none was written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _other_form(value, formats)
    text = value.strip() if isinstance(value, str) else repr(value)
    match = ISO.fullmatch(text)
    if match is not None:
        return _iso(text, match)
    for form in formats:
        found = _in_form(text, form)
        if found is not None:
            return found
    raise _other_form(value, formats)


def _iso(text: str, match: re.Match[str]) -> datetime | date:
    on, hour, minute, second, fraction, offset = match.groups()
    try:
        on_day = date.fromisoformat(on)
    except ValueError:
        raise Refused("nonexistent_date", NO_SUCH_DAY, found=text) from None
    if hour is None:
        return on_day
    offset = "" if offset is None else "+00:00" if offset in "Zz" else offset
    try:
        if int(hour) > 23:
            raise ValueError
        return datetime.fromisoformat(f"{on}T{hour}:{minute}:{second or '00'}.{(fraction or '')[:6]:0<6}{offset}")
    except ValueError:
        raise Refused("out_of_range", OUT_OF_RANGE, found=text) from None


@lru_cache(maxsize=10_000)
def _in_form(text: str, form: str) -> datetime | date | None:
    if form in NAMED_FORMATS:
        return _counted(text, form) if NUMBER.fullmatch(text) else None
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes from the mapping
    except ValueError as error:
        # strptime says so when everything fits the pattern and yet there is no such day.
        if "out of range" in str(error):
            raise Refused("nonexistent_date", NO_SUCH_DAY, found=text) from None
        return None
    return moment if names_a_time_of_day(form) else moment.date()


def names_a_time_of_day(form: str) -> bool:
    return form in NAMED_FORMATS or re.search(r"%[HIcXs]", form.replace("%%", "")) is not None


def _counted(text: str, form: str) -> datetime | date:
    try:
        if form == "excel":
            moment = EXCEL_DAY_ZERO + timedelta(days=float(text))
            moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
            return moment if "." in text.removesuffix(".0") else moment.date()
        seconds = float(text) / (1000 if form == "unix_ms" else 1)
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise Refused("out_of_range", OUT_OF_RANGE, found=text) from None


def _placed(local: datetime, value: object, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise Refused("zone_missing", NO_ZONE, found=str(value))
    if zone.key == "UTC":
        return local.replace(tzinfo=UTC)
    first = local.replace(tzinfo=zone)
    second = first.replace(fold=1)
    if first.utcoffset() != second.utcoffset():
        if _in_range(first, value).astimezone(zone).replace(tzinfo=None) != local:
            raise Refused("nonexistent_local_time", NONEXISTENT, found=str(value), zone=zone.key)
        raise Refused(
            "ambiguous_local_time",
            AMBIGUOUS,
            found=str(value),
            zone=zone.key,
            first=first.isoformat(),
            second=second.isoformat(),
        )
    return _in_range(first, value)


def _in_range(moment: datetime, value: object) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Refused("out_of_range", OUT_OF_RANGE, found=str(value)) from None


def _other_form(value: object, formats: Sequence[str]) -> Refused:
    text = str(value).strip()
    if MIDNIGHT in text and any(_as_in(text.replace(MIDNIGHT, "00:00"), form) for form in formats):
        return Refused("out_of_range", OUT_OF_RANGE, found=text[:60])
    if NUMBER.fullmatch(text) and int(float(text)) in EXCEL_DAYS_OF_OUR_TIME and "excel" not in formats:
        meant = EXCEL_DAY_ZERO + timedelta(days=int(float(text)))
        return Refused("excel_date", EXCEL_NUMBER, found=text, date=meant.date().isoformat())
    samples = [sample(form) for form in formats] or [SAMPLE.isoformat(sep=" "), SAMPLE.date().isoformat()]
    return Refused("time_format", OTHER_FORM, found=text[:60], expected=" / ".join(samples))


def read_in_two_ways(one: str, other: str) -> str | None:
    """A text that two formats read as different times, so that which one comes first would decide."""
    for moment in SWAPPABLE:
        for written, read in ((one, other), (other, one)):
            text = sample(written) if written in NAMED_FORMATS else moment.strftime(written)
            readings = [_as_in(text, form) for form in (written, read)]
            if None not in readings and readings[0] != readings[1]:
                return text
    return None


def _as_in(text: str, form: str) -> datetime | date | None:
    try:
        return _in_form(text, form)
    except Refused:
        return None


def sample(form: str) -> str:
    """How a time looks in a format."""
    counts = {"unix": "1798738245", "unix_ms": "1798738245000", "excel": "46387.73"}
    return counts.get(form) or SAMPLE.strftime(form)
