"""`konto access`: two files about one person, over nothing that is there, and a summary of what is in them."""

from __future__ import annotations

import json

import pytest

from tests.cli.home import fact


@pytest.fixture
def out(tmp_path):
    return tmp_path / "Auskunft"


def test_it_writes_both_files_and_says_what_is_in_them(told, out):
    answer = told("access", "K-17", "--out", str(out), "--json").json
    files = sorted(file.name for file in out.iterdir())
    assert files == [f"access-{answer['customer']}.json", f"access-{answer['customer']}.pdf"]
    assert answer["files"] == {form: str(out / f"access-{answer['customer']}.{form}") for form in ("json", "pdf")}
    assert (answer["facts"], answer["waiting"], answer["alerts"]) == (6, 0, 0)
    assert answer["withheld"] == {"colleague": 4}
    assert answer["to_fill_in"] == ["firm", "disclosure.address", "disclosure.officer", "disclosure.authority"]
    held = json.loads((out / files[0]).read_text("utf-8"))
    assert [each["type"] for each in held["facts"]].count("promise.made") == 2
    assert (out / files[1]).read_bytes().startswith(b"%PDF")


def test_the_files_are_for_their_owners_eyes_and_their_names_tell_nothing(told, out):
    told("access", "K-17", "--out", str(out))
    for file in out.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert "K-17" not in file.name
        assert "Meier" not in file.name


def test_people_read_where_the_files_are_and_what_is_missing(told, out):
    said = told("access", "K-17", "--out", str(out), "--lang", "de").out
    assert said.startswith("6 Einträge, und was daraus folgt.\nWeggelassen, in beiden mit dem Grund dabei: 4.\n")
    assert "Zum Lesen und Aushändigen: " in said
    assert "Von Hand zu ergänzen, oder in den Einstellungen: firm, disclosure.address" in said
    english = told("access", "K-08", "--out", str(out), "--lang", "en").out
    assert "To read and to hand over: " in english


def test_what_the_settings_say_need_not_be_filled_in(told, out):
    settings = told.home / "settings.toml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    own = 'firm = "Wolf"\n' + before + '\n[disclosure]\naddress = "Am Markt 1"\ncolleagues = "unnumbered"\n'
    settings.write_text(own, encoding="utf-8")
    answer = told("access", "K-17", "--out", str(out), "--json").json
    assert answer["to_fill_in"] == ["disclosure.officer", "disclosure.authority"]
    held = json.loads((out / f"access-{answer['customer']}.json").read_text("utf-8"))
    assert held["information"]["controller"] == {"name": "Wolf", "address": "Am Markt 1", "officer": None}
    assert held["colleagues"] == []


def test_nothing_that_is_there_is_overwritten_and_nothing_half_is_left(told, out):
    answer = told("access", "K-17", "--out", str(out), "--json").json
    (out / f"access-{answer['customer']}.json").unlink()
    before = (out / f"access-{answer['customer']}.pdf").read_bytes()
    assert "gibt es schon" in told("access", "K-17", "--out", str(out), "--lang", "de", code=2).err
    assert [file.name for file in out.iterdir()] == [f"access-{answer['customer']}.pdf"]
    assert (out / f"access-{answer['customer']}.pdf").read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_refused_in_one_line(told, tmp_path):
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "no" / "folder"):
        refused = told("access", "K-17", "--out", str(place), code=2)
        assert refused.out == ""
        assert len(refused.err.strip().splitlines()) == 1


def test_an_unknown_customer_is_refused_with_similar_ones(told, out):
    assert "K-17 (Meier)" in told("access", "K-71", "--out", str(out), code=2).err
    assert not out.exists()


def test_a_duplicate_is_asked_for_by_either_number(told, out):
    told.took([fact("customer.registered", "2026-03-02T10:00", source="shop", customer="7", name="H. Meier")])
    told("merge", "crm:K-17", "shop:7")
    answer = told("access", "shop:7", "--out", str(out), "--json").json
    held = json.loads((out / f"access-{answer['customer']}.json").read_text("utf-8"))
    assert [(who["source"], who["own_id"], who["merged"]) for who in held["identity"]] == [
        ("crm", "K-17", False),
        ("shop", "7", True),
    ]


def test_what_lies_outside_of_it_is_said(told, out):
    (told.home / "outgoing").mkdir(exist_ok=True)
    (told.home / "outgoing" / "x.eml").write_text("An Frau Meier")
    said = told("access", "K-17", "--out", str(out), "--lang", "de").out
    assert f"Nicht dabei: Dateien in {told.home / 'outgoing'}" in said
