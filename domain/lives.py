"""Which life a stream tells: a promise's, a contact's, an incident's, or a customer's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain import contact, identity, incident, promise
from domain.fact import Data, Fact
from domain.history import AnyLife

LIVES: Mapping[str, AnyLife] = {
    "promise": promise.LIFE,
    "contact": contact.LIFE,
    "incident": incident.LIFE,
    "customer": identity.LIFE,
}
THINGS = ("promise", "contact", "incident")
"""What has a stream of its own beside its customer's."""

BEGINNINGS = frozenset(name for thing in THINGS for name in LIVES[thing].begins)


def kind_of(stream: str) -> str:
    """promise, contact, incident, customer, document, alert or firm."""
    return stream.partition("-")[0]


def is_of_a_customer(stream: str) -> bool:
    """Whether its facts tell what was between a customer and us."""
    return kind_of(stream) in LIVES


def thing_of(data: Data) -> str | None:
    """The promise, contact or incident in whose stream such a fact stands; None for all others."""
    thing = _THING_OF.get(data.type_name)
    return None if thing is None else getattr(data, thing)


_THING_OF = {name: thing for thing in THINGS for name in LIVES[thing].verbs}


def standing(history: Sequence[Fact]) -> list[Fact]:
    """The facts of one stream that count (domain/history.py), in the order given."""
    if not history or not is_of_a_customer(history[0].stream):
        return list(history)
    return LIVES[kind_of(history[0].stream)].standing(history)


def beginning(history: Sequence[Fact]) -> Fact | None:
    """The fact that a thing began with, among the facts of its stream that count."""
    begins = LIVES[kind_of(history[0].stream)].begins if history else frozenset()
    return next((fact for fact in history if fact.type in begins), None)
