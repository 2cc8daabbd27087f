"""From the opening of the second business day before the due, the owner is reminded once."""

from __future__ import annotations

from datetime import datetime

from domain.alert import Warning
from projections.open_promises import OpenPromise


def warning(promise: OpenPromise, at: datetime) -> Warning | None:
    if promise.due_soon is None or not promise.due_soon <= at < promise.due:
        return None
    return promise.warn("due_soon", since=promise.due_soon)
