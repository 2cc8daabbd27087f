"""From the opening of the second business day before the due, the owner is reminded once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.open_promises import OpenPromise


def occasions(promise: OpenPromise) -> Iterator[Occasion]:
    if promise.due_soon is not None:
        yield promise.occasion("due_soon", since=promise.due_soon, until=promise.due)
