"""How we and a customer know each other: who looks after them, and how often we speak."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Owner(NamedTuple):
    """Whoever looks, or looked, after a customer from a day on."""

    name: str
    since: date


class Acquaintance(NamedTuple):
    """`owners` the newest first. `usual_days` is the usual gap between two talks, None while it is not known."""

    owners: tuple[Owner, ...]
    last_talk: date | None
    usual_days: int | None
    silent: bool
    """Nothing was heard for longer than is usual here."""
    sensitivity_reason: str | None
    """Why the sensitivity was set by hand, in the words of whoever did."""
