"""The home behind the pages: opened once, brought up to date at every question."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dashboard.answers import (
    accounts,
    acknowledging,
    adviser,
    capturing,
    contacts,
    customers,
    deliveries,
    incidents,
    lists,
    meaning,
    morning,
    overview,
    rules,
    suppliers,
    team,
    timeline,
    what_if,
)
from dashboard.answers.kept import Kept
from dashboard.attention import DeliveriesAsked, DeliveriesPage, Morning, Team
from dashboard.captured import Captured, Said, Understood
from dashboard.shapes import (
    Account,
    AdviceAsked,
    AdvicePage,
    ContactFigures,
    ContactPage,
    ContactsAsked,
    CustomerPage,
    CustomersAsked,
    Figure,
    FigureTest,
    Firm,
    IncidentFigures,
    IncidentPage,
    IncidentsAsked,
    Noted,
    Overview,
    PromiseFilter,
    PromisePage,
    Reader,
    Refusal,
    RulebookTexts,
    Rules,
    Span,
    Suppliers,
    Tell,
    TimelineAsked,
    TimelinePage,
    WhatIf,
)
from wiring.home import Konto, open_home


class Home:
    """Answers every page's questions; see `dashboard.data.Source`."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self.taught = konto.taught
        self.kept = Kept()
        self.lately = Kept()

    @classmethod
    def opened(cls, path: Path) -> Home:
        return cls(open_home(path, environment=os.environ))

    def now(self) -> datetime:
        return self.konto.clock()

    def firm(self, reader: Reader) -> Firm:
        return Firm(self.konto.settings.firm, None)

    def overview(self, reader: Reader, weeks: int) -> Overview | None:
        self.konto.catch_up()
        return overview.overview(self.konto, reader, weeks)

    def promises(self, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage:
        self.konto.catch_up()
        return lists.promises(self.konto, self.taught, reader, asked, page)

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int) -> ContactPage:
        self.konto.catch_up()
        return contacts.page(self.konto, asked, page)

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures:
        self.konto.catch_up()
        return contacts.figures(self.konto, reader, asked)

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int) -> IncidentPage:
        self.konto.catch_up()
        return incidents.page(self.konto, asked, page)

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures:
        self.konto.catch_up()
        return incidents.figures(self.konto, reader, asked)

    def customers(self, reader: Reader, asked: CustomersAsked, page: int) -> CustomerPage:
        self.konto.catch_up()
        return customers.page(self.konto, reader, asked, page)

    def names(self, text: str) -> tuple[tuple[str, str], ...]:
        self.konto.catch_up()
        return adviser.names(self.konto, text)

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        self.konto.catch_up()
        return adviser.page(self.konto, self.taught, reader, asked)

    def suppliers(self, reader: Reader) -> Suppliers:
        self.konto.catch_up()
        return suppliers.every(self.konto, reader)

    def rules(self, reader: Reader) -> Rules:
        self.konto.catch_up()
        return rules.every(self.konto, reader)

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int) -> TimelinePage | None:
        self.konto.catch_up()
        return timeline.page(self.konto, reader, customer, asked, page)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        self.konto.catch_up()
        return accounts.account(self.konto, self.taught, reader, customer, span)

    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
        return meaning.tested(self.konto, self.kept, reader, figure)

    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
        self.konto.catch_up()
        return meaning.test(self.konto, self.kept, reader, figure, tell)

    def rulebook_texts(self, reader: Reader) -> RulebookTexts | Refusal:
        return what_if.texts(self.konto, reader)

    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal:
        return what_if.decoded(reader, content)

    def rulebook_findings(self, reader: Reader, text: str) -> tuple[str, ...]:
        return what_if.findings(reader, text)

    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None:
        return what_if.reckoned(self.konto, self.kept, reader, text)

    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
        self.konto.catch_up()
        return what_if.reckon(self.konto, self.kept, reader, text, tell)

    def acknowledge(self, alert: str, by: str, key: str) -> Noted | None:
        return acknowledging.by_link(self.konto, alert, by, key)

    def morning(self, reader: Reader, owner: str | None) -> Morning:
        self.konto.catch_up()
        return morning.morning(self.konto, self.taught, self.lately, reader, owner)

    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        self.konto.catch_up()
        return acknowledging.take_note(self.konto, reader, alerts)

    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
        self.konto.catch_up()
        return acknowledging.put_off(self.konto, reader, alerts, until, reason)

    def understand(self, reader: Reader, said: Said) -> Understood:
        self.konto.catch_up()
        return capturing.understand(self.konto, reader, said)

    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
        self.konto.catch_up()
        return capturing.record(self.konto, reader, said, shown, offer)

    def team(self, reader: Reader) -> Team | Refusal:
        self.konto.catch_up()
        return team.team(self.konto, reader)

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int) -> DeliveriesPage | Refusal:
        self.konto.catch_up()
        return deliveries.page(self.konto, reader, asked, page)

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        self.konto.catch_up()
        return acknowledging.send_again(self.konto, reader, alerts)

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        self.konto.catch_up()
        return acknowledging.try_channel(self.konto, reader, channel)
