"""How lost trust is won back: reason, apology, a new chance with an offer, a talk in person, putting it right.

By the book each step comes in its time and after the one before it; often enough it does not.
"""

from __future__ import annotations

from random import Random
from typing import Any

from intake.sample_firm import names, work
from intake.sample_firm.book import Book, Incident
from intake.sample_firm.workdays import DAY, HOUR

GOOD = {"by_the_book": 11, "by_video": 1, "without_offer": 3, "by_phone": 5, "late": 4, "only_closed": 2, "waited": 2}
SHORT = {"by_the_book": 2, "without_offer": 3, "by_phone": 6, "late": 8, "only_closed": 5, "waited": 1}
"""How many cards of each course lie in a deck: in good times, and while somebody is missing."""

WRITTEN = ("email", "letter")


class Mending:
    """Writes into an incident what is done about it. Times are working minutes since the report."""

    def __init__(self, incident: Incident, by: str, rng: Random, book: Book) -> None:
        self.incident = incident
        self.by = by
        self.rng = rng
        self.workdays = book.workdays
        self.start = book.workdays.count(incident.begun)
        self.done = 0
        """Minutes from the report to the latest step."""

    def run(self, card: str) -> None:
        getattr(self, f"_{card}")()

    # -- courses ----------------------------------------------------------------------------------

    def _by_the_book(self, talk: str = "in_person") -> None:
        self.step(150, "explained", channel="phone")
        self.step(400, "apologised", channel="phone")
        self.chance()
        self.step(22 * HOUR, "talked", channel=talk)
        self.offer_answered(self.rng.random() < 0.85)
        self.resolved(37 * HOUR)
        self.closed()

    def _by_video(self) -> None:
        self._by_the_book("video")

    def _without_offer(self) -> None:
        """Everything in its time, but nothing to show for it."""
        self.step(150, "explained", channel="phone")
        self.step(400, "apologised", channel="phone")
        self.step(14 * HOUR, "chance_asked", channel="phone")
        self.step(22 * HOUR, "talked", channel="in_person")
        self.resolved(38 * HOUR)
        self.closed()

    def _by_phone(self) -> None:
        """Explained and apologised, but never talked to face to face."""
        self.step(200, "explained", channel="phone")
        self.step(15 * HOUR, "apologised", channel=self.rng.choice(("phone", "email")))
        if self.rng.random() < 0.5:
            self.step(22 * HOUR, "talked", channel="phone")
        if self.rng.random() < 0.4:
            self.waits_for_a_part()
        self.resolved(self.done + self.rng.randint(10, 40) * HOUR)
        self.closed()

    def _late(self) -> None:
        self.later(5, 14, "explained", channel="email")
        self.later(4, 20, "apologised", channel="email")
        if self.rng.random() < 0.4:
            self.later(4, 10, "chance_asked", channel="phone", offer=self.rng.choice(work.OFFERS))
        if self.rng.random() < 0.5:
            self.later(10, 30, "talked", channel="in_person")
        self.resolved(self.done + self.rng.randint(20, 60) * HOUR)
        self.closed()

    def _only_closed(self) -> None:
        self.done = self.rng.randint(5 * DAY, 14 * DAY)
        self.tell("incident.closed", reason=self.rng.choice(work.LAID_ASIDE))

    def _waited(self) -> None:
        """The customer is away for some days before we can talk: our clock stands still meanwhile."""
        self.step(150, "explained", channel="phone")
        self.step(400, "apologised", channel="phone")
        self.chance()
        gone = self.rng.randint(2 * DAY, 6 * DAY)
        self.done += self.rng.randint(5, 40)
        self.tell("incident.paused", cause="customer")
        self.done += gone
        self.tell("incident.resumed", cause="customer")
        self.start += gone
        self.done -= gone
        self.step(22 * HOUR, "talked", channel="in_person")
        self.offer_answered(True)
        self.resolved(37 * HOUR)
        self.closed()

    def reopen(self) -> None:
        """Mended, but not for long: what was closed is taken up again."""
        self.done += self.rng.randint(4 * DAY, 7 * DAY)
        self.tell("incident.reopened", reason=work.REOPENED)
        self.done += self.rng.randint(HOUR, 3 * HOUR)
        self.tell("incident.apologised", by=self.by, channel="phone")
        self.done += self.rng.randint(DAY, 3 * DAY)
        self.tell("incident.resolved", reason="Ursache gefunden, nicht nur das Zeichen davon")
        self.closed()

    # -- what the courses are made of -------------------------------------------------------------

    def assign(self, by: str) -> None:
        """Somebody else takes it in hand, before anything is done."""
        self.done += self.rng.randint(5, 20)
        self.by = by
        self.tell("incident.assigned", by=by, team=names.TEAMS[by])

    def step(self, until: int, verb: str, **data: Any) -> None:
        """Done before so many minutes are gone by, after what came before it."""
        self.done = self.rng.randint(self.done + 6, max(self.done + 7, until))
        self.tell(f"incident.{verb}", by=self.by, **data)

    def later(self, least: int, most: int, verb: str, **data: Any) -> None:
        """Done so many hours after what came before it."""
        self.done += self.rng.randint(least * HOUR, most * HOUR)
        self.tell(f"incident.{verb}", by=self.by, **data)

    def chance(self) -> None:
        """A new chance with an offer, in one breath or in two."""
        offer, amount = self.rng.choice(work.OFFERS), float(self.rng.choice((60, 80, 120, 180)))
        if self.rng.random() < 0.6:
            self.step(14 * HOUR, "chance_asked", channel="phone", offer=offer, amount=amount)
            return
        self.step(13 * HOUR, "chance_asked", channel="phone")
        self.step(15 * HOUR, "offered", channel=self.rng.choice(WRITTEN), offer=offer, amount=amount)

    def offer_answered(self, accepted: bool) -> None:
        self.done += self.rng.randint(3, 12)
        self.tell("incident.offer_answered", accepted=accepted)

    def waits_for_a_part(self) -> None:
        """No excuse: our clock runs on."""
        self.done += self.rng.randint(HOUR, 4 * HOUR)
        self.tell("incident.paused", cause="part")
        self.done += self.rng.randint(DAY, 3 * DAY)
        self.tell("incident.resumed", cause="part")

    def resolved(self, until: int) -> None:
        self.done = self.rng.randint(self.done + HOUR, max(self.done + 2 * HOUR, until))
        self.tell("incident.resolved", reason=self.rng.choice(work.MENDED))

    def closed(self) -> None:
        self.done += self.rng.randint(DAY, 6 * DAY)
        self.tell("incident.closed")

    def tell(self, type_: str, **data: Any) -> None:
        self.incident.add(self.workdays.happening(self.start + self.done), type_, **data)
