"""Random manipulations made directly in SQL, on both stores, against checkpoints that lay elsewhere."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from tests.audit.firm import recorded
from tests.audit.manipulations import MANIPULATIONS, Manipulation, Table
from tests.homes import Home, open_at
from tests.stores import Engine, lasting_folder
from verifier.attestation import believed, found_in
from verifier.checking import Report, check
from verifier.events import Events, of_postgres, of_sqlite
from verifier.finding import Bad
from wiring import attesting, checkpoint_copies

EVENTS = 400
SHORT, LONG = 50, 500
"""Manipulations of each store."""


class Firm(ABC):
    """A log of which an auditor holds the checkpoints; each manipulation is undone after it was looked at."""

    def __init__(self, home: Home, auditor: Path) -> None:
        self.home, self.auditor = home, auditor
        self.notes = list(found_in(auditor))
        self.keys = attesting.keys(home.konto).public

    def report(self) -> Report:
        found = believed(self.notes, self.keys)
        assert not found.damaged
        return check(self.events(), found.attested)

    @abstractmethod
    def events(self) -> Events: ...

    @abstractmethod
    def manipulated(self, manipulation: Manipulation, rng: Random) -> tuple[Bad, Report]:
        """What it makes the first bad event, and what was found."""


class Files(Firm):
    def events(self) -> Events:
        return of_sqlite(self.home.konto.home / "events.db")

    def manipulated(self, manipulation: Manipulation, rng: Random) -> tuple[Bad, Report]:
        copy = self.auditor.parent / "copy.db"
        with (
            closing(sqlite3.connect(self.home.konto.home / "events.db")) as log,
            closing(sqlite3.connect(copy)) as target,
        ):
            log.backup(target)

            def execute(sql: str, *params: Any) -> list[tuple[Any, ...]]:
                return target.execute(sql, params).fetchall()

            wanted = manipulation(Table(execute, "rowid", EVENTS), rng)
            target.commit()
        found = believed(self.notes, self.keys)
        report = check(of_sqlite(copy), found.attested)
        copy.unlink()
        return wanted, report


class Database(Firm):
    def events(self) -> Events:
        store = self.home.konto.settings.store
        assert store.address is not None
        return of_postgres(store.address, store.db_schema)

    def manipulated(self, manipulation: Manipulation, rng: Random) -> tuple[Bad, Report]:
        store = self.home.konto.settings.store
        assert store.address is not None
        with psycopg.connect(store.address, autocommit=True) as connection:
            connection.execute(f'SET search_path TO "{store.db_schema}"'.encode())

            def execute(sql: str, *params: Any) -> list[tuple[Any, ...]]:
                cursor = connection.execute(sql.replace("?", "%s").encode(), params or None)
                return cursor.fetchall() if cursor.description else []

            execute("CREATE TEMPORARY TABLE was AS SELECT * FROM stored_events")
            wanted = manipulation(Table(execute, "notification_id", EVENTS), rng)
            report = self.report()
            execute("DELETE FROM stored_events")
            execute("INSERT INTO stored_events SELECT * FROM was")
        return wanted, report


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def firm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    engine: Engine = request.param
    folder = lasting_folder(engine, "manipulated", request)
    auditor = tmp_path_factory.mktemp("auditor") / "copies"
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[audit]\nfolder = "{auditor}"\n')
    home = open_at(folder)
    for count in (150, EVENTS):
        recorded(home, count)
        attesting.attest(home.konto)
        assert checkpoint_copies.copy_out(home.konto, {}, home.clock())[0].trouble is None
    yield (Files if engine == "sqlite" else Database)(home, auditor)
    home.close()


def test_an_honest_log_raises_no_alarm(firm: Firm):
    report = firm.report()
    assert report.is_ok
    assert (report.size, report.after) == (EVENTS, 0)


@pytest.mark.parametrize("manipulation", MANIPULATIONS, ids=lambda each: each.__name__)
def test_every_kind_is_found_and_the_first_bad_event_named(firm: Firm, manipulation: Manipulation):
    wanted, report = firm.manipulated(manipulation, Random(11))
    assert report.first_bad == wanted
    assert firm.report().is_ok, "the log is as it was"


def test_fifty_at_random_are_found_and_named(firm: Firm):
    _all_found(firm, SHORT)


@pytest.mark.long
def test_five_hundred_at_random_are_found_and_named(firm: Firm):
    _all_found(firm, LONG)


def _all_found(firm: Firm, tries: int) -> None:
    rng = Random(tries)
    for _ in range(tries):
        manipulation = rng.choice(MANIPULATIONS)
        wanted, report = firm.manipulated(manipulation, rng)
        assert report.first_bad == wanted, manipulation.__name__
    assert firm.report().is_ok
