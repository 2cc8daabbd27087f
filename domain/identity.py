"""Who is who: two customers that turned out to be one, and one that turned out to be two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from domain.customer import (
    CustomerChanged,
    CustomerLeft,
    CustomerMerged,
    CustomerOwnerAssigned,
    CustomerRegistered,
    CustomerSensitivitySet,
    CustomerSeparated,
    FeedbackGiven,
    FeedbackRequested,
    ReferralGiven,
)
from domain.fact import Data, Fact, in_order
from domain.history import Impossible, Life
from domain.promise import RequestDeclined

# -- state ----------------------------------------------------------------------------------------


class Merged(msgspec.Struct, frozen=True):
    """A customer whose history counts for another: the survivor's internal id, and the fact that says so."""

    survivor: str
    fact: Fact


def evolve(merged: Merged | None, fact: Fact) -> Merged | None:
    """Merged twice into the same, separated while apart: what repeats itself changes nothing."""
    match fact.data:
        case CustomerMerged() as data:
            return merged or Merged(data.customer, fact)
        case CustomerSeparated() as data if merged is not None and merged.survivor == data.customer:
            return None
        case _:
            return merged


def survivors(facts: Iterable[Fact]) -> dict[str, str]:
    """By internal id of each merged customer whoever their history counts for in the end.

    `facts` are those of all customers that may be merged with each other; only the ones that count.
    """
    into: dict[str, Merged | None] = {}
    merges = (fact for fact in facts if isinstance(fact.data, CustomerMerged | CustomerSeparated))
    for fact in in_order(merges):
        into[fact.customer] = evolve(into.get(fact.customer), fact)
    next_one: dict[str, str] = {}
    for merged in sorted(filter(None, into.values()), key=lambda merged: merged.fact.position):
        # A circle can close only when a merge counts again whose separation was retracted: the first recorded stand.
        if end_of_chain(merged.survivor, next_one) != merged.fact.customer:
            next_one[merged.fact.customer] = merged.survivor
    return {customer: end_of_chain(customer, next_one) for customer in next_one}


def end_of_chain(customer: str, next_one: Mapping[str, str]) -> str:
    while customer in next_one:
        customer = next_one[customer]
    return customer


# -- verbs ----------------------------------------------------------------------------------------


def merge(merged: Merged | None, fact: Fact) -> Fact:
    data = fact.data
    assert isinstance(data, CustomerMerged)
    if data.customer == data.duplicate:
        raise MergedWithItself(fact)
    if merged is not None and merged.survivor != data.customer:
        raise AlreadyMerged(fact, merged.fact)
    return fact


def tell(merged: Merged | None, fact: Fact) -> Fact:
    """Whatever is said of a customer is possible at any time."""
    return fact


class MergedWithItself(Impossible):
    rule_name = "merged_with_itself"
    sentence = "A customer cannot be merged with themself. Please name two customers."


class AlreadyMerged(Impossible):
    rule_name = "already_merged"
    sentence = "The duplicate is merged with another customer already: {earlier}. Please separate them first."


class MergedInACircle(Impossible):
    rule_name = "merged_in_a_circle"
    sentence = "The survivor is itself merged into the duplicate: {earlier}. Please separate them first."


TOLD: tuple[type[Data], ...] = (
    CustomerRegistered,
    CustomerChanged,
    CustomerOwnerAssigned,
    CustomerSensitivitySet,
    CustomerSeparated,
    CustomerLeft,
    FeedbackRequested,
    FeedbackGiven,
    ReferralGiven,
    RequestDeclined,
)

LIFE: Life[Merged] = Life(
    begins=frozenset(kind.type_name for kind in TOLD),
    verbs={"customer.merged": merge, **{kind.type_name: tell for kind in TOLD}},
    evolve=evolve,
)
