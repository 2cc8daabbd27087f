"""A backup puts everything back: every event, balance and look, on either store, made while others write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from domain.vocabulary import parse
from projections import customers
from tests.homes import Clock, Home, open_at
from tests.notation import at, envelopes
from tests.projections.test_follow import STORY, contents, told
from tests.projections.test_follow import raise_alerts_and_let_each_end_otherwise as raise_alerts
from tests.stores import ENGINES, NewFolder, Schemas
from wiring import backing_up, erasing, from_backup
from wiring.backing_up import Backup, BackupDamaged
from wiring.home import Konto, open_home
from wiring.installation import OtherKeys
from wiring.restoring import NotEmpty
from wiring.worker import run_tick

LATER = at("2026-03-12T09:30")


@pytest.fixture
def home(new_folder: NewFolder) -> Iterator[Home]:
    home = open_at(new_folder())
    home.take(told(STORY))
    raise_alerts(home)
    home.konto.catch_up()
    yield home
    home.close()


def entropy(n: int) -> bytes:
    return bytes(range(n))


def put_back(backup: Backup, folder: Path, *, erased: Path | None = None) -> Konto:
    from_backup.put_back(backup, folder, {}, entropy=entropy, erased=erased)
    return open_home(folder, environment={}, clock=Clock(LATER), prepare=True)


def said(konto: Konto) -> dict[str, Any]:
    """All that a firm knows: every byte of its log, every row, who looked, what waits."""
    return {
        "log": [tuple(row) for row in konto.log.rows(0, 100_000)],
        "tables": contents(konto.views),
        "looks": list(konto.journal.every()),
        "parked": konto.log.parked(),
    }


@pytest.mark.parametrize("into", ENGINES)
def test_everything_comes_back_from_either_store_into_either(
    home: Home, into: str, tmp_path: Path, request: pytest.FixtureRequest
):
    home.clock.now = LATER
    run_tick(home.konto)
    home.konto.note("looked", "customer-x", "account")
    backup = backing_up.back_up(home.konto, tmp_path / "backups")
    before = said(home.konto)
    target = tmp_path / "again"
    target.mkdir()
    schemas: Schemas = request.getfixturevalue("schemas")
    text = schemas.settings("put_back") if into == "postgres" else ""
    (target / "settings.toml").write_text(text, encoding="utf-8")
    if into == "postgres":
        _empty_for_good(schemas, "put_back")
    with put_back(backup, target) as konto:
        after = said(konto)
        assert list(from_backup.troubles(konto, backup)) == []
        assert {**after, "looks": after["looks"][: len(before["looks"])]} == before
        # What was raised before is known, so that nobody hears of it again.
        assert run_tick(konto, konto.clock()) == []


def _empty_for_good(schemas: Schemas, name: str) -> None:
    """As a database is in which nothing was ever prepared."""
    import psycopg

    from projections.follow import LAYOUT

    with psycopg.connect(schemas.url, autocommit=True) as connection:
        for schema in (name, f"{name}_views_{LAYOUT}", f"{name}_journal"):
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'.encode())


@pytest.mark.parametrize("number", [pytest.param(3, id="short"), pytest.param(20, id="long", marks=pytest.mark.long)])
def test_backups_made_under_load_restore_verify_and_equal_a_rebuild(new_folder: NewFolder, tmp_path: Path, number: int):
    """Two threads record and follow all the time; what is acknowledged before a backup begins is in it."""
    home = open_at(new_folder())
    home.clock.now = LATER
    home.take_as_they_come(list(envelopes('2026-03-02T09:00  verspricht K-0 ines "P0" bis 2026-03-20T09:00')), LATER)
    konto, ended, counts = home.konto, threading.Event(), [1, 0]
    first = konto.log.head()

    def write(which: int) -> None:
        while not ended.is_set():
            n = counts[which]
            line = f'2026-03-02T09:00  verspricht K-{n % 9} ines "{which}/{n}" bis 2026-03-20T09:00 [{which}/{n}]'
            (receipt,) = konto.record([parse(each, now=LATER) for each in envelopes(line)])
            assert receipt.status == "recorded"
            counts[which] += 1
            konto.catch_up()
            ended.wait(0.002)

    threads = [threading.Thread(target=write, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    made = []
    for _ in range(number):
        before = sum(counts)
        backup = backing_up.back_up(konto, tmp_path / "backups")
        assert backup.events >= first + before - 1
        made.append(backup)
        ended.wait(0.1)
    ended.set()
    for thread in threads:
        thread.join()
    assert len({each.events for each in made}) == number, "there was load"
    assert backing_up.listed(tmp_path / "backups") == made[::-1]
    for place, backup in enumerate(made):
        again = tmp_path / f"again-{place}"
        again.mkdir()
        (again / "settings.toml").touch()
        with put_back(backup, again) as restored:
            assert restored.log.head() == backup.events
            assert list(from_backup.troubles(restored, backup)) == []
    home.close()


# -- what is not put back ---------------------------------------------------------------------------------


@pytest.fixture
def backup(tmp_path: Path) -> Backup:
    home = open_at(tmp_path / "firm")
    home.take(told(STORY))
    (home.konto.home / "mappings").mkdir()
    (home.konto.home / "mappings" / "our-crm.toml").write_text("# ours", encoding="utf-8")
    made = backing_up.back_up(home.konto, tmp_path / "backups")
    home.close()
    return made


@pytest.mark.parametrize("name", ["events.db", "journal.db", "keys.json", "checkpoint.txt", "rulebook.toml"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_a_damaged_backup_is_refused_by_the_name_of_the_file_and_nothing_is_written(
    backup: Backup, tmp_path: Path, name: str, how: str
):
    file = backup.folder / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    if how != "gone":
        file.write_bytes(content if how == "changed" else content[:-1])
    with pytest.raises(BackupDamaged) as refused:
        from_backup.put_back(backup, tmp_path / "again", {}, entropy=entropy, erased=None)
    assert refused.value.params["file"] == name
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}', "\0" * 100])
def test_a_manifest_that_is_none_is_refused(backup: Backup, text: str):
    (backup.folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BackupDamaged):
        backing_up.read(backup.folder)
    assert backing_up.listed(backup.folder.parent) == []


@pytest.mark.parametrize("name", ["../keys.json", "/etc/passwd", "mail/../../x"])
def test_a_manifest_that_names_files_elsewhere_is_refused(backup: Backup, name: str):
    told = json.loads((backup.folder / "manifest.json").read_text())
    told["files"][name] = {"bytes": 0, "sha256": ""}
    (backup.folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(BackupDamaged):
        backing_up.read(backup.folder)


def test_only_an_empty_home_takes_a_backup(backup: Backup, tmp_path: Path):
    with put_back(backup, tmp_path / "again") as konto:
        before = said(konto)
    assert (tmp_path / "again" / "mappings" / "our-crm.toml").read_text(encoding="utf-8") == "# ours"
    with pytest.raises(NotEmpty):
        from_backup.put_back(backup, tmp_path / "again", {}, entropy=entropy, erased=None)
    with open_home(tmp_path / "again", environment={}, clock=Clock(LATER)) as konto:
        assert said(konto)["log"] == before["log"]


def test_a_backup_of_a_newer_version_is_refused_and_nothing_is_written(backup: Backup, tmp_path: Path):
    import sqlite3

    file = backup.folder / "events.db"
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("INSERT INTO schema_steps VALUES (99, 'of next year')")
    connection.close()
    signed_anew(backup)
    with pytest.raises(Refused) as refused:
        from_backup.put_back(backing_up.read(backup.folder), tmp_path / "again", {}, entropy=entropy, erased=None)
    assert refused.value.code == "newer_schema"
    assert not list((tmp_path / "again").iterdir())


def signed_anew(backup: Backup) -> None:
    """A manifest that names the files as they are now."""
    files = {name: backing_up._piece(backup.folder / name) for name in backup.files}
    (backup.folder / "manifest.json").write_bytes(backing_up._manifest(backup._replace(files=files)))


def test_events_changed_together_with_the_manifest_are_found_by_verifying(backup: Backup, tmp_path: Path):
    import sqlite3

    connection = sqlite3.connect(backup.folder / "events.db")
    with connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(state, '2026-02-03', '2026-02-04') AS BLOB) WHERE rowid = 3"
        )
    connection.close()
    signed_anew(backup)
    with put_back(backing_up.read(backup.folder), tmp_path / "again") as konto:
        codes = [each.code for each in from_backup.troubles(konto, backing_up.read(backup.folder))]
    assert "not_attested" in codes


def test_without_its_keys_a_backup_says_what_is_needed_and_takes_only_its_own(tmp_path: Path):
    home = open_at(tmp_path / "firm", seed=1)
    home.take(told(STORY))
    backup = backing_up.back_up(home.konto, tmp_path / "backups", keys=False)
    keys = (tmp_path / "firm" / "keys.json").read_bytes()
    before = said(home.konto)
    home.close()
    open_at(tmp_path / "other", seed=2).close()
    again = tmp_path / "again"
    with pytest.raises(from_backup.KeysNeeded, match=r"keys\.json"):
        from_backup.put_back(backup, again, {}, entropy=entropy, erased=None)
    (again / "keys.json").write_bytes((tmp_path / "other" / "keys.json").read_bytes())
    with pytest.raises(OtherKeys):
        from_backup.put_back(backup, again, {}, entropy=entropy, erased=None)
    (again / "keys.json").write_bytes(keys)
    with put_back(backup, again) as konto:
        assert said(konto)["tables"] == before["tables"]


# -- erased is erased -------------------------------------------------------------------------------------


@pytest.mark.parametrize("knows", ["its own list", "a newer list"])
def test_whoever_was_erased_since_is_erased_again_and_later_backups_do_not_hold_them(tmp_path: Path, knows: str):
    home = open_at(tmp_path / "firm")
    home.take(envelopes("2026-03-01T08:00  Kunde K-1, namens Kanarienvogel\n2026-03-01T08:01  Kunde K-2, namens Spatz"))
    home.clock.now = LATER
    old = backing_up.back_up(home.konto, tmp_path / "backups")
    party = customers.find(home.konto.library, home.konto.asker, "K-1")
    erasing.erase(home.konto, erasing.planned(home.konto, party), "objected", "")
    home.clock.now += timedelta(hours=1)
    new = backing_up.back_up(home.konto, tmp_path / "backups")
    listed = erasing.place(home.konto)
    home.close()
    if knows == "its own list":
        again, erased = tmp_path / "again", None
        again.mkdir()
        (again / "erasures.jsonl").write_bytes(listed.read_bytes())
    else:
        again, erased = tmp_path / "again", listed
    for backup in (old, new):
        with put_back(backup, again / backup.folder.name if knows != "its own list" else again, erased=erased) as konto:
            names = [row[0] for row in konto.views.rows("SELECT name FROM customers ORDER BY name")]
            assert "Spatz" in names
            assert not any("Kanarienvogel" in str(name) for name in names)
            with pytest.raises(Refused):
                customers.find(konto.library, konto.asker, "K-1")
        if knows == "its own list":
            break


# -- made, kept, killed -----------------------------------------------------------------------------------


def test_the_newest_are_kept_and_what_a_killed_one_left_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = open_at(tmp_path / "firm")
    home.take(told(STORY))
    folder, made = tmp_path / "backups", []
    for _ in range(4):
        made.append(backing_up.back_up(home.konto, folder))
    assert len({each.folder for each in made}) == 4, "also within one second"
    monkeypatch.setattr(backing_up, "_copy_journal", _stop)
    with pytest.raises(KeyboardInterrupt):
        backing_up.back_up(home.konto, folder)
    assert backing_up.listed(folder) == made[::-1]
    assert not list(folder.glob(f"{backing_up.DRAFT}*"))
    left = folder / f"{backing_up.DRAFT}killed"
    left.mkdir()
    now = home.clock.now + timedelta(days=365 * 30)
    assert backing_up.tidy(folder, 2, now) == made[1::-1]
    assert backing_up.listed(folder) == made[:1:-1]
    assert not left.exists()
    home.close()


def _stop(*given: object) -> None:
    raise KeyboardInterrupt


def test_of_two_at_once_one_is_told_that_the_other_is_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = open_at(tmp_path / "firm")
    home.take(told(STORY))
    copied = backing_up._copy_journal

    def once_more(konto: Konto, file: Path) -> None:
        with pytest.raises(backing_up.BackupRunning):
            backing_up.back_up(konto, tmp_path / "backups")
        copied(konto, file)

    monkeypatch.setattr(backing_up, "_copy_journal", once_more)
    backing_up.back_up(home.konto, tmp_path / "backups")
    assert len(backing_up.listed(tmp_path / "backups")) == 1
    home.close()


def test_a_backup_is_readable_by_its_owner_alone(backup: Backup):
    assert backup.folder.stat().st_mode & 0o077 == 0
    assert [name for name in backup.files if (backup.folder / name).stat().st_mode & 0o077] == []
    assert {"events.db", "journal.db", "keys.json", "checkpoint.txt", "rulebook.toml"} <= backup.files.keys()
    assert not [each for each in backup.folder.iterdir() if each.name.endswith(("-wal", "-shm"))]
