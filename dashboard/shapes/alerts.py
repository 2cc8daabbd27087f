"""Alerts: what they say, about whom, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

Noted = Literal["done", "already", "over"]
"""What came of taking note: noted, somebody had done so before, the alert is over."""


Delivery = Literal[
    "waiting", "delivered", "acknowledged", "snoozed", "failed", "undeliverable", "over", "not_needed", "too_old"
]


class AlertRow(NamedTuple):
    """One alert: what it says, about whom, to whom, and whether it has arrived."""

    raised: datetime
    rule: str
    text: str
    customer: str | None
    name: str | None
    to: str | None
    delivery: Delivery
    delivered: datetime | None


Place = Literal["account", "suppliers", "team", "deliveries", "promises"]
"""The page on which one learns more about what an alert is about."""


class Told(NamedTuple):
    """What an alert says, and what it is about; `customer` is what the account page's address names."""

    rule: str
    text: str
    about: str
    """The thing, or the name of whatever is no customer's."""
    place: Place
    customer: str | None
    name: str | None
    own: str = ""
    """The promise that it is about, as `source:id`."""


class Matter(NamedTuple):
    """Something to take note of, with all the alerts about it; `told` is the most urgent of them."""

    alerts: tuple[str, ...]
    told: Told
    also: tuple[str, ...]
    """The rules of the others."""
    since: datetime
    by: datetime | None
    """Until when there is time, where it is not too late yet."""
    to: tuple[str, ...]
    delivery: Delivery
    reason: str | None
    """Why it could not be delivered, as a code."""
    late: bool
    passed_on_from: str | None
    """Whoever got it first and has not taken note of it; None where it was not passed on."""
    passed_on_to: str | None
    put_off_until: datetime | None
    subject: str = ""
    """What it is about, by internal id."""
