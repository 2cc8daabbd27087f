"""The forms of a figure: a share with its interval, a spread of times, a mean; always with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from domain.reliability import wilson

Per = Literal["day", "week", "month"]


class Share(NamedTuple):
    """`interval` is the 95 % Wilson interval; value and interval are None where nothing counts."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.numerator, self.denominator)

    def as_json(self) -> dict[str, object]:
        return {
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "interval": self.interval,
        }


class Spread(NamedTuple):
    """Quantiles of a list, linear between its members; None where it is empty."""

    median: float | None
    p90: float | None
    max: float | None
    n: int

    def as_json(self) -> dict[str, object]:
        return self._asdict()


class Lateness(NamedTuple):
    """Hours of lateness by the clock and in business hours."""

    clock: Spread
    business: Spread

    def as_json(self) -> dict[str, object]:
        return {**self.clock.as_json(), "business": self.business.as_json()}


class Mean(NamedTuple):
    value: float | None
    n: int

    def as_json(self) -> dict[str, object]:
        return self._asdict()


class Rate(NamedTuple):
    """So many of one thing for each hundred of another; it may lie over a hundred."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        return 100 * self.numerator / self.denominator if self.denominator else None

    def as_json(self) -> dict[str, object]:
        return {"value": self.value, "numerator": self.numerator, "denominator": self.denominator}


class Evenness(NamedTuple):
    """Gini coefficients over customers: 0 = everybody is served alike, towards 1 = very unequally.

    `waits` and `rates` are what they compare, in order of size: each customer's middle wait for an answer in business
    seconds, and the share of promises to them that were kept.
    """

    first_answer: Mean
    on_time: Mean
    waits: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"first_answer": self.first_answer.as_json(), "on_time": self.on_time.as_json()}


Figure = Share | Spread | Lateness | Mean | Rate | Evenness


def gini(values: Sequence[float]) -> float | None:
    """Half the mean difference of all pairs, divided by the mean (Gini 1912); None of nothing."""
    ordered = sorted(values)
    total = sum(ordered)
    if not ordered:
        return None
    if not total:
        return 0.0
    n = len(ordered)
    return sum((2 * place - n - 1) * value for place, value in enumerate(ordered, 1)) / (n * total)


def spread(values: Sequence[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread(None, None, None, 0)
    return Spread(quantile(ordered, 0.5), quantile(ordered, 0.9), ordered[-1], len(ordered))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two neighbours (type 7 of Hyndman and Fan 1996); the list must be sorted."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def period_of(day: str, per: Per) -> str:
    """2026-03-05 → itself, its ISO week 2026-W10, or its month 2026-03."""
    if per == "day":
        return day
    if per == "month":
        return day[:7]
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"
