"""`konto move` and `konto migrate`: from files into PostgreSQL, with nothing lost, and nobody left behind."""

from __future__ import annotations

import psycopg
import pytest

from projections.follow import LAYOUT
from tests.cli.home import fact
from tests.stores import Schemas, only_files


def schema_of(schemas: Schemas, konto) -> str:
    """A new schema for this home, named in its settings; the address is given by whoever moves."""
    lines = schemas.settings().splitlines()
    (name,) = [line.split('"')[1] for line in lines if line.startswith("db_schema")]
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        for each in (name, f"{name}_views_{LAYOUT}", f"{name}_journal"):
            connection.execute(f"DROP SCHEMA IF EXISTS {each} CASCADE".encode())
    konto.home.mkdir(exist_ok=True)
    with (konto.home / "settings.toml").open("a", encoding="utf-8") as stream:
        stream.write(f'[store]\ndb_schema = "{name}"\n')
    return name


def moved(konto, url: str) -> None:
    text = (konto.home / "settings.toml").read_text("utf-8")
    (konto.home / "settings.toml").write_text(text.replace("[store]\n", f'[store]\nurl = "{url}"\n'), encoding="utf-8")


ASKED = (
    ("statement", "K-17", "--json"),
    ("statement", "K-08", "--json"),
    ("kpi", "--json"),
    ("promises", "--json"),
    ("export",),
    ("parked", "--json"),
    ("alerts", "list", "--json"),
    ("rules", "history", "--json"),
    ("audit", "timeline", "K-17", "--json"),
)


pytestmark = only_files


@pytest.fixture
def full(told):
    """With alerts, a document of its own, and a fact that waits."""
    (told.home / "people.toml").write_text('[[persons]]\nid = "lutz"\nname = "Lutz"\n', encoding="utf-8")
    told("tick")
    told.took([fact("promise.fulfilled", "2026-03-10T09:00", promise="Z-9")])
    return told


def test_moved_to_postgres_every_answer_is_the_same_and_the_proof_says_what_was_compared(full, schemas):
    schema_of(schemas, full)
    before = [full(*asked).out for asked in ASKED]
    proof = full("move", "--to", schemas.url, "--json").json
    assert proof["events"] == proof["rows"]["stored_events"] > 10
    assert proof["customers"] == 2
    assert len(proof["digest"]) == 64
    moved(full, schemas.url)
    assert [full(*asked).out for asked in ASKED] == before
    assert full("check", "--json").json["ok"] is True
    # It goes on from there: the next fact follows the last one that came along.
    assert full.took([fact("feedback.given", "2026-03-12T08:00", customer="K-08", score=5)])["recorded"] == 1
    assert full("check", "--json").json["events"] == proof["events"] + 1


def test_after_moving_to_postgres_the_files_are_used_no_more(full, schemas):
    schema_of(schemas, full)
    full("move", "--to", schemas.url)
    refused = full("statement", "K-17", code=1)
    assert "ist nach PostgreSQL, 127.0.0.1:" in refused.err
    assert schemas.url.split(":")[2].split("@")[0] not in refused.err, "the password is nobody's business"
    full("import", str(full.home / "people.toml"), code=1)


def test_moving_to_postgres_again_only_compares_and_into_another_log_is_refused(full, schemas, tmp_path):
    name = schema_of(schemas, full)
    proof = full("move", "--to", schemas.url, "--json").json
    # As if it had been killed before the files noted it.
    import sqlite3

    with sqlite3.connect(full.home / "events.db") as connection:
        connection.execute("DELETE FROM installation WHERE name = 'moved_to'")
    connection.close()
    assert full("move", "--to", schemas.url, "--json").json == proof
    with sqlite3.connect(full.home / "events.db") as connection:
        connection.execute("DELETE FROM installation WHERE name = 'moved_to'")
    connection.close()
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        connection.execute(f"UPDATE {name}.stored_events SET state = state || ' ' WHERE notification_id = 3".encode())
    refused = full("move", "--to", schemas.url, code=2)
    assert "stored_events" in refused.err
    assert full("promises", "--count", "--json").json == {"count": 4}, "the files go on to count"


def test_a_move_to_postgres_that_breaks_off_leaves_nothing_there(full, schemas, monkeypatch):
    name = schema_of(schemas, full)
    from wiring import moving

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moving.installation, "note", cut)
        full("move", "--to", schemas.url, code=130)
    with psycopg.connect(schemas.url) as connection:
        assert connection.execute(f"SELECT COUNT(*) FROM {name}.stored_events".encode()).fetchone() == (0,)
    assert full("move", "--to", schemas.url, "--json").json["customers"] == 2


def test_the_address_of_postgres_may_stand_in_a_file_and_must_be_one(full, schemas, written):
    schema_of(schemas, full)
    assert "postgresql://" in full("move", "--to", "mysql://somewhere/konto", code=2).err
    file = written("address", schemas.url + "\n")
    out = full("move", "--to", f"@{file}").out
    assert "Umgezogen nach PostgreSQL" in out
    moved(full, schemas.url)
    assert "liegt schon in PostgreSQL" in full("move", "--to", schemas.url, code=2).err


def test_only_migrate_prepares_postgres_and_a_newer_schema_is_left_alone(konto, schemas):
    name = schema_of(schemas, konto)
    moved(konto, schemas.url)
    assert "konto migrate" in konto("doctor", code=1).err
    assert konto("migrate", "--json").json == {
        "steps": ["events", "services", "checkpoints", "erasures", "master keys", "journal", "tables"],
        "events": 0,
    }
    assert konto("migrate", "--json").json == {"steps": [], "events": 0}
    assert konto("doctor").code == 0
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        connection.execute(f"INSERT INTO {name}.schema_steps VALUES (999, 'from tomorrow')".encode())
    for command in ("doctor", "migrate", "check"):
        assert "neueren Version" in konto(command, code=1).err


def test_other_keys_than_the_log_in_postgres_was_begun_with_are_refused(konto, schemas, tmp_path):
    schema_of(schemas, konto)
    moved(konto, schemas.url)
    konto("migrate")
    keys = konto.home / "keys.json"
    mine = keys.rename(tmp_path / "keys.json")
    assert "konto migrate" in konto("doctor", code=1).err
    konto("migrate", code=1)
    assert not keys.exists(), "none are made where a log was begun with others"
    konto.environment["KONTO_KEYS_FILE"] = str(mine)
    assert konto("doctor").code == 0
    mine.write_text('{"ids": "' + "00" * 32 + '", "vault": "' + "11" * 32 + '"}', encoding="utf-8")
    assert "anderen Schlüsseln" in konto("doctor", code=1).err
