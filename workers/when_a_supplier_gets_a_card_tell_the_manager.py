"""With the second broken product claim in twelve months a supplier gets a yellow card, with the fourth a red one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.alert import Occasion, Whose
from domain.cards import Card
from projections.supplier_cards import SupplierCard

LEVELS: Mapping[Card, int] = {"yellow": 1, "red": 2}


def occasions(supplier: SupplierCard) -> Iterator[Occasion]:
    card = supplier.held
    yield Occasion(
        "supplier_card",
        supplier.subject,
        "",
        card.since,
        Whose(to_manager=True),
        until=card.until,
        level=LEVELS[card.card],
    )
