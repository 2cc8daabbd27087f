"""What the reader's roles reach, and what they do not reach as a sentence for the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from dashboard.shapes.asking import NOBODY_STILL, Firm, Reader, Refusal, StillCount
from dashboard.shapes.signing_in import Presence, SignedIn
from domain.people import People
from domain.roles import MAY, NOBODY, Asker, NotAllowed, What, allowed, may
from projections import quarantine
from wiring.home import Konto
from wiring.refusals import sentence
from wiring.settings import LoginSettings
from words import N_, translator


def seen_by(konto: Konto, reader: Reader) -> Konto:
    """The home as this reader may see it.

    The one who started the dashboard sees all that the home does; where people sign in, nobody is that one.
    """
    login = konto.settings.login
    if reader.who is None:
        return replace(konto, asker=NOBODY) if login.is_set else konto
    if login.is_set and _is_over(reader.who, konto):
        return replace(konto, asker=NOBODY)
    return replace(konto, asker=asker_of(reader.who, konto.steering.people.at(konto.clock()), login))


def _is_over(who: SignedIn, konto: Konto) -> bool:
    lasting = timedelta(hours=konto.settings.login.hours)
    return who.at is None or konto.clock() - who.at > lasting


def asker_of(who: SignedIn, people: People, login: LoginSettings) -> Asker:
    """Whoever is not among the firm's people has no role, and so sees nothing; else the people of this moment say it.

    Where the service says the roles, it alone does, also for people whom the document does not name.
    """
    if who.email is None:
        return NOBODY
    known = people.find(who.email)
    # Only by the address that the service vouches for: somebody's user name elsewhere could be another one's here.
    if known is not None and (known.email or "").casefold() != who.email.casefold():
        known = None
    if login.roles_claim is None:
        return Asker(known.id, frozenset(known.roles)) if known else NOBODY
    roles = frozenset(login.roles[each] for each in who.roles if each in login.roles)
    return Asker(known.id if known else who.email, roles) if roles else NOBODY


def firm(konto: Konto, reader: Reader) -> Firm:
    """Nothing of the firm for whoever is none of its people."""
    presence, zone = _presence(konto, reader), ZoneInfo(konto.settings.zone)
    if presence != "here":
        return Firm(None, reader.who.email if reader.who else None, frozenset(), zone, presence)
    person = konto.steering.people.at(konto.clock()).find(konto.asker.person)
    reach = {what for names in MAY.values() for what in names if may(konto.asker, what)}
    still = StillCount(*quarantine.count(konto.views)) if "deliveries" in reach else NOBODY_STILL
    return Firm(
        konto.settings.firm, person.name if person else konto.asker.person, frozenset(reach), zone, "here", still
    )


def _presence(konto: Konto, reader: Reader) -> Presence:
    if konto.asker.roles:
        return "here"
    return "signed_out" if reader.who is None or _is_over(reader.who, konto) else "stranger"


ONE_ALONE = N_("Figures of one colleague alone are not shown.")
WHAT_IS_SHOWN = N_(
    "Everybody sees their own, and whoever leads those of the team and the firm. The list below is as you chose it."
)


def of_one_alone(konto: Konto, reader: Reader, owner: str | None) -> Refusal | None:
    """Why figures of this owner are not shown: those of one person are for that person (SPEC 8).

    In a home with one local user there is nobody else. Lists are work to be done, and no figures.
    """
    if owner is None or reader.who is None:
        return None
    own = konto.library.person_ids(konto.asker.person) if konto.asker.person else []
    if not set(own).isdisjoint(konto.library.person_ids(owner)):
        return None
    t = translator(reader.lang)
    return Refusal((t.gettext(ONE_ALONE), t.gettext(WHAT_IS_SHOWN)))


def refusal(konto: Konto, what: What, reader: Reader) -> Refusal | None:
    try:
        allowed(konto.asker, what)
    except NotAllowed as refused:
        konto.note("refused", beside=what)
        return Refusal((sentence(refused, translator(reader.lang)),))
    return None
