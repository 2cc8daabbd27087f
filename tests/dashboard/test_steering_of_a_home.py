"""What steers a real home, through the pages: published once and really, refused in words, proposed from its past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.publishing import Proposal, Published, Ready
from domain.roles import Asker, Role
from domain.rulebook import default_text
from tests.dashboard.reading import answered_by, opened, text_of
from tests.homes import Home as RealHome
from tests.homes import open_at
from tests.notation import at, envelopes

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
NOW = at("2026-03-12T07:40")
FIRST = date(2025, 9, 1)
PROMISES = 60
PEOPLE = """
manager = "karin"

[[persons]]
id = "karin"
name = "Karin Roth"
roles = ["owner", "manager", "admin"]

[[persons]]
id = "ines"
name = "Ines Vogt"
team = "Büro"
away = [{ from = 2026-03-09, to = 2026-03-13 }, { from = 2026-08-03, to = 2026-08-07 }]

[[teams]]
name = "Büro"
manager = "karin"
"""


def _story() -> Iterator[str]:
    """A promise a day; every third comes two days late, and then the feedback is bad."""
    for number in range(PROMISES):
        day, late = FIRST + timedelta(days=number), number % 3 == 0
        came = day + timedelta(days=5 if late else 2)
        yield f'{day}T09:00  verspricht K-{number % 6} lutz "P{number}" bis {day + timedelta(days=3)}T12:00'
        yield f"{came}T09:00  erfüllt"
        yield f'{came + timedelta(days=1)}T10:00  Rückmeldung ? {1 if late else 5}, über "P{number}"'


@pytest.fixture
def home(tmp_path) -> Iterator[RealHome]:
    home = open_at(tmp_path)
    home.take(envelopes("2026-03-01T08:00  Kunde K-1, namens Frau Meier"))
    home.clock.now = NOW
    yield home
    home.close()


@pytest.fixture
def pages(home: RealHome) -> Iterator[Home]:
    with answered_by(Home(home.konto)) as pages:
        yield pages


def _as(home: RealHome, *roles: Role) -> Home:
    return Home(replace(home.konto, asker=Asker("ines", frozenset(roles))))


OTHER = default_text().replace("broken = -8", "broken = -10")


def test_publishing_in_the_page_really_publishes_and_the_history_shows_it(pages, home):
    app = opened("what-if")
    app.text_area(key="rulebook_field").set_value(OTHER).run()
    app.button(key="reckon").click().run()
    app.button(key="publish_rulebook").click().run()
    assert len(pages.rules(READER).versions) == 1
    app.button(key="sure_rulebook").click().run()
    assert "Veröffentlicht; gilt von jetzt an." in text_of(app)
    newest, shipped = pages.rules(READER).versions
    assert (newest.state, newest.start, shipped.state) == ("counts", NOW, "past")
    assert [(each.before, each.after) for each in newest.changes] == [("−8", "−10")]
    assert (home.konto.home / "rulebook.toml").read_text("utf-8") == OTHER
    assert "Gar nicht gehalten: −8 → **−10**" in text_of(opened("rules"))


def test_the_same_twice_is_published_once_also_by_two_at_the_same_moment(pages, home):
    before = home.konto.log.head()
    found: list[object] = []
    both = [Thread(target=lambda: found.append(pages.publish(READER, "rulebook", OTHER, None))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert home.konto.log.head() == before + 1
    assert sum(isinstance(each, Published) and each.new for each in found) == 1
    assert pages.publish(READER, "rulebook", OTHER, None) == Published(False, NOW)
    home.clock.now += timedelta(minutes=1)
    day = date(2026, 4, 1)
    later = OTHER.replace("broken = -10", "broken = -12")
    assert pages.publish(READER, "rulebook", later, day) == Published(True, at("2026-04-01T00:00"))
    assert pages.publish(READER, "rulebook", later, day).new is False
    assert home.konto.log.head() == before + 2
    assert [each.state for each in pages.rules(READER).versions] == ["later", "counts", "past"]


def test_what_is_not_sound_or_too_late_is_refused_with_line_and_remedy_and_nothing_is_recorded(pages, home):
    before = home.konto.log.head()
    unsound = pages.publish(READER, "rulebook", OTHER.replace("broken", "brken"), None)
    assert isinstance(unsound, Refusal)
    assert any("Zeile" in each and "brken" in each for each in unsound.sentences)
    assert isinstance(pages.ready_to_publish(READER, "people", "x = 1"), Refusal)
    today = pages.publish(READER, "rulebook", OTHER, NOW.date())
    assert today == Refusal(
        ("Dieser Tag hat schon begonnen. Bitte wählen Sie einen späteren, oder veröffentlichen Sie sofort.",)
    )
    assert home.konto.log.head() == before


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        (("owner",), ()),
        (("auditor",), ()),
        (("manager",), ("rulebook", "calendars", "people")),
        (("admin",), ("people",)),
    ],
)
def test_each_role_publishes_what_the_table_of_roles_says_and_nothing_else(home, roles, may):
    pages = _as(home, *roles)
    texts = {"rulebook": OTHER, "people": PEOPLE}
    for kind, text in texts.items():
        before = home.konto.log.head()
        found = pages.publish(READER, kind, text, None)
        assert isinstance(found, Published) == (kind in may), kind
        assert home.konto.log.head() == before + (kind in may)
        assert isinstance(pages.ready_to_publish(READER, kind, text), Ready) == (kind in may)
        if kind not in may:
            assert found.sentences[0].startswith("Das gehört nicht zu Ihrer Rolle.")


# -- proposal -------------------------------------------------------------------------------------


def test_weights_are_proposed_from_the_past_and_the_text_can_be_published(home, pages):
    assert isinstance(pages.propose(READER, lambda done, total: None), Refusal), "nobody has said anything yet"
    home.take(envelopes("\n".join(_story())))
    home.clock.now = NOW
    told: list[tuple[int, int]] = []
    found = pages.propose(READER, lambda done, total: told.append((done, total)))
    assert isinstance(found, Proposal)
    assert told
    assert found == pages.proposed(READER)
    assert "Fälle" in found.fitted or "Fällen" in found.fitted
    moved = [each for each in found.weights if each.moved]
    assert all(each.evidence for each in found.weights)
    assert pages.document_findings(READER, "rulebook", found.text) == ()
    ready = pages.ready_to_publish(READER, "rulebook", found.text)
    assert isinstance(ready, Ready)
    assert bool(ready.changes) == bool(moved)
    assert isinstance(_as(home, "owner").propose(READER, lambda done, total: None), Refusal)


# -- people and hours -----------------------------------------------------------------


def test_people_and_hours_are_told_as_the_documents_say_today(home, pages):
    assert pages.people(READER).missing == ("people", "land")
    assert pages.publish(READER, "people", PEOPLE, None).new
    calendars = pages.document_texts(READER, "calendars").today.replace('# land = "NW"', 'land = "BW"')
    assert pages.publish(READER, "calendars", calendars, None).new
    found = pages.people(READER)
    assert found.missing == ()
    karin, ines = found.persons
    assert (karin.name, karin.away, found.manager) == ("Karin Roth", None, "Karin Roth")
    assert ines.away == (date(2026, 3, 9), date(2026, 3, 13))
    assert ines.later == ((date(2026, 8, 3), date(2026, 8, 7)),)
    assert [(team.name, team.manager, team.calendar) for team in found.teams] == [("Büro", "Karin Roth", "betrieb")]
    (calendar,) = found.calendars
    assert calendar.closed[0] == (date(2026, 4, 3), date(2026, 4, 3), "Karfreitag")
    assert any(each.reason == "Fronleichnam" for each in calendar.closed)
    assert len(calendar.week[0]) == 2
    assert calendar.week[6] == ()
