"""A calendar's text becomes appointments: single ones, and those of recurring ones within a span of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.prop import vBroken, vDDDLists, vDDDTypes

from domain.errors import Refused
from domain.fact import EARLIEST, LATEST
from intake.appointments.appointment import NAMELESS, Appointment, Guest, instance_of, short
from intake.appointments.components import LARGEST_ENTRY, Cut, Entry, length_of_name, name_of, unfolded
from intake.appointments.zones import Zones
from words import N_

MOST_INSTANCES = 1_000
"""Of one recurring appointment within the span."""
MOST_TIMES_A_DAY = 4
OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
SENT = ("REQUEST", "CANCEL", "ADD", "REPLY")
"""Of these DTSTAMP is when it was sent."""
A_DAY = timedelta(days=1)
AROUND = timedelta(days=8)
"""So much around the span is read of recurring ones: all of them may have been moved together across its ends."""
LONG_AGO = timedelta(days=2)
"""So long ago no zone makes it a time that lies ahead."""
PROGRAMS_BEGAN = datetime(1980, 1, 1, tzinfo=UTC)
"""What was written before that is no time of writing: some programs fill the field with the year 0 or 1601."""
TIMES = ("DTSTART", "RECURRENCE-ID", "RDATE", "EXDATE")
ZONE = re.compile(r"""^([^:;"]+(?:;[^:;="]+=(?:"[^"]*"|[^;:"]*))*?);\s*TZID\s*=\s*("[^"]*"|[^;:"]*)""", re.IGNORECASE)
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?\s*", re.ASCII)

NO_START = N_("The appointment “{what}” does not say when it begins (DTSTART).")
CANNOT_READ = N_("The appointment “{what}” cannot be read at {name}: {found}. Please check it there.")
ENTRY_TOO_LARGE = N_("The entry is larger than {limit} KiB; that is no appointment.")
TOO_OFTEN = N_(
    "The appointment “{what}” repeats more than {limit} times a day. Nobody keeps so many appointments; "
    "please check how it repeats."
)
TOO_MANY_TIMES = N_("The appointment “{what}” repeats more than {limit} times in the time that is read.")
BAD_RULE = N_("The appointment “{what}” does not say soundly how it repeats: {found}.")
TOO_LABORIOUS = N_(
    "To find all repetitions in this calendar takes too long, so the appointment “{what}” was not looked at. Please "
    "check the rules by which its appointments repeat."
)
OUT_OF_TIME = N_("The appointment “{what}” lies outside of the years 1900 to 2199.")


class Span(NamedTuple):
    """What is read: everything that lies ahead of `now`, of recurring ones up to `until` and a little around."""

    now: datetime
    until: datetime


@dataclass
class Found:
    """What a calendar holds. `seen`: every UID in it, also of what was not read because it is over."""

    appointments: list[Appointment] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    over: int = 0

    @property
    def is_sound(self) -> bool:
        return not self.refused

    def add(self, other: Found) -> None:
        """What another text of the same calendar holds."""
        self.appointments += other.appointments
        self.refused += other.refused
        self.seen |= other.seen
        self.over += other.over


@dataclass
class _Read:
    """One VEVENT, read."""

    entry: Entry
    event: Event
    start: datetime | date
    of: datetime | date | None
    """Which one of a series it is, by when that was to begin at first."""


def read(cut: Cut, span: Span, zones: Zones, still: Callable[[], bool] = lambda: True) -> Found:
    """`still` says whether there is time left: a rule that fits no day at all is searched until the year 9999."""
    found = Found()
    for uid, entries in _by_uid(cut.events).items():
        found.seen.add(uid)
        if len(entries) == 1 and _is_long_over(entries[0], span.now):
            found.over += 1
            continue
        reads = []
        for entry in entries:
            try:
                reads.append(_read(entry, zones))
            except Refused as refused:
                found.refused.append((entry.line, refused))
        try:
            found.appointments += list(_appointments(uid, reads, span, cut.method, still))
        except Refused as refused:
            found.refused.append((reads[0].entry.line, refused))
    return found


def _by_uid(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        uid = entry.first("UID")
        if not uid:
            told = "\n".join(entry.first(name) or "" for name in ("DTSTART", "SUMMARY", "RECURRENCE-ID"))
            uid = NAMELESS + sha256(told.encode()).hexdigest()[:32]
        found.setdefault(short(uid), []).append(entry)
    return found


def _is_long_over(entry: Entry, now: datetime) -> bool:
    """Told from the digits alone: most of an old calendar is, and reading takes long."""
    if any(name_of(line) in ("RRULE", "RDATE", "RECURRENCE-ID") for line in entry.lines):
        return False
    digits = DIGITS.fullmatch(entry.first("DTSTART") or "")
    try:
        return digits is not None and date(*map(int, digits.groups())) < (now - LONG_AGO).date()
    except ValueError:
        return False


# -- one entry ----------------------------------------------------------------------------------------


def _read(entry: Entry, zones: Zones) -> _Read:
    """Raises Refused, naming the appointment by what it is called and its line."""
    if entry.is_too_large:
        raise Refused("too_large", ENTRY_TOO_LARGE, limit=LARGEST_ENTRY >> 10)
    text, zone_names = _apart(entry)
    try:
        event = Event.from_ical(text)
    except (ValueError, LookupError) as error:
        raise _unreadable(entry, "VEVENT", error) from None
    except (AttributeError, TypeError):
        # The library takes one value for granted where a parameter has several, and does not say which.
        kinds = [line for line in entry.lines if ";VALUE=" in line.upper()]
        raise _unreadable(entry, "VALUE", " ".join(kinds)) from None
    assert isinstance(event, Event)
    for name in (*TIMES, "RRULE"):
        for value in _several(event, name):
            if isinstance(value, vBroken):
                raise _unreadable(entry, name, str(value))
    for name in TIMES:
        _place_in_zones(event, name, zone_names.get(name, []), zones, entry)
    start = _several(event, "DTSTART")
    if not start or not isinstance(start[0].dt, date):
        raise Refused("missing", NO_START, **_called(entry))
    of = _several(event, "RECURRENCE-ID")
    return _Read(entry, event, _within_the_years(start[0].dt, entry), of[0].dt if of else None)


def _apart(entry: Entry) -> tuple[str, dict[str, list[str | None]]]:
    """The entry without the names of zones, and these by property and in order: which zones they are we say."""
    lines: list[str] = []
    zones: dict[str, list[str | None]] = {}
    for line in map(unfolded, entry.lines):
        name = name_of(line)
        zone = ZONE.match(line) if name in TIMES else None
        if name in TIMES:
            zones.setdefault(name, []).append(zone[2].strip('" ') if zone else None)
        rest = line if zone is None else zone[1] + line[zone.end() :]
        lines.append(name + rest[length_of_name(rest) :])
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]), zones


def _place_in_zones(event: Event, name: str, zone_names: list[str | None], zones: Zones, entry: Entry) -> None:
    """The same property with instants instead of local times."""
    values = _several(event, name)
    placed: list[Any] = []
    for value, zone in zip(values, zone_names, strict=False):
        if isinstance(value, vDDDLists):
            placed.append(vDDDLists([_placed(each.dt, zone, zones, entry) for each in value.dts]))
        elif isinstance(value, vDDDTypes):
            one = vDDDTypes(_placed(value.dt, zone, zones, entry))
            one.params.update({key: text for key, text in value.params.items() if key == "RANGE"})
            placed.append(one)
    if placed:
        event[name] = placed[0] if len(placed) == 1 else placed


def _placed(value: Any, zone: str | None, zones: Zones, entry: Entry) -> Any:
    try:
        if isinstance(value, datetime):
            return zones.at(value, zone)
        if isinstance(value, tuple):  # a span: its beginning and its end or length
            return tuple(zones.at(each, zone) if isinstance(each, datetime) else each for each in value)
    except Refused as refused:
        refused.params.update(_called(entry))
        raise
    return value


def _within_the_years(start: datetime | date, entry: Entry) -> datetime | date:
    day = start.date() if isinstance(start, datetime) else start
    if not EARLIEST.date() < day < LATEST.date() - A_DAY:
        raise Refused("out_of_range", OUT_OF_TIME, **_called(entry))
    return start


# -- all entries of one appointment -------------------------------------------------------------------


def _appointments(
    uid: str, reads: list[_Read], span: Span, method: str, still: Callable[[], bool]
) -> Iterator[Appointment]:
    masters = sorted((each for each in reads if each.of is None), key=lambda each: _sequence(each.event))
    moved = sorted((each for each in reads if each.of is not None), key=lambda each: _sequence(each.event))
    overrides = {instance_of(each.of): each for each in moved if each.of is not None}
    if not masters:
        yield from (_appointment(each, uid, instance, method) for instance, each in overrides.items())
        return
    master = masters[-1]
    whole = _appointment(master, uid, "", method)
    if whole.cancelled or not (_several(master.event, "RRULE") or _several(master.event, "RDATE")):
        yield whole
        yield from (_appointment(each, uid, instance, method) for instance, each in overrides.items())
        return
    told: set[str] = set()
    for place, instance, start in _instances(master, list(overrides.values()), span, still):
        told.add(instance)
        yield _appointment([master, *overrides.values()][place], uid, instance, method, start)
    for instance, each in overrides.items():
        if instance not in told:  # moved to where it is not looked for
            yield _appointment(each, uid, instance, method)


PLACE = "X-PLACE"


def _instances(
    master: _Read, overrides: list[_Read], span: Span, still: Callable[[], bool]
) -> Iterator[tuple[int, str, datetime | date]]:
    """Which of them each comes from, what tells it from the others, and when it begins."""
    _must_be_bearable(master)
    if not still():
        raise Refused("too_laborious", TOO_LABORIOUS, **_called(master.entry))
    calendar = Calendar()
    for place, each in enumerate([master, *overrides]):
        each.event[PLACE] = str(place)
        calendar.add_component(each.event)
    try:
        found = recurring_ical_events.of(calendar).between(span.now - AROUND, span.until + AROUND)
        if len(found) > MOST_INSTANCES:
            raise Refused("too_many_times", TOO_MANY_TIMES, limit=MOST_INSTANCES, **_called(master.entry))
        for event in found:
            of = event.get("RECURRENCE-ID")
            start = event["DTSTART"].dt
            yield int(event[PLACE]), instance_of(of.dt if of is not None else start), start
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise Refused("bad_rule", BAD_RULE, found=str(error)[:80], **_called(master.entry)) from None


def _must_be_bearable(master: _Read) -> None:
    """No appointment repeats by the second, and whoever reckons so many has no time and no room for anything else."""
    for rule in _several(master.event, "RRULE"):
        often = any(str(each).upper() in OFTEN for each in rule.get("FREQ", []))
        times = 1
        for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            times *= max(1, len(rule.get(part, [])))
        if often or times > MOST_TIMES_A_DAY:
            raise Refused("too_often", TOO_OFTEN, limit=MOST_TIMES_A_DAY, **_called(master.entry))


def _appointment(
    read: _Read, uid: str, instance: str, method: str, start: datetime | date | None = None
) -> Appointment:
    event = read.event
    begins = read.start if start is None else start
    status = _text(event, "STATUS").upper()
    sent = ("DTSTAMP", "LAST-MODIFIED") if method in SENT else ("LAST-MODIFIED", "DTSTAMP")
    return Appointment(
        line=read.entry.line,
        uid=uid,
        instance=instance,
        start=begins.astimezone(UTC) if isinstance(begins, datetime) else begins,
        what=_title(event),
        organizer=_address(_several(event, "ORGANIZER")[0]) if _several(event, "ORGANIZER") else None,
        guests=tuple(_guests(event)),
        private=_text(event, "CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"),
        free=_text(event, "TRANSP").upper() == "TRANSPARENT",
        tentative=status == "TENTATIVE",
        cancelled=status == "CANCELLED" or method == "CANCEL",
        method=method,
        sequence=_sequence(event),
        created=_moment(event, "CREATED"),
        told=_moment(event, sent[0]) or _moment(event, sent[1]),
    )


def _title(event: Event) -> str | None:
    """On one line, without what our own texts may not hold either."""
    kept = "".join(char if char.isprintable() else " " for char in _text(event, "SUMMARY"))
    return " ".join(kept.split())[:500] or None


def _guests(event: Event) -> Iterator[Guest]:
    for each in _several(event, "ATTENDEE"):
        address = _address(each)
        if address and str(each.params.get("CUTYPE", "")).upper() not in ("ROOM", "RESOURCE"):
            yield Guest(address, str(each.params.get("PARTSTAT", "")).upper() == "DECLINED")


def _address(value: Any) -> str | None:
    """Some programs write the address as a parameter and something of their own as the value."""
    written = str(value)
    if not written.casefold().startswith("mailto:") and "EMAIL" in value.params:
        written = str(value.params["EMAIL"])
    address = re.sub(r"^mailto:\s*", "", written.strip(), flags=re.IGNORECASE).strip().casefold()
    return address if "@" in address else None


def _moment(event: Event, name: str) -> datetime | None:
    """None where it is missing or cannot be meant."""
    values = _several(event, name)
    value = None if not values or isinstance(values[0], vBroken) else values[0].dt
    if not isinstance(value, datetime):
        return None
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return moment if moment >= PROGRAMS_BEGAN else None


def _sequence(event: Event) -> int:
    found = _several(event, "SEQUENCE")
    return int(found[-1]) if found and isinstance(found[-1], int) else 0


def _text(event: Event, name: str) -> str:
    found = _several(event, name)
    return str(found[0]).strip() if found else ""


def _several(event: Event, name: str) -> list[Any]:
    value = event.get(name)
    return [] if value is None else list(value) if isinstance(value, list) and not _is_one(value) else [value]


def _is_one(value: Any) -> bool:
    return isinstance(value, vBroken | vDDDLists)


# -- refusals -----------------------------------------------------------------------------------------


def _called(entry: Entry) -> dict[str, Any]:
    return {"what": (entry.first("SUMMARY") or entry.first("UID") or "–")[:60]}


def _unreadable(entry: Entry, name: str, found: object) -> Refused:
    return Refused("unreadable", CANNOT_READ, name=name, found=str(found)[:80], **_called(entry))
