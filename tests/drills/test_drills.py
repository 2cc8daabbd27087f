"""The drills in their short forms; `python3 run.py drill alerts --long` tries what is promised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drills import __main__ as drills
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
