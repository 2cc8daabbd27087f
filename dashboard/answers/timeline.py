"""One customer at any moment of the past: all entries with both times, and what was learned only later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, get_args

from dashboard.answers import accounts, standing
from dashboard.answers.moments import day_of, end_of
from dashboard.answers.timeline_words import Teller
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.timeline import EntryKind, Later, TimelineAsked, TimelineEntry, TimelinePage
from domain.alert import AlertRaised
from domain.errors import Refused
from domain.lives import kind_of
from domain.roles import allowed
from domain.stored import UNREADABLE
from projections import audit
from projections.audit import Entry, Timeline
from projections.filters import Moment
from projections.tables import instant
from wiring.home import Konto
from words import translator

KINDS: Final[dict[str, EntryKind]] = {
    "promise": "promises",
    "request": "promises",
    "contact": "contacts",
    "feedback": "contacts",
    "referral": "contacts",
    "incident": "incidents",
    "alert": "alerts",
}
"""By what a fact belongs to; details of the customer stand only among everything."""
THINGS: Final = ("promise", "incident", "contact")
SHOWN_LATER: Final = 5


class Seen(NamedTuple):
    """What a page and a file of it rest on: `entries` fit what was asked, what happened last first."""

    customer: str
    moment: Moment
    found: Timeline
    everything: list[Entry]
    of_thing: list[Entry]
    entries: list[Entry]
    became: dict[str, list[Entry]]
    """Of each alert by its stream what became of it."""


def page(konto: Konto, reader: Reader, customer: str, asked: TimelineAsked, page: int) -> TimelinePage | None:
    seen = looked(konto, reader, customer, asked)
    if seen is None:
        return None
    teller = Teller(konto, reader, seen.found.called, seen.became)
    start = (page - 1) * PAGE_SIZE
    first = _first_of_all(konto, seen.customer)
    return TimelinePage(
        customer=seen.customer,
        name=seen.found.customer.called(translator(reader.lang)),
        rows=tuple(_row(entry, teller) for entry in seen.entries[start : start + PAGE_SIZE]),
        total=len(seen.entries),
        retracted=sum(entry.status == "retracted" for entry in seen.entries),
        first=None if first is None else day_of(first, reader),
        counts=_counts(seen.of_thing),
        standing=standing.at(konto, reader, seen.customer, seen.moment) if seen.everything else None,
        later=_later(konto, reader, seen, asked),
        thing=None if asked.thing is None else _called(seen, asked.thing, teller),
    )


def looked(konto: Konto, reader: Reader, customer: str, asked: TimelineAsked) -> Seen | None:
    """Raises NotAllowed where the reader's roles do not reach so far, and what is UNREADABLE; None where there is no
    such customer."""
    allowed(konto.asker, "audit")
    moment = moment_of(asked, reader, konto.clock())
    try:
        survivor = accounts.survivor_of(konto, customer)
        found = audit.timeline(konto.log, konto.library, konto.asker, survivor, moment)
    except UNREADABLE:
        raise
    except Refused:
        return None
    became: dict[str, list[Entry]] = {}
    everything: list[Entry] = []
    for entry in found.entries:
        if entry.status == "alert" and not isinstance(entry.fact.data, AlertRaised):
            became.setdefault(entry.fact.stream, []).append(entry)
        else:
            everything.append(entry)
    everything.reverse()
    of_thing = [entry for entry in everything if asked.thing in (None, thing_of(entry))]
    entries = [entry for entry in of_thing if asked.kind in ("all", kind_of_entry(entry))]
    return Seen(survivor, moment, found, everything, of_thing, entries, became)


def moment_of(asked: TimelineAsked, reader: Reader, now: datetime) -> Moment:
    """The last instant of each day on the reader's clock; of today the moment of asking."""
    at = now if asked.as_of is None else min(now, end_of(asked.as_of, reader))
    return Moment(at, None if asked.known_on is None else min(now, end_of(asked.known_on, reader)))


def tell(konto: Konto, reader: Reader, found: Timeline) -> tuple[TimelineEntry, ...]:
    """Facts and alerts in the reader's words, in the order given."""
    teller = Teller(konto, reader, found.called, {})
    return tuple(teller.tell(entry) for entry in found.entries)


def kind_of_entry(entry: Entry) -> EntryKind:
    about = entry.fact.type.partition(".")[0]
    return KINDS.get(kind_of(entry.fact.stream) if about == "fact" else about, "all")


def thing_of(entry: Entry) -> str | None:
    """The promise, incident or contact that an entry is about."""
    data: Any = entry.fact.data
    stream = data.subject if isinstance(data, AlertRaised) else entry.fact.stream
    return stream if stream.partition("-")[0] in THINGS else None


def _row(entry: Entry, teller: Teller) -> TimelineEntry:
    return teller.tell(entry)._replace(thing=thing_of(entry))


def _counts(entries: Sequence[Entry]) -> dict[EntryKind, int]:
    kinds = [kind_of_entry(entry) for entry in entries]
    counts: dict[EntryKind, int] = {kind: kinds.count(kind) for kind in get_args(EntryKind)}
    return counts | {"all": len(kinds)}


def _called(seen: Seen, thing: str, teller: Teller) -> str:
    """As the firm calls it; a question has no name, so what was said of it first."""
    called = seen.found.called.get(thing)
    if called is None and seen.of_thing:
        return teller.tell(seen.of_thing[-1]).text
    return called or thing


def _first_of_all(konto: Konto, customer: str) -> datetime | None:
    """The first thing that happened, whatever moment is looked at."""
    return instant(konto.views.row("SELECT MIN(time) FROM timeline WHERE customer = ?", (customer,))[0])


# -- what was learned only later ------------------------------------------------------------------


def _later(konto: Konto, reader: Reader, seen: Seen, asked: TimelineAsked) -> Later | None:
    """Between the day by whose end we knew something and now; else between the day that is looked at and now."""
    day = asked.known_on or asked.as_of
    if day is None:
        return None
    now = konto.clock()
    known = min(now, end_of(day, reader))
    at = seen.moment.at
    today = seen.found.entries
    if seen.moment.known is not None:
        today = audit.timeline(konto.log, konto.library, konto.asker, seen.customer, Moment(at)).entries
    new = [entry for entry in today if entry.status != "alert" and _recorded(entry) > known]
    new = [entry for entry in new if entry.fact.type != "fact.retracted"]
    gone = [entry for entry in today if entry.retracted_by and _recorded(entry) <= known]
    gone = [entry for entry in gone if entry.retracted_by and _instant(entry.retracted_by) > known]
    teller = Teller(konto, reader, seen.found.called, {})
    return Later(
        since=day,
        entries=tuple(_row(entry, teller) for entry in _newest(new)),
        learned=len(new),
        retracted=len(gone),
        balance_then=standing.balance(konto, reader, seen.customer, Moment(at, known)),
        balance_now=standing.balance(konto, reader, seen.customer, Moment(at)),
    )


def _newest(entries: Sequence[Entry]) -> Iterator[Entry]:
    yield from sorted(entries, key=_recorded, reverse=True)[:SHOWN_LATER]


def _recorded(entry: Entry) -> datetime:
    return _instant(entry.fact)


def _instant(fact: Any) -> datetime:
    recorded: datetime = fact.recorded or fact.time
    return recorded
