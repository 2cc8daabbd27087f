"""What somebody does about something that a page lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

Does = Literal[
    "fulfil", "move", "take_back", "give_up", "release", "plan_b", "pause", "resume",
    "answer", "follow_up", "check_in",
    "explain", "apologise", "ask_chance", "offer", "answer_offer", "talk", "resolve", "close",
]  # fmt: skip


class Subject(NamedTuple):
    """What it is done to, as the row showed it: whose, what, and what the form asks about it."""

    on: str
    name: str
    what: str
    owner: str | None = None
    due: datetime | None = None
    notice_until: datetime | None = None
    """The last moment for telling the customer in time."""
    is_price: bool = False
    plan_b: str | None = None


class Doing(NamedTuple):
    """One deed; `id` is for the fact, so that a button pressed twice records once. `at` None = just now.

    `says`: what else is known of it, under the names of the vocabulary.
    """

    does: Does
    on: str
    id: str
    at: datetime | None = None
    says: Mapping[str, Any] = {}
