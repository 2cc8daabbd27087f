"""The adviser's answer for programs: how probable, which date is safe, and what that rests on."""

from __future__ import annotations

from typing import Any

from projections.advice import Advice


def as_json(found: Advice) -> dict[str, Any]:
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
    }
