"""What was attested, and what a check of the log has found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.checkpoints import Kept
from verifier.finding import Bad, What
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
    return {**found.report.told(), "ok": found.is_ok, "damaged": list(found.damaged)}


def proof(found: Proof) -> dict[str, Any]:
    return {
        "position": found.event.position,
        "index": found.place,
        "size": checkpoint(unchecked(found.note)).size,
        "path": [step.hex() for step in found.path],
        "proof": found.text(),
    }


def in_words(asking: Asking, found: Verified) -> list[str]:
    t, report = asking.t, found.report
    said = [t.gettext(DAMAGED).format(where=where) for where in found.damaged]
    if report.first_bad is not None:
        return [*said, _bad(report.first_bad, t), t.gettext(WHAT_NOW)]
    n = number(report.size, t.lang)
    if report.attested is None:
        return [*said, t.gettext(NEVER_ATTESTED).format(n=n)]
    told = report.attested.said("time")
    at = moment_to_keep(datetime.fromisoformat(told), asking.zone, t.lang) if told else "–"
    said.append(t.gettext(WHOLE).format(n=n, attested=number(report.attested.size, t.lang), moment=at))
    if report.after:
        said.append(t.gettext(AFTER).format(n=number(report.after, t.lang)))
    return said


def _bad(bad: Bad, t: Translator) -> str:
    position = number(bad.position, t.lang)
    if bad.upto is not None:
        return t.gettext(SOMEWHERE).format(position=position, upto=number(bad.upto, t.lang))
    return t.gettext(CHANGED[bad.what]).format(position=position)
