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
    rights,
    rules,
    signing_in,
    suppliers,
    team,
    timeline,
    what_if,
)
from dashboard.answers.kept import Kept
from dashboard.shapes.account import Account, Span
from dashboard.shapes.adviser import AdviceAsked, AdvicePage
from dashboard.shapes.alerts import Noted
from dashboard.shapes.asking import Firm, Reader, Refusal, Tell
from dashboard.shapes.captured import Captured, Said, Understood
from dashboard.shapes.contacts import ContactFigures, ContactPage, ContactsAsked
from dashboard.shapes.customers import CustomerPage, CustomersAsked
from dashboard.shapes.deliveries import DeliveriesAsked, DeliveriesPage
from dashboard.shapes.incidents import IncidentFigures, IncidentPage, IncidentsAsked
from dashboard.shapes.meaning import Figure, FigureTest
from dashboard.shapes.morning import Morning
from dashboard.shapes.overview import Overview
from dashboard.shapes.promises import PromiseFilter, PromisePage
from dashboard.shapes.rules import Rules
from dashboard.shapes.signing_in import SignIn
from dashboard.shapes.suppliers import Suppliers
from dashboard.shapes.team import Team
from dashboard.shapes.timeline import TimelineAsked, TimelinePage
from dashboard.shapes.what_if import RulebookTexts, WhatIf
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

    def sign_in(self) -> SignIn | None:
        return signing_in.configured(self.konto)

    def now(self) -> datetime:
        return self.konto.clock()

    def _for(self, reader: Reader) -> Konto:
        """The home as this reader may see it, up to date."""
        self.konto.catch_up()
        return rights.seen_by(self.konto, reader)

    def firm(self, reader: Reader) -> Firm:
        return rights.firm(self._for(reader), reader)

    def overview(self, reader: Reader, weeks: int) -> Overview | None:
        return overview.overview(self._for(reader), reader, weeks)

    def promises(self, reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
        return lists.promises(self._for(reader), self.taught, reader, asked, page)

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
        return contacts.page(self._for(reader), asked, page)

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures | Refusal:
        return contacts.figures(self._for(reader), reader, asked)

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
        return incidents.page(self._for(reader), asked, page)

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures | Refusal:
        return incidents.figures(self._for(reader), reader, asked)

    def customers(self, reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
        return customers.page(self._for(reader), reader, asked, page)

    def names(self, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
        return adviser.names(self._for(reader), text)

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        return adviser.page(self._for(reader), self.taught, reader, asked)

    def suppliers(self, reader: Reader) -> Suppliers:
        return suppliers.every(self._for(reader), reader)

    def rules(self, reader: Reader) -> Rules:
        return rules.every(self._for(reader), reader)

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
        return timeline.page(self._for(reader), reader, customer, asked, page)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        return accounts.account(self._for(reader), self.taught, reader, customer, span)

    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
        return meaning.tested(self._for(reader), self.kept, reader, figure)

    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
        return meaning.test(self._for(reader), self.kept, reader, figure, tell)

    def rulebook_texts(self, reader: Reader) -> RulebookTexts | Refusal:
        return what_if.texts(self._for(reader), reader)

    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal:
        return rights.refusal(self._for(reader), "tests", reader) or what_if.decoded(reader, content)

    def rulebook_findings(self, reader: Reader, text: str) -> tuple[str, ...]:
        refused = rights.refusal(self._for(reader), "tests", reader)
        return refused.sentences if refused else what_if.findings(reader, text)

    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None:
        return what_if.reckoned(self._for(reader), self.kept, reader, text)

    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
        return what_if.reckon(self._for(reader), self.kept, reader, text, tell)

    def acknowledge(self, alert: str, by: str, key: str) -> Noted | None:
        return acknowledging.by_link(self.konto, alert, by, key)

    def morning(self, reader: Reader, owner: str | None) -> Morning:
        return morning.morning(self._for(reader), self.taught, self.lately, reader, owner)

    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        return acknowledging.take_note(self._for(reader), reader, alerts)

    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
        return acknowledging.put_off(self._for(reader), reader, alerts, until, reason)

    def understand(self, reader: Reader, said: Said) -> Understood:
        return capturing.understand(self._for(reader), reader, said)

    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
        return capturing.record(self._for(reader), reader, said, shown, offer)

    def team(self, reader: Reader) -> Team | Refusal:
        return team.team(self._for(reader), reader)

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
        return deliveries.page(self._for(reader), reader, asked, page)

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        return acknowledging.send_again(self._for(reader), reader, alerts)

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        return acknowledging.try_channel(self._for(reader), reader, channel)
