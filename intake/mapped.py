"""What became of a row: a fact at the door, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Refused


@dataclass(frozen=True, slots=True)
class OnChange:
    """What a repeat of the fact's key with other content may become."""

    become: tuple[str, ...]
    time: str
    """When it changed, RFC 3339: what the mapping reads from the row, else the moment of intake."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Said along with a new due: reason, alternative, asked_by, agreed."""


@dataclass(frozen=True, slots=True)
class WholeDay:
    """A date in a zone."""

    date: str
    zone: str

    def holds(self, moment: datetime) -> bool:
        return moment.astimezone(ZoneInfo(self.zone)).date().isoformat() == self.date


@dataclass(frozen=True, slots=True)
class Mapped:
    """Either `envelope` or `refused` is there. One row may give several of these, or none."""

    row: int
    envelope: dict[str, Any] | None = None
    refused: Refused | None = None
    on_change: OnChange | None = None
    rows: tuple[int, ...] = ()
    """All rows that the fact was made from, where rows are grouped; else empty."""
    day: WholeDay | None = None
    """The date that stood where `time` belongs, where it was a date only."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column each field of the envelope came from ("data.due" → "Zugesagt bis"), for later refusals."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """What the mapping reads each field of the envelope from, as it is written there."""
