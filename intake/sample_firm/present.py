"""What is open right now: the promises that a newcomer sees on the first morning.

Their dues lie in working minutes around `until`, so that every day of the year has something overdue,
something for today, and something for which it is high time to give notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from intake.sample_firm import course, work
from intake.sample_firm.book import Book, Party
from intake.sample_firm.everyday import Everyday
from intake.sample_firm.workdays import DAY, HOUR, ZONE

OVERDUE = (100, 5 * HOUR, 9 * HOUR, 14 * HOUR)
"""Working minutes since the due."""
TODAY = (60, 130, 3 * HOUR, 5 * HOUR, 6 * HOUR, 8 * HOUR, 11 * HOUR)
"""Working minutes to the due."""
HIGH_TIME = (DAY + 50, DAY + 110, DAY + 190)
"""Promised long ago, so that a working day's notice is expected: it is timely for one, two or three hours."""
Slot = TypeVar("Slot", int, str)

SOON, LATER = (2 * DAY, 5 * DAY), (5 * DAY, 14 * DAY)
FAR_OFF = 10 * DAY
"""Those who manage houses order nothing that takes longer."""


class Present:
    """Writes the open promises; `share` is 1 for a firm of a hundred and fifty customers."""

    def __init__(self, everyday: Everyday, share: float) -> None:
        self.everyday = everyday
        self.book: Book = everyday.book
        self.rng: Random = everyday.rng
        self.now = everyday.book.now
        self.month = everyday.book.until.astimezone(ZONE).month
        self.share = share
        self.parties = self._parties()

    def _parties(self) -> Iterator[Party]:
        """Everybody once in random order, then again."""
        mine = [
            party
            for party in self.book.parties
            if party.segment in work.ALL
            and not party.scripted
            and party.left is None
            and self.book.workdays.count(party.registered) < max(self.now - 20 * DAY, self.book.first + 1)
        ]
        while True:
            yield from self.rng.sample(mine, len(mine))

    def write(self) -> None:
        rng = self.rng
        for ahead in self.scaled(rng.sample(OVERDUE, rng.randint(3, 4))):
            self.open(-ahead)
        for ahead in self.scaled(TODAY):
            self.open(ahead)
        for ahead in self.scaled(HIGH_TIME):
            self.open(ahead, at_least=36 * HOUR)
        for ahead in self.scaled([rng.randint(*SOON) for _ in range(rng.randint(6, 8))]):
            self.open(ahead)
        for ahead in self.scaled([rng.randint(*LATER) for _ in range(rng.randint(4, 6))]):
            self.open(ahead, at_least=ahead + 4 * HOUR)
        for times in self.scaled((1, 1, 2)):
            self.moved(times)
        for cause in self.scaled(("customer", "customer", "customer", "supplier")):
            self.paused(cause)
        self.indoors()

    def scaled(self, slots: Sequence[Slot]) -> list[Slot]:
        return [slots[nth % len(slots)] for nth in range(max(1, round(len(slots) * self.share)))]

    # -- one promise each -------------------------------------------------------------------------

    def open(self, ahead: int, at_least: int = 0) -> course.Course:
        """A promise due in so many working minutes (overdue if negative), running for so many at least."""
        lead = max(at_least, ahead)
        party = next(party for party in self.parties if lead < FAR_OFF or party.segment != "manager")
        step, thing = self.pick(party, lead)
        if step.due == "date" and ahead < 0:
            due = (self.now + ahead) // DAY * DAY
        else:
            due = course.rounded(self.now + ahead, DAY if step.due == "date" else 30)
        low, high = step.lead
        lead = max(at_least, self.rng.randint(low * HOUR, high * HOUR))
        made = min(due - lead, self.now - self.rng.randint(30, 6 * HOUR))
        return self.promise(party, step, thing, max(made, self.book.first + self.rng.randint(1, 90)), due)

    def pick(self, party: Party, lead: int, minor: bool = True) -> tuple[work.Step, work.Thing]:
        """Work of this season that is promised so long beforehand."""
        while True:
            job = work.of_month(self.rng, party.segment, self.month)
            step = self.rng.choice(job.steps)
            wide_enough = lead <= step.lead[1] * HOUR + DAY
            fit = step.due != "none" and not step.internal and step.kind != "price"
            if wide_enough and fit and (minor or step.severity != "minor"):
                return step, self.rng.choice(job.things)

    def promise(self, party: Party, step: work.Step, thing: work.Thing, made: int, due: int) -> course.Course:
        workdays = self.book.workdays
        today = self.book.until.astimezone(ZONE).date()
        doer = self.everyday.crew.doer(step.role, today, today)
        entry = self.everyday.make(party, made, due, step, doer, thing, self.everyday.place(party))
        self.book.entries.append(entry)
        return course.Course(entry, made, due, self.rng, workdays)

    def moved(self, times: int) -> None:
        """Moved already, in time each time; whoever was put off twice should not be put off again."""
        party = next(self.parties)
        step, thing = self.pick(party, 4 * DAY)
        due = course.rounded(self.now - DAY * times // 2, HOUR)
        run = self.promise(party, replace(step, due="hour"), thing, due - 5 * DAY, due)
        for _ in range(times):
            run.move(run.due - 11 * HOUR, course.rounded(run.due + 12 * HOUR, HOUR), alternative=run.word(work.INSTEAD))

    def paused(self, cause: str) -> None:
        party = next(self.parties)
        step, thing = self.pick(party, 3 * DAY, minor=False)
        due = course.rounded(self.now + self.rng.randint(5 * HOUR, 4 * DAY), HOUR)
        made = self.now - self.rng.randint(3 * DAY, 5 * DAY)
        run = self.promise(party, replace(step, due="hour"), thing, made, due)
        run.tell(self.now - self.rng.randint(2 * HOUR, 2 * DAY), "promise.paused", cause=cause)

    def indoors(self) -> None:
        """One that no customer sees, one among colleagues, one without a date."""
        jobs = {job.name: job for job in (*work.JOBS, *work.INDOORS)}
        step, thing = jobs["Bad"].steps[2], jobs["Bad"].things[0]
        self.promise(self._one("private"), step, thing, self.now - 6 * HOUR, course.rounded(self.now + 10 * HOUR, HOUR))
        step = jobs["Stundenzettel"].steps[0]
        self.promise(
            self._one("colleague"),
            step,
            work.Thing("", ""),
            self.now - 3 * HOUR,
            course.rounded(self.now + 7 * HOUR, HOUR),
        )
        step = jobs["Förderung"].steps[0]
        self.promise(self._one("private"), step, work.Thing("", ""), self.now - 9 * DAY, self.now + 20 * DAY)

    def _one(self, segment: str) -> Party:
        """Somebody of this segment who has been in the book from its first morning."""
        old = [party for party in self.book.parties if party.segment == segment and not party.scripted]
        return self.rng.choice([party for party in old if party.kind != "prospect" and party.left is None])
