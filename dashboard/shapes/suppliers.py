"""Suppliers and their cards."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from dashboard.shapes.figures import Share


class MonthOfIncidents(NamedTuple):
    """Incidents reported in a month, named by its first day, and how many of them were broken product claims."""

    month: date
    incidents: int
    claims: int


class SupplierRow(NamedTuple):
    """A supplier: broken product claims of the last months and ever, what they cost, and promises with their goods.

    Each figure has the day from which its list begins; None where it counts nothing.
    """

    name: str
    card: Literal["yellow", "red"] | None
    claims: int
    claims_since: date | None
    claims_ever: int
    last_claim: date | None
    recent: int
    """Incidents of the same months, claims or not."""
    recent_since: date | None
    cost: int
    """What these took off the accounts, in hundredths; 0 or less."""
    incidents: int
    months: tuple[MonthOfIncidents, ...]
    """The calendar months up to this one, oldest first."""
    on_time: Share


class Suppliers(NamedTuple):
    """Everybody whose goods are part of a promise or incident, who cost most trust first; so many claims make a card.

    `whole`: the reader sees every incident and promise behind the figures, and not only those of their own customers.
    """

    rows: tuple[SupplierRow, ...]
    months: int
    yellow_from: int
    red_from: int
    target: float
    whole: bool
