"""Questions: what customers asked us, how long they waited, and whether an answer came at all.

There is one open question for each thread (without a thread: for each channel) of a customer: it begins with
the earliest unanswered contact and ends with the first answer that a person gave to any of its contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain import contact as contacts
from domain.contact import Contact
from domain.fact import Fact, in_order
from domain.relationship import Relationship
from domain.steering import Steering
from domain.waiting import deadline, waits


class Question(NamedTuple):
    """`contacts` are the streams that belong to it, the first one asked. Instants are None while unknown.

    `warn_at` is when so much of the target is used up that somebody is told, `target_at` when all of it is,
    `given_up_at` when twice the target is: None while we wait for the customer. `answered_in_seconds` are all business
    seconds in between.
    """

    asked: Fact
    contacts: tuple[str, ...]
    channel: str | None
    owner: str | None
    team: str | None
    warn_at: datetime | None
    target_at: datetime | None
    given_up_at: datetime | None
    answered: Fact | None = None
    answered_in_seconds: int | None = None

    @property
    def answered_in_time(self) -> bool:
        return self.answered is not None and (self.target_at is None or self.answered.time <= self.target_at)

    @property
    def never_answered(self) -> bool:
        """Given up before any answer came; whether that moment has come yet is the reader's to say."""
        if self.given_up_at is None:
            return False
        return self.answered is None or self.answered.time >= self.given_up_at


def place_of(contact: Contact) -> str:
    """The thread in which it stands, else its channel."""
    asked = contact.inbound
    assert asked is not None
    return asked.thread or f"channel {asked.channel or 'other'}"


def questions(relationship: Relationship, steering: Steering) -> list[Question]:
    """In order of asking. Contacts that need no answer ask nothing."""
    found = [
        question
        for place in _by_place(relationship.contacts).values()
        for question in _of_place(place, relationship, steering)
    ]
    return sorted(found, key=lambda question: (question.asked.time, question.asked.key))


def _by_place(streams: Mapping[str, Sequence[Fact]]) -> dict[str, list[Fact]]:
    """The facts of all contacts that need an answer, by thread or channel."""
    places: dict[str, list[Fact]] = {}
    for history in streams.values():
        contact = contacts.LIFE.state(history)
        assert contact is not None
        if contact.inbound is not None and contact.inbound.needs_answer:
            places.setdefault(place_of(contact), []).extend([contact.begun, *contact.answers])
    return places


def _of_place(facts: Iterable[Fact], relationship: Relationship, steering: Steering) -> Iterable[Question]:
    asked: list[Fact] = []
    for fact in in_order(facts):
        if fact.type == "contact.inbound":
            asked.append(fact)
        elif asked:
            yield _question(asked, fact, relationship, steering)
            asked = []
    if asked:
        yield _question(asked, None, relationship, steering)


def _question(asked: Sequence[Fact], answered: Fact | None, relationship: Relationship, steering: Steering) -> Question:
    first = asked[0]
    contact = contacts.LIFE.state([first])
    assert contact is not None
    assert contact.inbound is not None
    data = contact.inbound
    customer = relationship.at(first.time)
    team = None if data.to else customer.team
    owner = data.to or customer.owner
    hours = steering.hours(team, owner, first.time)
    paused = waits(relationship.named(data.about))
    book = steering.rulebooks.at(first.time)
    rules = book.answers
    target = rules.target_seconds(data.channel)
    return Question(
        asked=first,
        contacts=tuple(dict.fromkeys(fact.stream for fact in asked)),
        channel=data.channel,
        owner=owner,
        team=team or steering.team_of(owner, first.time),
        warn_at=deadline(first.time, round(target * book.alerts.unanswered_at), hours, paused),
        target_at=deadline(first.time, target, hours, paused),
        given_up_at=deadline(first.time, round(target * rules.given_up_after), hours, paused),
        answered=answered,
        answered_in_seconds=None if answered is None else hours.between(first.time, answered.time),
    )
