"""The invented firm's past: a customer's entries at any day, how the account stood then, what came to light later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from dashboard.answers.timeline import KINDS
from dashboard.shapes.account import Stage
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.figures import Reliability
from dashboard.shapes.timeline import (
    Became,
    EntryKind,
    FileForm,
    Later,
    OpenThen,
    Standing,
    TimelineAsked,
    TimelineEntry,
    TimelineFile,
    TimelinePage,
)
from wiring.spreadsheet import harmless

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)
RETRACTED = date(2026, 3, 9)
"""On this day the call back was found to be entered twice."""


class Audited:
    """Answers the questions about the past. Needs the rest of the sample for the customers' names."""

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
        name = self._name(customer)  # type: ignore[attr-defined]
        if name is None:
            return None
        everything = _entries(reader.lang)
        then = _seen(everything, asked.as_of, asked.known_on)
        of_thing = [row for row in then if asked.thing in (None, row.thing)]
        found = [row for row in of_thing if asked.kind in ("all", _kind(row))]
        start = (page - 1) * PAGE_SIZE
        kinds = [_kind(row) for row in of_thing]
        counts: dict[EntryKind, int] = {kind: kinds.count(kind) for kind in get_args(EntryKind)}
        return TimelinePage(
            customer=customer,
            name=name,
            rows=tuple(found[start : start + PAGE_SIZE]),
            total=len(found),
            retracted=sum(row.status == "retracted" for row in found),
            first=everything[-1].at.date(),
            counts=counts | {"all": len(of_thing)},
            standing=_standing(reader.lang, asked) if then else None,
            later=_later(everything, asked),
            thing=None
            if asked.thing is None
            else "Angebot *Wärmepumpe*"
            if asked.thing == "promise-4"
            else asked.thing,
        )

    def timeline_file(self, reader: Reader, customer: str, asked: TimelineAsked, form: FileForm) -> TimelineFile | None:
        found = self.timeline(reader, customer, asked)
        if found is None:
            return None
        return TimelineFile(f"audit.{form}", "\n".join(harmless(row.text) for row in found.rows).encode())


def _kind(row: TimelineEntry) -> EntryKind:
    return KINDS.get(row.about, "all")


def _seen(rows: Sequence[TimelineEntry], as_of: date | None, known: date | None) -> list[TimelineEntry]:
    by, day = known or NOW.date(), as_of or NOW.date()
    return [
        row if by >= RETRACTED else _untouched(row)
        for row in rows
        if row.at.date() <= day and row.recorded.date() <= by
    ]


def _untouched(row: TimelineEntry) -> TimelineEntry:
    return row if row.status == "alert" else row._replace(status="counts", retracted_at=None, why=None)


def _later(rows: Sequence[TimelineEntry], asked: TimelineAsked) -> Later | None:
    day = asked.known_on or asked.as_of
    if day is None:
        return None
    now, then = _seen(rows, asked.as_of, None), _seen(rows, asked.as_of, day)
    new = [row for row in now if row.recorded.date() > day]
    gone = [row for row in now if row.status == "retracted" and day < RETRACTED and row.recorded.date() <= day]
    return Later(day, tuple(new[:5]), len(new), len(gone), 10 * len(then), 10 * len(now))


def _standing(lang: str, asked: TimelineAsked) -> Standing:
    german = lang == "de"
    reason = "Der Kontostand ist 23 und fällt nicht." if german else "The balance is 23 and does not fall."
    return Standing(
        balance=2300 if asked.as_of is None else 1750,
        stage=Stage("solid", reason),
        reliability=Reliability(0.87, 0.79, 0.93, 38),
        promises=(
            OpenThen("Angebot *Wärmepumpe*", datetime(2026, 3, 24, 12, tzinfo=BERLIN), False),
            OpenThen("Wartung der Gastherme" if german else "service of the boiler", NOW - timedelta(days=2), True),
        ),
        open_promises=6,
        questions=(OpenThen("Anfrage per E-Mail" if german else "Question by e-mail", NOW - timedelta(days=1), False),),
        open_questions=1,
    )


def _entries(lang: str) -> list[TimelineEntry]:
    """What happened last first; one fact recorded days later, one retracted, one waiting again, two alerts."""
    german = lang == "de"

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)

    def say(de: str, en: str) -> str:
        return de if german else en

    came = Became(at(11, 8, 1), say("an Lutz Brandt zugestellt", "delivered to Lutz Brandt"))
    noted = Became(at(11, 9, 5), say("Lutz Brandt hat es zur Kenntnis genommen", "Lutz Brandt took note"))
    rows = [
        TimelineEntry(
            at(11, 8),
            at(11, 8),
            "alert",
            say("Hinweis: bald fällig", "Alert raised: due soon"),
            "Angebot *Wärmepumpe*",
            "Lutz Brandt",
            "",
            "alert",
            became=(came, noted),
            thing="promise-4",
        ),
        TimelineEntry(
            at(10, 15),
            at(10, 15, 2),
            "contact",
            say("Beantwortet, am Telefon", "Answered, by phone"),
            "",
            "Sevda Aydin",
            "crm:C-17/a",
            "counts",
        ),
        TimelineEntry(
            at(6, 16),
            at(9, 9),
            "promise",
            say("Angebot *Wärmepumpe*: verschoben", "Quotation *heat pump*: moved"),
            say("bis 24. März, 12 Uhr · Der Preis fehlt noch.", "by 24 March, noon · The price is missing."),
            "Lutz Brandt",
            "crm:P-4/m",
            "counts",
            thing="promise-4",
        ),
        TimelineEntry(
            at(5, 9),
            at(5, 9, 1),
            "promise",
            say("Rückruf: erfüllt", "Call back: fulfilled"),
            "",
            None,
            "crm:P-5/f",
            "parked",
            thing="promise-5",
        ),
        TimelineEntry(
            at(4, 9),
            at(4, 9, 1),
            "promise",
            say("Zugesagt: Rückruf", "Promised: call back"),
            say("bis 5. März, 17 Uhr", "by 5 March, 5 pm"),
            "Lutz Brandt",
            "crm:P-5/p",
            "retracted",
            at(9, 10, 30),
            say("Doppelt eingetragen", "Entered twice"),
            thing="promise-5",
        ),
    ]
    older = [
        TimelineEntry(
            NOW - timedelta(days=20 + 3 * number),
            NOW - timedelta(days=20 + 3 * number) + timedelta(minutes=1),
            "contact",
            say("Der Kunde hat gefragt, per E-Mail", "The customer asked, by e-mail"),
            "",
            None,
            f"crm:C-{number}",
            "counts",
        )
        for number in range(60)
    ]
    return rows + older
