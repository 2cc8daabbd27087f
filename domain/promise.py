"""A promise: made, perhaps moved, and kept, taken back or broken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec.structs import replace
from pydantic import Field, model_validator

from domain.fact import (
    Amount,
    Channel,
    CustomerId,
    Data,
    DayOrInstant,
    Fact,
    Kind,
    Label,
    Number,
    PersonalLine,
    PersonalProse,
    PersonName,
    PromiseId,
    Severity,
    end_of,
    finding,
)
from domain.history import Impossible, Life, TooEarly

MOST_PARTS = 10_000
Parts = Annotated[int, Field(ge=1, le=MOST_PARTS)]
"""How many separate things a promise consists of."""
IN_CALENDARS = "@vertrauenskonto"
"""What our promises are called where they stand in somebody's calendar ends so; what comes back is known by it."""
Cause = Literal["customer", "supplier", "weather", "part", "other"]


# -- facts ----------------------------------------------------------------------------------------


class PromiseMade(Data):
    type_name: ClassVar[str] = "promise.made"
    rank: ClassVar[int] = 0
    promise: PromiseId
    customer: CustomerId
    due: DayOrInstant | None = None
    what: PersonalLine | None = None
    kind: Kind = "other"
    binding: Literal["firm", "intended", "estimate"] = "firm"
    severity: Severity = "normal"
    internal: bool = False
    by: PersonName | None = None
    team: Label | None = None
    supplier: Label | None = None
    product: Label | None = None
    amount: Amount | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    plan_b: PersonalProse | None = None
    channel: Channel | None = None
    parts: Parts = 1

    @model_validator(mode="after")
    def a_price_names_its_amount(self) -> Self:
        if self.kind == "price" and (self.amount is None or self.currency is None):
            field = "amount" if self.amount is None else "currency"
            raise finding("amount_missing", "A promised price needs its amount and currency.", {"field": field})
        return self


class PromiseChanged(Data):
    type_name: ClassVar[str] = "promise.changed"
    rank: ClassVar[int] = 1
    absent_stays: ClassVar[bool] = True
    promise: PromiseId
    what: PersonalLine | None = None
    kind: Kind = "other"
    severity: Severity = "normal"
    supplier: Label | None = None
    product: Label | None = None
    plan_b: PersonalProse | None = None
    parts: Parts = 1


class PromiseAssigned(Data):
    type_name: ClassVar[str] = "promise.assigned"
    rank: ClassVar[int] = 2
    absent_stays: ClassVar[bool] = True
    promise: PromiseId
    by: PersonName | None = None
    team: Label | None = None

    @model_validator(mode="after")
    def somebody_is_named(self) -> Self:
        if not (self.says("by") or self.says("team")):
            raise finding("nobody_named", "Please name by or team: who answers for it now?", {"field": "by"})
        return self


class PromisePaused(Data):
    type_name: ClassVar[str] = "promise.paused"
    rank: ClassVar[int] = 3
    promise: PromiseId
    cause: Cause


class PromiseResumed(Data):
    type_name: ClassVar[str] = "promise.resumed"
    rank: ClassVar[int] = 4
    promise: PromiseId
    cause: Cause


class PromiseRenegotiated(Data):
    type_name: ClassVar[str] = "promise.renegotiated"
    rank: ClassVar[int] = 5
    promise: PromiseId
    due: DayOrInstant
    reason: PersonalProse | None = None
    alternative: PersonalProse | None = None
    asked_by: Literal["us", "customer"] = "us"
    agreed: bool = True


class PromiseFulfilled(Data):
    type_name: ClassVar[str] = "promise.fulfilled"
    rank: ClassVar[int] = 6
    promise: PromiseId
    degree: Annotated[Number, Field(ge=0, le=1000)] = 1.0
    amount: Amount | None = None
    evidence: PersonalLine | None = None
    confirmed: Annotated[int, Field(ge=0, le=MOST_PARTS)] | None = None


class PromiseWithdrawn(Data):
    type_name: ClassVar[str] = "promise.withdrawn"
    rank: ClassVar[int] = 7
    promise: PromiseId
    reason: PersonalProse | None = None
    alternative: PersonalProse | None = None


class PromiseBroken(Data):
    type_name: ClassVar[str] = "promise.broken"
    rank: ClassVar[int] = 8
    promise: PromiseId
    reason: PersonalProse | None = None


class PromiseReleased(Data):
    type_name: ClassVar[str] = "promise.released"
    rank: ClassVar[int] = 9
    promise: PromiseId
    reason: PersonalProse | None = None


class RequestDeclined(Data):
    """An honest no: a promise that was not made."""

    type_name: ClassVar[str] = "request.declined"
    customer: CustomerId
    what: PersonalLine | None = None
    reason: PersonalProse | None = None
    alternative: PersonalProse | None = None
    by: PersonName | None = None


Settling = PromiseFulfilled | PromiseWithdrawn | PromiseBroken | PromiseReleased


# -- state ----------------------------------------------------------------------------------------


class Promise(msgspec.Struct, frozen=True):
    """A promise after some of its facts. What follows from its dues and the hours is in outcome.py."""

    made: Fact
    customer: str
    kind: str
    severity: str
    binding: str
    internal: bool
    channel: str | None
    promised_by: str | None
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    plan_b: bool
    amount: float | None
    parts: int
    due: date | datetime | None
    zone: str
    paused: Mapping[str, datetime] = {}
    settled: Fact | None = None


def evolve(promise: Promise | None, fact: Fact) -> Promise | None:
    """The promise after one more fact, in order of happening. Rules are the verbs' business."""
    data = fact.data
    if promise is None:
        return _made(fact, data) if isinstance(data, PromiseMade) else None
    match data:
        case PromiseChanged():
            return replace(
                promise,
                kind=data.kind if data.says("kind") else promise.kind,
                severity=data.severity if data.says("severity") else promise.severity,
                supplier=data.supplier if data.says("supplier") else promise.supplier,
                product=data.product if data.says("product") else promise.product,
                plan_b=data.plan_b is not None if data.says("plan_b") else promise.plan_b,
                parts=data.parts if data.says("parts") else promise.parts,
            )
        case PromiseAssigned():
            return replace(
                promise,
                owner=data.by if data.says("by") else promise.owner,
                team=data.team if data.says("team") else promise.team,
            )
        case PromisePaused():
            # A second pause for the same cause changes nothing, whichever of the two arrived first.
            return replace(promise, paused={data.cause: fact.time, **promise.paused})
        case PromiseResumed():
            return replace(promise, paused={c: t for c, t in promise.paused.items() if c != data.cause})
        case PromiseRenegotiated(agreed=True):
            return replace(promise, due=data.due, zone=fact.zone or promise.zone)
        case PromiseFulfilled() | PromiseWithdrawn() | PromiseBroken() | PromiseReleased():
            return replace(promise, settled=fact)
        case _:
            return promise


def _made(fact: Fact, data: PromiseMade) -> Promise:
    return Promise(
        made=fact,
        customer=data.customer,
        kind=data.kind,
        severity=data.severity,
        binding=data.binding,
        internal=data.internal,
        channel=data.channel,
        promised_by=data.by,
        owner=data.by,
        team=data.team,
        supplier=data.supplier,
        product=data.product,
        plan_b=data.plan_b is not None,
        amount=data.amount,
        parts=data.parts,
        due=data.due,
        zone=fact.zone or "UTC",
    )


# -- verbs: each returns the fact, or names the rule that forbids it ---------------------------------


def make(promise: Promise | None, fact: Fact) -> Fact:
    if promise is not None:
        raise PromiseAlreadyMade(fact, promise.made)
    due = fact.data.due if isinstance(fact.data, PromiseMade) else None
    if due is not None and end_of(due, fact.zone or "UTC") < fact.time:
        raise DueBeforeMade(fact, fact)
    return fact


def describe(promise: Promise | None, fact: Fact) -> Fact:
    """Say it better, hand it over, pause or resume it: possible whenever the promise stands."""
    must_be_made(promise, fact)
    return fact


def pause(promise: Promise | None, fact: Fact) -> Fact:
    must_be_open(must_be_made(promise, fact), fact)
    return fact


def renegotiate(promise: Promise | None, fact: Fact) -> Fact:
    standing = must_be_open(must_be_made(promise, fact), fact)
    due = fact.data.due if isinstance(fact.data, PromiseRenegotiated) else None
    if due is not None and end_of(due, fact.zone or standing.zone) < standing.made.time:
        raise DueBeforeMade(fact, standing.made)
    return fact


def settle(promise: Promise | None, fact: Fact) -> Fact:
    """Fulfil, take back, break or be released: once."""
    must_be_open(must_be_made(promise, fact), fact)
    return fact


def must_be_made(promise: Promise | None, fact: Fact) -> Promise:
    if promise is None:
        raise BeforeMade(fact)
    return promise


def must_be_open(promise: Promise, fact: Fact) -> Promise:
    if promise.settled is not None:
        raise PromiseAlreadySettled(fact, promise.settled)
    return promise


def _blame(error: Impossible, fact: Fact, each: Fact) -> Impossible:
    """The newcomer forbids what is recorded: it settles a second time, or before something that still happened."""
    if isinstance(error, PromiseAlreadySettled) and not isinstance(each.data, Settling):
        return SettledTooEarly(fact, each)
    return type(error)(fact, each)


LIFE: Life[Promise] = Life(
    begins=frozenset({"promise.made"}),
    verbs={
        "promise.made": make,
        "promise.changed": describe,
        "promise.assigned": describe,
        "promise.paused": pause,
        "promise.resumed": describe,
        "promise.renegotiated": renegotiate,
        "promise.fulfilled": settle,
        "promise.withdrawn": settle,
        "promise.broken": settle,
        "promise.released": settle,
    },
    evolve=evolve,
    blame=_blame,
)


class PromiseAlreadyMade(Impossible):
    rule_name = "promise_already_made"
    sentence = "The promise stands already: {earlier}. A new promise needs an id of its own."


class DueBeforeMade(Impossible):
    rule_name = "due_before_made"
    sentence = "The due lies before the promise was made: {earlier}. Please check both times."


class BeforeMade(TooEarly):
    rule_name = "before_made"
    sentence = "{type} at {time} lies before the promise was made: {earlier}. Please check the time."


class PromiseAlreadySettled(Impossible):
    rule_name = "promise_already_settled"
    sentence = "The promise is already settled: {earlier}. What was left to do is a new promise."


class SettledTooEarly(Impossible):
    """What is already recorded shows that the promise was still open then."""

    rule_name = "settled_too_early"
    sentence = "{type} at {time} would settle the promise before {earlier}. Please check the time."
