"""The invented firm's alerts: what waits for somebody in the morning, how the team stands, how messages fared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dashboard.answers.alerting import SAYS, STATES, THINGS
from dashboard.answers.capturing import shown
from dashboard.shapes.alerts import Delivery, Matter, Told
from dashboard.shapes.asking import PAGE_SIZE, Reader, Refusal
from dashboard.shapes.captured import Captured, Said, Understood
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.customers import Silence
from dashboard.shapes.deliveries import (
    DeliveriesAsked,
    DeliveriesPage,
    DeliveryFigures,
    DeliveryFilter,
    DeliveryRow,
    PausedChannel,
)
from dashboard.shapes.figures import Share
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.morning import Awaited, DayMark, Few, FollowUp, Morning, Quiet
from dashboard.shapes.per_person import OpeningRow, PerPerson, PersonFigures
from dashboard.shapes.promises import PromiseRow
from dashboard.shapes.team import Team, TeamGroup, TeamRow
from domain.alert import RULES
from intake.capture.reader import read
from intake.capture.understood import Unclear
from tests.intake import capture_firm
from wiring.told import captured as told
from words import translator

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)
PEOPLE = ("Lutz Brandt", "Mehmet Kaya", "Sevda Aydin")
FATES: tuple[Delivery, ...] = (
    "delivered", "waiting", "acknowledged", "undeliverable", "over", "failed", "snoozed", "not_needed", "too_old",
)  # fmt: skip
FILTERS: dict[DeliveryFilter, tuple[Delivery, ...]] = {
    "all": FATES,
    "unseen": ("waiting", "failed", "delivered", "undeliverable"),
    "waiting": ("waiting", "failed"),
    "delivered": ("delivered",),
    "acknowledged": ("acknowledged",),
    "snoozed": ("snoozed",),
    "undeliverable": ("undeliverable",),
    "over": ("over", "not_needed", "too_old"),
}
assert set(FATES) == set(STATES.values())
OPENING = OpeningRow(
    "in_force",
    "works_agreement",
    "Ausgleich, wenn zu viel auf einem liegt",
    date(2026, 2, 1),
    date(2026, 12, 31),
    "Lutz Brandt",
)
_REASONS = ("smtp_550", "http_503", "no_channel", "webhook_gone", "timeout")


class Firm(Protocol):
    """What the rest of the sample knows."""

    _customers: int

    def _all(self, reader: Reader) -> list[PromiseRow]: ...
    def _contacts(self, reader: Reader) -> list[ContactRow]: ...
    def _incidents(self, reader: Reader) -> list[IncidentRow]: ...


class Attention:
    """Answers the questions about alerts, and does what somebody does about them. Needs the rest of the sample."""

    _customers: int

    def __init__(self) -> None:
        super().__init__()
        self.noted: set[str] = set()
        self.captured: list[tuple[str, int | None]] = []
        self.put_off_until: dict[str, tuple[datetime, str | None]] = {}
        self.sent_again: list[str] = []
        self.tried: list[str] = []
        self.refusing: Refusal | None = None
        self.seen_per_person = 0

    # -- morning ----------------------------------------------------------------------------------

    def morning(self: Firm, reader: Reader, owner: str | None) -> Morning:
        promises = [row for row in self._all(reader) if owner in (None, row.owner)]
        last_call = [row for row in promises if row.state == "notice"]
        today = [
            row
            for row in promises
            if row.state not in ("overdue", "notice") and row.due and row.due.date() == NOW.date()
        ]
        overdue = [row for row in promises if row.state == "overdue"]
        risky = [row for row in promises if row.works_out is not None and row not in today]
        open_now = [row for row in self._contacts(reader) if row.state == "open" and owner in (None, row.owner)]
        questions = sorted(open_now, key=lambda row: row.target or NOW + timedelta(days=99))
        running = [row for row in self._incidents(reader) if row.state == "open" and not row.waits]
        incidents = [row for row in running if owner in (None, row.owner)]
        waiting = [row for row in promises if row.state == "waiting"]
        matters = self._matters(reader, owner)  # type: ignore[attr-defined]
        off = [row for row in matters if row.put_off_until]
        fresh = [row for row in matters if not row.put_off_until]
        return Morning(
            owner=owner,
            people=PEOPLE if self._customers else (),
            may_answer=True,
            may_record=True,
            begun=self._customers > 0,
            alerts=_few(fresh, 5),
            put_off=_few(off, 4),
            today=_few(today, 5),
            overdue=_few(overdue, 5),
            at_risk=_few(risky, 4),
            questions=_few(questions, 5),
            follow_ups=_few(_follow_ups(promises), 4),
            recoveries=_few(incidents, 5),
            waiting=_few([Awaited(row.customer, row.name, row.what, NOW - timedelta(days=4)) for row in waiting], 4),
            silent=_few(_silent(promises), 4),
            last_call=_few(last_call, 5),
            day=tuple(DayMark(row.due, "due", row.name) for row in today if row.due and not row.day_only),
        )

    def _matters(self, reader: Reader, owner: str | None) -> list[Matter]:
        """One of every rule, every mark among them."""
        found = []
        for place, rule in enumerate(RULES[: self._customers]):
            alert, to = f"alert-{place}", PEOPLE[place % 3]
            if alert in self.noted or owner not in (None, to):
                continue
            found.append(
                Matter(
                    alerts=(alert,),
                    told=_told(self, reader, place),  # type: ignore[arg-type]
                    also=("overdue",) if place == 1 else (),
                    since=NOW - timedelta(hours=5 + 9 * place),
                    by=NOW + timedelta(hours=8) if rule in ("last_call", "due_soon") else None,
                    to=(to,),
                    delivery="undeliverable" if place == 3 else "failed" if place == 6 else "delivered",
                    reason=_REASONS[0] if place == 3 else _REASONS[4] if place == 6 else None,
                    late=place == 2,
                    passed_on_from="Mehmet Kaya" if place == 4 else None,
                    passed_on_to="Sevda Aydin" if place == 0 else None,
                    put_off_until=self.put_off_until.get(alert, (None, None))[0],
                )
            )
        return found

    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        if self.refusing is None:
            self.noted |= set(alerts)
        return self.refusing

    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
        if self.refusing is None:
            self.put_off_until |= dict.fromkeys(alerts, (until, reason))
        return self.refusing

    # -- capture ----------------------------------------------------------------------------------

    def understand(self, reader: Reader, said: Said) -> Understood:
        """Really read, by a firm of the reader's own tests."""
        t = translator(reader.lang)
        try:
            understood = read(said.text, capture_firm.firm(), id=said.id)
        except Unclear as unclear:
            return Refusal((told.question(t, unclear)["text"],))
        return shown(t, understood)

    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
        if self.refusing is None:
            self.captured.append((said.text, offer))
        return self.refusing

    # -- team -------------------------------------------------------------------------------------

    def team(self, reader: Reader) -> Team | Refusal:
        if self.refusing is not None or not self._customers:
            return self.refusing or Team(())
        service = (
            TeamRow("Anton Ruf", 0, 0, 0, 0, 0, True, None),
            TeamRow("Mehmet Kaya", 6, 2, 12, 1, 1, True, "Sevda Aydin"),
            TeamRow("Sevda Aydin", 3, 1, 0, 4, 0, False, None),
        )
        rest = (TeamRow("Lutz Brandt", 11, 5, 3, 0, 2, False, None),)
        nobody = (TeamRow(None, 1, 0, 2, 3, 0, False, None),)
        return Team(
            (
                TeamGroup("Kundendienst", "Lutz Brandt", service),
                TeamGroup(None, None, rest),
                TeamGroup(None, None, nobody),
            ),
            opening=OPENING,
            may_look=True,
        )

    def figures_per_person(self, reader: Reader) -> PerPerson | Refusal:
        self.seen_per_person += 1
        rows = (
            PersonFigures("Anton Ruf", Share(21, 25, 0.65, 0.94), Share(18, 25, 0.52, 0.86)),
            PersonFigures("Sevda Aydin", Share(30, 40, 0.6, 0.86), Share(29, 40, 0.57, 0.84)),
        )
        return self.refusing or PerPerson(OPENING.first, rows, 2)

    # -- deliveries -------------------------------------------------------------------------------

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
        every = [self._delivery(reader, number) for number in range(min(self._customers, 130))]
        mine = [row for row in every if asked.rule in (None, row.told.rule) and asked.person in (None, row.to)]
        found = [row for row in mine if row.state in FILTERS[asked.state]]
        start = (page - 1) * PAGE_SIZE
        paused = (
            PausedChannel("email", NOW - timedelta(hours=3), "no_connection", NOW + timedelta(minutes=20)),
            PausedChannel("teams", NOW - timedelta(days=2), "http_410", None),
        )
        return DeliveriesPage(
            rows=tuple(found[start : start + PAGE_SIZE]),
            total=len(found),
            counts={name: sum(row.state in states for row in mine) for name, states in FILTERS.items()},
            rules=RULES,
            people=PEOPLE,
            figures=DeliveryFigures(NOW - timedelta(days=7), 61, 48, 3, NOW - timedelta(hours=2), 14),
            paused=tuple(each for each in paused if each.channel not in self.tried) if self._customers else (),
            may_send=True,
            may_answer=True,
        )

    def _delivery(self, reader: Reader, number: int) -> DeliveryRow:
        alert, fate = f"alert-{number}", FATES[number % len(FATES)]
        if alert in self.sent_again:
            fate = "waiting"
        if alert in self.noted:
            fate = "acknowledged"
        raised = NOW - timedelta(hours=2 + 3 * number)
        lost = fate in ("failed", "undeliverable")
        arrived = fate in ("delivered", "acknowledged", "over")
        return DeliveryRow(
            alert=alert,
            told=_told(self, reader, number % len(RULES)),  # type: ignore[arg-type]
            raised=raised,
            to=None if fate == "undeliverable" and number % 4 == 0 else PEOPLE[number % 3],
            channel="teams" if number % 4 == 2 else "email",
            state=fate,
            delivered=raised + timedelta(minutes=5) if arrived else None,
            reason=_REASONS[number % len(_REASONS)] if lost else None,
            attempts=number % 5 if lost else 0,
            late=number % 7 == 1,
            escalated=number % 9 == 4,
            passed_on_to="Sevda Aydin" if number % 10 == 3 else None,
            seen_by=("local", "Lutz Brandt")[number % 2] if fate == "acknowledged" else None,
            seen_at=raised + timedelta(minutes=50) if fate == "acknowledged" else None,
            put_off_until=NOW + timedelta(days=3) if fate == "snoozed" else None,
        )

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        if self.refusing is None:
            self.sent_again += alerts
        return self.refusing

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        if self.refusing is None:
            self.tried.append(channel)
        return self.refusing


def _few(rows: Sequence, most: int) -> Few:  # type: ignore[type-arg]
    return Few(tuple(rows[:most]), len(rows))


def _told(firm: Firm, reader: Reader, place: int) -> Told:
    """What an alert of the rule at this place says."""
    t, rule, rows = translator(reader.lang), RULES[place], firm._all(reader)
    text = t.gettext(SAYS[rule]).format(detail=t("Apology"))
    promise = rows[place % len(rows)]
    match rule:
        case "channel_paused":
            return Told(rule, text, "teams", "deliveries", None, None)
        case "overload":
            return Told(rule, text, "Lutz Brandt", "promises", None, None)
        case "supplier_card":
            return Told(rule, text, "Thermotec", "suppliers", None, None)
        case "reliability_drift":
            return Told(rule, text, "Kundendienst", "team", None, None)
        case "chased" | "unanswered":
            return Told(rule, text, t.gettext(THINGS["contact"]), "account", promise.customer, promise.name)
        case "trust_low" | "trust_falling" | "buffer_thin" | "silent_customer" | "feedback_silent" | "lapsed_cadence":
            return Told(rule, text, "", "account", promise.customer, promise.name)
    return Told(rule, text, promise.what, "account", promise.customer, promise.name)


def _follow_ups(promises: Sequence[PromiseRow]) -> list[FollowUp]:
    return [
        FollowUp(row.id, row.customer, row.name, row.what, NOW - timedelta(days=1, hours=3)) for row in promises[20:26]
    ]


def _silent(promises: Sequence[PromiseRow]) -> list[Quiet]:
    usual = (21, None, 60)
    names = dict.fromkeys((row.customer, row.name) for row in promises[:9])
    return [
        Quiet(customer, name, Silence(40 + 17 * number, number != 2, usual[number % 3]))
        for number, (customer, name) in enumerate(names)
    ]
