"""Everyday work: who ordered what, who promised it, and how it went."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from intake.sample_firm import course, names, work
from intake.sample_firm.book import Book, Entry, Party
from intake.sample_firm.crew import Crew
from intake.sample_firm.work import Step, Thing
from intake.sample_firm.workdays import DAY, HOUR, instant

JOBS_A_YEAR = {"private": 2.9, "business": 8.0, "manager": 30.0, "colleague": 14.0, "supplier": 7.0}
YEAR = 250 * DAY
OVERBOOKED_LEAD = 2.0
"""So much farther off does an overbooked fitter promise."""
ROOMY, SPARED = 2 * DAY, 0.94
"""From so much time on, so many of the late endings do not happen."""


@dataclass(order=True)
class Order:
    """The next promise of a job, to be made at a working minute."""

    at: int
    turn: int
    party: Party = field(compare=False)
    job: work.Job = field(compare=False)
    thing: Thing = field(compare=False)
    place: str = field(compare=False)
    nth: int = field(compare=False, default=0)

    @property
    def step(self) -> Step:
        return self.job.steps[self.nth]


class Everyday:
    """Decks and dice of one run."""

    def __init__(self, book: Book, crew: Crew, rng: Random) -> None:
        self.book = book
        self.crew = crew
        self.rng = rng
        self.turn = count()
        self.good = course.Deck(course.GOOD, rng)
        self.loyal = course.Deck(course.LOYAL, rng)
        self.short = course.Deck(course.SHORT, rng)
        self.overbooked = course.Deck(course.OVERBOOKED, rng)
        self.prices = course.Deck(course.PRICES, rng)
        self.polished = course.Deck(course.POLISHED, rng)

    def work(self) -> None:
        """Jobs come in, each a chain of promises; what would be open at `until` is left to `present.py`."""
        orders = [order for party in self.book.parties if not party.scripted for order in self.orders(party)]
        heapq.heapify(orders)
        while orders:
            order = heapq.heappop(orders)
            if order.at >= self.book.now:
                continue
            free = self.promise(order)
            if free is None or order.nth + 1 == len(order.job.steps):
                continue
            following = order.job.steps[order.nth + 1]
            if self.rng.random() < following.chance:
                order.at = free + self.rng.randint(10, max(HOUR, following.lead[0] * HOUR // 2))
                order.nth += 1
                heapq.heappush(orders, order)

    def orders(self, party: Party) -> list[Order]:
        """The jobs of one party, at any time of the year; a newcomer begins with one."""
        start = max(self.book.first, self.book.workdays.count(party.registered) + HOUR)
        expected = JOBS_A_YEAR[party.segment] * (self.book.now - start) / YEAR
        jobs = max(int(expected * self.rng.uniform(0.7, 1.3) + self.rng.random()), 1)
        times = [self.rng.randrange(start, max(start + DAY, self.book.now)) for _ in range(jobs)]
        if party.kind == "prospect":
            times[0] = start
        heater = self.rng.choice(work.HEATERS)
        orders: list[Order] = []
        for at in times:
            job = work.of_month(self.rng, party.segment, self.book.workdays.days[at // DAY].month)
            at_home = party.segment == "private"
            while at_home and job.once and any(job is order.job and abs(at - order.at) < YEAR for order in orders):
                job = work.of_month(self.rng, party.segment, self.book.workdays.days[at // DAY].month)
            own = at_home and job.things is work.HEATERS
            thing = heater if own else self.rng.choice(job.things)
            orders.append(Order(at, next(self.turn), party, job, thing, self.place(party)))
        return orders

    def place(self, party: Party) -> str:
        """Somebody who manages many houses must say which one."""
        if party.segment != "manager":
            return ""
        return f", {self.rng.choice(names.STREETS)} {self.rng.randint(1, 40)}"

    def promise(self, order: Order) -> int | None:
        """Plays one promise to its end: the minute at which the next may begin, None if it ends the job."""
        made, step, workdays = order.at, order.step, self.book.workdays
        lead = self.rng.randint(step.lead[0] * HOUR, step.lead[1] * HOUR)
        doer = self.crew.doer(step.role, workdays.day(made + 1), workdays.day(made + lead))
        if lead >= DAY and self.crew.overbooked(doer, workdays.day(made + lead)):
            lead = int(lead * OVERBOOKED_LEAD)
        due = course.rounded(made + lead, grid(step, lead))
        entry = self.make(order.party, made, due, step, doer, order.thing, order.place)
        ended = self.play(entry, made, due)
        if instant(workdays.happening(ended)) > instant(self.book.until):
            return None
        self.hand_over(entry)
        self.book.entries.append(entry)
        if entry.ending in ("withdrawn", "withdrawn_late", "broken", "released"):
            return None
        return made + HOUR if step.aside else ended

    def play(self, entry: Entry, made: int, due: int) -> int:
        run = course.Course(entry, made, due, self.rng, self.book.workdays)
        if "due" not in entry.happenings[0][2]:
            return run.run("plain")
        day = self.book.workdays.day(due)
        run.hard = self.crew.overbooked(entry.doer, day)
        if entry.kind == "price":
            deck = self.prices
        elif entry.promised["what"].startswith("Angebot") and self.crew.only_moves(entry.doer, day):
            deck = self.polished
        elif entry.party.loyal:
            deck = self.loyal
        elif run.hard:
            deck = self.overbooked
        else:
            deck = self.short if self.crew.is_short(day) else self.good
        # Who leaves themself time is seldom late; the cards stay for those who promise hastily.
        spared = due - made >= ROOMY and not run.hard and self.rng.random() < SPARED
        return run.run(deck.draw(lambda card: fits(card, entry, due - made) and not (spared and card in course.LATE)))

    def make(self, party: Party, made: int, due: int, step: Step, doer: str, thing: Thing, place: str = "") -> Entry:
        """Writes the promise into an entry, and whatever is settled at once: who does it, a plan B."""
        rng, workdays = self.rng, self.book.workdays
        through_office = step.role == "service" and not step.internal and due - made > 2 * HOUR and rng.random() < 0.2
        plan_b = rng.choice(step.plan_b) if step.plan_b and rng.random() < 0.4 else ""
        found_later = plan_b != "" and due - made > DAY and rng.random() < 0.35
        by = "sevda" if through_office else doer
        data: dict[str, Any] = {
            "customer": party.id,
            "what": rng.choice(step.what).format(name=thing.name, of=thing.of) + place,
            "kind": step.kind,
            "by": by,
            "team": names.TEAMS[by],
            "channel": rng.choices(("phone", "email", "in_person", "portal"), (5, 3, 2, 1))[0],
        }
        if step.due != "none":
            data["due"] = course.written(workdays, due, step.due == "date")
        if step.binding != "firm":
            data["binding"] = step.binding
        if step.severity != "normal":
            data["severity"] = step.severity
        if step.internal:
            data["internal"] = True
        if step.supplied:
            data |= {"supplier": thing.supplier, "product": thing.product}
        if step.kind == "price":
            data |= {"amount": float(round(rng.uniform(*step.price), -1)), "currency": "EUR"}
        if plan_b and not found_later:
            data["plan_b"] = plan_b
        entry = Entry(party, doer, [(workdays.happening(made), "promise.made", data)])
        soon = max(1, (due - made) // 16)
        if through_office:
            at = workdays.happening(made + rng.randint(1, soon))
            entry.add(at, "promise.assigned", by=doer, team=names.TEAMS[doer])
        if found_later:
            entry.add(workdays.happening(made + soon + rng.randint(1, soon)), "promise.changed", plan_b=plan_b)
        return entry

    def hand_over(self, entry: Entry) -> None:
        """On Jonas' first morning he takes over a part of what Mehmet has in hand."""
        at = self.book.workdays.on(self.crew.jonas_starts, self.rng.randrange(8 * HOUR, 11 * HOUR))
        moment = self.book.workdays.happening(at)
        if entry.doer != "mehmet" or self.rng.random() < 0.6 or not entry.made < moment < entry.last:
            return
        if all(moment != other for other, _, _ in entry.happenings):
            entry.add(moment, "promise.assigned", by="jonas", team=names.TEAMS["jonas"])
            entry.happenings.sort(key=lambda happening: happening[0])


def grid(step: Step, lead: int) -> int:
    """Dues lie on full hours, short ones on half hours, dates at the end of their day."""
    if step.due == "date":
        return DAY
    return HOUR if lead >= DAY else 30


def fits(card: str, entry: Entry, length: int) -> bool:
    """Whether an ending makes sense for a promise of this kind and length (working minutes)."""
    if card in course.PATIENT and (length < DAY or entry.kind == "callback"):
        return False
    if card in ("exceeded", "partial") and entry.kind == "callback":
        return False
    if card in ("paused", "asked") and entry.severity == "minor":
        return False
    return not (entry.own and card in ("paused", "asked", "released", "withdrawn", "withdrawn_late"))
