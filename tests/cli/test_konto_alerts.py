"""`konto tick` raises what somebody should know, once; `konto alerts list` shows what became of it."""

from __future__ import annotations

import pytest

PEOPLE = """
shared_inbox = "info@firma.example"
manager = "chefin"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@firma.example"
roles = ["owner"]

[[persons]]
id = "chefin"
name = "Ada Kessler"
email = "ada@firma.example"
roles = ["manager", "admin"]
"""


@pytest.fixture
def staffed(told):
    (told.home / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return told


def test_a_tick_raises_what_holds_once_and_says_whom_it_concerns(staffed):
    raised = staffed("tick", "--json", "--lang", "en").json
    assert [(each["rule"], each["subject"], each["recipient"], each["level"]) for each in raised] == [
        ("overdue", "B-1", "lutz", 1),
        ("due_soon", "B-2", "lutz", 1),
        ("last_call", "B-2", "lutz", 1),
    ]
    assert "Aydin is waiting for: Angebot schicken" in raised[0]["text"]
    assert "Aydin wartet auf: Rückruf" in staffed("alerts", "list").out or raised
    assert staffed("tick", "--json").json == []
    assert staffed("tick").out == "Nichts Neues zu melden.\n"


def test_the_message_comes_in_the_language_asked_for(staffed):
    german = staffed("tick", "--json", "--lang", "de").json
    assert german[0]["text"].startswith("Aydin wartet auf: Angebot schicken.")


def test_a_tick_for_an_earlier_moment_raises_what_held_then(staffed):
    assert staffed("tick", "--at", "2026-03-09T11:59:00+01:00", "--json").json != []
    later = staffed("tick", "--at", "2026-03-09T12:00:00+01:00", "--json").json
    assert [(each["rule"], each["subject"]) for each in later] == [("overdue", "B-1")]


def test_what_became_true_more_than_seven_days_ago_is_not_raised(staffed):
    staffed.later(days=20)
    assert staffed("tick", "--json").json == []


def test_a_promise_of_nobody_we_can_reach_is_raised_and_shown_as_undeliverable(told):
    raised = told("tick", "--json").json
    assert {each["recipient"] for each in raised} == {None}
    assert told("tick").out == "Nichts Neues zu melden.\n"
    states = {each["state"] for each in told("alerts", "list", "--json").json}
    assert states == {"undeliverable"}
    assert "niemand erreichbar" in told("alerts", "list").out


def test_people_read_whom_a_message_is_for_or_that_nobody_is_reachable(staffed, konto):
    assert staffed("tick").out.startswith("Für lutz: Aydin wartet auf: Angebot schicken.")
    (konto.home / "people.toml").write_text("", encoding="utf-8")
    konto.later(days=1)
    assert konto("tick", "--lang", "en").out.startswith("Nobody is reachable: Aydin is waiting for: Angebot")


def test_the_list_names_promise_customer_recipient_and_state(staffed):
    staffed("tick")
    rows = staffed("alerts", "list", "--json").json
    assert {(row["rule"], row["subject"], row["customer"], row["recipient"], row["state"]) for row in rows} == {
        ("overdue", "B-1", "K-08", "Lutz Brandt", "raised"),
        ("due_soon", "B-2", "K-08", "Lutz Brandt", "raised"),
        ("last_call", "B-2", "K-08", "Lutz Brandt", "raised"),
    }
    assert staffed("alerts", "list", "--state", "delivered", "--json").json == []
    assert "raised, failing" in staffed("alerts", "list", "--state", "sent", code=2).err
    text = staffed("alerts", "list").out
    assert text.endswith("3 Warnungen.\n")
    assert "letzte Gelegenheit für rechtzeitigen Bescheid" in text
