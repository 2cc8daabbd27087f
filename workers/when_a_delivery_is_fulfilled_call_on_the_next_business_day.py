"""A delivery was fulfilled and the next business day began: time to ask whether all is well (practice P21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.alert import Occasion, Whose
from projections.open_follow_ups import OpenFollowUp

WORTH_IT_FOR = timedelta(days=7)
"""A late call is better than none; after a week it would only seem strange."""


def occasions(follow_up: OpenFollowUp) -> Iterator[Occasion]:
    whose = Whose(follow_up.owner, follow_up.customer_owner, follow_up.team)
    until = follow_up.start + WORTH_IT_FOR
    yield Occasion("follow_up_due", follow_up.promise, follow_up.customer, follow_up.start, whose, until=until)
