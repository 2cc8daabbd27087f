"""An entry of the access journal, in words and for programs: who came through which door, and what they did there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from typing_extensions import TypedDict

from domain.journal import KEY, LOCAL, MACHINE, UNKNOWN, Door, What
from domain.roles import LOCAL_USER, Role
from projections import access_keys, naming, own_names
from verifier.journal import Entry
from wiring.asking import Asking
from wiring.home import Konto
from wiring.moments import written
from words import N_, Translator
from words.format import number

DOORS: Mapping[Door, str] = {
    "dashboard": N_("on the pages"),
    "api": N_("over HTTP"),
    "assistant": N_("by an assistant"),
    "command line": N_("on the command line"),
    "machine": N_("by itself"),
}
ABOUT: Mapping[What, str] = {
    "looked": N_("looked at {about}"),
    "listed": N_("saw a list about {about}"),
    "figures": N_("saw figures of {about}"),
    "exported": N_("took a file about {about}"),
    "disclosed": N_("took out all that is held about {about}, for that person"),
    "refused": N_("was refused: {about} is not theirs to see"),
    "key_made": N_("made the access key {about}"),
    "key_revoked": N_("revoked the access key {about}"),
    "roles_changed": N_("changed the roles of {about}"),
}
ALONE: Mapping[What, str] = {
    "looked": N_("looked at something"),
    "listed": N_("saw a list"),
    "figures": N_("saw figures"),
    "exported": N_("took a file with everything"),
    "disclosed": N_("took out all that is held about a person"),
    "signed_in": N_("signed in"),
    "signed_out": N_("signed out"),
    "sign_in_refused": N_("was not let in"),
    "session_ended": N_("was signed in for too long, and is out"),
    "refused": N_("was refused"),
    "key_made": N_("made an access key"),
    "key_revoked": N_("revoked an access key"),
    "key_used": N_("came with an access key"),
    "roles_changed": N_("changed roles"),
    "cut": N_("took off entries that were too old"),
}
PAGES: Mapping[str, str] = {
    "account": N_("account"),
    "adviser": N_("adviser"),
    "by customer": N_("overview, customer by customer"),
    "capture": N_("quick capture"),
    "contacts": N_("contacts"),
    "customers": N_("accounts"),
    "customers behind": N_("customers behind a figure"),
    "deliveries": N_("delivery of messages"),
    "incidents": N_("incidents"),
    "looks": N_("who looked"),
    "morning": N_("my morning"),
    "names": N_("search by name"),
    "overview": N_("overview"),
    "promise": N_("one promise"),
    "promises": N_("promises"),
    "record": N_("promises behind a figure"),
    "statement pdf": N_("statement as PDF"),
    "team": N_("team"),
    "timeline": N_("audit"),
    "timeline csv": N_("audit as a table"),
    "timeline json": N_("audit as JSON"),
    "timeline pdf": N_("audit as PDF"),
}
"""The dashboard's, by what the journal calls them; at other doors it holds commands and addresses, which say themselves
what they are."""
TIMES = N_("{text} ({n} times more within a minute)")
SOMEBODY_HERE, NOBODY_KNOWN, OURSELVES = N_("somebody at this machine"), N_("somebody unknown"), N_("the program")
NO_LONGER = N_("somebody who is no longer known")
WITH_KEY, WITH_KEY_OF = N_("the key {key}"), N_("{name}, with the key {key}")


class Look(TypedDict):
    """`person` is the id of the people document, `customer` source:id; `page` and what else is told are fixed words."""

    number: int
    time: str | None
    person: str | None
    key: str | None
    door: str
    what: str
    customer: str | None
    about: str | None
    page: str
    times: int
    text: str


class Told(NamedTuple):
    """One entry as somebody reads it; `at` None where that was damaged."""

    at: datetime | None
    who: str
    door: str
    text: str
    beside: str


def _moment(entry: Entry) -> datetime | None:
    """What was damaged is shown with the rest of the entry; the audit of the journal names it."""
    try:
        return datetime.fromisoformat(entry.at)
    except ValueError:
        return None


class Teller:
    """Tells entries; people, keys and customers are looked up once for all of them."""

    def __init__(self, konto: Konto, now: datetime, t: Translator, entries: Iterable[Entry]) -> None:
        self.konto, self.now, self.t = konto, now, t
        about = {each.about for each in entries if each.about.startswith("customer-")}
        self._own = own_names.names(konto.library, "customer", about)
        self._names = {
            row[0]: naming.called(row[1], row[2], t)
            for each in sorted(about)
            if (row := konto.views.row("SELECT customer, name, id FROM customers WHERE customer = ?", (each,)))
        }
        listed = access_keys.listed(konto.log, konto.views, LOCAL_USER)
        self._keys = {each.name: each.data.person for each in listed}
        self._roles = {each.name: each.data.roles for each in listed}

    def told(self, entry: Entry) -> Told:
        door = self.t.gettext(DOORS.get(entry.door, entry.door))  # type: ignore[call-overload]
        return Told(_moment(entry), self.who(entry.who), door, self.text(entry), self.where(entry))

    def who(self, who: str) -> str:
        t = self.t
        fixed = {LOCAL: SOMEBODY_HERE, UNKNOWN: NOBODY_KNOWN, MACHINE: OURSELVES}
        if who in fixed:
            return t.gettext(fixed[who])
        if who.startswith(KEY):
            key = who.removeprefix(KEY)
            person = self._keys.get(key)
            name = None if person is None else self._person(person)
            return t.gettext(WITH_KEY if name is None else WITH_KEY_OF).format(key=key, name=name)
        return self._person(who) or t.gettext(NO_LONGER)

    def text(self, entry: Entry) -> str:
        t, what = self.t, entry.what
        if entry.beside == "more" and entry.times >= 1:
            text = t.gettext(ALONE.get(what, what))  # type: ignore[call-overload]
            return t.gettext(TIMES).format(text=text, n=number(entry.times, t.lang))
        if entry.about and what in ABOUT:
            return t.gettext(ABOUT[what]).format(about=self._called(entry.about))  # type: ignore[index]
        return t.gettext(ALONE.get(what, what))  # type: ignore[call-overload]

    def where(self, entry: Entry) -> str:
        """The page, without by what it was narrowed; empty where there is none, or the text says it already."""
        if entry.door != "dashboard":
            return "" if entry.what in ("roles_changed", "cut") or entry.beside == "more" else entry.beside
        page = entry.beside.partition(" by=")[0].partition(" page=")[0]
        return self.t.gettext(PAGES[page]) if page in PAGES else ""

    def as_json(self, entry: Entry) -> Look:
        key = entry.who.removeprefix(KEY) if entry.who.startswith(KEY) else None
        person = self._keys.get(key) if key is not None else entry.who
        known = None if person is None else self.konto.steering.find(person, self.now)
        return {
            "number": entry.number,
            "time": written(_moment(entry)),
            "person": known.id if known is not None else None,
            "key": key,
            "door": entry.door,
            "what": entry.what,
            "customer": self._own.get(entry.about),
            "about": entry.about or None,
            "page": entry.beside,
            "times": entry.times,
            "text": self.text(entry),
        }

    def roles(self, who: str) -> tuple[Role, ...]:
        """As they are now; none for the one user of this machine, and for whoever is no longer known."""
        key = who.removeprefix(KEY)
        if self._roles.get(key):
            return self._roles[key]
        person = self._keys.get(key, who)
        found = None if person is None else self.konto.steering.find(person, self.now)
        return () if found is None else found.roles

    def _called(self, about: str) -> str:
        if about.startswith(KEY):
            return about.removeprefix(KEY)
        if about.startswith("person-"):
            return self._person(about) or self.t.gettext(NO_LONGER)
        return self._names.get(about, about)

    def _person(self, person: str) -> str | None:
        found = self.konto.steering.find(person, self.now)
        return found.name if found is not None else self.konto.name_of(person)


def teller(asking: Asking, entries: Iterable[Entry]) -> Teller:
    return Teller(asking.konto, asking.now, asking.t, entries)
