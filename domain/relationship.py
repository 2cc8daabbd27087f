"""Everything that happened between one customer and us, whatever stream of the log it stands in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from domain import customer as customers
from domain.customer import Customer, FeedbackGiven
from domain.fact import Fact, in_order
from domain.identity import survivors
from domain.lives import THINGS, beginning, kind_of, standing
from domain.outcome import Step, steps
from domain.steering import Steering

History = Sequence[Fact]
Lives = Mapping[str, Sequence[Step]]
"""The steps of promises by their streams."""


@dataclass(frozen=True)
class Relationship:
    """The facts that count. `own` is what was told of the customer; things by their streams."""

    customer: str
    own: History = ()
    promises: Mapping[str, History] = field(default_factory=dict)
    contacts: Mapping[str, History] = field(default_factory=dict)
    incidents: Mapping[str, History] = field(default_factory=dict)
    _lives: list[tuple[Steering, Lives]] = field(default_factory=list, init=False, compare=False, repr=False)

    def lives(self, steering: Steering) -> Lives:
        """The steps of each promise, reckoned once for all who ask under the same steering."""
        for under, lives in self._lives:
            if under is steering:
                return lives
        lives = {stream: list(steps(history, steering)) for stream, history in self.promises.items()}
        self._lives.append((steering, lives))
        return lives

    @cached_property
    def facts(self) -> list[Fact]:
        things = (*self.promises.values(), *self.contacts.values(), *self.incidents.values())
        return [*self.own, *(fact for history in things for fact in history)]

    @cached_property
    def first_fact(self) -> datetime:
        return min(fact.time for fact in self.facts)

    def at(self, instant: datetime) -> Customer:
        """The customer as told up to and including an instant."""
        return self._state(bisect_right(self._states, instant, key=lambda state: state[0]))

    def just_before(self, instant: datetime) -> Customer:
        return self._state(bisect_left(self._states, instant, key=lambda state: state[0]))

    def _state(self, place: int) -> Customer:
        return self._states[place - 1][1] if place else Customer()

    @cached_property
    def _states(self) -> list[tuple[datetime, Customer]]:
        states: list[tuple[datetime, Customer]] = []
        customer = Customer()
        for fact in in_order(self.own):
            customer = customers.evolve(customer, fact)
            states.append((fact.time, customer))
        return states

    def named(self, about: str | None) -> History:
        """The facts of the promise, contact or incident that a fact is about; none where it is unknown."""
        if about is None:
            return ()
        id = about.partition("-")[2]
        for thing, histories in (("promise", self.promises), ("incident", self.incidents), ("contact", self.contacts)):
            if f"{thing}-{id}" in histories:
                return histories[f"{thing}-{id}"]
        return ()


def relationships(streams: Iterable[History]) -> dict[str, Relationship]:
    """By the customer's internal id. `streams` are all facts of customers that may be one, stream by stream."""
    things: dict[str, History] = {}
    told: list[Fact] = []
    for history in streams:
        if not (counting := standing(history)):
            continue
        if kind_of(counting[0].stream) in THINGS:
            things[counting[0].stream] = counting
        else:
            told += counting
    survivor = survivors(told)
    whose: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, History]]] = {}
    for stream, history in things.items():
        begun = beginning(history)
        assert begun is not None
        whose[stream] = survivor.get(begun.customer, begun.customer)
        found.setdefault(whose[stream], {}).setdefault(kind_of(stream), {})[stream] = history
    own: dict[str, list[Fact]] = {}
    for fact in told:
        customer = _whose(fact, whose, survivor)
        if customer is not None:
            own.setdefault(customer, []).append(fact)
    return {
        customer: Relationship(
            customer,
            own.get(customer, ()),
            *(found.get(customer, {}).get(thing, {}) for thing in THINGS),
        )
        for customer in sorted({*own, *found})
    }


def _whose(fact: Fact, whose: Mapping[str, str], survivor: Mapping[str, str]) -> str | None:
    """None for feedback on something that has not begun: it waits again, as it would have from the first."""
    data = fact.data
    if isinstance(data, FeedbackGiven) and data.customer is None:
        assert data.about is not None
        id = data.about.partition("-")[2]
        return next((whose[stream] for thing in THINGS if (stream := f"{thing}-{id}") in whose), None)
    return survivor.get(fact.customer, fact.customer)
