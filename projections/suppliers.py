"""Suppliers: which product claims they broke, which card that gives them, and how promises with their goods went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.cards import Card, card, counting, months_after
from domain.roles import Asker, allowed
from projections.figures import Share
from projections.filters import Library, Moment
from projections.promises import state_at
from projections.statements import LINE, posting
from projections.tables import instant, micros


class SupplierRow(NamedTuple):
    """`claims` lie in the months that count for a card, `claims_ever` are all until the moment.

    `broken` says when each of those that count was reported, `reported` the same of every incident of these months.
    """

    supplier: str
    card: Card | None
    claims: int
    claims_ever: int
    last_claim: datetime | None
    incidents: int
    on_time: Share
    broken: tuple[datetime, ...] = ()
    reported: tuple[datetime, ...] = ()


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
            claims=len(claims),
            claims_ever=len(own),
            last_claim=own[-1] if own else None,
            incidents=len(incidents.get(name, [])),
            on_time=on_time.get(name, Share(0, 0)),
            broken=tuple(claims),
            reported=tuple(counting(incidents.get(name, []), moment.at, rules)),
        )
        for name in {*incidents, *on_time}
        for own in [broken.get(name, [])]
        for claims in [counting(own, moment.at, rules)]
    ]
    return sorted(rows, key=lambda row: (("red", "yellow", None).index(row.card), row.supplier.casefold()))


def claims(library: Library, moment: Moment) -> dict[str, list[datetime]]:
    """By supplier the broken product claims, in order of time."""
    return _incidents(library, moment)[0]


def costs(library: Library, asker: Asker, at: datetime) -> dict[str, int]:
    """By supplier what incidents with their goods took off the accounts, in hundredths, 0 or less.

    Those reported in the months that count for a card, by what is known now; what was won back later stands beside it
    and not in it.
    """
    allowed(asker, "suppliers")
    steering = library.steering(None)
    rules = steering.rulebooks.at(at).cards
    # A few days more than count, so that only so much is read; what counts is decided below.
    earliest = micros(months_after(at, -rules.months) - timedelta(days=3))
    columns = ", ".join(f"l.{name}" for name in LINE.split(", "))
    costs: dict[str, int] = {}
    for supplier, reported, *line in library.views.rows(
        f"SELECT i.supplier, i.reported_at, {columns} FROM incidents i JOIN lines l ON l.customer = i.customer "
        f"AND l.subject = i.incident WHERE {Moment(at).rows('i')} AND i.supplier IS NOT NULL "
        "AND i.reported_at >= ? AND l.base < 0",
        (earliest,),
    ):
        when, found = instant(reported), posting(line)
        if when is not None and counting([when], at, rules) and found.stands_at(at):
            costs[supplier] = costs.get(supplier, 0) + min(0, found.points_at(at, steering.rulebooks))
    return costs


def _incidents(library: Library, moment: Moment) -> tuple[dict[str, list[datetime]], dict[str, list[datetime]]]:
    """By supplier when product claims were found broken, and when incidents were reported at all; in order of time."""
    claims: dict[str, list[datetime]] = {}
    incidents: dict[str, list[datetime]] = {}
    for supplier, kind, reported in library.views.rows(
        f"SELECT i.supplier, i.kind, i.reported_at FROM incidents i WHERE {moment.rows('i')} "
        "AND i.supplier IS NOT NULL ORDER BY i.reported_at"
    ):
        at = instant(reported)
        if at is None:
            continue
        incidents.setdefault(supplier, []).append(at)
        if kind == "product_claim":
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
