"""What the pages say, run by Streamlit's own test runner over an invented firm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import data
from dashboard.look import plain
from tests.dashboard.sample import Sample

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
FORBIDDEN = re.compile(r"\b(KPIs?|SLAs?|tickets?|scores?)\b", re.IGNORECASE)


@pytest.fixture
def firm():
    """The sample firm behind the pages, and afterwards whatever was there before."""
    before = data._source
    data.use(Sample())
    yield
    data._source = before


@pytest.fixture
def empty_firm():
    before = data._source
    data.use(Sample(0))
    yield
    data._source = before


def _open(place: str = "", /, **address: str) -> AppTest:
    """A page by its address, as a browser opens it."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["lang"] = address.pop("lang", "de")
    for name, value in address.items():
        app.query_params[name] = value
    # AppTest knows pages by their script; ours are functions, told apart by the hash of their address.
    app._page_hash = calc_hash(place) if place else ""
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def _text(app: AppTest) -> str:
    """Everything a reader can read, without the signs of Markdown."""
    said = [element.value for element in (*app.title, *app.markdown)]
    said += [f"{metric.label} {metric.value} {metric.delta} {metric.help}" for metric in app.metric]
    text = "\n".join(str(part) for part in said)
    return re.sub(r"\\([^\w\s])", r"\1", text)


def test_the_overview_shows_both_rates_with_interval_and_what_they_rest_on(firm):
    text = _text(_open())
    assert "Pünktlich, letzte Zusage 87\u00a0% −4 Punkte" in text
    assert "Pünktlich, erste Zusage 79\u00a0% −6 Punkte" in text
    assert "Sicher zwischen 82 und 91\u00a0%." in text
    assert "Beruht auf 214 Zusagen." in text


def test_the_overview_is_english_when_the_address_asks_for_it(firm):
    text = _text(_open(lang="en"))
    assert "On time, last promise 87% −4 points" in text
    assert "15 December 2025 to 12 March 2026, compared with the 13 weeks before" in text


@pytest.mark.parametrize(
    ("weeks", "begins"), [("4", "16. Februar"), ("13", "15. Dezember 2025"), ("52", "17. März 2025")]
)
def test_the_period_in_the_address_decides_where_the_overview_begins(firm, weeks, begins):
    assert f"{begins} bis 12. März 2026" in _text(_open(weeks=weeks))


def test_a_nonsense_period_in_the_address_is_the_usual_one(firm):
    assert "15. Dezember 2025 bis" in _text(_open(weeks="-1; drop"))


def test_every_figure_of_the_overview_has_its_definition(firm):
    metrics = _open().metric
    assert len(metrics) == 4
    assert all(metric.help for metric in metrics)


def test_the_overview_names_the_four_promises_overdue_longest_and_counts_all(firm):
    text = _text(_open())
    assert "**Was ist überfällig?**\u2002:gray-badge[11]" in text
    assert text.count("seit 2 Tagen · ") == 4


def test_alerts_say_about_whom_to_whom_and_whether_they_arrived(firm):
    text = _text(_open())
    assert "Sevda Aydin\u2002:orange-badge[:material/error: nicht zugestellt]" in text
    assert ":orange-badge[:material/person_off: niemand erreichbar]" in text


def test_an_empty_firm_is_told_what_to_do_next(empty_firm):
    assert "`konto import DATEI`" in _text(_open())
    assert "`konto capture TEXT`" in _text(_open("promises"))
    assert "`konto import DATEI`" in _text(_open("account"))


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


def test_the_statement_adds_up_to_the_hundredth(firm):
    app = _open("account", customer="K-0")
    table = app.table[0].value
    balances = table["Kontostand"].dropna().tolist()
    posted = table["Abbuchung"].fillna(0).sum() + table["Gutschrift"].fillna(0).sum()
    assert balances[0] + posted == balances[-1]
    assert table["Vorgang"].iloc[0] == "**Alter Kontostand**"
    assert table["Vorgang"].iloc[-1] == "**Neuer Kontostand**"


def test_what_was_recorded_by_mistake_is_struck_through_and_has_no_amount(firm):
    app = _open("account", customer="K-0")
    table = app.table[0].value
    (row,) = [row for _, row in table.iterrows() if row["Vorgang"].startswith("~~")]
    assert row[["Abbuchung", "Gutschrift", "Kontostand"]].isna().all()
    assert "Durchgestrichen: 1 Fehleingabe; sie zählt nirgends." in _text(app)


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


def test_a_customer_is_found_by_a_part_of_the_name(firm):
    app = _open("account")
    app.text_input(key="search").set_value("wolf").run()
    assert "**8 Punkte**" not in _text(app)
    assert _text(app).count(" Punkte**") == 1


def test_no_page_uses_words_that_our_readers_do_not(firm):
    for lang in ("de", "en"):
        for page, address in (("", {}), ("promises", {}), ("account", {}), ("account", {"customer": "K-0"})):
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
