"""Where things are stored: the engine's tables and transactions. Only this file knows eventsourcing.

The library's recorders keep the log (`stored_events`) and the bookmarks (`tracking`); what of ours
must commit together with them goes through the same cursor.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, cast

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTrackingRecorder,
)

from domain.errors import Refused

OldBookmark = IntegrityError
"""Raised when another follower has moved the bookmark: the loser stands by."""

VARIABLES_AT_ONCE = 500


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
        """Rows of a query that ends in `IN ({among})`, asked in portions that every engine takes."""
        wanted = list(values)
        for start in range(0, len(wanted), VARIABLES_AT_ONCE):
            part = wanted[start : start + VARIABLES_AT_ONCE]
            yield from self.execute(sql.format(among=",".join("?" * len(part))), part).all()


class _Pool(SQLiteConnectionPool):
    synchronous: str

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous={self.synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        return connection


class SqliteStore:
    """One SQLite file. FULL for what must survive a power cut, NORMAL for what can be rebuilt."""

    engine = "sqlite"

    def __init__(self, path: str, *, synchronous: Literal["FULL", "NORMAL"], lock_timeout_s: int) -> None:
        self._data = SQLiteDatastore(path, lock_timeout=lock_timeout_s, originator_id_type="text")
        self._data.pool.close()
        self._data.pool = pool = _Pool(db_name=path, lock_timeout=lock_timeout_s, pool_size=2)
        pool.synchronous = synchronous

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        with self._data.transaction(commit=False) as cursor:
            yield Cursor(cursor)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Cursor]:
        """One transaction that holds the writer's lock from its first line on. `keep=False` rolls back."""
        with self._data.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise StoreBusy from error
            try:
                yield Cursor(cursor)
            except BaseException:
                connection.rollback()
                raise
            if keep:
                connection.commit()
            else:
                connection.rollback()

    def create(self, statements: Iterable[str]) -> None:
        with self.writing() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def close(self) -> None:
        self._data.close()


Store = SqliteStore


class EventTable:
    """The library's `stored_events`, written in bulk."""

    def __init__(self, store: Store) -> None:
        self._recorder = _LogRecorder(store._data)

    def statements(self) -> list[str]:
        return self._recorder.create_table_statements

    def insert(self, cursor: Cursor, rows: Sequence[tuple[str, int, str, bytes]]) -> list[int]:
        """The positions of the new rows."""
        events = [StoredEvent(stream, version, topic, state) for stream, version, topic, state in rows]
        return list(self._recorder._insert_events(cursor.engine, events) or ())

    def after(self, position: int, limit: int) -> list[Row]:
        notifications = self._recorder.select_notifications(position, limit, inclusive_of_start=False)
        return [
            Row(each.id, cast(str, each.originator_id), each.originator_version, each.topic, each.state)
            for each in notifications
        ]

    def of_streams(self, cursor: Cursor, streams: Iterable[str]) -> Iterator[Row]:
        """In order of version within each stream."""
        sql = (
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
            "WHERE originator_id IN ({among}) ORDER BY originator_id, originator_version"
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
    """How far a follower has read: the library's `tracking`, which never goes back."""

    def __init__(self, store: Store) -> None:
        self._recorder = SQLiteTrackingRecorder(store._data)

    def create(self) -> None:
        self._recorder.create_table()

    def move(self, cursor: Cursor, follower: str, position: int) -> None:
        """Raises OldBookmark if another follower has come as far."""
        self._recorder._insert_tracking(cursor.engine, Tracking(follower, position))

    def at(self, follower: str) -> int:
        return self._recorder.max_tracking_id(follower) or 0


__all__ = [
    "Bookmarks",
    "Cursor",
    "EventTable",
    "OldBookmark",
    "OperationalError",
    "Row",
    "SqliteStore",
    "Store",
]
