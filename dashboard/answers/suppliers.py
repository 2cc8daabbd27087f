"""Suppliers: who broke product claims, what it cost, and whether promises with their goods come in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from dashboard.answers.measures import share
from dashboard.answers.moments import day_of
from dashboard.shapes.asking import Reader
from dashboard.shapes.suppliers import MonthOfIncidents, SupplierRow, Suppliers
from domain.roles import scope
from projections import suppliers
from projections.filters import Moment
from wiring.home import Konto


def every(konto: Konto, reader: Reader) -> Suppliers:
    """Who cost most trust first; where nobody did, whoever has a card, then by name."""
    now = konto.clock()
    rules = konto.steering.rulebooks.at(now).cards
    costs = suppliers.costs(konto.library, konto.asker, now)
    months = _months(day_of(now, reader), rules.months)
    rows = [
        _row(each, costs.get(each.supplier, 0), months, reader)
        for each in suppliers.listed(konto.library, konto.asker, Moment(now))
    ]
    return Suppliers(
        rows=tuple(sorted(rows, key=lambda row: row.cost)),
        months=rules.months,
        yellow_from=rules.yellow_from,
        red_from=rules.red_from,
        target=konto.settings.dashboard.target,
        whole=all(scope(konto.asker, what) == "all" for what in ("incidents", "promises")),
    )


def _row(each: suppliers.SupplierRow, cost: int, months: Sequence[date], reader: Reader) -> SupplierRow:
    return SupplierRow(
        name=each.supplier,
        card=each.card,
        claims=each.claims,
        claims_since=_first(each.broken, reader),
        claims_ever=each.claims_ever,
        last_claim=day_of(each.last_claim, reader) if each.last_claim else None,
        recent=len(each.reported),
        recent_since=_first(each.reported, reader),
        cost=cost,
        incidents=each.incidents,
        months=_by_month(each, months, reader),
        on_time=share(each.on_time),
    )


def _first(moments: Sequence[datetime], reader: Reader) -> date | None:
    return day_of(moments[0], reader) if moments else None


def _months(today: date, count: int) -> list[date]:
    """The first days of this month and those before it, so that everything that counts for a card lies in one."""
    this = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(this - count, this + 1)]


def _by_month(each: suppliers.SupplierRow, months: Iterable[date], reader: Reader) -> tuple[MonthOfIncidents, ...]:
    def counted(moments: Iterable[datetime]) -> Counter[date]:
        return Counter(day_of(at, reader).replace(day=1) for at in moments)

    incidents, claims = counted(each.reported), counted(each.broken)
    return tuple(MonthOfIncidents(month, incidents[month], claims[month]) for month in months)
