"""What a forecast is worth: judged by what came, never by how it was made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

BINS = 10
LEAST_GAIN = 0.001
"""Nats; forecasts that differ by less say the same."""
SURE = 1.645
"""Standard errors: what lies so far above nothing is 95 % sure to; half of a 90 % interval."""


class Judged(NamedTuple):
    """A probability that was named before, and whether it came."""

    probability: float
    came: bool


class Bin(NamedTuple):
    """Forecasts of about the same size: their mean, and the share that came."""

    n: int
    forecast: float
    came: float


class Score(NamedTuple):
    """`auc`: how often the one that came had the higher forecast of two, one that came and one that did not.

    `log_loss`: mean −log of the probability given to what came, in nats; 0 is perfect. `error`: expected
    calibration error, the mean gap between forecast and share over the bins. `auc` is None where all ended alike.
    """

    n: int
    auc: float | None
    log_loss: float
    error: float
    bins: tuple[Bin, ...]


def score(cases: Sequence[Judged]) -> Score | None:
    """None of nothing."""
    if not cases:
        return None
    bins = tuple(calibration(cases))
    error = math.fsum(each.n * abs(each.forecast - each.came) for each in bins) / len(cases)
    return Score(len(cases), auc(cases), log_loss(cases), error, bins)


def auc(cases: Sequence[Judged]) -> float | None:
    """The area under the ROC curve by ranks; equal forecasts share theirs (Mann and Whitney 1947)."""
    came = sum(case.came for case in cases)
    missed = len(cases) - came
    if not came or not missed:
        return None
    ranks, below = 0.0, 0
    for _, group in groupby(sorted(cases), key=lambda case: case.probability):
        equal = list(group)
        ranks += (below + (len(equal) + 1) / 2) * sum(case.came for case in equal)
        below += len(equal)
    return (ranks - came * (came + 1) / 2) / (came * missed)


def log_loss(cases: Sequence[Judged]) -> float:
    return math.fsum(loss(*case) for case in cases) / len(cases)


def loss(probability: float, came: bool) -> float:
    """−log of the probability that was given to what came, in nats."""
    return -math.log(max(probability if came else 1 - probability, 1e-15))


def surely_positive(gains: Sequence[float]) -> bool:
    """Whether their mean lies above nothing by more than chance, and by more than a hair."""
    mean = math.fsum(gains) / len(gains)
    spread = math.fsum((gain - mean) ** 2 for gain in gains) / len(gains)
    return mean > max(LEAST_GAIN, SURE * math.sqrt(spread / len(gains)))


def calibration(cases: Sequence[Judged], bins: int = BINS) -> Iterator[Bin]:
    """Bins of equal count by size of forecast; equal forecasts are never parted, so that there may be fewer."""
    place, gathered, filled = 0, list[Judged](), 1
    for _, group in groupby(sorted(cases), key=lambda case: case.probability):
        gathered += group
        place_after = place + len(gathered)
        if place_after * bins >= filled * len(cases):
            yield _bin(gathered)
            place, gathered = place_after, []
            filled = place * bins // len(cases) + 1


def _bin(cases: Sequence[Judged]) -> Bin:
    n = len(cases)
    return Bin(n, math.fsum(case.probability for case in cases) / n, sum(case.came for case in cases) / n)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


# -- from a score to a probability ----------------------------------------------------------------------


class Curve(NamedTuple):
    """The probability σ(a + b · score); `b` is never below 0: a higher score is never a better sign."""

    a: float
    b: float

    def __call__(self, score: float) -> float:
        return sigmoid(self.a + self.b * score)


RIDGE = 0.01
"""So little holds the curve back: it also ends where a score parts all that came from all that did not."""


def fitted(cases: Sequence[tuple[float, bool, float]], steps: int = 50) -> Curve:
    """The likeliest curve through scores and what came, each with its weight, by Newton's method."""
    total = math.fsum(weight for _, _, weight in cases)
    mean = math.fsum(weight * score for score, _, weight in cases) / total
    spread = math.sqrt(math.fsum(weight * (score - mean) ** 2 for score, _, weight in cases) / total)
    flat = Curve(logit((math.fsum(weight * came for _, came, weight in cases) + RIDGE) / (total + 2 * RIDGE)), 0.0)
    if spread == 0:
        return flat
    scaled = [((score - mean) / spread, came, weight) for score, came, weight in cases]
    a, b = flat.a, 0.0
    for _ in range(steps):
        slope_a, slope_b, bend_a, bend_ab, bend_b = 0.0, -RIDGE * b, RIDGE, 0.0, RIDGE
        for x, came, weight in scaled:
            p = sigmoid(a + b * x)
            off, w = weight * (came - p), weight * p * (1 - p)
            slope_a, slope_b = slope_a + off, slope_b + off * x
            bend_a, bend_ab, bend_b = bend_a + w, bend_ab + w * x, bend_b + w * x * x
        whole = bend_a * bend_b - bend_ab * bend_ab
        step_a = (bend_b * slope_a - bend_ab * slope_b) / whole
        step_b = (bend_a * slope_b - bend_ab * slope_a) / whole
        a, b = a + step_a, b + step_b
        if abs(step_a) + abs(step_b) < 1e-7:
            break
    return Curve(a - b * mean / spread, b / spread) if b > 0 else flat
