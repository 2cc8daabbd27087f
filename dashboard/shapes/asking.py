"""Who asks, and what answers to all of their questions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dashboard.shapes.signing_in import Presence, SignedIn

__all__ = ["PAGE_SIZE", "Firm", "Reader", "Refusal", "SignedIn", "Tell"]

PAGE_SIZE = 50


class Reader(NamedTuple):
    """Who asks, in which language they read and in which zone their clock runs."""

    who: SignedIn | None
    """None: whoever started the dashboard, on this machine; where people sign in, somebody who did not."""
    lang: str
    zone: ZoneInfo


class StillCount(NamedTuple):
    """How many stand still, because something recorded of them cannot be taken in."""

    customers: int
    others: int
    """Documents, alerts, settings."""


NOBODY_STILL = StillCount(0, 0)


class Firm(NamedTuple):
    """Whose dashboard this is: the firm's name and the reader's, where they are known."""

    name: str | None
    reader: str | None
    may: frozenset[str]
    """What the reader may see and do, by the names that the table of roles gives it."""
    zone: ZoneInfo
    """Where the firm's clock runs."""
    presence: Presence = "here"
    still: StillCount = NOBODY_STILL
    """Told whoever looks after the installation."""


class Refusal(NamedTuple):
    """What was asked cannot be answered, and why, in sentences."""

    sentences: tuple[str, ...]


Tell = Callable[[int, int], None]
"""Hears of long work how much is done, and of how much."""
