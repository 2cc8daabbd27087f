"""A customer, or anybody else we can make promises to, and what they told us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec.structs import replace
from pydantic import Field, model_validator

from domain.fact import (
    Address,
    AnyId,
    CustomerId,
    Data,
    DayOrInstant,
    Fact,
    Label,
    Number,
    Personal,
    PersonalLabel,
    PersonalProse,
    PersonName,
    ZoneName,
    finding,
    in_order,
)

PartyKind = Literal["prospect", "customer", "partner", "colleague", "supplier"]
Score = Annotated[Number, Field(ge=-1e9, le=1e9)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


# -- facts ----------------------------------------------------------------------------------------


class _Described(Data):
    customer: CustomerId
    name: PersonalLabel | None = None
    kind: PartyKind = "customer"
    email: Annotated[Address, Personal()] | None = None
    phone: PersonalLabel | None = None
    language: Language | None = None
    timezone: ZoneName | None = None
    owner: PersonName | None = None
    team: Label | None = None
    since: DayOrInstant | None = None


class CustomerRegistered(_Described):
    type_name: ClassVar[str] = "customer.registered"
    rank: ClassVar[int] = 0


class CustomerChanged(_Described):
    type_name: ClassVar[str] = "customer.changed"
    rank: ClassVar[int] = 1
    absent_stays: ClassVar[bool] = True


class CustomerOwnerAssigned(Data):
    type_name: ClassVar[str] = "customer.owner_assigned"
    rank: ClassVar[int] = 2
    customer: CustomerId
    owner: PersonName


class CustomerSensitivitySet(Data):
    type_name: ClassVar[str] = "customer.sensitivity_set"
    rank: ClassVar[int] = 3
    customer: CustomerId
    value: Annotated[Number, Field(ge=0.5, le=2)] | None
    reason: PersonalProse | None = None


class CustomerMerged(Data):
    """The duplicate's history counts for the survivor, as if they had always been one."""

    type_name: ClassVar[str] = "customer.merged"
    rank: ClassVar[int] = 4
    whose: ClassVar[str] = "duplicate"
    customer: CustomerId
    duplicate: CustomerId


class CustomerSeparated(Data):
    """They are two after all, as if they had never been merged."""

    type_name: ClassVar[str] = "customer.separated"
    rank: ClassVar[int] = 5
    whose: ClassVar[str] = "duplicate"
    customer: CustomerId
    duplicate: CustomerId


class CustomerLeft(Data):
    """Went to a competitor."""

    type_name: ClassVar[str] = "customer.left"
    rank: ClassVar[int] = 6
    customer: CustomerId
    reason: PersonalProse | None = None


class FeedbackRequested(Data):
    type_name: ClassVar[str] = "feedback.requested"
    rank: ClassVar[int] = 10
    customer: CustomerId
    about: AnyId | None = None


class FeedbackGiven(Data):
    type_name: ClassVar[str] = "feedback.given"
    rank: ClassVar[int] = 11
    customer: CustomerId | None = None
    score: Score
    scale_min: Score = 1.0
    scale_max: Score = 5.0
    about: AnyId | None = None
    text: PersonalProse | None = None

    @model_validator(mode="after")
    def the_score_lies_on_its_scale(self) -> Self:
        if self.scale_min >= self.scale_max:
            raise finding(
                "scale",
                "The scale runs from {low} to {high}; the second must be the larger.",
                {"low": self.scale_min, "high": self.scale_max, "field": "scale_max"},
            )
        if not self.scale_min <= self.score <= self.scale_max:
            raise finding(
                "off_scale",
                "{found} lies off its scale from {low} to {high}.",
                {"found": self.score, "low": self.scale_min, "high": self.scale_max, "field": "score"},
            )
        if self.customer is None and self.about is None:
            raise finding(
                "nobody_named", "Please name the customer, or what the feedback is about.", {"field": "customer"}
            )
        return self

    @property
    def normalised(self) -> float:
        """The score between 0 (worst) and 1 (best)."""
        return (self.score - self.scale_min) / (self.scale_max - self.scale_min)


class ReferralGiven(Data):
    type_name: ClassVar[str] = "referral.given"
    rank: ClassVar[int] = 12
    customer: CustomerId
    referred: PersonalLabel | None = None


# -- state ----------------------------------------------------------------------------------------


class Customer(msgspec.Struct, frozen=True):
    """A party after some of its facts, as far as rules and figures need it."""

    kind: str = "customer"
    owner: str | None = None
    team: str | None = None
    language: str | None = None
    timezone: str | None = None
    since: date | datetime | None = None
    sensitivity: float | None = None
    """Set by hand; None = learned."""
    left_at: datetime | None = None


def evolve(customer: Customer, fact: Fact) -> Customer:
    data = fact.data
    match data:
        case CustomerRegistered() | CustomerChanged():
            return replace(
                customer,
                kind=data.kind if data.says("kind") else customer.kind,
                owner=data.owner if data.says("owner") else customer.owner,
                team=data.team if data.says("team") else customer.team,
                language=data.language if data.says("language") else customer.language,
                timezone=data.timezone if data.says("timezone") else customer.timezone,
                since=data.since if data.says("since") else customer.since,
            )
        case CustomerOwnerAssigned():
            return replace(customer, owner=data.owner)
        case CustomerSensitivitySet():
            return replace(customer, sensitivity=data.value)
        case CustomerLeft():
            return replace(customer, left_at=customer.left_at or fact.time)
        case _:
            return customer


def state(history: Iterable[Fact]) -> Customer:
    customer = Customer()
    for fact in in_order(history):
        customer = evolve(customer, fact)
    return customer
