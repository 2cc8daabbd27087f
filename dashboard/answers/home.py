"""The home behind the pages: opened once, brought up to date at every question."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
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
    looks,
    meaning,
    morning,
    operations,
    overview,
    people,
    per_person,
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
from dashboard.answers.looking import seen, shown
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
from dashboard.shapes.looks import Looks, LooksAsked
from dashboard.shapes.meaning import Figure, FigureTest
from dashboard.shapes.morning import Morning
from dashboard.shapes.operations import Operations
from dashboard.shapes.overview import ByCustomer, Overview, OverviewAsked
from dashboard.shapes.people import PeopleAndHours
from dashboard.shapes.per_person import OpeningAsked, PerPerson
from dashboard.shapes.promise import OnePromise
from dashboard.shapes.promises import PromiseFilter, PromisePage
from dashboard.shapes.publishing import Kind, Proposal, Published, Ready, Texts
from dashboard.shapes.record import RecordAsked, RecordPage
from dashboard.shapes.rules import Rules
from dashboard.shapes.signing_in import SignedIn, SignIn, SigningIn
from dashboard.shapes.suppliers import Suppliers
from dashboard.shapes.team import Team
from dashboard.shapes.timeline import FileForm, TimelineAsked, TimelineFile, TimelinePage
from dashboard.shapes.what_if import WhatIf
from domain.roles import NOBODY, What
from projections.customers import UnknownCustomer
from wiring import standing_still
from wiring.home import Konto, open_home
from wiring.looking import not_theirs


class Home:
    """Answers every page's questions; see `dashboard.data.Source`."""

    def __init__(self, konto: Konto) -> None:
        self.konto = replace(konto, door="dashboard")
        self.taught = konto.taught
        self._over: set[SignedIn] = set()
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
        found = rights.firm(self._for(reader), reader)
        if found.presence == "signed_out" and reader.who is not None and reader.who not in self._over:
            self._over.add(reader.who)
            self._whose(reader.who).note("session_ended")
        return found

    def note_signing_in(self, what: SigningIn, who: SignedIn | None, where: str) -> None:
        """Nobody's address stands in the journal: whoever is none of the people is nobody known."""
        konto = self._whose(who)
        if what == "signed_in" and not konto.asker.roles:
            what, where = "sign_in_refused", "stranger"
        elif what == "sign_in_refused":
            konto = replace(konto, asker=NOBODY)
        elif konto.settings.login.roles_claim is not None:
            where = f"roles={','.join(sorted(konto.asker.roles))}"
        konto.note(what, beside=where)

    def _whose(self, who: SignedIn | None) -> Konto:
        """The home of somebody whose sign-in may be over; None: of whoever works on this machine."""
        if who is None:
            return self.konto
        people = self.konto.steering.people.at(self.konto.clock())
        return replace(self.konto, asker=rights.asker_of(who, people, self.konto.settings.login))

    def was_refused(self, reader: Reader, what: What) -> None:
        rights.seen_by(self.konto, reader).note("refused", beside=what)

    def overview(self, reader: Reader, asked: OverviewAsked) -> Overview | None:
        konto = self._for(reader)
        found = overview.overview(konto, self.overviews, reader, asked)
        return seen(konto, found, "overview", asked)

    def by_customer(self, reader: Reader, asked: OverviewAsked) -> ByCustomer:
        konto = self._for(reader)
        return seen(konto, by_customer.by_customer(konto, self.by_customers, reader, asked), "by customer", asked)

    def record_of_promises(self, reader: Reader, asked: RecordAsked, page: int = 1) -> RecordPage:
        konto = self._for(reader)
        return seen(konto, record.page(konto, reader, asked, page), "record", asked, page)

    def customers_behind(self, reader: Reader, asked: CustomersBehindAsked, page: int = 1) -> CustomersBehind:
        konto = self._for(reader)
        return seen(konto, behind.customers(konto, reader, asked, page), "customers behind", asked, page)

    def promises(self, reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
        konto = self._for(reader)
        return seen(konto, lists.promises(konto, self.taught, reader, asked, page), "promises", asked, page)

    def promise(self, reader: Reader, name: str) -> OnePromise | None:
        konto = self._for(reader)
        found = promise.page(konto, self.taught, reader, name)
        customer = promise.customer_of(konto, name) if found is None else found.row.customer
        return found if customer is None else shown(konto, found, "promise", customer)

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
        konto = self._for(reader)
        return seen(konto, contacts.page(konto, reader, asked, page), "contacts", asked, page)

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures | Refusal:
        return contacts.figures(self._for(reader), reader, asked)

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
        konto = self._for(reader)
        return seen(konto, incidents.page(konto, reader, asked, page), "incidents", asked, page)

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures | Refusal:
        return incidents.figures(self._for(reader), reader, asked)

    def customers(self, reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
        konto = self._for(reader)
        return seen(konto, customers.page(konto, reader, asked, page), "customers", asked, page)

    def names(self, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
        konto = self._for(reader)
        return seen(konto, adviser.names(konto, reader, text), "names")

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        konto = self._for(reader)
        found = adviser.page(konto, self.taught, reader, asked)
        return found if found.customer is None else shown(konto, found, "adviser", found.customer.customer)

    def suppliers(self, reader: Reader) -> Suppliers:
        return suppliers.every(self._for(reader), reader)

    def rules(self, reader: Reader) -> Rules:
        return rules.every(self._for(reader), reader)

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
        konto = self._for(reader)
        return shown(konto, timeline.page(konto, reader, customer, asked, page), "timeline", customer)

    def timeline_file(self, reader: Reader, customer: str, asked: TimelineAsked, form: FileForm) -> TimelineFile | None:
        konto = self._for(reader)
        found = timeline_file.made(konto, reader, customer, asked, form)
        return shown(konto, found, f"timeline {form}", customer, "exported")

    def looks(self, reader: Reader, asked: LooksAsked) -> Looks | Refusal:
        konto = self._for(reader)
        return seen(konto, looks.newest(konto, reader, asked), "looks", asked)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        konto = self._for(reader)
        return shown(konto, accounts.account(konto, self.taught, reader, customer, span), "account", customer)

    def statement_pdf(self, reader: Reader, customer: str, span: Span) -> bytes:
        konto = self._for(reader)
        try:
            found = printed.statement_pdf(konto, reader, customer, span)
        except UnknownCustomer:
            not_theirs(konto, [customer], "statement pdf")
            raise
        return shown(konto, found, "statement pdf", customer, "exported")

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

    def try_again(self, reader: Reader) -> int | Refusal:
        konto = rights.seen_by(self.konto, reader)
        return rights.refusal(konto, "deliveries", reader) or standing_still.try_again(konto)

    def operations(self, reader: Reader) -> Operations | Refusal:
        # Not brought up to date first: then nobody would see that it was behind.
        return operations.how_it_runs(rights.seen_by(self.konto, reader), self.lately, reader)

    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None:
        return what_if.reckoned(self._for(reader), self.kept, reader, text)

    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
        return what_if.reckon(self._for(reader), self.kept, reader, text, tell)

    def acknowledge(self, alert: str, by: str, key: str) -> Noted | None:
        return acknowledging.by_link(self.konto, alert, by, key)

    def morning(self, reader: Reader, owner: str | None) -> Morning:
        konto = self._for(reader)
        return seen(konto, morning.morning(konto, self.taught, self.lately, reader, owner), "morning")

    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        return acknowledging.take_note(self._for(reader), reader, alerts)

    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
        return acknowledging.put_off(self._for(reader), reader, alerts, until, reason)

    def understand(self, reader: Reader, said: Said) -> Understood:
        konto = self._for(reader)
        return seen(konto, capturing.understand(konto, reader, said), "capture")

    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
        return capturing.record(self._for(reader), reader, said, shown, offer)

    def do(self, reader: Reader, doing: Doing) -> Refusal | None:
        return doing_.do(self._for(reader), reader, doing)

    def undo(self, reader: Reader, id: str) -> Refusal | None:
        return doing_.undo(self._for(reader), reader, id)

    def team(self, reader: Reader) -> Team | Refusal:
        return team.team(self._for(reader), reader)

    def figures_per_person(self, reader: Reader) -> PerPerson | Refusal:
        return per_person.figures(self._for(reader), reader)

    def open_figures(self, reader: Reader, asked: OpeningAsked) -> Refusal | None:
        return per_person.open_(self._for(reader), reader, asked)

    def close_figures(self, reader: Reader) -> Refusal | None:
        return per_person.close(self._for(reader), reader)

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
        konto = self._for(reader)
        return seen(konto, deliveries.page(konto, reader, asked, page), "deliveries", asked, page)

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        return acknowledging.send_again(self._for(reader), reader, alerts)

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        return acknowledging.try_channel(self._for(reader), reader, channel)
