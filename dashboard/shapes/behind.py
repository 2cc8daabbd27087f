"""The list behind a figure: all cases that it rests on, those that it counts, and the rest."""

from __future__ import annotations

from typing import Literal, NamedTuple

from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.periods import Period

__all__ = ["PAGE_SIZE", "Behind", "CustomerBehind", "CustomersBehind", "CustomersBehindAsked", "Part", "Parts"]

Part = Literal["all", "counted", "rest"]
Parts = dict[Part, int]


class Behind(NamedTuple):
    """Which figure's list, and which part of it; `name` is the figure's name on the command line."""

    name: str
    part: Part = "all"


class CustomersBehindAsked(NamedTuple):
    """Whose list: the customers behind a figure, in a period, of one team."""

    behind: Behind
    period: Period | None = None
    team: str | None = None


class CustomerBehind(NamedTuple):
    """One of them; `wait_seconds` and `on_time` where the figure compares how customers are served."""

    customer: str
    name: str
    counted: bool
    wait_seconds: float | None = None
    on_time: float | None = None


class CustomersBehind(NamedTuple):
    """A page of them, and how many there are in each part."""

    rows: tuple[CustomerBehind, ...]
    counts: Parts
