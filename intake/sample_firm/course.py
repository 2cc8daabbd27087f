"""How a promise runs: kept, moved in time, too late, taken back … and the facts that tell of it.

Every ending is drawn from a deck of cards, not thrown with dice: so each quarter of a year gets the share of
kept promises that it should have, whatever the seed. Answers, follow-ups and recoveries are drawn likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from intake.sample_firm import work
from intake.sample_firm.book import Entry
from intake.sample_firm.workdays import DAY, HOUR, Workdays

KEPT = ("plain", "exceeded", "moved", "moved_bare", "moved_twice", "asked", "not_agreed", "paused", "waited")

GOOD = {
    "plain": 63, "exceeded": 6, "moved": 9, "moved_bare": 1, "asked": 4, "not_agreed": 1,
    "paused": 5, "waited": 2,
    "late": 4, "moved_late": 1, "partial": 2, "withdrawn": 1, "broken": 1, "released": 1,
}  # fmt: skip
LOYAL = {
    "plain": 76, "exceeded": 8, "moved": 7, "asked": 2, "paused": 3,
    "late": 3, "partial": 1,
}  # fmt: skip
SHORT = {
    "plain": 54, "exceeded": 3, "moved": 12, "moved_bare": 3, "moved_twice": 2, "asked": 3,
    "paused": 4, "waited": 2,
    "late": 8, "moved_late": 4, "partial": 2, "withdrawn": 1, "withdrawn_late": 1, "broken": 1, "released": 1,
}  # fmt: skip
OVERBOOKED = {
    "plain": 31, "exceeded": 1, "moved": 9, "moved_bare": 3, "moved_twice": 3, "asked": 1,
    "paused": 1, "waited": 1,
    "late": 26, "moved_late": 14, "partial": 4, "withdrawn_late": 2, "broken": 4, "released": 1,
}  # fmt: skip
PRICES = {
    "plain": 64, "exceeded": 14, "moved": 7,
    "partial": 11, "late": 4,
}  # fmt: skip
POLISHED = {"moved": 7, "moved_twice": 3}
"""How many cards of each ending lie in a deck: in good times, for a loyal customer, while somebody is missing,
for the one who does the work of two, for prices at any time, and for quotations whose dates are always moved
in time: the last promise is kept, the first never."""

LATE = frozenset(("late", "moved_late", "withdrawn_late", "broken"))
PATIENT = frozenset(("moved", "moved_bare", "moved_twice", "asked", "not_agreed", "paused", "waited", "withdrawn"))
"""Needs a promise that runs for a day at least."""

PAUSES = {
    "delivery": ("supplier",),
    "quality": ("part", "weather"),
    "appointment": ("part", "weather"),
    "other": ("supplier",),
}


class Deck:
    """Cards drawn one by one; shuffled anew when all are gone."""

    def __init__(self, cards: Mapping[str, int], rng: Random) -> None:
        self.cards = [card for card, count in cards.items() for _ in range(count)]
        self.rng = rng
        self.left: list[str] = []

    def draw(self, fits: Callable[[str], bool] = lambda card: True) -> str:
        """The topmost card that fits; what does not fit stays for the next time."""
        if len(self.left) < len(self.cards) // 4:
            fresh = self.cards.copy()
            self.rng.shuffle(fresh)
            self.left = fresh + self.left
        for place in range(len(self.left) - 1, -1, -1):
            if fits(self.left[place]):
                return self.left.pop(place)
        return "plain"


class Course:
    """Writes into an entry what happens between its making and its ending. Times are working minutes."""

    def __init__(self, entry: Entry, made: int, due: int, rng: Random, workdays: Workdays) -> None:
        self.entry = entry
        self.made = made
        self.due = due
        """The due in force: moves with every renegotiation and pause."""
        self.rng = rng
        self.workdays = workdays
        self.hard = False
        """Overbooked: what is late is late by days."""
        self.by_date = entry.by_date
        self.told = made
        """The minute of the latest happening."""

    def run(self, card: str) -> int:
        """Plays the card; the working minute of the ending."""
        self.entry.ending = card
        getattr(self, f"_{card}")()
        return self.told

    # -- kept -------------------------------------------------------------------------------------

    def _plain(self) -> None:
        self.fulfil(self.shortly_before_due())

    def _exceeded(self) -> None:
        if self.entry.kind == "price":
            self.fulfil(self.shortly_before_due(), charged=self.rng.uniform(0.86, 0.97))
        else:
            self.fulfil(self.shortly_before_due(), degree=self.rng.choice((1.1, 1.2, 1.2, 1.3)))

    def _moved(self) -> None:
        self.move(self.in_time(), self.later(), alternative=self.word(work.INSTEAD))
        self._plain()

    def _moved_bare(self) -> None:
        self.move(self.in_time(), self.later())
        self._plain()

    def _moved_twice(self) -> None:
        first = self.in_time()
        self.move(first, self.later(), alternative=self.word(work.INSTEAD))
        self.move(max(first + HOUR, self.in_time()), self.later(), alternative=self.word(work.INSTEAD))
        self._plain()

    def _asked(self) -> None:
        told = self.rng.randint(self.after(0.2), self.due - 30)
        self.move(told, self.later(), reason=self.word(work.ASKED_FOR), asked_by="customer")
        self._plain()

    def _not_agreed(self) -> None:
        self.move(self.in_time(), self.later(), agreed=False)
        self._plain()

    def _paused(self) -> None:
        """The customer has to do something first: our clock stands still meanwhile."""
        start = self.rng.randint(self.after(0.15), self.after(0.6))
        length = self.rng.randint(4 * HOUR, 4 * DAY)
        self.tell(start, "promise.paused", cause="customer")
        self.tell(start + length, "promise.resumed", cause="customer")
        self.made += length
        self.due += length
        self.fulfil(self.shortly_before_due())

    def _waited(self) -> None:
        """Something else holds us up, which is no excuse: our clock runs on."""
        cause = self.rng.choice(PAUSES.get(self.entry.kind, ("other",)))
        start = self.rng.randint(self.after(0.15), self.after(0.4))
        end = self.rng.randint(self.after(0.5), self.after(0.75))
        self.tell(start, "promise.paused", cause=cause)
        self.tell(end, "promise.resumed", cause=cause)
        self.fulfil(self.shortly_before_due())

    # -- not kept ---------------------------------------------------------------------------------

    def _late(self) -> None:
        hours = self.rng.triangular(2, 46, 16) if self.hard else self.rng.triangular(0.5, 18, 3)
        self.fulfil(self.due + int(hours * HOUR))

    def _moved_late(self) -> None:
        afterwards = self.rng.random() < 0.3
        told = self.due + self.rng.randint(20, DAY) if afterwards else self.too_late()
        words = {"alternative": self.word(work.INSTEAD)} if self.rng.random() < 0.35 else {}
        self.move(told, max(self.later(), told + DAY), **words)
        self.fulfil(self.shortly_before_due())

    def _partial(self) -> None:
        if self.entry.kind == "price":
            over = (1.22, 1.5) if self.entry.promised.get("binding") == "estimate" else (1.09, 1.3)
            self.fulfil(self.shortly_before_due(), charged=self.rng.uniform(*over))
        else:
            self.fulfil(self.shortly_before_due(), degree=self.rng.choice((0.6, 0.7, 0.8, 0.8, 0.9)))

    def _withdrawn(self) -> None:
        words = {"reason": self.word(work.TAKEN_BACK), "alternative": self.word(work.RECOMMENDED)}
        self.tell(self.in_time(), "promise.withdrawn", **words)

    def _withdrawn_late(self) -> None:
        self.tell(self.too_late(), "promise.withdrawn", reason=self.word(work.TAKEN_BACK))

    def _broken(self) -> None:
        late = self.rng.randint(4 * HOUR, 5 * DAY)
        self.tell(self.due + late, "promise.broken", reason=self.word(work.BROKEN))

    def _released(self) -> None:
        at = self.rng.randint(self.after(0.2), self.after(0.8))
        self.tell(at, "promise.released", reason=self.word(work.WAIVED))

    # -- what the endings are made of -------------------------------------------------------------

    def move(self, told: int, due: int, *, reason: str = "", **more: Any) -> None:
        reason = reason or self.word(work.MOVED_BECAUSE)
        if self.by_date:
            due = -(-due // DAY) * DAY
        self.tell(told, "promise.renegotiated", due=written(self.workdays, due, self.by_date), reason=reason, **more)
        if more.get("agreed", True):
            self.due = due

    def fulfil(self, at: int, *, degree: float = 1.0, charged: float = 0.0) -> None:
        words: dict[str, Any] = {}
        if self.entry.kind == "price":
            words["amount"] = round(self.entry.promised["amount"] * (charged or self.rng.uniform(1.0, 1.04)), 2)
        else:
            words["degree"] = degree
        if self.rng.random() < 0.15 and self.entry.kind in ("delivery", "quality", "appointment"):
            words["evidence"] = self.word(work.EVIDENCE)
        self.tell(at, "promise.fulfilled", **words)

    def tell(self, at: int, type_: str, **words: Any) -> None:
        if at > self.due and type_ not in ("promise.paused", "promise.resumed"):
            self.entry.overdue = self.entry.overdue or (self.due, at)
        self.entry.add(self.workdays.happening(at), type_, **words)
        self.told = at

    def word(self, words: work.Words) -> str:
        kind = self.entry.kind
        if self.entry.own:
            kind = "own"
        elif kind == "other" and self.entry.severity == "minor":
            kind = "paper"
        return self.rng.choice(words.get(kind) or words[""])

    def after(self, share: float) -> int:
        """The minute at which this share of the time to the due has gone by."""
        return self.made + max(1, int((self.due - self.made) * share))

    def notice(self) -> int:
        """The working minutes of notice that a customer may expect."""
        whole = self.due - self.made
        return min(DAY, max(2 * HOUR, whole // 4), whole // 2)

    def in_time(self) -> int:
        """A minute with more than the expected notice left."""
        return self.rng.randint(self.after(0.15), max(self.after(0.15), self.due - self.notice() - 15))

    def too_late(self) -> int:
        """A minute before the due with too little notice left."""
        return self.due - self.rng.randint(5, max(6, self.notice() // 2))

    def later(self) -> int:
        """A new due at a full hour, one to four working days after the one in force; sooner if it is serious."""
        wait = (4 * HOUR, 12 * HOUR) if self.entry.severity == "serious" else (DAY, 4 * DAY)
        return rounded(self.due + self.rng.randint(*wait), HOUR)

    def shortly_before_due(self) -> int:
        early = {"appointment": 80, "callback": 90, "price": 2 * DAY, "delivery": DAY}.get(self.entry.kind, DAY)
        return max(self.after(0.3), self.told + 5, self.due - self.rng.randint(3, early))


def rounded(minute: int, step: int) -> int:
    """Up to the next full step of the clock; openings and breaks lie on full hours."""
    return -(-minute // step) * step


def written(workdays: Workdays, due: int, by_date: bool) -> str:
    """A due as the CRM writes it: a moment, or a date that means until its midnight."""
    return workdays.day(due).isoformat() if by_date else workdays.deadline(due).isoformat()
