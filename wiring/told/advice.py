"""The adviser's answer for programs: how probable, which date is safe, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typing_extensions import TypedDict

from projections.advice import Advice


class Day(TypedDict):
    due: str
    probability: float | None


class Advised(TypedDict):
    """Probabilities between 0 and 1, null: too little to say; `text` says the same to people."""

    probability: float | None
    interval: Sequence[float]
    safe_due: str | None
    rests_on: int
    reasons: list[dict[str, Any]]
    open: int
    most_mastered: int | None
    overload: bool
    days: list[Day]
    text: list[str]


def as_json(found: Advice, text: Sequence[str]) -> Advised:
    estimate = found.estimate
    return {
        "probability": estimate.probability,
        "interval": estimate.interval,
        "safe_due": found.safe.on.isoformat() if found.safe else None,
        "rests_on": estimate.rests_on,
        "reasons": [each._asdict() for each in estimate.reasons],
        "open": found.workload.open,
        "most_mastered": found.workload.most_mastered,
        "overload": found.workload.is_overload,
        "days": [{"due": day.on.isoformat(), "probability": day.estimate.probability} for day in found.days],
        "text": list(text),
    }
