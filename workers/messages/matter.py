"""What a message is about: all that can be said of an occasion, in the words of its source. Times are UTC.

None stands for what is not known: never told, or erased.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.alert import Occasion
from domain.recovery import StepName
from domain.workload import Workload
from projections.falls import Fall
from projections.figures import Share
from projections.sentences import Words


class Promised(NamedTuple):
    """`alternative` is what was offered instead when it was last moved, `chance` the probability that it is kept."""

    what: str | None = None
    kind: str = "other"
    due: datetime | None = None
    last_moment: datetime | None = None
    plan_b: str | None = None
    alternative: str | None = None
    moves: int = 0
    fulfilled_at: datetime | None = None
    internal: bool = False
    chance: float | None = None


class Asked(NamedTuple):
    """`channel` is that of the contact itself; `chases`: how often they have asked again about the same thing.

    `promise`: what they asked about, if it is one.
    """

    channel: str | None = None
    asked_at: datetime | None = None
    target_at: datetime | None = None
    chases: int = 0
    promise: Promised | None = None


class Recovery(NamedTuple):
    """`step` is the one that the occasion is about, `deadline` its own."""

    step: StepName
    text: str | None = None
    kind: str = "other"
    reported_at: datetime | None = None
    done: tuple[StepName, ...] = ()
    deadline: datetime | None = None


class Account(NamedTuple):
    """Points in hundredths; `words` are those of the lines by which it fell."""

    balance: int
    buffer: float
    last_deposit: datetime | None = None
    has_left: bool = False
    fall: Fall | None = None
    words: Words | None = None


class Rhythm(NamedTuple):
    """`last` is the last contact, or the last feedback; `usual` how far apart contacts usually are."""

    last: datetime | None = None
    usual: timedelta | None = None
    purpose: str | None = None


class Claims(NamedTuple):
    """How many product claims a supplier broke within so many months."""

    supplier: str | None = None
    broken: int = 0
    months: int = 12
    last: datetime | None = None


class Burden(NamedTuple):
    """How much somebody has in hand."""

    person: str | None
    workload: Workload


class Week(NamedTuple):
    """How many promises a team kept on time in the week that ended with `end`, and in the weeks before it."""

    team: str | None
    end: datetime
    kept: Share
    before: Share
    weeks: int


class Way(NamedTuple):
    """A channel, by the name that the people document uses."""

    name: str | None = None


About = Promised | Asked | Recovery | Account | Rhythm | Claims | Burden | Week | Way


class Matter(NamedTuple):
    """`customer` is how users call them."""

    occasion: Occasion
    customer: str | None
    about: About
