"""When a customer's account would not bear two more usual withdrawals, whoever looks after them hears of it.

Once trust is low itself, that is told, and this no longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.strained import Strained


def occasions(customer: Strained) -> Iterator[Occasion]:
    if customer.thin is not None and customer.low is None:
        yield customer.occasion("buffer_thin", since=customer.thin)
