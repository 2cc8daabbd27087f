"""Once the due has passed and nothing was said, the owner hears what to do now."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.open_promises import OpenPromise


def occasions(promise: OpenPromise) -> Iterator[Occasion]:
    yield promise.occasion("overdue", since=promise.due)
