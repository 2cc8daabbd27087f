"""What is measured, and the limit beside it: the least that any program must do for the same facts.

Each measure makes its files in a folder of its own and gives two functions that are timed in turn.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

import msgspec
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from bench import alerts, audit, facts, kpis, looks, over_http, pages
from bench.pair import Pair
from domain.rulebook import default
from domain.vocabulary import parse
from projections import experiences
from projections.advice import learned
from wiring.home import Konto, open_home
from wiring.importing import import_file
from wiring.trying import what_if as tried

SINGLY = 50
"""Of so many facts one is recorded singly."""

Rows = Sequence[tuple[str, int, str, bytes]]


def import_log(folder: Path, count: int) -> Pair:
    """From a file of facts into the log, against inserting the finished rows."""
    file, folders = _file(folder, count), _folders(folder)
    return Pair(lambda: _imported(file, next(folders))[0], lambda: _inserted(folder, count), count)


def import_all(folder: Path, count: int) -> Pair:
    """The same until every table is up to date."""
    file, folders = _file(folder, count), _folders(folder)

    def ours() -> float:
        seconds, konto = _imported(file, next(folders), keep=True)
        assert konto is not None
        started = perf_counter()
        konto.catch_up()
        seconds += perf_counter() - started
        konto.close()
        return seconds

    return Pair(ours, lambda: _inserted(folder, count), count)


def rebuild(folder: Path, count: int) -> Pair:
    """All tables from the log, against reading and decoding every event."""
    home = folder / "home"
    _, konto = _imported(_file(folder, count), home, keep=True)
    assert konto is not None
    konto.catch_up()

    def ours() -> float:
        started = perf_counter()
        assert konto.rebuild() == count
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        with closing(sqlite3.connect(home / "events.db")) as connection:
            decode = msgspec.json.Decoder().decode
            read = [(row[0], row[1], row[2], decode(row[3])) for row in connection.execute(EVERYTHING)]
        assert len(read) == count
        return perf_counter() - started

    return Pair(ours, limit, count)


def what_if(folder: Path, count: int) -> Pair:
    """Every account under two rulebooks, against a rebuild of all tables."""
    pair = rebuild(folder, count)
    konto = open_home(folder / "home", environment={})
    twice = default().model_copy(update={"promise": default().promise.model_copy(update={"broken": -1600})})

    def ours() -> float:
        started = perf_counter()
        found = tried(konto, twice, konto.clock())
        assert found.differences
        return perf_counter() - started

    return Pair(ours, pair.ours, count)


def advise(folder: Path, count: int) -> Pair:
    """What the adviser learns from every promise, against reading the promises alone."""
    home = folder / "home"
    _, konto = _imported(_file(folder, count), home, keep=True)
    assert konto is not None
    konto.catch_up()
    now = konto.clock()

    def ours() -> float:
        started = perf_counter()
        assert learned(konto.library, now).known
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        assert experiences.every(konto.views, now)
        return perf_counter() - started

    return Pair(ours, limit, len(experiences.every(konto.views, now)))


def record(folder: Path, count: int) -> Pair:
    """One fact in a transaction of its own, against the library's insert of one finished row."""
    singly = max(20, count // SINGLY)
    told, rows, folders = facts.envelopes(singly), _rows(folder, singly), _folders(folder)

    def ours() -> float:
        konto = open_home(next(folders), environment={})
        started = perf_counter()
        for envelope in told:
            konto.record([parse(envelope, now=konto.clock())])
        seconds = perf_counter() - started
        konto.close()
        return seconds

    def limit() -> float:
        store = SQLiteDatastore(str(next(folders)) + ".db", originator_id_type="text")
        recorder = SQLiteApplicationRecorder(store)
        recorder.create_table()
        started = perf_counter()
        for stream, version, topic, state in rows:
            recorder.insert_events([StoredEvent(stream, version, topic, state)])
        seconds = perf_counter() - started
        store.close()
        return seconds

    return Pair(ours, limit, singly)


MEASURES: Mapping[str, Callable[[Path, int], Pair]] = {
    "import_log:sqlite": import_log,
    "import_all:sqlite": import_all,
    "rebuild:sqlite": rebuild,
    "record:sqlite": record,
    "http:sqlite": over_http.singly,
    "http_by_two:sqlite": over_http.by_two,
    "http_lists:sqlite": over_http.in_lists,
    "what_if:sqlite": what_if,
    "advise:sqlite": advise,
    "alerts:redis": alerts.delivery,
    "alert_latency:sqlite": alerts.latency,
    "vault_and_tree:sqlite": audit.vault_and_tree,
    "verify:sqlite": audit.verify,
    "noting:sqlite": looks.noting,
    "kpi:sqlite": kpis.of_promises,
    "kpi_all:sqlite": kpis.of_everything,
    "pages:sqlite": pages.every,
    "rerun:sqlite": pages.reruns,
}


# -- how ----------------------------------------------------------------------------------------------

EVERYTHING = "SELECT rowid, originator_id, topic, state FROM stored_events ORDER BY rowid"
EQUAL_TABLE = (
    "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
    "PRIMARY KEY (originator_id, originator_version))"
)


def _folders(folder: Path) -> itertools.chain[Path]:
    """A new one for every round."""
    return itertools.chain(folder / f"round-{number}" for number in itertools.count())


def _file(folder: Path, count: int) -> Path:
    file = folder / "facts.jsonl"
    if not file.exists():
        facts.write(file, facts.envelopes(count))
    return file


def _imported(file: Path, home: Path, *, keep: bool = False) -> tuple[float, Konto | None]:
    """The seconds that it took; the open home where it is asked for."""
    konto = open_home(home, environment={})
    started = perf_counter()
    summary = import_file(konto, file)
    seconds = perf_counter() - started
    assert summary.recorded == summary.read
    if keep:
        return seconds, konto
    konto.close()
    return seconds, None


def _rows(folder: Path, count: int) -> Rows:
    """The events as the log holds them."""
    home = folder / "rows"
    if not home.exists():
        _imported(_file(folder, count), home)
    with closing(sqlite3.connect(home / "events.db")) as connection:
        sql = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        return connection.execute(sql).fetchall()


def _inserted(folder: Path, count: int) -> float:
    """The finished rows into an equal table, as safely stored as the log."""
    rows = _rows(folder, count)
    file = folder / "limit.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(EQUAL_TABLE)
        started = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        seconds = perf_counter() - started
    file.unlink()
    return seconds
