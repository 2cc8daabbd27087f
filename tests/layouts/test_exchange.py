"""Finished tables take the place of the live ones by their name: nobody waits, nobody sees less, nothing is left."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from domain.vocabulary import parse
from projections import anew
from projections.follow import LAYOUT, TABLE_NAMES
from tests.homes import Home, open_at
from tests.layouts.at_work import NOW, at_work, made
from tests.passer import as_passer
from tests.processes import at_once
from tests.projections.test_follow import contents, rebuilt
from tests.stores import Engine, only_files
from tests.waiting import wait_for
from wiring.home import Konto, open_home
from wiring.layouts import tidy

SMALL = "SELECT COUNT(*) FROM promises"


def filled(home: Home, facts: int) -> Home:
    home.clock.now = NOW
    home.konto.record([parse(made("early", number), now=NOW) for number in range(facts)])
    home.konto.catch_up()
    return home


@pytest.fixture
def some(home: Home) -> Home:
    """A home with twenty promises."""
    return filled(home, 20)


@pytest.fixture
def other(some: Home) -> Iterator[Konto]:
    """Another process would have the same: connections of its own."""
    with open_home(some.konto.home, environment={}, clock=lambda: NOW) as konto:
        yield konto


def tables_in(folder: Path) -> list[str]:
    """The files of tables, with what lies beside them."""
    return sorted(each.name for each in folder.glob("views*") if each.suffix != ".lock")


def name(number: int) -> str:
    return f"views-{LAYOUT}-{number}.db"


# -- going over -----------------------------------------------------------------------------------------


@only_files
def test_a_rebuild_gives_the_tables_the_next_name_and_leaves_nothing_of_the_old_ones(some: Home):
    folder = some.konto.home
    for number in (2, 3, 4):
        some.konto.rebuild()
        assert some.konto.tables.file == folder / name(number)
        some.rows(SMALL)
        assert {each.removesuffix("-wal").removesuffix("-shm") for each in tables_in(folder)} == {name(number)}
    some.konto.close()
    assert tables_in(folder) == [name(4)]


def test_whoever_reads_goes_on_reading_what_was_there_and_sees_the_new_ones_afterwards(some: Home, other: Konto):
    with other.views.store.reading() as cursor:
        assert cursor.execute(SMALL).one()[0] == 20
        some.konto.record([parse(made("later", 1), now=NOW)])
        some.konto.rebuild()
        if other.tables.engine == "sqlite":
            assert cursor.execute(SMALL).one()[0] == 20
            assert len([each for each in tables_in(some.konto.home) if each.endswith(".db")]) == 2
    assert other.views.row(SMALL)[0] == 21
    if other.tables.engine == "sqlite":
        assert [each for each in tables_in(some.konto.home) if each.endswith(".db")] == [name(2)], "they go with him"


@only_files
def test_whoever_has_the_old_tables_open_at_rest_holds_neither_room_nor_data_by_them(some: Home, other: Konto):
    old = some.konto.tables.file
    assert other.views.row(SMALL)[0] == 20
    stream = os.open(old, os.O_RDONLY)
    try:
        assert os.fstat(stream).st_size > 100_000
        some.konto.rebuild()
        assert not old.exists()
        assert os.fstat(stream).st_size <= 4096
        assert b"early" not in os.read(stream, 4096)
    finally:
        os.close(stream)


@pytest.mark.parametrize("way", ["writing", "updating", "sharing"])
def test_a_writer_who_waits_meanwhile_writes_into_the_new_tables(
    some: Home, other: Konto, monkeypatch: pytest.MonkeyPatch, way: str
):
    waiting, asked = threading.Event(), anew.outbox.decisions
    begin = {"sharing": lambda store: store.sharing("follower")}.get(way, lambda store: getattr(store, way)())

    def write() -> None:
        waiting.set()
        with begin(other.views.store) as cursor:
            cursor.execute("INSERT INTO streams VALUES ('promise-x', 'customer-x')")

    writer = threading.Thread(target=write)

    def while_somebody_waits(*told: object) -> object:
        writer.start()
        waiting.wait()
        time.sleep(0.2)
        assert writer.is_alive(), "the old tables are held"
        return asked(*told)

    monkeypatch.setattr("projections.anew.outbox.decisions", while_somebody_waits)
    some.konto.rebuild()
    writer.join(10)
    assert some.rows("SELECT customer FROM streams WHERE stream = 'promise-x'") == [("customer-x",)]


@only_files
def test_a_home_without_its_tables_gets_them_anew_and_never_an_empty_file(some: Home, other: Konto):
    live = contents(some.konto.views)
    some.konto.tables.file.unlink()
    with pytest.raises(Exception, match="konto migrate"):
        other.views.rows(SMALL)
    assert not [each for each in tables_in(some.konto.home) if each.endswith(".db")]
    with open_home(some.konto.home, environment={}, clock=lambda: NOW) as again:
        assert contents(again.views) == live
    assert contents(other.views) == live, "and whoever missed them finds them"


@only_files
def test_a_disk_that_knows_no_second_name_for_a_file_will_do(some: Home, monkeypatch: pytest.MonkeyPatch):
    def refused(*names: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    live = contents(some.konto.views)
    some.konto.rebuild()
    assert some.konto.tables.file.name == name(2)
    assert contents(some.konto.views) == live


@only_files
def test_a_write_ahead_log_whose_tables_were_removed_by_hand_is_not_taken_for_that_of_the_next_ones(some: Home):
    live = contents(some.konto.views)
    for part in ("-wal", "-shm"):
        (some.konto.home / f"{name(2)}{part}").write_bytes(b"of another file" * 1000)
    some.konto.rebuild()
    assert contents(some.konto.views) == live


# -- at the same time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts", [pytest.param(1_500, id="few"), pytest.param(20_000, id="many", marks=pytest.mark.long)]
)
def test_nobody_waits_for_long_and_nobody_sees_less_while_tables_are_exchanged(
    folder: Path, engine: Engine, tmp_path: Path, facts: int, record_property: Callable[[str, object], None]
):
    """Four go on without a pause while a fifth builds everything anew, twice."""
    filled(open_at(folder), facts).close()
    roles = ("record", "follow", "read", "write", "rebuild")
    recorded, followed, read, wrote, took = at_once(
        at_work, [(each, str(folder), str(tmp_path / "stop")) for each in roles]
    )
    for role, seconds in (("follow", followed), ("read", read), ("write", wrote), ("rebuild", took)):
        record_property(role, round(seconds, 3))
    # Readers wait for nobody: what keeps them is the machine, which keeps a writer as well.
    assert wrote < max(1, took / 5, 2 * read), "the longest wait of a writer"
    home = open_at(folder)
    home.konto.catch_up()
    assert home.konto.views.row("SELECT COUNT(*) FROM promise_words WHERE id LIKE 'late-%'")[0] == recorded
    assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)
    home.close()


@only_files
def test_two_who_exchange_at_the_same_time_leave_one_set_of_tables_that_is_whole(
    some: Home, other: Konto, tmp_path: Path
):
    folder, live = some.konto.home, contents(some.konto.views)
    threads = [
        threading.Thread(target=anew.rebuild, args=(konto.log, konto.tables, folder / f"views.{number}.db"))
        for number, konto in enumerate((some.konto, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert some.konto.tables.file.name == name(3), "one after the other"
    assert contents(some.konto.views) == contents(other.views) == live
    assert [each for each in tables_in(folder) if each.endswith(".db")] == [name(3)]


# -- killed ---------------------------------------------------------------------------------------------


CALLS = ("link", "unlink", "fsync", "chmod", "rename")


def dying_at(number: int, folder: Path) -> bool:
    """Opens the home and rebuilds, in a process that ends itself at its nth change of a file; whether it did."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = number

    def counting(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **more)

        return counted

    try:
        for each in CALLS:
            setattr(os, each, counting(getattr(os, each)))
        with open_home(folder, environment={}, clock=lambda: NOW) as konto:
            konto.rebuild()
    finally:
        os._exit(0)


@only_files
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no processes")
@pytest.mark.parametrize("first", [True, False], ids=["the first tables", "others"])
def test_whoever_is_killed_at_any_step_of_an_exchange_leaves_one_set_of_tables_that_is_whole(folder: Path, first: bool):
    home = filled(open_at(folder), 20)
    live = contents(home.konto.views)
    home.close()
    steps = 0
    while True:
        if first:
            for name in tables_in(folder):
                (folder / name).unlink()
        if not dying_at(steps + 1, folder):
            break
        steps += 1
        home = open_at(folder)
        assert contents(home.konto.views) == live, f"killed at step {steps}"
        assert [each for each in tables_in(folder) if each.endswith(".db")] == [home.konto.tables.file.name]
        home.close()
    assert steps > (20 if first else 10)


KILLS = pytest.mark.parametrize(
    "kills", [pytest.param(3, id="short"), pytest.param(40, id="long", marks=pytest.mark.long)]
)


@KILLS
def test_whoever_is_killed_at_random_moments_of_rebuilds_leaves_tables_that_are_whole(
    disk_path: Path, tmp_path: Path, kills: int
):
    killed_again_and_again(disk_path / "home", tmp_path, kills)


@KILLS
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_the_same_in_a_database(folder: Path, tmp_path: Path, kills: int):
    killed_again_and_again(folder, tmp_path, kills)
    home = open_at(folder)
    tidy(home.konto)
    assert schemas_of(home) == {schema_of(home)}
    home.close()


def killed_again_and_again(folder: Path, tmp_path: Path, kills: int) -> None:
    chance, begun = random.Random(kills), tmp_path / "begun"
    filled(open_at(folder), 200).close()
    for _ in range(kills):
        child = os.fork()
        if not child:
            with open_home(folder, environment={}, clock=lambda: NOW) as konto:
                begun.touch()
                while True:
                    konto.rebuild()
        wait_for(begun.exists)
        time.sleep(chance.random() * 0.5)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        begun.unlink()
        home = open_at(folder)
        assert contents(home.konto.views) == rebuilt(home.konto, tmp_path)
        home.close()


# -- in a database --------------------------------------------------------------------------------------


only_a_database = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


def schema_of(home: Home) -> str:
    from domain.store.postgres_tables import PostgresTables

    assert isinstance(home.konto.tables, PostgresTables)
    return home.konto.tables.schema


def schemas_of(home: Home) -> set[str]:
    """Those with tables of this layout, whatever became of them."""
    sql = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, ?)"
    return {row[0] for row in home.konto.views.rows(sql, (schema_of(home),))}


def table_number(home: Home) -> int:
    """The server's own number of a table, which another one has that takes its place."""
    return int(home.rows("SELECT to_regclass('promises')::oid::bigint")[0][0])


IMPATIENT = {"KONTO_STORE_LOCK_TIMEOUT_SECONDS": "1"}


def left_behind(home: Home) -> None:
    """As by somebody who was killed in the middle, and once more after it."""
    schema = schema_of(home)
    with home.konto.views.store.writing() as cursor:
        for ending in ("next", "old"):
            cursor.execute(f'CREATE SCHEMA "{schema}_{ending}"')
            cursor.execute(f'CREATE TABLE "{schema}_{ending}".persons (name TEXT)')


@only_a_database
def test_in_a_database_a_rebuild_renames_schemas_and_leaves_nothing_of_the_old_one(some: Home):
    live, before = contents(some.konto.views), table_number(some)
    some.konto.rebuild()
    assert table_number(some) != before
    assert contents(some.konto.views) == live
    assert schemas_of(some) == {schema_of(some)}
    known = "SELECT COUNT(*) FROM pg_stats WHERE schemaname = ? AND tablename = 'promises'"
    assert some.konto.views.row(known, (schema_of(some),))[0] > 0, "the planner knows the new rows at once"


@only_a_database
@pytest.mark.parametrize("way", ["rebuilding", "tidying", "forgetting", "removing"])
def test_what_somebody_who_was_killed_left_in_a_database_goes_with_the_next_occasion(some: Home, way: str):
    left_behind(some)
    assert len(schemas_of(some)) == 3
    if way == "rebuilding":
        some.konto.rebuild()
    elif way == "tidying":
        tidy(some.konto)
    elif way == "forgetting":
        some.konto.tables.forget(TABLE_NAMES)
    else:
        with psycopg.connect(some.konto.settings.store.address or "") as asking:
            some.konto.tables.remove()
            sql = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
            assert asking.execute(sql, (schema_of(some),)).fetchall() == []
        some.konto.close()
        open_at(some.konto.home).close()  # whoever opens the home next has tables again
        return
    assert schemas_of(some) == {schema_of(some)}


@only_a_database
def test_a_reader_who_stays_in_the_old_tables_keeps_them_until_he_is_done_and_nobody_else_waits(
    some: Home, other: Konto
):
    url, schema = some.konto.settings.store.address or "", schema_of(some)
    with psycopg.connect(url) as reader:
        reader.execute(f'SELECT COUNT(*) FROM "{schema}".promises'.encode())
        with open_home(some.konto.home, environment=IMPATIENT, clock=lambda: NOW) as impatient:
            impatient.rebuild()
        assert schemas_of(some) == {schema, f"{schema}_old"}
        assert other.views.row(SMALL)[0] == 20
    tidy(some.konto)
    assert schemas_of(some) == {schema}


@only_a_database
def test_whoever_may_make_no_tables_puts_in_the_rows_one_by_one(some: Home):
    store = some.konto.settings.store
    live, before = contents(some.konto.views), table_number(some)
    address = as_passer(store.address or "", store.db_schema)
    with open_home(some.konto.home, environment={"KONTO_STORE_URL": address}, clock=lambda: NOW) as service:
        service.rebuild()
        assert contents(service.views) == live
    assert table_number(some) == before
    assert schemas_of(some) == {schema_of(some)}


@only_a_database
def test_those_who_had_rights_in_the_old_tables_of_a_database_have_them_in_the_new_ones(some: Home):
    store = some.konto.settings.store
    address = as_passer(store.address or "", store.db_schema)
    some.konto.rebuild()
    with open_home(some.konto.home, environment={"KONTO_STORE_URL": address}, clock=lambda: NOW) as service:
        service.record([parse(made("later", 1), now=NOW)])
        service.catch_up()
        assert service.views.row(SMALL)[0] == 21
