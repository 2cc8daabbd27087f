"""Who works here, who stands in for whom, and when which team is open."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from dashboard.shapes.per_person import OpeningRow

Missing = Literal["people", "land", "holidays"]
"""What a firm should still say: who works here, the federal state, the country whose holidays count."""


class Away(NamedTuple):
    """Both days are included."""

    first: date
    last: date


class PersonRow(NamedTuple):
    """One of us. `away` None: here today; `later` are absences to come."""

    name: str
    roles: tuple[str, ...]
    team: str | None
    stand_in: str | None
    away: Away | None
    later: tuple[Away, ...]
    reachable: bool


class TeamRow(NamedTuple):
    """`then`: who hears of it after the manager, in order."""

    name: str
    manager: str | None
    then: tuple[str, ...]
    calendar: str


class Closed(NamedTuple):
    """Days in a row on which nobody works though one usually would; `reason` may be empty."""

    first: date
    last: date
    reason: str


class CalendarRow(NamedTuple):
    """`week`: of each weekday from Monday on the times at which one opens and closes, in seconds since midnight."""

    name: str
    usual: bool
    teams: tuple[str, ...]
    zone: str
    country: str | None
    land: str | None
    week: tuple[tuple[tuple[int, int], ...], ...]
    closed: tuple[Closed, ...]
    """The next ones."""


class PeopleAndHours(NamedTuple):
    persons: tuple[PersonRow, ...]
    teams: tuple[TeamRow, ...]
    calendars: tuple[CalendarRow, ...]
    manager: str | None
    shared_inbox: str | None
    missing: tuple[Missing, ...]
    may_publish_people: bool
    may_publish_calendars: bool
    openings: tuple[OpeningRow, ...] = ()
    """When figures per person were open, the newest first."""
    may_open_figures: bool = False
