"""Suppliers: who broke product claims, and whether promises with their goods come in time."""

from __future__ import annotations

from dashboard.answers.measures import share
from dashboard.answers.moments import day_of
from dashboard.shapes.asking import Reader
from dashboard.shapes.suppliers import SupplierRow, Suppliers
from projections import suppliers
from projections.filters import Moment
from wiring.home import Konto


def every(konto: Konto, reader: Reader) -> Suppliers:
    now = konto.clock()
    rules = konto.steering.rulebooks.at(now).cards
    return Suppliers(
        rows=tuple(_row(each, reader) for each in suppliers.listed(konto.library, konto.asker, Moment(now))),
        months=rules.months,
        yellow_from=rules.yellow_from,
        red_from=rules.red_from,
        target=konto.settings.dashboard.target,
    )


def _row(each: suppliers.SupplierRow, reader: Reader) -> SupplierRow:
    return SupplierRow(
        name=each.supplier,
        card=each.card,
        claims=each.claims,
        claims_ever=each.claims_ever,
        last_claim=day_of(each.last_claim, reader) if each.last_claim else None,
        incidents=each.incidents,
        on_time=share(each.on_time),
    )
