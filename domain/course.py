"""The history of one stream while facts are recorded: what it came to so far is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.fact import Fact
from domain.history import FactRetracted
from domain.lives import LIVES, kind_of, standing


class Course:
    """Facts of one stream as recorded.

    A fact that happened after all the others is judged by what they came to; any other by a walk over all of them
    (domain/history.py). Both say the same, and most facts come in order.
    """

    __slots__ = ("_is_walked", "_latest", "_life", "_retracts", "_state", "facts")

    def __init__(self, stream: str, facts: list[Fact]) -> None:
        self.facts = facts
        self._life = LIVES.get(kind_of(stream))
        self._retracts = any(isinstance(fact.data, FactRetracted) for fact in facts)
        self._is_walked = not facts
        """`_state` and `_latest` are what these facts came to, and the time of the last of them."""
        self._state: Any = None
        self._latest: datetime | None = None

    def standing(self) -> list[Fact]:
        """The facts that count, in the order given."""
        return standing(self.facts) if self._retracts else self.facts

    def accept(self, fact: Fact) -> None:
        """Raises Impossible where the whole history including the fact is not possible."""
        assert self._life is not None
        if self._retracts:
            self._life.accept(self.standing(), fact)
        elif self._goes_on_with(fact):
            self._life.follow(self._state, self.facts, fact)
        else:
            self._life.accept(self.facts, fact)
            self._walk()

    def append(self, fact: Fact) -> None:
        """Adds what was accepted, or needs no acceptance."""
        goes_on = self._life is not None and self._goes_on_with(fact)
        self.facts.append(fact)
        if isinstance(fact.data, FactRetracted):
            self._retracts = True
        elif goes_on and self._life is not None:
            self._state, self._latest = self._life.evolve(self._state, fact), fact.time
        else:
            self._is_walked = False

    def _goes_on_with(self, fact: Fact) -> bool:
        return self._is_walked and (self._latest is None or fact.time > self._latest)

    def _walk(self) -> None:
        assert self._life is not None
        self._state, self._latest = self._life.state(self.facts), max(fact.time for fact in self.facts)
        self._is_walked = True
