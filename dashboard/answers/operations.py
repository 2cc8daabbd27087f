"""How the installation runs, for whoever looks after it: each part as far as the reader's roles reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from dashboard.answers.kept import Kept
from dashboard.answers.moments import day_of
from dashboard.answers.people import away_now, missing
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.operations import (
    Area,
    AwayRow,
    DocumentRow,
    DoorRow,
    DoorState,
    KeyRow,
    Lag,
    Messages,
    Note,
    Operations,
    ParkedRow,
    RefusedFile,
    Service,
    StillRow,
)
from domain.access_key import AccessKey
from domain.document import DocumentKind
from domain.people import People
from domain.roles import may
from domain.stored import Parked
from projections import channels, delivery_log, outbox
from projections.audit import Entry
from projections.telling import sentence
from wiring import access, health, mailing, presence, refused_files, standing_still, waiting
from wiring.defaults import DEFAULTS
from wiring.home import Konto
from wiring.settings import ROLES
from wiring.standing_still import Still
from wiring.versions import counting, in_force, versions
from words import translator

SHOWN: Final = 8
LATELY: Final = timedelta(days=7)
AREAS: Final[Mapping[str, Area]] = {
    "tables": "log",
    "quarantine": "log",
    "parked": "log",
    "queue": "worker",
    "worker": "worker",
    "outbox": "messages",
    "delivered": "messages",
    "undeliverable": "messages",
    "channel": "messages",
    "mail": "messages",
    "calendar": "doors",
    "mailbox": "doors",
    "backup": "backup",
    "keys": "safety",
    "journal": "safety",
    "master": "safety",
    "retention": "safety",
}
"""By what the notes are called; what says where the home lies is for the command line alone."""

DUE_LASTS = timedelta(hours=1)
"""Nobody's time ends in the middle of a year; what was erased is found anew at once."""


def how_it_runs(konto: Konto, kept: Kept, reader: Reader) -> Operations | Refusal:
    """`konto` as it is: whoever brings it up to date first would never see that it was behind."""
    if refused := refusal(konto, "deliveries", reader):
        return refused
    now = konto.clock()
    people, calendars = konto.steering.people.at(now), konto.steering.calendars.at(now)
    waits = waiting.all_waiting(konto)
    still = standing_still.listed(konto)
    refused_rows = refused_files.listed(konto.home)
    return Operations(
        at=now,
        notes=tuple(_notes(konto, kept, reader)),
        lag=_lag(konto, now),
        services=tuple(_services(konto, now)),
        messages=_messages(konto, now),
        doors=tuple(_doors(konto, now)) if may(konto.asker, "connectors") else None,
        parked=tuple(_parked(waits, reader)),
        parked_total=waits.total,
        still=tuple(_still(konto, still[:SHOWN], reader)),
        still_total=len(still),
        refused=tuple(RefusedFile(*each) for each in refused_rows[:SHOWN]),
        refused_total=len(refused_rows),
        people=len(people.persons),
        away=tuple(_away(people, now)),
        missing=tuple(missing(people, calendars)),
        keys=tuple(_keys(konto, now)) if may(konto.asker, "keys") else None,
        documents=tuple(_documents(konto, now)) if may(konto.asker, "documents") else None,
        today=day_of(now, reader),
    )


def _notes(konto: Konto, kept: Kept, reader: Reader) -> Iterator[Note]:
    t = translator(reader.lang)

    def whose_time_is_over(konto: Konto) -> health.Note:
        note: health.Note = kept.lately("due for erasure", konto, DUE_LASTS, lambda _: health.due(konto)).answer
        return note

    for note in health.notes(konto, whose_time_is_over):
        area = AREAS.get(note.name.partition(" ")[0])
        if area is not None:
            yield Note(area, note.ok, health.in_words(note, t), note.advice)


def _still(konto: Konto, found: Sequence[Still], reader: Reader) -> Iterator[StillRow]:
    t = translator(reader.lang)
    for each in found:
        shown = each.stream is not None or may(konto.asker, "customers")
        yield StillRow(each.name or each.who(t) if shown else None, each.position, each.why(t), each.waiting)


def _lag(konto: Konto, now: datetime) -> Lag:
    found = health.state(konto)
    return Lag(found.head, found.position, now - found.lag if found.position < found.head else None)


def _services(konto: Konto, now: datetime) -> Iterator[Service]:
    beats = presence.beats(konto.log.store)
    for role in ROLES:
        own = [beat for beat in beats if beat.service == role]
        fresh = [beat for beat in own if now - beat.at <= health.FRESH]
        yield Service(role, own[0].at if own else None, len(fresh), bool(fresh))


def _messages(konto: Konto, now: datetime) -> Messages:
    lately = delivery_log.lately(konto.library, konto.asker, now - LATELY)
    waits, _ = outbox.waits(konto.views, now)
    return Messages(lately.raised, lately.delivered, waits, lately.undeliverable, tuple(channels.paused(konto.views)))


# -- what comes in --------------------------------------------------------------------------------


def _doors(konto: Konto, now: datetime) -> Iterator[DoorRow]:
    for name, mailbox in konto.settings.mailboxes.items():
        bookmark = mailing.bookmark_of(konto, name)
        late = bookmark.read_at is not None and now - bookmark.read_at > (
            health.MISSED * timedelta(minutes=mailbox.every_minutes) + health.FRESH
        )
        state: DoorState = "late" if late else "well"
        if bookmark.failing_since is not None or bookmark.read_at is None:
            state = "failing" if bookmark.failing_since else "never"
        yield DoorRow("mailbox", name, state, bookmark.read_at, bookmark.failing_since)
    beats = presence.beats(konto.log.store)
    read = {beat.instance: beat.at for beat in beats if beat.service == presence.CALENDAR}
    for name, calendar in konto.settings.appointments.items():
        at = read.get(name)
        late = at is not None and now - at > health.MISSED * timedelta(minutes=calendar.minutes)
        yield DoorRow("calendar", name, "never" if at is None else "late" if late else "well", at, None)
    for name in konto.settings.hooks:
        yield DoorRow("hook", name, "unknown", None, None)


def _parked(found: waiting.Waiting, reader: Reader) -> Iterator[ParkedRow]:
    """The ones that have waited longest first."""
    t = translator(reader.lang)

    def row(each: Parked, *, again: bool) -> ParkedRow:
        return ParkedRow(
            fact=sentence(Entry(each.fact, "parked"), {}, t),
            source=f"{each.fact.source}:{each.fact.id}",
            needs=waiting.needed(each),
            since=each.since,
            again=again,
        )

    rows = [
        *(row(each, again=False) for each in found.early),
        *(row(each, again=True) for each in found.again),
        *(
            ParkedRow(None, "", needs=None, since=each.since, again=False, why=waiting.why_illegible(each, t))
            for each in found.illegible
        ),
    ]
    yield from sorted(rows, key=lambda row: row.since)[:SHOWN]


# -- people, keys, documents ----------------------------------------------------------------------


def _away(people: People, now: datetime) -> Iterator[AwayRow]:
    for person in people.persons:
        if (away := away_now(person, people, now)) is not None:
            stand_in = people.stand_in_for(person.id, now)
            yield AwayRow(person.name, away, stand_in.name if stand_in else None)


def _keys(konto: Konto, now: datetime) -> Iterator[KeyRow]:
    """Those that count first, the newest of each first."""
    found = [*access.listed(konto), *access.listed(konto, feeds=True)]
    for key in sorted(found, key=lambda each: (not each.counts(now), -each.created.timestamp())):
        yield KeyRow(
            name=key.name,
            purpose=key.data.purpose,
            scopes=key.data.scopes,
            person=_person(konto, key, now),
            created=key.created,
            expires=key.data.expires,
            revoked=key.revoked,
            counts=key.counts(now),
        )


def _person(konto: Konto, key: AccessKey, now: datetime) -> str | None:
    if key.data.person is None:
        return None
    known = konto.steering.find(key.data.person, now)
    return known.name if known else konto.name_of(key.data.person)


def _documents(konto: Konto, now: datetime) -> Iterator[DocumentRow]:
    kinds: list[DocumentKind] = list(DEFAULTS)
    for kind in kinds:
        found = versions(konto, kind)
        today = counting(found, now)
        later = [each.start for each in in_force(found) if each.start is not None and each.start > now]
        yield DocumentRow(kind, len(found) - 1, today.start, today.recorded is None, later[0] if later else None)
