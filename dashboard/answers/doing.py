"""Deeds on the pages: recorded or refused, and undone."""

from __future__ import annotations

from dashboard.answers.looking import noted
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.deeds import Doing
from domain.errors import Refused
from wiring import deeds
from wiring.deeds import Deed
from wiring.home import Konto
from wiring.refusals import sentence
from words import translator


def do(konto: Konto, reader: Reader, doing: Doing) -> Refusal | None:
    """None = recorded."""
    try:
        deeds.do(konto, Deed(doing.does, doing.on, doing.id, doing.at, doing.says))
    except Refused as refused:
        return _refusal(noted(konto, refused), reader)
    return None


def undo(konto: Konto, reader: Reader, id: str) -> Refusal | None:
    """None = undone."""
    try:
        deeds.undo(konto, id)
    except Refused as refused:
        return _refusal(noted(konto, refused), reader)
    return None


def _refusal(refused: Refused, reader: Reader) -> Refusal:
    t = translator(reader.lang)
    return Refusal(tuple(sentence(each, t) for each in (refused, *refused.also)))
