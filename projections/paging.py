"""Lists page by page: each begins behind the last row of the one before, whatever came in meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from projections.filters import Condition


class By(NamedTuple):
    """One thing that a list is ordered by: SQL that is never NULL, and whether the greatest comes first."""

    sql: str
    down: bool = False


Order = Sequence[By]
"""The last one tells all rows apart."""

Place = Sequence[Any]
"""A row's values of everything that its list is ordered by."""


def order_by(order: Order) -> str:
    return ", ".join(f"{each.sql} DESC" if each.down else each.sql for each in order)


def behind(order: Order, place: Place | None) -> Condition:
    """Rows that come after this place; None = all. The first comparison alone lets an index find the beginning."""
    if place is None:
        return Condition("1 = 1", [])
    if len(place) != len(order):
        raise ValueError("a place has a value for everything that the list is ordered by")
    first = order[0]
    bound = Condition(f"{first.sql} {'<=' if first.down else '>='} ?", [place[0]])
    return bound.and_(_after(order, place))


def _after(order: Order, place: Place) -> Condition:
    by, value = order[0], place[0]
    sign = "<" if by.down else ">"
    if len(order) == 1:
        return Condition(f"{by.sql} {sign} ?", [value])
    rest = _after(order[1:], place[1:])
    return Condition(f"({by.sql} {sign} ? OR ({by.sql} = ? AND {rest.sql}))", [value, value, *rest.params])
