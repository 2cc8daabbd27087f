"""Once the due has passed and nothing was said, the owner hears what to do now."""

from __future__ import annotations

from datetime import datetime

from domain.alert import Warning
from projections.open_promises import OpenPromise


def warning(promise: OpenPromise, at: datetime) -> Warning | None:
    if at < promise.due:
        return None
    return promise.warn("overdue", since=promise.due)
