"""Questions and other contacts, and how fast customers were answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.behind import Behind, Parts
from dashboard.shapes.figures import Share, Spread
from dashboard.shapes.periods import Period

ContactState = Literal["open", "unanswered", "late", "answered"]
"""How a question stands: waits for its answer, was never answered, was answered late or in time."""


ContactFilter = Literal["open", "unanswered", "late", "answered", "all"]


class ContactRow(NamedTuple):
    """A question with everything that was asked in it, or a contact in which nothing was asked (`state` None)."""

    id: str
    customer: str
    name: str
    about: str | None
    """What the promise or incident is called that it is about."""
    inbound: bool
    purpose: str | None
    channel: str | None
    owner: str | None
    """Who answered, else who answers for it."""
    state: ContactState | None
    at: datetime
    target: datetime | None
    """Until when an answer is in time; None also while the customer lets us wait."""
    answered_seconds: int | None
    """In business time."""
    chased: int
    """How often the customer had to ask again."""


class ContactsAsked(NamedTuple):
    """Which contacts to list; None is everybody and every channel."""

    state: ContactFilter = "open"
    owner: str | None = None
    channel: str | None = None
    customer: str | None = None
    team: str | None = None
    period: Period | None = None
    behind: Behind | None = None
    lately: bool = True
    """Of what nobody waits for any more only what came in the last 13 weeks; without meaning where a period, a
    customer or the list behind a figure is asked for."""

    @property
    def whole(self) -> bool:
        """However long ago it was."""
        return not self.lately or self.period is not None or self.customer is not None or self.behind is not None


class ContactPage(NamedTuple):
    """One page of the list and how many there are: what waits by its target, all else the newest first."""

    rows: tuple[ContactRow, ...]
    total: int
    counts: dict[ContactFilter, int]
    owners: tuple[str, ...]
    channels: tuple[str, ...]
    customer: str | None
    """The name of the one customer asked about."""
    since: date | None = None
    """The day from which on what nobody waits for any more is listed; None: however long ago it was."""
    parts: Parts = {}  # noqa: RUF012
    """Of the list behind a figure; empty without one."""


class ChannelAnswers(NamedTuple):
    """How fast questions of one channel are answered, in business time, and within what they should be."""

    channel: str
    spread: Spread
    target_seconds: int


class ContactFigures(NamedTuple):
    """How customers were answered from `since` on, in business time."""

    since: date
    first_answer: Spread
    in_time: Share
    asked_again: Share
    channels: tuple[ChannelAnswers, ...]
