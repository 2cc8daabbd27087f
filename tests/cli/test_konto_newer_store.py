"""An older version that meets a store of a newer one: it says so, whatever it is asked, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.home import Konto
from wiring.home import open_home


@pytest.mark.parametrize("store", ["log", "journal"])
def test_whatever_it_is_asked_it_says_so_in_one_line_and_changes_nothing(told: Konto, tmp_path: Path, store: str):
    file = told.home.parent / "facts.jsonl"
    commands = (
        ("doctor",), ("migrate",), ("check",), ("promises",), ("kpi",), ("rebuild",), ("import", str(file)),
        ("backup", str(tmp_path / "copy")), ("erase", "K-17", "--reason", "objected", "--yes"),
        ("quarantine", "--retry"), ("serve",), ("worker",),
    )  # fmt: skip
    with open_home(told.home, environment={}) as konto:
        before = konto.log.rows(0, 1_000)
        place = konto.log.store if store == "log" else konto.journal.store
        with place.writing() as cursor:
            cursor.execute("INSERT INTO schema_steps VALUES (999, 'from tomorrow')")
        try:
            for command in commands:
                answer = told(*command, code=1)
                assert "neueren Version" in answer.err, command
                assert len(answer.err.splitlines()) == 1, command
        finally:
            with place.writing() as cursor:  # the database is used again
                cursor.execute("DELETE FROM schema_steps WHERE step = 999")
        assert konto.log.rows(0, 1_000) == before
        assert not (tmp_path / "copy").exists()
