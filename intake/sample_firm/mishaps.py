"""What goes wrong beyond a missed date: complaints, things forgotten, wrong work, an untruth, broken product claims."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from intake.sample_firm import course, mending, names, work
from intake.sample_firm.book import Book, Entry, Incident, Party
from intake.sample_firm.crew import Crew
from intake.sample_firm.workdays import DAY, HOUR, ZONE

COMPLAINED = {"late": 0.2, "moved_late": 0.15, "partial": 0.35, "withdrawn_late": 0.4, "broken": 0.55}
"""How often an incident follows an ending."""
NOTICED = 0.012
"""How often something else goes wrong where the promise itself was kept."""
APART = timedelta(days=12)
"""Nobody complains twice within so few days."""

KINDS = {
    "appointment": ("missed_appointment", "missed_appointment", "complaint"),
    "callback": ("forgotten", "forgotten", "complaint"),
    "other": ("forgotten", "complaint"),
    "delivery": ("complaint", "complaint", "other"),
    "quality": ("complaint", "wrong_work"),
    "price": ("complaint",),
}
"""By kind of promise what is reported when it was missed."""

CLAIMS = (
    (470, "Thermotec", "Thermotec Aero 9"),
    (310, "Thermotec", "Thermotec Brennwert 24"),
    (150, "Heizgroß Ulm", "Umwälzpumpe 25-60"),
    (95, "Thermotec", "Thermotec Kompakt 18"),
)
"""Broken product claims, in days before `until`. K-1014 has two more of Thermotec's, 200 and 40 days ago: the
second within twelve months is 310 days ago (yellow), the fourth 40 (red)."""

TODAY = (5 * HOUR, 2 * DAY, 4 * DAY)
"""Working minutes since the report of what is in hand right now."""


class Mishaps:
    def __init__(self, book: Book, crew: Crew, rng: Random) -> None:
        self.book = book
        self.crew = crew
        self.rng = rng
        self.good = course.Deck(mending.GOOD, rng)
        self.short = course.Deck(mending.SHORT, rng)
        self.reopened = False

    def write(self) -> None:
        told: dict[str, datetime] = {}
        for entry in sorted(self.book.visible(), key=lambda entry: (entry.last, entry.party.id)):
            if entry.last - told.get(entry.party.id, self.book.opened - APART) < APART:
                continue
            incident = self.untruth(entry) or self.after(entry)
            if incident is not None:
                told[entry.party.id] = entry.last
                self.mend(incident)
        for claim in CLAIMS:
            self.claim(*claim)
        self.today()

    # -- one incident each ------------------------------------------------------------------------

    def after(self, entry: Entry) -> Incident | None:
        """What a promise that went badly brings on, or what went wrong although it was kept."""
        if self.rng.random() < COMPLAINED.get(entry.ending, 0.0):
            return self.missed(entry)
        handiwork = entry.kind in ("quality", "appointment", "delivery") and entry.ending in course.KEPT
        return self.noticed(entry) if handiwork and self.rng.random() < NOTICED else None

    def missed(self, entry: Entry) -> Incident | None:
        kind = self.rng.choice(KINDS[entry.kind])
        if entry.ending == "partial" and entry.kind != "price":
            kind = "wrong_work"
        severity = entry.severity if self.rng.random() < 0.75 else "minor"
        return self.report(entry, self.heard(entry), kind, severity, promise=entry)

    def noticed(self, entry: Entry) -> Incident | None:
        """Found later: half of it by ourselves, and then we say so first."""
        kind = self.rng.choice(("wrong_work", "other", "other"))
        severity = self.rng.choice(("minor", "minor", "normal"))
        minute = self.book.workdays.count(entry.last) + self.rng.randint(HOUR, 3 * DAY)
        admitted = self.rng.random() < 0.5
        moment = self.book.workdays.happening(minute) if admitted else self.book.workdays.leisure(minute, self.rng)
        promise = entry if kind == "wrong_work" else None
        return self.report(entry, moment, kind, severity, promise=promise, admitted=admitted)

    def untruth(self, entry: Entry) -> Incident | None:
        """Once, in the worst weeks, somebody says that he was there."""
        day = entry.last.date()
        worst = self.crew.overbooked(entry.doer, day) and entry.kind == "appointment" and entry.ending == "late"
        if not worst or any(self._kind(incident) == "untruth" for incident in self.book.incidents):
            return None
        return self.report(entry, self.heard(entry), "untruth", "serious", promise=entry)

    def report(self, entry: Entry, moment: datetime, kind: str, severity: str, **data: Any) -> Incident | None:
        if self.book.gone(entry.party, moment):
            return None
        goods = {name: entry.promised.get(name) for name in ("supplier", "product")} if kind == "complaint" else {}
        by = self.crew.there(entry.doer, moment.date())
        text = self.rng.choice(work.WRONG[kind])
        weight = "" if severity == "normal" else severity
        team = names.TEAMS[by]
        return self.book.incident(
            entry.party, moment, kind=kind, severity=weight, by=by, team=team, text=text, **goods, **data
        )

    def heard(self, entry: Entry) -> datetime:
        """While it is overdue or soon after; some write in the evening."""
        workdays = self.book.workdays
        minute = workdays.count(entry.last) + self.rng.randint(20, DAY)
        if entry.overdue is not None and entry.overdue[1] - entry.overdue[0] > DAY and self.rng.random() < 0.5:
            minute = self.rng.randrange(entry.overdue[0] + HOUR, entry.overdue[1])
        return workdays.leisure(minute, self.rng) if self.rng.random() < 0.4 else workdays.happening(minute)

    def claim(self, ago: int, supplier: str, product: str) -> None:
        """A product does not do what its maker claims."""
        day = self.book.until.astimezone(ZONE).date() - timedelta(days=ago)
        minute = self.book.workdays.on(day, self.rng.randrange(9 * HOUR, 16 * HOUR))
        moment = self.book.workdays.happening(minute)
        homes = [party for party in self.book.customers() if party.segment == "private"]
        owners = [party for party in homes if party.left is None and not self.book.gone(party, moment)]
        if minute < self.book.first or not owners:
            return
        party = self.rng.choice(owners)
        by = self.book.owner(party, moment)
        text = self.rng.choice(work.WRONG["product_claim"])
        self.mend(
            self.book.incident(
                party,
                moment,
                kind="product_claim",
                by=by,
                team=names.TEAMS[by],
                supplier=supplier,
                product=product,
                text=text,
            )
        )

    def today(self) -> None:
        """What is in hand right now: explained, then apologised for; the talk is still to come."""
        for ago, party in zip(TODAY, self._well_known(len(TODAY)), strict=False):
            workdays = self.book.workdays
            moment = workdays.happening(self.book.now - ago)
            by = self.book.owner(party, moment)
            kind = self.rng.choice(("complaint", "wrong_work", "other"))
            text, team = self.rng.choice(work.WRONG[kind]), names.TEAMS[by]
            incident = self.book.incident(party, moment, kind=kind, by=by, team=team, text=text)
            run = mending.Mending(incident, by, self.rng, self.book)
            run.step(150, "explained", channel="phone")
            if ago > DAY:
                run.step(400, "apologised", channel="phone")

    def _well_known(self, count: int) -> list[Party]:
        parties = [party for party in self.book.customers() if party.kind == "customer" and party.left is None]
        return self.rng.sample(parties, min(count, len(parties)))

    # -- what is done about it --------------------------------------------------------------------

    def mend(self, incident: Incident) -> None:
        data = incident.happenings[0][2]
        short = self.crew.is_short(incident.begun.date())
        card = (self.short if short else self.good).draw()
        if data["kind"] == "untruth":
            card = "by_the_book"
        serious = data.get("severity") == "serious"
        owner = "karin" if serious else self.book.owner(incident.party, incident.begun)
        by = self.crew.there(owner, incident.begun.date())
        run = mending.Mending(incident, data["by"], self.rng, self.book)
        if by != data["by"] and card not in ("late", "only_closed"):
            run.assign(by)
        run.run(card)
        old = self.book.workdays.count(incident.last) < self.book.now - 20 * DAY
        if card == "by_phone" and old and not self.reopened:
            self.reopened = True
            run.reopen()
        self.says(incident, card)

    def says(self, incident: Incident, card: str) -> None:
        """Some say how they took it, once it is over."""
        if self.rng.random() > 0.35:
            return
        well = card in ("by_the_book", "by_video", "without_offer", "waited")
        score = self.rng.choice((3, 4, 4, 5, 5) if well else (1, 1, 2, 2, 3))
        moment = self.book.workdays.leisure(self.book.workdays.count(incident.last) + DAY, self.rng)
        if not self.book.gone(incident.party, moment):
            words = {"text": self.rng.choice(work.PRAISE[score])} if self.rng.random() < 0.6 else {}
            data = {"customer": incident.party.id, "score": score, **words}
            self.book.note(moment, "feedback.given", data, incident)

    @staticmethod
    def _kind(incident: Incident) -> str:
        return str(incident.happenings[0][2]["kind"])
