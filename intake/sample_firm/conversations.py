"""What customers ask us, and how long they wait for the answer: questions, threads, asking again, thanks."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from intake.sample_firm import course
from intake.sample_firm.book import Book, Contact, Entry, Party, Tale, Thread
from intake.sample_firm.crew import Crew
from intake.sample_firm.workdays import DAY, HOUR

QUESTIONS_A_YEAR = {"private": 1.5, "business": 2.8, "manager": 8.0}
YEAR = 250 * DAY

CHANNELS = {"phone": 9, "email": 8, "portal": 3, "chat": 2}
LETTERS = frozenset(("email", "portal"))
"""May come at night, and get an automatic reply then."""
TARGETS = {"phone": 4 * HOUR, "chat": 4 * HOUR}
TARGET = 8 * HOUR
"""The working minutes within which a customer may expect an answer."""

GOOD = {"soon": 62, "in_time": 27, "late": 7, "far_too_late": 1, "never": 3}
SHORT = {"soon": 33, "in_time": 27, "late": 25, "far_too_late": 7, "never": 8}
"""How many cards of each answer lie in a deck: in good times, and while somebody is missing."""

WAITS = {"soon": (0.02, 0.4), "in_time": (0.4, 0.95), "late": (1.05, 1.9), "far_too_late": (2.2, 4.5)}
"""How much of the target is used up with the answer."""
TODAY = (("email", 50), ("email", 5 * HOUR), ("portal", 7 * HOUR), ("phone", 150), ("email", 11 * HOUR))
"""Channel and working minutes since the asking of what waits for an answer right now; the last one asked twice."""
ASKED_AGAIN = {"late": 0.2, "far_too_late": 0.7, "never": 0.6}
"""How often the customer asks again meanwhile."""


class Conversations:
    def __init__(self, book: Book, crew: Crew, rng: Random) -> None:
        self.book = book
        self.crew = crew
        self.rng = rng
        self.good = course.Deck(GOOD, rng)
        self.short = course.Deck(SHORT, rng)
        self.channels = course.Deck(CHANNELS, rng)

    def write(self) -> None:
        """Questions out of the blue, then those about what we promised."""
        for party in self.book.customers():
            start, end = self.book.first_minute(party), self.book.now
            expected = QUESTIONS_A_YEAR[party.segment] * (end - start) / YEAR
            for _ in range(int(expected * self.rng.uniform(0.6, 1.4) + self.rng.random())):
                self.question(party, self.rng.randrange(start, max(start + DAY, end)))
        for entry in self.book.visible():
            if entry.overdue is not None:
                self.where_is_it(entry, *entry.overdue)
            elif entry.last - entry.made > timedelta(days=1) and self.rng.random() < 0.11:
                start, end = self.book.workdays.count(entry.made), self.book.workdays.count(entry.last)
                self.question(entry.party, self.rng.randrange(start + 10, max(start + 11, end - 10)), about=entry)
            elif entry.ending in ("plain", "exceeded") and self.rng.random() < 0.06:
                self.thanks(entry)
        self.today()

    def today(self) -> None:
        """What waits for its answer right now: some still have time, for one it has passed."""
        parties = [party for party in self.book.customers() if party.kind == "customer" and party.left is None]
        for (channel, ago), party in zip(TODAY, self.rng.sample(parties, min(len(parties), len(TODAY))), strict=False):
            thread = None if channel == "phone" else Thread()
            moment = self.book.workdays.happening(self.book.now - ago)
            asked = self.ask(party, moment, channel, thread=thread, to=self.book.owner(party, moment))
            if asked and ago > TARGET:
                self.ask(party, self.book.workdays.happening(self.book.now - 90), channel, thread=thread, chases=asked)

    # -- one conversation each --------------------------------------------------------------------

    def question(self, party: Party, minute: int, about: Entry | None = None) -> None:
        """With its answer, and now and then another question in the same thread."""
        channel = self.channels.draw()
        thread = None if channel == "phone" else Thread()
        while True:
            asked = self.ask(party, self.moment(minute, channel), channel, thread=thread, about=about)
            answered = self.answer(asked) if asked else None
            if answered is None or thread is None or self.rng.random() > 0.25:
                return
            minute = answered + self.rng.randint(20, 12 * HOUR)

    def where_is_it(self, entry: Entry, since: int, until: int) -> None:
        """The due has passed, and nobody has said a word: some ask where it is, some ask twice."""
        hard = self.crew.overbooked(entry.doer, self.book.workdays.day(since))
        short = self.crew.is_short(self.book.workdays.day(since))
        share = 0.7 if hard else 0.45 if short else 0.25
        while self.rng.random() < share:
            since += self.rng.randint(40, 10 * HOUR)
            if since + 10 >= until:
                return
            channel = self.rng.choices(("phone", "email", "portal"), (6, 3, 1))[0]
            thread = None if channel == "phone" else Thread()
            moment = self.book.workdays.happening(since)
            asked = self.ask(entry.party, moment, channel, thread=thread, about=entry, chases=entry, to=entry.doer)
            answered = self.answer(asked) if asked else None
            since = answered or since
            share = 0.35

    def thanks(self, entry: Entry) -> None:
        moment = self.book.workdays.leisure(self.book.workdays.count(entry.last), self.rng)
        if moment > entry.last and not self.book.gone(entry.party, moment):
            self.book.contact(
                entry.party,
                moment,
                "contact.inbound",
                channel="email",
                thread=Thread(),
                about=entry,
                needs_answer=False,
            )

    # -- what a conversation is made of -----------------------------------------------------------

    def moment(self, minute: int, channel: str) -> datetime:
        if channel in LETTERS and self.rng.random() < 0.35:
            return self.book.workdays.leisure(minute, self.rng)
        return self.book.workdays.happening(minute)

    def ask(
        self,
        party: Party,
        moment: datetime,
        channel: str,
        *,
        thread: Thread | None = None,
        about: Tale | None = None,
        chases: Tale | None = None,
        to: str = "",
    ) -> Contact | None:
        """None once the customer has gone to somebody else."""
        if self.book.gone(party, moment):
            return None
        if to or self.rng.random() < 0.3:
            to = self.crew.there(to or self.book.owner(party, moment), moment.date())
        asked = self.book.contact(
            party, moment, "contact.inbound", channel=channel, thread=thread, about=about, chases=chases, to=to
        )
        if channel in LETTERS and not self.book.workdays.is_open(moment) and self.rng.random() < 0.5:
            read = moment + timedelta(minutes=self.rng.randint(1, 2))
            asked.add(read, "contact.answered", channel=channel, automatic=True)
        return asked

    def answer(self, asked: Contact) -> int | None:
        """The working minute of the answer; None if there is none."""
        data, start = asked.happenings[0][2], self.book.workdays.count(asked.begun)
        target = TARGETS.get(data["channel"], TARGET)
        deck = self.short if self.crew.is_short(self.book.workdays.day(start + 1)) else self.good
        card = deck.draw()
        again = self.again(asked, start, target) if self.rng.random() < ASKED_AGAIN.get(card, 0) else None
        if card == "never":
            return self.reply(again, self.book.workdays.count(again.begun) + target // 3) if again else None
        low, high = WAITS[card]
        at = start + max(3, int(target * self.rng.uniform(low, high)))
        if again is not None and self.book.workdays.count(again.begun) + 5 > at:
            at = self.book.workdays.count(again.begun) + self.rng.randint(5, HOUR)
        return self.reply(asked, at)

    def again(self, asked: Contact, start: int, target: int) -> Contact | None:
        """Written or called once more, about the question itself; by telephone it is the same line anyway."""
        data = asked.happenings[0][2]
        moment = self.book.workdays.happening(start + int(target * self.rng.uniform(1.0, 1.6)))
        to = data.get("to", "")
        return self.ask(
            asked.party, moment, data["channel"], thread=asked.thread, about=data.get("about"), chases=asked, to=to
        )

    def reply(self, asked: Contact, minute: int) -> int:
        data, moment = asked.happenings[0][2], self.book.workdays.happening(minute)
        to = data.get("to", "")
        owner = self.book.owner(asked.party, moment)
        by = to if to and self.rng.random() < 0.7 else self.rng.choices(("sevda", owner), (4, 1))[0]
        channel = data["channel"] if self.rng.random() < 0.85 else "phone"
        asked.add(moment, "contact.answered", by=self.crew.there(by, moment.date()), channel=channel)
        return minute
