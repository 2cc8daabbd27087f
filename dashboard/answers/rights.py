"""What the reader's roles reach, and what they do not reach as a sentence for the page."""

from __future__ import annotations

from dataclasses import replace

from dashboard.shapes.asking import Firm, Reader, Refusal, SignedIn
from domain.people import People
from domain.roles import MAY, Asker, NotAllowed, What, allowed, may
from wiring.home import Konto
from wiring.refusals import sentence
from words import translator


def seen_by(konto: Konto, reader: Reader) -> Konto:
    """The home as this reader may see it: the one who started the dashboard sees all that the home does."""
    if reader.who is None:
        return konto
    return replace(konto, asker=_asker(reader.who, konto.steering.people.at(konto.clock())))


def _asker(who: SignedIn, people: People) -> Asker:
    """Whoever is not among the firm's people has no role, and so sees nothing."""
    known = people.find(who.email)
    return Asker(known.id, frozenset(known.roles)) if known else Asker(None, frozenset())


def firm(konto: Konto) -> Firm:
    person = konto.steering.people.at(konto.clock()).find(konto.asker.person)
    reach = {what for names in MAY.values() for what in names if may(konto.asker, what)}
    return Firm(konto.settings.firm, person.name if person else None, frozenset(reach))


def refusal(konto: Konto, what: What, reader: Reader) -> Refusal | None:
    try:
        allowed(konto.asker, what)
    except NotAllowed as refused:
        return Refusal((sentence(refused, translator(reader.lang)),))
    return None
