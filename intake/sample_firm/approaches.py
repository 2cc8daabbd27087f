"""How we approach customers of our own accord: the call after a delivery, needs, advice, courtesies, habits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from intake.sample_firm import course
from intake.sample_firm.book import Book, Entry, Party, Tale
from intake.sample_firm.crew import Crew
from intake.sample_firm.workdays import DAY, HOUR

GOOD = {"next_day": 84, "later": 6, "not_at_all": 10}
SHORT = {"next_day": 36, "later": 14, "not_at_all": 50}
"""How many cards lie in a deck for the call after a delivery: in good times, and while somebody is missing."""
FOLLOWED_WITHIN = {"next_day": 0, "later": 2 * DAY}

NEEDS_FIRST, NEEDS_AGAIN = 0.72, 0.35
"""How often we ask what they need before the first price or delivery, and before later ones."""

A_YEAR = {
    "check_in": {"private": 0.5, "business": 1.0, "manager": 2.5},
    "advice": {"private": 0.2, "business": 0.5, "manager": 1.0},
    "idea_adopted": {"private": 0.02, "business": 0.08, "manager": 0.2},
    "courtesy": {"private": 0.1, "business": 0.3, "manager": 0.5},
}
"""By purpose: how often somebody of each segment hears from us."""
YEAR = 250 * DAY
CHANNELS = {
    "check_in": ("phone", "phone", "email"),
    "advice": ("phone", "in_person", "email", "video"),
    "idea_adopted": ("phone", "email"),
    "courtesy": ("letter", "phone"),
    "needs": ("in_person", "phone", "phone", "email"),
    "follow_up": ("phone", "phone", "phone", "email", "in_person"),
}
NEWS = ((3, 10), (9, 8))
"""Month and day of the letters to all, before summer and before winter."""
CHRISTMAS = (12, 15)
QUARTER = 91
"""Days between the visits in which those who manage houses get their filters changed."""


class Approaches:
    def __init__(self, book: Book, crew: Crew, rng: Random) -> None:
        self.book = book
        self.crew = crew
        self.rng = rng
        self.good = course.Deck(GOOD, rng)
        self.short = course.Deck(SHORT, rng)

    def write(self) -> None:
        for entry in sorted(self.book.entries, key=lambda entry: (entry.last, entry.party.id)):
            self.follow_up(entry)
        self.needs()
        for party in self.book.customers():
            self.now_and_then(party)
            if party.segment == "manager":
                self.filters(party)
        self.letters()

    # -- about what was promised ------------------------------------------------------------------

    def follow_up(self, entry: Entry) -> None:
        """Whether all is well, on the working day after a delivery: most of the time."""
        if entry.kind != "delivery" or entry.own or entry.happenings[-1][1] != "promise.fulfilled":
            return
        workdays = self.book.workdays
        at = workdays.count(entry.last)
        short = self.crew.is_short(entry.last.date())
        if entry.party.scripted:
            card = "not_at_all" if short or entry.party.neglected else "next_day"
        else:
            card = (self.short if short else self.good).draw()
        if card != "not_at_all":
            minute = workdays.next_day(at) + FOLLOWED_WITHIN[card] + self.rng.randrange(10, 7 * HOUR)
            by = self.rng.choice((entry.doer, entry.doer, "sevda"))
            self.approach(entry.party, workdays.happening(minute), "follow_up", by, about=entry)

    def needs(self) -> None:
        """What they need, before a price or a delivery is promised."""
        asked: dict[str, datetime] = {}
        for entry in sorted(self.book.entries, key=lambda entry: (entry.made, entry.party.id)):
            party = entry.party
            if entry.kind not in ("price", "delivery") or entry.own or party.neglected:
                continue
            first = party.id not in asked
            known_long = not first and entry.made - asked[party.id] > timedelta(days=60)
            share = 1.0 if party.scripted else NEEDS_FIRST if first else NEEDS_AGAIN if known_long else 0.0
            before = self.book.workdays.count(entry.made) - self.rng.randint(HOUR, 2 * DAY)
            if (first or known_long) and self.rng.random() < share:
                moment = self.book.workdays.happening(max(before, self.book.first))
                if moment < entry.made:
                    self.approach(party, moment, "needs", str(entry.promised["by"]))
            asked[party.id] = entry.made

    # -- of our own accord ------------------------------------------------------------------------

    def now_and_then(self, party: Party) -> None:
        """Checks, advice, ideas taken up, courtesies: fewer while somebody is missing."""
        start, end = self.book.first_minute(party), self.book.now
        for purpose, a_year in A_YEAR.items():
            expected = a_year[party.segment] * (end - start) / YEAR
            for _ in range(int(expected * self.rng.uniform(0.6, 1.4) + self.rng.random())):
                moment = self.book.workdays.happening(self.rng.randrange(start, max(start + DAY, end)))
                if self.crew.is_short(moment.date()) and self.rng.random() < 0.5:
                    continue
                self.approach(party, moment, purpose, self.book.owner(party, moment))

    def filters(self, party: Party) -> None:
        """Every quarter somebody comes to change the filters: a habit, missed when it stops."""
        first = (self.book.until - self.book.opened).days - self.rng.randint(3, QUARTER - 8)
        self.habit(party, first, 0, QUARTER, "in_person", lambda day: self.crew.doer("service", day, day))

    def habit(self, party: Party, first: int, last: int, every: int, channel: str, doer: Callable[[date], str]) -> None:
        """Comes every so many days, from so many to so many days before `until`, and never quite on the day."""
        for ago in range(first, last - 1, -every):
            day = (self.book.until - timedelta(days=ago + self.rng.randint(-every // 30, every // 30))).date()
            if day < self.book.opened.date():
                continue
            moment = self.book.workdays.happening(self.book.workdays.on(day, self.rng.randrange(8 * HOUR, 16 * HOUR)))
            self.approach(party, moment, "service", doer(day), channel=channel)

    def letters(self) -> None:
        """News twice a year, and at Christmas a card to those who give us much work."""
        first, last = self.book.opened.date(), self.book.until.date()
        for year in range(first.year, last.year + 1):
            for purpose, (month, day), channel in (
                ("news", NEWS[0], "email"),
                ("news", NEWS[1], "email"),
                ("courtesy", CHRISTMAS, "letter"),
            ):
                if first < date(year, month, day) <= last:
                    self.letter(purpose, self.book.workdays.on(date(year, month, day)), channel)

    def letter(self, purpose: str, start: int, channel: str) -> None:
        share = {"private": 0.35, "business": 0.6, "manager": 1.0}
        for party in self.book.customers():
            minute = start + self.rng.randrange(2 * DAY)
            if self.rng.random() < share[party.segment]:
                self.approach(party, self.book.workdays.happening(minute), purpose, "sevda", channel=channel)

    def approach(
        self, party: Party, moment: datetime, purpose: str, by: str, *, channel: str = "", about: Tale | None = None
    ) -> None:
        """Unless the customer has gone to somebody else."""
        if self.book.gone(party, moment):
            return
        channel = channel or self.rng.choice(CHANNELS[purpose])
        by = self.crew.there(by, moment.date())
        self.book.contact(party, moment, "contact.outbound", purpose=purpose, by=by, channel=channel, about=about)
