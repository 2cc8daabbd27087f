"""Days on the reader's clock as the instants that the store asks for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dashboard.shapes.asking import Reader


def midnight(day: date, reader: Reader) -> datetime:
    """The beginning of a day on the reader's clock."""
    return datetime.combine(day, time(), tzinfo=reader.zone)


def end_of(day: date, reader: Reader) -> datetime:
    """The last instant of a day on the reader's clock."""
    return midnight(day + timedelta(days=1), reader) - datetime.resolution


def day_of(at: datetime, reader: Reader) -> date:
    return at.astimezone(reader.zone).date()
