"""A part of a page of the log with everything that the read models need to fold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from domain.fact import Fact
from domain.steering import Steering


@dataclass(frozen=True)
class Page:
    """All facts of some customers that a page holds, and the whole histories of those customers and their promises.

    `facts` are sealed and ordered by position; `words` has by their keys what the log does not hold of them.
    `histories` maps a stream to its facts, `streams_of` a customer to their promises' streams.
    """

    facts: Sequence[Fact]
    words: Mapping[str, Mapping[str, Any]]
    histories: dict[str, list[Fact]]
    streams_of: dict[str, list[str]]
    steering: Steering
    own_ids: dict[str, tuple[str, str]]
    """The source and the source's id of each customer named in the page."""
    described: dict[str, dict[str, str | None]]
    """Name, e-mail and phone of the customers described in the page, the latest to have happened."""
    titles: dict[str, str | None]
    """What the promises described in the page are called, by the latest description to have happened."""
    refolded: frozenset[str] = frozenset()
    """Promises to be folded again although no fact of theirs came: another calendar counts."""

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
