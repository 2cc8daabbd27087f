"""`konto keys`: keys are shown once, listed without themselves, and revoked at once."""

from __future__ import annotations

import re

PEOPLE = """
[[persons]]
id = "lutz"
name = "Lutz Brandt"
roles = ["owner"]
"""


def test_a_key_is_shown_once_and_listed_without_itself(told):
    made = told("keys", "create", "--scope", "facts:write", "--scope", "read", "--for", "CRM", "--json").json
    assert re.fullmatch(r"konto_[0-9a-f]{10}_[A-Za-z0-9_-]{43}", made["key"])
    assert made["key"].split("_")[1] == made["name"]
    answer = told("keys", "list", "--json")
    assert answer.json == [
        {
            "name": made["name"],
            "for": "CRM",
            "scopes": ["facts:write", "read"],
            "roles": ["manager"],
            "person": None,
            "created": "2026-03-12T08:00:00Z",
            "expires": None,
            "revoked": None,
            "counts": True,
        }
    ]
    for shown in (answer.out, told("keys", "list").out):
        assert made["key"] not in shown
        assert made["name"] in shown


def test_for_people_the_key_alone_stands_on_standard_output(told):
    answer = told("keys", "create", "--scope", "read", "--lang", "de")
    assert re.fullmatch(r"konto_\w{10}_[\w-]{43}\n", answer.out)
    assert "nur jetzt zu sehen" in answer.err


def test_a_revoked_key_and_an_expired_one_stay_in_the_list(told):
    name = told("keys", "create", "--scope", "read", "--json").json["name"]
    told("keys", "create", "--scope", "admin", "--role", "admin", "--expires", "2026-03-13", "--json")
    assert told("keys", "revoke", name, "--json").json["revoked"] == "2026-03-12T08:00:00Z"
    told.later(days=2)
    assert [each["counts"] for each in told("keys", "list", "--json").json] == [False, False]
    said = told("keys", "list", "--lang", "de").out
    assert "widerrufen" in said
    assert "abgelaufen" in said
    assert "2 Schlüssel." in said


def test_a_key_in_the_name_of_somebody_says_whose_it_is(told):
    (told.home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    told("keys", "create", "--scope", "read", "--person", "lutz", "--json")
    (key,) = told("keys", "list", "--json").json
    assert (key["person"], key["roles"]) == ("lutz", [])


def test_what_is_not_clear_is_refused_with_the_place_and_what_is_possible(told):
    for arguments, place, remedy in (
        ((), "--scope", "facts:write, read, alerts, admin"),
        (("--scope", "write"), "--scope", "facts:write, read, alerts, admin"),
        (("--scope", "read", "--role", "chef"), "--role", "owner, manager, auditor, admin"),
        (("--scope", "read", "--person", "niemand"), "--person", "niemand"),
        (("--scope", "read", "--expires", "2026-03-12"), "--expires", "passed already"),
    ):
        refused = told("keys", "create", *arguments, "--json", "--lang", "en", code=2)
        assert refused.out == ""
        assert place in refused.err
        assert remedy in refused.err
    assert "konto keys list" in told("keys", "revoke", "0123456789", "--lang", "en", code=2).err
    assert told("keys", "list", "--json").json == []
