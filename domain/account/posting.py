"""One line of a statement, and what it is worth at a moment; what all lines come to is the balance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from domain.documents import Versions
from domain.rulebook import Rulebook, hundredths

DAY_SECONDS = 86_400

Rulebooks = Versions[Rulebook]
FactorName = Literal["binding", "confirmed", "newness", "sensitivity", "admitted", "recovery_cap"]


class Factor(NamedTuple):
    name: FactorName
    value: float


class Share(NamedTuple):
    """So many times a weight of the rulebook; `weight` is its place there, such as promise.late.2."""

    weight: str
    times: float


class Against(NamedTuple):
    """The overdue promise that an incident is about: its provisional withdrawal is not taken twice."""

    due: datetime
    factor: float


class Posting(msgspec.Struct, frozen=True):
    """One line of a statement.

    A provisional line (`due` set) is worth what the lateness table says at the moment of reading, and
    stands only until `until`. `subject` is the stream of the promise, contact or incident, or the fact's own key.
    """

    time: datetime
    rule: str
    base: int
    fact: str
    subject: str
    factors: tuple[Factor, ...] = ()
    points: int = 0
    since: datetime | None = None
    """From when it stands, where that is later than `time`: it took the place of another."""
    until: datetime | None = None
    due: datetime | None = None
    against: Against | None = None
    """Worth only what exceeds the provisional withdrawal of a promise at the moment of reading."""
    days_late: float | None = None
    settles: bool = False
    counts_as_new: bool = False
    """A deposit of a promise: newness multiplies it."""
    fades: bool = True
    recovers: str = ""
    """A recovery deposit: the stream of its incident."""
    cap: float = 1.0
    """At most this share of the incident's withdrawal comes back."""
    mix: tuple[Share, ...] = ()
    """What of the rulebook the base consists of, where it is more or less than the one weight of its rule."""

    @property
    def provisional(self) -> bool:
        return self.due is not None

    @property
    def stands_from(self) -> datetime:
        return self.since or self.time

    def stands_at(self, at: datetime) -> bool:
        # Not by `stands_from`: this is asked of every line at thousands of moments.
        return (self.since or self.time) <= at and (self.until is None or at < self.until)

    def base_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        """Hundredths; of a provisional line by the days past its due, under the rules of the due."""
        if self.due is not None:
            return _late(self.due, at, rulebooks)
        if self.against is not None:
            taken = times(_late(self.against.due, at, rulebooks), [Factor("binding", self.against.factor)])
            return min(0, self.base - taken)
        return self.base

    def points_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        if self.due is None and self.against is None:
            return self.points
        return times(self.base_at(at, rulebooks), self.factors)

    def counts_at(self, at: datetime, rulebooks: Rulebooks) -> int:
        """What the line still counts: its points, faded with its age. A provisional line has no age."""
        points = self.points if self.due is None and self.against is None else self.points_at(at, rulebooks)
        if self.due is not None or not self.fades:
            return points
        return hundredths(points / 100 * rulebooks.at(at).fading.at(days_between(self.time, at)))


def _late(due: datetime, at: datetime, rulebooks: Rulebooks) -> int:
    return hundredths(rulebooks.at(due).promise.late.at(days_between(due, at)) / 100)


def days_between(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds() / DAY_SECONDS


def times(base: int, factors: Iterable[Factor]) -> int:
    points = float(base)
    for factor in factors:
        points *= factor.value
    return hundredths(points / 100)


def balance(lines: Iterable[Posting], at: datetime, rulebooks: Rulebooks) -> int:
    """Hundredths of points at a moment: the sum of what the lines count then."""
    return sum(line.counts_at(at, rulebooks) for line in lines if line.stands_at(at))
