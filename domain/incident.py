"""An incident: something went wrong, and how we win lost trust back, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal, Self

import msgspec
from msgspec.structs import replace
from pydantic import model_validator

from domain.fact import (
    Amount,
    Channel,
    CustomerId,
    Data,
    Fact,
    IncidentId,
    Label,
    PersonalLine,
    PersonalProse,
    PersonName,
    PromiseId,
    Severity,
    finding,
)
from domain.history import Impossible, Life, TooEarly
from domain.promise import Cause

IncidentKind = Literal[
    "complaint", "missed_appointment", "wrong_work", "forgotten", "untruth", "product_claim", "other"
]  # fmt: skip


# -- facts ----------------------------------------------------------------------------------------


class IncidentReported(Data):
    """`admitted`: we told the customer before they noticed."""

    type_name: ClassVar[str] = "incident.reported"
    rank: ClassVar[int] = 0
    incident: IncidentId
    customer: CustomerId
    kind: IncidentKind = "other"
    severity: Severity = "normal"
    promise: PromiseId | None = None
    by: PersonName | None = None
    team: Label | None = None
    supplier: Label | None = None
    product: Label | None = None
    admitted: bool = False
    text: PersonalProse | None = None


class IncidentAssigned(Data):
    type_name: ClassVar[str] = "incident.assigned"
    rank: ClassVar[int] = 2
    absent_stays: ClassVar[bool] = True
    incident: IncidentId
    by: PersonName | None = None
    team: Label | None = None

    @model_validator(mode="after")
    def somebody_is_named(self) -> Self:
        if not (self.says("by") or self.says("team")):
            raise finding("nobody_named", "Please name by or team: who answers for it now?", {"field": "by"})
        return self


class IncidentPaused(Data):
    type_name: ClassVar[str] = "incident.paused"
    rank: ClassVar[int] = 3
    incident: IncidentId
    cause: Cause


class IncidentResumed(Data):
    type_name: ClassVar[str] = "incident.resumed"
    rank: ClassVar[int] = 4
    incident: IncidentId
    cause: Cause


class _Step(Data):
    incident: IncidentId
    by: PersonName | None = None
    channel: Channel | None = None
    offer: PersonalLine | None = None
    amount: Amount | None = None


class IncidentExplained(_Step):
    """We gave the reason; by letter or phone will do."""

    type_name: ClassVar[str] = "incident.explained"
    rank: ClassVar[int] = 5


class IncidentApologised(_Step):
    type_name: ClassVar[str] = "incident.apologised"
    rank: ClassVar[int] = 6


class IncidentChanceAsked(_Step):
    """We asked for a new chance; with an offer, here or in `incident.offered`."""

    type_name: ClassVar[str] = "incident.chance_asked"
    rank: ClassVar[int] = 7


class IncidentOffered(_Step):
    type_name: ClassVar[str] = "incident.offered"
    rank: ClassVar[int] = 8


class IncidentOfferAnswered(_Step):
    type_name: ClassVar[str] = "incident.offer_answered"
    rank: ClassVar[int] = 9
    accepted: bool


class IncidentTalked(_Step):
    """Counts only in person or by video."""

    type_name: ClassVar[str] = "incident.talked"
    rank: ClassVar[int] = 10


class IncidentResolved(Data):
    """Mended for the customer."""

    type_name: ClassVar[str] = "incident.resolved"
    rank: ClassVar[int] = 11
    incident: IncidentId
    reason: PersonalProse | None = None


class IncidentReopened(Data):
    type_name: ClassVar[str] = "incident.reopened"
    rank: ClassVar[int] = 12
    incident: IncidentId
    reason: PersonalProse | None = None


class IncidentClosed(Data):
    """Nothing more to do."""

    type_name: ClassVar[str] = "incident.closed"
    rank: ClassVar[int] = 13
    incident: IncidentId
    reason: PersonalProse | None = None


# -- state ----------------------------------------------------------------------------------------


class Incident(msgspec.Struct, frozen=True):
    """An incident after some of its facts. What of the recovery was in time and in order is in recovery.py."""

    reported: Fact
    data: IncidentReported
    owner: str | None
    team: str | None
    paused: Mapping[str, datetime] = {}
    resolved_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def state(self) -> Literal["open", "resolved", "closed"]:
        if self.closed_at is not None:
            return "closed"
        return "open" if self.resolved_at is None else "resolved"


def evolve(incident: Incident | None, fact: Fact) -> Incident | None:
    """Twice closed, reopened while open: what repeats itself changes nothing; the last resolution counts."""
    data = fact.data
    if incident is None:
        return Incident(fact, data, data.by, data.team) if isinstance(data, IncidentReported) else None
    match data:
        case IncidentAssigned():
            return replace(
                incident,
                owner=data.by if data.says("by") else incident.owner,
                team=data.team if data.says("team") else incident.team,
            )
        case IncidentPaused():
            return replace(incident, paused={data.cause: fact.time, **incident.paused})
        case IncidentResumed():
            return replace(incident, paused={c: t for c, t in incident.paused.items() if c != data.cause})
        case IncidentResolved():
            return replace(incident, resolved_at=fact.time)
        case IncidentReopened():
            return replace(incident, resolved_at=None, closed_at=None)
        case IncidentClosed():
            return replace(incident, closed_at=incident.closed_at or fact.time)
        case _:
            return incident


# -- verbs ----------------------------------------------------------------------------------------


def report(incident: Incident | None, fact: Fact) -> Fact:
    if incident is not None:
        raise IncidentAlreadyReported(fact, incident.reported)
    return fact


def act(incident: Incident | None, fact: Fact) -> Fact:
    """Whatever is done about it: possible as soon as it was reported."""
    if incident is None:
        raise BeforeReported(fact)
    return fact


class IncidentAlreadyReported(Impossible):
    rule_name = "incident_already_reported"
    sentence = "The incident stands already: {earlier}. A new incident needs an id of its own."


class BeforeReported(TooEarly):
    rule_name = "before_reported"
    sentence = "{type} at {time} lies before the incident was reported: {earlier}. Please check the time."


STEPS: tuple[type[Data], ...] = (
    IncidentAssigned,
    IncidentPaused,
    IncidentResumed,
    IncidentExplained,
    IncidentApologised,
    IncidentChanceAsked,
    IncidentOffered,
    IncidentOfferAnswered,
    IncidentTalked,
    IncidentResolved,
    IncidentReopened,
    IncidentClosed,
)

LIFE: Life[Incident] = Life(
    begins=frozenset({"incident.reported"}),
    verbs={"incident.reported": report, **{kind.type_name: act for kind in STEPS}},
    evolve=evolve,
)
