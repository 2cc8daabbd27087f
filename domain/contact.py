"""A contact: the customer asked us, or we approached them."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from domain.fact import AnyId, Channel, ContactId, CustomerId, Data, Fact, PersonName, ThreadId
from domain.history import Impossible, Life, TooEarly

Purpose = Literal[
    "follow_up", "check_in", "needs", "advice", "idea_adopted", "courtesy", "service", "news", "other"
]  # fmt: skip


# -- facts ----------------------------------------------------------------------------------------


class ContactInbound(Data):
    """`chases`: the contact or promise that the customer asks about again."""

    type_name: ClassVar[str] = "contact.inbound"
    rank: ClassVar[int] = 0
    contact: ContactId
    customer: CustomerId
    channel: Channel | None = None
    thread: ThreadId | None = None
    about: AnyId | None = None
    needs_answer: bool = True
    chases: AnyId | None = None
    to: PersonName | None = None


class ContactAnswered(Data):
    """An automatic reply is no answer."""

    type_name: ClassVar[str] = "contact.answered"
    rank: ClassVar[int] = 5
    contact: ContactId
    by: PersonName | None = None
    channel: Channel | None = None
    automatic: bool = False


class ContactOutbound(Data):
    type_name: ClassVar[str] = "contact.outbound"
    rank: ClassVar[int] = 0
    contact: ContactId
    customer: CustomerId
    purpose: Purpose = "other"
    by: PersonName | None = None
    channel: Channel | None = None
    about: AnyId | None = None


# -- state ----------------------------------------------------------------------------------------


class Contact(msgspec.Struct, frozen=True):
    """A contact after some of its facts. When a question counts as answered is in question.py."""

    begun: Fact
    answers: tuple[Fact, ...] = ()
    """In order of happening, automatic ones left out."""

    @property
    def inbound(self) -> ContactInbound | None:
        return self.begun.data if isinstance(self.begun.data, ContactInbound) else None

    @property
    def outbound(self) -> ContactOutbound | None:
        return self.begun.data if isinstance(self.begun.data, ContactOutbound) else None


def evolve(contact: Contact | None, fact: Fact) -> Contact | None:
    if contact is None:
        return Contact(fact) if isinstance(fact.data, ContactInbound | ContactOutbound) else None
    if isinstance(fact.data, ContactAnswered) and not fact.data.automatic:
        return replace(contact, answers=(*contact.answers, fact))
    return contact


# -- verbs ----------------------------------------------------------------------------------------


def begin(contact: Contact | None, fact: Fact) -> Fact:
    if contact is not None:
        raise ContactAlreadyThere(fact, contact.begun)
    return fact


def answer(contact: Contact | None, fact: Fact) -> Fact:
    """As often as we like: the first answer by a person counts."""
    if contact is None:
        raise BeforeAsked(fact)
    if contact.inbound is None:
        raise NothingAsked(fact, contact.begun)
    return fact


class ContactAlreadyThere(Impossible):
    rule_name = "contact_already_there"
    sentence = "The contact stands already: {earlier}. A new contact needs an id of its own."


class BeforeAsked(TooEarly):
    rule_name = "before_asked"
    sentence = "{type} at {time} lies before the customer asked: {earlier}. Please check the time."


class NothingAsked(Impossible):
    rule_name = "nothing_asked"
    sentence = "This contact came from us, there is nothing to answer: {earlier}. Please name the contact that asked."


LIFE: Life[Contact] = Life(
    begins=frozenset({"contact.inbound", "contact.outbound"}),
    verbs={"contact.inbound": begin, "contact.outbound": begin, "contact.answered": answer},
    evolve=evolve,
)
