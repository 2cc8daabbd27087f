"""When we move a promise for the third time, and each time after that, whoever leads hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.moved_promises import MovedPromise


def occasions(promise: MovedPromise) -> Iterator[Occasion]:
    whose = Whose(promise.owner, promise.customer_owner, promise.team, to_manager=True)
    yield Occasion(
        "moved_again", promise.promise, promise.customer, promise.moved_at, whose, occurrence=promise.occurrence
    )
