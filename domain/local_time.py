"""Times by the clock on the wall, and the instants they stand for, also where the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import Refused

DAY_SECONDS = 86_400

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_SECOND = timedelta(seconds=1)


def local_edge(day: date, second_of_day: int, zone: ZoneInfo) -> int:
    """The instant (seconds since the epoch) at which the clock on the wall reaches a time of a date.

    A time that comes twice is its first occurrence; one that a clock change leaves out is the change itself.
    """
    days, seconds = divmod(second_of_day, DAY_SECONDS)
    ordinal = day.toordinal() + days
    wall = (ordinal - _EPOCH_ORDINAL) * DAY_SECONDS + seconds
    local = datetime.fromordinal(ordinal).replace(
        hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60, tzinfo=zone
    )
    first, second = wall - _offset(local), wall - _offset(local.replace(fold=1))
    return first if first <= second else _clock_change(second, first, zone)


def end_of_date(day: date, zone: ZoneInfo) -> datetime:
    """24:00 of a date in a zone."""
    return at_second(local_edge(day, DAY_SECONDS, zone))


def from_local(local: datetime, zone: ZoneInfo, *, found: str = "", path: str = "") -> datetime:
    """The UTC instant of a time as written (`found`); its own offset decides, else the zone.

    Refuses times that a clock change leaves out, and those that come twice unless an offset says which.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    earlier, later = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    ahead = _offset(later) - _offset(earlier)
    if ahead == 0:
        return earlier.astimezone(UTC)
    if ahead < 0:
        raise Refused(
            "ambiguous_local_time",
            AMBIGUOUS_LOCAL_TIME,
            path,
            found=found or local.isoformat(sep=" "),
            zone=zone.key,
            earlier=earlier.isoformat(),
            later=later.isoformat(),
        )
    change = _clock_change(seconds_of(later), seconds_of(earlier), zone)
    raise Refused(
        "nonexistent_local_time",
        NONEXISTENT_LOCAL_TIME,
        path,
        found=found or local.isoformat(sep=" "),
        zone=zone.key,
        until=at_second(change - 1).astimezone(zone).strftime("%H:%M:%S"),
        then=at_second(change).astimezone(zone).strftime("%H:%M:%S"),
    )


def _clock_change(before: int, after: int, zone: ZoneInfo) -> int:
    """The first second of the new offset; `before` still has the old one, `after` has the new one."""
    new = _offset(at_second(after).astimezone(zone))
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(at_second(middle).astimezone(zone)) == new:
            after = middle
        else:
            before = middle
    return after


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    if offset is None:
        raise TypeError("a time without an offset is no instant")
    return offset // _SECOND


def seconds_of(instant: datetime) -> int:
    """Whole seconds since 1970, cut off downwards."""
    passed = instant - _EPOCH
    return passed.days * DAY_SECONDS + passed.seconds


def at_second(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


# -- sentences --------------------------------------------------------------------------------------

AMBIGUOUS_LOCAL_TIME = (
    "“{found}” comes twice in {zone}, because the clock is set back. Please write which one is meant: "
    "{earlier} or {later}."
)
NONEXISTENT_LOCAL_TIME = (
    "“{found}” does not exist in {zone}: the clock goes on from {until} to {then}. Please check the time."
)
