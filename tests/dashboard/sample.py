"""An invented heating firm for the pages' tests and for looking at them: `python -m tests.dashboard.sample`.

Everything is made from a fixed moment and a fixed seed, so two runs show the same.
"""

from __future__ import annotations

import argparse
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from dashboard import data
from dashboard.answers import what_if as checking
from dashboard.answers.rules import told
from dashboard.shapes.account import Account, BalancePoint, Drop, Fall, Sensitivity, Span, Stage, StatementRow
from dashboard.shapes.adviser import AccountInShort, Advice, AdviceAsked, AdviceDay, AdvicePage
from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.asking import NOBODY_STILL, PAGE_SIZE, Firm, Reader, Refusal, StillCount, Tell
from dashboard.shapes.contacts import (
    ChannelAnswers,
    ContactFigures,
    ContactFilter,
    ContactPage,
    ContactRow,
    ContactsAsked,
    ContactState,
)
from dashboard.shapes.customers import CustomerPage, CustomerRow, CustomersAsked, Lapse, Silence
from dashboard.shapes.figures import Reliability, Share, Spread
from dashboard.shapes.incidents import (
    IncidentFigures,
    IncidentFilter,
    IncidentPage,
    IncidentRow,
    IncidentsAsked,
    Step,
    StepName,
)
from dashboard.shapes.looks import LookRow, Looks, LooksAsked
from dashboard.shapes.meaning import Figure, FigureTest, Judged, SaidAndCame, TooFew
from dashboard.shapes.promises import PromiseFilter, PromisePage, PromiseRow, State, StateFilter
from dashboard.shapes.publishing import Texts
from dashboard.shapes.rules import Rules
from dashboard.shapes.suppliers import MonthOfIncidents, SupplierRow, Suppliers
from dashboard.shapes.what_if import ChangedAccount, Difference, OtherAlert, WhatIf
from domain.roles import LOCAL_USER, What
from domain.rulebook import default_text
from tests.dashboard.sample_acquaintance import ACQUAINTED, JUST_MET
from tests.dashboard.sample_attention import BERLIN, NOW, Attention
from tests.dashboard.sample_audit import Audited
from tests.dashboard.sample_operations import Running
from tests.dashboard.sample_overview import Figures, parts_of, wilson
from tests.dashboard.sample_promise import Promises
from tests.dashboard.sample_steering import Steered
from wiring.versions import Version
from words import translator

MONDAY = date(2026, 3, 9)

_NAMES = (
    "Petra Meier",
    "Familie Wolf",
    "Hotel Krone",
    "Bäckerei Lenz",
    "Praxis Dr. Okafor",
    "Hausverwaltung Nord",
    "Café Lindner",
    "Herr Aydin",
    "Frau Schuster",
    "Herr Petrov",
    "Familie Demir",
    "Frau Albrecht",
    "Stadtwerke Aalen, Abteilung Gebäude und Technik",
    "*Stern* [Optik] $5 :red[x]",
)
_THINGS = {
    "de": (
        "Angebot Wärmepumpe",
        "Wartung der Gastherme",
        "Heizkosten Lindenstraße 8",
        "sechs Thermostate tauschen",
        "Ersatzpumpe liefern",
        "Rückruf wegen Förderung",
        "Hydraulischer Abgleich",
        "Badsanierung planen",
    ),
    "en": (
        "quotation for a heat pump",
        "service of the gas boiler",
        "heating costs, 8 Linden Street",
        "replace six thermostats",
        "deliver the spare pump",
        "call back about funding",
        "hydraulic balancing",
        "plan the bathroom",
    ),
}
_MISHAPS = {
    "de": (
        "Drei Wochen gewartet, dreimal nachgefragt",
        "Niemand gekommen, niemand angerufen",
        "Wärmepumpe lauter als im Prospekt zugesagt",
        "Teil war nie bestellt, wie behauptet",
    ),
    "en": (
        "Waited three weeks, asked three times",
        "Nobody came, nobody called",
        "Heat pump louder than the brochure said",
        "The part had never been ordered, as we said",
    ),
}
_KINDS = ("price", "appointment", "other", "appointment", "delivery", "callback", "appointment", "other")
_OWNERS = ("Lutz Brandt", "Sevda Aydin", "Mehmet Kaya", None)


def _edited(text: str, *pairs: str) -> str:
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return text


class Sample(Figures, Attention, Audited, Steered, Running, Promises):
    """Answers the pages' questions; `customers` 0 is a firm that has recorded nothing yet."""

    def __init__(self, customers: int = 240) -> None:
        super().__init__()
        Promises.__init__(self)
        self._customers = customers
        self._tested: set[Figure] = set()
        self._reckoned: set[str] = set()
        self.newer = False
        self.refusal: Refusal | None = None

    def now(self) -> datetime:
        return NOW

    def firm(self, reader: Reader) -> Firm:
        still = StillCount(2, 1) if self.unwell else NOBODY_STILL
        return Firm("Kessler Haustechnik", "Lutz Brandt", frozenset(get_args(What)), BERLIN, "here", still)

    # -- alerts -----------------------------------------------------------------------------------

    def _alerts(self, reader: Reader) -> tuple[AlertRow, ...]:
        german = reader.lang == "de"
        said = (
            (
                "last_call",
                "Bescheid bis heute 16 Uhr",
                "Notice by 4 pm today",
                0,
                "Lutz Brandt",
                "delivered",
                20,
            ),
            (
                "overdue",
                "Ersatzpumpe war gestern zugesagt",
                "Spare pump was due yesterday",
                6,
                "Mehmet Kaya",
                "acknowledged",
                95,
            ),
            (
                "chased",
                "Hat zum 2. Mal nachgefragt",
                "Asked for the 2nd time",
                8,
                "Sevda Aydin",
                "delivered",
                900,
            ),
            (
                "trust_falling",
                "Kontostand fiel um 15 Punkte",
                "Balance fell by 15 points",
                1,
                "Lutz Brandt",
                "waiting",
                1010,
            ),
            (
                "silent_customer",
                "Seit 74 Tagen nichts gehört",
                "Nothing heard for 74 days",
                3,
                "Sevda Aydin",
                "failed",
                1500,
            ),
            (
                "follow_up_due",
                "Gestern geliefert: nachfragen",
                "Delivered yesterday: call",
                10,
                "Lutz Brandt",
                "acknowledged",
                1530,
            ),
            (
                "due_soon",
                "Angebot bis morgen 12 Uhr",
                "Quotation by tomorrow noon",
                12,
                None,
                "undeliverable",
                2900,
            ),
            (
                "overload",
                "11 offene Zusagen, üblich sind 7",
                "11 open promises, usual are 7",
                None,
                "Lutz Brandt",
                "delivered",
                4400,
            ),
        )
        return tuple(
            AlertRow(
                raised=NOW - timedelta(minutes=minutes),
                rule=rule,
                text=de if german else en,
                customer=None if who is None else f"K-{who}",
                name=None if who is None else _NAMES[who],
                to=to,
                delivery=delivery,
                delivered=NOW - timedelta(minutes=minutes - 2) if delivery in ("delivered", "acknowledged") else None,
            )
            for rule, de, en, who, to, delivery, minutes in said
        )

    # -- promises ---------------------------------------------------------------------------------

    def _all(self, reader: Reader) -> list[PromiseRow]:
        dice = random.Random(5)
        rows = []
        for number in range(min(self._customers, 130)):
            thing = number % 8
            hours = dice.choice((-75, -20, 4, 9, 26, 28, 33, 52, 76, *range(100, 700, 35)))
            due = (NOW + timedelta(hours=hours)).replace(minute=0)
            due = due.replace(hour=min(17, max(8, due.hour)))
            state: State = "open"
            if number % 17 == 16:
                state = "waiting"
            elif due <= NOW:
                state = "overdue"
            elif hours < 5:
                state = "tight"
            elif hours < 27:
                state = "notice"
            elif hours < 60:
                state = "soon"
            day_only = number % 9 == 4
            if day_only:
                due = due.replace(hour=0) + timedelta(days=1)
            who = number % len(_NAMES)
            rows.append(
                PromiseRow(
                    id=f"P-{number}",
                    customer=f"K-{who}",
                    name=_NAMES[who],
                    what=_THINGS[reader.lang][thing],
                    kind=_KINDS[thing],
                    owner=_OWNERS[number % 4],
                    state=state,
                    due=None if number == 40 else due,
                    day_only=day_only,
                    soon_from=due - timedelta(days=2),
                    notice_until=max(due - timedelta(hours=20), NOW.replace(hour=16, minute=0)) if hours > 5 else None,
                    moved=number % 5 % 3,
                    works_out=0.47 if number % 6 == 1 and state in ("notice", "soon", "open") else None,
                    plan_b=number % 4 != 1,
                    own=f"sample:P-{number}",
                )
            )
        return sorted(rows, key=lambda row: (row.due is None, row.due))

    def promises(self, reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
        everything = self._all(reader)
        mine = [row for row in everything if asked.owner in (None, row.owner) and asked.kind in (None, row.kind)]
        counts: dict[StateFilter, int] = {
            "all": len(mine),
            "soon": sum(row.state == "soon" for row in mine),
            "notice": sum(row.state == "notice" for row in mine),
            "overdue": sum(row.state == "overdue" for row in mine),
            "waiting": sum(row.state == "waiting" for row in mine),
        }
        found = [row for row in mine if asked.state in ("all", row.state)]
        start = (page - 1) * PAGE_SIZE
        return PromisePage(
            rows=tuple(found[start : start + PAGE_SIZE]),
            total=len(found),
            counts=counts,
            owners=tuple(owner for owner in _OWNERS if owner),
            kinds=("appointment", "callback", "delivery", "other", "price"),
        )

    # -- adviser ----------------------------------------------------------------------------------

    def names(self, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
        found = ((f"K-{n}", name) for n, name in enumerate(_NAMES) if text.casefold() in name.casefold())
        return tuple(found)[:6]

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        """Lutz has a safe date, Sevda has none, of Mehmet too little is known, and Nora may not be asked about."""
        people = ("Lutz Brandt", "Sevda Aydin", "Mehmet Kaya", "Nora Neu") if self._customers else ()
        owner = asked.owner if asked.owner in people else next(iter(people), None)
        german, due = reader.lang == "de", asked.due or date(2026, 3, 13)
        number = int(asked.customer.removeprefix("K-")) if asked.customer else -1
        customer = None
        if 0 <= number < len(_NAMES):
            reason = "Zusagen werden verlässlich gehalten." if german else "Promises are kept reliably."
            customer = AccountInShort(f"K-{number}", _NAMES[number], 2300, "solid", reason)
        refused = "Das dürfen Sie nicht fragen." if german else "You may not ask that."
        advice = _ADVICE[owner](german, due) if owner in _ADVICE else None
        return AdvicePage(people, owner, due, 1, customer, advice, None if advice else refused)

    # -- contacts ---------------------------------------------------------------------------------

    def _contacts(self, reader: Reader) -> list[ContactRow]:
        rows = []
        channels, things = ("email", "phone", "chat", "portal"), _THINGS[reader.lang]
        states: tuple[ContactState | None, ...] = ("open", "answered", "late", None, "unanswered", "answered")
        for number in range(min(self._customers, 90)):
            state, who = states[number % 6], number % len(_NAMES)
            at = NOW - timedelta(hours=3 + number * 5)
            rows.append(
                ContactRow(
                    id=f"C-{number}",
                    customer=f"K-{who}",
                    name=_NAMES[who],
                    about=things[number % 8] if number % 3 else None,
                    inbound=state is not None or number % 12 == 3,
                    purpose="follow_up" if state is None and number % 12 != 3 else None,
                    channel=channels[number % 4],
                    owner=_OWNERS[number % 4],
                    state=state,
                    at=at,
                    target=None if state is None or number == 12 else at + timedelta(hours=24),
                    answered_seconds={"answered": 2400 + 300 * number, "late": 110_000}.get(state or ""),
                    chased=(2 if number == 6 else 1) if state in ("open", "late") and number % 4 == 2 else 0,
                )
            )
        return rows

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
        everything = self._contacts(reader)
        mine = [
            row
            for row in everything
            if asked.owner in (None, row.owner)
            and asked.channel in (None, row.channel)
            and asked.customer in (None, row.customer)
        ]
        states: tuple[ContactState, ...] = ("open", "unanswered", "late", "answered")
        counts: dict[ContactFilter, int] = {state: sum(row.state == state for row in mine) for state in states}
        counts["all"] = len(mine)
        found = [row for row in mine if asked.state in ("all", row.state)]
        if asked.state in ("open", "unanswered"):
            found.sort(key=lambda row: (row.target is None, row.target))
        start = (page - 1) * PAGE_SIZE
        return ContactPage(
            rows=tuple(found[start : start + PAGE_SIZE]),
            total=len(found),
            counts=counts,
            owners=tuple(owner for owner in _OWNERS if owner),
            channels=("chat", "email", "phone", "portal"),
            customer=next((row.name for row in everything if row.customer == asked.customer), None),
            since=None if asked.whole else NOW.date() - timedelta(weeks=13),
            parts=parts_of(asked.behind, len(mine)),
        )

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures:
        return ContactFigures(
            since=NOW.date() - timedelta(weeks=13),
            first_answer=Spread(6_870.0, 24_780.0, 216),
            in_time=wilson(193, 220),
            asked_again=wilson(10, 257),
            channels=(
                ChannelAnswers("email", Spread(10_140.0, 35_556.0, 93), 28_800),
                ChannelAnswers("phone", Spread(4_020.0, 12_450.0, 66), 14_400),
                ChannelAnswers("portal", Spread(8_280.0, 29_196.0, 34), 28_800),
                ChannelAnswers("chat", Spread(4_440.0, 12_792.0, 1), 14_400),
            ),
        )

    # -- incidents --------------------------------------------------------------------------------

    def _incidents(self, reader: Reader) -> list[IncidentRow]:
        rows = []
        kinds, whats = ("complaint", "missed_appointment", "product_claim", "untruth"), _MISHAPS[reader.lang]
        for number in range(min(self._customers, 60)):
            who = (number * 3 + 1) % len(_NAMES)
            reported = NOW - timedelta(days=number * 6 + 1, hours=2)
            state: Literal["open", "resolved", "closed"] = (
                "open" if number < 6 else "closed" if number % 5 else "resolved"
            )
            done = number % 5 if state == "open" else 5 if number % 3 else 2
            rows.append(
                IncidentRow(
                    id=f"V-{number}",
                    customer=f"K-{who}",
                    name=_NAMES[who],
                    what=whats[number % 4] if number % 7 else None,
                    kind=kinds[number % 4],
                    severity=("normal", "serious", "minor")[number % 3],
                    admitted=number % 6 == 2,
                    state=state,
                    owner=_OWNERS[number % 4],
                    supplier="Thermotec" if number % 4 == 2 else None,
                    waits=number == 5,
                    reported=reported,
                    ended=None if state == "open" else reported + timedelta(days=5),
                    restored=state == "resolved" and number % 2 == 0,
                    steps=self._steps(reported, done, state == "open", waits=number == 5),
                    promise="crm:Z-2" if number % 4 == 2 else None,
                    promised="Therme liefern" if number % 4 == 2 else None,
                )
            )
        return rows

    def _steps(self, reported: datetime, done: int, running: bool, *, waits: bool) -> tuple[Step, ...]:
        names: tuple[StepName, ...] = ("reason", "apology", "chance", "talk", "resolved")
        steps = []
        for place, name in enumerate(names):
            due = reported + timedelta(hours=(4, 8, 48, 72, 120)[place])
            if place < done:
                steps.append(Step(name, "done_late" if place == 1 and done > 3 else "done", due - timedelta(hours=2)))
            elif not running:
                steps.append(Step(name, "left_out", due))
            elif due <= NOW and not waits:
                steps.append(Step(name, "missed", due))
            else:
                steps.append(Step(name, "next" if place == done else "ahead", None if waits else due))
        return tuple(steps)

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
        everything = self._incidents(reader)
        mine = [
            row
            for row in everything
            if asked.owner in (None, row.owner)
            and asked.kind in (None, row.kind)
            and asked.supplier in (None, row.supplier)
            and asked.customer in (None, row.customer)
        ]
        called = {"unresolved": "open"}
        states: tuple[IncidentFilter, ...] = ("unresolved", "resolved", "closed")
        counts = {state: sum(row.state == called.get(state, state) for row in mine) for state in states}
        found = [row for row in mine if asked.state == "all" or row.state == called.get(asked.state, asked.state)]
        start = (page - 1) * PAGE_SIZE
        running = [row for row in mine if row.state == "open"]
        return IncidentPage(
            rows=tuple(found[start : start + PAGE_SIZE]),
            total=len(found),
            counts={**counts, "all": len(mine)},
            owners=tuple(owner for owner in _OWNERS if owner),
            kinds=("complaint", "missed_appointment", "product_claim", "untruth"),
            customer=next((row.name for row in everything if row.customer == asked.customer), None),
            next_steps=(("apology", 2, 1), ("chance", 3, 0)) if running else (),
            parts=parts_of(asked.behind, len(mine)),
        )

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures:
        return IncidentFigures(
            since=NOW.date() - timedelta(weeks=52),
            by_clock=Spread(519_600.0, 1_091_556.0, 67),
            in_business=Spread(112_080.0, 190_680.0, 67),
            discipline=wilson(37, 79),
            success=wilson(43, 61),
        )

    # -- rulebook ---------------------------------------------------------------------------------

    def rules(self, reader: Reader) -> Rules:
        """As shipped, since February with two other values, and from April on with seven others."""
        shipped = default_text()
        february = _edited(shipped, "kept = 4 ", "kept = 4.5 ", "check_in = 1", "check_in = 2")
        april = _edited(february, "broken = -8", "broken = -10", "months = 12", "months = 18", "cap = 0.6", "cap = 0.5")
        april = _edited(april, "referral = 6", "referral = 8", "chased = -2", "chased = -3", "talk = 3", "talk = 4")
        april = _edited(april, "5, -7.5", "5, -7.25")
        found = [
            Version(None, None, shipped),
            Version(datetime(2026, 2, 2, 9, tzinfo=BERLIN), datetime(2026, 2, 2, 9, tzinfo=BERLIN), february),
            Version(datetime(2026, 4, 1, tzinfo=BERLIN), datetime(2026, 3, 12, 7, tzinfo=BERLIN), april),
        ]
        return told(found if self._customers else found[:1], LOCAL_USER, NOW, translator(reader.lang))

    # -- suppliers --------------------------------------------------------------------------------

    def suppliers(self, reader: Reader) -> Suppliers:
        rows = (
            self._supplier("Thermotec", "red", 5, date(2026, 2, 15), -5400, (4, 0, 0, 1, 0, 2), wilson(93, 112)),
            self._supplier("Heizgroß Ulm", "yellow", 2, date(2026, 2, 27), -3000, (2, 3, 1), wilson(228, 264)),
            self._supplier("Rohr & Söhne", None, 1, date(2024, 6, 3), 0, (), wilson(3, 4)),
            self._supplier("Solar *Plus* GmbH, Niederlassung Schwäbisch Gmünd", None, 0, None, 0, (), wilson(0, 0)),
        )
        return Suppliers(rows if self._customers else (), 12, 2, 4, 0.9, whole=True)

    def _supplier(
        self,
        name: str,
        card: Literal["yellow", "red"] | None,
        ever: int,
        last: date | None,
        cost: int,
        lately: tuple[int, ...],
        on_time: Share,
    ) -> SupplierRow:
        """`lately`: the broken claims of the last months, then all other incidents of each month backwards."""
        claims, others = (lately[0], lately[1:]) if lately else (0, ())
        months = []
        for back in range(13):
            number = others[back] if back < len(others) else 0
            broken = 1 if back in (1, 2, 4, 7)[:claims] else 0
            months.append(MonthOfIncidents(date(2026 - (back > 2), (2 - back) % 12 + 1, 1), number + broken, broken))
        recent = sum(each.incidents for each in months)
        since = next((each.month for each in reversed(months) if each.incidents), None)
        first = next((each.month for each in reversed(months) if each.claims), None)
        return SupplierRow(
            name, card, claims, first, ever, last, recent, since, cost, recent + ever - claims,
            tuple(reversed(months)), on_time,
        )  # fmt: skip

    def _name(self, customer: str) -> str | None:
        names = {f"K-{number}": name for number, name in enumerate(_NAMES)}
        return names.get(customer) if self._customers else None

    # -- account ----------------------------------------------------------------------------------

    def customers(self, reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
        stages = ("solid", "strained", "building", "new", "recovering", "lost")
        rows = [
            CustomerRow(
                customer=f"K-{number}",
                name=name,
                owner=_OWNERS[number % 4],
                balance=2340 - number * 310,
                stage=stages[number % 6],
                buffer=5.7 - number,
                reliability=Reliability(None if number % 3 == 2 else 0.83, 0.7, 0.92, 3 if number % 3 == 2 else 41),
                last_contact=None if number == 9 else NOW.date() - timedelta(days=number * 9),
                silence={3: Silence(74, True, 21), 7: Silence(62, True, None), 9: Silence(90, False, None)}.get(number),
                lapses=(Lapse("service", 30, date(2026, 1, 5)),) if number == 6 else (),
                change=-1240 + number * 190,
                trend=tuple(2340 - number * 310 + (13 - week) * (95 - number * 14) for week in range(14)),
            )
            for number, name in enumerate(_NAMES)
            if self._customers and asked.text.casefold() in name.casefold()
        ]
        silent = [row for row in rows if row.silence or row.lapses]
        if asked.order == "silent":
            rows = silent
        key: dict[str, Any] = {
            "name": lambda row: row.name.casefold(),
            "change": lambda row: row.change,
            "buffer": lambda row: row.buffer,
        }
        rows.sort(key=key.get(asked.order, lambda row: row.balance))
        start = (page - 1) * PAGE_SIZE
        return CustomerPage(
            tuple(rows[start : start + PAGE_SIZE]), len(rows), sum(row.silence is not None for row in silent)
        )

    def looks(self, reader: Reader, asked: LooksAsked) -> Looks:
        german = reader.lang == "de"
        text = "hat Familie Aydin angesehen" if german else "looked at Familie Aydin"
        door = "auf den Seiten" if german else "on the pages"
        at = self.now() - timedelta(minutes=12)
        return Looks((LookRow(at, "Karin Kessler", door, text, "account"),), more=True)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        if not self._customers or not customer.startswith("K-"):
            return None
        number = int(customer.removeprefix("K-"))
        if number >= len(_NAMES):
            return None
        if _NAMES[number] == "Herr Petrov":
            return self._newcomer(customer, reader)
        german = reader.lang == "de"
        days = {"month": 24, "quarter": 91, "all": 400}[span]
        start = NOW - timedelta(days=days)
        opening = 2812
        rows: list[StatementRow] = []
        line = [BalancePoint(start, opening, opening)]
        running = opening
        for day, de, en, points, detail_de, detail_en in _POSTINGS:
            at = datetime.combine(day, NOW.time(), tzinfo=BERLIN)
            if at < start:
                continue
            running += points
            text, detail = (de, detail_de) if german else (en, detail_en)
            rows.append(StatementRow(at, text, detail, points, running, day == NOW.date()))
            faded = int((at - start).days * 0.8)
            line.append(BalancePoint(at, running - points - faded, running - faded))
        faded = -int(days * 0.8)
        line.append(BalancePoint(NOW, running + faded, running + faded))
        return Account(
            customer=customer,
            name=_NAMES[number],
            since=date(2019, 5, 1),
            owner="Lutz Brandt",
            stand_in="Sevda Aydin",
            balance=running + faded,
            balance_before=opening,
            stage=Stage(
                "solid",
                "Der Kontostand liegt bei 20 oder mehr, und Zusagen werden verlässlich gehalten."
                if german
                else "The balance is 20 or more, and promises are kept reliably.",
            ),
            buffer=5.7,
            sensitivity=Sensitivity(1.3, False, 4),
            reliability=Reliability(0.83, 0.71, 0.92, 41),
            last=wilson(34, 41),
            first=wilson(30, 41),
            target=0.9,
            span_from=start.date(),
            span_to=NOW.date(),
            opening=opening,
            rows=tuple(rows),
            faded=faded,
            line=tuple(line),
            levels=(("solid", 2000), ("strained", 0), ("lost", -2000)),
            fall=Fall(
                date(2026, 3, 2),
                3100,
                date(2026, 3, 6),
                1990,
                (
                    Drop(
                        date(2026, 3, 3),
                        *(
                            ("Therme zu spät", "die Therme kam zwei Tage zu spät")
                            if german
                            else ("boiler late", "the boiler came two days late")
                        ),
                        -400,
                    ),
                    Drop(
                        date(2026, 3, 5),
                        *(("zweimal nachgefragt", "zweimal nachgefragt") if german else ("asked twice", "asked twice")),
                        -400,
                    ),
                    Drop(
                        date(2026, 3, 6),
                        *(
                            ("Bescheid zu spät", "der Bescheid kam erst nach dem Termin")
                            if german
                            else ("notice late", "notice came after the date")
                        ),
                        -300,
                    ),
                ),
                -10,
            ),
            promises=tuple(row for row in self._all(reader) if row.customer == customer)[:4],
            questions=self.contacts(reader, ContactsAsked("open", customer=customer), 1).rows,
            incidents=self.incidents(reader, IncidentsAsked("unresolved", customer=customer), 1).rows,
            merged=("P. Meier", "Meier, Petra") if number == 0 else (),
            known=ACQUAINTED,
            retracted=1,
        )

    def _newcomer(self, customer: str, reader: Reader) -> Account:
        """A customer of three days: almost nothing is known yet."""
        return Account(
            customer=customer,
            name="Herr Petrov",
            since=None,
            owner=None,
            stand_in=None,
            balance=0,
            balance_before=None,
            stage=Stage("new", "Erst 0 Buchungen." if reader.lang == "de" else "Only 0 postings so far."),
            buffer=0.0,
            sensitivity=Sensitivity(1.0, False, 0),
            reliability=Reliability(None, 0.22, 0.98, 0),
            last=wilson(0, 0),
            first=wilson(0, 0),
            target=0.9,
            span_from=date(2026, 3, 9),
            span_to=NOW.date(),
            opening=0,
            rows=(),
            faded=0,
            line=(),
            levels=(("solid", 2000), ("strained", 0), ("lost", -2000)),
            fall=None,
            promises=(),
            questions=(),
            incidents=(),
            merged=(),
            known=JUST_MET,
            retracted=0,
        )

    # -- the past as a whole ----------------------------------------------------------------------

    def statement_pdf(self, reader: Reader, customer: str, span: Span) -> bytes:
        return b"%PDF-1.7"

    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
        if self.refusal or figure not in self._tested:
            return self.refusal
        return _tested(reader, figure, nothing=not self._customers)._replace(newer=self.newer)

    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
        tell(self._customers, self._customers)
        self._tested.add(figure)
        self.newer = False
        return _tested(reader, figure, nothing=not self._customers)

    def rulebook_texts(self, reader: Reader) -> Texts | Refusal:
        return self.refusal or self.document_texts(reader, "rulebook")

    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal:
        return checking.decoded(reader, content)

    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None:
        return self._what_if(reader, text) if text in self._reckoned else None

    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
        tell(self._customers, self._customers)
        self._reckoned.add(text)
        return self._what_if(reader, text)

    def _what_if(self, reader: Reader, text: str) -> WhatIf:
        german = reader.lang == "de"
        same = WhatIf(
            at=NOW - timedelta(minutes=3),
            newer=self.newer,
            headline="Nichts wäre anders." if german else "Nothing would be different.",
            sentences=(),
            accounts=self._customers,
            changed=0,
            differences=(),
            stages=(("solid", self._customers, self._customers),),
            listed=(),
            to_list=0,
        )
        if not self._customers or text == default_text().replace("kept = 4 ", "kept = 3 "):
            return same
        return same._replace(
            headline="150 Kontostände wären anders." if german else "150 balances would be different.",
            sentences=("In der Mitte −2 Punkte." if german else "In the middle −2 points.",),
            changed=150,
            differences=tuple(
                Difference(100 * start, 100 * start + 100, n)
                for start, n in zip(range(-6, 3), (4, 11, 25, 40, 38, 12, 10, 7, 3), strict=True)
            ),
            stages=(("solid", 120, 96), ("building", 60, 71), ("new", 40, 40), ("strained", 20, 33)),
            listed=tuple(
                ChangedAccount(f"K-{n}", _NAMES[n % len(_NAMES)], 2300 - 100 * n, 1700 - 90 * n, "solid", "building")
                for n in range(28)
            ),
            to_list=151,
            alerts=(
                "Letzter Aufruf: 41 unter beiden, 12 nur unter dem heutigen, 3 nur unter dem anderen."
                if german
                else "Last call: 41 under both, 12 only under today's, 3 only under the other.",
            ),
            other_alerts=tuple(
                OtherAlert(
                    NOW - timedelta(days=n),
                    "Letzter Aufruf" if german else "Last call",
                    f"K-{n}",
                    _NAMES[n % len(_NAMES)],
                    f"A-{n}",
                    "nur unter dem anderen" if german else "only under the other",
                )
                for n in range(15)
            ),
        )


def _tested(reader: Reader, figure: Figure, *, nothing: bool) -> FigureTest:
    german = reader.lang == "de"
    titles = ("Alle Zusagen", "Nur die erfüllten") if german else ("All promises", "Only those that were fulfilled")
    titles = titles if figure == "account" else titles[:1]
    began = "Geprüft ab 1. Juli." if german else "Tested from 1 July on."
    if nothing:
        words = "Noch keine Aussage: zu wenige Fälle." if german else "Nothing to say yet: too few cases."
        return FigureTest(NOW, False, None, tuple(TooFew(title, words) for title in titles))
    verdict = "Es weiß also mehr, als wer nur rät." if german else "So it knows more than that guess."
    rests = "Beruht auf 520 Fällen." if german else "Rests on 520 cases."
    classes = tuple(SaidAndCame(0.5 + n * 0.09, wilson(round((0.48 + n * 0.1) * 104), 104)) for n in range(5))
    guess = SaidAndCame(0.7, wilson(371, 520))
    return FigureTest(
        NOW, False, began, tuple(Judged(title, classes, guess, verdict, (verdict, rests)) for title in titles)
    )


_CHANCES = {12: 0.2, 13: 0.62, 16: 0.74, 17: 0.91, 18: 0.93, 19: 0.94, 20: 0.97}


def _advice_days(due: date, chance: float | None, proposed: int | None) -> tuple[AdviceDay, ...]:
    days = []
    for day, usual in _CHANCES.items():
        p = usual if proposed else chance
        low, high = (0.05, 0.97) if p is None else (max(0.02, p - 0.15), min(0.99, p + 0.05))
        on = date(2026, 3, day)
        days.append(AdviceDay(on, p, low, high, on == due, day == proposed))
    return tuple(days)


def _with_a_safe_date(german: bool, due: date) -> Advice:
    return Advice(
        headline="Bis morgen klappt es nach unserer Erfahrung in 6 von 10 Fällen. "
        "Mit Dienstag, 17. März wären es 9 von 10."
        if german
        else "By tomorrow it works out 6 in 10 times in our experience. With Tuesday 17 March it would be 9 in 10.",
        sure="Sicher liegt der Wert zwischen 47 und 67\u00a0%. Beruht auf 214 Zusagen."
        if german
        else "The value surely lies between 47 and 67%. Rests on 214 promises.",
        instead="",
        load="Lutz Brandt hat 11 offene Zusagen. So viele auf einmal gingen noch in keinem Monat gut."
        if german
        else "Lutz Brandt has 11 open promises. So many at once have never gone well in an earlier month.",
        overloaded=True,
        steps=("Im ganzen Betrieb werden zurzeit 84 von 100 Zusagen gehalten (aus 214 Zusagen).",)
        if german
        else ("In the whole firm 84 of 100 promises are kept at present (from 214 promises).",),
        no_mark="Der Berater hilft, gut zuzusagen. Er ist keine Note für irgendjemanden."
        if german
        else "The adviser helps to promise well. It is no mark for anybody.",
        wording="Das haben Sie bis Dienstag, 17. März." if german else "You will have it by Tuesday 17 March.",
        is_known=True,
        is_safe=False,
        days=_advice_days(due, None, 17),
        safe_from=0.9,
        rests_on=214,
    )


def _without_a_safe_date(german: bool, due: date) -> Advice:
    return _with_a_safe_date(german, due)._replace(
        headline="Bis morgen klappt es nach unserer Erfahrung in 8 von 10 Fällen."
        if german
        else "By tomorrow it works out 8 in 10 times in our experience.",
        instead="Kein Termin ist sicher. Sagen Sie es später zu; oder sagen Sie ehrlich ab."
        if german
        else "No date is safe. Promise it later; or say no honestly.",
        overloaded=False,
        wording="Bis Freitag, 13. März sage ich es Ihnen." if german else "By Friday 13 March I will tell you.",
        days=_advice_days(due, 0.86, None),
    )


def _of_too_little(german: bool, due: date) -> Advice:
    return _with_a_safe_date(german, due)._replace(
        headline="Noch keine Aussage: erst 3 Zusagen." if german else "Nothing to say yet: only 3 promises.",
        sure="Sicher liegt der Wert zwischen 5 und 97\u00a0%."
        if german
        else "The value surely lies between 5 and 97%.",
        load="Mehmet Kaya hat 2 offene Zusagen." if german else "Mehmet Kaya has 2 open promises.",
        overloaded=False,
        steps=(),
        wording=None,
        is_known=False,
        days=_advice_days(due, None, None),
        rests_on=3,
    )


_ADVICE = {"Lutz Brandt": _with_a_safe_date, "Sevda Aydin": _without_a_safe_date, "Mehmet Kaya": _of_too_little}

_POSTINGS = (
    (
        date(2025, 6, 3),
        "Angebot Gasheizung pünktlich geschickt",
        "Gas heating quotation sent on time",
        400,
        "Lutz Brandt",
        "Lutz Brandt",
    ),
    (
        date(2025, 9, 17),
        "Wartung am zugesagten Tag erfüllt",
        "Service done on the day promised",
        200,
        "Lutz Brandt",
        "Lutz Brandt",
    ),
    (date(2025, 12, 20), "Guten Rat gegeben", "Gave good advice", 200, "Telefon", "Phone"),
    (
        date(2026, 1, 10),
        "Frage erst nach drei Tagen beantwortet",
        "Question answered after three days",
        -200,
        "E-Mail",
        "E-mail",
    ),
    (
        date(2026, 1, 28),
        "Rückruf am zugesagten Tag",
        "Called back on the day promised",
        400,
        "Lutz Brandt",
        "Lutz Brandt",
    ),
    (
        date(2026, 2, 18),
        "Angebot Badsanierung am zugesagten Tag geschickt",
        "Bathroom quotation sent on the day promised",
        200,
        "Lutz Brandt · Zusage vom 11.02.",
        "Lutz Brandt · promised 11/02",
    ),
    (
        date(2026, 2, 25),
        "Frage zur Rechnung erst nach drei Tagen beantwortet",
        "Question about the invoice answered after three days",
        -100,
        "E-Mail vom 22.02.",
        "E-mail of 22/02",
    ),
    (
        date(2026, 3, 2),
        "Wartung am zugesagten Tag erfüllt",
        "Service done on the day promised",
        200,
        "Lutz Brandt · Zusage vom 16.02.",
        "Lutz Brandt · promised 16/02",
    ),
    (
        date(2026, 3, 3),
        "Therme zwei Tage zu spät geliefert",
        "Boiler delivered two days late",
        -400,
        "zugesagt bis 01.03. · Lieferant Thermotec",
        "promised by 01/03 · supplier Thermotec",
    ),
    (
        date(2026, 3, 5),
        "Frau Meier hat zweimal nach dem Liefertermin gefragt",
        "Ms Meier asked twice about the delivery",
        -400,
        "Telefon, 9:12 und 15:40 Uhr",
        "Phone, 9:12 am and 3:40 pm",
    ),
    (
        date(2026, 3, 6),
        "Bescheid kam erst nach dem Termin",
        "Notice came after the date",
        -310,
        "Rückruf war bis 05.03., 17 Uhr zugesagt",
        "call was promised by 05/03, 5 pm",
    ),
    (
        date(2026, 3, 9),
        "Grund erklärt und entschuldigt",
        "Reason given and apologised",
        100,
        "Wiedergutmachung, Schritte 1 und 2",
        "Recovery, steps 1 and 2",
    ),
    (
        date(2026, 3, 10),
        "E-Mail nach 40 Minuten beantwortet",
        "E-mail answered after 40 minutes",
        100,
        "Frage zur Förderung",
        "Question about funding",
    ),
    (
        date(2026, 3, 11),
        "Ersatzgerät geliehen, einen Tag früher als zugesagt",
        "Lent a spare, a day earlier than promised",
        300,
        "übertroffen",
        "exceeded",
    ),
    (
        date(2026, 3, 12),
        "Rückruf überfällig",
        "Call back overdue",
        -205,
        "zugesagt bis gestern 16 Uhr",
        "promised by yesterday 4 pm",
    ),
)


def main() -> None:
    """Serve the sample; the address with its token is printed."""
    from dashboard.serve import serve

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for the token")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--empty", action="store_true", help="a firm that has recorded nothing yet")
    asked = parser.parse_args()
    data.use(Sample(0 if asked.empty else 240))
    serve(asked.home, port=asked.port)


if __name__ == "__main__":
    main()
