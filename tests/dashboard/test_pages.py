"""What the pages say, run by Streamlit's own test runner over an invented firm."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.look import plain
from dashboard.shapes.asking import Reader, Refusal
from dashboard.views.customers import every
from domain.rulebook import default_text
from tests.dashboard.reading import APP
from tests.dashboard.reading import opened as _open
from tests.dashboard.reading import text_of as _text
from tests.dashboard.sample import BERLIN
from words import translator

FORBIDDEN = re.compile(r"\b(KPIs?|SLAs?|tickets?|scores?)\b", re.IGNORECASE)


def test_the_overview_shows_both_rates_with_interval_and_what_they_rest_on(firm):
    text = _text(_open())
    assert "Pünktlich, letzte Zusage 87\u00a0% −4 Punkte" in text
    assert "Pünktlich, erste Zusage 79\u00a0% −6 Punkte" in text
    assert "Sicher zwischen 82 und 91\u00a0%." in text
    assert "Beruht auf 214 Zusagen." in text


def test_the_overview_is_english_when_the_address_asks_for_it(firm):
    text = _text(_open(lang="en"))
    assert "On time, last promise 87% −4 points" in text
    assert "15 December 2025 to 12 March 2026, compared with 15 September to 11 December 2025" in text


@pytest.mark.parametrize(
    ("period", "begins"),
    [("4w", "16. Februar"), ("13w", "15. Dezember 2025"), ("52w", "17. März 2025"), ("quarter", "1. Januar")],
)
def test_the_period_in_the_address_decides_where_the_overview_begins(firm, period, begins):
    assert f"{begins} bis 12. März 2026" in _text(_open(period=period))


def test_a_nonsense_period_in_the_address_is_the_usual_one(firm):
    assert "15. Dezember 2025 bis" in _text(_open(period="-1; drop"))


def test_every_figure_of_the_overview_has_its_definition(firm):
    metrics = _open().metric
    assert len(metrics) > 15
    assert all(metric.help for metric in metrics)


def test_the_overview_names_the_four_promises_overdue_longest_and_counts_all(firm):
    text = _text(_open())
    assert "**Was ist überfällig?**\u2002:gray-badge[11]" in text
    assert text.count("seit 2 Tagen · ") == 4


def test_alerts_say_about_whom_to_whom_and_whether_they_arrived(firm):
    text = _text(_open())
    assert "Sevda Aydin\u2002:orange-badge[:material/sync_problem: nicht zugestellt, wird erneut versucht]" in text
    assert ":orange-badge[:material/error: nicht zustellbar]" in text


def test_an_empty_firm_is_told_what_to_do_next(empty_firm):
    assert "`konto import DATEI`" in _text(_open())
    assert "`konto capture TEXT`" in _text(_open("promises"))
    for page in ("account", "adviser", "contacts", "incidents", "suppliers", "timeline"):
        assert "`konto import DATEI`" in _text(_open(page))


def test_the_list_of_promises_has_pages_of_50_with_the_most_urgent_first(firm):
    text = _text(_open("promises"))
    assert "130 offen, davon 11 überfällig" in text
    assert "50 von 130, die dringendsten zuerst. Stand heute 7:40 Uhr." in text
    assert text.index("seit 2 Tagen") < text.index("morgen") < text.index("bald fällig ab")


def test_the_third_page_of_promises_has_the_rest(firm):
    assert "30 von 130" in _text(_open("promises", page="3"))


@pytest.mark.parametrize("page", ["0", "4", "-1", "x"])
def test_a_page_that_does_not_exist_is_the_first(firm, page):
    assert "50 von 130" in _text(_open("promises", page=page))


def test_state_owner_and_kind_in_the_address_narrow_the_list(firm):
    text = _text(_open("promises", state="overdue", owner="Lutz Brandt", kind="price"))
    rows = [line for line in text.splitlines() if ":orange-badge" in line]
    assert rows
    assert all("Preis · Lutz Brandt" in row and "überfällig" in row for row in rows)


def test_a_new_filter_goes_into_the_address_and_leaves_the_page(firm):
    app = _open("promises", page="3")
    app.selectbox(key="address_owner").set_value("Lutz Brandt").run()
    assert app.query_params["owner"] in ("Lutz Brandt", ["Lutz Brandt"])
    assert "page" not in app.query_params
    app.selectbox(key="address_owner").set_value("").run()
    assert "owner" not in app.query_params


def test_a_customers_page_shows_balance_stage_buffer_and_sensitivity(firm):
    text = _text(_open("account", customer="K-0"))
    assert "Petra Meier" in text
    assert "Kunde seit 2019 · zuständig Lutz Brandt, Vertretung Sevda Aydin" in text
    assert "Kontostand 23 −5 seit 16. Feb." in text
    assert "**gefestigt**" in text
    assert "**5 Abbuchungen**" in text
    assert "Abbuchungen zählen 1,3-fach. Gelernt aus 4 Reaktionen." in text


def test_what_presses_comes_before_everything_else_on_a_customers_page(firm):
    text = _text(_open("account", customer="K-0"))
    assert text.index("Bevor Sie anrufen") < text.index("Kontoauszug")
    assert "**Mo., 2. März** :gray[vor 10 Tagen]" in text or "**2. März** :gray[vor 10 Tagen]" in text
    assert "üblich: alle 21 Tage" in text
    assert "**Lutz Brandt** :gray[seit 3. Mai 2025]" in text
    assert "davor: Ines Kern" in text


def test_the_statement_adds_up_to_the_hundredth(firm):
    app = _open("account", customer="K-0")
    table = app.table[0].value
    balances = table["Kontostand"].dropna().tolist()
    posted = table["Abbuchung"].fillna(0).sum() + table["Gutschrift"].fillna(0).sum()
    assert balances[0] + posted == balances[-1]
    assert table["Vorgang"].iloc[0] == "**Alter Kontostand**"
    assert table["Vorgang"].iloc[-1] == "**Neuer Kontostand**"


def test_the_statement_says_how_much_was_recorded_by_mistake(firm):
    assert "1 Fehleingabe zählt nirgends; die Zeitlinie zeigt sie." in _text(_open("account", customer="K-0"))


def test_why_the_balance_fell_is_said_with_days_and_points(firm):
    text = _text(_open("account", customer="K-0"))
    assert "Er fiel um 11 Punkte:" in text
    assert "**3. März** die Therme kam zwei Tage zu spät (−4)" in text
    assert "**6. März** der Bescheid kam erst nach dem Termin (−3)" in text


def test_of_a_newcomer_nothing_is_claimed(firm):
    text = _text(_open("account", customer="K-9"))
    assert "Noch keine Aussage: keine Zusage war fällig." in text
    assert "%" not in text.replace("{", "")


def test_an_unknown_customer_is_named_and_not_an_error(firm):
    assert "Es gibt keinen Kunden „K-999“." in _text(_open("account", customer="K-999"))


# -- customers ------------------------------------------------------------------------------------


def test_a_customer_is_found_by_a_part_of_the_name_and_the_search_stays_in_the_address(firm):
    app = _open("account")
    app.text_input(key="address_text").set_value("wolf").run()
    assert _text(app).count(" Punkte**") == 1
    assert app.query_params["text"] in ("wolf", ["wolf"])


def test_the_list_of_customers_begins_with_the_lowest_balance(firm):
    text = _text(_open("account"))
    assert text.index("−17 Punkte") < text.index("−8 Punkte") < text.index("20 Punkte")
    assert "14 von 14, der niedrigste Kontostand zuerst. Von 3 Kunden haben wir lange nichts gehört." in text


def test_the_list_of_customers_begins_with_whoever_fell_most_or_has_the_thinnest_buffer(firm):
    fell = _open("account", order="change")
    text = _text(fell)
    assert text.index("−12 in 30 Tagen") < text.index("−11 in 30 Tagen") < text.index("+1 in 30 Tagen")
    assert "14 von 14, wer in 30 Tagen am meisten verloren hat zuerst." in text
    thin = _text(_open("account", order="buffer", lang="en"))
    assert thin.index("no buffer") < thin.index("buffer 1 withdrawal") < thin.index("buffer 5 withdrawals")
    assert "14 of 14, the thinnest buffer first." in thin
    (explained,) = [each.help for each in fell.markdown if each.help]
    assert "**Polster**: wie viele übliche Abbuchungen" in explained


def test_every_account_in_the_list_has_a_line_of_the_last_weeks_that_can_be_read_aloud(firm):
    drawn = [each.proto.body for each in _open("account").get("html") if "<img" in each.proto.body]
    assert len(drawn) == 14
    assert any('alt="Kontostand der letzten 13 Wochen: erst 36 Punkte, jetzt 23 Punkte."' in each for each in drawn)


def test_silence_and_missed_habits_are_said_with_what_is_usual(firm):
    text = _text(_open("account", order="silent"))
    assert "Nichts gehört seit 74 Tagen, sonst alle 3 Wochen." in text
    assert "Nichts gehört seit 62 Tagen." in text
    assert "Noch nie etwas gehört, seit wir uns kennen." in text
    assert "Ausgeblieben seit 5. Jan.: eine Zusatzleistung, sonst alle 4 Wochen." in text
    assert text.count(" Punkte**") == 4


@pytest.mark.parametrize(
    ("days", "german", "english"),
    [
        (1, "jeden Tag", "every day"),
        (9, "alle 9 Tage", "every 9 days"),
        (20, "alle 3 Wochen", "every 3 weeks"),
        (91, "alle 3 Monate", "every 3 months"),
    ],
)
def test_how_often_something_comes_is_said_as_people_say_it(days, german, english):
    assert (every(days, translator("de")), every(days, translator("en"))) == (german, english)


def test_of_a_customer_of_few_promises_no_reliability_is_claimed(firm):
    text = _text(_open("account", text="Albrecht"))
    assert "Verlässlichkeit noch offen, 3 Zusagen" in text
    assert "%" not in text


def test_the_account_names_duplicates_open_questions_and_the_steps_of_recovery(firm):
    text = _text(_open("account", customer="K-0"))
    assert "zusammengeführt mit P. Meier, Meier, Petra" in text
    assert "**Wartet auf Antwort**" in text
    text = _text(_open("account", customer="K-4"))
    assert "**Wiedergutmachung**\u2002:gray-badge[1]" in text
    assert ":orange[:material/error: **Entschuldigung** seit 6 Tagen]" in text


# -- contacts -------------------------------------------------------------------------------------


def test_contacts_show_three_figures_with_what_they_rest_on(firm):
    text = _text(_open("contacts"))
    assert "Erste Antwort 1 Std. 55 Min." in text
    assert "9 von 10 in 6 Std. 53 Min." in text
    assert "Beruht auf 216 Anfragen." in text
    assert "Rechtzeitig beantwortet 88\u00a0%" in text
    assert "Nachgefragt 4\u00a0%" in text
    assert "Beruht auf 257 Kontakten." in text


def test_open_questions_stand_first_the_longest_overdue_before_all(firm):
    text = _text(_open("contacts"))
    assert "15 offene Anfragen, 15 nie beantwortet seit 11. Dez. 2025" in text
    assert "15 von 15, die dringendsten zuerst." in text
    assert text.index("**seit 17 Tagen**") < text.index("**bis morgen") < text.index("**ohne Frist**")
    assert ":orange-badge[:material/repeat: einmal nachgefragt]" in text
    assert ":orange-badge[:material/repeat: 2-mal nachgefragt]" in text


def test_all_contacts_are_listed_the_newest_first_with_what_became_of_them(firm):
    text = _text(_open("contacts", state="all"))
    assert "50 von 90, die neuesten zuerst." in text
    assert "Antwort nach 31 Std." in text
    assert "wartet seit" in text
    assert "von uns" in text


def test_state_owner_and_channel_in_the_address_narrow_the_contacts(firm):
    text = _text(_open("contacts", state="answered", owner="Sevda Aydin", channel="phone"))
    rows = [line for line in text.splitlines() if "rechtzeitig beantwortet]" in line]
    assert rows
    assert all("am Telefon · Sevda Aydin" in row for row in rows)


def test_contacts_of_one_customer_say_so_and_can_be_widened(firm):
    app = _open("contacts", customer="K-0", page="2")
    assert app.button(key="narrowed_customer").label == "Nur Petra Meier"
    app.button(key="narrowed_customer").click().run()
    assert "customer" not in app.query_params


# -- incidents ------------------------------------------------------------------------------------


def test_incidents_show_three_figures_with_what_they_rest_on(firm):
    text = _text(_open("incidents"))
    assert "Bis es in Ordnung war 31 Std." in text
    assert "Schritte rechtzeitig 47\u00a0%" in text
    assert "Beruht auf 79 Vorfällen." in text
    assert "Vertrauen kam zurück 70\u00a0%" in text


def test_a_recovery_shows_what_is_done_what_is_due_and_what_is_missing(firm):
    text = _text(_open("incidents"))
    assert ":green[:material/check_circle:]\u00a0Grund" in text
    assert ":orange[:material/error:\u00a0**Neue\u00a0Chance**\u00a0seit\u00a011\u00a0Tagen]" in text
    assert ":gray[:material/radio_button_unchecked:\u00a0Gespräch]" in text
    assert "Neue Chance fehlt" in text
    assert "die Uhr steht still" in text


def test_a_closed_incident_says_which_steps_were_left_out(firm):
    text = _text(_open("incidents", state="closed"))
    assert ":gray[:material/do_not_disturb_on:\u00a0Gespräch]" in text
    assert ":orange[(zu\u00a0spät)]" in text


def test_incidents_of_one_supplier_can_be_asked_for(firm):
    app = _open("incidents", supplier="Thermotec", state="all")
    text = _text(app)
    assert app.button(key="narrowed_supplier").label == "Nur Lieferant Thermotec"
    assert "15 von 15" in text
    assert text.count("Lieferant Thermotec") == 15


# -- the firm's clock ---------------------------------------------------------------------------------


def test_where_the_firms_clock_shows_another_time_each_moment_says_it_on_hover(firm, monkeypatch):
    at_home = _text(_open("promises"))
    assert ":help[" not in at_home
    here = firm.firm
    monkeypatch.setattr(firm, "firm", lambda reader: here(reader)._replace(zone=ZoneInfo("America/New_York")))
    found = re.findall(
        r"([^*\n]*)\u00a0:help\[([^\]]*)\]", "\n".join(each.value for each in _open("promises").markdown)
    )
    assert len(found) > 50
    assert found[0] == ("Mo., 9. März, 8 Uhr", "Auf der Uhr des Betriebs\\: Montag, 9. März 2026, 3 Uhr")
    assert not any(re.search(r"(?<!\\):", theirs) for _, theirs in found), "what the reader would see empty"


def test_on_no_page_does_the_sign_of_the_firms_clock_stand_there_as_it_is(firm, monkeypatch):
    here = firm.firm
    monkeypatch.setattr(firm, "firm", lambda reader: here(reader)._replace(zone=ZoneInfo("America/New_York")))
    what_if = _typed(default_text(), "reckon")
    for app in (what_if, *(_open(page) for page in ("", "morning", "timeline", "operations", "deliveries", "team"))):
        said = [each.value for each in app.markdown] + [link.proto.label for link in app.get("page_link")]
        assert [each for each in said if "\\:help" in each] == []
    assert any(":help[" in each.value for each in what_if.markdown)


def test_on_a_clock_that_shows_the_same_time_nothing_is_added_though_the_zone_has_another_name(firm, monkeypatch):
    here = firm.firm
    monkeypatch.setattr(firm, "firm", lambda reader: here(reader)._replace(zone=ZoneInfo("Europe/Paris")))
    for page in ("promises", "incidents", "contacts", "timeline"):
        assert ":help[" not in _text(_open(page))


# -- suppliers ------------------------------------------------------------------------------------


def test_a_suppliers_card_is_said_in_words_and_rests_on_broken_claims(firm):
    text = _text(_open("suppliers"))
    assert "**Thermotec**\u2002:orange-badge[:material/block: rote Karte]" in text
    assert "**−54 Punkte Vertrauen**" in text
    assert "**4 gebrochene Produktversprechen**" in text
    assert "in den letzten 12 Monaten; insgesamt 5, zuletzt am 15. Feb." in text
    assert "3 Vorfälle seit dem 1. Jan., in den drei Monaten davor 3" in text
    assert ":yellow-badge[:material/style: gelbe Karte]" in text
    assert "ab 2 die gelbe Karte, ab 4 die rote" in text


def test_each_figure_on_a_suppliers_card_leads_to_the_list_behind_it(firm):
    links = {link.proto.label: parse_qs(link.proto.query_string) for link in _open("suppliers").get("page_link")}
    thermotec = {"supplier": ["Thermotec"], "state": ["all"]}
    assert links["Beruht auf 7 Vorfällen."] == thermotec | {"from": ["2025-08-01"]}
    assert links["Diese 4 Fälle ansehen"] == thermotec | {"from": ["2025-08-01"], "kind": ["product_claim"]}
    assert links["Alle 8 Vorfälle ansehen"] == thermotec
    assert links["Beruht auf 112 Zusagen."] == {"behind": ["on_time_rate"], "supplier": ["Thermotec"]}


def test_whoever_sees_only_their_own_customers_is_led_to_no_list_that_would_be_shorter(firm, monkeypatch):
    whole = firm.suppliers
    monkeypatch.setattr(firm, "suppliers", lambda reader: whole(reader)._replace(whole=False))
    app = _open("suppliers")
    assert {link.proto.label for link in app.get("page_link")} == {"Vorfälle Ihrer eigenen Kunden"}
    assert "Beruht auf 7 Vorfällen." in _text(app)


def test_an_incident_about_a_promise_leads_to_it(firm):
    links = [link.proto for link in _open("incidents", supplier="Thermotec", state="all").get("page_link")]
    assert {link.query_string for link in links if link.label == "Zusage: Therme liefern"} == {"promise=crm%3AZ-2"}


def test_of_few_promises_with_a_suppliers_goods_only_the_range_is_shown(firm):
    text = _text(_open("suppliers"))
    assert "83\u00a0% der Zusagen mit dieser Ware pünktlich" in text
    assert "75\u00a0% der Zusagen" not in text
    assert "Zu wenige Zusagen mit dieser Ware für eine Zahl" in text
    assert "Noch war keine Zusage mit dieser Ware fällig." in text


# -- adviser --------------------------------------------------------------------------------------


def test_the_adviser_says_what_is_probable_what_is_safe_and_how_to_say_it(firm):
    app = _open("adviser")
    text = _text(app)
    assert "Darf ich das zusagen?" in text
    assert len(app.header) == 1
    assert "Bis morgen klappt es nach unserer Erfahrung in 6 von 10 Fällen. Mit Dienstag, 17. März wären es 9" in text
    assert "nicht sicher genug]" in text
    assert "Beruht auf 214 Zusagen." in text
    assert ":material/layers: Lutz Brandt hat 11 offene Zusagen." in text
    assert "- Im ganzen Betrieb werden zurzeit 84 von 100 Zusagen gehalten" in text
    assert [each.value for each in app.code] == ["Das haben Sie bis Dienstag, 17. März."]
    assert "keine Note für irgendjemanden" in text


def test_the_adviser_speaks_english(firm):
    text = _text(_open("adviser", lang="en"))
    assert "May I promise that?" in text
    assert "With Tuesday 17 March it would be 9 in 10." in text
    assert "Dashed: from here we promise (9 in 10, from the rulebook)." in text
    assert "How you can say it" in text


def test_where_too_little_is_known_the_adviser_says_so_and_proposes_no_words(firm):
    app = _open("adviser", owner="Mehmet Kaya")
    text = _text(app)
    assert "Noch keine Aussage: erst 3 Zusagen." in text
    assert "Noch ist keine Zusage zu Ende." in text
    assert "nicht sicher genug" not in text
    assert not app.code


def test_where_no_date_is_safe_the_adviser_says_what_to_do(firm):
    text = _text(_open("adviser", owner="Sevda Aydin"))
    assert ":material/subdirectory_arrow_right: Kein Termin ist sicher. Sagen Sie es später zu;" in text


def test_whom_one_may_not_ask_about_is_refused_in_words(firm):
    assert "Das dürfen Sie nicht fragen." in _text(_open("adviser", owner="Nora Neu"))


def test_what_the_adviser_is_asked_stands_in_the_address(firm):
    app = _open("adviser", kind="delivery", due="2026-03-18", severity="serious", owner="Sevda Aydin")
    shown = [app.selectbox(key=f"address_{name}").value for name in ("kind", "owner", "severity")]
    assert shown == ["delivery", "Sevda Aydin", "serious"]
    assert app.date_input(key="address_due").value == date(2026, 3, 18)
    app.selectbox(key="address_owner").set_value("Lutz Brandt").run()
    assert app.query_params["owner"] in ("Lutz Brandt", ["Lutz Brandt"])
    app.date_input(key="address_due").set_value(date(2026, 3, 17)).run()
    assert app.query_params["due"] in ("2026-03-17", ["2026-03-17"])


@pytest.mark.parametrize("due", ["2026-03-11", "2026-02-30", "9999-12-31", "tomorrow"])
def test_a_due_that_is_none_or_over_is_the_proposed_one(firm, due):
    assert _open("adviser", due=due).date_input(key="address_due").value == date(2026, 3, 13)


def test_the_customer_is_found_by_name_and_shown_in_short(firm):
    app = _open("adviser", search="wolf")
    app.button(key="choose_customer_K-1").click().run()
    assert app.query_params["customer"] in ("K-1", ["K-1"])
    assert "search" not in app.query_params
    text = _text(app)
    assert "**Familie Wolf in Kürze**" in text
    assert "Kontostand **23**, **gefestigt**" in text
    app.button(key="narrowed_customer").click().run()
    assert "customer" not in app.query_params
    assert "Niemand heißt so." in _text(_open("adviser", search="xyz"))


def test_open_promises_at_risk_say_so_and_whether_there_is_a_plan_b(firm):
    text = _text(_open("promises"))
    assert ":yellow-badge[:material/trending_down: wird knapp: klappt in 4 von 10 Fällen, kein Plan B]" in text
    assert ":yellow-badge[:material/trending_down: wird knapp: klappt in 4 von 10 Fällen]" in text
    notice = [line for line in text.splitlines() if "jetzt Bescheid geben]" in line and "klappt in" in line]
    assert notice
    assert not any("trending_down" in line for line in notice)
    assert "klappt in 4 von 10 Fällen" in _text(_open("account", customer="K-1"))


# -- rulebook -------------------------------------------------------------------------------------


def _cells(app: AppTest) -> str:
    """What the tables say."""
    rows = "\n".join(" ".join(map(str, row)) for table in app.table for row in table.value.to_numpy())
    return re.sub(r"\\([^\w\s])", r"\1", rows)


def test_the_rulebook_says_of_each_rule_its_value_meaning_and_origin(firm):
    app = _open("rules")
    cells = _cells(app)
    assert (
        ":green[**+4,5**] Erfüllt, auch wenn nur der Kunde verschoben hat  \n:small[:gray[P1 (000, 001, 004)]]" in cells
    )
    assert ":orange[**−8**] Gar nicht gehalten" in cells
    assert "P4 (004) · Verluste wiegen etwa doppelt so schwer wie Gewinne" in cells
    assert ":orange[**−2 bis −8**] Zu spät, nach Tagen zu 24 Stunden" in cells
    assert "**P14** Neue Kunden: was gut geht, zählt doppelt" in cells
    assert "**Wann ein Bescheid rechtzeitig ist**" in _text(app)


def test_the_rulebook_speaks_english_too(firm):
    app = _open("rules", lang="en")
    assert "This version counts since 2 February, 9 am." in _text(app)
    assert ":green[**+4.5**] Kept, also when only the customer moved it" in _cells(app)


def test_a_version_that_begins_later_is_shown_as_such_with_what_it_changes(firm):
    text = _text(_open("rules"))
    assert "**Ab 1. April**\u2002:yellow-badge[:material/event: gilt erst dann]" in text
    assert "veröffentlicht heute 7 Uhr" in text
    assert "7 Werte sind anders als in der Fassung davor." in text
    assert ":gray[Zusagen] · Gar nicht gehalten: −8 → **−10**" in text
    assert (
        ":gray[Karten für Lieferanten] · So lange zählen gebrochene Produktversprechen: 12 Monate → **18 Monate**"
        in text
    )


def test_the_history_of_the_rulebook_reaches_back_to_the_shipped_one(firm):
    app = _open("rules")
    text = _text(app)
    assert [each.value for each in app.header][-2:] == ["Fassungen", "Woher kommen die Regeln?"]
    assert "**Seit 2. Februar, 9 Uhr**\u2002:green-badge[:material/check: gilt heute]" in text
    assert "**Von Anfang an**\u2002:gray-badge[gilt nicht mehr]" in text
    assert [each.label for each in app.expander] == ["1 weiterer"]


def test_the_rulebook_says_how_it_is_changed_and_tried_first(firm):
    text = _text(_open("rules"))
    for command in ("`rulebook.toml`", "`konto rules publish DATEI`", "`konto what-if DATEI`"):
        assert command in text


def test_before_anything_was_published_the_rulebook_counts_as_shipped(empty_firm):
    app = _open("rules")
    text = _text(app)
    assert "Das Regelwerk gilt so, wie es ausgeliefert wurde." in text
    assert "Alle Werte sind so, wie sie ausgeliefert wurden." in text
    assert ":gray[veröffentlicht" not in text
    assert ":green[**+4**] Erfüllt" in _cells(app)


# -- does the figure mean anything ---------------------------------------------------------------


def test_a_figure_is_tested_when_asked_and_shown_with_verdict_and_what_it_rests_on(firm):
    app = _open("meaning")
    assert "Es weiß also mehr" not in _text(app)
    assert len(app.get("vega_lite_chart")) == 0
    app.button(key="test_adviser").click().run()
    text = _text(app)
    assert "- **Es weiß also mehr, als wer nur rät.**\n- Beruht auf 520 Fällen." in text
    assert "Geprüft ab 1. Juli. Geprüft heute 7:40 Uhr." in text
    assert "Ring: wer immer den Anteil rät, der zu Beginn bekannt war." in text
    assert len(app.get("vega_lite_chart")) == 1
    assert [button.key for button in app.button] == ["test_account"]


def test_the_account_is_shown_for_all_promises_and_for_the_fulfilled_ones(firm):
    app = _open("meaning", lang="en")
    app.button(key="test_account").click().run()
    text = _text(app)
    assert text.index("**All promises**") < text.index("**Only those that were fulfilled**")
    assert len(app.get("vega_lite_chart")) == 2
    assert "Dot: cases of which about the same was said" in text


def test_what_was_recorded_since_a_test_is_said_and_it_can_be_tested_again(firm):
    app = _open("meaning")
    app.button(key="test_adviser").click().run()
    firm.newer = True
    app.run()
    assert "Seitdem wurde Neues erfasst." in _text(app)
    assert app.button(key="test_adviser").label == "Noch einmal prüfen"
    app.button(key="test_adviser").click().run()
    assert "Seitdem wurde Neues erfasst." not in _text(app)


def test_of_too_few_cases_the_page_says_so_and_what_it_needs(empty_firm):
    app = _open("meaning")
    for figure in ("adviser", "account"):
        app.button(key=f"test_{figure}").click().run()
    text = _text(app)
    assert text.count("Noch keine Aussage: zu wenige Fälle.") == 3
    assert "sobald Zusagen ein Ende hatten" in text
    assert text.count("mindestens 50 Rückmeldungen") == 2
    assert len(app.get("vega_lite_chart")) == 0
    assert "Punkt: Fälle" not in text


@pytest.mark.parametrize("page", ["meaning", "what-if"])
def test_who_may_not_see_tests_is_told_so_in_a_sentence(firm, page):
    firm.refusal = Refusal(("Das dürfen Sie nicht sehen.",))
    app = _open(page)
    assert "Das dürfen Sie nicht sehen." in _text(app)
    assert not app.button
    assert not app.text_area


# -- what if --------------------------------------------------------------------------------------


def _typed(text: str, button: str, **address: str) -> AppTest:
    app = _open("what-if", **address)
    app.text_area(key="rulebook_field").set_value(text).run()
    return app.button(key=button).click().run()


def test_the_text_begins_with_todays_rulebook_and_unchanged_it_changes_nothing(firm):
    app = _open("what-if")
    assert "kept = 3 " in app.text_area(key="rulebook_field").value
    text = _text(app.button(key="reckon").click().run())
    assert "**Nichts wäre anders.**" in text
    assert "Gerechnet heute 7:37 Uhr." in text
    assert len(app.get("vega_lite_chart")) == 0


def test_another_rulebook_is_shown_beside_todays_with_the_largest_differences(firm):
    app = _typed(default_text(), "reckon")
    text = _text(app)
    assert "**150 Kontostände wären anders.**" in text
    assert "In der Mitte −2 Punkte." in text
    assert "90 Kontostände bleiben gleich." in text
    assert "- Letzter Aufruf: 41 unter beiden, 12 nur unter dem heutigen, 3 nur unter dem anderen." in text
    assert "nur unter dem anderen" in text
    assert ":orange[**−6,00**]\u2002:gray[heute 23,00, dann 17,00]" in text
    assert "**gefestigt → im Aufbau**" in text
    assert "Die 28 größten von 151; alle mit `konto what-if DATEI --json`." in text
    assert len(app.get("vega_lite_chart")) == 2


def test_a_new_rulebook_is_shown_from_its_largest_difference_on(firm):
    app = _open("what-if", page="3")
    app.text_area(key="rulebook_field").set_value(default_text()).run()
    app.button(key="reckon").click().run()
    assert "page" not in app.query_params
    assert "heute 23,00, dann 17,00" in _text(app)


def test_the_other_rulebook_speaks_english_too(firm):
    text = _text(_typed(default_text(), "reckon", lang="en"))
    assert "**150 balances would be different.**" in text
    assert "90 balances stay the same." in text


def test_an_unsound_rulebook_names_line_and_remedy_and_is_not_reckoned(firm):
    app = _typed(default_text().replace("kept = 4 ", "kpt = 4 "), "reckon")
    text = _text(app)
    assert "**Zu berichtigen**\u2002:gray-badge[2]" in text
    assert "Zeile 8, promise.kpt: „kpt“ ist hier nicht bekannt" in text
    assert "wären anders" not in text
    assert "wäre anders" not in text


def test_a_rulebook_can_be_checked_without_being_reckoned(firm):
    text = _text(_typed(default_text(), "check"))
    assert "Dieses Regelwerk ist in Ordnung." in text
    assert "wären anders" not in text


def test_a_text_changed_after_reckoning_is_told_from_the_one_reckoned(firm):
    app = _typed(default_text(), "reckon")
    assert "seitdem geändert" not in _text(app)
    app.text_area(key="rulebook_field").set_value("[promise]").run()
    assert "Der Text oben wurde seitdem geändert." in _text(app)
    app.button(key="start_shipped").click().run()
    assert app.text_area(key="rulebook_field").value == default_text()
    assert "seitdem geändert" not in _text(app)


def test_a_file_becomes_the_text_and_one_that_cannot_be_read_is_refused(firm):
    app = _open("what-if")
    app.file_uploader(key="rulebook_file").set_value(("r.toml", b"[promise]\n", "text/plain")).run()
    assert app.text_area(key="rulebook_field").value == "[promise]\n"
    app.file_uploader(key="rulebook_file").set_value(("r.toml", b"\xe4", "text/plain")).run()
    assert "nicht in UTF-8" in _text(app)
    assert app.text_area(key="rulebook_field").value == "[promise]\n"


def test_in_an_empty_firm_another_rulebook_changes_nothing(empty_firm):
    assert "Nichts wäre anders." in _text(_typed(default_text(), "reckon"))


# -- everywhere -----------------------------------------------------------------------------------

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("morning", {}),
    ("team", {}),
    ("deliveries", {}),
    ("", {}),
    ("adviser", {"customer": "K-0"}),
    ("adviser", {"owner": "Mehmet Kaya"}),
    ("promises", {}),
    ("account", {}),
    ("account", {"customer": "K-0"}),
    ("contacts", {"state": "all"}),
    ("incidents", {"state": "all"}),
    ("suppliers", {}),
    ("rules", {}),
    ("timeline", {"customer": "K-0"}),
    ("people", {}),
    ("people", {"change": "calendars"}),
    ("operations", {}),
    ("meaning", {}),
    ("what-if", {}),
)


def test_no_page_uses_words_that_our_readers_do_not(firm):
    for figure in ("adviser", "account"):
        data.ask().test(Reader(None, "de", BERLIN), figure, lambda done, total: None)
    for lang in ("de", "en"):
        for page, address in PAGES:
            text = _text(_open(page, lang=lang, **address))
            assert not FORBIDDEN.search(text), FORBIDDEN.search(text)


def test_what_people_wrote_is_shown_as_they_wrote_it(firm):
    """A name may hold any sign; none of them becomes a link, an image, a formula or a colour."""
    assert plain("*Stern* [Optik](x) $5 :red[x] ![y](z) <b> `c` # d\n\n- e") == (
        r"\*Stern\* \[Optik\]\(x\) \$5 \:red\[x\] \!\[y\]\(z\) \<b\> \`c\` \# d \- e"
    )
    assert r"\*Stern\* \[Optik\] \$5 \:red\[x\]" in " ".join(m.value for m in _open("account", customer="K-13").title)


def test_without_a_store_the_pages_say_how_to_start(monkeypatch):
    monkeypatch.setattr(data, "_source", None)
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not app.exception
    assert "Bitte das Dashboard mit `konto dashboard` starten." in _text(app)
    assert "Please start the dashboard with `konto dashboard`." in _text(app)
