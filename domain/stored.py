"""How an event stands in the log, and how the fact is read from it; how a fact that waits is sealed, and opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from domain.errors import Refused
from domain.fact import Data, Fact
from domain.instants import kept_instant
from domain.store import Row
from domain.vault import DamagedText, SubjectKey, plan
from domain.vocabulary import NotOurVersion, stored_data

PARKED = "fact, needs, since, sealed"
"""The columns from which `opened_parked` reads a fact that waits."""


class Stored(msgspec.Struct, omit_defaults=True):
    """The state of an event as JSON; field names are the format of the log."""

    v: int
    source: str
    key: str
    customer: str
    time: datetime
    recorded: datetime
    mac: str
    data: dict[str, Any]
    sequence: int | None = None
    zone: str | None = None


class _When(msgspec.Struct):
    time: datetime


class UnreadableEvent(Refused):
    """What is stored is no event that any version wrote: damaged, or changed by hand."""

    def __init__(self, position: int) -> None:
        super().__init__(
            "unreadable_event",
            "The entry at position {position} of the log cannot be read. Please run konto quarantine to see what waits "
            "for it, and konto audit verify to see whether it was changed.",
            position=position,
        )
        self.position = position


UNREADABLE = (UnreadableEvent, NotOurVersion, DamagedText)
"""Of the log or of the vault, by us. Each says so, and what to do: it is never the same as that there was nothing."""


class Parked(NamedTuple):
    """A fact that waits for what it refers to; `reason` says why it waits still."""

    fact: Fact
    needs: str
    since: datetime
    reason: str


class IllegibleParked(NamedTuple):
    """A fact that waits and cannot be read; `refused` says why. Damaged, it waits until its source sends it again."""

    key: str
    since: datetime
    refused: Refused

    @property
    def is_damaged(self) -> bool:
        return isinstance(self.refused, DamagedText)


class _Whose(msgspec.Struct):
    customer: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Stored).decode
_decode_when = msgspec.json.Decoder(_When).decode
_decode_whose = msgspec.json.Decoder(_Whose).decode


def to_state(fact: Fact, mac: str) -> bytes:
    assert fact.recorded is not None
    return _encode(
        Stored(
            v=fact.data.version,
            source=fact.source,
            key=fact.key,
            customer=fact.customer,
            time=fact.time,
            recorded=fact.recorded,
            mac=mac,
            data=_said(fact.data),
            sequence=fact.sequence,
            zone=fact.zone,
        )
    )


def _said(data: Data) -> dict[str, Any]:
    """The fields that were named, in the order of the vocabulary."""
    if not plan(type(data)).is_flat:
        return data.model_dump(exclude_unset=True)
    said = data.model_fields_set
    return {name: value for name, value in data.__dict__.items() if name in said}


def customer_of(row: Row) -> str:
    """Whom an event concerns, without reading the rest of it. Raises UnreadableEvent."""
    try:
        return _decode_whose(row.state).customer
    except msgspec.MsgspecError as error:
        raise UnreadableEvent(row.position) from error


def is_legible(row: Row) -> bool:
    """Whether it says whom it concerns, be it nobody: what is damaged in the middle is found only by reading it."""
    try:
        customer_of(row)
    except UnreadableEvent:
        return False
    return True


def happened(state: bytes) -> datetime:
    """When it happened, without reading the rest of it."""
    return _decode_when(state).time


def from_row(row: Row) -> Fact:
    """The fact of an event, brought up to today's vocabulary; personal fields are sealed.

    Raises UnreadableEvent, and NotOurVersion for what a newer version of the product wrote.
    """
    try:
        stored = _decode(row.state)
        data = stored_data(row.topic, stored.v, stored.data)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever the decoder, an upcast or a model finds
        raise UnreadableEvent(row.position) from error
    return Fact(
        source=stored.source,
        id="",
        time=stored.time,
        data=data,
        recorded=stored.recorded,
        sequence=stored.sequence,
        zone=stored.zone,
        key=stored.key,
        customer=stored.customer,
        stream=row.stream,
        position=row.position,
    )


def read(row: Row) -> Fact | None:
    """The same; None where it cannot be read."""
    try:
        return from_row(row)
    except Refused:
        return None


def unless_refused(found: Fact | Refused) -> Fact:
    """Raises what an event that cannot be read says of itself."""
    if isinstance(found, Refused):
        raise found
    return found


def sealed_parked(fact: Fact, reason: str, key: SubjectKey, nonce: bytes) -> bytes:
    """The reason lies in the seal too: it names facts as their sources do."""
    kept = {
        "reason": reason,
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "v": fact.data.version,
        "time": fact.time.isoformat(),
        "sequence": fact.sequence,
        "zone": fact.zone,
        "data": fact.data.model_dump(exclude_unset=True),
    }
    return key.seal(fact.key, kept, nonce)


def opened_parked(rows: Iterable[Any], key: SubjectKey | None) -> tuple[list[Parked], list[IllegibleParked]]:
    """`rows`: the columns PARKED. One that cannot be read keeps no other one from it; without the key none can be."""
    whole, illegible = list[Parked](), list[IllegibleParked]()
    for row in rows:
        fact_key, needs, since, sealed = row
        try:
            if key is None:
                raise DamagedText
            fact, reason = _opened_parked(fact_key, key.open(fact_key, sealed))
        except Refused as refused:
            illegible.append(IllegibleParked(fact_key, kept_instant(since), refused))
        else:
            whole.append(Parked(fact, needs, kept_instant(since), reason))
    return whole, illegible


def _opened_parked(fact_key: str, kept: dict[str, Any]) -> tuple[Fact, str]:
    fact = Fact(
        source=kept["source"],
        id=kept["id"],
        time=datetime.fromisoformat(kept["time"]),
        data=stored_data(kept["type"], kept["v"], kept["data"]),
        sequence=kept["sequence"],
        zone=kept["zone"],
        key=fact_key,
    )
    return fact, kept["reason"]
