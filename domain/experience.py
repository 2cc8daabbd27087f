"""What a promise teaches: who promised what to whom by when, and whether it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from domain.outcome import Standing, Step
from domain.steering import Steering

BUSINESS_DAY_SECONDS = 8 * 3600


class Proposal(NamedTuple):
    """What is known of a promise at the moment of making it; ids are internal ones, times UTC.

    `lead_days`: business days of 8 hours to the due. `weekday` of the due, else of the making, from 0 = Monday.
    """

    made_at: datetime
    owner: str | None
    team: str | None
    severity: str
    kind: str
    customer: str | None
    lead_days: float | None
    weekday: int


class Experience(NamedTuple):
    """A promise that was made.

    `known_at`: from when it is certain whether it was kept; may lie ahead, None = it is open without a date, or
    was waived. What is late stays late: of an overdue promise it is the due that counts. `ended_at`: when nothing
    was left to do, None = it is open.
    """

    promise: str
    proposal: Proposal
    kept: bool
    known_at: datetime | None
    ended_at: datetime | None


def proposal(
    made_at: datetime,
    due: datetime | None,
    steering: Steering,
    *,
    owner: str | None,
    team: str | None = None,
    severity: str = "normal",
    kind: str = "other",
    customer: str | None = None,
) -> Proposal:
    """`due` is the instant at which a date ends; the team is the owner's where none is named."""
    hours = steering.hours(team, owner, made_at)
    person = steering.find(owner, made_at)
    lead = None if due is None else hours.between(made_at, due) / BUSINESS_DAY_SECONDS
    # A due at midnight is the end of the day before.
    day = hours.local_date(made_at if due is None else due - datetime.resolution)
    return Proposal(
        made_at=made_at.astimezone(UTC),
        owner=steering.person(person.id) if person else owner,  # one person, however sources name them
        team=team or (person.team if person else None),
        severity=severity,
        kind=kind,
        customer=customer,
        lead_days=lead,
        weekday=day.weekday(),
    )


def experience(life: Sequence[Step], customer: str, steering: Steering) -> Experience:
    """Of the steps of one promise, who promised it and not who answers for it now."""
    made, last = life[0].after, life[-1].after
    known = _known(life)
    verdict = last.verdict
    return Experience(
        promise=made.promise.made.stream,
        proposal=proposal(
            made.promise.made.time,
            made.due,
            steering,
            owner=made.promise.promised_by,
            team=made.promise.team,
            severity=made.promise.severity,
            kind=made.promise.kind,
            customer=customer,
        ),
        kept=verdict is not None and verdict.at == known and verdict.outcome == "kept",
        known_at=known,
        ended_at=verdict.at if verdict else None,
    )


def _known(life: Sequence[Step]) -> datetime | None:
    """The first instant at which the date that counts passed, else that of the settlement."""
    for step, after in pairwise([*life, None]):
        assert step is not None
        passed = _passes(step.after, step.fact.time)
        if passed is not None and (after is None or passed < after.fact.time):
            return passed.astimezone(UTC)
        if step.after.verdict is not None:
            return None if step.after.verdict.outcome == "released" else step.after.verdict.at
    return None


def _passes(standing: Standing, at: datetime) -> datetime | None:
    """When the date that counts passes while nothing else happens."""
    if standing.verdict or standing.stopped_since or standing.counting is None:
        return None
    return max(standing.counting, at)
