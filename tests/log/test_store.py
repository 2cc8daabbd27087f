"""The files that everything rests on: what survives a power cut, who waits for whom, what is refused at the start."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.sqlite import SQLiteConnection
from psycopg.errors import LockNotAvailable

from domain.errors import Refused
from domain.store import SqliteStore, StoreBusy
from domain.store.schema import Step, migrate
from domain.store.sqlite import CACHE_KILOBYTES, MUCH_KILOBYTES, SqliteCursor
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.processes import at_once
from tests.stores import only_files
from wiring.home import Konto, open_home
from wiring.worker import run_tick

NOW = at("2026-04-01T12:00")
STORY = """
2026-03-02T09:00  verspricht K-17 ines@example.com "Angebot" bis 2026-04-01T09:00
2026-03-03T09:00  Rückmeldung K-17 4
"""
FULL, NORMAL = 2, 1


def pragma(store: SqliteStore, name: str) -> set[Any]:
    """As the connections for reading and for writing have it."""
    with store.reading() as reading, store.writing() as writing:
        return {cursor.execute(f"PRAGMA {name}").one()[0] for cursor in (reading, writing)}


# -- what is stored how -------------------------------------------------------------------------------


@only_files
def test_the_log_survives_a_power_cut_and_only_the_tables_may_have_to_be_rebuilt(home: Home):
    assert pragma(home.konto.log.store, "synchronous") == {FULL}
    assert pragma(home.konto.views.store, "synchronous") == {NORMAL}
    assert pragma(home.konto.log.store, "journal_mode") == pragma(home.konto.views.store, "journal_mode") == {"wal"}


@only_files
def test_the_stored_events_are_the_only_table_of_the_log_with_event_in_its_name(home: Home):
    with home.konto.log.store.reading() as cursor:
        names = [row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'").all()]
    assert [name for name in names if "event" in name] == ["stored_events"]
    assert len(names) > 1


@only_files
def test_an_event_has_a_text_stream_id_a_version_a_topic_and_its_state_as_a_blob(home: Home):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    assert run_tick(home.konto)
    connection = sqlite3.connect(home.konto.home / "events.db")
    columns = [row[1:3] for row in connection.execute("PRAGMA table_info(stored_events)")]
    assert columns == [
        ("originator_id", "TEXT"),
        ("originator_version", "INTEGER"),
        ("topic", "TEXT"),
        ("state", "BLOB"),
    ]
    kinds = ", ".join(f"typeof({name})" for name, _ in columns)
    found = connection.execute(f"SELECT DISTINCT {kinds} FROM stored_events").fetchall()
    assert found == [("text", "integer", "text", "blob")]
    streams = {row[0].partition("-")[0] for row in connection.execute("SELECT originator_id FROM stored_events")}
    assert streams == {"promise", "customer", "alert", "firm"}
    connection.close()


def test_versions_count_from_one_within_a_stream_and_positions_within_the_log(home: Home):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    home.take_as_they_come(list(envelopes('2026-03-31T09:00  erfüllt "Angebot" [kept]')), NOW)
    rows = [(row.position, row.stream.partition("-")[0], row.version) for row in home.konto.log.rows(0, 10)]
    assert rows == [(1, "promise", 1), (2, "customer", 1), (3, "promise", 2)]


@only_files
def test_of_two_facts_alike_the_second_has_no_statement_prepared_anew(home: Home):
    promises = [
        f'2026-03-02T0{hour}:00  verspricht K-17 ines@example.com "Angebot {hour}" bis 2026-04-01T09:00 [at{hour}]'
        for hour in (6, 7, 8)
    ]
    first, second, third = ([each] for story in promises for each in envelopes(story))
    home.take_as_they_come(first, NOW)  # what is there only once: the customer's key, the source
    prepared = set[int]()
    store = home.konto.log.store
    assert isinstance(store, SqliteStore)
    with store.writing() as writing:
        assert isinstance(writing, SqliteCursor)
        connection = writing.engine.sqlite_cursor.connection
    connection.set_authorizer(lambda action, *_: prepared.add(action) or sqlite3.SQLITE_OK)

    home.take_as_they_come(second, NOW)  # whoever begins to listen has all of them prepared anew
    assert {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_INSERT} <= prepared
    prepared.clear()
    home.take_as_they_come(third, NOW)
    assert prepared == {sqlite3.SQLITE_TRANSACTION}  # Python's own commit


# -- waiting and refusing -----------------------------------------------------------------------------


def impatient(folder: Path) -> Konto:
    """Waits a second for others who write."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "settings.toml").write_text("[store]\nlock_timeout_seconds = 1\n", encoding="utf-8")
    return open_home(folder, environment={}, clock=lambda: NOW)


@contextmanager
def somebody_writing(file: Path) -> Iterator[None]:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_whoever_waits_too_long_for_another_process_is_told_so(tmp_path: Path):
    konto = impatient(tmp_path / "home")
    with somebody_writing(konto.home / "events.db"), pytest.raises(Refused) as refused:
        konto.record([])
    assert refused.value.code == "busy"
    assert konto.record([]) == []
    konto.close()


def test_whoever_waits_too_long_for_another_thread_is_told_so(tmp_path: Path):
    konto = impatient(tmp_path / "home")
    with writing_in_another_thread(konto.log.store), pytest.raises(Refused) as refused:
        konto.record([])
    assert refused.value.code == "busy"
    assert konto.record([]) == []
    konto.close()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_whoever_waits_too_long_for_another_machine_is_told_so_on_postgres(folder: Path):
    settings = folder / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + "lock_timeout_seconds = 1\n", encoding="utf-8")
    with open_at(folder).konto as konto, open_at(folder).konto as elsewhere:
        with elsewhere.log.writing():
            started = time.monotonic()
            with pytest.raises(Refused) as refused:
                konto.record([])
            assert 0.9 < time.monotonic() - started < 5
            assert konto.log.head() == 0, "whoever reads waits for nobody"
        assert refused.value.code == "busy"
        assert konto.record([]) == []


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_parts_are_written_side_by_side_each_by_one_and_whoever_writes_all_waits_for_them(folder: Path):
    settings = folder / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + "lock_timeout_seconds = 1\n", encoding="utf-8")
    with open_at(folder).konto as konto, open_at(folder).konto as elsewhere:
        here, there = konto.views.store, elsewhere.views.store
        with here.sharing("one") as one:
            assert one is not None
            with there.sharing("two", wait=False) as two:
                assert two is not None
            with there.sharing("one", wait=False) as again:
                assert again is None
            with pytest.raises(StoreBusy), there.writing():
                pass
            here.alone(one, "in common")
            with there.sharing("two") as two:
                assert two is not None
                with pytest.raises(LockNotAvailable):
                    there.alone(two, "in common")
        with there.writing(), pytest.raises(StoreBusy), here.sharing("one", wait=False):
            pass


@contextmanager
def writing_in_another_thread(store: SqliteStore) -> Iterator[None]:
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        with store.writing():
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_nobody_who_reads_waits_for_those_who_write_or_wait_to_write(home: Home):
    home.take_as_they_come(list(envelopes(STORY)), NOW)
    log = home.konto.log
    with writing_in_another_thread(log.store):
        waiting = threading.Thread(target=lambda: home.konto.record([]))
        waiting.start()
        time.sleep(0.2)  # it waits by now; were it later, the test would only see less
        started = time.monotonic()
        assert log.head() == 2
        assert time.monotonic() - started < 1
        # Whoever writes may read beside it: the zone of a date comes from the calendars in the log.
    waiting.join(10)
    assert not waiting.is_alive()


def test_reading_while_writing_waits_for_nobody_although_others_wait_to_write(home: Home):
    store = home.konto.log.store
    waiting = threading.Thread(target=lambda: home.konto.record([]))
    with store.writing():
        waiting.start()
        time.sleep(0.2)
        started = time.monotonic()
        assert home.konto.zone_of(None, None, NOW) == "Europe/Berlin"
        assert time.monotonic() - started < 1
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_home_opens_for_reading_while_somebody_writes_for_long(tmp_path: Path):
    konto = impatient(tmp_path / "home")
    tables = konto.tables.file
    konto.close()
    with somebody_writing(tmp_path / "home" / "events.db"), somebody_writing(tables):
        konto = impatient(tmp_path / "home")
        assert konto.log.head() == 0
        konto.close()


def test_a_store_that_cannot_be_written_is_not_called_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    konto = impatient(tmp_path / "home")
    with konto.log.store.writing() as cursor:
        cursor.execute("PRAGMA query_only=ON")
    with pytest.raises(sqlite3.OperationalError, match="readonly"), konto.log.writing() as writer:
        writer.cursor.execute("DELETE FROM parked")
    konto.close()


@only_files
def test_a_commit_that_fails_leaves_nothing_behind_and_the_next_one_works(home: Home, monkeypatch: pytest.MonkeyPatch):
    def full(connection: SQLiteConnection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SQLiteConnection, "commit", full)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            home.take_as_they_come(list(envelopes(STORY)), NOW)
    assert home.konto.log.head() == 0
    receipts = home.take_as_they_come(list(envelopes(STORY)), NOW)
    assert [receipt.status for receipt in receipts] == ["recorded", "recorded"]


# -- at the start -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["1", "y", "Yes", "true", "ON", " t "])
def test_the_switch_under_which_readers_miss_facts_is_refused_by_its_name(tmp_path: Path, value: str):
    with pytest.raises(Refused) as refused:
        open_home(tmp_path / "home", environment={"POSTGRES_ENABLE_DB_FUNCTIONS": value})
    assert (refused.value.code, refused.value.path) == ("unsafe_setting", "POSTGRES_ENABLE_DB_FUNCTIONS")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("value", ["", "0", "no", "false"])
def test_the_same_switch_turned_off_is_welcome(tmp_path: Path, value: str):
    open_home(tmp_path / "home", environment={"POSTGRES_ENABLE_DB_FUNCTIONS": value}).close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_owner_may_enter_a_new_home_and_read_its_keys(tmp_path: Path):
    open_at(tmp_path / "home").close()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "home" / "keys.json").stat().st_mode) == 0o600


@only_files
def test_a_log_whose_keys_are_gone_is_not_opened_with_new_ones(home: Home):
    keys = home.konto.home / "keys.json"
    keys.rename(keys.with_name("elsewhere.json"))
    with pytest.raises(Refused) as refused:
        open_home(home.konto.home, environment={})
    assert refused.value.code == "keys_missing"
    assert not keys.exists()


@pytest.mark.parametrize("text", ["", "{}", '{"ids": "00", "vault": 5}', '{"ids": "zz", "vault": "00"}'])
def test_damaged_keys_are_said_to_be_damaged(home: Home, text: str):
    (home.konto.home / "keys.json").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        open_home(home.konto.home, environment={})
    assert refused.value.code == "keys_damaged"


def test_what_a_killed_start_left_behind_hinders_nobody(tmp_path: Path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    for number in range(1, 40_000, 997):
        (folder / f"keys.json.{number}").touch()
    for name in ("views.rebuild.db", "views.rebuild-1.db"):
        (folder / name).write_bytes(b"half a file")
    konto = open_home(folder, environment={})
    assert konto.rebuild() == 0
    assert list(folder.glob("views.rebuild*.db")) == []
    konto.close()


def test_processes_that_open_an_empty_home_at_once_all_find_the_same_keys(tmp_path: Path):
    folder = str(tmp_path / "home")
    assert len(set(at_once(open_and_name, [(folder,)] * 3))) == 1
    assert set(json.loads((tmp_path / "home" / "keys.json").read_text("utf-8"))) == {"ids", "vault"}


def open_and_name(folder: str) -> str:
    konto = open_home(Path(folder), environment={})
    try:
        assert konto.log.head() == konto.views.position() == 0
        return konto.log.ids.thing("crm", "K-17")
    finally:
        konto.close()


def test_processes_that_make_the_same_files_at_the_same_moment_all_succeed(tmp_path: Path):
    paths = [str(tmp_path / f"{number}.db") for number in range(25)]
    assert at_once(make_stores, [(paths,)] * 3) == [25] * 3


def make_stores(paths: list[str]) -> int:
    for path in paths:
        store = SqliteStore(path, synchronous="FULL", lock_timeout_s=10)
        migrate(store, [Step(1, "one", ["CREATE TABLE one (a TEXT)", "CREATE INDEX two ON one (a)"])])
        with store.writing() as cursor:
            cursor.execute("INSERT INTO one VALUES ('x')")
        store.close()
    return len(paths)


def test_scrubbing_changes_no_event_and_no_position_also_where_one_is_missing(home: Home):
    home.take(envelopes(STORY))
    store = home.konto.log.store
    with store.writing() as cursor:
        cursor.execute(f"DELETE FROM stored_events WHERE {home.konto.log.events.position} = 1")
    before = home.konto.log.rows(0, 100)
    assert [row.position for row in before] == [2]
    store.scrub(["vault"])
    assert home.konto.log.rows(0, 100) == before


def test_scrubbing_waits_for_whoever_still_reads_what_was_there(tmp_path: Path):
    store = SqliteStore(str(tmp_path / "some.db"), synchronous="FULL", lock_timeout_s=1)
    with store.writing() as cursor:
        cursor.execute("CREATE TABLE words (word TEXT)")
        cursor.execute("INSERT INTO words VALUES ('Kanarienvogel')")
    with store.writing() as cursor:
        cursor.execute("DELETE FROM words")
    with closing(sqlite3.connect(tmp_path / "some.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM words").fetchall()
        with pytest.raises(StoreBusy):
            store.scrub(["words"])
    store.scrub(["words"])
    assert [b"Kanarienvogel" in file.read_bytes() for file in tmp_path.iterdir()].count(True) == 0
    assert (tmp_path / "some.db-wal").stat().st_size == 0
    store.close()


@only_files
def test_a_large_cache_is_had_only_while_much_is_written(home: Home):
    store = home.konto.log.store
    with store.writing_much(), store.writing() as cursor:
        assert cursor.execute("PRAGMA cache_size").one()[0] == -MUCH_KILOBYTES
    with store.writing() as cursor:
        assert cursor.execute("PRAGMA cache_size").one()[0] == -CACHE_KILOBYTES


def test_whoever_reads_gets_the_connection_that_was_used_last(tmp_path: Path):
    """It has in its memory what was just read; taken in turn, each would have to read everything for itself."""
    store = SqliteStore(str(tmp_path / "some.db"), synchronous="OFF", lock_timeout_s=1)
    with store.reading() as first, store.reading() as second:
        one, other = (cursor.engine.sqlite_cursor.connection for cursor in (first, second))
    assert one is not other
    for _ in range(3):
        with store.reading() as again:
            assert again.engine.sqlite_cursor.connection is one, "given back last"
    store.close()
