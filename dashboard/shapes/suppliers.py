"""Suppliers and their cards."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from dashboard.shapes.figures import Share


class SupplierRow(NamedTuple):
    """A supplier: broken product claims of the last months and ever, and promises with their goods."""

    name: str
    card: Literal["yellow", "red"] | None
    claims: int
    claims_ever: int
    last_claim: date | None
    incidents: int
    on_time: Share


class Suppliers(NamedTuple):
    """Everybody whose goods are part of a promise or incident, with a card first; so many claims make one."""

    rows: tuple[SupplierRow, ...]
    months: int
    yellow_from: int
    red_from: int
    target: float
