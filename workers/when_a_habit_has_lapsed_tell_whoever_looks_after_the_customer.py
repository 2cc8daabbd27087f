"""When something that we regularly did for a customer stays away, whoever looks after them hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.quiet import Quiet


def occasions(customer: Quiet) -> Iterator[Occasion]:
    for missed in customer.missed:
        yield customer.occasion("lapsed_cadence", since=missed.since, detail=missed.purpose)
