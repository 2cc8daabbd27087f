"""Two versions of the product with tables of their own: each goes on, both say the same, and one takes over."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from domain import erasure
from domain.vocabulary import parse
from projections import customers, outbox
from projections.follow import LAYOUT
from projections.tables import Views
from tests.erasing import person
from tests.homes import Home, open_at
from tests.kills.runs import ROOT
from tests.layouts.at_work import NOW, made
from tests.layouts.test_exchange import filled, tables_in
from tests.passer import as_passer
from tests.projections.test_follow import NOW as TODAY
from tests.projections.test_follow import OPEN, contents, told
from tests.stores import Engine, Schemas
from wiring import erasing, health, layouts
from wiring.home import BeingBuilt, open_home
from wiring.services import Services
from wiring.worker import dispatch, run_tick

NEXT = LAYOUT + 1


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Home]:
    """Opens a home as a version with another layout would; what it opened stays with its own tables."""

    def opened(folder: Path) -> Home:
        with monkeypatch.context() as patch:
            patch.setattr("wiring.stores.LAYOUT", NEXT)
            patch.setattr("projections.follow.LAYOUT", NEXT)
            return open_at(folder)

    return opened


@contextmanager
def following(home: Home) -> Iterator[None]:
    """As long as a service of its version is there."""
    with home.konto.tables.claim("follower") as claim:
        assert claim is not None
        yield


def later(home: Home, number: int) -> None:
    home.konto.record([parse(made("later", number), now=NOW)])
    home.konto.catch_up()


def beside(home: Home) -> list[int | None]:
    return [each.layout for each in home.konto.tables.others()]


def as_of_before(home: Home) -> None:
    """As the version left it that had only one name for its tables."""
    engine, name, folder = home.konto.tables.engine, home.konto.settings.store.db_schema, home.konto.home
    address = home.konto.settings.store.address
    home.close()
    if engine == "sqlite":
        (file,) = folder.glob("views-*.db")
        file.rename(folder / "views.db")
        return
    with psycopg.connect(address or "", autocommit=True) as connection:
        for statement in (f"DROP SCHEMA IF EXISTS {name}_views CASCADE",
                          f"ALTER SCHEMA {name}_views_{LAYOUT} RENAME TO {name}_views"):  # fmt: skip
            connection.execute(statement.encode())


@pytest.fixture(autouse=True)
def _only_our_schemas(request: pytest.FixtureRequest) -> Iterator[None]:
    """This test and others find the tables of this version alone."""
    found: Schemas | None = request.getfixturevalue("new_folder").schemas
    yield
    if found is not None:
        with psycopg.connect(found.url, autocommit=True) as connection:
            for schema in ("konto_0_views", f"konto_0_views_{NEXT}"):
                connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())


# -- side by side ---------------------------------------------------------------------------------------


def test_a_new_version_builds_its_tables_beside_and_both_go_on(folder: Path, next_version: Callable[[Path], Home]):
    old = filled(open_at(folder), 20)
    with following(old):
        new = next_version(folder)
        assert new.konto.views.position() == old.konto.log.head()
        assert contents(new.konto.views) == contents(old.konto.views), "right from the first moment on"
        for number, home in enumerate((old, new, old)):
            later(home, number)
            new.konto.catch_up()
            old.konto.catch_up()
            assert home.konto.views.row("SELECT COUNT(*) FROM promises")[0] == 21 + number
            assert contents(new.konto.views) == contents(old.konto.views)
        with following(new):
            old.konto.rebuild()
            new.konto.rebuild()
        assert (beside(old), beside(new)) == ([NEXT], [LAYOUT])
        assert contents(new.konto.views) == contents(old.konto.views)
        new.close()
    old.close()


def test_a_home_of_the_version_before_is_taken_over_without_a_step_by_hand(folder: Path, engine: Engine):
    home = filled(open_at(folder), 20)
    live = contents(home.konto.views)
    as_of_before(home)
    new = open_at(folder)
    assert contents(new.konto.views) == live
    if engine == "sqlite":
        assert beside(new) == [], "nobody followed them"
        assert not (folder / "views.db").exists()
    else:
        assert beside(new) == [None], "a database is tidied by konto migrate --tidy alone"
        assert layouts.tidy(new.konto) == (1, 0)
        assert beside(new) == []
    new.close()


def test_old_tables_stay_as_long_as_somebody_follows_them(folder: Path, engine: Engine):
    home = filled(open_at(folder), 20)
    as_of_before(home)
    old = layout_before(folder, engine)
    with old.claim("follower") as claim:
        assert claim is not None
        new = open_at(folder)
        assert beside(new) == [None]
        assert layouts.tidy(new.konto) == (0, 1), "it is claimed"
        (note,) = [each for each in health.notes(new.konto) if each.name == "other tables"]
        assert note.ok
        assert Views(old).row("SELECT COUNT(*) FROM promises")[0] == 20
    if engine == "sqlite":
        assert layouts.tidy(new.konto) == (0, 1), "it is open"
    old.close()
    (note,) = [each for each in health.notes(new.konto) if each.name == "other tables"]
    assert not note.ok
    assert layouts.tidy(new.konto) == (1, 0)
    assert [each.name for each in health.notes(new.konto) if each.name == "other tables"] == []
    new.close()


def layout_before(folder: Path, engine: Engine):  # type: ignore[no-untyped-def]
    """The tables of the version before, as it opened them."""
    from domain.store import SqliteTables
    from domain.store.postgres_tables import PostgresTables
    from wiring import settings

    store = settings.read(folder, {}).store
    if engine == "sqlite":
        return SqliteTables(folder, None, lock_timeout_s=5)
    return PostgresTables(store.address or "", f"{store.db_schema}_views", None, lock_timeout_s=5)


def test_tables_of_a_version_that_is_still_to_start_are_not_tidied_by_the_one_before(
    folder: Path, next_version: Callable[[Path], Home]
):
    old = filled(open_at(folder), 20)
    next_version(folder).close()
    assert layouts.tidy(old.konto) == (0, 0)
    assert beside(old) == [NEXT]
    assert layouts.tidy(old.konto, newer=True) == (1, 0), "whoever goes back to it says so"
    assert beside(old) == []
    old.close()


def test_of_several_who_need_tables_one_builds_and_the_others_say_that_they_are_being_built(
    folder: Path, next_version: Callable[[Path], Home], monkeypatch: pytest.MonkeyPatch
):
    old = filled(open_at(folder), 20)
    new = next_version(folder)
    (theirs,) = old.konto.tables.others()
    theirs.remove()
    store = new.konto.settings.store.model_copy(update={"lock_timeout_seconds": 0.3})
    impatient = replace(new.konto, settings=new.konto.settings.model_copy(update={"store": store}))
    with new.konto.tables.claim("build") as ours:
        assert ours is not None
        with pytest.raises(BeingBuilt):
            impatient.make_tables()
    with monkeypatch.context() as patch:
        patch.setattr("projections.follow.LAYOUT", NEXT)
        assert new.konto.make_tables()
    assert contents(new.konto.views) == contents(old.konto.views)
    new.close()
    old.close()


# -- a process of the next version ----------------------------------------------------------------------

CHILD = """
import sys
from projections import follow
follow.LAYOUT += 1
from wiring import cli
sys.exit(cli.main())
"""


def konto_of_the_next_version(folder: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "--home", str(folder), *words], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_one_konto_migrate_of_the_next_version_is_all_and_the_old_one_goes_on_meanwhile(folder: Path, engine: Engine):
    old = filled(open_at(folder), 20)
    with following(old):
        answer = json.loads(konto_of_the_next_version(folder, "migrate", "--tidy", "--json", code=1))
        assert answer == {"steps": ["tables"], "events": old.konto.log.head(), "removed": 0, "kept": 1}
        later(old, 1)
        assert json.loads(konto_of_the_next_version(folder, "promises", "--count", "--json")) == {"count": 21}
        assert old.konto.views.row("SELECT COUNT(*) FROM promises")[0] == 21
    old.close()
    answer = json.loads(konto_of_the_next_version(folder, "migrate", "--tidy", "--json"))
    assert (answer["removed"], answer["kept"]) == (1, 0)
    if engine == "sqlite":
        assert {each.partition("-")[2].partition("-")[0] for each in tables_in(folder)} == {str(NEXT)}


# -- messages -------------------------------------------------------------------------------------------


@pytest.fixture
def released(folder: Path) -> Iterator[Home]:
    """Three messages that may leave."""
    home = open_at(folder)
    home.take(told(OPEN))
    home.clock.now = TODAY
    run_tick(home.konto)
    dispatch(home.konto).release(TODAY)
    assert len(outbox.ready(home.konto.views, TODAY)) > 2
    yield home
    home.close()


def test_what_may_leave_comes_along_and_what_somebody_sends_is_not_sent_by_the_other_version(
    released: Home, next_version: Callable[[Path], Home]
):
    old, soon = released.konto, timedelta(minutes=5)
    first, second, *_ = ready = outbox.ready(old.views, TODAY)
    assert outbox.lease(old.views, [first], TODAY, soon, old.tables.others())
    home = next_version(old.home)
    new = home.konto
    assert outbox.ready(new.views, TODAY) == ready[1:], "the one that is on its way came along as such"
    later_on = TODAY + timedelta(hours=1)
    assert outbox.ready(new.views, later_on) == ready

    parcels = outbox.lease(new.views, ready[1:], TODAY, soon, new.tables.others())
    assert [each.message for each in parcels] == ready[1:]
    assert outbox.lease(old.views, ready, TODAY, soon, old.tables.others()) == []
    outbox.free(new.views, parcels, new.tables.others())
    assert [each.message for each in outbox.lease(old.views, [second], TODAY, soon, ())] == [second], "as of before"
    assert [each.message for each in outbox.lease(new.views, ready[1:], TODAY, soon, new.tables.others())] == ready[2:]
    home.close()


def test_what_was_released_after_the_new_tables_were_built_comes_along_with_the_scheduler(
    folder: Path, next_version: Callable[[Path], Home]
):
    old = open_at(folder)
    new = next_version(folder)
    old.take(told(OPEN))
    old.clock.now = new.clock.now = TODAY
    run_tick(old.konto)
    dispatch(old.konto).release(TODAY)
    ready = outbox.ready(old.konto.views, TODAY)
    new.konto.catch_up()
    assert {each.partition("-")[0] for each in outbox.ready(new.konto.views, TODAY)} == {"bundle"}, "as the log says"
    Services(new.konto, ["schedule", "send"])._hold()
    assert outbox.ready(new.konto.views, TODAY) == ready != []
    old.close()
    new.close()


# -- erasing --------------------------------------------------------------------------------------------


def said_by(home: Home) -> bytes:
    with home.konto.tables.reading() as cursor:
        tables = sorted(home.konto.tables.tables())
        rows = [row for table in tables for row in cursor.execute(f"SELECT * FROM {table}").all()]
    return "\n".join(str(each) for row in rows for each in row).encode()


def erase(home: Home) -> None:
    home.clock.now = person.LATER
    party = customers.find(home.konto.library, home.konto.asker, person.canary("own_id"))
    assert erasing.erase(home.konto, erasing.planned(home.konto, party), "objected", "").customers


@pytest.mark.parametrize("erases", ["old", "new"])
def test_erasing_a_person_reaches_the_tables_of_both_versions(
    folder: Path, next_version: Callable[[Path], Home], erases: str
):
    old = open_at(folder)
    person.told(old)
    new = next_version(folder)
    whoever, other = (old, new) if erases == "old" else (new, old)
    assert person.found_in(said_by(old)) == person.found_in(said_by(new)) != []
    erase(whoever)
    assert person.found_in(said_by(old)) == person.found_in(said_by(new)) == []
    other.konto.catch_up()
    assert person.found_in(said_by(other)) == []
    assert contents(old.konto.views) == contents(new.konto.views), "whoever follows them fills them again"
    old.close()
    new.close()
    assert {name: found for name, found in person.traces(folder).items() if found} == {}


def test_tables_that_were_built_before_an_erasure_by_a_version_that_did_not_know_of_them_are_built_anew(
    folder: Path, next_version: Callable[[Path], Home], monkeypatch: pytest.MonkeyPatch
):
    old = open_at(folder)
    person.told(old)
    next_version(folder).close()
    with monkeypatch.context() as patch:
        patch.setattr(type(old.konto.tables), "others", lambda tables: [])
        erase(old)
    assert erasure.count(old.konto.log) == old.konto.views.erased() > 0
    with following(old):
        new = next_version(folder)
        assert person.found_in(said_by(new)) == []
        assert contents(old.konto.views) == contents(new.konto.views)
    old.close()
    new.close()


def test_somebody_who_is_erased_while_tables_are_built_does_not_come_back_with_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    home, other = open_at(folder), open_at(folder)
    person.told(home)
    from projections import anew

    really, begun = anew._follow, []

    def erased_meanwhile(*told: object) -> int:
        if not begun:
            begun.append(1)
            with monkeypatch.context() as patch:
                patch.setattr("wiring.erasing._clean_tables", lambda konto: None)  # that is what is under way here
                erase(other)
        return really(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(anew, "_follow", erased_meanwhile)
    home.konto.rebuild()
    assert begun
    assert person.found_in(said_by(home)) == []
    assert home.konto.views.erased() == erasure.count(home.konto.log)
    home.close()
    other.close()


# -- rights ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_whoever_may_use_the_old_tables_of_postgres_may_use_the_new_ones_and_still_make_none(
    folder: Path, next_version: Callable[[Path], Home]
):
    home = filled(open_at(folder), 20)
    store = home.konto.settings.store
    owner, name = store.address or "", store.db_schema
    address = as_passer(owner, name)
    next_version(folder).close()
    with psycopg.connect(address, autocommit=True) as connection:
        assert connection.execute(f"SELECT COUNT(*) FROM {name}_views_{NEXT}.promises".encode()).fetchone() == (20,)
        connection.execute(f"DELETE FROM {name}_views_{NEXT}.outbox".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"CREATE TABLE {name}_views_{NEXT}.mine (a TEXT)".encode())
    home.close()
    assert open_home(folder, environment={"KONTO_STORE_URL": address}).log.head() > 0
