"""A store in one SQLite file: for a firm on one machine."""

from __future__ import annotations

import math
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, Literal, Self, cast

from eventsourcing.persistence import InterfaceError, Tracking
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTrackingRecorder,
)

from domain.store.base import (
    Bookmarks,
    Claim,
    Cursor,
    Doorbell,
    EventTable,
    LastingStore,
    Store,
    StoreBusy,
    in_portions,
)
from domain.store.locks import held

VARIABLES_AT_ONCE = 500
CACHE_KILOBYTES, MUCH_KILOBYTES = 32_000, 128_000
"""At most, per connection: ids are scattered, so that writing touches pages all over the file. A page that does not fit
goes to the disk and is fetched again for one row: a million facts then take four times as long to write."""

PAGES_AT_ONCE = 5_000
"""Of a copy, until whoever waits hears how far it is."""
STATEMENTS = 128
"""So many prepared statements a connection keeps: a transaction asks the same few questions as the one before it."""


class SqliteCursor(Cursor):
    def __init__(self, cursor: SQLiteCursor) -> None:
        self.engine = cursor

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Self:
        self.engine.execute(sql, params)
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.engine.executemany(sql, rows)

    def insert(self, table: str, rows: Sequence[Sequence[Any]], types: Sequence[str] = ()) -> None:
        if rows:
            self.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

    def all(self) -> list[Any]:
        return cast("list[Any]", self.engine.fetchall())

    def one(self) -> Any:
        return self.engine.fetchone()

    def portions(self, size: int) -> Iterator[list[Any]]:
        while rows := self.engine.sqlite_cursor.fetchmany(size):
            yield rows

    def _asked(self, values: list[str]) -> Iterator[tuple[str, Sequence[Any]]]:
        for part in in_portions(values, VARIABLES_AT_ONCE):
            yield ",".join("?" * len(part)), part


class _LastFirst(deque[SQLiteConnection]):
    """Whoever was given back last is taken next: it still has in its memory what is asked again and again."""

    def popleft(self) -> SQLiteConnection:
        return self.pop()


class _Pool(SQLiteConnectionPool):
    lock_timeout: int
    synchronous: str
    wipes: bool
    kilobytes: int

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._pool = _LastFirst()

    def _create_connection(self) -> SQLiteConnection:
        connection = self._connected()
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous={self.synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if self.wipes:
            # What is deleted from the log's own tables goes at once; tables that are refolded all the time would
            # become slow, and whoever needs them clean has them scrubbed.
            cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA cache_size=-{self.kilobytes}")
        _reckon(cursor.sqlite_cursor.connection)
        return connection

    def _connected(self) -> SQLiteConnection:
        # The library's own connections keep a single prepared statement, so that nearly every one is prepared anew.
        try:
            connection = sqlite3.connect(
                self.db_name,
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                cached_statements=STATEMENTS,
                timeout=self.lock_timeout,
            )
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        _log_ahead(connection)
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, self.max_age)


def _log_ahead(connection: sqlite3.Connection) -> None:
    # Of two that make a new file at the same time SQLite tells one at once that it is locked.
    for pause_s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            sleep(pause_s)
    raise StoreBusy


def _reckon(connection: sqlite3.Connection) -> None:
    """Powers and logarithms, which not every build of SQLite brings."""
    try:
        connection.execute("SELECT POWER(2.0, 0.5), LN(2.0), FLOOR(2.5)")
    except sqlite3.OperationalError:
        connection.create_function("POWER", 2, math.pow, deterministic=True)
        connection.create_function("LN", 1, math.log, deterministic=True)
        connection.create_function("FLOOR", 1, math.floor, deterministic=True)


def existing(file: Path) -> str:
    """The address of a file that must be there."""
    return f"{file.resolve().as_uri()}?mode=rw"


def is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class InFiles(Store):
    """What follows from a file having one writer at a time."""

    engine = "sqlite"

    def updating(self) -> AbstractContextManager[Cursor]:
        return self.writing()

    def alone(self, cursor: Cursor, name: str) -> None:
        """Whoever writes here is."""

    def tables(self) -> set[str]:
        with self.reading() as cursor:
            return {row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'").all()}


class SqliteStore(InFiles, LastingStore):
    """One SQLite file. FULL for what must survive a power cut at once, NORMAL for what can be rebuilt or is settled.

    OFF for what nobody keeps.

    `wipes`: what is deleted is overwritten; usual with FULL.
    `readers` keep what they read, each so many kilobytes at most.
    `makes`: False where the file must be there already, so that no empty one comes to be where another was removed.
    """

    def __init__(
        self,
        path: str,
        *,
        synchronous: Literal["FULL", "NORMAL", "OFF"],
        lock_timeout_s: int,
        wipes: bool | None = None,
        makes: bool = True,
        readers: int = 2,
        kilobytes: int = CACHE_KILOBYTES,
    ) -> None:
        self.file = Path(path)
        self._data = SQLiteDatastore(path, lock_timeout=lock_timeout_s, originator_id_type="text")
        self._data.pool.close()
        self._name = path if makes else existing(self.file)
        self._data.pool = pool = _Pool(
            db_name=self._name, lock_timeout=lock_timeout_s, pool_size=readers, pool_timeout=lock_timeout_s
        )
        pool.synchronous, pool.kilobytes = synchronous, kilobytes
        pool.wipes = synchronous == "FULL" if wipes is None else wipes
        # Not the pool's own lock for writers: whoever waits for that one keeps readers waiting too.
        self._one_writer = Lock()
        self._kilobytes, self._kilobytes_given = CACHE_KILOBYTES, CACHE_KILOBYTES
        """The cache that a writer may have, and the one that the connection was told of last."""
        self._writing: SQLiteConnection | None = None
        """Whoever writes has this one. What it has in its memory stays true from one transaction to the next, while a
        connection that others write beside has to read it all again."""
        self._lock_timeout_s = lock_timeout_s

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        with self._data.transaction(commit=False) as cursor:
            yield SqliteCursor(cursor)

    @contextmanager
    def writing(self, *, keep: bool = True, still: Callable[[], bool] = lambda: True) -> Iterator[Cursor]:
        """`still`: whether it is worth waiting while somebody else writes; if not, SQLite's own error comes."""
        until = monotonic() + self._lock_timeout_s
        if not self._one_writer.acquire(timeout=self._lock_timeout_s):
            raise StoreBusy
        try:
            connection = self._writers()
            cursor = connection.cursor()
            _begin(cursor, until, still)
            try:
                yield SqliteCursor(cursor)
                if keep:
                    connection.commit()
                else:
                    connection.rollback()
            except BaseException:
                # Also where the commit itself fails: the next writer gets the same connection.
                connection.rollback()
                raise
        finally:
            self._one_writer.release()

    def _writers(self) -> SQLiteConnection:
        """For whoever holds the lock, with as large a cache as it may have now."""
        if self._writing is None:
            self._writing = self._data.pool._create_connection()
            self._writing.cursor().execute("PRAGMA busy_timeout=0")
        if self._kilobytes_given != self._kilobytes:
            self._writing.cursor().execute(f"PRAGMA cache_size=-{self._kilobytes}")
            self._kilobytes_given = self._kilobytes
        return self._writing

    @contextmanager
    def writing_much(self) -> Iterator[None]:
        self._kilobytes = MUCH_KILOBYTES
        try:
            yield
        finally:
            self._kilobytes = CACHE_KILOBYTES
            if self._one_writer.acquire(blocking=False):  # whoever writes just now lets go of it the next time
                try:
                    self._writers()
                finally:
                    self._one_writer.release()

    @contextmanager
    def snapshot(self) -> Iterator[Cursor]:
        with closing(self._apart()) as connection:
            _at_one_moment(connection)
            yield SqliteCursor(SQLiteCursor(connection.cursor()))

    def copy_to(self, file: Path, tell: Callable[[int, int], None]) -> None:
        """All of it as it is at one moment, into a file that is not there yet and is on the disk when this returns.

        `tell` hears how many pages are copied, and of how many.
        """
        with closing(self._apart()) as connection, closing(sqlite3.connect(file, isolation_level=None)) as copy:
            # What this connection reads stays as it is: without it a copy begins anew whenever somebody writes.
            _at_one_moment(connection)
            connection.backup(copy, pages=PAGES_AT_ONCE, progress=lambda status, left, all: tell(all - left, all))
            _into_one_file(copy, file)

    def into_one_file(self) -> None:
        """Closes it, without a write-ahead log beside it, and with all of it on the disk."""
        self.close()
        with closing(self._apart()) as connection:
            _into_one_file(connection, self.file)

    def ddl(self, statement: str) -> str:
        return statement

    def prepare(self, cursor: Cursor) -> None:
        return None

    def event_table(self) -> EventTable:
        return _Events(self)

    def bookmarks(self) -> Bookmarks:
        return Tracked(self._data)

    def size_bytes(self) -> int:
        """With what the write-ahead log still holds."""
        parts = (self.file, self.file.with_name(f"{self.file.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def scrub(self, tables: Iterable[str]) -> None:
        """The whole file: free pages and what is left of old rows within the others are in no table's own place."""
        until = monotonic() + self._lock_timeout_s
        with closing(self._apart()) as connection:
            try:
                # Tables with an index, as the events' is one, keep their rowids: tests/log/test_store.py.
                connection.execute("VACUUM")
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    raise StoreBusy from error
                raise
            # Whoever still reads the old pages in the write-ahead log keeps them there.
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if monotonic() > until:
                    raise StoreBusy
                sleep(LOOK_SECONDS)

    def settle(self) -> None:
        with closing(self._apart()) as connection:
            # Brings the write-ahead log to the disk, whether or not all of it can go into the file just now.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def _apart(self) -> sqlite3.Connection:
        """A connection of its own, beside all transactions."""
        return sqlite3.connect(self._name, uri=True, timeout=self._lock_timeout_s, isolation_level=None)

    def claim(self, name: str) -> AbstractContextManager[Claim | None]:
        return claimed(self.file.with_suffix(f".{name}.lock"))

    def doorbell(self) -> Doorbell:
        return _Changed(self.file)

    def close(self) -> None:
        self._data.close()
        if self._writing is not None:
            self._writing.close()
            self._writing = None


def _into_one_file(connection: sqlite3.Connection, file: Path) -> None:
    connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _at_one_moment(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()


@contextmanager
def claimed(file: Path) -> Iterator[Claim | None]:
    with held(file) as ours:
        yield _Held() if ours else None


class _Held(Claim):
    def holds(self) -> bool:
        return True


LOOK_SECONDS = 0.05


class _Changed(Doorbell):
    """A file tells nobody, but says at once whether anybody else has written since it was asked last."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._version = self._asked()

    def wait(self, seconds: float) -> bool:
        until = monotonic() + seconds
        while True:
            if (version := self._asked()) != self._version:
                self._version = version
                return True
            if (left := until - monotonic()) <= 0:
                return False
            sleep(min(left, LOOK_SECONDS))

    def _asked(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


TURN_SECONDS = 0.0005


def _begin(cursor: SQLiteCursor, until: float, still: Callable[[], bool]) -> None:
    """Looks often whether it is our turn: SQLite itself waits longer each time, and others come first meanwhile."""
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or not still():
                raise
            if monotonic() > until:
                raise StoreBusy from error
        sleep(TURN_SECONDS)


class _Events(EventTable):
    position = "rowid"

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store)
        self._recorder = SQLiteApplicationRecorder(store._data)

    def statements(self) -> list[str]:
        return self._recorder.create_table_statements

    def insert(self, cursor: Cursor, rows: Sequence[tuple[str, int, str, bytes]]) -> None:
        # Under the writer's lock rowids are consecutive, so that one statement for all rows will do.
        cursor.executemany(self._recorder.insert_events_statement, rows)


class Tracked(Bookmarks):
    def __init__(self, data: SQLiteDatastore) -> None:
        self._recorder = SQLiteTrackingRecorder(data)

    def statements(self) -> list[str]:
        return self._recorder.create_table_statements

    def advance(self, cursor: Cursor, follower: str, position: int) -> None:
        assert isinstance(cursor, SqliteCursor)
        self._recorder._insert_tracking(cursor.engine, Tracking(follower, position))
