"""Changing what steers the firm, in the pages: try, a second look, publish once; a proposal; people and hours."""

from __future__ import annotations

from datetime import date

from streamlit.testing.v1 import AppTest

from domain.rulebook import default_text
from tests.dashboard.reading import links_of, opened, text_of
from tests.dashboard.sample_steering import TODAY

OTHER = TODAY.replace("broken = -8", "broken = -10")


def _tried(text: str, **address: str) -> AppTest:
    app = opened("what-if", **address)
    app.text_area(key="rulebook_field").set_value(text).run()
    return app.button(key="reckon").click().run()


def test_a_rulebook_is_published_only_after_it_was_tried_and_looked_at_a_second_time(firm):
    app = opened("what-if")
    assert "gelten lassen" not in text_of(app)
    app = _tried(OTHER)
    assert "**Dieses Regelwerk gelten lassen**" in text_of(app)
    app.button(key="publish_rulebook").click().run()
    text = text_of(app)
    assert "**Gelten würde das sofort.** Was davor war, bleibt, wie es ist." in text
    assert "1 Wert ändert sich:  \n:gray[Zusagen] · Gar nicht gehalten: −8 → **−10**" in text
    assert firm.published == []
    app.button(key="sure_rulebook").click().run()
    assert firm.published == [("rulebook", OTHER, None)]
    assert "**Veröffentlicht; gilt von jetzt an.**" in text_of(app)
    assert "Veröffentlicht;" not in text_of(app.run())


def test_the_day_from_which_it_counts_can_be_chosen_and_not_yet_leaves_everything(firm):
    app = _tried(OTHER, lang="en")
    app.segmented_control(key="when_rulebook").set_value("later").run()
    assert app.date_input(key="day_rulebook").value == date(2026, 3, 13)
    app.date_input(key="day_rulebook").set_value(date(2026, 4, 1)).run()
    app.button(key="publish_rulebook").click().run()
    assert "It would count from Wednesday, 1 April 2026 on." in text_of(app)
    app.button(key="not_yet_rulebook").click().run()
    assert firm.published == []
    app.button(key="publish_rulebook").click().run()
    app.button(key="sure_rulebook").click().run()
    assert firm.published == [("rulebook", OTHER, date(2026, 4, 1))]
    assert "Published. It counts from Wednesday, 1 April 2026 on." in text_of(app)


def test_another_text_than_the_one_tried_and_todays_cannot_be_published(firm):
    app = _tried(OTHER)
    app.button(key="publish_rulebook").click().run()
    app.text_area(key="rulebook_field").set_value(default_text()).run()
    assert "gelten lassen" not in text_of(app)
    app = _tried(TODAY)
    assert "Das ist der Text, der heute gilt." in text_of(app)
    assert not [button for button in app.button if button.key == "publish_rulebook"]


def test_who_may_not_publish_can_try_and_is_not_offered_more(firm):
    firm.may_publish = False
    assert "gelten lassen" not in text_of(_tried(OTHER))
    assert not [button for button in opened("people").get("segmented_control")]


# -- proposal -------------------------------------------------------------------------------------


def test_weights_are_proposed_when_asked_with_evidence_and_worth_and_go_into_the_editor(firm):
    app = opened("rules")
    assert "Angepasst an 412" not in text_of(app)
    app.button(key="propose").click().run()
    text = text_of(app)
    assert "**Angepasst an 412 Fälle vor dem 3. Januar.** Also sagen sie mehr." in text
    rows = [" ".join(map(str, row)) for table in app.table for row in table.value.to_numpy()]
    assert any("Gar nicht gehalten" in row and "−8,00 **−9,25**" in row for row in rows)
    assert next(each.label for each in app.expander) == "1 Gewicht bleibt, wie es ist"
    app.button(key="take_proposal").click().run()
    assert app.session_state["rulebook_text"].count("broken = -9.25") == 1


def test_a_proposal_can_be_left_and_is_still_a_start_for_a_text(firm):
    app = opened("rules")
    app.button(key="propose").click().run()
    app.button(key="leave_proposal").click().run()
    assert "Angepasst an 412" not in text_of(app)
    app = opened("what-if")
    app.button(key="start_proposed").click().run()
    assert "broken = -9.25" in app.text_area(key="rulebook_field").value


def test_of_too_little_nothing_is_proposed_and_it_says_so(empty_firm):
    app = opened("rules")
    app.button(key="propose").click().run()
    assert "Die Kunden haben noch nichts gesagt." in text_of(app)
    assert "Die Kunden haben noch nichts gesagt." not in text_of(app.run())


def test_the_rulebook_leads_to_where_it_is_changed(firm):
    assert "Regelwerk ändern" in links_of(opened("rules"))


# -- people and hours -----------------------------------------------------------------------------


def test_people_and_hours_are_shown_in_words(firm):
    text = text_of(opened("people"))
    assert "**Lutz Brandt**  \n:gray[hält Zusagen, leitet, betreut Zugänge und Schlüssel]" in text
    assert ":blue-badge[:material/event_busy: abwesend bis 20. März]" in text
    assert "Sevda Aydin vertritt · abwesend 3. Aug. bis 14. Aug." in text
    assert ":orange-badge[:material/error: nicht zu erreichen]" in text
    assert "**Mo bis Do**\u200208:00–12:00 und 13:00–17:00" in text
    assert "**Mo bis So**\u200200:00–24:00" in text
    assert "3. Aug. bis 21. Aug. :gray[Betriebsferien]" in text
    assert "noch ohne Leitung · dann Lutz Brandt · Zeiten: notdienst" in text
    assert "Gesetzliche Feiertage: DE-BW. Uhrzeit: Europe/Berlin." in text


def test_people_are_changed_with_findings_and_published_once(firm):
    app = opened("people", change="people", lang="en")
    field = app.text_area(key="people_field")
    field.set_value("[[persons]]\nid = 3\n").run()
    app.button(key="check_people").click().run()
    assert "**To put right**" in text_of(app)
    assert "Let this text about the people count" not in text_of(app)
    good = '[[persons]]\nid = "ines"\nname = "Ines Vogt"\n'
    app.text_area(key="people_field").set_value(good).run()
    app.button(key="check_people").click().run()
    app.button(key="publish_people").click().run()
    app.button(key="sure_people").click().run()
    assert firm.published == [("people", good, None)]


def test_an_empty_firm_is_told_what_is_missing_and_what_to_do(empty_firm):
    text = text_of(opened("people"))
    assert "Noch ist niemand genannt; darum darf ein Mensch an diesem Rechner alles." in text
    assert 'Setzen Sie es in den Kalendern, etwa land = "BW"' in text
