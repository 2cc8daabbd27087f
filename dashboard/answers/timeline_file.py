"""What the audit page shows as a file: a table for a spreadsheet, JSON as `konto audit timeline` writes it, or PDF."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from dashboard.answers.timeline import Seen, looked
from dashboard.answers.timeline_words import Teller
from dashboard.shapes.asking import Reader
from dashboard.shapes.timeline import FileForm, TimelineAsked, TimelineEntry, TimelineFile
from projections.audit import Entry
from wiring import looking, spreadsheet
from wiring.asking import Asking
from wiring.home import Konto
from wiring.printing import timeline as printing
from wiring.told import looks as told_looks
from wiring.told import timeline as told
from wiring.told.looks import Told
from words import N_, translator

COLUMNS = (
    N_("Happened"),
    N_("Recorded"),
    N_("What happened"),
    N_("More about it"),
    N_("By whom, to whom"),
    N_("Source"),
    N_("State"),
    N_("Retracted"),
    N_("Why"),
    N_("What became of it"),
)
MOST_LOOKS = 10_000
STATES = {
    "counts": N_("counts"),
    "retracted": N_("recorded by mistake, retracted"),
    "parked": N_("waits for what it refers to"),
    "alert": N_("alert of ours"),
    "look": N_("look"),
}


def made(konto: Konto, reader: Reader, customer: str, asked: TimelineAsked, form: FileForm) -> TimelineFile | None:
    """All entries that fit, not only one page. Raises NotAllowed; None where there is no such customer."""
    seen = looked(konto, reader, customer, asked)
    if seen is None:
        return None
    now = konto.clock().astimezone(reader.zone)
    name = f"audit-{(asked.as_of or now.date()).isoformat()}.{form}"
    return TimelineFile(name, FORMS[form](konto, reader, seen))


def _happened(seen: Seen) -> list[Entry]:
    """In order of happening, with what became of alerts among the rest."""
    events = [each for entry in seen.entries for each in (entry, *seen.became.get(entry.fact.stream, ()))]
    return sorted(events, key=lambda each: each.fact.time)


def _json(konto: Konto, reader: Reader, seen: Seen) -> bytes:
    asking = Asking(konto, konto.clock(), translator(reader.lang))
    entries = [told.as_json(asking, seen.found, each) for each in _happened(seen)]
    return json.dumps(entries, ensure_ascii=False, indent=1, default=str).encode()


def _csv(konto: Konto, reader: Reader, seen: Seen) -> bytes:
    t = translator(reader.lang)
    teller = Teller(konto, reader, seen.found.called, seen.became)
    rows = (teller.tell(entry) for entry in seen.entries)
    heads = [t.gettext(column) for column in COLUMNS]
    limit = 0 if len(seen.entries) < len(seen.everything) else MOST_LOOKS  # narrowed to something else
    looked = looking.at_customer(konto, seen.customer, seen.moment.at, limit=limit)
    looks = told_looks.Teller(konto, konto.clock(), t, looked)
    return spreadsheet.table(
        heads,
        (
            *(_cells(row, reader, t.gettext(STATES[row.status])) for row in rows),
            *(_look(looks.told(each), reader, t.gettext(STATES["look"])) for each in looked),
        ),
    )


def _look(told: Told, reader: Reader, state: str) -> Iterator[str]:
    at = "" if told.at is None else told.at.astimezone(reader.zone).isoformat(timespec="seconds")
    yield from (at, at, told.text, told.beside, told.who, told.door, state, "", "", "")


def _pdf(konto: Konto, reader: Reader, seen: Seen) -> bytes:
    asking = Asking(konto, konto.clock(), translator(reader.lang))
    return printing.pdf(asking, printing.Seen(seen.found, _happened(seen), seen.moment))


FORMS: Mapping[FileForm, Callable[[Konto, Reader, Seen], bytes]] = {"csv": _csv, "json": _json, "pdf": _pdf}


def _cells(row: TimelineEntry, reader: Reader, state: str) -> Iterator[str]:
    def moment(at: datetime | None) -> str:
        return "" if at is None else at.astimezone(reader.zone).isoformat(timespec="seconds")

    yield from (moment(row.at), moment(row.recorded), row.text, row.detail, row.by or "", row.origin, state)
    yield from (moment(row.retracted_at), row.why or "")
    yield "; ".join(f"{moment(each.at)} {each.text}" for each in row.became)
