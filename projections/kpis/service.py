"""How customers are served: how even it is, and how much of it one and the same person does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from math import fsum
from statistics import median
from typing import NamedTuple

from projections.figures import Evenness, Figure, Mean, gini

WITHOUT_FEEDBACK = timedelta(days=180)
TELLING = ("referral_rate", "detractor_rate", "feedback_silence", "silence")
"""Shares of the active customers."""
NOTHING: Mapping[str, Figure] = {
    "continuity": Mean(None, 0),
    "equal_service": Evenness(Mean(None, 0), Mean(None, 0)),
}


def continuity(shares: Sequence[float]) -> Mean | None:
    """Of each customer the share of contacts and promises that one person handled; None where there is nobody."""
    return Mean(fsum(shares) / len(shares), len(shares)) if shares else None


class Treatment(NamedTuple):
    """How one customer was served: the middle wait for an answer in business seconds, the share of promises kept.

    None where there is nothing to tell.
    """

    wait_s: float | None
    on_time: float | None


def middle(waits: Sequence[int]) -> float:
    return float(median(waits))


def evenness(waits: Iterable[float], rates: Iterable[float]) -> Evenness | None:
    """Of each customer the middle wait in business seconds, and the share of promises kept, where there is any."""
    waits, rates = tuple(sorted(waits)), tuple(sorted(rates))
    if not waits and not rates:
        return None
    return Evenness(Mean(gini(waits), len(waits)), Mean(gini(rates), len(rates)), waits, rates)
