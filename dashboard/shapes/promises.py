"""Promises as the pages list them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

State = Literal["open", "soon", "notice", "tight", "overdue", "waiting"]
"""How an open promise stands: far off, due soon, notice possible now, too late for it, overdue, or waiting:
our clock stands still because the customer asked for it."""


StateFilter = Literal["all", "soon", "notice", "overdue", "waiting"]


class PromiseRow(NamedTuple):
    """One open promise as a list shows it. `customer` is what the account page's address names."""

    id: str
    customer: str
    name: str
    what: str
    kind: str
    owner: str | None
    state: State
    due: datetime | None
    day_only: bool
    """The due is a whole day, not a time of it."""
    soon_from: datetime | None
    notice_until: datetime | None
    """The last moment for telling the customer in time."""
    moved: int
    """How often the due has been moved."""
    works_out: float | None = None
    """Where it is at risk: the probability that it is kept."""
    plan_b: bool = True
    plan_b_text: str | None = None
    """What the plan is, where the page says it."""
    rests_on: str = ""
    """Where it is at risk: what that estimate rests on, in a sentence."""
    own: str = ""
    """`source:id`, by which the address of its page names it."""


class PromiseFilter(NamedTuple):
    """Which open promises to list; None is everybody and every kind."""

    state: StateFilter = "all"
    owner: str | None = None
    kind: str | None = None


class PromisePage(NamedTuple):
    """One page of the list, most urgent first, and how many there are in all."""

    rows: tuple[PromiseRow, ...]
    total: int
    counts: dict[StateFilter, int]
    """How many of this owner and kind are in each state."""
    owners: tuple[str, ...]
    kinds: tuple[str, ...]
