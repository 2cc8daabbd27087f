"""Following up: the day after a delivery we ask whether all is well (practice P21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.contact import ContactOutbound
from domain.fact import Fact
from domain.outcome import Step, hours_of
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
    for stream, life in relationship.lives(steering).items():
        for step in life:
            verdict = step.after.verdict
            if verdict is None or step.before is None or step.before.verdict is not None:
                continue
            until = follow_up_until(step, steering)
            if until is not None:
                suiting = (call for call in calls if step.fact.time < call.time <= until and suits(call, stream))
                yield FollowUp(stream, step.fact, until, next(suiting, None))


class Window(NamedTuple):
    """When a follow-up is in time: from the opening of the next business day until its 24:00."""

    start: datetime
    end: datetime


def follow_up_until(step: Step, steering: Steering) -> datetime | None:
    """Until when a promise just settled asks for one; None if it asks for none."""
    window = follow_up_window(step, steering)
    return None if window is None else window.end


def follow_up_window(step: Step, steering: Steering) -> Window | None:
    """None if a promise just settled asks for no follow-up."""
    promise, verdict = step.after.promise, step.after.verdict
    if verdict is None or verdict.degree is None or verdict.outcome == "broken" or promise.internal:
        return None
    at = step.fact.time
    if promise.kind not in steering.rulebooks.at(at).contacts.follow_up_kinds:
        return None
    hours = hours_of(promise, steering, at)
    return Window(hours.opening_after(at), hours.end_of_business_day_after(at))


def _purpose(fact: Fact) -> str:
    return fact.data.purpose if isinstance(fact.data, ContactOutbound) else ""


def suits(call: Fact, stream: str) -> bool:
    about = call.data.about if isinstance(call.data, ContactOutbound) else None
    return about is None or about.partition("-")[2] == stream.partition("-")[2]
