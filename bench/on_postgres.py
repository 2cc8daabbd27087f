"""Building and following all tables on PostgreSQL: against a raw read, the library's way, and by two processes.

A real server is started for it, which brings what is committed to the disk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from bench import recording
from bench.fed import facts_file
from bench.pair import Pair
from bench.stores import Database
from projections import shares
from projections.follow import TABLE_NAMES
from tests.servers.postgres import fresh_database
from wiring import logs
from wiring.circles import WHILE_FOLDING, seldom_looked_for
from wiring.home import Konto, open_home
from wiring.services import OTHERS_SECONDS
from wiring.settings import LogSettings

FEW = 3_000
"""So many events the library projects singly; more would take minutes and say the same."""
PATIENCE_S = 600.0


def rebuild(folder: Path, count: int) -> Pair:
    """All tables from the log, against reading and decoding every event."""
    konto = _filled(Database(folder), folder, count)

    def limit() -> float:
        started = perf_counter()
        decode = msgspec.json.Decoder().decode
        read = [(row[0], row[1], row[2], decode(row[4])) for row in _events(konto)]
        assert len(read) == count
        return perf_counter() - started

    return Pair(lambda: _rebuilt(konto, count), limit, count)


def rebuild_vs_library(folder: Path, count: int) -> Pair:
    """All tables from the log, against one table that the library fills event by event, each in its transaction."""
    stores = Database(folder)
    konto = _filled(stores, folder, count)
    few = min(FEW, count)

    def limit() -> float:
        return _projected_by_the_library(konto, fresh_database(stores.server), few) * count / few

    return Pair(lambda: _rebuilt(konto, count), limit, count)


def scale_out(folder: Path, count: int) -> Pair:
    """All tables followed page by page, by two processes that share out the customers, against one process alone."""
    konto = _filled(Database(folder), folder, count)
    return Pair(lambda: _followed_by(konto, 2), lambda: _followed_by(konto, 1), count)


def _followed_by(konto: Konto, processes: int) -> float:
    """From when all of them are ready and nothing is in the tables to when everything is."""
    with konto.views.store.writing() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLE_NAMES)}")
        shares.put(konto.views.bookmarks, cursor, processes, 0)
    script = "from bench.on_postgres import follow; import sys; follow(sys.argv[1], int(sys.argv[2]))"
    followers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(konto.home), str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(processes)
    ]
    for each in followers:
        assert each.stdout is not None
        assert each.stdout.readline()
    started = perf_counter()
    for each in followers:
        assert each.stdin is not None
        each.stdin.write(b"go\n")
        each.stdin.close()
    for each in followers:
        assert each.wait() == 0
    seconds = perf_counter() - started
    assert set(konto.views.marks().positions) == {konto.log.head()}
    return seconds


def follow(home: str, number: int) -> None:
    """What one of them does, once it is told to: what a worker does, but never building anew."""
    logs.configure(LogSettings(level="warning"))
    with open_home(Path(home), environment={}) as konto, seldom_looked_for(WHILE_FOLDING):
        konto.follower.first = number
        print("ready", flush=True)
        sys.stdin.readline()
        while konto.views.position() < konto.log.head():
            if not konto.follower.catch_up(wait=False):
                sleep(OTHERS_SECONDS)


# -- the library's way ----------------------------------------------------------------------------------


class _Plain(Mapper[str]):
    """What is stored, without classes of the library's own."""

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        return _Told(stored_event.originator_id, stored_event.topic, msgspec.json.decode(stored_event.state))


class _Told(msgspec.Struct):
    stream: Any
    topic: str
    state: dict[str, Any]


class Stored(Application[str]):
    """Whose events lie in `stored_events`."""

    name = "stored"

    def construct_mapper(self) -> Mapper[str]:
        return _Plain(self.construct_transcoder())


COUNTS = "CREATE TABLE counts (stream text PRIMARY KEY, facts bigint)"


class OneTable(PostgresTrackingRecorder):
    """How many facts came of each stream."""

    def __init__(self, datastore: PostgresDatastore, **more: Any) -> None:
        super().__init__(datastore, **more)
        self.sql_create_statements.append(SQL(COUNTS).format())

    def count(self, stream: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO counts VALUES (%s, 1) ON CONFLICT (stream) DO UPDATE SET facts = counts.facts + 1",
                (stream,),
            )


class Counting(Projection[OneTable]):
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.count(domain_event.stream, tracking)


def _projected_by_the_library(konto: Konto, url: str, few: int) -> float:
    at = psycopg.conninfo.conninfo_to_dict(url)
    source = psycopg.conninfo.conninfo_to_dict(str(konto.settings.store.address))
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_ORIGINATOR_ID_TYPE": "text",
        **_address("STORED", source, konto.settings.store.db_schema),
        "STORED_CREATE_TABLE": "n",
        **_address("COUNTING", at, "public"),
    }
    runner = ProjectionRunner(application_class=Stored, projection_class=Counting, view_class=OneTable, env=environment)
    started = perf_counter()
    with runner:
        runner.wait(few, timeout=PATIENCE_S)
        return perf_counter() - started


def _address(prefix: str, at: Any, schema: str) -> dict[str, str]:
    names = {"DBNAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return {f"{prefix}_POSTGRES_{name}": str(at[key]) for name, key in names.items()} | {
        f"{prefix}_POSTGRES_SCHEMA": schema
    }


# -- how ------------------------------------------------------------------------------------------------


def _filled(stores: Database, folder: Path, count: int) -> Konto:
    konto = stores.home()
    recording.imported(konto, facts_file(folder, count))
    konto.catch_up(processes=None)
    return konto


def _rebuilt(konto: Konto, count: int) -> float:
    started = perf_counter()
    assert konto.rebuild(processes=None) == count
    return perf_counter() - started


def _events(konto: Konto) -> Sequence[Any]:
    with closing(psycopg.connect(str(konto.settings.store.address))) as connection:
        return connection.execute(
            "SELECT notification_id, originator_id, topic, originator_version, state "
            f"FROM {konto.settings.store.db_schema}.stored_events ORDER BY notification_id"
        ).fetchall()
