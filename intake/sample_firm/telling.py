"""The words that stories are told in, and who appears in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from intake.sample_firm import course, mending, names
from intake.sample_firm.approaches import Approaches
from intake.sample_firm.book import Book, Contact, Entry, Incident, Party, Tale, Thread
from intake.sample_firm.workdays import HOUR, ZONE

CAST = (
    ("Petra Meier", "private", "mehmet", "2019-04-11"),
    ("Hausverwaltung Albblick", "manager", "karin", "2011-09-01"),
    ("Familie Castellano", "private", "lutz", ""),
    ("Café Morgenrot", "business", "lutz", "2021-02-15"),
    ("Gerd Pfeiffer", "private", "anton", "2016-06-20"),
    ("Praxis Dr. Lindqvist", "business", "lutz", "2014-01-13"),
    ("Ilse Hoffmann", "private", "sevda", "2008-10-06"),
    ("Hotel Drei Linden", "business", "karin", "2012-05-02"),
    ("Bäckerei Kornblum", "business", "sevda", "2017-03-27"),
    ("Kita Regenbogen", "business", "anton", "2018-08-13"),
    ("Metzgerei Sautter", "business", "lutz", "2013-03-04"),
    ("Hildegard Krämer", "private", "anton", "2015-11-09"),
    ("Rainer Stolz", "private", "sevda", "2018-02-19"),
    ("Autohaus Ziegler", "business", "lutz", "2016-09-12"),
    ("Schreinerei Holzapfel", "business", "anton", "2010-07-05"),
    ("Sabine Rößler", "private", "lutz", "2020-05-18"),
)
NEGLECTED = ("Metzgerei Sautter", "Rainer Stolz")
"""Nobody calls them of our own accord."""
TWICE, TWIN, CAME_TWICE = "Sabine Rößler", "Sabine Roessler", 75
"""Stands in the book a second time under the other spelling, from so many days before `until` on."""

NEWCOMER, CASTELLANOS_CAME = "Familie Castellano", 84
"""Days before `until`."""


class Telling:
    """Times are given as days before `until`; what lies before the book was opened is left out."""

    def __init__(self, book: Book, rng: Random, approaches: Approaches) -> None:
        self.book = book
        self.rng = rng
        self.approaches = approaches
        self.today = book.until.astimezone(ZONE).date()
        self.people = {name: self._register(nth, *part) for nth, part in enumerate(CAST) for name in part[:1]}

    def _register(self, nth: int, name: str, segment: str, owner: str, since: str) -> Party:
        at = self.book.opened + timedelta(minutes=5, seconds=20 * nth)
        if name == NEWCOMER:
            came = max(self.minute(CASTELLANOS_CAME, 9), self.book.first)
            at = self.book.workdays.happening(came)
            since = at.date().isoformat()
        details = {
            "email": names.address(name, segment),
            "phone": names.phone(nth),
            "language": "de",
            "team": names.TEAMS[owner],
            "since": since,
        }
        kind = "prospect" if name == NEWCOMER else "customer"
        party = Party(f"K-{1001 + nth}", name, segment, at, owner, kind, details)
        party.loyal = segment == "manager"
        party.scripted = not party.loyal
        party.neglected = name in NEGLECTED
        return self.book.register(party)

    def register_twin(self) -> Party:
        """The portal did not know her by the spelling on her letterhead."""
        once = self.people[TWICE]
        at = self.book.workdays.happening(max(self.minute(CAME_TWICE, 10), self.book.first + 10))
        details = {
            "email": names.address(TWIN, once.segment),
            "phone": once.details["phone"],
            "language": "de",
            "team": once.details["team"],
            "since": at.date().isoformat(),
        }
        party = Party(f"{once.id}b", TWIN, once.segment, at, once.owner, "customer", details, scripted=True)
        self.people[TWIN] = party
        return self.book.register(party)

    # -- the words stories are told in ------------------------------------------------------------

    def minute(self, ago: int, hour: int) -> int:
        return self.book.workdays.on(self.today - timedelta(days=ago), hour * HOUR)

    def promise(
        self,
        name: str,
        ago: int,
        what: str,
        by: str,
        *,
        kind: str = "appointment",
        hour: int = 12,
        lead: int = 40,
        by_date: bool = False,
        **more: Any,
    ) -> course.Course:
        """A promise that was due so many days ago."""
        due = self.minute(ago, hour)
        if by_date:
            due = course.rounded(due, 8 * HOUR)
        return self.promise_until(name, due, what, by, kind=kind, lead=lead, by_date=by_date, **more)

    def promise_until(
        self, name: str, due: int, what: str, by: str, *, kind: str, lead: int, by_date: bool = False, **more: Any
    ) -> course.Course:
        party, workdays, made = self.people[name], self.book.workdays, due - lead * HOUR
        data = {
            "customer": party.id,
            "what": what,
            "kind": kind,
            "due": course.written(workdays, due, by_date),
            "by": by,
            "team": names.TEAMS[by],
            **more,
        }
        entry = Entry(party, by, [(workdays.happening(made), "promise.made", data)])
        if made >= self.book.first and entry.made > party.registered:
            self.book.entries.append(entry)
        return course.Course(entry, made, due, self.rng, workdays)

    def kept(self, name: str, ago: int, what: str, by: str, *, degree: float = 1.0, **more: Any) -> Entry:
        run = self.promise(name, ago, what, by, **more)
        run.fulfil(run.shortly_before_due(), degree=degree)
        return run.entry

    def says(self, entry: Entry, score: int, text: str, days: int = 2, asked: bool = True) -> None:
        """Feedback on the evening some days after the promise ended."""
        if entry not in self.book.entries:
            return
        data = {"customer": entry.party.id}
        if asked:
            after = self.book.workdays.count(entry.last) + 3 * HOUR
            self.book.note(self.book.workdays.happening(after), "feedback.requested", data, entry)
        day = entry.last.date() + timedelta(days=days + 4 * asked)
        at = datetime(day.year, day.month, day.day, 18, 40, tzinfo=ZONE)
        self.book.note(at, "feedback.given", {**data, "score": score, "text": text}, entry)

    def note(self, name: str, ago: int, hour: int, type_: str, **data: Any) -> None:
        party = self.people[name]
        at = self.book.workdays.happening(self.minute(ago, hour))
        if at > party.registered:
            self.book.note(at, type_, {"customer": party.id, **data})

    # -- questions, calls and complaints ----------------------------------------------------------

    def asks(
        self,
        name: str,
        minute: int,
        channel: str,
        *,
        answered: float | None = None,
        by: str = "sevda",
        evening: bool = False,
        about: Tale | None = None,
        thread: Thread | None = None,
        **more: Any,
    ) -> Contact | None:
        """A question, and its answer after so many working hours; None where it lies before the book was opened."""
        party, workdays = self.people[name], self.book.workdays
        if minute < self.book.first or not self.is_told(about):
            return None
        at = workdays.happening(minute)
        if evening:
            at = at.replace(hour=19, minute=minute % HOUR)
        if at <= party.registered:
            return None
        if channel != "phone":
            thread = thread or Thread()
        asked = self.book.contact(party, at, "contact.inbound", channel=channel, thread=thread, about=about, **more)
        if answered is not None:
            replied = workdays.happening(workdays.count(at) + max(4, int(answered * HOUR)))
            asked.add(replied, "contact.answered", by=by, channel=channel)
        return asked

    def calls(
        self, name: str, ago: int, hour: int, purpose: str, by: str, channel: str = "phone", about: Tale | None = None
    ) -> None:
        """We approach them."""
        minute = self.minute(ago, hour) + self.rng.randint(2, 50)
        if minute >= self.book.first and self.is_told(about):
            moment = self.book.workdays.happening(minute)
            self.approaches.approach(self.people[name], moment, purpose, by, channel=channel, about=about)

    def complains(
        self, name: str, at: datetime, kind: str, text: str, by: str, *, promise: Entry | None = None, **more: Any
    ) -> mending.Mending:
        """An incident, and what to write its mending with."""
        party = self.people[name]
        data = {"kind": kind, "by": by, "team": names.TEAMS[by], "text": text, "promise": promise, **more}
        if at >= self.book.workdays.happening(self.book.first) and at > party.registered and self.is_told(promise):
            return mending.Mending(self.book.incident(party, at, **data), by, self.rng, self.book)
        return mending.Mending(Incident(party, [(at, "incident.reported", data)]), by, self.rng, self.book)

    def evening(self, moment: datetime) -> datetime:
        return moment.replace(hour=19, minute=20, second=0)

    def is_told(self, tale: Tale | None) -> bool:
        """Whether it stands in the book; what lies before the opening does not."""
        return tale is None or tale in self.book.entries or tale in self.book.contacts
