"""Following up: the day after a delivery we ask whether all is well (practice P21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.contact import ContactOutbound
from domain.fact import Fact
from domain.outcome import Step, hours_of, steps
from domain.relationship import Relationship
from domain.steering import Steering


class FollowUp(NamedTuple):
    """A delivery that asks for one, until when, and the contact that came in time."""

    promise: str
    fulfilled: Fact
    until: datetime
    followed: Fact | None


def approaches(relationship: Relationship) -> list[Fact]:
    """Our own contacts with the customer, in order of happening."""
    found = [
        fact for history in relationship.contacts.values() for fact in history if isinstance(fact.data, ContactOutbound)
    ]
    return sorted(found, key=lambda fact: (fact.time, fact.key))


def follow_ups(relationship: Relationship, steering: Steering) -> Iterator[FollowUp]:
    calls = [fact for fact in approaches(relationship) if _purpose(fact) == "follow_up"]
    for stream, history in relationship.promises.items():
        for step in steps(history, steering):
            verdict = step.after.verdict
            if verdict is None or step.before is None or step.before.verdict is not None:
                continue
            until = follow_up_until(step, steering)
            if until is not None:
                suiting = (call for call in calls if step.fact.time < call.time <= until and _suits(call, stream))
                yield FollowUp(stream, step.fact, until, next(suiting, None))


def follow_up_until(step: Step, steering: Steering) -> datetime | None:
    """Until when a promise just settled asks for one: 24:00 of the next business day; None if it asks for none."""
    promise, verdict = step.after.promise, step.after.verdict
    if verdict is None or verdict.degree is None or verdict.outcome == "broken" or promise.internal:
        return None
    at = step.fact.time
    if promise.kind not in steering.rulebooks.at(at).contacts.follow_up_kinds:
        return None
    return hours_of(promise, steering, at).end_of_business_day_after(at)


def _purpose(fact: Fact) -> str:
    return fact.data.purpose if isinstance(fact.data, ContactOutbound) else ""


def _suits(call: Fact, stream: str) -> bool:
    about = call.data.about if isinstance(call.data, ContactOutbound) else None
    return about is None or about.partition("-")[2] == stream.partition("-")[2]
