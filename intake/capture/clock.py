"""The time of day as one says it: 10 Uhr, 15:30, at 10, 3 pm, mittags."""

from __future__ import annotations

import re
from datetime import time
from typing import NamedTuple

from intake.capture.calendar_words import NUMBER, number
from intake.capture.meant import pattern
from intake.capture.understood import Unclear
from words import N_

EARLY_HOURS = range(1, 7)
"""At these hours nobody works; "um 3" then means the afternoon, or it does not."""

AT = r"(?:(?:um|at|gegen)\s+)?"
HALF_DAY = re.compile(
    r"\b(?:(?:am|in\s+the|this)\s+)?(?P<half>vormittags?|morgens|früh|nachmittags?|abends?|morning|afternoon|evening)\b"
    r"|\b(?:am|heute|this)\s+(?P<dawn>morgen|morning)\b",
    re.IGNORECASE,
)
LATER_HALF = ("nachmittag", "abend", "afternoon", "evening")

SPAN = pattern(
    rf"{AT}(\d{{1,2}}(?:[:.]\d\d)?)\s*(?:uhr\s*)?(?:-|–|bis|und|to|and)\s*(\d{{1,2}}(?:[:.]\d\d)?)\s*(?:uhr|am|pm)"
)
PATTERNS = (
    pattern(rf"{AT}(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d\d))?\s*uhr(?:\s*(?P<after>\d\d))?"),
    pattern(rf"{AT}(?P<hour>\d{{1,2}}):(?P<minute>\d\d)\s*(?P<half>[ap]\.?m\.?)?"),
    pattern(rf"{AT}(?P<hour>\d{{1,2}})\s*(?P<half>[ap]\.?m\.?)"),
    pattern(rf"(?:um|at)\s+(?P<hour>{NUMBER})(?![.:,%\d]|\s*\w*(?:tage|days|woche|week|stunde|hour))"),
    pattern(rf"{AT}halb\s+(?P<before>{NUMBER})(?:\s*uhr)?"),
    pattern(rf"{AT}(?P<noon>noon|midday|mittags?)"),
)


class Clock(NamedTuple):
    """A time of day, and where in the text it stands; None = 24:00, the end of the day."""

    at: time | None
    said: str
    rest: str
    """The text without it."""


def clock_in(text: str) -> Clock | None:
    """The only time of day in a text; asks back where there are two, or where it is only a part of the day."""
    if span := SPAN.search(text):
        raise Unclear("several_times", SEVERAL, (span[1], span[2]))
    found = [match for each in PATTERNS for match in each.finditer(text)]
    first = min(found, key=lambda match: (match.start(), -match.end()), default=None)
    if first is None:
        return None
    others = [match for match in found if match.start() >= first.end()]
    if others:
        raise Unclear("several_times", SEVERAL, (first[0].strip(), others[0][0].strip()))
    rest = f"{text[: first.start()]} {text[first.end() :]}"
    part = HALF_DAY.search(rest)
    if part:
        rest = f"{rest[: part.start()]} {rest[part.end() :]}"
    return Clock(_time(first, _later_half(part)), first[0].strip(), rest)


def refuse_part_of_day(text: str) -> None:
    """ "morgen früh" names no time by which something could be late."""
    if part := HALF_DAY.search(text):
        raise Unclear("vague_time", VAGUE, found=part[0].strip())


def _later_half(part: re.Match[str] | None) -> bool | None:
    """Whether the afternoon or evening is meant; None where nothing says so."""
    return None if part is None else (part["half"] or "").casefold().startswith(LATER_HALF)


def _time(found: re.Match[str], later: bool | None) -> time | None:
    parts = found.groupdict()
    if parts.get("noon"):
        return time(12)
    if parts.get("half"):
        later = parts["half"].casefold().startswith("p")
    before = parts.get("before")
    hour = number(before) - 1 if before else number(parts["hour"])
    minute = 30 if before else int(parts.get("minute") or parts.get("after") or 0)
    if (hour, minute) == (24, 0):
        return None
    if not (0 <= hour < 24 and minute < 60) or (parts.get("half") and not 1 <= hour <= 12):
        raise Unclear("nonexistent_time", NONEXISTENT, found=found[0].strip())
    if later is not None and hour <= 12:
        return time(hour % 12 + 12 if later else hour % 12 if parts.get("half") else hour, minute)
    if hour in EARLY_HOURS and not found[0].strip().startswith("0"):
        said = (f"{hour:02d}:{minute:02d}", f"{hour + 12}:{minute:02d}")
        raise Unclear("ambiguous_time", AMBIGUOUS, said, found=found[0].strip())
    return time(hour, minute)


# -- sentences --------------------------------------------------------------------------------------

SEVERAL = N_("Two times of day are named: {readings}. Please name the one that counts.")
VAGUE = N_("“{found}” is no time of day. Please write one such as 12:00, or only the day: it lasts until 24:00.")
NONEXISTENT = N_("“{found}” is no time that a clock shows. Please check it.")
AMBIGUOUS = N_("“{found}” can mean {readings}. Please write which one.")
