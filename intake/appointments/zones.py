"""Which zone a calendar means by the name that it writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from domain.errors import Refused
from intake.appointments.components import Entry, name_of
from words import N_

MOST_RULES = 30
"""Of a zone that a calendar explains itself. New York since 1967 has 6."""
TRIED = (datetime(2026, 1, 1), datetime(2026, 7, 1))  # noqa: DTZ001 - a zone is asked about local times

UNKNOWN_ZONE = N_(
    "The appointment “{what}” is in a time zone “{found}” that nobody knows and the calendar does not explain. Please "
    "name the zone that is meant: zone in [appointments.NAME], or --zone."
)
NO_ZONE = N_(
    "The appointment “{what}” does not say in which time zone {found} is meant. Please name it: zone in "
    "[appointments.NAME], or --zone."
)
"""Whoever knows the appointment fills in `what`."""


class Zones:
    """The zones of one calendar. `declared` is the one that its reader names; it counts where nothing else does."""

    def __init__(self, explained: Sequence[Entry], declared: str | None, own: str | None) -> None:
        self._explained = {name: each for each in explained if (name := each.first("TZID"))}
        self._made: dict[str, tzinfo | None] = {}
        self.usual = declared or (own if own is not None and own in known_zones() else None)
        """Where times without a zone are meant and whole days end: the declared one, else the calendar's own."""

    def at(self, local: datetime, name: str | None) -> datetime:
        """A local time as the instant that is meant.

        Of a time that the clocks show twice the first one is meant, and one that they leave out counts as if they had
        not been changed yet: RFC 5545, 3.3.5. Raises Refused.
        """
        if local.tzinfo is not None:
            return local
        if name is None:
            if self.usual is None:
                raise Refused("zone_missing", NO_ZONE, found=local.isoformat(sep=" ", timespec="minutes"))
            return local.replace(tzinfo=ZoneInfo(self.usual))
        if name not in self._made:
            self._made[name] = self._zone(name)
        zone = self._made[name]
        if zone is None:
            raise Refused("unknown_zone", UNKNOWN_ZONE, found=name[:60])
        return local.replace(tzinfo=zone)

    def _zone(self, name: str) -> tzinfo | None:
        known = named(name)
        if known is not None:
            return ZoneInfo(known)
        explained = self._explained.get(name)
        if explained is not None:
            found = _explained(explained) or named(explained.first("X-LIC-LOCATION") or "")
            if found is not None:
                return ZoneInfo(found) if isinstance(found, str) else found
        return ZoneInfo(self.usual) if self.usual else None


def named(name: str) -> str | None:
    """The zone's usual name: `Europe/Berlin` for itself, `W. Europe Standard Time`, `/some.maker/Europe/Berlin`."""
    plain = name.strip().strip("/")
    if plain in known_zones():
        return plain
    if plain in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[plain]
    parts = plain.split("/") if name.strip().startswith("/") else []
    return next((rest for place in range(1, len(parts)) if (rest := "/".join(parts[place:])) in known_zones()), None)


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _explained(entry: Entry) -> tzinfo | None:
    """The zone that the calendar explains; None where the explanation cannot be used.

    Clocks are changed by the year. What is changed every second keeps whoever reckons busy for ever.
    """
    rules = [line for line in entry.lines if name_of(line) == "RRULE"]
    begun = [line for line in entry.lines if name_of(line) == "BEGIN"]
    if entry.is_too_large or max(len(rules), len(begun)) > MOST_RULES:
        return None
    if any(not re.search(r"FREQ\s*=\s*YEARLY\s*(;|$)", rule, re.IGNORECASE) for rule in rules):
        return None
    if any(re.search(r"BY(HOUR|MINUTE|SECOND|SETPOS|YEARDAY|WEEKNO)", rule, re.IGNORECASE) for rule in rules):
        return None
    # Without its name the library keeps it to itself: the next calendar may mean another zone by it.
    entry_text = "\r\n".join(
        ["BEGIN:VTIMEZONE", *(x for x in entry.lines if name_of(x) != "TZID"), "END:VTIMEZONE", ""]
    )
    try:
        zone = Timezone.from_ical(entry_text)
        if not isinstance(zone, Timezone):
            return None
        zone["TZID"] = "explained"
        made: tzinfo = zone.to_tz(lookup_tzid=False)
        return made if all(made.utcoffset(each) is not None for each in TRIED) else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return None
