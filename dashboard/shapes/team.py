"""What each of us has in hand."""

from __future__ import annotations

from typing import NamedTuple

from dashboard.shapes.per_person import OpeningRow


class TeamRow(NamedTuple):
    """What one of us has in hand; `name` None: nobody answers for it."""

    name: str | None
    alerts: int
    due: int
    overdue: int
    unanswered: int
    steps: int
    away: bool
    stand_in: str | None

    @property
    def is_free(self) -> bool:
        return not (self.alerts or self.due or self.overdue or self.unanswered or self.steps)


class TeamGroup(NamedTuple):
    """A team with its people by name; `name` None: those of no team."""

    name: str | None
    manager: str | None
    rows: tuple[TeamRow, ...]


class Team(NamedTuple):
    """`opening`: while figures per person are open; `is_alone`: one local user, for whom there is nothing to open."""

    groups: tuple[TeamGroup, ...]
    opening: OpeningRow | None = None
    is_alone: bool = False
    may_look: bool = False
