"""What was understood of a sentence, for programs: the fact, what each part was read from, or what is asked back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from typing_extensions import TypedDict

from intake.capture.understood import Due, Reading, Suggestion, Unclear, Understood
from wiring.refusals import sentence
from words import N_, Translator
from words.format import clock, day_long
from words.names import KINDS

TOLD = {
    "promise.made": N_("Understood as a promise."),
    "promise.renegotiated": N_("Understood as a promise that was moved."),
    "promise.fulfilled": N_("Understood as a promise that was fulfilled."),
    "promise.withdrawn": N_("Understood as a promise that was taken back."),
    "request.declined": N_("Understood as an honest no."),
    "contact.inbound": N_("Understood as a customer who asked."),
    "incident.reported": N_("Understood as a complaint."),
}
PARTS = {
    "customer": N_("Customer"),
    "by": N_("By"),
    "what": N_("What"),
    "kind": N_("Kind"),
    "due": N_("Due"),
    "promise": N_("Promise"),
    "reason": N_("Reason given"),
    "chases": N_("Asked again about"),
    "text": N_("Complaint"),
    "time": N_("Happened"),
}
CLOSED_FOR = N_("Nobody works on {day} ({closed}).")
CLOSED = N_("Nobody works on {day}.")


class Question(TypedDict):
    code: str
    text: str
    readings: list[str]


def question(t: Translator, unclear: Unclear) -> Question:
    """With what it could mean, where that is known."""
    readings = [each if isinstance(each, str) else each.isoformat() for each in unclear.readings]
    text = sentence(unclear.in_words(lambda due: in_words(t, due)), t)
    return {"code": unclear.code, "text": text, "readings": readings}


def as_json(t: Translator, understood: Understood) -> dict[str, Any]:
    return {
        **understood.envelope,
        "readings": [
            {"part": each.part, "said": each.said, "value": _plain(each.value), "text": why(t, each)}
            for each in understood.readings
        ],
        "suggestions": [{"due": _plain(each.due), "text": why(t, each)} for each in understood.suggestions],
    }


def headline(t: Translator, understood: Understood) -> str:
    return t.gettext(TOLD[understood.envelope["type"]])


class Part(NamedTuple):
    """What it is, as it was said, as it was understood, and why so."""

    name: str
    said: str
    value: str
    why: str


def part(t: Translator, reading: Reading) -> Part:
    value = in_words(t, reading.value, reading.part)
    return Part(t.gettext(PARTS[reading.part]), reading.said, value, why(t, reading))


def closed(t: Translator, understood: Understood, suggestion: Suggestion) -> str:
    """Why another day is suggested."""
    said = next(reading.value for reading in understood.readings if reading.part == "due")
    name = suggestion.params["closed"]
    return t.gettext(CLOSED_FOR if name else CLOSED).format(day=in_words(t, said), closed=name)


def why(t: Translator, reading: Reading | Suggestion) -> str:
    """The sentence and the paragraph behind it."""
    parts = [t.gettext(each) for each in (reading.text, reading.law) if each]
    return f"{parts[0]} ({parts[1]})" if len(parts) == 2 else "".join(parts)


def in_words(t: Translator, value: Due | str, part: str = "") -> str:
    match value:
        case datetime():
            return f"{day_long(value.date(), t.lang)}, {clock(value.time(), t.lang)}"
        case date():
            return day_long(value, t.lang)
        case str():
            return t.gettext(KINDS[value]) if part == "kind" else value


def _plain(value: Due | str) -> str:
    return value if isinstance(value, str) else value.isoformat()
