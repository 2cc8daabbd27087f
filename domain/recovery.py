"""Recovery: lost trust is won back in this order, each step in its time (practice P12).

Give the reason, ask for understanding and apologise, ask for a new chance with an offer, talk in person,
put it right. Mail and phone seldom restore trust; a talk counts only in person or by video.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from domain import incident as incidents
from domain.business_time import Hours
from domain.fact import Fact, in_order
from domain.incident import (
    Incident,
    IncidentApologised,
    IncidentChanceAsked,
    IncidentExplained,
    IncidentOfferAnswered,
    IncidentOffered,
    IncidentPaused,
    IncidentResolved,
    IncidentResumed,
    IncidentTalked,
)
from domain.relationship import Relationship
from domain.rulebook import RecoveryRules
from domain.steering import Steering
from domain.waiting import deadline, waits

StepName = Literal["reason", "apology", "chance", "talk", "resolved", "offer_accepted"]
ORDER: tuple[StepName, ...] = ("reason", "apology", "chance", "talk", "resolved")
DISCIPLINE: tuple[StepName, ...] = ("reason", "apology", "talk")
"""What recovery_discipline asks for; the new chance may be missing there."""
IN_PERSON = frozenset(("in_person", "video"))


class Deadlines(NamedTuple):
    """When each step should be done; None while we wait for the customer."""

    reason: datetime | None
    apology: datetime | None
    chance: datetime | None
    talk: datetime | None
    resolved: datetime | None

    def of(self, step: StepName) -> datetime | None:
        found: datetime | None = getattr(self, step)
        return found


class Done(NamedTuple):
    """A step that came after all steps before it."""

    step: StepName
    fact: Fact
    in_time: bool


class Case(msgspec.Struct, frozen=True):
    """An incident with its recovery after some of its facts."""

    incident: Incident
    deadlines: Deadlines
    warnings: Deadlines
    """When so much of each step's time is used up that somebody is told."""
    waited: tuple[datetime, ...] = ()
    """Since when the customer let us wait, of each time that is over: what lay ahead then has moved."""
    done: tuple[Done, ...] = ()
    in_order: tuple[StepName, ...] = ()
    """Of DISCIPLINE what was done in time and not before the one before it."""
    chance_asked: bool = False
    offered: bool = False
    talked: bool = False
    """In person or by video, after reason and apology."""

    @property
    def steps_done(self) -> frozenset[StepName]:
        return frozenset(done.step for done in self.done)

    @property
    def restored(self) -> bool:
        """Put right, and talked over face to face after reason and apology: mail alone restores no trust (P12)."""
        return self.incident.resolved_at is not None and self.incident.state != "open" and self.talked

    @property
    def disciplined(self) -> bool:
        return len(self.in_order) == len(DISCIPLINE)

    @property
    def discipline_due(self) -> datetime | None:
        """When the last of these deadlines passes; None while we wait for the customer."""
        due = [self.deadlines.of(step) for step in DISCIPLINE]
        known = [each for each in due if each is not None]
        return max(known) if len(known) == len(due) else None

    @property
    def next_step(self) -> StepName | None:
        """What is to be done next while recovery runs."""
        if self.incident.state != "open":
            return None
        return next((step for step in ORDER if step not in self.steps_done), None)


class Stage(NamedTuple):
    """One fact of an incident, and the case after it."""

    fact: Fact
    after: Case


def stages(history: Sequence[Fact], relationship: Relationship, steering: Steering) -> Iterator[Stage]:
    """The life of one incident, fact by fact, in order of happening."""
    case: Case | None = None
    known: list[Fact] = []
    for fact in in_order(history):
        known.append(fact)
        incident = incidents.evolve(case.incident if case else None, fact)
        if incident is None:
            continue
        if case is None or isinstance(fact.data, IncidentPaused | IncidentResumed):
            case = _timed(case, incident, known, relationship, steering)
        case = _evolve(replace(case, incident=incident), fact)
        yield Stage(fact, case)


def case_of(history: Sequence[Fact], relationship: Relationship, steering: Steering) -> Case:
    *_, last = stages(history, relationship, steering)
    return last.after


def hours_of(incident: Incident, relationship: Relationship, steering: Steering) -> Hours:
    """The opening hours of whoever answered for it when it was reported, else for the customer."""
    data, at = incident.data, incident.reported.time
    if data.team or data.by:
        return steering.hours(data.team, data.by, at)
    customer = relationship.at(at)
    return steering.hours(customer.team, customer.owner, at)


def resolved_in_seconds(case: Case, relationship: Relationship, steering: Steering) -> int | None:
    """Business seconds from the report to the last resolution."""
    incident = case.incident
    if incident.resolved_at is None:
        return None
    return hours_of(incident, relationship, steering).between(incident.reported.time, incident.resolved_at)


def _timed(
    case: Case | None, incident: Incident, known: Sequence[Fact], relationship: Relationship, steering: Steering
) -> Case:
    """With the deadlines that follow from what is known."""
    start = incident.reported.time
    book = steering.rulebooks.at(start)
    hours, paused = hours_of(incident, relationship, steering), waits(known)
    seconds = _seconds(book.recovery)
    deadlines = Deadlines(*(deadline(start, each, hours, paused) for each in seconds))
    share = book.alerts.recovery_at
    warnings = Deadlines(*(deadline(start, round(each * share), hours, paused) for each in seconds))
    waited = tuple(each.since for each in paused if each.until is not None)
    if case is None:
        return Case(incident, deadlines, warnings, waited)
    return replace(case, deadlines=deadlines, warnings=warnings, waited=waited)


def _seconds(rules: RecoveryRules) -> list[int]:
    hours = (rules.reason_hours, rules.apology_hours, rules.chance_hours, rules.talk_hours, rules.resolution_hours)
    return [round(each * 3600) for each in hours]


# -- steps ------------------------------------------------------------------------------------------


def _evolve(case: Case, fact: Fact) -> Case:
    match fact.data:
        case IncidentExplained():
            return _did(case, "reason", fact)
        case IncidentApologised():
            return _did(case, "apology", fact)
        case IncidentChanceAsked() as asked:
            offered = case.offered or asked.offer is not None
            return _did_with_offer(replace(case, chance_asked=True, offered=offered), fact)
        case IncidentOffered():
            return _did_with_offer(replace(case, offered=True), fact)
        case IncidentOfferAnswered(accepted=True):
            return _did(case, "offer_accepted", fact)
        case IncidentTalked(channel=channel) if channel in IN_PERSON:
            explained = case.steps_done.issuperset(("reason", "apology"))
            return _did(replace(case, talked=case.talked or explained), "talk", fact)
        case IncidentResolved():
            return _did(case, "resolved", fact)
        case _:
            return case


def _did_with_offer(case: Case, fact: Fact) -> Case:
    return _did(case, "chance", fact) if case.chance_asked and case.offered else case


def _did(case: Case, step: StepName, fact: Fact) -> Case:
    in_time = _by(fact.time, case.deadlines.of(step)) if step in ORDER else True
    if step in DISCIPLINE and in_time and step == _next(case.in_order):
        case = replace(case, in_order=(*case.in_order, step))
    if step in case.steps_done or not case.steps_done.issuperset(_before(step)):
        return case
    return replace(case, done=(*case.done, Done(step, fact, in_time)))


def _next(in_order: Sequence[StepName]) -> StepName | None:
    return DISCIPLINE[len(in_order)] if len(in_order) < len(DISCIPLINE) else None


def _before(step: StepName) -> tuple[StepName, ...]:
    """The steps that must be done before this one counts."""
    if step == "offer_accepted":
        return ORDER[: ORDER.index("chance") + 1]
    return ORDER[: ORDER.index(step)]


def _by(at: datetime, due: datetime | None) -> bool:
    return due is None or at <= due
