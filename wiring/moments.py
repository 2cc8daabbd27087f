"""Times as somebody types them on the command line, and as it writes them for scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from domain.errors import Refused
from domain.fact import day_or_instant, end_of
from domain.local_time import at_second, local_edge
from words import N_

NO_TIME = N_(
    "“{found}” is no time. Please write a date such as 2026-03-02 or a time such as 2026-03-02T09:00:00+01:00."
)


def moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    """An RFC 3339 time, or a date: 00:00 of that day in the zone. Raises Refused, naming the option."""
    found = _read(text, option)
    return found if isinstance(found, datetime) else at_second(local_edge(found, 0, zone))


def due(text: str, zone: ZoneInfo, option: str) -> datetime:
    """An RFC 3339 time, or a date: until its end in the zone, as promises are meant."""
    return end_of(_read(text, option), zone.key)


def _read(text: str, option: str) -> date | datetime:
    try:
        found = day_or_instant(text.strip())
    except PydanticCustomError as error:
        params = dict(error.context or {})
        sentence = params.pop("sentence")
        raise Refused(error.type, NO_TIME if error.type == "not_a_time" else sentence, option, **params) from None
    return found.astimezone(UTC) if isinstance(found, datetime) else found


def written(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
