"""The home behind the pages: opened once, brought up to date at every question."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from dashboard.answers import (
    accounts,
    acknowledging,
    adviser,
    behind,
    by_customer,
    capturing,
    contacts,
    customers,
    deliveries,
    incidents,
    lists,
    meaning,
    morning,
    operations,
    overview,
    people,
    printed,
    promise,
    proposal,
    publishing,
    record,
    rights,
    rules,
    signing_in,
    suppliers,
    team,
    timeline,
    timeline_file,
    what_if,
)
from dashboard.answers import doing as doing_
from dashboard.answers.kept import Kept
from dashboard.shapes.account import Account, Span
from dashboard.shapes.adviser import AdviceAsked, AdvicePage
from dashboard.shapes.alerts import Noted
from dashboard.shapes.asking import Firm, Reader, Refusal, Tell
from dashboard.shapes.behind import CustomersBehind, CustomersBehindAsked
from dashboard.shapes.captured import Captured, Said, Understood
from dashboard.shapes.contacts import ContactFigures, ContactPage, ContactsAsked
from dashboard.shapes.customers import CustomerPage, CustomersAsked
from dashboard.shapes.deeds import Doing
from dashboard.shapes.deliveries import DeliveriesAsked, DeliveriesPage
from dashboard.shapes.incidents import IncidentFigures, IncidentPage, IncidentsAsked
from dashboard.shapes.meaning import Figure, FigureTest
from dashboard.shapes.morning import Morning
from dashboard.shapes.operations import Operations
from dashboard.shapes.overview import ByCustomer, Overview, OverviewAsked
from dashboard.shapes.people import PeopleAndHours
from dashboard.shapes.promise import OnePromise
from dashboard.shapes.promises import PromiseFilter, PromisePage
from dashboard.shapes.publishing import Kind, Proposal, Published, Ready, Texts
from dashboard.shapes.record import RecordAsked, RecordPage
from dashboard.shapes.rules import Rules
from dashboard.shapes.signing_in import SignIn
from dashboard.shapes.suppliers import Suppliers
from dashboard.shapes.team import Team
from dashboard.shapes.timeline import FileForm, TimelineAsked, TimelineFile, TimelinePage
from dashboard.shapes.what_if import WhatIf
from wiring.home import Konto, open_home


class Home:
    """Answers every page's questions; see `dashboard.data.Source`."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self.taught = konto.taught
        self.kept = Kept()
        self.lately = Kept()
        self.overviews = Kept()
        self.by_customers = Kept()

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

    def overview(self, reader: Reader, asked: OverviewAsked) -> Overview | None:
        return overview.overview(self._for(reader), self.overviews, reader, asked)

    def by_customer(self, reader: Reader, asked: OverviewAsked) -> ByCustomer:
        return by_customer.by_customer(self._for(reader), self.by_customers, reader, asked)

    def record_of_promises(self, reader: Reader, asked: RecordAsked, page: int = 1) -> RecordPage:
        return record.page(self._for(reader), reader, asked, page)

    def customers_behind(self, reader: Reader, asked: CustomersBehindAsked, page: int = 1) -> CustomersBehind:
        return behind.customers(self._for(reader), reader, asked, page)

    def promises(self, reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
        return lists.promises(self._for(reader), self.taught, reader, asked, page)

    def promise(self, reader: Reader, name: str) -> OnePromise | None:
        return promise.page(self._for(reader), self.taught, reader, name)

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
        return contacts.page(self._for(reader), reader, asked, page)

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures | Refusal:
        return contacts.figures(self._for(reader), reader, asked)

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
        return incidents.page(self._for(reader), reader, asked, page)

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures | Refusal:
        return incidents.figures(self._for(reader), reader, asked)

    def customers(self, reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
        return customers.page(self._for(reader), reader, asked, page)

    def names(self, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
        return adviser.names(self._for(reader), reader, text)

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        return adviser.page(self._for(reader), self.taught, reader, asked)

    def suppliers(self, reader: Reader) -> Suppliers:
        return suppliers.every(self._for(reader), reader)

    def rules(self, reader: Reader) -> Rules:
        return rules.every(self._for(reader), reader)

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
        return timeline.page(self._for(reader), reader, customer, asked, page)

    def timeline_file(self, reader: Reader, customer: str, asked: TimelineAsked, form: FileForm) -> TimelineFile | None:
        return timeline_file.made(self._for(reader), reader, customer, asked, form)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        return accounts.account(self._for(reader), self.taught, reader, customer, span)

    def statement_pdf(self, reader: Reader, customer: str, span: Span) -> bytes:
        return printed.statement_pdf(self._for(reader), reader, customer, span)

    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
        return meaning.tested(self._for(reader), self.kept, reader, figure)

    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
        return meaning.test(self._for(reader), self.kept, reader, figure, tell)

    def rulebook_texts(self, reader: Reader) -> Texts | Refusal:
        return what_if.texts(self._for(reader), reader)

    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal:
        return rights.refusal(self._for(reader), "tests", reader) or what_if.decoded(reader, content)

    def document_texts(self, reader: Reader, kind: Kind) -> Texts | Refusal:
        return publishing.texts(self._for(reader), reader, kind)

    def document_findings(self, reader: Reader, kind: Kind, text: str) -> tuple[str, ...]:
        refused = rights.refusal(self._for(reader), "documents", reader)
        return refused.sentences if refused else publishing.findings(reader, kind, text)

    def ready_to_publish(self, reader: Reader, kind: Kind, text: str) -> Ready | Refusal:
        return publishing.ready(self._for(reader), reader, kind, text)

    def publish(self, reader: Reader, kind: Kind, text: str, day: date | None) -> Published | Refusal:
        return publishing.publish(self._for(reader), reader, kind, text, day)

    def proposed(self, reader: Reader) -> Proposal | Refusal | None:
        return proposal.proposed(self._for(reader), self.kept, reader)

    def propose(self, reader: Reader, tell: Tell) -> Proposal | Refusal:
        return proposal.propose(self._for(reader), self.kept, reader, tell)

    def people(self, reader: Reader) -> PeopleAndHours | Refusal:
        return people.everybody(self._for(reader), reader)

    def operations(self, reader: Reader) -> Operations | Refusal:
        # Not brought up to date first: then nobody would see that it was behind.
        return operations.how_it_runs(rights.seen_by(self.konto, reader), reader)

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

    def do(self, reader: Reader, doing: Doing) -> Refusal | None:
        return doing_.do(self._for(reader), reader, doing)

    def undo(self, reader: Reader, id: str) -> Refusal | None:
        return doing_.undo(self._for(reader), reader, id)

    def team(self, reader: Reader) -> Team | Refusal:
        return team.team(self._for(reader), reader)

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
        return deliveries.page(self._for(reader), reader, asked, page)

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        return acknowledging.send_again(self._for(reader), reader, alerts)

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        return acknowledging.try_channel(self._for(reader), reader, channel)
