"""Calendars as programs write them, in a few lines, and what they would become."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.errors import Refused
from domain.vocabulary import parse
from intake.appointments.appointment import Appointment
from intake.appointments.components import cut
from intake.appointments.partners import Known
from intake.appointments.reading import Found, Span, read
from intake.appointments.telling import Recorded, Telling
from intake.appointments.zones import Zones

NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)
"""A Thursday morning; Berlin shows 9:00."""
OURS, MEIER = "ORGANIZER:mailto:ines@firm.example", "ATTENDEE;CN=Meier:mailto:meier@example.com"
SENT = "DTSTAMP:20260310T080000Z"
CUSTOMERS = {
    "meier@example.com": ["crm:K-17"],
    "aydin@example.com": ["crm:K-08"],
    "info@example.com": ["crm:K-1", "shop:7"],
}


def event(uid: str, start: str, *lines: str, people: Iterable[str] = (OURS, MEIER), sent: str = SENT) -> str:
    """A VEVENT; `start` such as :20260320T080000Z or ;VALUE=DATE:20260320."""
    own = [f"UID:{uid}"] * bool(uid) + [f"DTSTART{start}"] * bool(start) + [sent] * bool(sent)
    return "\r\n".join(["BEGIN:VEVENT", *own, *people, *lines, "END:VEVENT", ""])


def calendar(*entries: str, about: Iterable[str] = ()) -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *about, ""]
    return ("\r\n".join(head) + "".join(entries) + "END:VCALENDAR\r\n").encode()


def one_of_us(address: str) -> str | None:
    name, _, domain = address.partition("@")
    return name if domain == "firm.example" else None


NUMBERS = {"K-17": ["crm:K-17"], "7": ["crm:7", "shop:7"]}
KNOWN = Known(lambda address: CUSTOMERS.get(address, []), lambda number: NUMBERS.get(number, []), one_of_us)


@dataclass
class Book:
    """A log in small: facts as they were told, and what stands in it of each promise."""

    calendar: str = "ines"
    known: Known = KNOWN
    zone: str | None = None
    now: datetime = NOW
    horizon_days: int = 90
    still: Callable[[], bool] = lambda: True
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    telling: Telling = field(init=False)

    def found(self, body: bytes) -> Found:
        text = cut(body)
        zones = Zones(text.zones, self.zone, text.about.get("X-WR-TIMEZONE"))
        return read(text, Span(self.now, self.now + timedelta(days=self.horizon_days)), zones, self.still)

    def appointments(self, body: bytes) -> list[Appointment]:
        return self.found(body).appointments

    def refused(self, body: bytes) -> list[tuple[int, Refused]]:
        return self.found(body).refused

    def take(self, body: bytes, *, whole: bool = True) -> list[dict[str, Any]]:
        """The facts that it gives now; each must be one that could be recorded. `whole`: what is missing is gone."""
        found = self.found(body)
        until = self.now + timedelta(days=self.horizon_days)
        self.telling = Telling(self.calendar, self.known, self.now, until, self.zone or "Europe/Berlin")
        self.telling.read = found.over
        recorded = list(self.recorded())
        mapped = list(self.telling.facts(found.appointments, recorded))
        if whole and found.is_sound:
            uids = {each.uid for each in found.appointments}
            mapped += self.telling.vanished(recorded, found.seen, uids, frozenset())
        facts = [each.envelope for each in mapped if each.envelope is not None]
        for fact in facts:
            parse(fact, now=self.now)
            self.told.setdefault(fact["data"]["promise"], []).append(fact)
        return facts

    def recorded(self) -> Iterable[Recorded]:
        for id, facts in self.told.items():
            due, what, settled = None, None, None
            for fact in (parse(each, now=self.now) for each in facts):
                due = getattr(fact.data, "due", None) or due
                what = getattr(fact.data, "what", None) or what
                settled = fact.type if fact.type in ("promise.withdrawn", "promise.released") else settled
            latest = max(datetime.fromisoformat(fact["time"]) for fact in facts)
            yield Recorded(id, facts[0]["id"].partition("/")[0], due, what, latest, settled)


def in_short(facts: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Type, promise, time and due of each."""
    return [(each["type"], each["data"]["promise"], each["time"], each["data"].get("due")) for each in facts]
