"""Whoever has more open promises than in any month that went well hears of it before giving the next one."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.overload import Overload


def occasions(overload: Overload) -> Iterator[Occasion]:
    yield Occasion("overload", overload.person, "", overload.since, Whose(owner=overload.person))
