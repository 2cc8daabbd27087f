"""Figures of the house as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.shapes.asking import Reader
from dashboard.shapes.figures import Share, Spread
from domain.errors import Refused
from projections import customers as parties
from projections import figures
from projections.filters import Filter
from projections.page import Row
from wiring.home import Konto
from words import translator

HOUR_SECONDS = 3600


def share(figure: object) -> Share:
    assert isinstance(figure, figures.Share)
    low, high = figure.interval or (0.0, 1.0)
    return Share(figure.numerator, figure.denominator, low, high)


def spread(figure: object) -> Spread:
    """Hours as seconds."""
    assert isinstance(figure, figures.Spread)
    if figure.median is None or figure.p90 is None:
        return Spread(None, None, 0)
    return Spread(figure.median * HOUR_SECONDS, figure.p90 * HOUR_SECONDS, figure.n)


def where(konto: Konto, customer: str | None = None, **dimensions: str | None) -> Filter:
    """Whatever was asked about; `customer` is the internal id."""
    wanted: Mapping[str, str | None] = {**dimensions, "customer": own_id(konto, customer)}
    return Filter({name: value for name, value in wanted.items() if value is not None})


def own_id(konto: Konto, customer: str | None) -> str | None:
    """As source:id, by which the house filters; what nobody is called where there is no such customer."""
    if customer is None:
        return None
    row: Row | None = konto.views.row("SELECT source, id FROM customers WHERE customer = ?", (customer,))
    return f"{row[0]}:{row[1]}" if row else customer


def called(konto: Konto, reader: Reader, customer: str | None) -> str | None:
    """What a customer is called, by the internal id; another owner's is as if there were none."""
    if customer is None:
        return None
    try:
        return parties.party(konto.library, konto.asker, customer).called(translator(reader.lang))
    except Refused:
        return None
