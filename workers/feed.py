"""Somebody's promises as a calendar that other programs subscribe to: RFC 5545, as VEVENTs.

Google and Outlook leave the tasks (VTODO) of a subscribed calendar out; an entry on the day they all show. It takes up
no time, so that nobody is busy because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import NamedTuple

from icalendar import Calendar, Event
from icalendar.prop import vDuration

from domain.promise import IN_CALENDARS
from words import N_, Translator
from words.format import clock, day_long
from words.names import KINDS

SHOWN_FOR = timedelta(minutes=30)
"""How long an entry with a time is: one without any length is hard to see and to touch."""
ASK_AGAIN = timedelta(hours=1)
TAKEN_BACK_FOR = timedelta(days=30)
"""So long what was taken back or waived stands there as cancelled; programs that keep copies learn of it."""
PRODUCT = "-//Vertrauenskonto//Promises//EN"

CALLED = N_("Promises: {name}")
TITLE = N_("Promise: {what} for {customer}")
UNTIL_MOMENT = N_("Promised by {day}, {time}.")
UNTIL_DAY = N_("Promised by {day}.")
NOTICE = N_("If it gets tight, tell them by {day}, {time} and name a new date.")


class Entry(NamedTuple):
    """One promise of a feed. `due`: an instant, or a date for the whole day; `changed`: when we last learned of it."""

    promise: str
    what: str | None
    kind: str
    customer: str
    due: datetime | date
    last_moment: datetime | None
    moves: int
    made: datetime
    changed: datetime
    version: int
    cancelled: bool = False


def text(entries: Iterable[Entry], *, name: str, zone: tzinfo, t: Translator) -> bytes:
    """The whole calendar. The same entries give the same bytes, whenever they are asked for."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    called = t.gettext(CALLED).format(name=name)
    calendar.add("NAME", called)
    calendar.add("X-WR-CALNAME", called)
    calendar.add("REFRESH-INTERVAL", vDuration(ASK_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(ASK_AGAIN))
    for entry in entries:
        calendar.add_component(_event(entry, zone, t))
    return bytes(calendar.to_ical())


def mark(body: bytes) -> str:
    """An ETag: as long as it is the same, nothing has changed."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def _event(entry: Entry, zone: tzinfo, t: Translator) -> Event:
    event = Event()
    event.add("UID", entry.promise + IN_CALENDARS)
    event.add(
        "SUMMARY", t.gettext(TITLE).format(what=entry.what or t.gettext(KINDS[entry.kind]), customer=entry.customer)
    )
    event.add("DESCRIPTION", "\n".join(_said(entry, zone, t)))
    if isinstance(entry.due, datetime):
        due = entry.due.astimezone(UTC).replace(microsecond=0)
        event.add("DTSTART", due)
        event.add("DTEND", due + SHOWN_FOR)
    else:
        event.add("DTSTART", entry.due)
        event.add("DTEND", entry.due + timedelta(days=1))
    event.add("TRANSP", "TRANSPARENT")
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("SEQUENCE", entry.version)
    event.add("CREATED", _whole(entry.made))
    event.add("LAST-MODIFIED", _whole(entry.changed))
    event.add("DTSTAMP", _whole(entry.changed))
    return event


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _said(entry: Entry, zone: tzinfo, t: Translator) -> Iterable[str]:
    if isinstance(entry.due, datetime):
        due = entry.due.astimezone(zone)
        yield t.gettext(UNTIL_MOMENT).format(day=day_long(due.date(), t.lang), time=clock(due.time(), t.lang))
    else:
        yield t.gettext(UNTIL_DAY).format(day=day_long(entry.due, t.lang))
    if entry.moves:
        yield t.ngettext("Moved once.", "Moved {n} times.", entry.moves).format(n=entry.moves)
    if entry.last_moment is not None and not entry.cancelled:
        last = entry.last_moment.astimezone(zone)
        yield t.gettext(NOTICE).format(day=day_long(last.date(), t.lang), time=clock(last.time(), t.lang))
