"""Who hears of it: whoever answers for the promise, else looks after the customer, else leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from domain.alert import NOBODY, SHARED_INBOX
from domain.people import People, Person
from domain.steering import Steering
from projections.open_promises import OpenPromise

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
"""One e-mail address and nothing else: somebody unknown under such a name is written to."""

NameOf = Callable[[str], str | None]
"""The name behind an internal id, as a fact once gave it."""


class Addressee(NamedTuple):
    """Where a message goes; `person` is the internal id of who reads it."""

    person: str
    name: str
    channels: tuple[str, ...]
    email: str | None
    language: str


def recipient_of(promise: OpenPromise, steering: Steering, name_of: NameOf, at: datetime) -> str:
    """The internal id of the recipient, `shared-inbox`, or `nobody`."""
    people = steering.people.at(at)
    for owner in (promise.owner, promise.customer_owner):
        if owner is not None and _reachable(owner, steering, name_of, at):
            return owner
    for manager in people.escalation_of(team=promise.team):
        if manager.reachable_by:
            return steering.person(manager.id)
    return SHARED_INBOX if people.shared_inbox else NOBODY


def _reachable(owner: str, steering: Steering, name_of: NameOf, at: datetime) -> bool:
    person = steering.find(owner, at)
    if person is not None:
        return bool(person.reachable_by)
    return bool(ADDRESS.fullmatch(name_of(owner) or ""))


def addressee(recipient: str, steering: Steering, name_of: NameOf, at: datetime) -> Addressee | None:
    """Looked up at the moment of sending: while somebody is away, their stand-in reads it."""
    people = steering.people.at(at)
    if recipient == SHARED_INBOX:
        return _inbox(people)
    person = steering.find(recipient, at)
    if person is None:
        name = name_of(recipient) or ""
        return Addressee(recipient, name, ("email",), name, "de") if ADDRESS.fullmatch(name) else None
    reader = _present(person, people, at)
    return Addressee(steering.person(reader.id), reader.name, reader.reachable_by, reader.email, reader.language)


def _present(person: Person, people: People, at: datetime) -> Person:
    """Their stand-in while they are away, if there is one whom a message can reach."""
    stand_in = people.stand_in_for(person.id, at)
    return stand_in if stand_in and stand_in.reachable_by else person


def _inbox(people: People) -> Addressee | None:
    if people.shared_inbox is None:
        return None
    return Addressee(SHARED_INBOX, people.shared_inbox, ("email",), people.shared_inbox, "de")
