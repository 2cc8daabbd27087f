"""What was attested, and what a check of the log has found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from domain.checkpoints import Kept
from verifier.finding import Bad, What
from verifier.journal import Report
from verifier.note import checkpoint, unchecked
from verifier.proof import Proof
from wiring.asking import Asking
from wiring.attesting import Verified
from wiring.moments import written
from words import N_, Translator
from words.format import moment_to_keep, number

WHOLE = N_("The log is what it was: {n} events, of which checkpoints attest {attested}, the last one of {moment}.")
NEVER_ATTESTED = N_(
    "There are {n} events, and no checkpoint attests any of them yet. To make one: konto audit checkpoint"
)
AFTER = N_("{n} events came after that; of them nobody can say yet whether they were changed.")
CHANGED: Mapping[What, str] = {
    "changed": N_("The log was changed: the event at position {position} is not what was recorded there."),
    "removed": N_("The log was changed: the event at position {position} is missing."),
    "inserted": N_("The log was changed: the event at position {position} was put in afterwards."),
    "reordered": N_("The log was changed: the event that was recorded at position {position} stands elsewhere."),
    "cut": N_("The log was changed: from position {position} on everything that was recorded is missing."),
}
SOMEWHERE = N_("The log was changed somewhere between the positions {position} and {upto}.")
JOURNAL_WHOLE = N_(
    "The access journal is what it was: entries up to number {n}, of which a checkpoint attests those up to {attested}."
)
JOURNAL_CUT = N_("Its entries up to number {n} were old, and were cut off on {moment}.")
JOURNAL_CHANGED: Mapping[What, str] = {
    "changed": N_("The access journal was changed: entry {position} is not what was noted there."),
    "removed": N_("The access journal was changed: entry {position} is missing."),
    "inserted": N_("The access journal was changed: entry {position} was put in afterwards."),
    "reordered": N_("The access journal was changed: the entry that was noted as number {position} stands elsewhere."),
    "cut": N_("The access journal was changed: from entry {position} on everything that was noted is missing."),
}
JOURNAL_SOMEWHERE = N_("The access journal was changed somewhere between the entries {position} and {upto}.")
DAMAGED = N_("This is no checkpoint of this log, or nobody signed it whose key is known: {where}")
WHAT_NOW = N_("Please stop whatever writes to the log, keep a copy of it as it is, and put back a backup from before.")


def as_json(kept: Kept) -> dict[str, Any]:
    attested = checkpoint(unchecked(kept.note))
    return {
        "size": kept.size,
        "root": attested.root.hex(),
        "position": int(attested.said("position") or 0),
        "time": written(kept.at),
        "note": kept.note,
    }


def verified(found: Verified) -> dict[str, Any]:
    return {
        **found.report.told(),
        "ok": found.is_ok,
        "journal": found.journal.told(),
        "damaged": list(found.damaged),
    }


def proof(found: Proof) -> dict[str, Any]:
    return {
        "position": found.event.position,
        "index": found.place,
        "size": checkpoint(unchecked(found.note)).size,
        "path": [step.hex() for step in found.path],
        "proof": found.text(),
    }


def in_words(asking: Asking, found: Verified) -> list[str]:
    t, report, looks = asking.t, found.report, found.journal
    said = [t.gettext(DAMAGED).format(where=where) for where in found.damaged]
    bad = [] if report.first_bad is None else [_bad(report.first_bad, t, SOMEWHERE, CHANGED)]
    if looks.first_bad is not None:
        bad.append(_bad(looks.first_bad, t, JOURNAL_SOMEWHERE, JOURNAL_CHANGED))
    if bad:
        return [*said, *bad, t.gettext(WHAT_NOW)]
    said += _journal(asking, looks)
    n = number(report.size, t.lang)
    if report.attested is None:
        return [*said, t.gettext(NEVER_ATTESTED).format(n=n)]
    told = report.attested.said("time")
    at = moment_to_keep(datetime.fromisoformat(told), asking.zone, t.lang) if told else "–"
    said.append(t.gettext(WHOLE).format(n=n, attested=number(report.attested.size, t.lang), moment=at))
    if report.after:
        said.append(t.gettext(AFTER).format(n=number(report.after, t.lang)))
    return said


def _journal(asking: Asking, looks: Report) -> Iterator[str]:
    t = asking.t
    if not looks.size:
        return
    attested, n = number(looks.attested, t.lang), number(looks.size, t.lang)
    yield t.gettext(JOURNAL_WHOLE).format(n=n, attested=attested)
    if looks.cut.number and looks.cut_at is not None:
        at = moment_to_keep(datetime.fromisoformat(looks.cut_at), asking.zone, t.lang)
        yield t.gettext(JOURNAL_CUT).format(n=number(looks.cut.number, t.lang), moment=at)


def _bad(bad: Bad, t: Translator, somewhere: str, changed: Mapping[What, str]) -> str:
    position = number(bad.position, t.lang)
    if bad.upto is not None:
        return t.gettext(somewhere).format(position=position, upto=number(bad.upto, t.lang))
    return t.gettext(changed[bad.what]).format(position=position)
