"""Suppliers: which product claims they broke, which card that gives them, and how promises with their goods went."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.cards import Card, card, counting
from domain.roles import Asker, allowed
from projections.figures import Share
from projections.filters import Library, Moment
from projections.promises import state_at
from projections.tables import instant


class SupplierRow(NamedTuple):
    """`claims` lie in the months that count for a card, `claims_ever` are all until the moment."""

    supplier: str
    card: Card | None
    claims: int
    claims_ever: int
    last_claim: datetime | None
    incidents: int
    on_time: Share


def listed(library: Library, asker: Asker, moment: Moment) -> list[SupplierRow]:
    """The ones with a card first, red before yellow, else by name."""
    allowed(asker, "suppliers")
    rules = library.steering(moment.known).rulebooks.at(moment.at).cards
    broken, incidents = _incidents(library, moment)
    on_time = _on_time(library, moment)
    rows = [
        SupplierRow(
            supplier=name,
            card=card(own, moment.at, rules),
            claims=len(counting(own, moment.at, rules)),
            claims_ever=len(own),
            last_claim=own[-1] if own else None,
            incidents=incidents.get(name, 0),
            on_time=on_time.get(name, Share(0, 0)),
        )
        for name in {*incidents, *on_time}
        for own in [broken.get(name, [])]
    ]
    return sorted(rows, key=lambda row: (("red", "yellow", None).index(row.card), row.supplier.casefold()))


def claims(library: Library, moment: Moment) -> dict[str, list[datetime]]:
    """By supplier the broken product claims, in order of time."""
    return _incidents(library, moment)[0]


def _incidents(library: Library, moment: Moment) -> tuple[dict[str, list[datetime]], dict[str, int]]:
    """By supplier the broken product claims, in order of time, and how many incidents there were at all."""
    claims: dict[str, list[datetime]] = {}
    incidents: dict[str, int] = {}
    for supplier, kind, reported in library.views.rows(
        f"SELECT i.supplier, i.kind, i.reported_at FROM incidents i WHERE {moment.rows('i')} "
        "AND i.supplier IS NOT NULL ORDER BY i.reported_at"
    ):
        incidents[supplier] = incidents.get(supplier, 0) + 1
        at = instant(reported)
        if kind == "product_claim" and at is not None:
            claims.setdefault(supplier, []).append(at)
    return claims, incidents


def _on_time(library: Library, moment: Moment) -> dict[str, Share]:
    rows = library.views.rows(
        f"SELECT supplier, SUM(CASE WHEN state = 'kept' THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN state NOT IN ('open', 'released') THEN 1 ELSE 0 END) FROM "
        f"(SELECT p.supplier, {state_at(moment)} AS state FROM promises p WHERE "
        f"{moment.rows(by_time=False)} AND p.supplier IS NOT NULL) p GROUP BY supplier"
    )
    return {row[0]: Share(row[1], row[2]) for row in rows}
