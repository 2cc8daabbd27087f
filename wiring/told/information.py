"""What somebody is told beside their data (Art. 15(1) DSGVO): by whom, what for, who else gets it, for how long.

Only what follows from how the program is set up. What it cannot know is None, for the firm to fill in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from domain.alert import OURSELVES, AlertDelivered
from domain.journal import LOOKS, Wanted
from domain.roles import LOCAL_USER, Role
from domain.rulebook import Rulebook
from projections import access_keys
from projections.disclosure import Disclosure
from wiring.asking import Asking
from wiring.settings import EMAIL, LOCAL, Settings
from wiring.told import looks
from words import N_, Translator
from words.format import moment_to_keep, number, percent

PURPOSES: Final = (
    N_("To keep what was promised to you, and to tell you in time where that is not possible."),
    N_("To answer your questions, and to put right what went wrong."),
    N_("To see how well we keep our word, and to remind those of us who can still do something about it."),
)
CATEGORIES: Final = {
    "customer": N_("Who you are: names, addresses, telephone numbers, your numbers with us, who looks after you."),
    "promise": N_("What was promised to you, by when, and what became of it."),
    "contact": N_("When you asked or we approached you, and by which way; not what was written or said."),
    "incident": N_("What went wrong, and what was done about it."),
    "request": N_("What we declined."),
    "feedback": N_("What you said about us, and whom you recommended us to."),
}
"""By what facts are about."""
FIGURES = N_("Figures that follow from all this, and reminders to our own people.")
ALIKE: Final = {"referral": "feedback", "fact": "customer"}

OUR_PEOPLE = N_("Our own people who look after you, and those who lead them.")
AS_ROLE: Final[Mapping[Role | None, str]] = {
    "owner": N_("our people who look after customers"),
    "manager": N_("our people who lead"),
    "auditor": N_("our people who check"),
    "admin": N_("our people who look after this program"),
    None: N_("whoever works on the machine that it runs on"),
}
OWN_PAGE: Final = "access"
"""What this very answer is noted as."""
MOST_LOOKS: Final = 100_000
MAIL = N_("The mail server {host}, which carries reminders to our own people.")
SERVICE = N_("{service}, which carries reminders to our own people.")
PROGRAM = N_("A program at {host} that hears of reminders.")
FORMER = N_("Ways by which reminders went out earlier, and which are no longer set up: {n}.")
DATABASE = N_("The database server {host}, where all this is stored.")
ABROAD = N_(
    "{services} may process what they carry outside the European Union. What protects it there has to be added here."
)
AT_HOME = N_("As this program is set up, it passes nothing on to another country.")
RETENTION = N_("Until it is erased; no date is set for that.")
FADES = N_("In the account an entry counts half after {days} days.")
HERE = N_("typed or noted here")
RIGHTS: Final = (
    N_("You can have wrong data corrected (Art. 16 GDPR), and data erased (Art. 17) or no longer used (Art. 18)."),
    N_(
        "You can get what you told us in a form that other programs read (Art. 20); the file beside this paper is that."
    ),
    N_("You can object to its use (Art. 21)."),
    N_("You can complain to a supervisory authority (Art. 77)."),
)
NO_DECISION = N_(
    "Nothing is decided about you by this program alone: its figures put reminders for our people in order."
)
ACCOUNT = N_(
    "The balance: whatever was kept, answered or put right is a deposit; whatever was late, forgotten or wrong is a "
    "withdrawal. What each is worth stands in our rulebook, the same for all customers; it counts less the longer ago "
    "it is. How it is reckoned in full stands in “The trust account, explained” (docs/explanation/trust-account.md), "
    "which comes with this program."
)
BY_HAND = N_("The sensitivity, {value}, says how heavily a withdrawal weighs; for you somebody set it by hand.")
RELIABILITY = N_("Reliability is the share of promises to you that were kept, where the latest ones count most.")
ESTIMATES = N_(
    "How probably an open promise is kept is learned from how earlier ones of the same people and teams ended, and of "
    "the same kind and customer where that helps; the latest count most. Below {share} it is called at risk, so that "
    "whoever made it can tell you in time."
)
SILENCE = N_(
    "Silence: the usual gap between two talks is the middle one of all gaps. After {gaps} times as long somebody is "
    "reminded to ask how you are."
)


class Controller(TypedDict):
    """Who is responsible; null: to be filled in."""

    name: str | None
    address: str | None
    officer: str | None


class Information(TypedDict):
    """Sentences in the language asked for. `safeguards` and `authority` null: to be filled in; `safeguards` only where
    something may leave the European Union."""

    controller: Controller
    purposes: list[str]
    categories: list[str]
    recipients: list[str]
    transfers: str
    leaves_the_union: bool
    retention: str
    rights: list[str]
    authority: str | None
    sources: list[str]
    logic: list[str]


def information(asking: Asking, found: Disclosure) -> Information:
    settings, t = asking.konto.settings, asking.t
    own, rules = settings.disclosure, asking.konto.steering.rulebooks.at(found.at)
    services = _services(asking, found)
    return {
        "controller": {"name": settings.firm, "address": own.address, "officer": own.officer},
        "purposes": [t.gettext(each) for each in PURPOSES],
        "categories": list(_categories(found, t)),
        "recipients": list(_recipients(asking, found, services)),
        "transfers": t.gettext(ABROAD).format(services=", ".join(services)) if services else t.gettext(AT_HOME),
        "leaves_the_union": bool(services),
        "retention": own.retention or _retention(rules, t),
        "rights": [t.gettext(each) for each in RIGHTS],
        "authority": own.authority,
        "sources": list(_sources(found, t)),
        "logic": list(_logic(found, rules, t)),
    }


def _categories(found: Disclosure, t: Translator) -> Iterator[str]:
    about = {each.fact.type.partition(".")[0] for each in found.facts}
    told = {ALIKE.get(each, each) for each in about}
    yield from (t.gettext(text) for name, text in CATEGORIES.items() if name in told)
    yield t.gettext(FIGURES)


# -- who else gets it -------------------------------------------------------------------------------------


def _used(asking: Asking, found: Disclosure) -> set[str]:
    """The ways by which somebody is reached today, and those by which a reminder about this person went out."""
    people = asking.konto.steering.people.at(found.at)
    now = {name for person in people.persons for name in person.reachable_by}
    shared = {EMAIL} if people.shared_inbox else set()
    then = {
        event.data.channel for each in found.alerts for event in each.became if isinstance(event.data, AlertDelivered)
    }
    return now | shared | then


def _services(asking: Asking, found: Disclosure) -> list[str]:
    """Whose services carry reminders, by their names; ways have names of the firm's own, which may name people."""
    settings, used = asking.konto.settings, _used(asking, found)
    if not used & settings.channels.keys():
        return []
    from workers.channels.notifier import Notifier  # heavy, and most firms only use e-mail

    return sorted(
        {Notifier(name, settings.channels[name].get_secret_value()).service for name in used & settings.channels.keys()}
    )


def _recipients(asking: Asking, found: Disclosure, services: list[str]) -> Iterator[str]:
    settings, used, t = asking.konto.settings, _used(asking, found), asking.t
    yield t.gettext(OUR_PEOPLE)
    if EMAIL in used and settings.mail.host:
        yield t.gettext(MAIL).format(host=settings.mail.host)
    yield from (t.gettext(SERVICE).format(service=service) for service in services)
    hosts = {_host(settings.webhooks[name].url.get_secret_value()) for name in used & settings.webhooks.keys()}
    yield from (t.gettext(PROGRAM).format(host=host) for host in sorted(hosts))
    former = used - {EMAIL} - settings.channels.keys() - settings.webhooks.keys()
    if former:
        yield t.gettext(FORMER).format(n=len(former))
    yield from _store(settings, t)
    yield from _with_keys(asking)
    yield from _looked(asking, found)


def _looked(asking: Asking, found: Disclosure) -> Iterator[str]:
    """Of our own people by their roles, not by name: how often and when, as far as the access journal reaches."""
    konto, t = asking.konto, asking.t
    about = [each.customer for each in found.identities]
    entries = konto.journal.read(Wanted(about=about, what=LOOKS), limit=MOST_LOOKS)
    entries = [each for each in entries if each.beside != OWN_PAGE]
    teller, seen = looks.teller(asking, entries), dict[str, list[datetime]]()
    for entry in entries:
        roles = teller.roles(entry.who) or (None,)
        for role in roles:
            seen.setdefault(t.gettext(AS_ROLE[role]), []).append(datetime.fromisoformat(entry.at))
    for who, times in sorted(seen.items()):
        first, last = (moment_to_keep(at, asking.zone, t.lang) for at in (min(times), max(times)))
        yield t.ngettext(
            "Looked at your data: {who}, {n} time, on {last}.",
            "Looked at your data: {who}, {n} times, from {first} to {last}.",
            len(times),
        ).format(who=who, n=number(len(times), t.lang), first=first, last=last)


def _store(settings: Settings, t: Translator) -> Iterator[str]:
    host = _host(settings.store.address) if settings.store.address else ""
    if host and host not in LOCAL:
        yield t.gettext(DATABASE).format(host=host)


def _with_keys(asking: Asking) -> Iterator[str]:
    konto, t = asking.konto, asking.t
    counting = [each for each in access_keys.listed(konto.log, konto.views, LOCAL_USER) if each.counts(asking.now)]
    feeds = sum(each.is_feed for each in counting)
    if others := len(counting) - feeds:
        yield t.ngettext(
            "{n} other program of ours, which reads or writes here with a key of its own.",
            "{n} other programs of ours, which read or write here with keys of their own.",
            others,
        ).format(n=number(others, t.lang))
    if feeds:
        yield t.ngettext(
            "The calendar of {n} of our people, where promises stand with your name.",
            "The calendars of {n} of our people, where promises stand with your name.",
            feeds,
        ).format(n=number(feeds, t.lang))


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


# -- for how long, from where, and how it is reckoned -------------------------------------------------


def _retention(rules: Rulebook, t: Translator) -> str:
    days = rules.fading.half_life_days
    fades = "" if days == "none" else " " + t.gettext(FADES).format(days=number(days, t.lang))
    return t.gettext(RETENTION) + fades


def _sources(found: Disclosure, t: Translator) -> Iterator[str]:
    """Ours last."""
    counts = Counter(each.fact.source for each in found.facts)
    for source, n in sorted(counts.items(), key=lambda each: (each[0] == OURSELVES, each[0])):
        called = t.gettext(HERE) if source == OURSELVES else source
        yield t.ngettext("{source}: {n} entry", "{source}: {n} entries", n).format(source=called, n=number(n, t.lang))


def _logic(found: Disclosure, rules: Rulebook, t: Translator) -> Iterator[str]:
    """Art. 15(1)(h): in a few words how each figure comes about."""
    felt = found.statement.sensitivity
    value = number(felt.value, t.lang, 2)
    yield t.gettext(NO_DECISION)
    yield t.gettext(ACCOUNT)
    if felt.reactions is None:
        yield t.gettext(BY_HAND).format(value=value)
    else:
        yield t.ngettext(
            "The sensitivity, {value}, says how heavily a withdrawal weighs. It is learned from {n} strong reaction, "
            "such as a complaint, within {days} days after something went wrong, compared with what is usual.",
            "The sensitivity, {value}, says how heavily a withdrawal weighs. It is learned from {n} strong reactions, "
            "such as a complaint, within {days} days after something went wrong, compared with what is usual.",
            felt.reactions,
        ).format(value=value, n=number(felt.reactions, t.lang), days=number(rules.sensitivity.reaction_days, t.lang))
    yield t.gettext(RELIABILITY)
    yield t.gettext(ESTIMATES).format(share=percent(found.at_risk_below, t.lang))
    yield t.gettext(SILENCE).format(gaps=number(rules.silence.usual_gaps, t.lang, 1))
