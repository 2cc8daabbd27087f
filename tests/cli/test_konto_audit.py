"""`konto audit checkpoint|verify|proof|key` as somebody types them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.home import Fact, Konto
from tests.stores import only_files


@pytest.fixture
def told(konto: Konto, story: list[Fact]) -> Konto:
    konto.took(story)
    return konto


def test_without_a_checkpoint_it_is_said_that_nothing_is_attested(told: Konto):
    assert told("audit", "verify", "--json").json["attested"] == 0
    said = told("audit", "verify", "--lang", "de").out
    assert "noch bezeugt sie kein Prüfpunkt" in said
    assert "konto audit checkpoint" in said


def test_a_checkpoint_is_a_text_to_keep_and_verifies_the_log(told: Konto, tmp_path: Path):
    made = told("audit", "checkpoint", "--lang", "de")
    file = tmp_path / "checkpoint.txt"
    file.write_text(made.out, encoding="utf-8")

    assert "Bitte bewahren Sie diesen Text dort auf" in made.err
    found = told("audit", "verify", "--checkpoint", str(file), "--json").json
    assert found["ok"] is True
    assert found["first_bad"] is None
    assert (found["attested"], found["after"], found["checkpoints"]) == (found["size"], 0, 2)
    assert "Das Protokoll ist, was es war" in told("audit", "verify", "--lang", "de").out
    assert "The log is what it was" in told("audit", "verify", "--lang", "en").out


def test_json_tells_size_root_position_and_time(told: Konto):
    made = told("audit", "checkpoint", "--json").json
    verified = told("audit", "verify", "--json").json

    assert set(made) == {"size", "root", "position", "time", "note"}
    assert (made["size"], made["root"]) == (verified["size"], verified["root"])
    assert made["position"] == made["size"]
    assert made["time"] == verified["attested_at"] == "2026-03-12T08:00:00Z"


@only_files
@pytest.mark.parametrize(
    ("sql", "what", "german"),
    [
        ("UPDATE stored_events SET state = '{}' WHERE rowid = 3", "changed", "nicht mehr, was dort festgehalten wurde"),
        ("DELETE FROM stored_events WHERE rowid = 3", "removed", "Das Ereignis an Position 3 fehlt"),
        ("DELETE FROM stored_events WHERE rowid >= 3", "cut", "Ab Position 3 fehlt alles"),
    ],
)
def test_what_was_done_to_the_log_is_said_and_the_command_fails(told: Konto, sql: str, what: str, german: str):
    told("audit", "checkpoint")
    with closing(sqlite3.connect(told.home / "events.db")) as log:
        log.execute(sql)
        log.commit()

    found = told("audit", "verify", "--json", code=1).json
    assert (found["ok"], found["first_bad"]) == (False, {"position": 3, "what": what})
    said = told("audit", "verify", "--lang", "de", code=1).out
    assert german in said
    assert "frühere Sicherung" in said


@only_files
def test_verifying_writes_nothing_and_reads_what_no_program_can(told: Konto):
    told("audit", "checkpoint")
    told("check", "--json")
    with closing(sqlite3.connect(told.home / "events.db")) as log:
        log.execute("UPDATE stored_events SET topic = 'no.such', state = x'ff00' WHERE rowid = 2")
        log.execute("UPDATE stored_events SET state = 12 WHERE rowid = 4")
        log.commit()
        before = log.execute("SELECT COUNT(*), MAX(rowid) FROM stored_events").fetchone()

        assert told("audit", "verify", "--json", code=1).json["first_bad"] == {"position": 2, "what": "changed"}
        assert log.execute("SELECT COUNT(*), MAX(rowid) FROM stored_events").fetchone() == before


def test_a_new_key_is_made_and_the_old_one_still_verifies(told: Konto):
    told("audit", "checkpoint")
    (old,) = told("audit", "key", "--json").json["keys"]

    both = told("audit", "key", "--exchange", "--json").json["keys"]

    assert both[0] == old
    assert len(both) == 2
    assert told("audit", "verify", "--key", old, "--json").json["ok"] is True
    assert told("audit", "verify", "--key", both[1], "--json").json["ok"] is True


def test_another_machine_makes_no_key_of_its_own(told: Konto):
    told("audit", "checkpoint")
    (old,) = told("audit", "key", "--json").json["keys"]
    file = told.home / "checkpoint-keys.json"
    kept = file.read_bytes()
    file.unlink()

    for command in (("checkpoint",), ("key",), ("verify",)):
        assert "checkpoint-keys.json fehlt" in told("audit", *command, "--lang", "de", code=1).err
    assert not file.exists()
    assert told("audit", "verify", "--key", old, "--json").json["ok"] is True
    file.write_bytes(kept)
    assert told("audit", "verify", "--json").json["ok"] is True


def test_a_key_that_is_gone_for_good_is_replaced(told: Konto, tmp_path: Path):
    told("audit", "checkpoint")
    (old,) = told("audit", "key", "--json").json["keys"]
    (stranger,) = Konto(tmp_path / "stranger")("audit", "key", "--json").json["keys"]
    assert "--exchange" in told("audit", "key", "--lost", old, code=2).err
    (told.home / "checkpoint-keys.json").unlink()

    assert "nicht mit diesem" in told("audit", "key", "--lost", stranger, "--lang", "de", code=2).err
    keys = told("audit", "key", "--lost", old, "--json").json["keys"]

    assert keys[0] == old
    assert len(keys) == 2
    assert told("audit", "verify", "--json").json["ok"] is True


def test_a_stranger_believes_none_of_our_checkpoints(told: Konto, tmp_path: Path):
    told("audit", "checkpoint")
    stranger = Konto(tmp_path / "stranger")
    (key,) = stranger("audit", "key", "--json").json["keys"]

    found = told("audit", "verify", "--key", key, "--json", code=1).json
    assert (found["ok"], len(found["damaged"])) == (False, 1)


def test_a_proof_is_a_text_for_whoever_has_no_database(told: Konto):
    found = told("audit", "proof", "3", "--json").json
    text = told("audit", "proof", "3").out

    assert text == found["proof"]
    assert found["position"] == 3
    assert text.startswith("c2sp.org/tlog-proof@v1\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("proof", "999"), "An Position 999 steht kein Ereignis."),
        (("verify", "--checkpoint", "no-such-file"), "In no-such-file liegt kein Prüfpunkt."),
        (("verify", "--key", "hello"), "„hello“ ist kein öffentlicher Schlüssel."),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(told: Konto, arguments: tuple[str, ...], says: str):
    assert says in told("audit", *arguments, "--lang", "de", code=2).err


def test_an_empty_log_has_nothing_to_attest(konto: Konto):
    assert "es gibt noch nichts zu bezeugen" in konto("audit", "checkpoint", "--lang", "de", code=2).err
