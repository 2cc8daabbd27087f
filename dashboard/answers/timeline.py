"""One customer's timeline with both times, page by page, what happened last first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dashboard.answers import accounts
from dashboard.answers.moments import day_of, end_of
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.timeline import TimelineAsked, TimelineEntry, TimelinePage
from domain.errors import Refused
from domain.fact import SEALED
from projections import audit
from projections.audit import Entry
from projections.customers import person_name
from projections.filters import Moment
from projections.telling import sentence
from wiring.home import Konto
from words import N_, Translator, format, translator

BY, INSTEAD = N_("by {moment}"), N_("instead: {text}")
PROSE = ("reason", "text", "offer")
"""What facts say in the source's own words."""
WHO = ("by", "owner", "to", "recipient")


def page(konto: Konto, reader: Reader, customer: str, asked: TimelineAsked, page: int) -> TimelinePage | None:
    now = konto.clock()
    try:
        survivor = accounts.survivor_of(konto, customer)
        found = audit.timeline(konto.log, konto.library, konto.asker, survivor, _moment(asked, reader, now))
    except Refused:
        return None
    latest = found.entries[::-1]
    start = (page - 1) * PAGE_SIZE
    teller = _Teller(konto, reader, found, now)
    return TimelinePage(
        customer=survivor,
        name=found.customer.called,
        rows=tuple(teller.tell(entry) for entry in latest[start : start + PAGE_SIZE]),
        total=len(latest),
        retracted=sum(entry.status == "retracted" for entry in latest),
        first=day_of(found.entries[0].fact.time, reader) if found.entries else None,
    )


def _moment(asked: TimelineAsked, reader: Reader, now: datetime) -> Moment:
    at = now if asked.as_of is None else min(now, end_of(asked.as_of, reader))
    return Moment(at, None if asked.known_on is None else min(now, end_of(asked.known_on, reader)))


def tell(konto: Konto, reader: Reader, found: audit.Timeline, now: datetime) -> tuple[TimelineEntry, ...]:
    """Facts and alerts in the reader's words, in the order given."""
    teller = _Teller(konto, reader, found, now)
    return tuple(teller.tell(entry) for entry in found.entries)


class _Teller:
    """Tells entries in the reader's language and with the names by which users know each other."""

    def __init__(self, konto: Konto, reader: Reader, found: audit.Timeline, now: datetime) -> None:
        self.konto, self.reader, self.found, self.now = konto, reader, found, now
        self.t: Translator = translator(reader.lang)

    def tell(self, entry: Entry) -> TimelineEntry:
        fact, taken_out = entry.fact, entry.retracted_by
        told = sentence(entry, self.found.called, self.t)
        return TimelineEntry(
            at=fact.time,
            recorded=fact.recorded or fact.time,
            about=fact.type.partition(".")[0],
            text=told,
            detail=self._detail(fact.data, beside=told),
            by=self._who(fact.data, sealed=entry.status == "alert"),
            origin=f"{fact.source}:{fact.id}" if fact.id else "",
            status=entry.status,
            retracted_at=(taken_out.recorded or taken_out.time) if taken_out else None,
            why=_said(taken_out.data, "reason") if taken_out else None,
        )

    def _detail(self, data: Any, *, beside: str) -> str:
        """What the sentence does not say already."""
        due, subject = getattr(data, "due", None), self.found.called.get(getattr(data, "subject", ""))
        parts = [self.t.gettext(BY).format(moment=self._moment(due))] if due is not None else []
        parts += [subject] if subject else []
        parts += [said for name in PROSE if (said := _said(data, name)) and said not in beside]
        if instead := _said(data, "alternative"):
            parts.append(self.t.gettext(INSTEAD).format(text=instead))
        return " · ".join(parts)

    def _moment(self, due: date | datetime) -> str:
        lang = self.reader.lang
        if isinstance(due, datetime):
            return format.moment(due, self.now, self.reader.zone, lang)
        return format.day_in_words(due, day_of(self.now, self.reader), lang)

    def _who(self, data: Any, *, sealed: bool) -> str | None:
        """Facts name people as their sources do, alerts of ours by internal ids."""
        name = next((said for each in WHO if (said := _said(data, each))), None)
        if name is None:
            return None
        person = name if sealed else self.konto.library.ids.person(name)
        return person_name(self.konto.library, person) or (None if sealed else name)


def _said(data: Any, name: str) -> str | None:
    said = getattr(data, name, None)
    return said if isinstance(said, str) and said and said != SEALED else None
