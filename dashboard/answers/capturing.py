"""Quick capture on the pages: a sentence understood, shown, and recorded as it was shown."""

from __future__ import annotations

from dashboard.answers.looking import noted
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.captured import Captured, Offer, Part, Said
from dashboard.shapes.captured import Understood as Shown
from domain.errors import Refused
from wiring import capturing
from wiring.capturing import Unclear, Understood
from wiring.home import Konto
from wiring.refusals import sentence
from wiring.told import captured as told
from words import N_, Translator, translator

OTHERWISE = N_("By now it is understood otherwise. Please look once more.")


def understand(konto: Konto, reader: Reader, said: Said) -> Shown:
    """Nothing is recorded."""
    t = translator(reader.lang)
    try:
        return shown(t, _understood(konto, said))
    except Unclear as unclear:
        return Refusal((told.question(t, unclear)["text"],))
    except Refused as refused:
        noted(konto, refused)
        return Refusal(tuple(sentence(each, t) for each in (refused, *refused.also)))


def record(konto: Konto, reader: Reader, said: Said, before: Captured, offer: int | None) -> Refusal | None:
    """As it was shown `before`, with the due of an offer (counted from 0) or the one said; None = recorded."""
    t = translator(reader.lang)
    try:
        understood = _understood(konto, said)
        if shown(t, understood) != before:
            return Refusal((t.gettext(OTHERWISE),))
        capturing.record(konto, understood if offer is None else understood.taking(understood.suggestions[offer]))
    except Unclear as unclear:
        return Refusal((told.question(t, unclear)["text"],))
    except Refused as refused:
        noted(konto, refused)
        return Refusal(tuple(sentence(each, t) for each in (refused, *refused.also)))
    return None


def _understood(konto: Konto, said: Said) -> Understood:
    return capturing.understand(konto, said.text, id=said.id, by=said.by)


def shown(t: Translator, understood: Understood) -> Captured:
    """In the reader's words."""
    return Captured(
        headline=told.headline(t, understood),
        parts=tuple(Part(*told.part(t, each)) for each in understood.readings),
        offers=tuple(
            Offer(told.closed(t, understood, each), told.in_words(t, each.due), told.why(t, each))
            for each in understood.suggestions
        ),
    )
