"""Where things are stored: the engine's tables and transactions. Only this file knows eventsourcing.

The library's recorders keep the log (`stored_events`) and the bookmarks (`tracking`); what of ours
must commit together with them goes through the same cursor.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from time import sleep
from typing import Any, Literal, NamedTuple, cast

from eventsourcing.persistence import PersistenceError, StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTrackingRecorder,
)

from domain.errors import Refused

VARIABLES_AT_ONCE = 500
CACHE_KILOBYTES = 32_000
"""At most, per connection: ids are scattered, so that writing touches pages all over the file."""


StoreTrouble = PersistenceError
"""What the engine itself could not do: a full disk, a damaged file, missing rights."""


class OldBookmark(Exception):
    """Another follower has moved the bookmark: the loser stands by."""


class StoreBusy(Refused):
    def __init__(self) -> None:
        super().__init__(
            "busy",
            "Somebody else is writing to the store for longer than we wait. Please try again in a moment.",
        )


class Row(NamedTuple):
    """An event as stored. `position` orders the whole log, `version` its stream."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes


class Cursor:
    """SQL with `?` places, whatever the engine."""

    def __init__(self, cursor: SQLiteCursor) -> None:
        self.engine = cursor

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Cursor:
        self.engine.execute(sql, params)
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.engine.executemany(sql, rows)

    def all(self) -> list[Any]:
        return cast("list[Any]", self.engine.fetchall())

    def one(self) -> Any:
        return self.engine.fetchone()

    def among(self, sql: str, values: Iterable[str]) -> Iterator[Any]:
        """Rows of a query with `IN ({among})` and no other places, asked in portions that every engine takes."""
        for part in _portions(values):
            yield from self.execute(sql.format(among=",".join("?" * len(part))), part).all()

    def execute_among(self, sql: str, values: Iterable[str]) -> None:
        """The same for a statement that gives no rows."""
        for part in _portions(values):
            self.execute(sql.format(among=",".join("?" * len(part))), part)

    def portions(self, size: int) -> Iterator[list[Any]]:
        """The rows of the last query, so many at a time."""
        while rows := self.engine.sqlite_cursor.fetchmany(size):
            yield rows


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(values)
    for start in range(0, len(wanted), VARIABLES_AT_ONCE):
        yield wanted[start : start + VARIABLES_AT_ONCE]


class _Pool(SQLiteConnectionPool):
    synchronous: str

    def _create_connection(self) -> SQLiteConnection:
        connection = self._connected()
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous={self.synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
        return connection

    def _connected(self) -> SQLiteConnection:
        # Of two that make a new file at the same time SQLite tells one at once that it is locked.
        for pause_s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
            try:
                return super()._create_connection()
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
                sleep(pause_s)
        raise StoreBusy


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SqliteStore:
    """One SQLite file. FULL for what must survive a power cut, NORMAL for what can be rebuilt."""

    engine = "sqlite"

    def __init__(self, path: str, *, synchronous: Literal["FULL", "NORMAL"], lock_timeout_s: int) -> None:
        self._data = SQLiteDatastore(path, lock_timeout=lock_timeout_s, originator_id_type="text")
        self._data.pool.close()
        self._data.pool = pool = _Pool(
            db_name=path, lock_timeout=lock_timeout_s, pool_size=2, pool_timeout=lock_timeout_s
        )
        pool.synchronous = synchronous
        # Not the pool's own lock for writers: whoever waits for that one keeps readers waiting too.
        self._one_writer = Lock()
        self._lock_timeout_s = lock_timeout_s

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        with self._data.transaction(commit=False) as cursor:
            yield Cursor(cursor)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Cursor]:
        """One transaction that holds the writer's lock from its first line on. `keep=False` rolls back."""
        if not self._one_writer.acquire(timeout=self._lock_timeout_s):
            raise StoreBusy
        try:
            with self._data.get_connection(commit=False) as connection:
                cursor = connection.cursor()
                _begin(cursor)
                try:
                    yield Cursor(cursor)
                    if keep:
                        connection.commit()
                    else:
                        connection.rollback()
                except BaseException:
                    # Also where the commit itself fails: the connection goes back to the pool.
                    connection.rollback()
                    raise
        finally:
            self._one_writer.release()

    def create(self, statements: Iterable[str]) -> None:
        """Each statement reads CREATE TABLE (or INDEX) IF NOT EXISTS name; nobody waits where all exist."""
        with self.reading() as cursor:
            there = {row[0] for row in cursor.execute("SELECT name FROM sqlite_master").all()}
        missing = [statement for statement in statements if created_name(statement) not in there]
        if missing:
            with self.writing() as cursor:
                for statement in missing:
                    cursor.execute(statement)

    def close(self) -> None:
        self._data.close()


Store = SqliteStore


def _begin(cursor: SQLiteCursor) -> None:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if _is_busy(error):
            raise StoreBusy from error
        raise


def created_name(statement: str) -> str:
    """The table or index that CREATE … IF NOT EXISTS makes."""
    return statement.split()[5]


ROW = "rowid, originator_id, originator_version, topic, state"


class EventTable:
    """The library's `stored_events`, written in bulk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recorder = _LogRecorder(store._data)

    def statements(self) -> list[str]:
        return self._recorder.create_table_statements

    def insert(self, cursor: Cursor, rows: Sequence[tuple[str, int, str, bytes]]) -> list[int]:
        """The positions of the new rows."""
        events = [StoredEvent(stream, version, topic, state) for stream, version, topic, state in rows]
        return list(self._recorder._insert_events(cursor.engine, events) or ())

    def after(self, position: int, limit: int) -> list[Row]:
        with self._store.reading() as cursor:
            cursor.execute(f"SELECT {ROW} FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?", (position, limit))
            return [Row(*row) for row in cursor.all()]

    def of_streams(self, cursor: Cursor, streams: Iterable[str], upto: int | None = None) -> Iterator[Row]:
        """In order of version within each stream, up to a position."""
        until = "" if upto is None else f"AND rowid <= {int(upto)} "
        sql = (
            f"SELECT {ROW} FROM stored_events WHERE originator_id IN ({{among}}) {until}"
            "ORDER BY originator_id, originator_version"
        )
        for row in cursor.among(sql, streams):
            yield Row(*row)

    def versions(self, cursor: Cursor, streams: Iterable[str]) -> dict[str, int]:
        """The last version of each stream that exists."""
        sql = (
            "SELECT originator_id, MAX(originator_version) FROM stored_events "
            "WHERE originator_id IN ({among}) GROUP BY originator_id"
        )
        return {row[0]: row[1] for row in cursor.among(sql, streams)}

    def head(self) -> int:
        return self._recorder.max_notification_id() or 0


class _LogRecorder(SQLiteApplicationRecorder):
    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        # Under the writer's lock rowids are consecutive, so that one statement for all rows will do.
        before = self._max_notification_id(c) or 0
        c.executemany(
            self.insert_events_statement,
            [(each.originator_id, each.originator_version, each.topic, each.state) for each in stored_events],
        )
        return range(before + 1, before + len(stored_events) + 1)


class Bookmarks:
    """How far a follower has read: the library's `tracking`."""

    def __init__(self, store: Store) -> None:
        self._recorder = SQLiteTrackingRecorder(store._data)

    def statements(self) -> list[str]:
        return self._recorder.create_table_statements

    def move(self, cursor: Cursor, follower: str, since: int, position: int) -> None:
        """From where the follower began to read to where it came; raises OldBookmark if it no longer lies there.

        Jumping over what somebody else has projected would project it twice, or, where a rebuild put the
        bookmark back, not at all.
        """
        if (self._recorder._max_tracking_id(follower, cursor.engine) or 0) != since:
            raise OldBookmark
        self._recorder._insert_tracking(cursor.engine, Tracking(follower, position))

    def at(self, follower: str, cursor: Cursor | None = None) -> int:
        """Within a transaction where a cursor is given."""
        if cursor is not None:
            return self._recorder._max_tracking_id(follower, cursor.engine) or 0
        return self._recorder.max_tracking_id(follower) or 0


__all__ = [
    "Bookmarks",
    "Cursor",
    "EventTable",
    "OldBookmark",
    "Row",
    "SqliteStore",
    "Store",
    "StoreBusy",
]
