"""The worker makes backups by itself, keeps the newest, and says so where it cannot."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.waiting import wait_for
from wiring import backing_up, health, services
from wiring.services import Services
from wiring.settings import BackupSettings
from words import translator

NOW = at("2026-03-12T09:00")


def firm(folder: Path, **more: object) -> Home:
    home = open_at(folder / "firm")
    home.take_as_they_come(list(envelopes("2026-03-01T08:00  Kunde K-1, namens Meier")), NOW)
    settings = BackupSettings(folder=str(folder / "backups"), **more)  # type: ignore[arg-type]
    return Home(replace(home.konto, settings=home.konto.settings.model_copy(update={"backup": settings})), home.clock)


def note(home: Home) -> health.Note:
    (found,) = (each for each in health.notes(home.konto) if each.name == "backup")
    return found


def test_it_makes_one_when_the_last_is_old_enough_and_keeps_so_many(tmp_path: Path):
    home, folder = firm(tmp_path, hours=24, keep=2), tmp_path / "backups"
    assert not note(home).ok
    for number in range(3):
        home.clock.now = NOW.replace(day=12 + number)
        works = Services(home.konto)
        assert works.lease.renew(home.clock.now)
        for _ in range(2):  # the second time none is due
            works._back_up()
            assert backing_up.listed(folder)[0].made == home.clock.now
            assert len(backing_up.listed(folder)) == min(number + 1, 2)
    assert note(home).ok
    assert "2" in health.in_words(note(home), translator("de"))
    home.clock.now = NOW.replace(day=17)
    assert not note(home).ok
    home.close()


def test_a_drive_that_cannot_be_read_stops_neither_the_doctor_nor_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def unreadable(folder: Path) -> object:
        raise PermissionError

    home = firm(tmp_path)
    monkeypatch.setattr(backing_up, "listed", unreadable)
    assert not note(home).ok
    assert health.state(home.konto).backup_age is None
    home.close()


def test_a_drive_that_is_away_is_tried_again_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services, "BACKUP_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(services, "BACKUP_AGAIN_SECONDS", 0.05)
    home, folder = firm(tmp_path), tmp_path / "backups"
    folder.write_text("no folder")
    works = Services(home.konto)
    thread = threading.Thread(target=works.run)
    thread.start()
    try:
        assert wait_for(lambda: works.turns.count.get("sweep", 0) > 0)
        assert backing_up.listed(folder) == []
        folder.unlink()
        assert wait_for(lambda: len(backing_up.listed(folder)) == 1)
        assert works.turns.failed == {}
    finally:
        works.stop()
        thread.join()
    home.close()
