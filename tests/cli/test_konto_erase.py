"""`konto erase` and `konto hold`."""

from __future__ import annotations

import json

import pytest

from tests.cli.home import fact
from tests.stores import only_files

MEIERS = ("Meier", "K-17", "Therme liefern", "A-1", "Wartung", "tropft")


def names(text: str) -> list[str]:
    return [each for each in MEIERS if each in text]


def erased(told, *options: str):
    return told("erase", "K-17", "--reason", "objected: letter of March", "--yes", *options)


def test_it_says_first_what_goes_and_then_what_went(told):
    answer = erased(told, "--lang", "en").out.splitlines()
    assert answer[0] == ("All that is known of Meier would go, for ever. Facts: 6, waiting facts: 0, files: 0.")
    assert answer[-2] == "Erased. Customers: 1, facts: 6, waiting facts: 0, files: 0. All figures are as they were."
    assert answer[-1].endswith(f"{told.home / 'erasures.jsonl'} with them.")


@only_files
def test_in_json_it_says_what_was_done_by_internal_ids(told):
    answer = erased(told, "--json").json
    (customer,) = answer.pop("customers")
    assert customer.startswith("customer-")
    assert answer == {"facts": 6, "parked": 0, "files": 0, "ground": "objected", "at": told.now.isoformat(),
                      "erased": True}  # fmt: skip


@only_files
def test_without_a_terminal_and_without_yes_nothing_happens(told):
    answer = told("erase", "K-17", "--reason", "objected", "--lang", "en", code=2)
    assert answer.err.splitlines()[-1] == ("Nothing was erased: nobody is here to ask. Please repeat it with --yes.")
    assert told("statement", "K-17", "--json").json["customer"] == "K-17"


@only_files
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("because", "“because” is no reason of the law. Please begin with one of these: not_needed, consent_withdrawn"),
        ("objected: Meier does not want it", "The reason names the person: “Meier”."),
        ("objected: see K-17", "The reason names the person: “K-17”."),
    ],
)
def test_the_reason_is_one_of_the_laws_and_names_nobody(told, reason, said):
    answer = told("erase", "K-17", "--reason", reason, "--yes", "--lang", "en", code=2)
    assert said in answer.err


@only_files
def test_a_hold_keeps_them_until_it_ends_or_is_released(told):
    assert told("hold", "K-17", "--reason", "retention: invoices", "--until", "2026-12-31", "--lang", "en").out == (
        "Meier cannot be erased until Wednesday, 30 December 2026.\n"
    )
    assert "invoices (retention)" in told("erase", "K-17", "--reason", "objected", "--yes", code=2).err
    told("hold", "K-17", "--release")
    held = told("hold", "K-17", "--reason", "claims: lawsuit", "--json").json
    assert (held["customer"], held["held"], held["ground"], held["until"]) == ("crm:K-17", True, "claims", None)
    assert "lawsuit" in told("erase", "K-17", "--reason", "objected", "--yes", code=2).err
    assert told("hold", "K-17", "--release", "--json").json == {"customer": "crm:K-17", "held": False}
    assert erased(told, "--json").json["erased"] is True


@only_files
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--reason", "claims: x", "--release"),
        ("--reason", "claims"),
        ("--reason", "whim: x"),
        ("--release",),
        ("--reason", "claims: x", "--until", "2020-01-01"),
    ],
)
def test_half_a_hold_is_refused_in_a_sentence(told, options):
    answer = told("hold", "K-17", *options, code=2)
    assert answer.err.endswith(".\n")
    assert "Traceback" not in answer.err


@only_files
def test_every_command_calls_them_an_erased_person_and_every_figure_stays(told):
    told.took([
        fact("contact.inbound", "2026-03-10T09:00", contact="Q-1", customer="K-17"),
        fact("incident.reported", "2026-03-10T10:00", incident="V-1", customer="K-17", text="Therme tropft"),
    ])  # fmt: skip
    told("tick", "--json")
    figures = ("kpi", "--json"), ("kpi", "--by", "team", "--json"), ("promises", "--count", "--json")
    before = [told(*each).json for each in figures]
    balance = told("statement", "K-17", "--json").json["balance"]
    (customer,) = erased(told, "--json").json["customers"]
    assert [told(*each).json for each in figures] == before

    statement = told("statement", customer, "--json").json
    assert (statement["customer"], statement["balance"]) == (customer, balance)
    asked = [("statement", customer), ("audit", "timeline", customer), ("promises",), ("contacts",), ("incidents",),
             ("alerts", "list")]  # fmt: skip
    for command in asked:
        for lang, said in (("de", "gelöschte Person"), ("en", "erased person")):
            answer = told(*command, "--lang", lang).out
            assert said in answer, command
            assert names(answer) == [], command
        assert names(told(*command, "--json").out) == [], command
    assert "Aydin" in told("promises").out
    export = told("export")
    assert names(export.out) == []
    assert "K-08" in export.out
    assert told("check", "--json").json["ok"] is True


@only_files
def test_who_was_erased_is_not_found_and_not_offered(told):
    erased(told)
    answer = told("statement", "K-17", "--lang", "en", code=2).err
    assert answer == "There is no customer “K-17” here.\n"
    near = told("statement", "Meyer", "--lang", "en", code=2).err
    assert near == "There is no customer “Meyer” here.\n"
    captured = told("capture", "Angebot an Meier bis Freitag", "--json", code=2)
    assert "K-17" not in captured.out + captured.err


@only_files
def test_what_an_import_brings_of_them_again_is_refused_and_not_kept_in_the_home(told, story):
    erased(told)
    answer = told.took(story, "--valid-only")
    assert (answer["refused"], answer["already"], answer["recorded"]) == (6, 3, 0)
    assert not (told.home / "refused").exists()
    more = [fact("promise.made", "2026-03-03T10:00", promise="A-9", customer="K-17", due="2026-04-01"),
            fact("promise.made", "2026-03-03T10:00", promise="B-9", customer="K-08", due="2026-03-01")]  # fmt: skip
    assert told.took(more, "--valid-only")["refused"] == 2
    (kept,) = (told.home / "refused").iterdir()
    assert [json.loads(line)["fact"]["data"]["customer"] for line in kept.read_text("utf-8").splitlines()] == ["K-08"]


@only_files
def test_erasing_twice_says_that_it_is_done(told):
    (customer,) = erased(told, "--json").json["customers"]
    answer = told("erase", customer, "--reason", "objected", "--yes", "--lang", "en", code=2)
    assert answer.err == f"{customer} was erased already.\n"


@only_files
def test_an_older_copy_is_erased_again_and_says_so(told):
    events = (told.home / "events.db").read_bytes()
    erased(told)
    (told.home / "events.db").write_bytes(events)
    answer = told("promises", "--lang", "en")
    assert answer.err == "1 customer of the list of erasures was still here and is erased now.\n"
    assert names(answer.out) == []
    assert told("promises", "--lang", "en").err == ""
