"""While timely notice is still possible but no longer for more than four business hours, say so."""

from __future__ import annotations

from datetime import datetime

from domain.alert import Warning
from projections.open_promises import OpenPromise


def warning(promise: OpenPromise, at: datetime) -> Warning | None:
    if promise.last_call is None or promise.last_moment is None:
        return None
    if not promise.last_call <= at < promise.last_moment:
        return None
    return promise.warn("last_call", since=promise.last_call)
