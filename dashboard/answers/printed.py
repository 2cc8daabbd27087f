"""What a page hands out to be kept, as PDF."""

from __future__ import annotations

from datetime import timedelta

from dashboard.answers.accounts import WEEKS, survivor_of
from dashboard.shapes.account import Span
from dashboard.shapes.asking import Reader
from projections.filters import Moment
from wiring.asking import Asking
from wiring.home import Konto
from wiring.printing import statement
from words import translator


def statement_pdf(konto: Konto, reader: Reader, customer: str, span: Span) -> bytes:
    """The statement of the span that the page shows. Raises Refused for a customer whom the reader may not see."""
    asking = Asking(konto, konto.clock(), translator(reader.lang))
    today = asking.now.astimezone(asking.zone).date()
    since = today - timedelta(weeks=WEEKS[span]) if span in WEEKS else None
    return statement.pdf(asking, survivor_of(konto, customer), Moment(asking.now), since)
