"""Somebody's question: of which home, at which moment, and in which language it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from projections.filters import Moment
from wiring.home import Konto
from wiring.moments import moment
from words import Translator


@dataclass(frozen=True)
class Asking:
    """Whoever asks, on the command line or over HTTP. `places` say where a value stood, for a refusal."""

    konto: Konto
    now: datetime
    t: Translator
    page: str = field(default="", kw_only=True)
    """What is asked, as the access journal names it."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.konto.settings.zone)

    def time(self, text: str | None, place: str) -> datetime | None:
        return None if text is None else moment(text, self.zone, place)

    def moment(self, as_of: str | None, known_on: str | None, places: tuple[str, str]) -> Moment:
        """As things stood then, with what we knew then; without them now."""
        return Moment(self.time(as_of, places[0]) or self.now, self.time(known_on, places[1]))
