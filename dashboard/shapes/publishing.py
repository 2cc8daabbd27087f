"""Publishing a document that steers the product, and the proposal of a rulebook from the firm's own experience."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from dashboard.shapes.rules import RuleChange

Kind = Literal["rulebook", "calendars", "people"]


class Texts(NamedTuple):
    """What one may start from; `may_publish`: whether the reader may publish what comes of it."""

    today: str
    shipped: str
    may_publish: bool


class Ready(NamedTuple):
    """What a sound text would change against what counts now. `changes` are those of a rulebook, in words."""

    same: bool
    changes: tuple[RuleChange, ...]


class Published(NamedTuple):
    """`new` False: this text was published already; `start` None = from the beginning."""

    new: bool
    start: datetime | None


class Weight(NamedTuple):
    """A weight of the rulebook in words, in hundredths of a point; `moved`: the fit says something else."""

    meaning: str
    section: str
    old: int
    new: int
    evidence: str
    moved: bool


class Proposal(NamedTuple):
    """A rulebook whose weights were fitted to what customers did."""

    at: datetime
    newer: bool
    """Something has been recorded since."""
    fitted: str
    verdict: tuple[str, ...]
    better: bool
    """Less surprised by what came later, by more than chance."""
    weights: tuple[Weight, ...]
    text: str
