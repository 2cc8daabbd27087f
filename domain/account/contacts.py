"""What contacts earn: answers in time, late or never; having to chase; approaching the customer ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.account.posting import Posting
from domain.contact import ContactInbound, ContactOutbound
from domain.fact import Fact
from domain.follow_up import approaches, follow_ups
from domain.question import Question, questions
from domain.relationship import Relationship
from domain.steering import Steering


def of_contacts(relationship: Relationship, steering: Steering) -> Iterator[Posting]:
    """The lines of questions, chases and our own approaches, before sensitivity."""
    for question in questions(relationship, steering):
        yield from _answered(question, steering)
    for history in relationship.contacts.values():
        for fact in history:
            if isinstance(fact.data, ContactInbound) and fact.data.chases is not None:
                yield _line(fact, "chased", steering.rulebooks.at(fact.time).answers.chased)
    yield from _approached(relationship, steering)


def _answered(question: Question, steering: Steering) -> Iterator[Posting]:
    if question.never_answered:
        # Written ahead: it stands from the instant at which twice the target has passed.
        assert question.given_up_at is not None
        never = steering.rulebooks.at(question.asked.time).answers.never
        yield Posting(question.given_up_at, "never_answered", never, question.asked.key, question.asked.stream)
    elif question.answered is not None:
        worth = steering.rulebooks.at(question.answered.time).answers
        if question.answered_in_time:
            yield _line(question.answered, "answered_in_time", worth.in_time)
        else:
            yield _line(question.answered, "answered_late", worth.late)


def _approached(relationship: Relationship, steering: Steering) -> Iterator[Posting]:
    approached = approaches(relationship)
    if not approached:
        return
    in_time = {each.followed.key for each in follow_ups(relationship, steering) if each.followed is not None}
    counted: dict[str, datetime] = {}
    for fact in approached:
        data = fact.data
        assert isinstance(data, ContactOutbound)
        rules = steering.rulebooks.at(fact.time).contacts
        points: int | None = getattr(rules, data.purpose, None)
        if points is None or (data.purpose == "follow_up" and fact.key not in in_time):
            continue
        last = counted.get(data.purpose)
        if last is None or fact.time - last >= timedelta(days=rules.apart_days):
            counted[data.purpose] = fact.time
            yield _line(fact, data.purpose, points)


def _line(fact: Fact, rule: str, points: int) -> Posting:
    return Posting(fact.time.astimezone(UTC), rule, points, fact=fact.key, subject=fact.stream)
