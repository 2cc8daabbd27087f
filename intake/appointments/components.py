"""A calendar's text cut into its entries, each with only the lines that we look at.

Cutting comes before reading: an entry that cannot be read spoils no other one, descriptions and attached files are
never looked at, and a large calendar takes no more room than its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.errors import Refused
from words import N_

MOST_BYTES = 20 << 20
"""Of a calendar. Ten years of a busy person are 2 to 8 MiB."""
MOST_ENTRIES = 50_000
DEEPEST = 16
"""So many things begin inside each other; an alarm in an appointment in a calendar is the third."""
LARGEST_ENTRY = 64 << 10
"""Characters of the lines that we look at."""
LOOKED_AT = frozenset(
    [
        "UID",
        "DTSTART",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS",
        "SUMMARY",
        "ORGANIZER",
        "ATTENDEE",
        "CLASS",
        "TRANSP",
        "CREATED",
        "LAST-MODIFIED",
        "DTSTAMP",
    ]
)
OF_THE_CALENDAR = ("METHOD", "X-WR-TIMEZONE", "CALSCALE")

NO_CALENDAR = N_("This is no calendar: it does not begin with BEGIN:VCALENDAR. Please check the address or the file.")
CUT_OFF = N_("The calendar is not whole: what begins in line {line} never ends. Please fetch it once more.")
NOT_UTF_8 = N_("The calendar is not written in UTF-8: line {line}. Please export it so.")
TOO_LARGE = N_("The calendar is larger than {limit} MiB. Please export a shorter time.")
TOO_MANY = N_("The calendar has more than {limit} entries. Please export a shorter time.")
OTHER_SCALE = N_("The calendar does not count days as we do, but as “{found}”. It cannot be read here.")


@dataclass
class Entry:
    """One VEVENT or VTIMEZONE as text, and the line that it begins in."""

    line: int
    kind: str
    lines: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def text(self) -> str:
        return "\r\n".join([f"BEGIN:{self.kind}", *self.lines, f"END:{self.kind}", ""])

    @property
    def is_too_large(self) -> bool:
        return self.size > LARGEST_ENTRY

    def first(self, name: str) -> str | None:
        """The value of the first such line, as written."""
        found = next((line for line in self.lines if name_of(line) == name), None)
        return None if found is None else unfolded(found).partition(":")[2].strip()


@dataclass
class Cut:
    """A calendar's entries in order; `about` holds what it says of itself."""

    events: list[Entry] = field(default_factory=list)
    zones: list[Entry] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.about.get("METHOD", "").upper()


def cut(body: bytes) -> Cut:
    """Raises Refused where it is no calendar, not a whole one, or too large."""
    if len(body) > MOST_BYTES:
        raise Refused("too_large", TOO_LARGE, limit=MOST_BYTES >> 20)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("encoding", NOT_UTF_8, line=body[: error.start].count(b"\n") + 1) from None
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise Refused("no_calendar", NO_CALENDAR)
    found = Cut()
    within: list[str] = []
    began = 1
    entry: Entry | None = None
    for number, line in _logical(text):
        name = name_of(line)
        if name == "BEGIN":
            kind = _kind(line)
            within.append(kind)
            if len(within) > DEEPEST:
                raise Refused("cut_off", CUT_OFF, line=number)
            if entry is None and kind in ("VEVENT", "VTIMEZONE"):
                entry, began = Entry(number, kind), number
            elif entry is not None and entry.kind == "VTIMEZONE":
                _keep(entry, line)
        elif name == "END":
            kind = _kind(line)
            if kind in within:
                # What was begun inside and never ended ends with it.
                del within[len(within) - 1 - within[::-1].index(kind) :]
            if entry is not None and kind == entry.kind:
                _take(found, entry)
                entry, began = None, 1
            elif entry is not None and entry.kind == "VTIMEZONE":
                _keep(entry, line)
        elif entry is not None:
            # An alarm inside an appointment has lines of the same names.
            if entry.kind == "VTIMEZONE" or (within and within[-1] == "VEVENT" and name in LOOKED_AT):
                _keep(entry, line)
        elif name in OF_THE_CALENDAR and within == ["VCALENDAR"]:
            found.about[name] = unfolded(line).partition(":")[2].strip()
    if within or entry is not None:
        raise Refused("cut_off", CUT_OFF, line=began)
    scale = found.about.get("CALSCALE", "GREGORIAN").upper()
    if scale != "GREGORIAN":
        raise Refused("other_scale", OTHER_SCALE, found=scale[:40])
    return found


def _take(found: Cut, entry: Entry) -> None:
    (found.events if entry.kind == "VEVENT" else found.zones).append(entry)
    if len(found.events) + len(found.zones) > MOST_ENTRIES:
        raise Refused("too_many_entries", TOO_MANY, limit=MOST_ENTRIES)


def _keep(entry: Entry, line: str) -> None:
    entry.size += len(line)
    if not entry.is_too_large:
        entry.lines.append(line)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them, each with the number of its first."""
    begun, first = "", 0
    for number, line in enumerate(_lines(text), 1):
        if line[:1] in (" ", "\t"):
            begun += "\r\n" + line
        else:
            if begun.strip():
                yield first, begun
            begun, first = line, number
    if begun.strip():
        yield first, begun


def _lines(text: str) -> Iterator[str]:
    """As the standard has them: no other sign than a line feed ends one."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end].rstrip("\r")
        start = end + 1


def unfolded(line: str) -> str:
    return line.replace("\r\n ", "").replace("\r\n\t", "")


def name_of(line: str) -> str:
    """The name of a line, in capitals and without the blanks that some programs write."""
    return line[: length_of_name(line)].strip().upper()


def length_of_name(line: str) -> int:
    return min((place for place in (line.find(";"), line.find(":")) if place >= 0), default=len(line))


def _kind(line: str) -> str:
    return unfolded(line).partition(":")[2].strip().upper()
