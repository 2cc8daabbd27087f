"""What can have happened: facts recorded by mistake drop out, and what a history forbids is refused.

A verb accepts a fact if the whole history including it, in order of happening, is possible. A fact that was
retracted counts nowhere; what becomes impossible without it waits again until it is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from domain.errors import AgainstTheRule, Refused
from domain.fact import Data, Fact, Id, PersonalProse, Ref, in_order

S = TypeVar("S")


# -- recorded by mistake ------------------------------------------------------------------------------


class FactName(BaseModel):
    """A fact as its sender names it. In the log `id` holds the fact's key."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    source: Id
    id: Id


class FactRetracted(Data):
    """Stands in the stream of the fact that was recorded by mistake."""

    type_name: ClassVar[str] = "fact.retracted"
    rank: ClassVar[int] = 99
    retracts: Annotated[FactName, Ref("fact")]
    reason: PersonalProse | None = None


def retracted(history: Iterable[Fact]) -> dict[str, Fact]:
    """By key which facts of a stream count nowhere, and the retraction that says so.

    A retraction may itself be retracted; then the fact counts again.
    """
    by: dict[str, list[Fact]] = {}
    for fact in history:
        if isinstance(fact.data, FactRetracted):
            by.setdefault(fact.data.retracts.id, []).append(fact)

    def counting(key: str) -> Fact | None:
        return next((each for each in by.get(key, ()) if counting(each.key) is None), None)

    found = {key: counting(key) for key in by}
    return {key: fact for key, fact in found.items() if fact is not None}


# -- what is possible ---------------------------------------------------------------------------------


class Impossible(AgainstTheRule):
    """Names the fact that is refused and, where there is one, the earlier fact that forbids it."""

    rule_name = ""
    sentence = ""

    def __init__(self, fact: Fact, earlier: Fact | None = None) -> None:
        self.fact, self.earlier = fact, earlier
        super().__init__(
            self.rule_name,
            self.sentence,
            id=fact.id,
            type=fact.type,
            time=fact.time,
            earlier=_named(earlier) if earlier else "",
        )


def _named(fact: Fact) -> str:
    return f"{fact.type} {fact.id or fact.key} ({fact.time.isoformat()})"


class TooEarly(Impossible):
    """It lies before what it belongs to has begun."""


Verb = Callable[[S | None, Fact], Fact]


@dataclass(frozen=True)
class Life(Generic[S]):
    """What can happen to one kind of thing: a verb for each type of fact, and how the facts add up.

    `begins` are the types that a life can begin with. `blame` says which refusal fits where a recorded fact
    would become impossible through the newcomer: it gets the error, the newcomer and the recorded fact.
    """

    begins: frozenset[str]
    verbs: Mapping[str, Verb[S]]
    evolve: Callable[[S | None, Fact], S | None]
    blame: Callable[[Impossible, Fact, Fact], Impossible] = lambda error, fact, each: type(error)(fact, each)

    def state(self, history: Iterable[Fact]) -> S | None:
        state: S | None = None
        for fact in in_order(history):
            state = self.evolve(state, fact)
        return state

    def accept(self, history: Sequence[Fact], fact: Fact) -> Fact:
        """The fact, if the whole history including it, in order of happening, is possible.

        The walk is over everything, since a fact may come late and forbid what is already recorded; then the
        recorded one stands and the newcomer is refused.
        """
        state: S | None = None
        for each in in_order([*history, fact]):
            try:
                self.verbs[each.type](state, each)
            except TooEarly as error:
                raise type(error)(fact, self._beginning(history)) from None
            except Impossible as error:
                if each is fact:
                    raise
                raise self.blame(error, fact, each) from None
            state = self.evolve(state, each)
        return fact

    def follow(self, state: S | None, history: Iterable[Fact], fact: Fact) -> Fact:
        """The same for a fact that happened after all of a possible history, which came to `state`."""
        try:
            return self.verbs[fact.type](state, fact)
        except TooEarly as error:
            raise type(error)(fact, self._beginning(history)) from None

    def _beginning(self, history: Iterable[Fact]) -> Fact | None:
        return next((fact for fact in history if fact.type in self.begins), None)

    def standing(self, history: Sequence[Fact]) -> list[Fact]:
        """The facts of a stream that count: neither retracted nor impossible without what was retracted.

        In the order given. Of two that contradict each other the one recorded first stands.
        """
        if not any(isinstance(fact.data, FactRetracted) for fact in history):
            return list(history)
        gone = retracted(history)
        waiting = [fact for fact in history if fact.key not in gone and not isinstance(fact.data, FactRetracted)]
        if not waiting or self._possible(waiting[:-1], waiting[-1]):
            return waiting
        stands: list[Fact] = []
        while (accepted := next((fact for fact in waiting if self._possible(stands, fact)), None)) is not None:
            stands.append(accepted)
            waiting.remove(accepted)
        keys = {fact.key for fact in stands}
        return [fact for fact in history if fact.key in keys]

    def _possible(self, stands: Sequence[Fact], fact: Fact) -> bool:
        try:
            self.accept(stands, fact)
        except Impossible:
            return False
        return True


class NotRetractable(Refused):
    def __init__(self, type: str) -> None:
        super().__init__(
            "rule",
            "A fact of type {type} cannot be taken out again. What steers the product is changed by a new version.",
            "data.retracts",
            type=type,
        )


class RetractsItself(Refused):
    def __init__(self) -> None:
        super().__init__(
            "rule", "A fact cannot retract itself. Please name the fact recorded by mistake.", "data.retracts"
        )


AnyLife = Life[Any]
