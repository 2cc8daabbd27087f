"""`konto tick` raises what somebody should know, once; `konto alerts list` shows what became of it."""

from __future__ import annotations

import pytest

from words import translator
from words.names import ALERTS

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
        ("last_call", "B-2", "lutz", 1),
        ("overdue", "B-1", "lutz", 1),
        ("trust_low", "K-08", "lutz", 1),
        ("due_soon", "B-2", "lutz", 1),
    ], "the most urgent first"
    assert "Aydin is waiting for: Angebot schicken" in raised[1]["text"]
    assert staffed("tick", "--json").json == []
    assert staffed("tick").out == "Nichts Neues zu melden.\n"


def test_the_message_comes_in_the_language_asked_for(staffed):
    german = staffed("tick", "--json", "--lang", "de").json
    assert german[1]["text"].startswith("Aydin wartet auf: Angebot schicken.")


def test_a_tick_for_an_earlier_moment_raises_what_held_then(staffed):
    assert staffed("tick", "--at", "2026-03-09T11:59:00+01:00", "--json").json != []
    later = staffed("tick", "--at", "2026-03-09T12:00:00+01:00", "--json").json
    assert [(each["rule"], each["subject"]) for each in later] == [("overdue", "B-1"), ("trust_low", "K-08")]


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
    assert "Für lutz: Aydin wartet auf: Angebot schicken." in staffed("tick").out
    (konto.home / "people.toml").write_text("", encoding="utf-8")
    konto.later(days=1)
    assert "Nobody is reachable: Aydin is waiting for: Angebot" in konto("tick", "--lang", "en").out


def test_the_list_names_promise_customer_recipient_and_state(staffed):
    staffed("tick")
    rows = staffed("alerts", "list", "--json").json
    assert {(row["rule"], row["subject"], row["customer"], row["recipient"], row["state"]) for row in rows} == {
        ("overdue", "B-1", "K-08", "Lutz Brandt", "raised"),
        ("due_soon", "B-2", "K-08", "Lutz Brandt", "raised"),
        ("last_call", "B-2", "K-08", "Lutz Brandt", "raised"),
        ("trust_low", "K-08", "K-08", "Lutz Brandt", "raised"),
    }
    assert staffed("alerts", "list", "--state", "delivered", "--json").json == []
    assert "raised, failing" in staffed("alerts", "list", "--state", "sent", code=2).err
    text = staffed("alerts", "list").out
    assert text.endswith("4 Hinweise.\n")
    assert translator("de").gettext(ALERTS["last_call"]) in text


# -- what people do about it ------------------------------------------------------------------------------


def first(staffed, rule: str) -> dict[str, object]:
    staffed("tick")
    return next(row for row in staffed("alerts", "list", "--json").json if row["rule"] == rule)


def named(staffed, alert: object) -> dict[str, object]:
    return next(row for row in staffed("alerts", "list", "--json").json if row["alert"] == alert)


def test_alerts_are_taken_note_of_by_the_beginning_of_their_id(staffed):
    alert = str(first(staffed, "overdue")["alert"])
    assert staffed("alerts", "ack", alert[:14], "--json").json == [alert]
    assert named(staffed, alert)["state"] == "acknowledged"
    assert staffed("alerts", "ack", alert, "--json").json == []
    assert staffed("alerts", "ack", alert).out == "Zur Kenntnis genommen: 0.\n"


def test_an_alert_is_put_off_with_a_reason(staffed):
    alert = str(first(staffed, "overdue")["alert"])
    until = "2026-03-12T14:00:00Z"
    staffed("alerts", "snooze", alert, "--until", until, "--reason", "Ruft um zwei zurück")
    row = named(staffed, alert)
    assert (row["state"], row["snoozed_until"]) == ("snoozed", until)
    assert "zwei" not in staffed("alerts", "list", "--json").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ack"], "Bitte die Hinweise nennen"),
        (["ack", "alert-gibtesnicht"], "gibt es hier nicht"),
        (["ack", "alert-"], "Anfang mehrerer Hinweise"),
        (["retry", "{alert}"], "nicht unzustellbar"),
        (["snooze", "{alert}", "--until", "2026-03-12T08:00:00+01:00"], "schon vorbei"),
        (["snooze", "{alert}", "--until", "2026-05-12"], "höchstens um 30 Tage"),
        (["resume", "email"], "nicht ausgesetzt"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(staffed, arguments: list[str], said: str):
    alert = str(first(staffed, "overdue")["alert"])
    answer = staffed("alerts", *(each.format(alert=alert) for each in arguments), code=2)
    assert said in answer.err


def test_what_reached_nobody_is_sent_once_more(told):
    told("tick")
    lost = {row["alert"] for row in told("alerts", "list", "--state", "undeliverable", "--json").json}
    assert lost
    assert set(told("alerts", "retry", "--undeliverable", "--json").json) == lost
    assert told("alerts", "retry", "--undeliverable", "--json").json == []


def test_channels_that_work_are_said_to_work(staffed):
    assert staffed("alerts", "channels", "--json").json == []
    assert "Alle Wege funktionieren" in staffed("alerts", "channels").out
