"""The drills in their short forms; `python3 run.py drill alerts --long` tries what is promised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drills import __main__ as drills
from drills import disk, laptop, of_tests
from drills.alerts import DRILLS, standstill, stormed
from drills.result import Result


def test_of_a_storm_each_alert_is_in_one_message_and_nobody_gets_too_many(tmp_path: Path):
    found = stormed(tmp_path, alerts=150, people=5, most=6)
    assert found.ok, found.sentence
    assert found.more["messages"] == 30
    assert found.more["most_for_one"] == 6


def test_after_three_days_without_a_look_each_alert_comes_once_and_says_that_it_is_late(tmp_path: Path):
    found = standstill(tmp_path, long=False, seed=1)
    assert found.ok, found.sentence
    assert found.tried == 60


@pytest.mark.parametrize("by", ["a small disk where there may be one", "a limit of pages"])
def test_a_disk_that_becomes_full_loses_nothing_acknowledged_and_all_goes_on_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
):
    if by == "a limit of pages":
        monkeypatch.setattr(disk, "_mounted", lambda folder, options: False)
    found = disk.filled(tmp_path, points=2, seed=1)
    assert found.ok, found.sentence
    assert found.more["full_at"] == 2


def test_a_disk_that_never_became_full_has_shown_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disk, "FIRST_KB", 60_000)
    monkeypatch.setattr(disk, "LAST_KB", 60_000)
    monkeypatch.setattr(disk, "FACTS", 3)
    assert not disk.filled(tmp_path, points=1, seed=1).ok


def test_a_laptop_closed_in_mid_write_loses_nothing_whether_it_wakes_or_its_battery_died(tmp_path: Path):
    found = laptop.closed_and_opened(tmp_path, times=1, seed=1)
    assert found.ok, found.sentence


CASES = """
import pytest
def test_well(): pass
@pytest.mark.long
def test_long(): assert {long}
@pytest.mark.skip(reason="not here")
def test_skipped(): pass
"""


def test_a_drill_of_tests_counts_those_that_ran_and_names_those_that_failed(tmp_path: Path):
    file = tmp_path / "test_cases.py"
    file.write_text(CASES.format(long=False))
    found = of_tests.of_tests(str(file), processes=0)(tmp_path, long=True, seed=1)
    assert (found.ok, found.tried, found.missed, found.more["skipped"]) == (False, 2, 1, 1)
    assert "test_long" in found.more["failed"][0]
    assert "not long" not in of_tests.command([str(file)], tmp_path / "report.xml", long=False, processes=2)
    none = of_tests.counted(tmp_path / "no report", "nothing ran", 1.0)
    assert (none.ok, none.more["said"]) == (False, "nothing ran")


@pytest.mark.parametrize(
    ("found", "ok", "code"),
    [
        (Result(10, 0, 0, 0, {}), True, 0),
        (Result(10, 1, 0, 0, {}), False, 1),
        (Result(10, 0, 1, 0, {}), False, 1),
        (Result(10, 0, 0, 1, {}), False, 1),
    ],
)
def test_whatever_is_not_as_promised_is_said_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: Result, ok: bool, code: int
):
    monkeypatch.setattr(drills, "DRILLS", {"alerts": {"one": lambda folder, *, long, seed: found}})
    assert drills.main(["alerts", "--json"]) == code
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["ok"]) == ("alerts:one", ok)
    assert {"tried", "lost", "doubled", "missed"} <= told.keys()


def test_one_part_of_a_drill_can_be_run_alone_and_none_runs_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    parts = dict.fromkeys(("kills:one", "kills:two", "storm"), lambda folder, *, long, seed: Result(1, 0, 0, 0, {}))
    monkeypatch.setattr(drills, "DRILLS", {"alerts": parts})
    for asked, ran in (
        (["alerts:storm"], ["alerts:storm"]),
        (["alerts:kills"], ["alerts:kills:one", "alerts:kills:two"]),
        (["alerts", "alerts:storm"], ["alerts:kills:one", "alerts:kills:two", "alerts:storm"]),
    ):
        assert drills.main([*asked, "--json"]) == 0
        assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ran


def test_a_drill_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]):
    assert drills.main(["alarms"]) == 2
    assert "alarms" in capsys.readouterr().err
    assert {"kills:embedded", "kills:redis", "queue_away", "three_schedulers", "storm"} <= set(DRILLS)
