"""`konto retention`: classes, who is due, and erasing them after asking."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cli.home import BERLIN, Fact, Konto, fact

STORY: list[Fact] = [
    fact("customer.registered", "2020-02-02T09:00", customer="K-17", name="Quittenkompott"),
    fact("customer.registered", "2020-02-02T09:05", customer="K-08", name="Aydin"),
    fact("promise.made", "2020-02-03T10:00", promise="A-1", customer="K-08", due="2020-02-10", what="Therme liefern"),
    fact("customer.registered", "2025-02-02T09:05", customer="K-30", name="Lenz"),
]


@pytest.fixture
def told(konto: Konto) -> Konto:
    konto.now = datetime(2027, 3, 1, 9, tzinfo=BERLIN)
    assert konto.took(STORY)["recorded"] == len(STORY)
    return konto


def test_it_shows_classes_with_years_and_law_and_how_many_are_due(told):
    found = told("retention", "--json").json
    assert {each["class"]: each["years"] for each in found["classes"]}["letters"] == 6
    assert "HGB § 257" in next(each["law"] for each in found["classes"] if each["class"] == "letters")
    assert (found["due"], found["stopped"]) == (2, 1)
    said = told("retention", "--lang", "de").out
    assert "Handelsbriefe" in said
    assert "Zur Löschung fällig: 2, davon aufgehalten: 1." in said


def test_it_lists_who_is_due_since_when_by_which_class_and_what_stops_it(told):
    rows = told("retention", "--due", "--json").json
    assert [(row["id"], row["class"], row["stopped_by"], row["since"][:10]) for row in rows] == [
        ("K-17", "relationship", [], "2024-01-01"),
        ("K-08", "letters", ["open_promise"], "2027-01-01"),
    ]
    assert all(row["customer"].startswith("customer-") for row in rows)
    said = told("retention", "--due", "--lang", "en").out
    assert "Quittenkompott" in said
    assert "a promise is open" in said
    assert "Lenz" not in said


def test_nobody_is_erased_without_being_asked_for(told):
    assert "--yes" in told("retention", "--erase", "--lang", "en", code=2).err
    assert "--erase" in told("retention", "--yes", "--lang", "en", code=2).err
    assert len(told("retention", "--due", "--json").json) == 2


def test_with_a_yes_those_go_whom_nothing_stops(told):
    done = told("retention", "--erase", "--yes", "--json").json
    assert (done["erased"], len(done["customers"]), done["stopped"]) == (True, 1, 1)
    assert "Quittenkompott" not in told("export").out
    assert "Therme" in told("export").out
    again = told("retention", "--erase", "--yes", "--json").json
    assert (again["erased"], again["customers"]) == (False, [])
    assert "Nothing was erased." in told("retention", "--erase", "--yes", "--lang", "en").out
    assert told("check", "--json").json["ok"]


def test_a_hold_keeps_them_until_it_ends(told):
    told("hold", "K-17", "--reason", "claims: lawsuit")
    assert told("retention", "--due", "--json").json[0]["stopped_by"] == ["hold"]
    assert told("retention", "--erase", "--yes", "--json").json["erased"] is False
    told("hold", "K-17", "--release")
    assert told("retention", "--erase", "--yes", "--json").json["erased"] is True


def test_the_doctor_says_how_many_are_due_and_names_nobody(told):
    found = told("doctor", "--json", "--lang", "en", code=1).json["findings"]
    text = next(each["text"] for each in found if each["name"] == "retention")
    assert text == "Customers whose time has ended: 2, of them stopped: 1. To see them: konto retention --due"
