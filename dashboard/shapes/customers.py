"""Customers as a list shows them."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from dashboard.shapes.figures import Reliability

CustomerOrder = Literal["balance", "change", "buffer", "name", "silent"]
"""The lowest balance first, whoever lost most within 30 days, the thinnest buffer, by name, or only those not heard of,
or not written to, for unusually long."""


class Silence(NamedTuple):
    """Not heard of for `days` (`ever` False: never at all); `usual_days` None = not known yet."""

    days: int
    ever: bool
    usual_days: int | None


class Lapse(NamedTuple):
    """What came every so many days and stayed away; `last` is when it came last."""

    purpose: str
    every_days: int
    last: date


class CustomerRow(NamedTuple):
    """One customer as the list shows them."""

    customer: str
    name: str
    owner: str | None
    balance: int
    stage: str
    buffer: float
    reliability: Reliability
    last_contact: date | None
    silence: Silence | None
    lapses: tuple[Lapse, ...]
    change: int = 0
    """Of the balance within the last 30 days."""
    trend: tuple[int, ...] = ()
    """The balance at the ends of the last 13 weeks, and now; empty where the account has no line yet."""


class CustomersAsked(NamedTuple):
    """Which customers to list, and in which order."""

    text: str = ""
    order: CustomerOrder = "balance"


class CustomerPage(NamedTuple):
    """One page of the list, how many fit, and how many of all have fallen silent."""

    rows: tuple[CustomerRow, ...]
    total: int
    silent: int
