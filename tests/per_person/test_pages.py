"""Figures per person on the pages: opened on the one about people, looked at on the one about the team."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.per_person import OpeningAsked, PerPerson
from dashboard.shapes.periods import Period
from dashboard.shapes.record import Behind, RecordAsked
from dashboard.shapes.signing_in import SignedIn
from domain.per_person import Opening
from tests.dashboard.reading import answered_by, opened, text_of
from tests.notation import at
from tests.per_person.firm import NOW, PLANTED, SHOWN, firm
from tests.per_person.firm import Home as Firm
from wiring import per_person

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
READER = {name: Reader(SignedIn(f"{name}@example.com", (), NOW), "en", ZoneInfo("UTC")) for name in
          ("karin", "alma", "ada", "anna", "emil", "stranger")}  # fmt: skip
NAMES = {name.title() for name in PLANTED}


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    home = firm(tmp_path_factory.mktemp("pages"))
    yield home
    home.close()


@pytest.fixture
def pages(march: Firm) -> Iterator[Home]:
    march.clock.now = NOW
    with answered_by(Home(march.konto)) as found:
        yield found


def claims(name: str) -> dict[str, Any]:
    return {"is_logged_in": True, "email": f"{name}@example.com", "roles": [], "at": int(NOW.timestamp())}


def looks(pages: Home) -> list[str]:
    return [each.about for each in pages.konto.journal.every() if each.what == "figures"]


def listed(pages: Home) -> list[Opening]:
    return per_person.listed(pages.konto)


def test_a_manager_looks_at_them_after_a_click_and_each_look_is_noted(pages: Home):
    before = len(looks(pages))
    app = opened("team", user=claims("karin"), lang="en")
    text = text_of(app)
    assert "Help where too much lies on one" in text
    assert "Whoever looks is noted" in text
    assert "%" not in text
    assert len(looks(pages)) == before, "the page alone shows nothing"
    app.button(key="look_at_figures").click().run()
    text = text_of(app)
    assert [line.strip("*") for line in text.splitlines() if line.strip("*") in NAMES] == sorted(
        name.title() for name in SHOWN
    )
    assert "**80%** on time (last promise), 80% by the date first promised" in text, "Anna: 20 of 25"
    assert "Rests on 25 promises; the value surely lies between" in text
    assert "2 persons are not shown" in text
    ids = pages.konto.log.ids
    assert looks(pages)[before:] == [ids.person(name) for name in sorted(SHOWN)]


def test_nothing_on_the_page_puts_people_in_the_order_of_figures(pages: Home):
    app = opened("team", user=claims("karin"), lang="en")
    app.button(key="look_at_figures").click().run()
    assert not app.get("arrow_data_frame")
    assert not app.get("download_button")
    assert [each.label for each in app.button if each.key and "figures" in each.key] == ["Look at them"]


@pytest.mark.parametrize("name", ["alma", "ada", "anna", "stranger"])
def test_nobody_but_a_manager_looks(pages: Home, name: str):
    found = pages.figures_per_person(READER[name])
    if name == "anna":
        assert isinstance(found, PerPerson)
        assert [(row.name, row.on_time.numerator) for row in found.rows] == [("Anna", 20)], "her own"
    else:
        assert isinstance(found, Refusal)


def test_everybody_may_read_why_and_only_an_admin_opens_and_closes(pages: Home):
    for name in ("karin", "alma", "anna"):
        app = opened("people", user=claims(name), lang="en")
        assert "Help where too much lies on one" in text_of(app)
        assert not [each for each in app.button if each.key in ("open_figures", "close_figures")]
        assert isinstance(pages.close_figures(READER[name]), Refusal)
        asked = OpeningAsked("consent", "x", None, date(2026, 12, 31))
        assert isinstance(pages.open_figures(READER[name], asked), Refusal)
    app = opened("people", user=claims("ada"), lang="en")
    app.button(key="close_figures").click().run()
    app.button(key="figures_yes").click().run()
    assert [each.state(NOW) for each in listed(pages)] == ["closed"]
    assert "closed early" in text_of(app)
    closed = text_of(opened("team", user=claims("karin"), lang="en"))
    assert "Figures per person are closed: you see those of the team and the firm" in closed
    app.button(key="open_figures").click().run()
    app.button(key="figures_yes").click().run()
    assert "Please say for what purpose: what the agreement names, in a sentence." in text_of(app)
    app.selectbox(key="figures_basis").set_value("consent")
    app.text_input(key="figures_purpose").set_value("Nur <b>Ausgleich</b>").run()
    app.button(key="figures_yes").click().run()
    found = listed(pages)[-1]
    assert (found.data.basis, found.data.purpose, found.state(NOW)) == ("consent", "Nur <b>Ausgleich</b>", "in_force")
    assert found.end == at("2027-04-03"), "a year, and that day to its end"


def test_a_team_that_is_too_small_shows_the_firm_and_says_so(pages: Home):
    small, large = (pages.overview(READER["karin"], OverviewAsked(MARCH, team=team)) for team in ("Office", "Service"))
    firm_ = pages.overview(READER["karin"], OverviewAsked(MARCH))
    assert small is not None
    assert large is not None
    assert firm_ is not None
    assert (small.team_not_shown, large.team_not_shown) == (True, False)
    assert small.figures == firm_.figures != large.figures
    assert firm_.teams == ("Service",)
    told = text_of(opened("", user=claims("karin"), lang="en", team="Office"))
    assert "This team is too small to be shown by itself" in told


def test_the_list_of_a_colleague_stays_without_what_the_figure_counts_of_it(pages: Home):
    asked = RecordAsked(owner="Emil", behind=Behind("on_time_rate", "counted"))
    assert pages.record_of_promises(READER["karin"], asked).parts == {"all": PLANTED["emil"][0]}
    own = pages.record_of_promises(READER["emil"], asked).parts
    assert own == {"all": 19, "counted": 4, "rest": 15}
    assert isinstance(pages.contact_figures(READER["karin"], ContactsAsked("all", owner="Emil")), Refusal)


def test_german_says_it_too(pages: Home):
    text = text_of(opened("people", user=claims("anna"), lang="de"))
    assert "Gezeigt werden sie nach Namen, nie nach Zahlen geordnet, und jeder Blick wird festgehalten." in text
