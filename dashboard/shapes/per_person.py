"""Figures about single colleagues: when they are open and why, and what is shown of whom."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dashboard.shapes.figures import Share


class OpeningRow(NamedTuple):
    """A time for which they were opened. `state`, `basis` as in code; `by` None: whoever works at this machine.

    Both days are included.
    """

    state: str
    basis: str
    purpose: str
    first: date
    last: date
    by: str | None


class OpeningAsked(NamedTuple):
    """What somebody records; `start` None: at once. Both days are included."""

    basis: str
    purpose: str
    start: date | None
    until: date


class PersonFigures(NamedTuple):
    """Of one of us: promises kept by the last and by the first date; `name` None: in nobody's hands."""

    name: str | None
    on_time: Share
    first: Share


class PerPerson(NamedTuple):
    """In the order of names, what came due since a day; `not_shown`: how many others had promises."""

    since: date
    rows: tuple[PersonFigures, ...]
    not_shown: int
