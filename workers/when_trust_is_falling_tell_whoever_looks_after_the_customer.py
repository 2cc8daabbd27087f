"""When a customer's balance fell by much within a month, whoever looks after them hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.strained import Strained


def occasions(customer: Strained) -> Iterator[Occasion]:
    if customer.falling is not None:
        yield customer.occasion("trust_falling", since=customer.falling)
