"""Entries of a timeline as one reads them: in the reader's language, with the names by which users know each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from dashboard.answers import alerting
from dashboard.answers.moments import day_of
from dashboard.shapes.asking import Reader
from dashboard.shapes.timeline import Became, TimelineEntry
from domain.fact import SEALED
from projections.audit import Entry
from projections.customers import person_name
from projections.telling import became, sentence
from wiring.home import Konto
from words import N_, Translator, format, translator

BY, INSTEAD = N_("by {moment}"), N_("instead: {text}")
NOBODY_KNOWN = N_("somebody")
HERE = N_("somebody at this machine")
PROSE: Final = ("reason", "text", "offer")
"""What facts say in the source's own words."""
WHO: Final = ("by", "owner", "to", "recipient")
LOCAL: Final = "local"


class Teller:
    """Tells entries; `called` says what each promise is called, `became` what followed each alert."""

    def __init__(
        self, konto: Konto, reader: Reader, called: Mapping[str, str], became: Mapping[str, Sequence[Entry]]
    ) -> None:
        self.konto, self.reader, self.called, self.became = konto, reader, called, became
        self.now = konto.clock()
        self.t: Translator = translator(reader.lang)

    def tell(self, entry: Entry) -> TimelineEntry:
        fact, taken_out = entry.fact, entry.retracted_by
        told = sentence(entry, self.called, self.t)
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
            became=tuple(self._became(self.became.get(fact.stream, ()))) if entry.status == "alert" else (),
        )

    def _became(self, events: Sequence[Entry]) -> Iterator[Became]:
        """Delivered to whom, taken note of by whom, put off until when and why, passed on to whom."""
        for event in events:
            data: Any = event.fact.data
            reason, until = _said(data, "reason"), getattr(data, "until", None)
            told = self.t.gettext(became(event.fact)).format(
                name=self._who(data, sealed=True) or self.t.gettext(NOBODY_KNOWN),
                until=self._moment(until) if until is not None else "",
                reason=reason,
            )
            yield Became(event.fact.time, told)

    def _detail(self, data: Any, *, beside: str) -> str:
        """What the sentence does not say already."""
        due, subject = getattr(data, "due", None), self.called.get(getattr(data, "subject", ""))
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
        if sealed and name == LOCAL:
            return self.t.gettext(HERE)
        person = name if sealed else self.konto.library.ids.person(name)
        found = person_name(self.konto.library, person)
        return found or (alerting.whom(self.reader, name) if sealed and "-" in name else None if sealed else name)


def _said(data: Any, name: str) -> str | None:
    said = getattr(data, name, None)
    return said if isinstance(said, str) and said and said != SEALED else None
