"""When a customer says nothing for much longer than usual, whoever looks after them hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.quiet import Quiet


def occasions(customer: Quiet) -> Iterator[Occasion]:
    if customer.silent is not None:
        yield customer.occasion("silent_customer", since=customer.silent)
