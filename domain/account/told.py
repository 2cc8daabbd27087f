"""What the customer told us, and honest noes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from msgspec.structs import replace

from domain import customer as customers
from domain.account.posting import Posting, Share
from domain.customer import Customer, FeedbackGiven, ReferralGiven
from domain.fact import Fact, in_order
from domain.promise import RequestDeclined
from domain.rulebook import hundredths
from domain.steering import Steering


def of_customer(history: Sequence[Fact], steering: Steering) -> list[Posting]:
    """The lines of a customer's own stream, before sensitivity."""
    lines: list[Posting] = []
    customer = Customer()
    for fact in in_order(history):
        before, customer = customer, customers.evolve(customer, fact)
        rule, base = _said(fact, before, customer, steering)
        if rule:
            line = Posting(fact.time.astimezone(UTC), rule, base, fact=fact.key, subject=fact.key)
            lines.append(replace(line, mix=_mix(fact.data)) if isinstance(fact.data, FeedbackGiven) else line)
    return lines


def _mix(feedback: FeedbackGiven) -> tuple[Share, ...]:
    best = feedback.normalised
    return (Share("customer.feedback_worst", 1 - best), Share("customer.feedback_best", best))


def _said(fact: Fact, before: Customer, after: Customer, steering: Steering) -> tuple[str, int]:
    worth = steering.rulebooks.at(fact.time).customer
    match fact.data:
        case FeedbackGiven() as feedback:
            span = worth.feedback_best - worth.feedback_worst
            return "feedback", hundredths((worth.feedback_worst + span * feedback.normalised) / 100)
        case ReferralGiven():
            return "referral", worth.referral
        case RequestDeclined(reason=str(), alternative=alternative):
            if alternative is None:
                return "honest_no", worth.honest_no
            return "honest_no_with_alternative", worth.honest_no_with_alternative
        case _ if before.owner and after.owner and _somebody_else(before.owner, after.owner, fact, steering):
            return "owner_changed", worth.owner_changed
    return "", 0


def _somebody_else(before: str, after: str, fact: Fact, steering: Steering) -> bool:
    if before == after:
        return False
    first, second = steering.find(before, fact.time), steering.find(after, fact.time)
    return first is None or second is None or first.id != second.id
