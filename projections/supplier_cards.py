"""Suppliers who hold a card, since the claim with which they reached it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from domain.alert import subject_of
from domain.cards import Held, held
from domain.steering import Steering
from projections import suppliers
from projections.filters import Library, Moment
from projections.wanted import wanted


class SupplierCard(NamedTuple):
    """`subject` stands for the supplier in alerts."""

    subject: str
    supplier: str
    held: Held

    @property
    def since(self) -> datetime:
        return self.held.since


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[SupplierCard]:
    rules = steering.rulebooks.at(moment.at).cards
    found = (
        SupplierCard(subject_of(library.ids, "supplier", supplier), supplier, card)
        for supplier, claims in suppliers.claims(library, moment).items()
        if (card := held(claims, moment.at, rules)) is not None
    )
    return wanted(found, since, subjects)
