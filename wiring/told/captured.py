"""What was understood of a sentence, for programs: the fact, what each part was read from, or what is asked back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from intake.capture.understood import Due, Reading, Suggestion, Unclear, Understood
from wiring.refusals import sentence
from words import Translator
from words.format import clock, day_long
from words.names import KINDS


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
