"""When a customer's trust is strained, and once more when it is lost, whoever looks after them hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.strained import Strained


def occasions(customer: Strained) -> Iterator[Occasion]:
    if customer.low is not None:
        yield customer.occasion("trust_low", since=customer.low)
    if customer.lost is not None:
        yield customer.occasion("trust_low", since=customer.lost, level=2)
