"""The order book of the sample firm: what is written in, and the envelopes that come of it.

Promises get their numbers last, in the order in which they were made, as a firm's own list would have them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from intake.sample_firm.workdays import ZONE, Workdays, instant

SOURCE = "kessler-crm"

LIFE = (
    "customer.registered",
    "customer.changed",
    "customer.owner_assigned",
    "customer.sensitivity_set",
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
    "feedback.requested",
    "feedback.given",
    "referral.given",
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


@dataclass(eq=False)
class Entry:
    """A promise and what became of it, in order of happening; the first is its making."""

    party: Party
    doer: str
    happenings: list[tuple[datetime, str, dict[str, Any]]]
    ending: str = ""
    """How it went, in the word of `course.py`; empty while it is open."""
    id: str = ""

    @property
    def made(self) -> datetime:
        return self.happenings[0][0]

    @property
    def last(self) -> datetime:
        return self.happenings[-1][0]

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

    def add(self, at: datetime, type_: str, **data: Any) -> None:
        self.happenings.append((at, type_, data))


@dataclass
class Line:
    """A fact that belongs to a party and perhaps to a promise, but is no part of its life."""

    at: datetime
    type: str
    data: dict[str, Any]
    about: Entry | None = None


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
        self.lines: list[Line] = []

    def register(self, party: Party) -> Party:
        self.parties.append(party)
        data = {"customer": party.id, "name": party.name, "kind": party.kind, **party.details}
        self.note(party.registered, "customer.registered", {**data, "owner": party.owner})
        return party

    def note(self, at: datetime, type_: str, data: dict[str, Any], about: Entry | None = None) -> None:
        self.lines.append(Line(at, type_, data, about))

    def envelopes(self) -> Iterator[dict[str, Any]]:
        """In order of time, as a CRM would hand them out."""
        self._number()
        until = instant(self.until)
        facts = [fact for fact in self._facts() if fact[0] <= until]
        facts.sort(key=lambda fact: (fact[0], LIFE.index(fact[2]["type"]), fact[1]))
        for _, _, envelope in facts:
            yield envelope

    def _number(self) -> None:
        self.entries.sort(key=lambda entry: (instant(entry.made), entry.party.id, entry.promised["what"]))
        in_year: Counter[int] = Counter()
        for entry in self.entries:
            year = entry.made.astimezone(ZONE).year
            in_year[year] += 1
            entry.id = f"Z-{year}-{in_year[year]:04}"

    def _facts(self) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
        for entry in self.entries:
            nth: Counter[str] = Counter()
            for at, type_, data in entry.happenings:
                nth[type_] += 1
                verb = type_.partition(".")[2]
                once = verb in ("made", "fulfilled", "withdrawn", "broken", "released")
                id_ = f"{entry.id}/{verb}" if once else f"{entry.id}/{verb}-{nth[type_]}"
                yield self._fact(at, id_, type_, {"promise": entry.id, **data})
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


def is_date(due: str) -> bool:
    return len(due) == len("2026-03-02")


SERIES = {
    "customer.registered": ("S", "registered"),
    "customer.changed": ("S", "changed"),
    "customer.owner_assigned": ("S", "owner-assigned"),
    "customer.sensitivity_set": ("S", "sensitivity-set"),
    "request.declined": ("A", "declined"),
    "referral.given": ("E", "referral"),
    "feedback.requested": ("", "feedback-requested"),
    "feedback.given": ("", "feedback-given"),
}
"""The letter of the running number (Stammdaten, Absage, Empfehlung); none for what tells about a promise."""
