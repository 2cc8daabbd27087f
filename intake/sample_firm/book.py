"""The order book of the sample firm: what is written in, and the envelopes that come of it.

Promises, contacts and incidents get their numbers last, in the order in which they began, as a firm's own
lists would have them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from intake.sample_firm.work import ALL
from intake.sample_firm.workdays import HOUR, ZONE, Workdays, instant

SOURCE = "kessler-crm"

LIFE = (
    "customer.registered",
    "customer.changed",
    "customer.owner_assigned",
    "customer.sensitivity_set",
    "customer.merged",
    "request.declined",
    "promise.made",
    "promise.assigned",
    "promise.changed",
    "promise.paused",
    "promise.resumed",
    "promise.renegotiated",
    "promise.fulfilled",
    "promise.withdrawn",
    "promise.broken",
    "promise.released",
    "contact.inbound",
    "contact.outbound",
    "contact.answered",
    "incident.reported",
    "incident.assigned",
    "incident.paused",
    "incident.resumed",
    "incident.explained",
    "incident.apologised",
    "incident.chance_asked",
    "incident.offered",
    "incident.offer_answered",
    "incident.talked",
    "incident.resolved",
    "incident.reopened",
    "incident.closed",
    "feedback.requested",
    "feedback.given",
    "referral.given",
    "customer.left",
    "fact.retracted",
)
"""The order of facts of the same instant."""


@dataclass
class Party:
    """Whom the firm makes promises to."""

    id: str
    name: str
    segment: str
    """private, business, manager, colleague or supplier: decides which work they order."""
    registered: datetime
    owner: str
    kind: str = "customer"
    details: dict[str, Any] = field(default_factory=dict)
    scripted: bool = False
    """Lives by a story alone; no everyday work comes along."""
    loyal: bool = False
    """Goes well nearly always, the bad quarter included."""
    left: datetime | None = None
    """When they went to somebody else."""
    later: tuple[datetime, str] | None = None
    """From when on somebody else looks after them, and who."""
    neglected: bool = False
    """Nobody thinks of approaching them."""


Happening = tuple[datetime, str, dict[str, Any]]


class Tale:
    """What has a life and a number of its own: its happenings in order; the first is its beginning."""

    letter: ClassVar[str]
    digits: ClassVar[int] = 4
    thing: ClassVar[str]
    """The field that holds its number in the facts."""
    party: Party
    happenings: list[Happening]
    id: str

    @property
    def begun(self) -> datetime:
        return self.happenings[0][0]

    @property
    def last(self) -> datetime:
        return self.happenings[-1][0]

    def add(self, at: datetime, type_: str, **data: Any) -> None:
        self.happenings.append((at, type_, data))


@dataclass(eq=False)
class Entry(Tale):
    """A promise and what became of it."""

    letter, thing = "Z", "promise"
    party: Party
    doer: str
    happenings: list[Happening]
    ending: str = ""
    """How it went, in the word of `course.py`; empty while it is open."""
    overdue: tuple[int, int] | None = None
    """The working minutes from a due that passed until we were heard of, where that was so."""
    id: str = ""

    @property
    def made(self) -> datetime:
        return self.begun

    @property
    def promised(self) -> dict[str, Any]:
        return self.happenings[0][2]

    @property
    def kind(self) -> str:
        return str(self.promised["kind"])

    @property
    def severity(self) -> str:
        return str(self.promised.get("severity", "normal"))

    @property
    def internal(self) -> bool:
        return bool(self.promised.get("internal", False))

    @property
    def own(self) -> bool:
        """Among ourselves, or to a supplier: nothing that a customer sees."""
        return self.internal or self.party.segment in ("colleague", "supplier")

    @property
    def by_date(self) -> bool:
        """Due until 24:00 of a date instead of a moment."""
        return is_date(self.promised.get("due", ""))


@dataclass(eq=False)
class Thread:
    """A conversation in writing, which the CRM gives a number of its own."""

    id: str = ""


@dataclass(eq=False)
class Contact(Tale):
    """They asked us, or we approached them."""

    letter, thing = "C", "contact"
    party: Party
    happenings: list[Happening]
    id: str = ""

    @property
    def thread(self) -> Thread | None:
        thread: Thread | None = self.happenings[0][2].get("thread")
        return thread


@dataclass(eq=False)
class Incident(Tale):
    """Something went wrong, and what was done about it."""

    letter, digits, thing = "V", 3, "incident"
    party: Party
    happenings: list[Happening]
    id: str = ""


@dataclass
class Line:
    """A fact that belongs to a party and perhaps to a promise, but is no part of its life."""

    at: datetime
    type: str
    data: dict[str, Any]
    about: Tale | None = None


class Book:
    """Everything that was written in; nothing after `until` leaves it."""

    def __init__(self, workdays: Workdays, opened: datetime, until: datetime) -> None:
        self.workdays = workdays
        self.opened = opened
        self.until = until
        self.now = workdays.count(until)
        self.first = workdays.count(opened)
        self.parties: list[Party] = []
        self.entries: list[Entry] = []
        self.contacts: list[Contact] = []
        self.incidents: list[Incident] = []
        self.lines: list[Line] = []

    def register(self, party: Party) -> Party:
        self.parties.append(party)
        data = {"customer": party.id, "name": party.name, "kind": party.kind, **party.details}
        self.note(party.registered, "customer.registered", {**data, "owner": party.owner})
        return party

    # -- looking things up ------------------------------------------------------------------------

    def customers(self) -> list[Party]:
        """All whose life is no story."""
        return [party for party in self.parties if party.segment in ALL and not party.scripted]

    def visible(self) -> list[Entry]:
        """What was promised to those customers before their eyes, in the order of making."""
        mine = [entry for entry in self.entries if not entry.own and not entry.party.scripted]
        return sorted(mine, key=lambda entry: (instant(entry.made), entry.party.id, str(entry.promised["what"])))

    def first_minute(self, party: Party) -> int:
        """From when on something may happen with them, in working minutes."""
        return max(self.first, self.workdays.count(party.registered) + HOUR)

    def gone(self, party: Party, moment: datetime) -> bool:
        """Whether they are no customers of ours then: not yet, or no longer."""
        return moment <= party.registered or (party.left is not None and moment >= party.left)

    @staticmethod
    def owner(party: Party, moment: datetime) -> str:
        return party.later[1] if party.later is not None and moment >= party.later[0] else party.owner

    # -- writing in -------------------------------------------------------------------------------

    def note(self, at: datetime, type_: str, data: dict[str, Any], about: Tale | None = None) -> None:
        self.lines.append(Line(at, type_, data, about))

    def contact(self, party: Party, at: datetime, type_: str, **data: Any) -> Contact:
        """A new contact; what holds nothing is left out."""
        said = {name: value for name, value in data.items() if value is not None and value != ""}
        contact = Contact(party, [(at, type_, {"customer": party.id, **said})])
        self.contacts.append(contact)
        return contact

    def incident(self, party: Party, at: datetime, **data: Any) -> Incident:
        said = {name: value for name, value in data.items() if value}
        incident = Incident(party, [(at, "incident.reported", {"customer": party.id, **said})])
        self.incidents.append(incident)
        return incident

    def envelopes(self) -> Iterator[dict[str, Any]]:
        """In order of time, as a CRM would hand them out."""
        until = instant(self.until)
        self.contacts = [contact for contact in self.contacts if instant(contact.begun) <= until]
        self.incidents = [incident for incident in self.incidents if instant(incident.begun) <= until]
        for tales in (self.entries, self.contacts, self.incidents):
            self._number(tales)
        self._number_threads()
        facts = [fact for fact in self._facts() if fact[0] <= until]
        facts.sort(key=lambda fact: (fact[0], LIFE.index(fact[2]["type"]), fact[1]))
        for _, _, envelope in facts:
            yield envelope

    @staticmethod
    def _number(tales: Sequence[Tale]) -> None:
        in_year: Counter[int] = Counter()
        for tale in sorted(tales, key=_place):
            year = tale.begun.astimezone(ZONE).year
            in_year[year] += 1
            tale.id = f"{tale.letter}-{year}-{in_year[year]:0{tale.digits}}"

    def _number_threads(self) -> None:
        in_year: Counter[int] = Counter()
        for contact in sorted(self.contacts, key=lambda contact: (instant(contact.begun), contact.id)):
            if contact.thread is not None and not contact.thread.id:
                year = contact.begun.astimezone(ZONE).year
                in_year[year] += 1
                contact.thread.id = f"T-{year}-{in_year[year]:04}"

    def _facts(self) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
        for tale in (*self.entries, *self.contacts, *self.incidents):
            nth: Counter[str] = Counter()
            for at, type_, data in tale.happenings:
                verb = type_.partition(".")[2]
                if type_ == "fact.retracted":
                    gone = f"{tale.id}/{data['retracts']}"
                    names = {**data, "retracts": {"source": SOURCE, "id": gone}}
                    yield self._fact(at, f"{gone}/retracted", type_, names)
                    continue
                nth[type_] += 1
                id_ = f"{tale.id}/{verb}" if verb in ONCE else f"{tale.id}/{verb}-{nth[type_]}"
                yield self._fact(at, id_, type_, {tale.thing: tale.id, **_numbered(data)})
        # Customer numbers stay out of the ids of facts: an id outlives the person's erasure.
        numbers: Counter[str] = Counter()
        for line in sorted(self.lines, key=lambda line: (instant(line.at), line.data["customer"], line.type)):
            letter, verb = SERIES[line.type]
            data = line.data if line.about is None else {**line.data, "about": line.about.id}
            if letter == "":
                assert line.about is not None
                yield self._fact(line.at, f"{line.about.id}/{verb}", line.type, data)
                continue
            numbers[letter] += 1
            yield self._fact(line.at, f"{letter}-{numbers[letter]:04}/{verb}", line.type, data)

    @staticmethod
    def _fact(at: datetime, id_: str, type_: str, data: dict[str, Any]) -> tuple[datetime, str, dict[str, Any]]:
        envelope: dict[str, Any] = {
            "specversion": "1.0",
            "source": SOURCE,
            "id": id_,
            "type": type_,
            "time": at.astimezone(ZONE).isoformat(),
        }
        if is_date(data.get("due", "")):
            envelope["zone"] = ZONE.key
        envelope["data"] = data
        return instant(at), id_, envelope


def _place(tale: Tale) -> tuple[datetime, int, str, str]:
    """In the order in which they began; the rest tells apart what began at the same instant."""
    at, type_, data = tale.happenings[0]
    return instant(at), LIFE.index(type_), tale.party.id, str(data.get("what") or data.get("text"))


def _numbered(data: dict[str, Any]) -> dict[str, Any]:
    """With numbers in place of what they name."""
    return {name: value.id if isinstance(value, Tale | Thread) else value for name, value in data.items()}


def is_date(due: str) -> bool:
    return len(due) == len("2026-03-02")


ONCE = frozenset(("made", "fulfilled", "withdrawn", "broken", "released", "inbound", "outbound", "reported"))
"""What happens to a promise, contact or incident once at most: its id needs no running number."""

SERIES = {
    "customer.registered": ("S", "registered"),
    "customer.changed": ("S", "changed"),
    "customer.owner_assigned": ("S", "owner-assigned"),
    "customer.sensitivity_set": ("S", "sensitivity-set"),
    "customer.merged": ("S", "merged"),
    "customer.left": ("S", "left"),
    "request.declined": ("A", "declined"),
    "referral.given": ("E", "referral"),
    "feedback.requested": ("", "feedback-requested"),
    "feedback.given": ("", "feedback-given"),
}
"""The letter of the running number (Stammdaten, Absage, Empfehlung); none for what tells about a promise."""
