"""`konto backup` and `konto restore`, as a user calls them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.stores import only_files


@only_files
def test_there_and_back(told, tmp_path: Path):
    told("tick")
    answer = told("backup", str(tmp_path / "backups"), "--json").json
    assert (answer["keys"], answer["events"]) == (True, told("doctor", "--json", code=1).json and answer["events"])
    before = told("kpi", "--json").json
    statement = told("statement", "K-17", "--json").json
    again = replace(told, home=tmp_path / "again")
    said = again("restore", answer["folder"], "--verify").out
    assert "Jeder Eintrag ist, wie sein Prüfpunkt sagt" in said
    assert again("kpi", "--json").json == before
    assert again("statement", "K-17", "--json").json == statement
    assert again("check", "--json").json["ok"]
    refused = again("restore", answer["folder"], code=2)
    assert "Hier liegt schon ein Protokoll" in refused.err


def test_backups_are_listed_newest_first_and_one_can_be_tried_without_touching_anything(told, tmp_path: Path):
    folder = tmp_path / "backups"
    assert "Keine Sicherung" in told("backup", str(folder), "--list").out
    said = told("backup", str(folder)).out
    assert "Sie enthält die Schlüssel" in said
    told("backup", str(folder), "--without-keys")
    listed = told("backup", str(folder), "--list", "--json").json
    assert [each["keys"] for each in listed] == [False, True]
    assert str(folder) in told("backup", str(folder), "--list").out
    before = {file: file.stat().st_mtime for file in told.home.iterdir() if file.suffix == ".toml"}
    for each in listed:
        answer = told("restore", each["folder"], "--dry-run", "--json").json
        assert (answer["ok"], answer["findings"], answer["events"]) == (True, [], each["events"])
    assert "Nichts wurde geändert" in told("restore", listed[0]["folder"], "--dry-run").out
    assert before == {file: file.stat().st_mtime for file in before}


def test_what_is_missing_is_said_in_one_line(told, tmp_path: Path):
    assert "[backup] folder" in told("backup", code=2).err
    (tmp_path / "file").write_text("x")
    assert len(told("backup", str(tmp_path / "file"), code=2).err.strip().splitlines()) == 1
    answer = told("restore", str(tmp_path / "nowhere"), code=2)
    assert "manifest.json" in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@only_files
def test_who_was_erased_since_comes_from_the_list_that_is_named(told, tmp_path: Path):
    folder = told("backup", str(tmp_path / "backups"), "--json").json["folder"]
    told("erase", "K-17", "--reason", "objected", "--yes")
    again = replace(told, home=tmp_path / "again")
    answer = again("restore", folder, "--erasures", str(told.home / "erasures.jsonl"), "--verify", "--json")
    assert answer.json["ok"]
    assert "Meier" not in again("export").out
    assert "Aydin" in again("export").out
