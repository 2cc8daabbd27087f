"""A part of a page of the log with everything that the read models need to fold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from domain import account
from domain.account import Posting
from domain.customer import (
    CustomerChanged,
    CustomerMerged,
    CustomerOwnerAssigned,
    CustomerRegistered,
    CustomerSeparated,
)
from domain.fact import Fact
from domain.history import FactRetracted
from domain.identity import survivors
from domain.lives import kind_of, standing
from domain.relationship import Relationship, relationships
from domain.steering import Steering
from domain.store import Cursor
from projections.promise_sums import Changes
from projections.tables import ALWAYS, delete, micros, upsert

Row = tuple[Any, ...]

MERGING = (CustomerMerged, CustomerSeparated, FactRetracted)
"""What says which customers are one."""
TELLING = (CustomerRegistered, CustomerChanged, CustomerOwnerAssigned, *MERGING)
"""What says who a customer is and who looks after them."""


@dataclass(frozen=True)
class Family:
    """Customers who were ever merged with each other, and all their streams; nearly always a single one.

    `histories` holds every fact by its stream, in order of recording, retracted ones too.
    """

    members: tuple[str, ...]
    histories: Mapping[str, Sequence[Fact]]

    @cached_property
    def relationships(self) -> dict[str, Relationship]:
        """As known now, by the internal id of whoever survived."""
        return relationships(self.histories.values())

    @cached_property
    def survivor(self) -> dict[str, str]:
        """Whose history each member's counts for, as known now."""
        return {member: survivors_of(self.telling).get(member, member) for member in self.members}

    @cached_property
    def telling(self) -> list[Fact]:
        return self._told(TELLING)

    @cached_property
    def merging(self) -> list[Fact]:
        return self._told(MERGING) if len(self.members) > 1 else []

    def _told(self, kinds: tuple[type, ...]) -> list[Fact]:
        return [fact for each in self.members for fact in self.histories.get(each, ()) if isinstance(fact.data, kinds)]

    @cached_property
    def undoubted(self) -> Relationship | None:
        """The single customer of whom nothing was ever taken out again: every fact counts, and always did."""
        if len(self.members) > 1 or any(
            isinstance(fact.data, FactRetracted) for history in self.histories.values() for fact in history
        ):
            return None
        return self.relationships.get(self.members[0])

    def streams(self, kind: str) -> Sequence[str]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, list[str]]:
        kinds: dict[str, list[str]] = {}
        for stream in sorted(self.histories):
            kinds.setdefault(kind_of(stream), []).append(stream)
        return kinds


def survivors_of(facts: Iterable[Fact]) -> dict[str, str]:
    """From facts of customers' own streams, retracted ones among them."""
    return survivors(fact for history in by_stream(facts).values() for fact in standing(history))


@dataclass
class Common:
    """What a page of the log changes in rows that are no customer's own, kept until all its parts were folded.

    Followers who share out the customers change the same rows: each does so last, and waits there for the others.
    """

    sums: Changes = field(default_factory=Counter)
    persons: dict[str, tuple[str, int]] = field(default_factory=dict)
    """What each is called by the first fact that names them, and its position."""
    taught_since: int | None = None
    """From when on promises teach something else."""

    def name(self, person: str, called: str, position: int) -> None:
        known = self.persons.get(person)
        if known is None or position < known[1]:
            self.persons[person] = (called, position)

    def teach(self, since: int) -> None:
        self.taught_since = since if self.taught_since is None else min(since, self.taught_since)

    def add(self, other: Common) -> None:
        self.sums.update(other.sums)
        for person, (called, position) in other.persons.items():
            self.name(person, called, position)
        if other.taught_since is not None:
            self.teach(other.taught_since)


@dataclass(frozen=True)
class Page:
    """All facts of some families of customers that a page holds, and the whole histories of these families.

    `facts` are sealed and ordered by position; `words` has by their keys what the log does not hold of them.
    """

    facts: Sequence[Fact]
    words: Mapping[str, Mapping[str, Any]]
    families: Sequence[Family]
    steering: Steering
    upto: int
    """The position of the log up to which the tables are being brought."""
    own_ids: Mapping[str, tuple[str, str]]
    """The source and the source's id of each customer named in the page."""
    described: Mapping[str, Mapping[str, str | None]]
    """Name, e-mail and phone of the customers whose description changed, as it counts now."""
    titles: Mapping[str, str | None]
    """What the promises described in the page are called, by the latest description to have happened."""
    refolded: frozenset[str] = frozenset()
    """Streams to be folded again although no fact of theirs came: another calendar counts."""
    first: bool = False
    """Nothing of these customers stands in the tables yet, and everything of theirs is in this page."""
    common: Common = field(default_factory=Common)

    def clear(self, cursor: Cursor, table: str, column: str, values: Iterable[str]) -> None:
        """Takes out what was folded of them before."""
        if not self.first:
            delete(cursor, table, column, values)

    def put(self, cursor: Cursor, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Rows of which some may be there already; the first column is the key."""
        if self.first:
            cursor.insert(table, rows)
        else:
            upsert(cursor, table, columns, rows)

    @cached_property
    def customers(self) -> list[str]:
        """The customers whose account changes, merged ones too."""
        return sorted(member for family in self.families for member in family.members)

    @cached_property
    def lines(self) -> dict[str, list[Posting]]:
        """The statement of everybody whose account changes, folded once for all who keep something of it."""
        everybody = (each for family in self.families for each in family.relationships.values())
        return {each.customer: account.lines(each, self.steering) for each in everybody}

    @cached_property
    def touched(self) -> frozenset[str]:
        """The streams of which facts came."""
        return frozenset(fact.stream for fact in self.facts)

    def to_fold(self, kind: str, told: tuple[type, ...]) -> list[tuple[Family, str]]:
        """The streams of a kind to fold again: those touched, and all of families of whom such things were told."""
        if self.first:
            return [(family, stream) for family in self.families for stream in family.streams(kind)]
        told_of = {fact.stream for fact in self.facts if isinstance(fact.data, told)}
        return [
            (family, stream)
            for family in self.families
            for everything in [not told_of.isdisjoint(family.members)]
            for stream in family.streams(kind)
            if everything or stream in self.touched or stream in self.refolded
        ]


# -- what was known when ------------------------------------------------------------------------------


def by_stream(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    streams: dict[str, list[Fact]] = {}
    for fact in facts:
        streams.setdefault(fact.stream, []).append(fact)
    return streams


def knowledge(facts: Iterable[Fact]) -> list[tuple[datetime, list[Fact]]]:
    """What was known of these facts from each instant of recording on, in order of recording."""
    states: list[tuple[datetime, list[Fact]]] = []
    ordered = sorted(facts, key=lambda fact: fact.position)
    for place, fact in enumerate(ordered):
        assert fact.recorded is not None
        recorded = max(fact.recorded, states[-1][0]) if states else fact.recorded
        if states and states[-1][0] == recorded:
            states[-1] = (recorded, ordered[: place + 1])
        else:
            states.append((recorded, ordered[: place + 1]))
    return states


def growth(facts: Sequence[Fact]) -> list[tuple[datetime, int]] | None:
    """The same of facts in order of happening: how many of them were known from each instant of recording on.

    None where they were not recorded in that order.
    """
    states: list[tuple[datetime, int]] = []
    position = 0
    for number, fact in enumerate(facts, 1):
        if fact.position < position:
            return None
        position = fact.position
        assert fact.recorded is not None
        if states and states[-1][0] >= fact.recorded:
            states[-1] = (states[-1][0], number)
        else:
            states.append((fact.recorded, number))
    return states


Fold = Callable[[Sequence[Fact], datetime | None], Iterable[Row]]
"""Known facts, and until when nothing more was known (None = still) → rows without the times of knowledge."""


def through_knowledge(facts: Iterable[Fact], fold: Fold, *, place: int) -> list[Row]:
    """The rows of every state of knowledge, each once, with `known_from` and `known_until` put in at `place`."""
    states = knowledge(facts)
    closed: list[Row] = []
    open_rows: dict[Row, int] = {}
    ends = [*(start for start, _ in states[1:]), None]
    for (known_from, known), known_until in zip(states, ends, strict=True):
        now = list(fold(known, known_until))
        since = micros(known_from)
        assert since is not None
        kept = {row: open_rows[row] for row in now if row in open_rows}
        closed += [_between(row, start, since, place) for row, start in open_rows.items() if row not in kept]
        open_rows = {row: kept.get(row, since) for row in now}
    closed += [_between(row, start, ALWAYS, place) for row, start in open_rows.items()]
    return closed


def _between(row: Row, since: int, upto: int, place: int) -> Row:
    return (*row[:place], since, upto, *row[place:])
