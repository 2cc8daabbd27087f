"""When: the one expression of time in a text, with the words that lead to it, and what is left without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from domain.errors import Refused
from domain.local_time import from_local
from intake.capture import days, periods, terms
from intake.capture.clock import Clock, clock_in, refuse_part_of_day
from intake.capture.meant import PASSED, Meant, Rule, Today, clear
from intake.capture.understood import Due, Reading, Suggestion, Unclear
from words import N_

RULES: Sequence[Rule] = (*days.RULES, *periods.RULES, *terms.RULES)

LEADING = re.compile(
    r"(?:^|(?<=\s))(?:bis|spätestens|zum|zur|am|im|in|auf|den|dem|der|binnen|innerhalb|von|nächste[nr]?|by|until|till|"
    r"within|on|at|the|to|no\s+later\s+than|due|for|kommende[nr]?),?\s+$",
    re.IGNORECASE,
)
BEGINNING = re.compile(
    r"\b(?:nach|ab|seit|after|from|since|starting|(?:nicht|not)\s+(?:vor|before))\s+$", re.IGNORECASE
)
BEFORE = re.compile(r"\b(?:vor|before)\s+$", re.IGNORECASE)
PART_OF_A_NAME = re.compile(r"\b(?:vom|dated)\s+$", re.IGNORECASE)
TRAILING = re.compile(r"\s*,?\s*(?:spätestens|at\s+the\s+latest|latest)\b|\s+(?P<ago>ago)\b", re.IGNORECASE)
BETWEEN = re.compile(r"\s*,?\s*(?:den|the)?\s*", re.IGNORECASE)
LEFT_OVER = re.compile(
    r"(?:^|\s)((?:bis|binnen|innerhalb|spätestens|by|until|till|within)\s+\S+(?:\s+\S+)?)", re.IGNORECASE
)
UNDATED = re.compile(r"(?:^|\s)(?:ohne\s+(?:termin|datum)|undated|without\s+a\s+date|no\s+date)(?!\w)", re.IGNORECASE)

SECTION_193 = N_("BGB § 193")


class When(NamedTuple):
    """A due with the words that say it and why; `due` is None where the text says that there is none."""

    due: Due | None
    reading: Reading | None
    suggestions: tuple[Suggestion, ...]
    rest: str
    """The text without it."""


class _Found(NamedTuple):
    start: int
    end: int
    said: str
    meant: Meant
    is_before: bool = False


def when(text: str, today: Today) -> When | None:
    """None where the text names no time at all; asks back where it is open which one is meant."""
    if undated := UNDATED.search(text):
        return When(None, None, (), _without(text, undated.start(), undated.end()))
    clock = clock_in(text)
    rest = clock.rest if clock else text
    found = _the_only(_confirmed(list(_expressions(rest, today)), rest))
    if found is None and clock is None:
        if unread := LEFT_OVER.search(text):
            raise Unclear("unreadable_date", UNREADABLE, found=unread[1][:60])
        return None
    said = " ".join(part for part in (found.said if found else "", clock.said if clock else "") if part)
    meant = found.meant if found else Meant((today.day,), TODAY)
    day = clear(meant, said, today)
    if found and found.is_before:
        day = _day_before(day, said, today)
    if clock is None and found:
        refuse_part_of_day(_without(rest, found.start, found.end))
    due = _at(day, clock, said, today)
    reading = Reading("due", said, due, THE_DAY_BEFORE if found and found.is_before else meant.how, meant.law)
    left = _without(rest, found.start, found.end) if found else rest
    return When(due, reading, tuple(_suggestions(due, today)), left)


# -- finding ----------------------------------------------------------------------------------------


def _expressions(text: str, today: Today) -> Iterator[_Found]:
    """All expressions of a date, longest first where they overlap, in order."""
    matches = [(match, read) for each, read in RULES for match in each.finditer(text)]
    matches.sort(key=lambda pair: (pair[0].start() - pair[0].end(), pair[0].start()))
    taken: list[tuple[re.Match[str], int]] = []
    for place, (match, _) in enumerate(matches):
        if all(match.end() <= other.start() or match.start() >= other.end() for other, _ in taken):
            taken.append((match, place))
    for match, place in sorted(taken, key=lambda pair: pair[0].start()):
        if not PART_OF_A_NAME.search(text[: match.start()]):
            yield _with_lead(text, match, matches[place][1](match, today))


def _with_lead(text: str, match: re.Match[str], meant: Meant) -> _Found:
    start, end = match.span()
    while lead := LEADING.search(text[:start]):
        start = lead.start()
    trailing = TRAILING.match(text, end)
    end = trailing.end() if trailing else end
    said = text[start:end].strip()
    if BEGINNING.search(text[:start]):
        raise Unclear("begins", BEGINS, found=said)
    before = BEFORE.search(text[:start])
    if (trailing and trailing["ago"]) or (before and meant.form == "term"):
        raise Unclear("in_the_past", LIES_BACK, found=said)
    if before and (meant.form == "period" or meant.instant):
        raise Unclear("unreadable_date", UNREADABLE, found=text[before.start() : end].strip())
    return _Found(before.start() if before else start, end, said, meant, is_before=before is not None)


def _confirmed(found: list[_Found], text: str) -> list[_Found]:
    """A weekday beside a date only confirms it; asks back where the two do not fit."""
    if len(found) != 2 or not BETWEEN.fullmatch(text, found[0].end, found[1].start):
        return found
    weekdays = [each for each in found if each.meant.form == "weekday"]
    if len(weekdays) != 1:
        return found
    (weekday,) = weekdays
    dated = found[1] if found[0] is weekday else found[0]
    fitting = tuple(day for day in dated.meant.days if day.weekday() == weekday.meant.days[0].weekday())
    if not fitting:
        shown = dated.meant.days
        raise Unclear("weekday_differs", WEEKDAY_DIFFERS, shown, found=dated.said, weekday=weekday.said)
    said = text[found[0].start : found[1].end].strip()
    return [_Found(found[0].start, found[1].end, said, dated.meant._replace(days=fitting))]


def _the_only(found: list[_Found]) -> _Found | None:
    if len(found) > 1:
        raise Unclear("several_dates", SEVERAL, [each.said for each in found])
    return found[0] if found else None


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"


# -- placing ----------------------------------------------------------------------------------------


def _day_before(day: Due, said: str, today: Today) -> Due:
    return clear(Meant((day - timedelta(days=1),)), said, today)


def _at(day: Due, clock: Clock | None, said: str, today: Today) -> Due:
    if isinstance(day, datetime):
        if clock is not None:
            raise Unclear("several_times", TERM_AND_CLOCK, found=said)
        if day <= today.now and not today.backwards:
            raise Unclear("in_the_past", PASSED, found=said)
        return day
    if clock is None or clock.at is None:
        return day
    due = _placed(day, clock.at, said, today)
    if due <= today.now and not today.backwards:
        raise Unclear("in_the_past", PASSED_TODAY, (day + timedelta(days=1),), found=said)
    return due


def _placed(day: date, at: time, said: str, today: Today) -> datetime:
    """Asks back for a time that a clock change leaves out or gives twice."""
    zone = today.hours.zone
    try:
        return from_local(datetime.combine(day, at), zone, found=said).astimezone(zone)
    except Refused as refused:
        readings = [refused.params[name] for name in ("earlier", "later") if name in refused.params]
        raise Unclear(refused.code, refused.text, readings, **refused.params) from None


def _suggestions(due: Due, today: Today) -> Iterator[Suggestion]:
    """A term that ends where nobody works ends on the next working day: suggested, never done."""
    day = due.date() if isinstance(due, datetime) else due
    if today.backwards or not (day.weekday() > 4 or today.hours.why_closed(day) is not None):
        return
    following = terms.next_working_day(day, today.hours)
    moved = _placed(following, due.time(), "", today) if isinstance(due, datetime) else following
    yield Suggestion(moved, NEXT_WORKING_DAY, SECTION_193, {"closed": today.hours.why_closed(day) or ""})


def moment_of(told: When | None, today: Today) -> datetime:
    """When something happened: a bare date is its last second, or now if that is earlier."""
    if told is None or told.due is None:
        return today.now
    due = told.due
    if due > (today.now if isinstance(due, datetime) else today.day):
        raise Unclear("in_the_future", AHEAD, (due,))
    if isinstance(due, datetime):
        return due
    return min(today.hours.end_of_date(due) - timedelta(seconds=1), today.now)


# -- sentences --------------------------------------------------------------------------------------

TODAY = N_("today, since no day is named")
THE_DAY_BEFORE = N_("before that day begins, so until the end of the day before it")
NEXT_WORKING_DAY = N_("the next working day")
UNREADABLE = N_("“{found}” cannot be read as a date. Please write it like 20 March, Friday or in 2 weeks.")
BEGINS = N_("“{found}” says when it begins, not by when it is done. Please name the end.")
LIES_BACK = N_("“{found}” lies back. Please name a day ahead.")
SEVERAL = N_("Several dates are named: {readings}. Please name the one that counts.")
WEEKDAY_DIFFERS = N_("“{found}” ({readings}) is no “{weekday}”. Please check the two.")
TERM_AND_CLOCK = N_("“{found}” counts hours and names a time of day. Please name one of the two.")
PASSED_TODAY = N_("“{found}” has passed already. Is {readings} meant? Please write the day.")
AHEAD = N_("It is told as done, yet {readings} lies ahead. Please check the date, or say what is promised by then.")
