"""What a message looks like to whoever reads it: its words in their language, its links, its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.alert import Occasion
from domain.log import Log
from domain.steering import Steering
from projections import alerts as table
from projections.alerts import Raised
from projections.filters import Library
from projections.taught import Taught
from words import translator
from workers.channels import Envelope
from workers.matters import matter_of
from workers.messages import Matter, Message, Telling, single, together
from workers.recipients import Addressee, NameOf, addressee

DOMAIN = "vertrauenskonto"
"""Behind the @ of every Message-ID: by it our own mails are known."""


@dataclass(frozen=True)
class Composer:
    """`page_of` gives the address of the page about something, `acknowledge_at` the one that acknowledges an alert in
    somebody's name."""

    log: Log
    library: Library
    steering: Callable[[], Steering]
    name_of: NameOf
    zone: ZoneInfo
    taught: Taught
    page_of: Callable[[Occasion], str]
    acknowledge_at: Callable[[str, str], str]

    def envelope(self, message: str, told: Sequence[Raised], reader: Addressee, now: datetime) -> Envelope:
        thread = told[0].subject if len(told) == 1 else ""
        text = self.message(told, reader, now)
        return Envelope(reader.name, reader.email or "", f"<{message}@{DOMAIN}>", text, now, thread)

    def message(self, told: Sequence[Raised], reader: Addressee, now: datetime) -> Message:
        """One alert by itself, or several together."""
        parts = [(self.matter(each.occasion, now), self._telling(each, reader, now)) for each in told]
        if len(parts) == 1:
            return single(*parts[0])
        digest = reader.known is not None and reader.known.digest
        return together(parts, digest=digest, now=now, zone=self._zone_of(reader), t=translator(reader.language))

    def matter(self, occasion: Occasion, now: datetime) -> Matter:
        if occasion.rule != "at_risk":
            return matter_of(self.log, self.library, self.steering(), occasion, now, self.zone)
        with self.taught.adviser(now) as adviser:
            return matter_of(self.log, self.library, self.steering(), occasion, now, self.zone, adviser=adviser)

    def _telling(self, raised: Raised, reader: Addressee, now: datetime) -> Telling:
        return Telling(
            now=now,
            zone=self._zone_of(reader),
            t=translator(reader.language),
            page=self.page_of(raised.occasion),
            acknowledge=self.acknowledge_at(raised.alert, reader.person),
            late=raised.is_late,
            not_acknowledged_by=self._silent(raised, now),
            for_whom=reader.away,
        )

    def _silent(self, raised: Raised, now: datetime) -> str | None:
        """Who got it before and did not acknowledge it."""
        if raised.escalated_from is None:
            return None
        before = table.raised(self.library.views, raised.escalated_from)
        if before is None:
            return None
        person = addressee(before.sent_to or before.recipient, self.steering(), self.name_of, now)
        return person.name if person else None

    def _zone_of(self, reader: Addressee) -> ZoneInfo:
        known = reader.known
        return ZoneInfo(known.zone) if known is not None and known.zone else self.zone
