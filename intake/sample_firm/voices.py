"""What customers say, and what we do not promise them: feedback, referrals, and honest refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from intake.sample_firm import names, work
from intake.sample_firm.book import Book, Entry, Party
from intake.sample_firm.workdays import DAY, HOUR, ZONE

SCORES = {
    "exceeded": (0, 0, 1, 5, 14),
    "plain": (0, 0, 2, 7, 11),
    "moved": (0, 1, 4, 9, 6),
    "moved_bare": (0, 2, 6, 7, 3),
    "moved_twice": (1, 4, 8, 4, 1),
    "partial": (2, 8, 7, 2, 0),
    "late": (3, 9, 6, 2, 0),
    "moved_late": (4, 9, 5, 1, 0),
    "withdrawn": (0, 2, 6, 6, 2),
    "withdrawn_late": (5, 8, 4, 1, 0),
    "broken": (13, 5, 1, 0, 0),
}
"""How often each score from 1 to 5 follows an ending."""


class Voices:
    def __init__(self, book: Book, rng: Random) -> None:
        self.book = book
        self.rng = rng

    def feedback(self) -> None:
        """We ask now and then, half of them answer; the score follows from how it went."""
        asked: dict[str, datetime] = {}
        for entry in sorted(self.book.entries, key=lambda entry: entry.last):
            party = entry.party
            if entry.own or party.scripted or entry.ending in ("", "released"):
                continue
            if entry.last - asked.get(party.id, self.book.opened - timedelta(days=99)) < timedelta(days=25):
                continue
            angry = entry.ending in ("broken", "late", "moved_late") and self.rng.random() < 0.2
            if angry:
                self.answer(entry, entry.last)
            elif entry.kind in ("appointment", "delivery", "quality", "price") and self.rng.random() < 0.45:
                at = self.book.workdays.count(entry.last) + self.rng.randint(DAY, 2 * DAY)
                moment = self.book.workdays.happening(at)
                self.book.note(moment, "feedback.requested", {"customer": party.id}, entry)
                if self.rng.random() < 0.55:
                    self.answer(entry, moment)
            else:
                continue
            asked[party.id] = entry.last

    def answer(self, entry: Entry, after: datetime) -> None:
        score = self.score(entry.ending)
        day = after.date() + timedelta(days=self.rng.randint(1, 4))
        at = datetime(day.year, day.month, day.day, self.rng.randint(17, 21), self.rng.randint(0, 59), tzinfo=ZONE)
        data: dict[str, Any] = {"customer": entry.party.id, "score": score}
        if self.rng.random() < 0.7:
            data["text"] = self.rng.choice(work.PRAISE[score])
        self.book.note(at, "feedback.given", data, entry)
        if score == 5 and self.rng.random() < 0.22:
            self.refer(entry.party, at)

    def score(self, ending: str) -> int:
        weights = SCORES.get(ending, SCORES["plain"])
        return self.rng.choices((1, 2, 3, 4, 5), weights)[0]

    def refer(self, party: Party, after: datetime) -> None:
        """A satisfied customer recommends us; if somebody new came soon after, it was they."""
        at = after + timedelta(days=self.rng.randint(1, 9), minutes=self.rng.randint(-300, 100))
        came = [
            other.name
            for other in self.book.parties
            if other.kind == "prospect" and not other.scripted and at < other.registered < at + timedelta(days=21)
        ]
        # Most of those who are told of us never call.
        known = {other.name for other in self.book.parties}
        strangers = [f"Familie {name}" for name in names.LAST if f"Familie {name}" not in known]
        referred = came[0] if came else self.rng.choice(strangers)
        self.book.note(at, "referral.given", {"customer": party.id, "referred": referred})

    def declines(self) -> None:
        """About once a month an honest no."""
        rng, book = self.rng, self.book
        for nth, (what, reason, alternative) in enumerate(self._requests()):
            party = rng.choice([party for party in book.customers() if party.left is None])
            start = max(book.first + nth * 26 * DAY, book.first_minute(party))
            at = book.workdays.happening(start + rng.randint(HOUR, 20 * DAY))
            data = {
                "customer": party.id,
                "what": what,
                "reason": reason,
                "by": rng.choice(("lutz", "karin", "sevda")),
            }
            book.note(at, "request.declined", data if alternative is None else {**data, "alternative": alternative})

    def _requests(self) -> Iterator[tuple[str, str, str | None]]:
        months = max(1, (self.book.now - self.book.first) // (26 * DAY))
        pile = self.rng.sample(work.DECLINED, len(work.DECLINED))
        yield from (pile[nth % len(pile)] for nth in range(months))
