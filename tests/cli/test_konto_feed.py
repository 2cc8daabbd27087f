"""`konto feed`: an address is shown once, listed without itself, and shows nothing from its revocation on."""

from __future__ import annotations

import re

import pytest

from tests.cli.home import Konto
from tests.cli.test_konto_keys import PEOPLE


@pytest.fixture
def home(told: Konto) -> Konto:
    (told.home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return told


def test_a_feed_is_shown_once_and_listed_without_its_address(home):
    made = home("feed", "create", "--person", "lutz", "--json").json
    assert re.fullmatch(r"/feeds/[0-9a-f]{10}-[A-Za-z0-9_-]{43}\.ics", made["path"])
    assert made["path"].startswith(f"/feeds/{made['name']}-")
    answer = home("feed", "list", "--json")
    assert answer.json == [
        {"name": made["name"], "person": "lutz", "created": "2026-03-12T08:00:00Z", "revoked": None, "counts": True}
    ]
    for shown in (answer.out, home("feed", "list").out):
        assert made["path"] not in shown
        assert made["name"] in shown


def test_for_people_the_address_alone_stands_on_standard_output(home):
    answer = home("feed", "create", "--person", "lutz", "--lang", "de")
    assert re.fullmatch(r"http://127\.0\.0\.1:8600/feeds/\S{54}\.ics\n", answer.out)
    assert "nur jetzt zu sehen" in answer.err


def test_a_revoked_feed_stays_in_the_list_and_keys_and_feeds_are_apart(home):
    name = home("feed", "create", "--person", "lutz", "--json").json["name"]
    key = home("keys", "create", "--scope", "read", "--json").json["name"]
    assert [each["name"] for each in home("keys", "list", "--json").json] == [key]
    assert "konto keys list" in home("keys", "revoke", name, "--lang", "en", code=2).err
    assert "konto feed list" in home("feed", "revoke", key, "--lang", "en", code=2).err
    assert home("feed", "revoke", name, "--json").json["counts"] is False
    said = home("feed", "list", "--lang", "de").out
    assert "widerrufen" in said
    assert "1 Zusagenkalender." in said


def test_whose_it_is_has_to_be_somebody_of_the_people_document(home):
    assert "niemand" in home("feed", "create", "--person", "niemand", code=2).err
    assert "--person" in home("feed", "create", code=2).err
    assert "feed" not in home("keys", "create", "--scope", "feed", "--lang", "en", code=2).err.partition("Possible")[2]
