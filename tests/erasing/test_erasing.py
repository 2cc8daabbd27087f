"""Erased means erased: no byte of a person is found afterwards, nobody else loses anything, and no figure changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain import erasure
from domain.errors import Refused
from domain.roles import Asker, NotAllowed, Role
from domain.store import Store
from domain.vault import Erased
from projections import customers
from tests.erasing.person import (
    CANARIES,
    LATER,
    NOW,
    STAYS,
    canary,
    events,
    fact,
    figures,
    found_in,
    story,
    told,
    traces,
)
from tests.homes import Home, open_at
from tests.stores import NewFolder, only_files
from wiring import checking, erasing
from wiring import traces as removing
from wiring.erasing import Outcome, Plan
from wiring.exporting import envelopes
from wiring.home import Konto
from words import translator


def plan(home: Home, name: str = "") -> Plan:
    party = customers.find(home.konto.library, home.konto.asker, name or canary("own_id"))
    return erasing.planned(home.konto, party)


def erase(home: Home) -> Outcome:
    home.clock.now = LATER
    return erasing.erase(home.konto, plan(home), "objected", "letter of April")


def tables_of(store: Store) -> bytes:
    """What every row of every table says."""
    with store.reading() as cursor:
        rows = [row for table in sorted(store.tables()) for row in cursor.execute(f"SELECT * FROM {table}").all()]
    return b"\n".join(each if isinstance(each, bytes) else str(each).encode() for row in rows for each in row)


def said_by(home: Home) -> bytes:
    """Everything that can be read with the keys: the facts, what waits, and the tables."""
    opened = [*home.konto.log.opened(home.konto.log.page(0, 10_000)), *(each.fact for each in home.konto.log.parked())]
    return "\n".join(map(repr, opened)).encode() + tables_of(home.konto.views.store) + tables_of(home.konto.log.store)


# -- what goes ----------------------------------------------------------------------------------------------


def test_every_canary_can_be_read_before(home: Home):
    told(home)
    assert len(CANARIES) > 80
    assert set(CANARIES.values()) - set(found_in(said_by(home))) == set()


def test_after_an_erasure_no_word_of_theirs_is_found_and_no_figure_has_changed(home: Home):
    told(home)
    before, log = figures(home), events(home)
    asked = plan(home)
    assert [party.id for party in asked.parties] == [canary("own_id"), canary("twins_own_id")]
    assert asked.parked == 2
    assert {file.name for file in asked.files if file.parent.name == "refused"} == {
        "theirs.csv-20260401.csv", "theirs.csv-20260401.jsonl",
    }  # fmt: skip

    outcome = erase(home)

    assert len(outcome.customers) == 2
    assert (outcome.facts, outcome.parked, outcome.files) == (asked.facts, 2, len(asked.files))
    left = found_in(said_by(home))
    assert left == [], "in tables, or to be read with the keys"
    assert traces(home.konto.home) == {}
    assert STAYS.encode() in said_by(home)
    assert (home.konto.home / "refused" / "others.csv-20260401.csv").exists()
    assert figures(home) == before
    assert events(home) == log


def test_a_waiting_fact_of_which_nobody_knows_whose_it_is_stays(home: Home):
    told(home)
    erase(home)
    (each,) = home.konto.log.parked()
    assert each.fact.type == "fact.retracted"


def test_everything_is_whole_afterwards_and_a_rebuild_says_the_same(home: Home):
    told(home)
    erase(home)
    assert list(checking.findings(home.konto)) == []


def test_an_export_leaves_their_facts_out_and_has_everybody_elses(home: Home):
    told(home)
    erase(home)
    written = [each for each in envelopes(home.konto) if each is not None]
    assert {each["data"].get("customer") for each in written if each["source"] == "crm"} - {None} == {"K-2"}
    assert found_in(repr(written).encode()) == []


def test_who_was_erased_is_called_so_and_not_found_by_a_name(home: Home):
    told(home)
    erase(home)
    library, asker = home.konto.library, home.konto.asker
    everybody = {each.called(translator("de")) for each in customers.listed(library, asker)}
    assert everybody == {"Quitte GmbH", "gelöschte Person"}
    for text in (canary("new_name"), canary("own_id"), "gelöscht", "customer"):
        assert customers.listed(library, asker, text=text) == []
    with pytest.raises(customers.UnknownCustomer):
        customers.find(library, asker, canary("own_id"))
    (gone,) = (each for each in customers.listed(library, asker) if each.is_erased)
    assert customers.find(library, asker, gone.customer) == gone, "an auditor names them by the internal id"


# -- what comes later ---------------------------------------------------------------------------------------


def test_facts_that_come_later_are_refused_and_leave_no_trace(home: Home):
    told(home)
    erase(home)
    log = events(home)
    again = story()[0]
    more = [
        fact("referral.given", "2026-04-01T11:00", customer=canary("twins_own_id"), referred=canary("referred")),
        fact("promise.broken", "2026-04-01T11:01", promise=canary("open_promise"), reason=canary("why_broken")),
        fact("customer.merged", "2026-04-01T11:02", customer=canary("own_id"), duplicate="K-2"),
        fact("customer.merged", "2026-04-01T11:03", customer="K-2", duplicate=canary("own_id")),
        fact("customer.separated", "2026-04-01T11:04", customer="K-2", duplicate=canary("twins_own_id")),
        fact("feedback.given", "2026-04-01T11:05", about=canary("promise"), score=5, text=canary("feedback")),
        fact("contact.answered", "2026-04-01T11:06", contact=canary("question"), by="ines"),
    ]
    receipts = home.take_as_they_come([again, *more], LATER)
    assert [each.status for each in receipts] == ["refused"] * 8
    assert {type(each.refused) for each in receipts} == {Erased}
    assert events(home) == log
    assert found_in(said_by(home)) == []


def test_a_process_that_was_running_notices_at_once(new_folder: NewFolder):
    folder = new_folder()
    home, running = open_at(folder), open_at(folder)
    told(home)
    running.konto.catch_up()
    assert found_in(said_by(running)), "it has unwrapped the keys"
    erase(home)
    more = fact("referral.given", "2026-04-01T11:00", customer=canary("own_id"), referred=canary("referred"))
    (receipt,) = running.take_as_they_come([more], LATER)
    assert isinstance(receipt.refused, Erased)
    assert found_in(said_by(running)) == []
    assert [subject for subject in erasing_ids(home) if subject in running.konto.log.keys] == []
    home.close()
    running.close()


def erasing_ids(home: Home) -> set[str]:
    return {each.customer for each in erasing.listed(erasing.place(home.konto))}


# -- copies -------------------------------------------------------------------------------------------------


@only_files
def test_a_copy_made_later_does_not_know_them(home: Home, tmp_path: Path):
    told(home)
    erase(home)
    home.close()
    shutil.copytree(home.konto.home, tmp_path / "copy")
    assert traces(tmp_path / "copy") == {}
    copy = open_at(tmp_path / "copy")
    assert found_in(said_by(copy)) == []
    copy.close()


@only_files
@pytest.mark.parametrize("with_tables", [True, False])
def test_an_older_copy_that_is_put_back_is_erased_again_before_anything_is_read(
    home: Home, tmp_path: Path, with_tables: bool
):
    folder = home.konto.home
    told(home)
    home.close()
    tables = home.konto.tables.file
    kept = [folder / "events.db", *([tables] if with_tables else [])]
    for file in kept:
        shutil.copy(file, tmp_path / file.name)
    home = open_at(folder)
    erase(home)
    after, log = figures(home), events(home)
    home.take_as_they_come(
        [fact("promise.made", "2026-04-01T13:00", promise="A-3", customer="K-2", due="2026-04-09")], LATER
    )
    home.close()

    for file in home.konto.tables.file, *folder.glob("views-*.db-*"):
        file.unlink(missing_ok=not with_tables)
    for file in kept:
        shutil.copy(tmp_path / file.name, file)
    assert not with_tables or found_in(tables.read_bytes())
    home = open_at(folder)

    assert found_in(said_by(home)) == []
    home.konto.catch_up()
    assert (figures(home), events(home)) == (after, log)
    home.close()
    assert traces(folder) == {}


def test_an_older_dump_that_is_put_back_is_erased_again(new_folder: NewFolder):
    """On PostgreSQL, too: what a dump would bring back, table by table."""
    home = open_at(folder := new_folder())
    told(home)
    brought_back = ("vault", "vault_keys", "parked")
    with home.konto.log.store.reading() as cursor:
        dump = {table: [tuple(row) for row in cursor.execute(f"SELECT * FROM {table}").all()] for table in brought_back}
    erase(home)
    after = figures(home)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("DELETE FROM erasures")
        for table, rows in dump.items():
            cursor.execute(f"DELETE FROM {table}")
            cursor.insert(table, rows)
    home.close()
    home = open_at(folder)
    assert found_in(said_by(home)) == []
    assert figures(home) == after
    home.close()


def test_a_list_that_was_lost_is_written_again_from_the_log(new_folder: NewFolder):
    home = open_at(folder := new_folder())
    told(home)
    erase(home)
    gone = erasing.listed(erasing.place(home.konto))
    home.close()
    (folder / erasing.LIST).unlink()
    home = open_at(folder)
    assert sorted(erasing.listed(erasing.place(home.konto))) == sorted(gone)
    home.close()


def test_the_home_of_another_machine_is_cleaned_when_it_is_opened_next(new_folder: NewFolder, tmp_path: Path):
    home = open_at(folder := new_folder())
    told(home)
    shutil.copytree(folder, tmp_path / "other")
    erase(home)
    home.close()
    if home.konto.log.store.engine == "sqlite":
        for old in (tmp_path / "other").glob("views-*.db"):
            old.unlink()
        for file in (folder / "events.db", home.konto.tables.file):
            shutil.copy(file, tmp_path / "other" / file.name)
            (tmp_path / "other" / f"{file.name}-wal").unlink(missing_ok=True)
    assert traces(tmp_path / "other")
    open_at(tmp_path / "other").close()
    assert {name for name, found in traces(tmp_path / "other").items() if found} == set()
    assert (tmp_path / "other" / "refused" / "others.csv-20260401.csv").exists()


@pytest.mark.parametrize("role", ["owner", "manager", "auditor"])
@only_files
def test_only_an_admin_erases_holds_and_releases(home: Home, role: Role):
    told(home)
    party = customers.find(home.konto.library, home.konto.asker, canary("own_id"))
    asked = plan(home)
    konto = replace(home.konto, asker=Asker("ines", frozenset({role})))
    for deed in (
        lambda: erasing.planned(konto, party),
        lambda: erasing.erase(konto, asked, "objected", ""),
        lambda: erasing.hold(konto, party, "claims: x", None),
        lambda: erasing.release(konto, party),
    ):
        with pytest.raises(NotAllowed):
            deed()
    admin = replace(home.konto, asker=Asker("anna", frozenset({"admin"})))
    assert erasing.erase(admin, erasing.planned(admin, party), "objected", "").customers


@only_files
def test_a_line_of_the_list_that_broke_off_is_none_and_a_strange_one_is_told(folder: Path):
    home = open_at(folder)
    told(home)
    home.close()
    (folder / erasing.LIST).write_text('{"customers": ["customer-0')
    home = open_at(folder)
    erase(home)
    assert len(erasing.listed(folder / erasing.LIST)) == 2
    home.close()
    with (folder / erasing.LIST).open("a") as file:
        file.write('{"customers": "all"}\n')
    with pytest.raises(erasing.ListDamaged, match="line 2"):
        open_at(folder)


def test_what_is_logged_meanwhile_names_nobody(home: Home, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    told(home)
    erase(home)
    home.take_as_they_come([story()[0]], LATER)
    assert found_in(caplog.text.encode()) == []


def test_the_list_names_nobody(home: Home):
    told(home)
    erase(home)
    text = erasing.place(home.konto).read_text("utf-8")
    assert found_in(text.encode()) == []
    assert "letter" not in text
    assert text.count("\n") == 1


# -- killed in between --------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


def dying(*_: Any, **__: Any) -> Any:
    raise Killed


def dying_after(deed: Callable[..., Any]) -> Callable[..., Any]:
    def died(*given: Any, **more: Any) -> Any:
        deed(*given, **more)
        raise Killed

    return died


STEPS: dict[str, tuple[Any, str]] = {
    "the list is written": (erasing, "_append"),
    "files are removed": (removing, "remove"),
    "keys and texts are destroyed": (erasure, "destroy"),
    "the tables are made anew": (Konto, "rebuild"),
    "the stores are scrubbed": (Store, "scrub"),
    "it is noted as done": (erasure, "done"),
}


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_start_completes_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, when: str
):
    folder = home.konto.home
    told(home)
    before = figures(home)
    asked = plan(home)
    owner, name = STEPS[step]
    owner = type(home.konto.log.store) if owner is Store else owner
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying if when == "before" else dying_after(getattr(owner, name)))
        with pytest.raises(Killed):
            erasing.erase(home.konto, asked, "objected", "")
    home.close()
    began = (folder / erasing.LIST).exists()

    home = open_at(folder)
    home.clock.now = LATER
    assert bool(found_in(said_by(home))) is not began, "all of it, or nothing"
    if not began:
        erase(home)
    assert found_in(said_by(home)) == []
    assert figures(home) == before
    home.close()
    assert traces(folder) == {}


# -- holds --------------------------------------------------------------------------------------------------


def test_a_hold_keeps_them_and_whoever_was_merged_with_them_until_it_ends(home: Home):
    told(home)
    party = customers.find(home.konto.library, home.konto.asker, canary("own_id"))
    home.clock.now = NOW
    erasing.hold(home.konto, party, "retention: invoice 4711", NOW + timedelta(days=30))
    assert b"4711" not in tables_of(home.konto.log.store), "why is sealed under their key"
    with pytest.raises(Refused, match="invoice 4711"):
        plan(home)
    home.clock.now = NOW + timedelta(days=30)
    assert plan(home).facts


def test_a_hold_that_was_released_is_none(home: Home):
    told(home)
    party = customers.find(home.konto.library, home.konto.asker, canary("own_id"))
    erasing.hold(home.konto, party, "claims: lawsuit", None)
    erasing.release(home.konto, party)
    assert erase(home).customers
    with pytest.raises(Refused):
        erasing.hold(home.konto, party, "claims: lawsuit", None)


def test_a_hold_that_comes_between_asking_and_erasing_counts(home: Home):
    told(home)
    asked = plan(home)
    erasing.hold(home.konto, asked.parties[1], "claims: lawsuit", None)
    with pytest.raises(Refused, match="lawsuit"):
        erasing.erase(home.konto, asked, "objected", "")
    assert not erasing.place(home.konto).exists()


# -- PostgreSQL's own files -----------------------------------------------------------------------------------


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Any]:
    """One of its own: its files are looked at, and other tests write into those of the shared one."""
    from tests.servers.fixtures import had
    from tests.servers.postgres import PostgresServer

    with had(lambda: PostgresServer(tmp_path / "postgres")) as server:
        yield server


def test_in_postgresql_no_file_of_a_table_holds_a_word_of_theirs(own_postgres: Any, tmp_path: Path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.toml").write_text(f'[store]\nurl = "{own_postgres.url}"\n')
    home = open_at(folder)
    told(home)
    with psycopg.connect(own_postgres.url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
    assert found_in(_tables_files(own_postgres.data)), "the search finds what is there"
    erase(home)
    with psycopg.connect(own_postgres.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    assert found_in(_tables_files(own_postgres.data)) == []
    home.close()
    assert {name: found for name, found in traces(folder).items()} == {}


def _tables_files(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in (data / "base").rglob("*") if file.is_file())
