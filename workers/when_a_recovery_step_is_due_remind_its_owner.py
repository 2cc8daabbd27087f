"""Each step of a recovery is told of when half its time is used up, and again when it has passed (practice P12)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.open_recoveries import OpenRecovery


def occasions(recovery: OpenRecovery) -> Iterator[Occasion]:
    whose = Whose(recovery.owner, recovery.customer_owner, recovery.team)
    about = (recovery.incident, recovery.customer)
    for step in recovery.steps:
        passed = Occasion("recovery_step_due", *about, step.due, whose, level=2, detail=step.step)
        yield passed._replace(occurrence=step.due_moved)
        yield passed._replace(since=step.warn_at, until=step.due, level=1, occurrence=step.warn_moved)
