"""An invented heating firm for the pages' tests and for looking at them: `python -m tests.dashboard.sample`.

Everything is made from a fixed moment and a fixed seed, so two runs show the same.
"""

from __future__ import annotations

import argparse
import math
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard import data
from dashboard.data import (
    Account,
    AlertRow,
    AlertWeek,
    BalancePoint,
    Drop,
    Fall,
    Firm,
    Hit,
    Overview,
    PointWeek,
    PromiseFilter,
    PromisePage,
    PromiseRow,
    PromiseWeek,
    Reader,
    Reliability,
    Sensitivity,
    Share,
    Span,
    Stage,
    StatementRow,
    Totals,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)
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
_KINDS = ("price", "appointment", "other", "appointment", "delivery", "callback", "appointment", "other")
_OWNERS = ("Lutz Brandt", "Sevda Aydin", "Mehmet Kaya", None)


def wilson(numerator: int, denominator: int) -> Share:
    if not denominator:
        return Share(0, 0, 0.0, 1.0)
    z, share = 1.96, numerator / denominator
    spread = 1 + z * z / denominator
    middle = (share + z * z / (2 * denominator)) / spread
    half = z * math.sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2)) / spread
    return Share(numerator, denominator, max(0.0, middle - half), min(1.0, middle + half))


def _wave(week: int) -> float:
    """Better, worse from January on, better again: what the pictures tell."""
    return 0.93 - 0.11 * math.exp(-(((week - 3) / 5) ** 2))


class Sample:
    """Answers the pages' questions; `customers` 0 is a firm that has recorded nothing yet."""

    def __init__(self, customers: int = 240) -> None:
        self._customers = customers

    def now(self) -> datetime:
        return NOW

    def firm(self, reader: Reader) -> Firm:
        return Firm("Kessler Haustechnik", "Lutz Brandt")

    # -- overview ---------------------------------------------------------------------------------

    def overview(self, reader: Reader, weeks: int) -> Overview | None:
        if not self._customers:
            return None
        dice = random.Random(11)
        promises, points, warnings = [], [], []
        for back in range(weeks - 1, -1, -1):
            week = MONDAY - timedelta(weeks=back)
            n = 52 + back % 5 * 4
            last, first = _wave(back), _wave(back) - 0.08 - 0.02 * math.sin(back / 2)
            promises.append(PromiseWeek(week, wilson(round(n * last), n), wilson(round(n * first), n)))
            quiet = 0.3 if week.month == 12 and week.day > 20 else 1.0
            inn = int(dice.uniform(3600, 5200) * quiet)
            out = -int(dice.uniform(1000, 2200) * quiet * (2.2 if 1 < back < 6 else 1))
            over = back > 0
            points.append(PointWeek(week, inn if over else inn * 2 // 3, out if over else out * 2 // 3, over))
            overdue = round((1 - last) * 40 + dice.uniform(0, 2))
            warnings.append(AlertWeek(week, 7 if not over else overdue, dice.randint(9, 24), over))
        rows = self._all(reader)
        overdue = [row for row in rows if row.state == "overdue"]
        now = Totals(
            wilson(round(16.46 * weeks * 0.872), round(16.46 * weeks)),
            wilson(round(16.46 * weeks * 0.791), round(16.46 * weeks)),
            sum(week.deposits for week in points),
            sum(week.withdrawals for week in points),
            61 * weeks - 4,
            len(overdue),
            sum(week.alerts for week in warnings),
        )
        before = now._replace(
            last=wilson(round(15 * weeks * 0.91), 15 * weeks),
            first=wilson(round(15 * weeks * 0.85), 15 * weeks),
            deposits=int(now.deposits * 1.05),
            withdrawals=int(now.withdrawals * 0.72),
            overdue=4,
            alerts=now.alerts - 31,
        )
        return Overview(
            since=MONDAY - timedelta(weeks=weeks - 1),
            until=NOW.date(),
            now=now,
            before=before if weeks < 52 else None,
            promises=tuple(promises),
            points=tuple(points),
            warnings=tuple(warnings),
            customers=163,
            target=0.9,
            overdue=tuple(overdue[:5]),
            alerts=self._alerts(reader),
        )

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
            state: data.State = "open"
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
                )
            )
        return sorted(rows, key=lambda row: (row.due is None, row.due))

    def promises(self, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage:
        everything = self._all(reader)
        mine = [row for row in everything if asked.owner in (None, row.owner) and asked.kind in (None, row.kind)]
        counts: dict[data.StateFilter, int] = {
            "all": len(mine),
            "soon": sum(row.state == "soon" for row in mine),
            "notice": sum(row.state == "notice" for row in mine),
            "overdue": sum(row.state == "overdue" for row in mine),
            "waiting": sum(row.state == "waiting" for row in mine),
        }
        found = [row for row in mine if asked.state in ("all", row.state)]
        start = (page - 1) * data.PAGE_SIZE
        return PromisePage(
            rows=tuple(found[start : start + data.PAGE_SIZE]),
            total=len(found),
            counts=counts,
            owners=tuple(owner for owner in _OWNERS if owner),
            kinds=("appointment", "callback", "delivery", "other", "price"),
        )

    # -- account ----------------------------------------------------------------------------------

    def customers(self, reader: Reader, text: str) -> tuple[Hit, ...]:
        stages = ("solid", "strained", "building", "new", "recovering", "lost")
        hits = [
            Hit(f"K-{number}", name, 2340 - number * 310, stages[number % 6])
            for number, name in enumerate(_NAMES)
            if self._customers and text.casefold() in name.casefold()
        ]
        return tuple(sorted(hits, key=lambda hit: hit.balance))

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
            struck = de.startswith("Rückruf doppelt")
            if not struck:
                running += points
            text, detail = (de, detail_de) if german else (en, detail_en)
            rows.append(StatementRow(at, text, detail, points, running, day == NOW.date(), struck))
            if not struck:
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
            retracted=0,
        )


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
        date(2026, 3, 4),
        "Rückruf doppelt eingetragen",
        "Call entered twice",
        -200,
        "Fehleingabe, zurückgezogen",
        "recorded by mistake, retracted",
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
