"""Things that hold from one instant to another, counted: since when there are so many, and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime | None]
"""From an instant until before another one; None = still."""


def while_at_least(spans: Iterable[Span], least: int, at: datetime) -> Span | None:
    """The time around a moment in which at least so many hold, without a break; None = fewer do.

    What ends and what begins at one instant are one change: whoever gives one away and takes one has as many as
    before.
    """
    changes: Counter[datetime] = Counter()
    for since, until in spans:
        changes[since] += 1
        if until is not None:
            changes[until] -= 1
    many, begun = 0, None
    for instant in sorted(changes):
        if instant > at and begun is None:
            return None
        many += changes[instant]
        if many >= least:
            begun = begun or instant
        elif instant <= at:
            begun = None
        else:
            assert begun is not None
            return begun, instant
    return None if begun is None else (begun, None)
