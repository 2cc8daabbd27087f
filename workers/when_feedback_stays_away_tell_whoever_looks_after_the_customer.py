"""When a customer has long said nothing of how we do, whoever looks after them hears of it: they can ask."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.quiet import Quiet


def occasions(customer: Quiet) -> Iterator[Occasion]:
    if customer.without_feedback is not None:
        yield customer.occasion("feedback_silent", since=customer.without_feedback)
