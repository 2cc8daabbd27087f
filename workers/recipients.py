"""Who hears of it: whoever answers for it, else looks after the customer, else leads; and who comes after them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from domain.alert import NOBODY, SHARED_INBOX, Whose
from domain.business_time import Hours
from domain.people import People, Person
from domain.steering import Steering

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
"""One e-mail address and nothing else: somebody unknown under such a name is written to."""

NameOf = Callable[[str], str | None]
"""The name behind an internal id, as a fact once gave it."""


class Addressee(NamedTuple):
    """Who reads a message; `person` is their internal id, None in `known` for whoever is in no document.

    `away`: the name of the person whose stand-in they are.
    """

    person: str
    name: str
    channels: tuple[str, ...]
    email: str | None
    language: str
    known: Person | None = None
    away: str | None = None


# -- the first to hear of it ----------------------------------------------------------------------------


def recipient_of(whose: Whose, steering: Steering, name_of: NameOf, at: datetime) -> str:
    """The internal id of the recipient, `shared-inbox`, or `nobody`."""
    candidates = _to_manager(whose, steering, at) if whose.to_manager else _to_owner(whose, steering, at)
    for candidate in candidates:
        if can_be_reached(candidate, steering, name_of, at):
            return candidate
    return NOBODY


def _to_owner(whose: Whose, steering: Steering, at: datetime) -> Iterator[str]:
    yield from _owners(whose)
    yield from _leading(steering.people.at(at), steering, team=whose.team)
    yield SHARED_INBOX


def _to_manager(whose: Whose, steering: Steering, at: datetime) -> Iterator[str]:
    """Who leads hears of their own doings too where nobody stands above them."""
    people = steering.people.at(at)
    owner = next((found for each in _owners(whose) if (found := steering.find(each, at))), None)
    yield from _leading(people, steering, owner, whose.team)
    if owner is not None:
        yield from _leading(people, steering, team=whose.team or owner.team)
    yield SHARED_INBOX
    yield from _owners(whose)


def _owners(whose: Whose) -> Iterator[str]:
    yield from (each for each in (whose.owner, whose.customer_owner) if each is not None)


def _leading(
    people: People, steering: Steering, person: Person | None = None, team: str | None = None
) -> Iterator[str]:
    for manager in people.escalation_of(person.id if person else None, team):
        yield steering.person(manager.id)


def can_be_reached(recipient: str, steering: Steering, name_of: NameOf, at: datetime) -> bool:
    if recipient == SHARED_INBOX:
        return steering.people.at(at).shared_inbox is not None
    person = steering.find(recipient, at)
    if person is not None:
        return bool(person.reachable_by)
    return bool(ADDRESS.fullmatch(name_of(recipient) or ""))


# -- and then -------------------------------------------------------------------------------------------


def after(recipient: str, team: str | None, steering: Steering, name_of: NameOf, at: datetime) -> Iterator[str]:
    """Who hears of it one after the other when nobody acknowledges it: the chain above, at last the shared inbox."""
    person = steering.find(recipient, at)
    for each in (*_leading(steering.people.at(at), steering, person, team), SHARED_INBOX):
        if each != recipient and can_be_reached(each, steering, name_of, at):
            yield each


# -- at the moment of sending -----------------------------------------------------------------------------


def addressee(recipient: str, steering: Steering, name_of: NameOf, at: datetime) -> Addressee | None:
    """Looked up at the moment of sending: while somebody is away, their stand-in reads it."""
    people = steering.people.at(at)
    if recipient == SHARED_INBOX:
        inbox = people.shared_inbox
        return None if inbox is None else Addressee(SHARED_INBOX, inbox, ("email",), inbox, "de")
    person = steering.find(recipient, at)
    if person is None:
        name = name_of(recipient) or ""
        return Addressee(recipient, name, ("email",), name, "de") if ADDRESS.fullmatch(name) else None
    reader = stand_in(person, people, at) or person
    away = None if reader.id == person.id else person.name
    return Addressee(
        steering.person(reader.id), reader.name, reader.reachable_by, reader.email, reader.language, reader, away
    )


def stand_in(person: Person, people: People, at: datetime) -> Person | None:
    """Who is there for somebody and can be reached: themself, or a stand-in; None where nobody of them is."""
    found = people.stand_in_for(person.id, at)
    return found if found and found.reachable_by else None


def is_there(recipient: str, steering: Steering, at: datetime) -> bool:
    """Whether they or a stand-in of theirs are there to read it."""
    person = steering.find(recipient, at)
    return person is None or stand_in(person, steering.people.at(at), at) is not None


def hours_of(reader: Addressee | None, steering: Steering, at: datetime) -> Hours:
    """The business time of whoever reads it; the firm's for those who are in no document."""
    known = None if reader is None else reader.known
    return steering.hours(known.team if known else None, None, at)
