"""The audit page: any moment by two times, how the account stood, who was told, what came to light later."""

from __future__ import annotations

from datetime import date

import pytest

from domain.alert import EVENTS
from projections.telling import BECAME
from tests.dashboard.reading import links_of, opened, text_of
from words import translator


def test_whatever_becomes_of_an_alert_has_words_in_both_languages():
    assert {event.type_name for event in EVENTS} - set(BECAME) == {"alert.raised"}
    german = translator("de")
    assert all(german(words) != words for words in BECAME.values())


def test_the_audit_shows_both_times_and_what_counts_no_longer(firm):
    text = text_of(opened("timeline", customer="K-0"))
    assert "**Fr., 6. März, 16 Uhr**  \n:gray[erst Mo., 9. März, 9 Uhr erfasst]" in text
    assert "~~Zugesagt: Rückruf~~" in text
    badge = ":gray-badge[:material/undo: Fehleingabe]\u2002zurückgezogen Mo., 9. März, 10:30 Uhr: Doppelt eingetragen"
    assert badge in text
    assert "wartet wieder auf das, wozu es gehört" in text
    assert "Sevda Aydin · crm:C-17/a" in text
    assert "50 von 65, das Letzte zuerst. Durchgestrichen: 1 Fehleingabe; sie zählt nirgends." in text
    assert "Das haben wir erst später erfahren" not in text


def test_an_alert_says_for_whom_it_was_when_it_arrived_and_what_was_done(firm):
    text = text_of(opened("timeline", customer="K-0"))
    assert ":material/notifications: Hinweis: bald fällig:gray[ · an Lutz Brandt]" in text
    assert (
        ":material/subdirectory_arrow_right: an Lutz Brandt zugestellt :gray[gestern 8:01 Uhr]"
        " · Lutz Brandt hat es zur Kenntnis genommen :gray[gestern 9:05 Uhr]"
    ) in text


def test_the_account_stands_beside_it_with_what_was_open(firm):
    app = opened("timeline", customer="K-0", as_of="2026-03-05")
    text = text_of(app)
    assert "**Wie stand das Konto?**" in text
    assert [(metric.label, metric.value) for metric in app.metric] == [("Kontostand", "17,5")]
    assert "**gefestigt**" in text
    assert "Beruht auf 38 Zusagen. Sicher zwischen 79 und 93 %." in text
    assert "**6 Zusagen offen**  \n:small[Angebot *Wärmepumpe* :gray[· bis 24. März, 12 Uhr]]" in text
    assert "überfällig seit" in text
    assert "und 4 weitere" in text
    assert "**1 Anfrage unbeantwortet**" in text


def test_what_was_known_on_an_earlier_day_has_neither_the_retraction_nor_what_came_late(firm):
    text = text_of(opened("timeline", customer="K-0", known_on="2026-03-08"))
    assert "Was wir am Sonntag, 8. März 2026 wussten" in text
    assert "~~" not in text
    later, shown = text.index("Das haben wir erst später erfahren"), text.index("Rückruf: erfüllt")
    assert later < text.index("Wärmepumpe*: verschoben") < shown
    assert "Wärmepumpe*: verschoben" not in text[shown:]


def test_what_we_learned_only_later_is_named_in_a_sentence_with_what_it_changed(firm):
    text = text_of(opened("timeline", customer="K-0", known_on="2026-03-08"))
    assert "3 Einträge wurden erst nach dem 8. März erfasst." in text
    assert "1 Eintrag, der da noch zählte, wurde später zurückgezogen." in text
    assert "Nach damaligem Wissen ist der Kontostand 6,2, nach heutigem 6,5." in text
    english = text_of(opened("timeline", customer="K-0", known_on="2026-03-08", lang="en"))
    assert "We learned this only later" in english


def test_the_world_of_an_earlier_day_ends_with_that_day_and_asks_what_was_known_on_it(firm):
    app = opened("timeline", customer="K-0", as_of="2026-03-05")
    assert "Stand vom Donnerstag, 5. März 2026, nach heutigem Wissen" in text_of(app)
    assert "**Fr., 6. März" not in text_of(app)
    app.button(key="choose_known_on_2026-03-05").click().run()
    text = text_of(app)
    assert "Stand vom Donnerstag, 5. März 2026, wie wir es am Donnerstag, 5. März 2026 wussten" in text


def test_a_day_on_the_line_goes_into_the_address_and_today_leaves_it(firm):
    app = opened("timeline", customer="K-0")
    line = app.slider(key="address_line_known_on")
    assert line.value == date(2026, 3, 12)
    line.set_value(date(2026, 3, 8)).run()
    assert app.query_params["known_on"] in ("2026-03-08", ["2026-03-08"])
    assert app.date_input(key="address_known_on").value == date(2026, 3, 8)
    app.date_input(key="address_known_on").set_value(date(2026, 3, 7)).run()
    assert app.slider(key="address_line_known_on").value == date(2026, 3, 7)
    app.slider(key="address_line_known_on").set_value(date(2026, 3, 6)).run()
    app.button(key="leave_as_of").click().run()
    assert "known_on" not in app.query_params, "also right after the line was moved"
    assert app.slider(key="address_line_known_on").value == date(2026, 3, 12)


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "2026-03-12", "2031-01-01"])
def test_a_day_that_is_none_or_not_yet_over_shows_what_is_known_now(firm, day):
    assert "Alles, was jetzt bekannt ist" in text_of(opened("timeline", customer="K-0", as_of=day))


def test_before_the_first_fact_nothing_was_known(firm):
    text = text_of(opened("timeline", customer="K-0", as_of="2019-01-01"))
    assert text.count("Zu dieser Zeit war noch nichts bekannt.") == 2


def test_entries_are_narrowed_by_kind_and_to_one_promise(firm):
    app = opened("timeline", customer="K-0", kind="alerts")
    assert "1 von 1, das Letzte zuerst." in text_of(app)
    app.button(key="only_0").click().run()
    assert app.query_params["thing"] in ("promise-4", ["promise-4"])
    assert "kind" not in app.query_params
    text = text_of(app)
    assert "2 von 2, das Letzte zuerst." in text
    assert "Rückruf" not in text[text.index("Hinweis: bald fällig") :]
    app.button(key="narrowed_thing").click().run()
    assert "50 von 65" in text_of(app)
    assert "Nichts dieser Art zu dieser Zeit." in text_of(opened("timeline", customer="K-0", kind="incidents"))


def test_it_leads_to_the_account_and_can_be_taken_along(firm):
    app = opened("timeline", customer="K-0")
    assert "Zum Konto" in links_of(app)
    assert [button.proto.label for button in app.get("download_button")] == ["Als Tabelle", "Als JSON", "Als PDF"]


def test_without_a_customer_it_asks_whose_and_an_unknown_one_is_named(firm):
    assert "Von wem?" in text_of(opened("timeline"))
    assert "Es gibt keinen Kunden „K-999“." in text_of(opened("timeline", customer="K-999"))


def test_a_line_that_was_just_moved_stays_though_the_browser_still_says_the_day_of_before(firm):
    app = opened("timeline", customer="K-0", known_on="2026-03-10")
    app.slider(key="address_line_known_on").set_value(date(2026, 3, 8)).run()
    app.query_params["known_on"] = "2026-03-10"
    app.run()
    assert app.query_params["known_on"] in ("2026-03-08", ["2026-03-08"])
    assert app.slider(key="address_line_known_on").value == date(2026, 3, 8)
    app.query_params["known_on"] = "2026-03-02"
    app.run()
    assert app.slider(key="address_line_known_on").value == date(2026, 3, 2)
