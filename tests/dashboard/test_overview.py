"""The overview: every figure agrees with the list behind it to the one, in a firm by hand and in the sample firm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard import periods
from dashboard.answers.home import Home
from dashboard.shapes.asking import Reader
from dashboard.shapes.behind import Behind, CustomerBehind, CustomersBehindAsked, Part
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.overview import Measured, OverviewAsked
from dashboard.shapes.periods import Period
from dashboard.shapes.record import RecordAsked
from domain.roles import Asker
from domain.rulebook import default_text
from domain.vocabulary import parse
from intake import sample_firm
from tests.dashboard.reading import answered_by, links_of, opened, text_of
from tests.dashboard.sample import Sample
from tests.homes import open_at
from tests.notation import at, envelopes
from tests.stores import ENGINES, lasting_folder
from wiring.demo import put_documents
from wiring.home import Konto

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
SPRING = Period(date(2026, 2, 1), date(2026, 3, 12))
STORY = """
    2026-01-05T08:00  Kunde K-1, namens Meier, zuständig ines, Team Büro
    2026-01-05T08:01  Kunde K-2, namens Wolf, zuständig lutz, Team Montage
    2026-01-05T08:02  Kunde K-3, namens Öz, zuständig lutz, Team Montage
    2026-02-02T09:00  verspricht K-1 ines "Angebot" bis 2026-02-05T12:00, Preis 1000 EUR, Team Büro
    2026-02-04T09:00  erfüllt "Angebot", berechnet 1030
    2026-02-02T09:30  verspricht K-2 lutz "Therme" bis 2026-02-06T12:00, Art delivery, Team Montage, Lieferant Acme
    2026-02-09T09:00  erfüllt "Therme"
    2026-02-03T09:30  verspricht K-3 lutz "Rohr" bis 2026-02-09T12:00, Art delivery, Team Montage
    2026-02-06T09:00  erfüllt "Rohr", Grad 1.2
    2026-02-09T10:00  meldet sich "F-9" bei K-3, Zweck follow_up, Kanal phone, von lutz
    2026-02-03T09:00  verspricht K-2 lutz "Rückruf" bis 2026-02-13T12:00, Art callback, Team Montage
    2026-02-04T09:00  verschiebt "Rückruf" auf 2026-02-20T12:00
    2026-02-19T09:00  erfüllt "Rückruf", Grad 0.6
    2026-02-10T09:00  verspricht K-1 ines "Plan" bis 2026-02-25T12:00, Team Büro
    2026-02-20T09:00  nimmt "Plan" zurück, mit Grund
    2026-02-11T09:00  verspricht K-1 ines "Bad" bis 2026-02-26T12:00, Team Büro
    2026-02-27T09:00  bricht "Bad"
    2026-02-12T09:00  verspricht K-3 lutz "Heizung" bis 2026-03-03T12:00, Team Montage
    2026-02-12T09:30  verspricht K-3 lutz "Wartung" bis 2026-03-30T12:00, Team Montage
    2026-03-02T09:00  K-2 fragt "F-1", Kanal email, an lutz
    2026-03-02T10:30  beantwortet, von lutz
    2026-03-03T09:00  K-1 fragt "F-2", Kanal phone, an ines
    2026-03-04T09:00  K-1 hakt nach "F-3", Kanal phone, an ines
    2026-03-09T15:00  beantwortet, von ines
    2026-02-16T09:00  Vorfall K-2 "V-1" complaint, von lutz
    2026-02-16T10:00  nennt den Grund, von lutz, Kanal phone
    2026-02-20T09:00  löst
    2026-02-24T09:00  Vorfall K-1 "V-2" missed_appointment, von ines
    2026-03-05T09:00  Rückmeldung K-2 1
"""


def _all_of(home: Home, asked: OverviewAsked) -> dict[str, Measured]:
    seen = home.overview(READER, asked)
    assert seen is not None
    return {**seen.figures, **home.by_customer(READER, asked).figures}


def _behind(home: Home, found: Measured, asked: OverviewAsked, part: Part) -> int:
    """How many rows the list has, counted page by page."""
    figure = Behind(found.name, part)
    match found.of:
        case "promises":
            wanted = RecordAsked(period=asked.period, team=asked.team, kind=asked.kind, behind=figure)
            first = home.record_of_promises(READER, wanted)
            assert first.parts[part] == first.total
            pages = range(1, -(-first.total // 50) + 1)
            rows = [row.id for page in pages for row in home.record_of_promises(READER, wanted, page).rows]
        case "contacts":
            asking = ContactsAsked("all", team=asked.team, period=asked.period, behind=figure)
            total = home.contacts(READER, asking).total
            pages = range(1, -(-total // 50) + 1)
            rows = [row.id for page in pages for row in home.contacts(READER, asking, page).rows]
        case "incidents":
            about = IncidentsAsked("all", team=asked.team, period=asked.period, behind=figure)
            total = home.incidents(READER, about).total
            pages = range(1, -(-total // 50) + 1)
            rows = [row.id for page in pages for row in home.incidents(READER, about, page).rows]
        case _:
            whom = CustomersBehindAsked(figure, asked.period, asked.team)
            total = home.customers_behind(READER, whom).counts[part]
            pages = range(1, -(-total // 50) + 1)
            rows = [row.customer for page in pages for row in home.customers_behind(READER, whom, page).rows]
    assert len(set(rows)) == len(rows)
    return len(rows)


def _disagreeing(home: Home, asked: OverviewAsked) -> list[str]:
    """Figures whose list has another number of members than they say, above or below the line."""
    wrong = []
    for name, found in _all_of(home, asked).items():
        if name == "incident_rate":
            made = home.record_of_promises(
                READER, RecordAsked(period=asked.period, team=asked.team, behind=Behind(name))
            )
            expected, told = (found.counted, found.n), (_behind(home, found, asked, "all"), made.total)
        elif found.counted is None:
            expected, told = (found.n,), (_behind(home, found, asked, "all"),)
        else:
            parts: tuple[Part, ...] = ("counted", "all", "rest")
            expected = (found.counted, found.n, found.n - found.counted)
            told = tuple(_behind(home, found, asked, part) for part in parts)
        if expected != told:
            wrong.append(f"{name}: says {expected}, the list has {told}")
    return wrong


# -- a firm by hand ---------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES)
def pages(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "overview", request))
    assert [each.refused for each in home.take(envelopes(STORY)) if each.refused] == []
    home.clock.now = at("2026-03-11T10:00")
    home.konto.publish("rulebook", default_text().replace("thin_buffer = 2", "thin_buffer = 5"))
    home.clock.now = at("2026-03-12T07:40")
    yield Home(home.konto)
    home.close()


@pytest.mark.parametrize(("team", "kind"), [(None, None), ("Montage", None), (None, "delivery")])
def test_in_a_firm_by_hand_every_figure_agrees_with_its_list(pages: Home, team: str | None, kind: str | None):
    asked = OverviewAsked(SPRING, None, team, kind)
    assert _disagreeing(pages, asked) == []
    figures = _all_of(pages, asked)
    assert sum(each.n for each in figures.values()) > 10


def test_the_figures_of_the_firm_by_hand_are_as_counted_by_hand(pages: Home):
    figures = _all_of(pages, OverviewAsked(SPRING))
    counted = {name: (each.counted, each.n) for name, each in figures.items() if each.counted is not None}
    assert counted["on_time_rate"] == (2, 7)
    assert counted["strict_on_time_rate"] == (2, 7)
    assert counted["broken_rate"] == (1, 7)
    assert counted["withdrawn_rate"] == (1, 7)
    assert counted["partial_rate"] == (1, 7)
    assert counted["over_fulfilment_rate"] == (1, 4)
    assert counted["follow_up_rate"] == (1, 2)
    assert counted["answered_in_time"] == (1, 2)
    assert counted["chase_rate"] == (1, 3)
    assert counted["incident_rate"] == (2, 8)
    assert counted["detractor_rate"] == (1, 3)
    assert figures["estimate_accuracy"].value == pytest.approx(1.03)


def test_from_a_row_of_a_list_one_knows_the_promise_and_what_became_of_it(pages: Home):
    found = pages.record_of_promises(READER, RecordAsked(period=SPRING, behind=Behind("broken_rate", "counted")))
    ((row, *more), outcome) = found.rows, found.rows[0].outcome
    assert (more, row.name, row.what, outcome) == ([], "Meier", "Bad", "broken")
    assert row.promise.endswith(":Bad")
    assert row.settled == at("2026-02-27T09:00")


def test_all_promises_are_listed_by_what_became_of_them(pages: Home):
    found = pages.record_of_promises(READER, RecordAsked())
    assert {name: n for name, n in found.counts.items() if n} == {
        "all": 8, "kept": 2, "kept_late": 1, "partial": 1, "broken": 1, "withdrawn": 1, "overdue": 1, "open": 1,
    }  # fmt: skip
    late = pages.record_of_promises(READER, RecordAsked("kept_late", supplier="Acme"))
    assert [row.what for row in late.rows] == ["Therme"]
    march = pages.record_of_promises(READER, RecordAsked(period=Period(date(2026, 3, 1), date(2026, 3, 31))))
    assert {row.what for row in march.rows} == {"Heizung", "Wartung"}
    assert pages.record_of_promises(READER, RecordAsked(behind=Behind("no_such_figure"))).total == 0


def test_the_course_of_all_accounts_adds_up_and_ends_at_the_sum_of_the_balances(pages: Home):
    course = pages.by_customer(READER, OverviewAsked(SPRING)).course
    steps = sum(each.points for each in (*course.deposits, *course.withdrawals))
    assert course.opening + steps + course.faded == course.closing
    balances = [pages.account(READER, row.customer, "all").balance for row in _everybody(pages)]
    # Whole accounts are reckoned, so that it may differ by the rounding of their lines.
    assert course.closing == pytest.approx(sum(balances), abs=course.postings / 2)


def _everybody(pages: Home) -> Sequence[CustomerBehind]:
    return pages.customers_behind(READER, CustomersBehindAsked(Behind("silence"))).rows


def test_a_firm_that_has_just_begun_is_not_compared_and_says_nothing_yet(pages: Home):
    seen = pages.overview(READER, OverviewAsked(SPRING, Period(date(2025, 2, 1), date(2025, 3, 12))))
    assert seen is not None
    assert (seen.against, seen.before) == (None, None)
    assert not seen.figures["estimate_accuracy"].says


def test_a_new_rulebook_stands_in_the_picture_with_what_it_changed(pages: Home):
    (change,) = pages.overview(READER, OverviewAsked(SPRING)).changes
    assert (change.on, change.label) == (date(2026, 3, 11), "andere Regeln")
    (said,) = change.details
    assert "2" in said
    assert "jetzt 5" in said
    before = Period(date(2026, 2, 1), date(2026, 3, 10))
    assert pages.overview(READER, OverviewAsked(before)).changes == ()


def test_an_owner_sees_their_own_figures_and_nobody_elses_are_kept_for_them(pages: Home):
    asked = OverviewAsked(SPRING)
    everything = pages.overview(READER, asked)
    before, pages.konto = pages.konto, _as(pages, "ines")
    try:
        own = pages.overview(READER, asked)
        assert own is not None
        assert everything is not None
        assert 0 < own.figures["on_time_rate"].n < everything.figures["on_time_rate"].n
        assert pages.by_customer(READER, asked).figures["silence"].n == 1
        assert _disagreeing(pages, asked) == []
    finally:
        pages.konto = before


def _as(pages: Home, person: str) -> Konto:
    return replace(pages.konto, asker=Asker(person, frozenset({"owner"})))


# -- the sample firm --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(request: pytest.FixtureRequest) -> Iterator[Home]:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    folder = lasting_folder("sqlite", "overview-sample", request)
    put_documents(folder)
    home = open_at(folder)
    home.clock.now = now
    home.konto.record([parse(each, now=now) for each in sample_firm.facts(1, 120, now)])
    home.konto.catch_up()
    yield Home(home.konto)
    home.close()


def test_in_the_sample_firm_every_figure_agrees_with_its_list(sample: Home):
    found = periods.chosen("4w", "before", date(2026, 11, 24))
    asked = OverviewAsked(found.period, found.against)
    assert _disagreeing(sample, asked) == []
    figures = _all_of(sample, asked)
    assert sum(each.says for each in figures.values()) >= 15
    assert figures["on_time_rate"].before is not None


def test_equal_service_shows_as_many_customers_as_its_list_names(sample: Home):
    asked = OverviewAsked(periods.chosen("13w", "before", date(2026, 11, 24)).period)
    service = sample.by_customer(READER, asked).service
    listed = sample.customers_behind(READER, CustomersBehindAsked(Behind("equal_service"), asked.period))
    assert len(service.waits) <= listed.counts["all"]
    assert max(len(service.waits), len(service.rates)) <= listed.counts["all"]
    assert list(service.waits) == sorted(service.waits)


# -- periods ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "against", "period", "compared"),
    [
        ("4w", "before", ("2026-02-16", "2026-03-12"), ("2026-01-19", "2026-02-12")),
        ("13w", "year-ago", ("2025-12-15", "2026-03-12"), ("2024-12-16", "2025-03-13")),
        ("quarter", "before", ("2026-01-01", "2026-03-12"), ("2025-10-01", "2025-12-10")),
        ("quarter", "year-ago", ("2026-01-01", "2026-03-12"), ("2025-01-01", "2025-03-12")),
        ("last-quarter", "before", ("2025-10-01", "2025-12-31"), ("2025-07-01", "2025-09-30")),
        ("last-quarter", "year-ago", ("2025-10-01", "2025-12-31"), ("2024-10-01", "2024-12-31")),
        ("year", "before", ("2026-01-01", "2026-03-12"), ("2025-01-01", "2025-03-12")),
    ],
)
def test_what_is_not_over_is_compared_with_as_many_days(name, against, period, compared):
    found = periods.chosen(name, against, date(2026, 3, 12))
    assert tuple(day.isoformat() for day in found.period) == period
    assert tuple(day.isoformat() for day in found.against) == compared


def test_a_period_of_ones_own_is_compared_with_as_many_days_before_it():
    own = Period(date(2026, 2, 1), date(2026, 2, 10))
    assert periods.chosen("own", "before", date(2026, 3, 12), own).against == (date(2026, 1, 22), date(2026, 1, 31))


# -- the page ---------------------------------------------------------------------------------------


@pytest.fixture
def firm(request: pytest.FixtureRequest) -> Iterator[None]:
    with answered_by(Sample(getattr(request, "param", 240))):
        yield


def test_the_page_asks_its_questions_and_leads_to_the_list_behind_every_figure(firm):
    app = opened()
    text = text_of(app)
    for question in (
        "Halten wir, was wir zusagen?",
        "Was lief gut?",
        "Was kostet Vertrauen?",
        "Bekommen alle dasselbe?",
    ):
        assert f"**{question}**" in text
    links = app.get("page_link")
    behind = [link for link in links if "behind=" in str(link.proto.query_string)]
    assert len(behind) >= 20
    assert "Beruht auf 163 Kunden." in links_of(app)
    assert all(metric.help for metric in app.metric)
    assert "2. Feb.: andere Regeln. 3 Änderungen" in text


def test_period_comparison_team_and_kind_stay_in_the_address(firm):
    app = opened(period="own", against="year-ago", team="Kundendienst", kind="delivery", **{"from": "2026-01-01"})
    text = text_of(app)
    assert "1. Januar bis 12. März 2026; aus der Zeit zum Vergleichen ist nichts bekannt" in text
    assert "Kunden von Kundendienst" in text
    assert [button.label for button in app.button if button.label.startswith("Nur")] == [
        "Nur Team Kundendienst",
        "Nur Lieferung",
    ]


@pytest.mark.parametrize("firm", [3], indirect=True)
def test_a_tiny_firm_hears_of_every_figure_that_it_says_nothing_yet(firm):
    text = text_of(opened(period="last-quarter"))
    assert "Noch keine Aussage: erst 3 Anfragen." in text
    assert "Noch keine Aussage: erst 3 Kunden." in text


def test_a_list_behind_a_figure_shows_all_of_it_what_it_counts_and_the_rest(firm):
    address = {"behind": "on_time_rate", "from": "2026-01-01", "to": "2026-04-30"}
    app = opened("promises", **address)
    assert "Hinter: Pünktlich, letzte Zusage" in [button.label for button in app.button]
    counted = opened("promises", part="counted", **address)
    assert ":material/check_circle: erfüllt" in text_of(counted)
    assert ":material/cancel" not in text_of(counted)
    assert ":material/cancel" in text_of(app)
    for page, name in (("contacts", "chase_rate"), ("incidents", "recovery_discipline"), ("account", "silence")):
        assert text_of(opened(page, behind=name))


def test_the_pages_of_the_lists_are_english_too(firm):
    assert "settled" in text_of(opened("promises", show="all", lang="en"))
    assert "waits 9 h for an answer" in text_of(opened("account", behind="equal_service", lang="en"))
