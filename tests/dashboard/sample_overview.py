"""The invented firm's figures: how it did in a period, and the lists behind that."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import get_args

from dashboard.shapes.alerts import AlertRow
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.behind import Behind, CustomerBehind, CustomersBehind, CustomersBehindAsked, Parts
from dashboard.shapes.contacts import ChannelAnswers
from dashboard.shapes.figures import Share, Spread
from dashboard.shapes.overview import (
    AlertWeek,
    ByCustomer,
    Change,
    Course,
    Measured,
    Overview,
    OverviewAsked,
    PointWeek,
    PromiseWeek,
    Service,
    Step,
    Totals,
)
from dashboard.shapes.promises import PromiseRow
from dashboard.shapes.record import Outcome, OutcomeFilter, RecordAsked, RecordPage, RecordRow
from projections.kpis import DEFINITIONS
from tests.dashboard.sample_attention import NOW, PEOPLE
from words import translator

HOUR = 3600.0
TEAMS = ("Bad und Heizung", "Kundendienst")
KINDS = ("appointment", "callback", "delivery", "price")
FEW = 3
"""Of a tiny firm: too few cases to say anything."""

_SHARES = {
    "timely_notice_rate": (41, 63, 0.71),
    "over_fulfilment_rate": (17, 196, 0.06),
    "broken_rate": (4, 214, 0.03),
    "withdrawn_rate": (5, 214, 0.02),
    "partial_rate": (7, 214, 0.04),
    "answered_in_time": (1104, 1268, 0.83),
    "chase_rate": (71, 1402, 0.07),
    "follow_up_rate": (38, 46, 0.9),
    "needs_first_rate": (12, 17, None),
    "recovery_discipline": (5, 9, 0.4),
    "referral_rate": (9, 163, 0.04),
    "detractor_rate": (6, 163, 0.02),
    "feedback_silence": (71, 163, 0.44),
    "silence": (12, 163, 0.05),
    "recovery_success": (0, 0, None),
}
_SPREADS = {
    "lateness_hours": ("clock", 31 * HOUR, 77 * HOUR, 21, 22 * HOUR),
    "estimate_accuracy": ("ratio", 1.02, 1.14, 24, 1.0),
    "first_answer_hours": ("business", 3 * HOUR + 40 * 60, 9 * HOUR, 1268, 4 * HOUR),
    "resolution_hours": ("business", 19 * HOUR, 44 * HOUR, 6, 27 * HOUR),
}


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


def parts_of(behind: Behind | None, n: int) -> Parts:
    return {"all": n, "counted": n // 3, "rest": n - n // 3} if behind else {}


class Figures:
    """Answers the questions about the firm as a whole. Needs the rest of the sample."""

    _customers: int
    _all: Callable[[Reader], list[PromiseRow]]
    _alerts: Callable[[Reader], tuple[AlertRow, ...]]

    def overview(self, reader: Reader, asked: OverviewAsked) -> Overview | None:
        if not self._customers:
            return None
        tiny = self._customers <= FEW
        dice = random.Random(11)
        since, until = asked.period
        first = since - timedelta(days=since.weekday())
        weeks = (until - first).days // 7 + 1
        promises, points, warnings = [], [], []
        for back in range(weeks - 1, -1, -1):
            week = first + timedelta(weeks=weeks - 1 - back)
            n = 3 if tiny else 52 + back % 5 * 4
            last, early = _wave(back), _wave(back) - 0.08 - 0.02 * math.sin(back / 2)
            promises.append(PromiseWeek(week, wilson(round(n * last), n), wilson(round(n * early), n)))
            quiet = 0.3 if week.month == 12 and week.day > 20 else 1.0
            inn = int(dice.uniform(3600, 5200) * quiet)
            out = -int(dice.uniform(1000, 2200) * quiet * (2.2 if 1 < back < 6 else 1))
            over = week + timedelta(days=7) <= NOW.date()
            points.append(PointWeek(week, inn if over else inn * 2 // 3, out if over else out * 2 // 3, over))
            overdue = round((1 - last) * 40 + dice.uniform(0, 2))
            warnings.append(AlertWeek(week, 7 if not over else overdue, dice.randint(9, 24), over))
        overdue_rows = [row for row in self._all(reader) if row.state == "overdue"]
        now = Totals(
            sum(week.deposits for week in points),
            sum(week.withdrawals for week in points),
            61 * weeks - 4,
            163,
            len(overdue_rows),
            sum(week.alerts for week in warnings),
        )
        before = now._replace(deposits=int(now.deposits * 1.05), withdrawals=int(now.withdrawals * 0.72), overdue=4)
        known = asked.against is not None and asked.against.since >= date(2025, 9, 1)
        return Overview(
            at=NOW,
            renewing=False,
            period=asked.period,
            against=asked.against if known else None,
            figures=self._measured(reader, weeks, tiny=tiny, compared=known),
            now=now,
            before=before if known else None,
            promises=tuple(promises),
            points=tuple(points),
            warnings=tuple(warnings),
            channels=(
                ChannelAnswers("email", Spread(10_140.0, 35_556.0, 93), 28_800),
                ChannelAnswers("chat", Spread(4_440.0, 12_792.0, 31), 14_400),
            ),
            changes=_changes(reader, asked),
            target=0.9,
            overdue=tuple(overdue_rows[:5]),
            alerts=self._alerts(reader),
            teams=TEAMS,
            kinds=KINDS,
        )

    def _measured(self, reader: Reader, weeks: int, *, tiny: bool, compared: bool) -> dict[str, Measured]:
        found = {
            "on_time_rate": _share(reader, "on_time_rate", round(16.46 * weeks * 0.872), round(16.46 * weeks), 0.91),
            "strict_on_time_rate": _share(
                reader, "strict_on_time_rate", round(16.46 * weeks * 0.791), round(16.46 * weeks), 0.85
            ),
            "incident_rate": _told(reader, "incident_rate", "per_hundred", 4.2, 214, 3.1)._replace(counted=9),
        }
        found |= {name: _share(reader, name, *counts) for name, counts in _SHARES.items()}
        for name, (unit, median, most, n, before) in _SPREADS.items():
            found[name] = _told(reader, name, unit, median, n, before)._replace(most=most)
        if tiny:
            found = {name: each._replace(n=min(each.n, FEW)) for name, each in found.items()}
        if not compared:
            found = {name: each._replace(before=None) for name, each in found.items()}
        return found

    def by_customer(self, reader: Reader, asked: OverviewAsked) -> ByCustomer:
        tiny = self._customers <= FEW
        dice = random.Random(7)
        waits = tuple(sorted(dice.lognormvariate(9, 0.8) for _ in range(FEW if tiny else 140)))
        rates = tuple(sorted(min(1.0, dice.triangular(0.4, 1.15, 1.0)) for _ in range(FEW if tiny else 163)))
        figures = self._measured(reader, 13, tiny=tiny, compared=asked.against is not None)
        figures["continuity"] = _told(reader, "continuity", "share", 0.74, FEW if tiny else 163, 0.78)
        return ByCustomer(
            at=NOW,
            figures=figures,
            course=Course(
                opening=812_400,
                deposits=(Step("kept", 41_200), Step("answers", 9_700), Step("care", 4_100), Step("voices", 900)),
                withdrawals=(Step("late", -17_800), Step("incidents", -6_100), Step("answers", -3_900)),
                faded=-38_200,
                closing=802_300,
                postings=789,
            ),
            service=Service(waits, rates, 0.42, 0.11, 0.38, 0.12),
        )

    # -- the lists behind -------------------------------------------------------------------------

    def record_of_promises(self, reader: Reader, asked: RecordAsked, page: int = 1) -> RecordPage:
        every = [_record(number, row) for number, row in enumerate(self._all(reader))]
        fits = [
            row
            for row in every
            if asked.owner in (None, row.owner)
            and asked.kind in (None, row.kind)
            and asked.team in (None, row.team)
            and (asked.period is None or (row.due and asked.period.since <= row.due.date() <= asked.period.until))
        ]
        counted = [row for row in fits if row.outcome == "kept"]
        rest = [row for row in fits if row.outcome != "kept"]
        parts: Parts = {"all": len(fits), "counted": len(counted), "rest": len(rest)} if asked.behind else {}
        if asked.behind:
            fits = {"all": fits, "counted": counted, "rest": rest}[asked.behind.part]
        by_outcome: dict[OutcomeFilter, int] = {
            outcome: sum(row.outcome == outcome for row in fits) for outcome in get_args(Outcome)
        }
        counts: dict[OutcomeFilter, int] = {**by_outcome, "all": len(fits)}
        if asked.outcome != "all":
            fits = [row for row in fits if row.outcome == asked.outcome]
        return RecordPage(
            rows=tuple(fits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
            total=len(fits),
            counts=counts,
            parts=parts,
            owners=PEOPLE,
            kinds=KINDS,
            customer="Petra Meier" if asked.customer else None,
        )

    def customers_behind(self, reader: Reader, asked: CustomersBehindAsked, page: int = 1) -> CustomersBehind:
        names = ("Bäckerei Lenz", "Familie Wolf", "Herr Aydin", "*Stern* [Optik] $5 :red[x]")
        rows = [CustomerBehind(f"K-{n}", name, n < 2) for n, name in enumerate(names)]
        if asked.behind.name == "equal_service":
            rows = [row._replace(counted=True, wait_seconds=(9 - n) * HOUR, on_time=0.8) for n, row in enumerate(rows)]
        part = asked.behind.part
        shown = [row for row in rows if part in ("all", "counted" if row.counted else "rest")]
        counts: Parts = {
            "all": len(rows),
            "counted": sum(row.counted for row in rows),
            "rest": sum(not row.counted for row in rows),
        }
        return CustomersBehind(tuple(shown), counts)


def _told(reader: Reader, name: str, unit: str, value: float, n: int, before: float | None) -> Measured:
    definition = DEFINITIONS[name]
    sentence = translator(reader.lang).gettext(definition.sentence)
    return Measured(name, sentence, definition.of, unit, value, n, before=before)  # type: ignore[arg-type]


def _share(reader: Reader, name: str, numerator: int, denominator: int, before: float | None) -> Measured:
    share = wilson(numerator, denominator)
    found = _told(reader, name, "share", 0.0, denominator, before)
    return found._replace(value=share.value, counted=numerator, low=share.low, high=share.high)


def _changes(reader: Reader, asked: OverviewAsked) -> Sequence[Change]:
    t = translator(reader.lang)
    found = (
        Change(date(2026, 2, 2), t("other rules"), (t("{n} changes").format(n=3),)),
        Change(date(2026, 2, 23), t("other people"), (t("{name} has joined us").format(name="Mehmet Kaya"),)),
    )
    return tuple(each for each in found if asked.period.since <= each.on <= asked.period.until)


_OUTCOMES: Sequence[Outcome] = ("kept", "kept", "kept_late", "partial", "broken", "withdrawn", "overdue", "open")


def _record(number: int, row: PromiseRow) -> RecordRow:
    outcome = _OUTCOMES[number % len(_OUTCOMES)]
    settled = None if outcome in ("overdue", "open") or row.due is None else row.due - timedelta(hours=number % 30)
    return RecordRow(
        id=row.id,
        promise=f"crm:{row.id}",
        customer=row.customer,
        name=row.name,
        what=row.what,
        kind=row.kind,
        owner=row.owner,
        team=TEAMS[number % 2],
        supplier="Thermotec" if number % 5 == 0 else None,
        outcome=outcome,
        due=row.due,
        settled=settled,
        moved=row.moved,
        degree=1.2 if number % 9 == 0 else 1.0,
    )
