"""Figures, each with how sure it is and how much it rests on."""

from __future__ import annotations

from typing import NamedTuple


class Share(NamedTuple):
    """A share with the ends of its 95 % interval; of nothing (`denominator` 0) it says nothing."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """Between 0 and 1, None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


class Spread(NamedTuple):
    """Seconds: the middle one, and what nine in ten do not exceed; None where `n` is 0."""

    median: float | None
    most: float | None
    n: int


class Reliability(NamedTuple):
    """How surely the next promise to this customer will be kept; below five settled ones without `value`."""

    value: float | None
    low: float
    high: float
    rests_on: int
