"""A customer who must ask again is told of at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.open_chases import OpenChase


def occasions(chase: OpenChase) -> Iterator[Occasion]:
    whose = Whose(chase.owner, chase.customer_owner, chase.team)
    yield Occasion("chased", chase.contact, chase.customer, chase.asked_at, whose)
