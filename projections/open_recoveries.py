"""Incidents whose recovery runs, with the moments of each step that is not done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.recovery import ORDER, StepName
from domain.steering import Steering
from projections.filters import Library, Moment
from projections.tables import instant
from projections.window import conditions


class OpenStep(NamedTuple):
    """Somebody is told at `warn_at`, and again when the time is over at `due`, UTC.

    `warn_moved` and `due_moved`: how often the customer let us wait before, so that they moved.
    """

    step: StepName
    warn_at: datetime
    due: datetime
    warn_moved: int
    due_moved: int


class OpenRecovery(NamedTuple):
    """`steps` in the order of the playbook; none while the customer lets us wait."""

    incident: str
    customer: str
    owner: str | None
    team: str | None
    customer_owner: str | None
    steps: tuple[OpenStep, ...]


_MOMENTS = [f"i.{step}_{end}" for step in ORDER for end in ("warn", "due", "done")]


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[OpenRecovery]:
    """All that run at this moment: there are never many. `since` cuts nothing off."""
    found = []
    for wanted in conditions("i.incident", (), moment, None, subjects):
        for row in library.views.rows(
            f"SELECT i.incident, i.customer, i.owner, i.team, c.owner, i.waited, {', '.join(_MOMENTS)} "
            "FROM incidents i JOIN customers c ON c.customer = i.customer "
            f"WHERE {moment.rows('i')} AND i.state = 'open' AND {wanted.sql} "
            # By no index: else SQLite goes through all incidents in their order for the few that are open.
            "ORDER BY i.incident || ''",
            wanted.params,
        ):
            waited = [int(us) for us in row[5].split(",") if us]
            found.append(OpenRecovery._make((*row[:5], tuple(_steps(row[6:], waited)))))
    return found


def _steps(moments: Sequence[int | None], waited: Sequence[int]) -> Iterator[OpenStep]:
    for place, step in enumerate(ORDER):
        warn, due, done = moments[place * 3 : place * 3 + 3]
        warn_at, due_at = instant(warn), instant(due)
        if done is None and warn is not None and due is not None and warn_at is not None and due_at is not None:
            moved = (sum(since < moment for since in waited) for moment in (warn, due))
            yield OpenStep(step, warn_at, due_at, *moved)
