"""When a month has ended, the firm's own long-run rates are set; they count from the next month on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.alert import OURSELVES
from domain.fact import Fact
from domain.firm import FirmRatesSet
from projections import rates
from projections.filters import Library
from projections.tables import MICROSECOND


def facts(library: Library, zone: ZoneInfo, at: datetime) -> list[Fact]:
    """A fact for each month that has ended by the moment and has no rates yet, the oldest first."""
    first = rates.first_fact(library)
    if first is None:
        return []
    steering = library.steering(None)
    known = {start for start, _ in steering.rates}
    before = steering.rates_at(first - MICROSECOND)
    found = []
    for month, end in _months(first.astimezone(zone), at):
        if end in known:
            before = steering.rates_at(end)
            continue
        before = rates.at(library, end, before)
        data = FirmRatesSet(month=month, rates=before)
        found.append(Fact(source=OURSELVES, id=f"rates/{month}", time=end, data=data))
    return found


def _months(first: datetime, upto: datetime) -> Iterator[tuple[str, datetime]]:
    """Each month from the first moment's on that has ended, and the first instant of the next, UTC."""
    year, month = first.year, first.month
    while True:
        name = f"{year}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = datetime(year, month, 1, tzinfo=first.tzinfo).astimezone(UTC)
        if end > upto:
            return
        yield name, end
