"""A page of the log with everything that the read models need to fold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from domain.fact import Fact
from domain.steering import Steering


@dataclass(frozen=True)
class Page:
    """Facts as recorded, and the whole histories of the promises and customers that they concern.

    `facts` are sealed and ordered by position, `opened` the same in their sources' words.
    `histories` maps a stream to its facts, `streams_of` a customer to their promises' streams.
    """

    facts: Sequence[Fact]
    opened: Sequence[Fact]
    histories: dict[str, list[Fact]]
    streams_of: dict[str, list[str]]
    steering: Steering
    own_ids: dict[str, tuple[str, str]]
    """The source and the source's id of each customer named in the page."""
    described: dict[str, dict[str, str | None]]
    """Name, e-mail and phone of the customers described in the page, the latest to have happened."""
    refolded: frozenset[str] = frozenset()
    """Promises to be folded again although no fact of theirs came: another calendar counts."""

    @property
    def position(self) -> int:
        return self.facts[-1].position

    @cached_property
    def promises(self) -> list[str]:
        """Streams of the promises to fold, each once."""
        new = (fact.stream for fact in self.facts if fact.stream.startswith("promise-"))
        return sorted({*new, *self.refolded})

    @cached_property
    def customers(self) -> list[str]:
        """The customers whose account changes."""
        return sorted(self.streams_of)

    def history(self, stream: str) -> list[Fact]:
        return self.histories.get(stream, [])


def knowledge(history: Sequence[Fact]) -> list[tuple[datetime, list[Fact]]]:
    """What was known of a stream from each instant of recording on."""
    states: list[tuple[datetime, list[Fact]]] = []
    ordered = sorted(history, key=lambda fact: fact.position)
    for place, fact in enumerate(ordered):
        assert fact.recorded is not None
        recorded = max(fact.recorded, states[-1][0]) if states else fact.recorded
        if states and states[-1][0] == recorded:
            states[-1] = (recorded, ordered[: place + 1])
        else:
            states.append((recorded, ordered[: place + 1]))
    return states
