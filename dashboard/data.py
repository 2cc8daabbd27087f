"""What the pages ask: every figure and list they show comes from here.

The one module of the dashboard that reaches into the rest of the house. Every question says who asks; the answers
have the shapes of `dashboard.shapes`, `dashboard.attention` and `dashboard.captured`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

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


class Source(Protocol):
    """Whatever answers the pages' questions: the store of this home, or the sample of the tests."""

    def now(self) -> datetime: ...
    def firm(self, reader: Reader) -> Firm: ...
    def overview(self, reader: Reader, weeks: int) -> Overview | None: ...
    def promises(self, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage: ...
    def contacts(self, reader: Reader, asked: ContactsAsked, page: int) -> ContactPage: ...
    def contact_figures(self, reader: Reader, asked: ContactsAsked) -> ContactFigures: ...
    def incidents(self, reader: Reader, asked: IncidentsAsked, page: int) -> IncidentPage: ...
    def incident_figures(self, reader: Reader, asked: IncidentsAsked) -> IncidentFigures: ...
    def customers(self, reader: Reader, asked: CustomersAsked, page: int) -> CustomerPage: ...
    def names(self, text: str) -> tuple[tuple[str, str], ...]: ...
    def advice(self, reader: Reader, asked: AdviceAsked) -> AdvicePage: ...
    def suppliers(self, reader: Reader) -> Suppliers: ...
    def rules(self, reader: Reader) -> Rules: ...
    def timeline(self, reader: Reader, customer: str, asked: TimelineAsked, page: int) -> TimelinePage | None: ...
    def account(self, reader: Reader, customer: str, span: Span) -> Account | None: ...
    def tested(self, reader: Reader, figure: Figure) -> FigureTest | Refusal | None: ...
    def test(self, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal: ...
    def rulebook_texts(self, reader: Reader) -> RulebookTexts | Refusal: ...
    def rulebook_decoded(self, reader: Reader, content: bytes) -> str | Refusal: ...
    def rulebook_findings(self, reader: Reader, text: str) -> tuple[str, ...]: ...
    def reckoned(self, reader: Reader, text: str) -> WhatIf | Refusal | None: ...
    def reckon(self, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal: ...
    def acknowledge(self, alert: str, by: str, key: str) -> Noted | None: ...
    def morning(self, reader: Reader, owner: str | None) -> Morning: ...
    def take_note(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None: ...
    def put_off(self, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None: ...
    def understand(self, reader: Reader, said: Said) -> Understood: ...
    def record(self, reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None: ...
    def team(self, reader: Reader) -> Team | Refusal: ...
    def deliveries(self, reader: Reader, asked: DeliveriesAsked, page: int) -> DeliveriesPage | Refusal: ...
    def send_again(self, reader: Reader, alerts: Sequence[str]) -> Refusal | None: ...
    def try_channel(self, reader: Reader, channel: str) -> Refusal | None: ...


class NotStarted(Exception):
    """The pages were opened without `konto dashboard`, so there is no store and no login in front of them."""


_source: Source | None = None


def use(source: Source) -> None:
    """Answer all further questions from here; called once, before the first page is served."""
    global _source
    _source = source


def _asked() -> Source:
    if _source is None:
        raise NotStarted
    return _source


def now() -> datetime:
    """The moment that the pages show."""
    return _asked().now()


def acknowledge(alert: str, by: str, key: str) -> Noted | None:
    """Takes note of an alert by the link in its message; None where the link is not one of ours."""
    return _asked().acknowledge(alert, by, key)


def firm(reader: Reader) -> Firm:
    """Whose dashboard this is."""
    return _asked().firm(reader)


def overview(reader: Reader, weeks: int) -> Overview | None:
    """The firm's last `weeks` weeks, this one included; None while nothing is recorded."""
    return _asked().overview(reader, weeks)


def promises(reader: Reader, asked: PromiseFilter, page: int = 1) -> PromisePage:
    """A page of at most PAGE_SIZE open promises, the most urgent first; pages count from 1."""
    return _asked().promises(reader, asked, page)


def contacts(reader: Reader, asked: ContactsAsked, page: int = 1) -> ContactPage:
    """A page of at most PAGE_SIZE questions and other contacts."""
    return _asked().contacts(reader, asked, page)


def contact_figures(reader: Reader, asked: ContactsAsked) -> ContactFigures:
    """How customers were answered in the last 13 weeks, for the owner, channel and customer asked about."""
    return _asked().contact_figures(reader, asked)


def incidents(reader: Reader, asked: IncidentsAsked, page: int = 1) -> IncidentPage:
    """A page of at most PAGE_SIZE incidents."""
    return _asked().incidents(reader, asked, page)


def incident_figures(reader: Reader, asked: IncidentsAsked) -> IncidentFigures:
    """How the incidents of the last 52 weeks were put right, for whatever else is asked about."""
    return _asked().incident_figures(reader, asked)


def customers(reader: Reader, asked: CustomersAsked, page: int = 1) -> CustomerPage:
    """A page of at most PAGE_SIZE customers whose name or own id holds the text."""
    return _asked().customers(reader, asked, page)


def names(text: str) -> tuple[tuple[str, str], ...]:
    """The first few customers whose name or own id holds the text: what an address names them by, and the name."""
    return _asked().names(text)


def advice(reader: Reader, asked: AdviceAsked) -> AdvicePage:
    """Whether a promise can be made."""
    return _asked().advice(reader, asked)


def suppliers(reader: Reader) -> Suppliers:
    """Every supplier, with a card first."""
    return _asked().suppliers(reader)


def rules(reader: Reader) -> Rules:
    """Every rule that counts now, and every version of the rulebook."""
    return _asked().rules(reader)


def timeline(reader: Reader, customer: str, asked: TimelineAsked, page: int = 1) -> TimelinePage | None:
    """A page of at most PAGE_SIZE facts of a customer; None if there is no such customer."""
    return _asked().timeline(reader, customer, asked, page)


def account(reader: Reader, customer: str, span: Span) -> Account | None:
    """A customer's account over the last 4 weeks, 13 weeks or all time; None if there is no such customer."""
    return _asked().account(reader, customer, span)


def tested(reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
    """How a figure fared when it was tested last; None if it was not yet."""
    return _asked().tested(reader, figure)


def test(reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
    """Test a figure on the whole past, unless that was done and nothing has been recorded since."""
    return _asked().test(reader, figure, tell)


def rulebook_texts(reader: Reader) -> RulebookTexts | Refusal:
    """The rulebooks that one may start from."""
    return _asked().rulebook_texts(reader)


def rulebook_decoded(reader: Reader, content: bytes) -> str | Refusal:
    """The text of a file that was brought."""
    return _asked().rulebook_decoded(reader, content)


def rulebook_findings(reader: Reader, text: str) -> tuple[str, ...]:
    """What is wrong with a rulebook, each with its line and what to do; empty if it is sound."""
    return _asked().rulebook_findings(reader, text)


def reckoned(reader: Reader, text: str) -> WhatIf | Refusal | None:
    """What the past came to under this rulebook when it was last reckoned; None if it was not yet."""
    return _asked().reckoned(reader, text)


def reckon(reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
    """The whole past under a sound rulebook, unless that was reckoned and nothing has been recorded since."""
    return _asked().reckon(reader, text, tell)


def morning(reader: Reader, owner: str | None) -> Morning:
    """What waits for one person, or for everybody; whoever may see nobody else sees themself."""
    return _asked().morning(reader, owner)


def take_note(reader: Reader, alerts: Sequence[str]) -> Refusal | None:
    """Notes that the reader has seen these alerts and takes care."""
    return _asked().take_note(reader, alerts)


def put_off(reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
    """These alerts come once more at a moment, if they hold then."""
    return _asked().put_off(reader, alerts, until, reason)


def understand(reader: Reader, said: Said) -> Understood:
    """What a sentence is understood as, or what is asked back; nothing is recorded."""
    return _asked().understand(reader, said)


def record(reader: Reader, said: Said, shown: Captured, offer: int | None) -> Refusal | None:
    """Records a sentence as it was shown, with the due of an offer or the one said."""
    return _asked().record(reader, said, shown, offer)


def team(reader: Reader) -> Team | Refusal:
    """What each of us has in hand just now."""
    return _asked().team(reader)


def deliveries(reader: Reader, asked: DeliveriesAsked, page: int = 1) -> DeliveriesPage | Refusal:
    """A page of at most PAGE_SIZE alerts with what became of them, the newest first."""
    return _asked().deliveries(reader, asked, page)


def send_again(reader: Reader, alerts: Sequence[str]) -> Refusal | None:
    """What could not be delivered is tried once more."""
    return _asked().send_again(reader, alerts)


def try_channel(reader: Reader, channel: str) -> Refusal | None:
    """A paused channel is tried again at once."""
    return _asked().try_channel(reader, channel)
