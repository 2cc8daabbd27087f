"""The pages about what somebody should know or do: the morning, the team, the log of deliveries."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dashboard import say
from dashboard.answers.alerting import SAYS, STATES
from dashboard.shapes.asking import Reader, Refusal
from domain.alert import EVENTS, RULES
from projections import alerts
from projections.telling import SENTENCES
from tests.dashboard.reading import links_of, opened, text_of
from tests.dashboard.sample_attention import BERLIN, NOW
from words import translator
from words.names import ALERTS

REFUSAL = Refusal(("Das dürfen Sie nicht.",))


def test_every_rule_and_every_state_of_an_alert_has_words_in_both_languages():
    assert set(RULES) == set(ALERTS) == {name for name in SAYS if " " not in name}
    assert set(alerts.STATES) == set(STATES)
    assert set(STATES.values()) == set(say.DELIVERIES)
    assert {event.type_name for event in EVENTS} <= set(SENTENCES)
    german = translator("de")
    for words in (*ALERTS.values(), *SAYS.values(), *say.DELIVERIES.values()):
        assert german(words) != words


# -- morning --------------------------------------------------------------------------------------


def test_the_morning_has_the_most_urgent_alerts_first_and_counts_all(firm):
    app = opened("morning")
    text = text_of(app)
    assert "**Worauf Sie sonst noch hingewiesen wurden**\u2002:gray-badge[19]" in text
    told = text[text.index("Worauf Sie sonst noch") :]
    assert told.index("letzte Gelegenheit") < told.index("nachgefragt") < told.index("überfällig")
    assert "Alle 19 ansehen" in links_of(app)
    assert len([button for button in app.button if button.label == "Zur Kenntnis nehmen"]) == 5


def test_the_morning_marks_what_comes_late_was_passed_on_or_did_not_arrive(firm):
    text = text_of(opened("morning"))
    assert ":gray-badge[:material/history: kommt verspätet]" in text
    assert ":blue-badge[:material/forward_to_inbox: weitergegeben]\u2002:gray[Mehmet Kaya kennt ihn noch nicht" in text
    assert ":orange-badge[:material/error: nicht zustellbar]" in text
    assert "die Adresse gibt es nicht, oder sie nimmt nichts von uns an (smtp_550)" in text
    assert "Sevda Aydin weiß auch davon" in text


def test_the_morning_has_what_is_due_who_waits_and_what_we_wait_for(firm):
    text = text_of(opened("morning"))
    wide = ("Heute fällig", "Überfällig", "Wird knapp", "Wartet auf Antwort")
    narrow = ("Wiedergutmachung", "Nachfragen nach Lieferung", "Worauf wir warten", "Lange nichts gehört")
    for title in wide + narrow:
        assert f"**{title}**" in text
    assert "klappt in 4 von 10 Fällen, kein Plan B" in text
    assert "einmal nachgefragt" in text
    assert "Entschuldigung fehlt seit" in text
    assert "Nichts gehört seit 40 Tagen, sonst alle 3 Wochen." in text


def test_the_morning_speaks_english(firm):
    text = text_of(opened("morning", lang="en"))
    assert "My morning" in text
    assert "If it gets tight: give notice in time and name a date that you will keep." in text
    assert "Mehmet Kaya has not taken note yet" in text


def test_one_persons_morning_has_only_what_is_theirs(firm):
    app = opened("morning", owner="Sevda Aydin")
    text = text_of(app)
    assert "Donnerstag, 12. März 2026 · Sevda Aydin" in text
    assert " · Lutz Brandt" not in text
    app.selectbox(key="address_owner").set_value("Lutz Brandt").run()
    assert app.query_params["owner"] in ("Lutz Brandt", ["Lutz Brandt"])
    assert "12. März 2026 · Lutz Brandt" in text_of(app)


def test_got_it_takes_note_and_the_row_is_gone(firm):
    app = opened("morning")
    app.button(key="note_alert_0").click().run()
    assert firm.noted == {"alert-0"}
    assert ":gray-badge[18]" in text_of(app)


def test_put_off_with_a_reason_shows_until_when(firm):
    app = opened("morning")
    app.text_input(key="reason_alert_1").set_value("  Warte auf den  Großhändler ")
    app.button(key="until_tomorrow_alert_1").click().run()
    assert not app.exception
    assert firm.put_off_until == {"alert-1": (datetime(2026, 3, 13, 8, tzinfo=BERLIN), "Warte auf den Großhändler")}
    assert ":gray-badge[:material/snooze: aufgeschoben bis morgen 8\u00a0Uhr]" in text_of(app)


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("hour", NOW + timedelta(hours=1)),
        ("monday", datetime(2026, 3, 16, 8, tzinfo=BERLIN)),
        ("day", datetime(2026, 3, 24, 8, tzinfo=BERLIN)),
    ],
)
def test_it_is_put_off_for_an_hour_until_monday_or_a_day_of_ones_own(firm, name, until):
    app = opened("morning")
    app.date_input(key="day_alert_0").set_value(date(2026, 3, 24))
    app.button(key=f"until_{name}_alert_0").click().run()
    assert firm.put_off_until == {"alert-0": (until, None)}


def test_what_is_refused_is_said_in_a_sentence_once(firm):
    app = opened("morning")
    firm.refusing = REFUSAL
    app.button(key="note_alert_0").click().run()
    assert ":orange[:material/error:] Das dürfen Sie nicht." in text_of(app)
    assert "Das dürfen Sie nicht." not in text_of(app.run())


def test_an_empty_morning_says_what_to_do_next(empty_firm, monkeypatch):
    assert "`konto import DATEI`" in text_of(opened("morning"))
    assert "`konto import FILE`" in text_of(opened("morning", lang="en"))
    free = empty_firm.morning(Reader(None, "de", BERLIN), None)._replace(begun=True)
    monkeypatch.setattr(empty_firm, "morning", lambda reader, owner: free)
    assert "Nichts wartet auf Sie." in text_of(opened("morning"))


def test_a_firm_of_three_promises_has_a_short_morning(small_firm):
    app = opened("morning")
    assert "**Worauf Sie sonst noch hingewiesen wurden**\u2002:gray-badge[3]" in text_of(app)
    assert not [link for link in links_of(app) if link.startswith("Alle ")]


# -- team -----------------------------------------------------------------------------------------


def test_the_team_stands_by_name_with_what_is_open_and_who_stands_in(firm):
    app = opened("team")
    text = text_of(app)
    assert "**6** Hinweise  ·  **2** heute fällig  ·  **12** überfällig  ·  **1** offene Anfrage" in text
    assert ":blue-badge[:material/event_busy: abwesend, Sevda Aydin vertritt]" in text
    assert ":blue-badge[:material/event_busy: abwesend, niemand vertritt]" in text
    assert "**Noch in niemandes Hand**" in text
    names = [link for link in links_of(app) if link.startswith("**")]
    assert names == ["**Anton Ruf**", "**Mehmet Kaya**", "**Sevda Aydin**", "**Lutz Brandt**"]
    assert "%" not in text


def test_figures_of_each_are_shown_after_a_click_that_is_a_look(firm):
    app = opened("team")
    assert "Ausgleich, wenn zu viel auf einem liegt" in text_of(app)
    assert firm.seen_per_person == 0
    app.button(key="look_at_figures").click().run()
    assert firm.seen_per_person == 1
    assert "**84\u00a0%** pünktlich (letzte Zusage), 72\u00a0% zum ersten Termin" in text_of(app)
    assert "2 Personen werden nicht gezeigt" in text_of(app)
    app.run()
    assert firm.seen_per_person == 1, "the next page shows them no more"
    assert "%" not in text_of(app)


def test_the_team_speaks_english_and_refuses_in_words(firm):
    assert "**12** overdue" in text_of(opened("team", lang="en"))
    firm.refusing = REFUSAL
    assert "Das dürfen Sie nicht." in text_of(opened("team"))


def test_a_team_of_nobody_says_what_to_do_next(empty_firm):
    assert "`people.toml`" in text_of(opened("team"))


# -- deliveries -----------------------------------------------------------------------------------


def test_the_log_shows_figures_and_what_became_of_each_alert(firm):
    text = text_of(opened("deliveries"))
    assert ":small[:gray[Hinweise in 7 Tagen]]  \n**61**" in text
    assert "**3**\u2002:gray[der erste seit heute 5:40\u00a0Uhr]" in text
    assert "50 von 130, die neuesten zuerst." in text
    assert "angekommen per E-Mail heute 5:45\u00a0Uhr" in text
    assert "von jemand an diesem Rechner heute" in text
    assert "aus dem Grund webhook_gone" in text


def test_state_person_and_reason_in_the_address_narrow_the_log(firm):
    text = text_of(opened("deliveries", state="undeliverable", owner="Lutz Brandt", rule="unanswered"))
    assert "an Lutz Brandt\u2002:orange-badge[:material/error: nicht zustellbar]" in text
    assert "an Sevda Aydin" not in text
    assert "Kein Hinweis passt." in text_of(opened("deliveries", state="snoozed", owner="Sevda Aydin"))


def test_paused_channels_say_since_when_why_and_when_they_are_tried_again(firm):
    app = opened("deliveries")
    text = text_of(app)
    assert "E-Mail: seit heute 4:40\u00a0Uhr geht nichts hinaus" in text
    assert "Keine Verbindung. Von selbst wieder versucht: heute 8\u00a0Uhr." in text
    assert "Der Empfänger will nichts mehr von uns (http_410)" in text
    app.button(key="try_teams").click().run()
    assert firm.tried == ["teams"]
    assert "http_410" not in "".join(button.key or "" for button in app.button)
    assert [button.key for button in app.button if (button.key or "").startswith("try_")] == ["try_email"]


def test_what_did_not_arrive_is_sent_once_more_one_or_all_shown(firm):
    app = opened("deliveries", state="undeliverable", lang="en")
    rows = len([button for button in app.button if button.label == "Send once more"])
    app.button(key="again_0").click().run()
    assert len(firm.sent_again) == 1
    app.button(key="again_all").click().run()
    assert len(firm.sent_again) == rows


def test_an_empty_log_says_what_to_do_next(empty_firm):
    assert "`konto tick`" in text_of(opened("deliveries"))
