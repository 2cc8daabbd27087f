"""Both stores for measuring: new homes in either, and the least that any program must do to write the same rows."""

from __future__ import annotations

import atexit
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Protocol

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from domain.log import Log
from tests.servers.postgres import PostgresServer, fresh_database
from tests.servers.recorders import recorder_at
from wiring.home import Konto, open_home

Events = Sequence[tuple[str, int, str, bytes]]
"""Stream, version, topic and state."""

EQUAL_TABLE = (
    "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
    "PRIMARY KEY (originator_id, originator_version))"
)
COLUMNS = ("text", "int8", "text", "bytea")
PAGE = 10_000


class Stores(Protocol):
    """Where measured homes lie."""

    def home(self) -> Konto:
        """A new one, empty and open."""

    def inserted(self, events: Events) -> float:
        """Seconds for all of them in one transaction into an equal table, as safely stored as the log."""

    def inserted_singly(self, events: Events) -> float:
        """Seconds for each in a transaction of its own, by the library."""


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count()

    def home(self) -> Konto:
        return open_home(self._next(), environment={})

    def inserted(self, events: Events) -> float:
        file = self._next()
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(EQUAL_TABLE)
            started = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?)", events)
            connection.execute("COMMIT")
            seconds = perf_counter() - started
        file.unlink()
        return seconds

    def inserted_singly(self, events: Events) -> float:
        store = SQLiteDatastore(str(self._next()), originator_id_type="text")
        recorder = SQLiteApplicationRecorder(store)
        recorder.create_table()
        with closing(store):
            return _singly(recorder, events)

    def _next(self) -> Path:
        return self.folder / f"store-{next(self.numbers)}"


class Database:
    """A PostgreSQL of our own that waits for its disk, a database for each home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count()
        self.server = PostgresServer(folder / "server", durable=True)
        self.server.start()
        atexit.register(self.server.close)
        atexit.register(self.server.stop)

    def home(self) -> Konto:
        home = self.folder / f"home-{next(self.numbers)}"
        home.mkdir(mode=0o700)
        address = fresh_database(self.server)
        (home / "settings.toml").write_text(f'[store]\nurl = "{address}"\n', encoding="utf-8")
        return open_home(home, environment={}, prepare=True)

    def inserted(self, events: Events) -> float:
        copying = "COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
        with self._recorder() as recorder:
            started = perf_counter()
            with recorder.datastore.transaction(commit=True) as cursor, cursor.copy(copying) as copy:
                copy.set_types(COLUMNS)
                for event in events:
                    copy.write_row(event)
            return perf_counter() - started

    def inserted_singly(self, events: Events) -> float:
        with self._recorder() as recorder:
            return _singly(recorder, events)

    @contextmanager
    def _recorder(self) -> Iterator[PostgresApplicationRecorder]:
        """The library's own, with its table, in a new database."""
        recorder = recorder_at(fresh_database(self.server))
        recorder.create_table()
        with closing(recorder.datastore):
            yield recorder


def _singly(recorder: ApplicationRecorder, events: Events) -> float:
    started = perf_counter()
    for event in events:
        recorder.insert_events([StoredEvent(*event)])
    return perf_counter() - started


def events_of(log: Log) -> Events:
    """All that a log holds."""
    found: list[tuple[str, int, str, bytes]] = []
    position = 0
    while rows := log.rows(position, PAGE):
        found += [(row.stream, row.version, row.topic, row.state) for row in rows]
        position = rows[-1].position
    return found
