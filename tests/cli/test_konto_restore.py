"""`konto export` and `konto restore-log`: out of one home and into an empty one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intake import sample_firm
from tests.cli.home import Fact, Konto, fact
from tests.cli.test_konto_export import all_answers
from tests.stores import Engine, NewFolder, only_files

Another = Callable[[str], Konto]


@pytest.fixture
def another(engine: Engine, new_folder: NewFolder, konto: Konto, tmp_path: Path) -> Another:
    def made(name: str) -> Konto:
        home = new_folder(name) if engine == "postgres" else tmp_path / name
        return Konto(home, now=konto.now)

    return made


def export(konto: Konto, folder: Path, *options: str) -> Path:
    file = folder / "export.jsonl"
    file.write_text(konto("export", *options).out, encoding="utf-8")
    return file


def lived(konto: Konto, story: list[Fact]) -> Konto:
    """Some of it was recorded late, one fact was retracted, and one waits."""
    konto.took(story)
    konto.later(days=3)
    konto.took([fact("promise.withdrawn", "2026-03-13T09:00", promise="B-1", reason="Lager leer")])
    konto.later(days=1)
    konto.took([fact("promise.fulfilled", "2026-03-15T09:00", promise="X-9")])
    assert konto("parked", "--json").json
    return konto


def everything(konto: Konto, known_on: str) -> list[Any]:
    earlier = [konto("kpi", "--json", "--as-of", known_on, "--known-on", known_on).json]
    return [
        *all_answers(konto),
        *earlier,
        konto("parked", "--json").json,
        konto("audit", "timeline", "K-08", "--json").json,
    ]


def test_an_empty_home_gets_every_fact_with_both_its_times(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path
):
    lived(konto, story)
    file = export(konto, tmp_path)
    empty = another("empty")
    if empty.home.exists():
        empty.prepared()

    told = empty("restore-log", str(file), "--json").json

    assert (told["events"], told["parked"]) == (len(story) + 1, 1)
    assert everything(empty, "2026-03-13") == everything(konto, "2026-03-13")
    assert export(empty, empty.home).read_text("utf-8") == file.read_text("utf-8")


def test_the_very_bytes_give_the_same_root_and_the_old_checkpoint_still_holds(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path
):
    lived(konto, story)
    konto("tick")
    (tmp_path / "checkpoint.txt").write_text(konto("audit", "checkpoint").out, encoding="utf-8")
    (key,) = konto("audit", "key", "--json").json["keys"]
    file = export(konto, tmp_path, "--format", "original")
    empty = another("empty")
    empty.home.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(konto.home / "keys.json", empty.home / "keys.json")
    if (empty.home / "settings.toml").exists():
        empty.prepared()

    empty("restore-log", str(file))

    found = empty("audit", "verify", "--checkpoint", str(tmp_path / "checkpoint.txt"), "--key", key, "--json").json
    assert (found["ok"], found["after"], found["first_bad"]) == (True, 0, None)
    assert found["root"] == konto("audit", "verify", "--json").json["root"]
    assert everything(empty, "2026-03-13") == everything(konto, "2026-03-13")
    assert empty("alerts", "list", "--json").json == konto("alerts", "list", "--json").json
    assert "Lager leer" not in file.read_text("utf-8"), "personal texts stay encrypted"


@only_files
def test_the_sample_firm_comes_back_with_the_same_balances_and_figures_of_any_moment(
    konto: Konto, another: Another, tmp_path: Path
):
    """Its facts came in on three days, so that it was known differently in between."""
    facts = list(sample_firm.facts(7, 40, konto.now - timedelta(minutes=1), customers=20))
    for third in range(3):
        konto.took(facts[third::3])
        konto.later(days=1)
    file = export(konto, tmp_path)
    empty = another("empty")

    empty("restore-log", str(file))

    assert all_answers(empty) == all_answers(konto)
    for known in ("2026-03-12T10:00+01:00", "2026-03-13T10:00+01:00"):
        moment = ("--as-of", "2026-03-12", "--known-on", known, "--json")
        assert empty("kpi", *moment).json == konto("kpi", *moment).json


@only_files
def test_a_log_that_holds_anything_is_left_alone(konto: Konto, story: list[Fact], tmp_path: Path):
    konto.took(story)
    for options in ((), ("--format", "original")):
        file = export(konto, tmp_path, *options)
        assert "leeren" in konto("restore-log", str(file), "--lang", "de", code=2).err
    assert konto("audit", "verify", "--json").json["size"] == len(story)


@only_files
def test_bytes_need_the_keys_with_which_they_were_written(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path
):
    konto.took(story)
    file = export(konto, tmp_path, "--format", "original")
    stranger = another("stranger")

    assert "keys.json" in stranger("restore-log", str(file), "--lang", "de", code=2).err
    assert stranger("audit", "verify", "--json").json["size"] == 0


@only_files
def test_a_line_that_cannot_be_is_named_and_the_mended_file_goes_on(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path
):
    konto.took(story)
    file = export(konto, tmp_path)
    good = file.read_text("utf-8")
    lines = good.splitlines()
    broken = {**json.loads(lines[-1]), "type": "promise.dreamt"}
    file.write_text("\n".join([*lines[:-1], json.dumps(broken)]) + "\n", encoding="utf-8")
    empty = another("empty")

    said = empty("restore-log", str(file), "--lang", "de", code=2).err

    assert f"Zeile {len(lines)}" in said
    assert "promise.dreamt" in said
    assert empty("audit", "verify", "--json").json["size"] == 0, "a portion comes whole or not at all"
    file.write_text(good, encoding="utf-8")
    assert empty("restore-log", str(file), "--json").json["events"] == len(story)


@only_files
def test_a_restore_that_broke_off_goes_on_with_the_same_file(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    konto.took(story)
    file = export(konto, tmp_path)
    empty = another("empty")
    monkeypatch.setattr("wiring.restoring.CHUNK", 3)
    took = []

    def cut(*given: Any) -> None:
        took.append(1)
        if len(took) == 3:
            raise KeyboardInterrupt
        original(*given)

    from wiring import restoring

    original = restoring._take
    monkeypatch.setattr(restoring, "_take", cut)
    empty("restore-log", str(file), code=130)
    monkeypatch.setattr(restoring, "_take", original)
    assert 0 < empty("audit", "verify", "--json").json["size"] < len(story)

    empty("restore-log", str(file))

    assert all_answers(empty) == all_answers(konto)
    assert "leeren" in empty("restore-log", str(file), "--lang", "de", code=2).err, "it has ended"


@only_files
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no json\n", "Zeile 1"),
        ("[1]\n", "Zeile 1"),
        ('{"specversion":"1.0"}\n', "Zeile 1"),
        ('{"recorded":"2026-03-01T00:00:00"}\n', "Zeile 1"),
        ("[" * 100_000 + "\n", "Zeile 1"),
    ],
)
def test_what_is_no_export_is_said(konto: Konto, tmp_path: Path, text: str, says: str):
    file = tmp_path / "export.jsonl"
    file.write_text(text, encoding="utf-8")
    assert says in konto("restore-log", str(file), "--lang", "de", code=2).err


@only_files
def test_an_empty_file_and_a_missing_one(konto: Konto, tmp_path: Path):
    file = tmp_path / "export.jsonl"
    file.write_text("", encoding="utf-8")
    assert konto("restore-log", str(file), "--json").json["events"] == 0
    assert "no-such" in konto("restore-log", str(tmp_path / "no-such"), code=2).err


@only_files
def test_the_original_is_of_the_whole_log(konto: Konto, story: list[Fact]):
    konto.took(story)
    assert "--customer" in konto("export", "--format", "original", "--customer", "K-17", code=2).err


@only_files
@pytest.mark.parametrize("marked", [True, False])
def test_the_very_bytes_come_back_after_an_exchange_of_the_master_key_and_without_marks(
    konto: Konto, story: list[Fact], another: Another, tmp_path: Path, marked: bool
):
    konto.took(story)
    konto("vault", "rotate")
    file = export(konto, tmp_path, "--format", "original")
    if not marked:  # as an earlier version wrote it
        told = [json.loads(text) for text in file.read_text("utf-8").splitlines()]
        rows = [{**each, "row": each["row"][:2]} if each.get("table") == "vault_keys" else each for each in told]
        kept = [json.dumps(each) + "\n" for each in rows if each.get("table") != "master_keys"]
        file.write_text("".join(kept), encoding="utf-8")
    empty = another("empty")
    empty.home.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(konto.home / "keys.json", empty.home / "keys.json")
    empty("restore-log", str(file))
    assert empty("export").out == konto("export").out
    found = empty("vault", "status", "--json").json
    assert found["current"]["id"] == konto("vault", "status", "--json").json["current"]["id"]
    assert len(found["earlier"]) == marked
