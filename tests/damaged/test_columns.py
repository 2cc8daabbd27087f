"""Whatever stands in whatever column of the log's tables: a sentence or an answer, and nobody else is concerned."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projections import customers
from tests.cli.home import Konto
from tests.homes import open_at
from tests.notation import at, envelopes
from wiring import erasing

NOW = at("2026-03-12T09:00")
STORY = """
2026-03-02T08:00  Kunde K-1, namens Meier
2026-03-02T08:00  Kunde K-2, namens Wolf
2026-03-02T08:00  Kunde K-3, namens Quast
2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-04T16:00
2026-03-02T09:00  verspricht K-2 ines "Therme" bis 2026-03-20T16:00
"""
EARLY = '2026-03-03T09:00  verspricht K-9 ines "X" bis 2026-03-04\n2026-03-03T09:00  erfüllt "X" [kept]'
TABLES = (
    "checkpoints", "erasures", "holds", "installation", "journal", "journal_head", "master_keys", "parked", "received",
    "schema_steps", "sources", "stored_events", "vault", "vault_keys",
)  # fmt: skip
CONCERNS_ALL = {
    ("installation", "value"), ("master_keys", "id"), ("master_keys", "place"), ("master_keys", "state"),
    ("schema_steps", "step"),
}  # fmt: skip
"""With which keys to open the log, and whether it is ours: where that is not known, all of it stays closed."""
ANSWERED = (("promises",), ("tick",), ("parked",), ("audit", "looks"))
MAY_FIND = (("check",), ("doctor",), ("audit", "verify"))
GARBAGE = {"BLOB": b"\x01\x02gar", "INTEGER": 987_654_321_987, "TEXT": "gar"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with something in every table of the log, that nobody has open."""
    folder = tmp_path_factory.mktemp("columns") / "whole"
    home = open_at(folder)
    konto = home.konto
    home.take(envelopes(STORY))
    home.take_as_they_come(list(envelopes(EARLY))[1:], at("2026-03-12T08:00"))
    konto.publish("rulebook", (folder / "rulebook.toml").read_text("utf-8"))
    held, gone = (customers.find(konto.library, konto.asker, each) for each in ("K-2", "K-3"))
    erasing.hold(konto, held, "claims: lawsuit", at("2026-12-31T00:00"))
    erasing.erase(konto, erasing.planned(konto, gone), "objected", "")
    home.close()
    told = Konto(folder, now=NOW)
    for command in (
        ("tick",),
        ("promises",),
        ("audit", "timeline", "K-1"),
        ("vault", "rotate"),
        ("audit", "checkpoint"),
    ):
        told(*command)
    return folder


def columns(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """The file, the table, the column and its type, of tables in which something stands."""
    for file in ("events.db", "journal.db"):
        with closing(sqlite3.connect(folder / file)) as store:
            for (table,) in store.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall():
                if store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]:
                    for _, name, kind, *_ in store.execute(f"PRAGMA table_info({table})").fetchall():
                        yield file, table, name, kind.split("(")[0]


def test_no_table_is_left_out(whole: Path):
    assert {table for _, table, _, _ in columns(whole)} - {"sqlite_sequence"} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_whatever_stands_in_a_column_everything_else_is_answered(whole: Path, tmp_path: Path, table: str):
    for file, found, column, kind in columns(whole):
        if found != table:
            continue
        folder = tmp_path / f"{file}-{column}"
        shutil.copytree(whole, folder)
        with closing(sqlite3.connect(folder / file)) as store, store:
            newest = f"rowid = (SELECT MAX(rowid) FROM {table})"
            store.execute(f"UPDATE {table} SET {column} = ? WHERE {newest}", (GARBAGE.get(kind, "gar"),))
        told = Konto(folder, now=NOW)
        for command in ANSWERED:
            if (table, column) in CONCERNS_ALL:
                said = told(*command, "--lang", "en", code=1).err
                assert len(said.splitlines()) == 1, said
            else:
                told(*command)
        for command in MAY_FIND:
            assert ended(told, *command) in (0, 1), (column, command)


def ended(told: Konto, *command: str) -> int:
    """Whatever it says: no error goes through."""
    try:
        told(*command, code=0)
    except AssertionError:
        told(*command, code=1)
        return 1
    return 0
