"""What the pages ask: every figure and list they show comes from here.

The one module of the dashboard that reaches into the rest of the house. Every question says who asks; the answers
have the shapes of `dashboard.shapes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

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
from dashboard.shapes.suppliers import Suppliers
from dashboard.shapes.team import Team
from dashboard.shapes.timeline import FileForm, TimelineAsked, TimelineFile, TimelinePage
from dashboard.shapes.what_if import WhatIf
from domain.journal import JournalAway
from domain.roles import NotAllowed, What
from domain.stored import UNREADABLE

__all__ = ["UNREADABLE", "JournalAway", "NotAllowed", "NotStarted", "Source", "ask", "use"]


class Source(Protocol):
    """Whatever answers the pages' questions: the store of this home, or the sample of the tests."""

    def now(self) -> datetime:
        """The moment that the pages show."""
        ...

    def firm(self, reader: Reader) -> Firm:
        """Whose dashboard this is."""
        ...

    def was_refused(self, reader: Reader, what: What) -> None:
        """Notes that somebody asked for what their roles do not reach."""
        ...

    def overview(self, reader: Reader, asked: OverviewAsked) -> Overview | None:
        """How the firm did in a period, compared with another; None while nothing is recorded."""
        ...

    def by_customer(self, reader: Reader, asked: OverviewAsked) -> ByCustomer:
        """The same, as far as it has to be reckoned customer by customer; kept for a while, as it takes long."""
        ...

    def record_of_promises(self, reader: Reader, asked: RecordAsked, page: int = 1) -> RecordPage:
        """A page of at most PAGE_SIZE promises, the settled ones too, the latest first."""
        ...

    def customers_behind(self, reader: Reader, asked: CustomersBehindAsked, page: int = 1) -> CustomersBehind:
        """A page of at most PAGE_SIZE customers behind a figure."""
        ...

    def promises(self, reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
        """A page of at most PAGE_SIZE open promises, the most urgent first; pages count from 1."""
        ...

    def promise(self, reader: Reader, name: str) -> OnePromise | None:
        """One promise by `source:id`; None if there is no such promise, or none that the reader may see."""
        ...

    def contacts(self, reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
        """A page of at most PAGE_SIZE questions and other contacts."""
        ...

    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures | Refusal:
        """How customers were answered in the last 13 weeks, for the owner, channel and customer asked about."""
        ...

    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
        """A page of at most PAGE_SIZE incidents."""
        ...

    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures | Refusal:
        """How the incidents of the last 52 weeks were put right, for whatever else is asked about."""
        ...

    def customers(self, reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
        """A page of at most PAGE_SIZE customers whose name or own id holds the text."""
        ...

    def names(self, reader: Reader, text: str) -> tuple[tuple[str, str], ...]:
        """The first few customers whose name or own id holds the text: what an address names them by, and the name."""
        ...

    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage:
        """Whether a promise can be made."""
        ...

    def suppliers(self, reader: Reader) -> Suppliers:
        """Every supplier, with a card first."""
        ...

    def rules(self, reader: Reader) -> Rules:
        """Every rule that counts now, and every version of the rulebook."""
        ...

    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
        """A page of at most PAGE_SIZE entries about a customer at a moment; None if there is no such customer."""
        ...

    def timeline_file(self, reader: Reader, customer: str, asked: TimelineAsked, form: FileForm) -> TimelineFile | None:
        """All of these entries as a file; None if there is no such customer."""
        ...

    def looks(self, reader: Reader, asked: LooksAsked) -> Looks | Refusal:
        """Who looked at a customer's data, or who signed in, was refused or got other rights; the newest first."""
        ...

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        """A customer's account over the last 4 weeks, 13 weeks or all time; None if there is no such customer."""
        ...

    def statement_pdf(self, reader: Reader, customer: str, span: Span) -> bytes:
        """The statement of the same span as PDF, to keep and to hand over. Raises Refused."""
        ...

    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
        """How a figure fared when it was tested last; None if it was not yet."""
        ...

    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
        """Test a figure on the whole past, unless that was done and nothing has been recorded since."""
        ...

    def rulebook_texts(self, reader: Reader) -> Texts | Refusal:
        """The rulebooks that one may start from."""
        ...

    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal:
        """The text of a file that was brought."""
        ...

    def document_texts(self, reader: Reader, kind: Kind) -> Texts | Refusal:
        """What one may start from to change a document."""
        ...

    def document_findings(self, reader: Reader, kind: Kind, text: str) -> tuple[str, ...]:
        """What is wrong with a text, each with its line and what to do; empty if it is sound."""
        ...

    def ready_to_publish(self, reader: Reader, kind: Kind, text: str) -> Ready | Refusal:
        """What a text would change; for whoever may publish it, if it is sound."""
        ...

    def publish(self, reader: Reader, kind: Kind, text: str, day: date | None) -> Published | Refusal:
        """A text counts from now on, or from the beginning of a day in the firm's zone; the same twice only once."""
        ...

    def proposed(self, reader: Reader) -> Proposal | Refusal | None:
        """The rulebook that was proposed last from what customers did; None if there was none yet."""
        ...

    def propose(self, reader: Reader, tell: Tell) -> Proposal | Refusal:
        """A rulebook fitted to what customers did, unless nothing has been recorded since the last one."""
        ...

    def people(self, reader: Reader) -> PeopleAndHours | Refusal:
        """Who works here, and when we are open."""
        ...

    def try_again(self, reader: Reader) -> int | Refusal:
        """Takes in what waits because it could not be, as far as it can be now; how many still stand still."""
        ...

    def operations(self, reader: Reader) -> Operations | Refusal:
        """Whether everything runs, what waits, and what to do where it does not."""
        ...

    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None:
        """What the past came to under this rulebook when it was last reckoned; None if it was not yet."""
        ...

    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
        """The whole past under a sound rulebook, unless that was reckoned and nothing has been recorded since."""
        ...

    def acknowledge(self, alert: str, by: str, key: str) -> Noted | None:
        """Takes note of an alert by the link in its message; None where the link is not one of ours."""
        ...

    def morning(self, reader: Reader, owner: str | None) -> Morning:
        """What waits for one person, or for everybody; whoever may see nobody else sees themself."""
        ...

    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        """Notes that the reader has seen these alerts and takes care."""
        ...

    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
        """These alerts come once more at a moment, if they hold then."""
        ...

    def understand(self, reader: Reader, said: Said) -> Understood:
        """What a sentence is understood as, or what is asked back; nothing is recorded."""
        ...

    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
        """Records a sentence as it was shown, with the due of an offer or the one said."""
        ...

    def do(self, reader: Reader, doing: Doing) -> Refusal | None:
        """Records what somebody did about something; the same click twice records once."""
        ...

    def undo(self, reader: Reader, id: str) -> Refusal | None:
        """The deed of this id was recorded by mistake."""
        ...

    def team(self, reader: Reader) -> Team | Refusal:
        """What each of us has in hand just now."""
        ...

    def figures_per_person(self, reader: Reader) -> PerPerson | Refusal:
        """How each of us kept what was promised, while that is open; each time it is asked is noted."""
        ...

    def open_figures(self, reader: Reader, asked: OpeningAsked) -> Refusal | None:
        """Opens figures per person for a purpose and a time."""
        ...

    def close_figures(self, reader: Reader) -> Refusal | None:
        """Closes them before their time is over."""
        ...

    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
        """A page of at most PAGE_SIZE alerts with what became of them, the newest first."""
        ...

    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
        """What could not be delivered is tried once more."""
        ...

    def try_channel(self, reader: Reader, channel: str) -> Refusal | None:
        """A paused channel is tried again at once."""
        ...


class NotStarted(Exception):
    """The pages were opened without `konto dashboard`, so there is no store and no login in front of them."""


_source: Source | None = None


def use(source: Source) -> None:
    """Answer all further questions from here; called once, before the first page is served."""
    global _source
    _source = source


def ask() -> Source:
    """Whoever answers. Raises NotStarted."""
    if _source is None:
        raise NotStarted
    return _source
