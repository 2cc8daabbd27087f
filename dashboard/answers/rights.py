"""What the asker's roles do not reach, as a sentence for the page."""

from __future__ import annotations

from dashboard.shapes import Reader, Refusal
from domain.roles import NotAllowed, What, allowed
from wiring.home import Konto
from wiring.refusals import sentence
from words import translator


def refusal(konto: Konto, what: What, reader: Reader) -> Refusal | None:
    try:
        allowed(konto.asker, what)
    except NotAllowed as refused:
        return Refusal((sentence(refused, translator(reader.lang)),))
    return None
