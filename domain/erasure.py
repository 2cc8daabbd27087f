"""Erasing a person (Art. 17 DSGVO): their key, their texts and what waits about them go; the log stays as it is.

Who is erased is named by internal ids alone, so that the list of them can be kept for ever, and applied again to an
older copy of the log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from domain.alert import AlertBundled, AlertDelivered
from domain.errors import Refused
from domain.fact import Fact
from domain.history import FactName
from domain.ids import Ids
from domain.instants import LONG_AGO, kept_instant, kept_instant_if_any
from domain.lives import THINGS, beginning, is_of_a_customer, standing
from domain.log import Log
from domain.store import Cursor, Row
from domain.stored import IllegibleParked, Parked, is_legible, read
from domain.vault import DamagedText, plan
from domain.vocabulary import FACTS
from domain.writer import Writer

Ground = Literal["not_needed", "consent_withdrawn", "objected", "unlawful", "duty", "child"]
"""Why somebody is erased: Art. 17(1) a to f DSGVO, in this order."""
HoldGround = Literal["claims", "retention"]
"""Why somebody must not be erased: a claim at law, Art. 17(3) e, or a duty to keep, Art. 17(3) b DSGVO."""
GROUNDS: tuple[Ground, ...] = get_args(Ground)
HOLD_GROUNDS: tuple[HoldGround, ...] = get_args(HoldGround)

PAGE = 5_000
HELD = "customer, since, ends, ground"
"""The columns from which `_hold` reads who must not be erased."""
HOLD = "hold"
"""In the place of a fact's key, for what is sealed about a hold."""


class Erasure(NamedTuple):
    """One of those who were erased; `customer` is an internal id."""

    customer: str
    at: datetime
    ground: Ground


class Hold(NamedTuple):
    """Until `ends` the customer is not erased; None = until it is released, also where that moment was damaged.

    `reason` None: it was damaged.
    """

    customer: str
    since: datetime
    ends: datetime | None
    ground: HoldGround
    reason: str | None

    def stands(self, now: datetime) -> bool:
        return self.ends is None or now < self.ends


class Held(Refused):
    """A hold stands in the way."""


# -- what tells of them ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Traces:
    """What in the log tells of some customers."""

    customers: frozenset[str]
    facts: frozenset[str] = frozenset()
    """Keys of the facts of which the vault holds something about them, also where it is another customer's fact."""
    streams: frozenset[str] = frozenset()
    """Their promises, contacts and incidents."""
    messages: frozenset[str] = frozenset()
    """Ids of the messages that told about them."""


@dataclass
class _Search:
    facts: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By stream the customers whose facts it holds."""


def traces(log: Log, customers: Collection[str]) -> Traces:
    """Reads the whole log, most of it only for the ids of these customers."""
    if not customers:
        return Traces(frozenset())
    found, named = _Search(), re.compile(b"|".join(re.escape(each.encode()) for each in sorted(customers))).search
    position = 0
    while rows := log.rows(position, PAGE):
        for row in rows:
            is_named = named(row.state) is not None
            if is_named and (fact := read(row)) is not None:
                _note(found, fact)
            elif is_named or not is_legible(row):
                _note_damaged(log, found, row, customers, is_named=is_named)
        position = rows[-1].position
    streams = {stream for stream, whose in found.of.items() if not whose.isdisjoint(customers)}
    return Traces(
        frozenset(customers),
        frozenset(found.facts | _begun_for_somebody_else(log, streams, customers)),
        frozenset(streams),
        frozenset(found.messages),
    )


def _note(found: _Search, fact: Fact) -> None:
    match fact.data:
        case AlertDelivered(message_id=message) | AlertBundled(message=message):
            found.messages.add(message)
        case _ if fact.type in FACTS:
            found.facts.add(fact.key)
            if is_of_a_customer(fact.stream):
                found.of[fact.stream].add(fact.customer)


def _note_damaged(log: Log, found: _Search, row: Row, customers: Collection[str], *, is_named: bool) -> None:
    """What it said of them nobody can read any more; the texts that lie beside it can be, and say whose they are."""
    whose, key = log.whose(row), log.key_of(row)
    if key is None or not (is_named or whose in customers):
        return
    found.facts.add(key)
    if whose in customers and is_of_a_customer(row.stream):
        found.of[row.stream].add(whose)


def _begun_for_somebody_else(log: Log, streams: Iterable[str], customers: Collection[str]) -> set[str]:
    """Facts that were recorded for another customer by mistake, of what turned out to be theirs.

    Where something of it cannot be read, it may be that it was theirs: then all of it goes.
    """
    histories, damaged = log.whole(streams)
    found = log.keys_in(damaged)
    for history in histories.values():
        if all(fact.customer in customers for fact in history):
            continue
        begun = beginning(standing(history))
        if begun is not None and begun.customer in customers:
            found |= {fact.key for fact in history}
    return found


def waiting(ids: Ids, parked: Sequence[Parked], illegible: Sequence[IllegibleParked], traces: Traces) -> list[str]:
    """The keys of the waiting facts that name one of them, something of theirs, or a fact of theirs.

    What cannot be read may be theirs as well.
    """
    facts, found = {*traces.facts, *(each.key for each in illegible)}, list[Parked]()
    theirs = traces.customers | traces.streams
    while more := [each for each in parked if each not in found and _names(ids, each.fact, theirs, facts)]:
        found += more
        facts |= {each.fact.key for each in more}
    return [each.fact.key for each in found] + [each.key for each in illegible]


def _names(ids: Ids, fact: Fact, things: Collection[str], facts: Collection[str]) -> bool:
    for name, kind in plan(type(fact.data)).refs:
        value = getattr(fact.data, name)
        if isinstance(value, FactName):
            if ids.fact(value.source, value.id) in facts:
                return True
        elif value is not None and any(thing in things for thing in readings(ids, fact.source, kind, value)):
            return True
    return False


def readings(ids: Ids, source: str, kind: str, name: str) -> Iterable[str]:
    """What a source's name may mean: something of its own, or `source:id`."""
    owned = [(source, name), *((name[:at], name[at + 1 :]) for at, char in enumerate(name) if char == ":")]
    return [f"{each}-{ids.thing(*own)}" for each in (THINGS if kind == "any" else (kind,)) for own in owned]


# -- the deed -------------------------------------------------------------------------------------------


def destroy(writer: Writer, erasures: Sequence[Erasure], traces: Traces, note: str = "") -> int:
    """Destroys key, texts and what waits, in this transaction; how many facts waited. Done twice, it finds nothing."""
    cursor = writer.cursor
    for each in erasures:
        cursor.execute(
            "INSERT INTO vault_keys VALUES (?, NULL, NULL) ON CONFLICT (subject) DO UPDATE SET wrapped = NULL",
            (each.customer,),
        )
        cursor.execute(
            "INSERT INTO erasures VALUES (?, ?, ?, ?, 0) ON CONFLICT (customer) DO UPDATE SET done = 0",
            (each.customer, each.at.isoformat(), each.ground, note),
        )
    cursor.execute_among("DELETE FROM holds WHERE customer IN ({among})", traces.customers)
    cursor.execute_among("DELETE FROM vault WHERE subject IN ({among})", traces.customers)
    cursor.execute_among("DELETE FROM vault WHERE fact IN ({among})", traces.facts)
    gone = waiting(writer.log.ids, *writer.log.parked_in(cursor), traces)
    cursor.execute_among("DELETE FROM parked WHERE fact IN ({among})", gone)
    return len(gone)


def done(log: Log, customers: Iterable[str]) -> None:
    """Nothing of them is left anywhere in the home."""
    with log.store.writing() as cursor:
        cursor.execute_among("UPDATE erasures SET done = 1 WHERE customer IN ({among})", list(customers))


def known(cursor: Cursor) -> dict[Erasure, bool]:
    """Everybody who was erased, and whether nothing is left to do."""
    rows = cursor.execute("SELECT customer, at, ground, done FROM erasures ORDER BY at, customer").all()
    return {Erasure(row[0], kept_instant(row[1]), row[2]): bool(row[3]) for row in rows}


def count(log: Log) -> int:
    """How many were erased: tables that were built when it was less may still show somebody."""
    with log.store.reading() as cursor:
        return int(cursor.execute("SELECT COUNT(*) FROM erasures").one()[0])


# -- holds ----------------------------------------------------------------------------------------------


def hold(writer: Writer, hold: Hold) -> None:
    """Takes the place of an earlier one. Raises Erased."""
    key = writer.key(hold.customer)
    sealed = key.seal(HOLD, {"reason": hold.reason}, writer.log.master.nonce())
    ends = hold.ends.isoformat() if hold.ends else None
    release(writer, [hold.customer])
    writer.cursor.insert("holds", [(hold.customer, hold.since.isoformat(), ends, hold.ground, sealed)])


def release(writer: Writer, customers: Iterable[str]) -> None:
    writer.cursor.execute_among("DELETE FROM holds WHERE customer IN ({among})", list(customers))


def holds(log: Log, cursor: Cursor, customers: Iterable[str]) -> list[Hold]:
    rows = list(cursor.among(f"SELECT {HELD}, sealed FROM holds WHERE customer IN ({{among}})", customers))
    return [_hold(row, _reason(log, cursor, row[0], row[4])) for row in sorted(rows, key=lambda row: str(row[0]))]


def _reason(log: Log, cursor: Cursor, customer: str, sealed: bytes) -> str | None:
    """None where it or the customer's key was damaged: whoever is held stays held all the same."""
    key = log.keys.unless_damaged(cursor, customer)
    try:
        return None if key is None else key.open(HOLD, sealed)["reason"]
    except DamagedText:
        return None


def holds_of(cursor: Cursor, customers: Iterable[str]) -> list[Hold]:
    """The same without their reasons, which need the customers' keys."""
    rows = cursor.among(f"SELECT {HELD} FROM holds WHERE customer IN ({{among}})", customers)
    return [_hold(row, "") for row in rows]


def without_reason(log: Log) -> int:
    """How many holds there are whose reason was damaged."""
    with log.store.reading() as cursor:
        held = [row[0] for row in cursor.execute("SELECT customer FROM holds").all()]
        return sum(each.reason is None for each in holds(log, cursor, held))


def _hold(row: Any, reason: str | None) -> Hold:
    ends = kept_instant_if_any(row[2])
    return Hold(row[0], kept_instant(row[1]), None if ends == LONG_AGO else ends, row[3], reason)
