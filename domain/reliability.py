"""Reliability: how sure one may be that a promise is kept, beside the account and never mixed into it.

A beta reputation after Jøsang and Ismail (2002): each settled promise adds evidence that fades.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from statistics import NormalDist
from typing import NamedTuple

from domain.rulebook import Rulebook

LEVEL = 0.90
STEPS, NEAR = 200, 1e-12


class Evidence(NamedTuple):
    """A settled promise: `weight` 1 = kept in full, 0 = broken."""

    at: datetime
    weight: float


class Reliability(NamedTuple):
    """Expected share of promises kept, its 90 % interval, and how many promises it rests on.

    `value` is None below the number from which a figure is shown.
    """

    value: float | None
    low: float
    high: float
    rests_on: int


def weight(base: int, rules: Rulebook) -> float:
    """Where base points lie between broken (0) and kept (1)."""
    worth = rules.promise
    return min(1.0, max(0.0, (base - worth.broken) / (worth.kept - worth.broken)))


def reliability(
    evidence: Iterable[Evidence], at: datetime, rules: Rulebook, firm_rate: float | None = None
) -> Reliability:
    """`firm_rate`: the firm's own long-run rate of the month; None = the one of the rulebook."""
    settled = [each for each in evidence if each.at <= at]
    fresh = [2.0 ** (-(at - each.at).total_seconds() / 86_400 / rules.reliability.half_life_days) for each in settled]
    # Added up exactly, so that the order in which the promises are read does not matter.
    kept = math.fsum(each.weight * share for each, share in zip(settled, fresh, strict=True))
    missed = math.fsum((1 - each.weight) * share for each, share in zip(settled, fresh, strict=True))
    count = len(settled)
    prior = rules.reliability.weight_of_prior
    rate = rules.reliability.firm_rate if firm_rate is None else firm_rate
    a, b = kept + rate * prior, missed + (1 - rate) * prior
    tail = (1 - LEVEL) / 2
    value = a / (a + b) if count >= rules.reliability.shown_from else None
    return Reliability(value, beta_quantile(tail, a, b), beta_quantile(1 - tail, a, b), count)


def wilson(numerator: int, denominator: int, level: float = 0.95) -> tuple[float, float] | None:
    """Wilson's score interval of a share (Wilson 1927); None where there is nothing to divide by."""
    if denominator == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = numerator / denominator
    spread = 1 + z * z / denominator
    middle = (share + z * z / (2 * denominator)) / spread
    half = z / spread * math.sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2))
    # At the ends the bound is the end itself; rounding would leave a trace of something.
    low = 0.0 if numerator == 0 else middle - half
    high = 1.0 if numerator == denominator else middle + half
    return low, high


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = share: Newton's method, halving where it leads out; a or b of 0 stand for certainty."""
    if a <= 0:
        return 0.0
    if b <= 0:
        return 1.0
    low, high, x = 0.0, 1.0, a / (a + b)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(STEPS):
        beside = beta_cdf(x, a, b) - share
        low, high = (x, high) if beside < 0 else (low, x)
        slope = math.exp(front + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        nearer = x - beside / slope if slope else low
        if not low < nearer < high:
            nearer = (low + high) / 2
        if abs(nearer - x) <= NEAR * x or not 0 < nearer < 1:  # the error shrinks with its square
            return nearer
        x = nearer
    return x


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method; the terms shrink fast on this side of the mean."""
    tiny = 1e-300
    c, d = 1.0, 1 / max(tiny, 1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d, tiny)
            c = _not_zero(1 + term / c, tiny)
            value *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return value


def _not_zero(number: float, tiny: float) -> float:
    return number if abs(number) > tiny else tiny
