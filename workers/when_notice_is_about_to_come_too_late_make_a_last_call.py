"""While timely notice is still possible but no longer for more than four business hours, say so."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.open_promises import OpenPromise


def occasions(promise: OpenPromise) -> Iterator[Occasion]:
    if promise.last_call is not None and promise.last_moment is not None:
        yield promise.occasion("last_call", since=promise.last_call, until=promise.last_moment)
