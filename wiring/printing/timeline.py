"""A customer's timeline on paper: what was known at a moment, who recorded it, and which checkpoint attests it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from projections.audit import Entry, Timeline
from projections.customers import person_names
from projections.filters import Moment
from projections.telling import sentence
from verifier.note import Checkpoint, checkpoint, unchecked
from wiring import attesting, looking
from wiring.asking import Asking
from wiring.printing.press import Paper, printed
from wiring.told import looks
from words import N_, format

TEMPLATE: Final = "timeline.typ"
LATE: Final = timedelta(days=1)
"""What was recorded later than that after it happened stands out."""

TITLE = N_("Timeline of {customer}")
PRINTED = N_("Audit")
AS_OF = N_("As of {moment}")
KNOWN = N_("Only with what was recorded by {moment}")
NUMBER = N_("Customer {id}")
HEADS = (N_("Happened"), N_("Recorded"), N_("What happened"), N_("From where"))
RETRACTED = N_("Retracted {moment}")
RETRACTED_BECAUSE = N_("Retracted {moment}: {reason}")
WAITS = N_("waits for what it refers to")
ALERT = N_("alert of ours")
BY = N_("{source}, {person}")
NOTHING = N_("At that time nothing was known yet.")
ATTESTED_TITLE = N_("Attested")
NOT_ATTESTED = N_(
    "No checkpoint attests the log yet; so nobody can show from this paper that it was not changed later."
)
ALL_ATTESTED = N_(
    "All entries lie in the log that the checkpoint of {moment} attests. With the same checkpoint, kept elsewhere, "
    "every later change is found: konto audit verify."
)
PARTLY_ATTESTED = N_(
    "{n} of the entries were recorded after the checkpoint of {moment} and are not attested yet. With the same "
    "checkpoint, kept elsewhere, every later change to the others is found: konto audit verify."
)
LOOKED = N_("Who looked")
MOST_LOOKS: Final = 500
PAGE = N_("Page {n} of {m}")


class Seen(NamedTuple):
    """The entries that are printed, of what was found about the customer."""

    found: Timeline
    entries: list[Entry]
    moment: Moment


def pdf(asking: Asking, seen: Seen) -> bytes:
    return printed(TEMPLATE, paper(asking, seen), asking.now)


def paper(asking: Asking, seen: Seen) -> Paper:
    """What the template prints. All times in the firm's zone, since a paper has readers in more than one."""
    t, konto, party = asking.t, asking.konto, seen.found.customer
    firm = konto.settings.firm or "Vertrauenskonto"
    held = [t.gettext(AS_OF).format(moment=_moment(asking, seen.moment.at))]
    if seen.moment.known is not None:
        held.append(t.gettext(KNOWN).format(moment=_moment(asking, seen.moment.known)))
    persons, n = person_names(konto.library), len(seen.entries)
    customer = party.called(t)
    return {
        "lang": t.lang,
        "title": t.gettext(TITLE).format(customer=customer),
        "firm": firm,
        "printed": t.gettext(PRINTED),
        "customer": customer,
        "about": [". ".join(held), t.gettext(NUMBER).format(id=party.id)],
        "intro": _intro(asking, n),
        "heads": [t.gettext(head) for head in HEADS],
        "entries": [_row(asking, seen.found, entry, persons) for entry in seen.entries],
        "nothing": t.gettext(NOTHING),
        **_looks(asking, seen),
        **_attested(asking, seen.entries),
        "foot": f"{firm} · {customer[:80]} · {_moment(asking, asking.now)}",
        "page": t.gettext(PAGE),
    }


def _intro(asking: Asking, n: int) -> str:
    t = asking.t
    text = t.ngettext(
        "{n} entry, in order of happening; what was recorded by mistake stays and is struck through.",
        "{n} entries, in order of happening; what was recorded by mistake stays and is struck through.",
        n,
    )
    return text.format(n=format.number(n, t.lang))


def _moment(asking: Asking, at: datetime) -> str:
    return ", ".join(_day_and_clock(asking, at))


def _day_and_clock(asking: Asking, at: datetime) -> list[str]:
    local, lang = at.astimezone(asking.zone), asking.t.lang
    return [format.day_figures(local.date(), lang, year=True), format.clock(local.time(), lang)]


def _row(asking: Asking, found: Timeline, entry: Entry, persons: dict[str, str]) -> dict[str, Any]:
    fact = entry.fact
    recorded = fact.recorded or fact.time
    return {
        "time": _day_and_clock(asking, fact.time),
        "recorded": _day_and_clock(asking, recorded),
        "late": recorded - fact.time > LATE,
        "struck": entry.status == "retracted",
        "text": sentence(entry, found.called, asking.t),
        "below": _below(asking, entry),
        "by": _by(asking, entry, persons),
    }


def _below(asking: Asking, entry: Entry) -> list[str]:
    t, by = asking.t, entry.retracted_by
    if by is not None:
        reason = getattr(by.data, "reason", None)
        text = t.gettext(RETRACTED_BECAUSE if reason else RETRACTED)
        return [text.format(moment=_moment(asking, by.recorded or by.time), reason=reason)]
    return [t.gettext(WAITS)] if entry.status == "parked" else []


def _by(asking: Asking, entry: Entry, persons: dict[str, str]) -> str:
    t, fact = asking.t, entry.fact
    if entry.status == "alert":
        return t.gettext(ALERT)
    person = getattr(fact.data, "by", None)
    if not person:
        return fact.source
    name = persons.get(asking.konto.library.ids.person(person), person)
    return t.gettext(BY).format(source=fact.source, person=name)


def _looks(asking: Asking, seen: Seen) -> dict[str, Any]:
    """Who looked up to that moment, for whoever may know, where everything is printed; else nobody."""
    t, konto = asking.t, asking.konto
    narrowed = len(seen.entries) < len(seen.found.entries)
    limit = 0 if narrowed else MOST_LOOKS
    entries = looking.at_customer(konto, seen.found.customer.customer, seen.moment.at, limit=limit)
    teller = looks.teller(asking, entries)
    rows = [
        {
            "time": "–" if told.at is None else _day_and_clock(asking, told.at),
            "text": f"{told.who}: {told.text}",
            "by": f"{told.door} {told.beside}",
        }
        for told in map(teller.told, entries)
    ]
    return {"looks_title": t.gettext(LOOKED), "looks": rows}


# -- the checkpoint -----------------------------------------------------------------------------------


def _attested(asking: Asking, entries: list[Entry]) -> dict[str, Any]:
    t, kept = asking.t, attesting.newest(asking.konto)
    title = t.gettext(ATTESTED_TITLE)
    if kept is None:
        return {"attested_title": title, "attested": t.gettext(NOT_ATTESTED), "note": []}
    found: Checkpoint = checkpoint(unchecked(kept.note))
    later = sum(entry.fact.position > int(found.said("position") or 0) for entry in entries)
    text = t.gettext(PARTLY_ATTESTED if later else ALL_ATTESTED)
    said = text.format(n=format.number(later, t.lang), moment=_moment(asking, kept.at))
    return {"attested_title": title, "attested": said, "note": unchecked(kept.note).splitlines()}
