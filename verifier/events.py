"""Stored events, byte for byte as they lie in the database, and the entry of the tree that each of them is."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from verifier.tree import leaf_hash

TABLE = "stored_events"
COLUMNS = "originator_id, originator_version, topic, state"
AT_ONCE = 10_000


class Event(NamedTuple):
    position: int
    stream: str
    version: int
    topic: str
    state: bytes


Events = Callable[[], Iterator[Event]]
"""All of them in order of position, as often as one asks."""


class Unreadable(Exception):
    """What should hold events does not; the message says where."""


def entry(event: Event) -> bytes:
    """Lengths stand before what varies, so that no two events have the same entry."""
    position, stream, version, topic, state = event
    streams, topics = stream.encode("utf-8", "surrogateescape"), topic.encode("utf-8", "surrogateescape")
    head = position.to_bytes(8, "big", signed=True) + version.to_bytes(8, "big", signed=True)
    return b"".join(
        (head, len(streams).to_bytes(4, "big"), streams, len(topics).to_bytes(4, "big"), topics, state),
    )


def leaf(event: Event) -> bytes:
    return leaf_hash(entry(event))


def leaves(events: Iterable[Event]) -> list[bytes]:
    return [leaf(event) for event in events]


# -- where they lie -----------------------------------------------------------------------------------


def of_file(file: Path) -> Events:
    """An SQLite database, or lines of JSON. Raises Unreadable."""
    try:
        with file.open("rb") as stream:
            begins = stream.read(16)
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None
    return of_sqlite(file) if begins.startswith(b"SQLite format 3") else of_lines(file)


def of_sqlite(file: Path) -> Events:
    def events() -> Iterator[Event]:
        # Only read: what is damaged or was changed stays as it is.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            cursor = connection.execute(f"SELECT rowid, {COLUMNS} FROM {TABLE} ORDER BY rowid")
            while rows := cursor.fetchmany(AT_ONCE):
                yield from map(_stored, rows)

    return _told(events, str(file), sqlite3.Error)


def of_postgres(address: str, schema: str) -> Events:
    """Needs the driver psycopg."""
    import psycopg
    from psycopg import sql

    query = sql.SQL("SELECT notification_id, {} FROM {}.{} ORDER BY notification_id").format(
        sql.SQL(COLUMNS), sql.Identifier(schema), sql.Identifier(TABLE)
    )

    def events() -> Iterator[Event]:
        with psycopg.connect(address) as connection, connection.cursor(name="events", binary=True) as cursor:
            cursor.itersize = AT_ONCE
            yield from map(_stored, cursor.execute(query))

    return _told(events, schema, psycopg.Error)


def of_lines(file: Path) -> Events:
    """As `line` writes them; lines of other tables are passed over."""

    def events() -> Iterator[Event]:
        with file.open("rb") as stream:
            for number, text in enumerate(stream, start=1):
                if text.startswith((b'{"log":', b'{"table":')):
                    continue
                try:
                    yield event_of(text)
                except Unreadable:
                    raise Unreadable(f"{file}: {number}") from None

    return _told(events, str(file), OSError)


def line(event: Event) -> str:
    """One event as a line of JSON; bytes that are no text are written in base64."""
    position, stream, version, topic, state = event
    told: dict[str, Any] = {"position": position, "stream": stream, "version": version, "topic": topic}
    try:
        told["state"] = state.decode("utf-8")
    except UnicodeDecodeError:
        told["state_base64"] = base64.b64encode(state).decode("ascii")
    return json.dumps(told, separators=(",", ":")) + "\n"


def event_of(text: bytes) -> Event:
    """Out of a line. Raises Unreadable."""
    try:
        return _event(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None


def _event(told: dict[str, Any]) -> Event:
    state = told["state"].encode("utf-8") if "state" in told else base64.b64decode(told["state_base64"], validate=True)
    position, version = told["position"], told["version"]
    if (_whole(position), _whole(version)) != (position, version):
        raise ValueError("no whole number that a database holds")
    return Event(position, str(told["stream"]), version, str(told["topic"]), state)


def _stored(row: tuple[Any, ...]) -> Event:
    """Whatever stands in a column: what somebody put there by hand may be of another type."""
    position, stream, version, topic, state = row
    return Event(_whole(position), _text(stream), _whole(version), _text(topic), _bytes(state))


def _whole(value: Any) -> int:
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    return -(2**63)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"\0{value!r}"


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else f"\0{value!r}".encode("utf-8", "surrogateescape")


def _told(events: Events, where: str, error: type[Exception]) -> Events:
    def told() -> Iterator[Event]:
        try:
            yield from events()
        except error as trouble:
            raise Unreadable(f"{where}: {trouble}") from None

    return told
