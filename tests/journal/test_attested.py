"""Checkpoints name the newest look, so that whoever writes the journal anew is found by one that lay elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.journal import Look
from tests.audit.firm import recorded
from tests.homes import Home, open_at
from tests.stores import Engine, NewFolder, only_files
from verifier.attestation import Note
from verifier.journal import Head, head_of
from verifier.note import checkpoint, unchecked
from wiring import attesting, moving, restoring
from wiring.attesting import CannotBeRead, Verified

INES = "person-" + "1" * 32


def looked(home: Home, n: int) -> None:
    for number in range(n):
        home.konto.journal.note(Look(INES, "api", "exported", f"customer-{number}"), home.clock())


def said(note: str) -> Head | None:
    found = checkpoint(unchecked(note)).said("journal")
    return None if found is None else head_of(found)


def verified(home: Home, *notes: str) -> Verified:
    outside = [Note(f"outside {number}", note) for number, note in enumerate(notes)]
    return attesting.verify(home.konto, outside, attesting.keys(home.konto).public)


def test_a_checkpoint_names_number_and_hash_of_the_newest_look_in_a_line_of_its_own(home: Home):
    recorded(home, 5)
    looked(home, 3)
    kept = attesting.attest(home.konto)
    assert said(kept.note) == home.konto.journal.head()
    found = verified(home)
    assert found.is_ok
    assert (found.journal.attested, found.journal.size) == (3, 3)


def test_a_checkpoint_from_before_there_was_a_journal_stays_valid(home: Home):
    recorded(home, 5)
    old = attesting.attest(home.konto).note
    assert said(old) is None
    looked(home, 2)
    recorded(home, 6)
    attesting.attest(home.konto)
    found = verified(home, old)
    assert found.is_ok
    assert found.report.checked == 3


def test_looks_alone_are_attested_too_once_the_last_checkpoint_is_old(home: Home):
    recorded(home, 5)
    first = attesting.attest(home.konto)
    hour = timedelta(hours=1)
    assert not attesting.is_due(home.konto, home.clock() + 2 * hour, events=10, every=hour)
    looked(home, 1)
    assert not attesting.is_due(home.konto, home.clock() + hour / 2, events=10, every=hour)
    assert attesting.is_due(home.konto, home.clock() + hour, events=10, every=hour)
    second = attesting.attest(home.konto)
    assert second.size == first.size
    assert said(second.note) == home.konto.journal.head()
    assert attesting.attest(home.konto) == second


def test_whoever_empties_the_journal_is_found_by_the_checkpoint_that_lay_elsewhere(home: Home):
    recorded(home, 5)
    looked(home, 4)
    outside = attesting.attest(home.konto).note
    with home.konto.journal.store.updating() as cursor, home.konto.log.store.writing() as log:
        cursor.execute("DELETE FROM journal")
        cursor.execute("DELETE FROM journal_head")
        log.execute("DELETE FROM checkpoints")
    found = verified(home, outside)
    assert not found.is_ok
    assert found.report.is_ok, "the log itself is as it was"
    assert found.journal.first_bad is not None
    assert (found.journal.first_bad.position, found.journal.first_bad.what) == (1, "cut")


@only_files
def test_a_journal_that_cannot_be_read_is_told_in_a_sentence(home: Home):
    recorded(home, 5)
    home.konto.journal.store.close()
    (home.konto.home / "journal.db").write_bytes(b"no database")
    with pytest.raises(CannotBeRead, match=r"journal\.db"):
        verified(home)


@only_files
def test_what_somebody_put_into_a_column_by_hand_breaks_no_check(home: Home):
    recorded(home, 5)
    looked(home, 4)
    attesting.attest(home.konto)
    with home.konto.journal.store.updating() as cursor:
        cursor.execute("UPDATE journal SET who = x'ff00', hash = 'text' WHERE number = 2")
    bad = verified(home).journal.first_bad
    assert bad is not None
    assert (bad.position, bad.what) == (2, "changed")


# -- an outsider's program ----------------------------------------------------------------------------


def outsider(home: Home, *arguments: str) -> tuple[int, dict[str, Any]]:
    """`python -m verifier` in a process of its own, with the key and a checkpoint that lay elsewhere."""
    folder = home.konto.home.parent
    note = folder / "checkpoint.txt"
    if not note.exists():
        note.write_text(attesting.attest(home.konto).note, encoding="utf-8")
    key = str(attesting.keys(home.konto).public[0])
    command = [sys.executable, "-m", "verifier", *arguments, "--checkpoint", str(note), "--key", key]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def original(home: Home) -> str:
    file = home.konto.home.parent / "original.jsonl"
    file.write_text("".join(restoring.original(home.konto)), encoding="utf-8")
    return str(file)


def source(home: Home, engine: Engine) -> list[str]:
    settings = home.konto.settings.store
    if engine == "sqlite":
        return [str(home.konto.home / "events.db")]
    assert settings.address is not None
    return ["--postgres", settings.address, "--schema", settings.db_schema]


def test_an_outsider_checks_the_journal_beside_the_log_and_in_an_export(home: Home, engine: Engine):
    recorded(home, 5)
    looked(home, 4)
    there = source(home, engine)
    assert outsider(home, *there)[0] == 0
    export = original(home)
    code, told = outsider(home, export)
    assert (code, told["journal"]["size"], told["journal"]["attested"]) == (0, 4, 4)
    with home.konto.journal.store.updating() as cursor:
        cursor.execute("UPDATE journal SET about = 'customer-9' WHERE number = 2")
    code, told = outsider(home, *there)
    assert (code, told["ok"], told["first_bad"]) == (1, False, None)
    assert told["journal"]["first_bad"] == {"position": 2, "what": "changed"}
    code, told = outsider(home, *there, "--journal", export)
    assert (code, told["journal"]["ok"]) == (0, True)


# -- other places -------------------------------------------------------------------------------------


def test_everything_taken_out_as_it_is_stored_brings_the_journal_along(home: Home, new_folder: NewFolder):
    recorded(home, 5)
    looked(home, 4)
    attesting.attest(home.konto)
    export = Path(original(home))
    other = open_at(new_folder("other"))
    looked(other, 1)  # at nothing: there is no log yet
    restoring.restore(other.konto, export)
    assert list(other.konto.journal.every()) == list(home.konto.journal.every())
    looked(other, 1)
    assert other.konto.journal.head().number == 5
    assert attesting.verify(other.konto, [], attesting.keys(home.konto).public).is_ok
    other.close()


@only_files
def test_moving_into_postgresql_takes_the_journal_along(home: Home, request: pytest.FixtureRequest):
    from tests.servers.postgres import drop_database, fresh_database

    server = request.getfixturevalue("postgres")
    url = fresh_database(server)
    recorded(home, 5)
    looked(home, 4)
    attesting.attest(home.konto)
    entries = list(home.konto.journal.every())
    moving.move(home.konto, url)
    moving.move(home.konto, url)  # once more changes nothing
    (home.konto.home / "settings.toml").write_text(f'[store]\nurl = "{url}"\n', encoding="utf-8")
    moved = open_at(home.konto.home)
    assert list(moved.konto.journal.every()) == entries
    assert verified(moved).is_ok
    moved.close()
    drop_database(server, url)
