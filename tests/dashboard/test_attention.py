"""What a real home answers about alerts: the morning, the team, the log of deliveries, and what somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard import periods
from dashboard.answers.home import Home
from dashboard.shapes.alerts import Matter
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.deeds import Doing
from dashboard.shapes.deliveries import DeliveriesAsked, DeliveriesPage
from dashboard.shapes.morning import Few, Morning
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.team import Team
from domain.channel import ChannelPaused
from domain.roles import LOCAL_USER, Asker, Role
from tests.alerts.firm import Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.notation import at
from tests.stores import ENGINES, lasting_folder
from wiring.worker import run_tick
from workers.health import note

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
PEOPLE = """
manager = "karin"

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
team = "Büro"
stand_in = "lutz"
away = [{ from = 2026-03-13, to = 2026-03-20 }]

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
team = "Büro"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"
roles = ["owner", "manager"]

[[teams]]
name = "Büro"
manager = "karin"
"""
STORY = """
2026-03-02T08:00  Kunde K-17, namens Petra Meier, zuständig ines
2026-03-02T08:01  Kunde K-20, namens Familie Wolf, zuständig lutz
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-12T10:00
2026-03-02T09:01  verspricht K-20 lutz "Wartung" bis 2026-03-12T17:00
2026-03-02T09:02  verspricht K-20 lutz "Therme" bis 2026-03-30T17:00
2026-03-04T09:00  pausiert "Therme" wegen Kunde
2026-03-10T09:00  K-17 fragt "F-1", Kanal email, an ines
2026-03-11T08:00  K-17 hakt nach "F-2", Kanal email, an ines
2026-03-09T09:00  Vorfall K-20 "V-1" complaint, von lutz
2026-03-09T10:00  nennt den Grund, von lutz, Kanal phone
"""
NOW = at("2026-03-12T10:30")


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with office.open():
        yield office


def _firm(folder: Path, post_office: PostOffice) -> Mailed:
    firm = mailed(folder, post_office, people=PEOPLE, text=STORY)
    firm.home.clock.now = NOW
    run_tick(firm.home.konto)
    return firm


@pytest.fixture(scope="module", params=ENGINES)
def pages(request: pytest.FixtureRequest) -> Iterator[Home]:
    """To be read only, on both stores."""
    firm = _firm(lasting_folder(request.param, "attention", request), PostOffice())
    yield Home(firm.home.konto)
    firm.home.close()


@pytest.fixture
def firm(tmp_path: Path, post_office: PostOffice) -> Iterator[Mailed]:
    """To do something in."""
    firm = _firm(tmp_path / "home", post_office)
    yield firm
    firm.home.close()


@contextmanager
def asking(pages: Home, person: str, *roles: Role) -> Iterator[None]:
    object.__setattr__(pages.konto, "asker", Asker(person, frozenset(roles)))
    yield
    object.__setattr__(pages.konto, "asker", LOCAL_USER)


def _told(morning: Morning) -> list[Matter]:
    """In the rows of the lists, and beside them."""
    return [*morning.told.values(), *morning.alerts.rows]


def _untouched(morning: Morning) -> int:
    """How many things; that somebody asked again stands in the row of what they had asked."""
    asked_again = sum(row.chased for row in morning.questions.rows if row.id in morning.told)
    return morning.alerts.total + sum(each.put_off_until is None for each in morning.told.values()) + asked_again


def _rules(morning: Morning) -> list[tuple[str, str]]:
    return [(each.told.rule, each.told.about) for each in _told(morning)]


def test_the_morning_of_everybody_has_the_most_urgent_first_and_one_row_for_each_thing(pages: Home):
    morning = pages.morning(READER, None)
    (offer,) = morning.overdue.rows
    assert morning.told[offer.id].told.rule == "overdue"
    (question,) = morning.questions.rows
    assert (question.chased, morning.told[question.id].told.rule) == (1, "chased"), "asking again stands in its row"
    rows = {row.id for part in morning if isinstance(part, Few) for row in part.rows if hasattr(row, "id")}
    assert set(morning.told) <= rows
    assert not {each.subject for each in morning.alerts.rows} & rows, "nothing stands twice"
    assert len(set(_rules(morning))) == len(_told(morning))
    assert morning.people == ("Ines Vogt", "Karin Roth", "Lutz Brandt")


def test_one_persons_morning_has_only_their_own(pages: Home):
    ines, lutz = pages.morning(READER, "Ines Vogt"), pages.morning(READER, "Lutz Brandt")
    assert [row.what for row in ines.overdue.rows] == ["Angebot"]
    assert [row.what for row in lutz.today.rows] == ["Wartung"]
    assert (lutz.overdue.total, ines.today.total) == (0, 0)
    assert [row.chased for row in ines.questions.rows] == [1]
    assert [row.name for row in lutz.recoveries.rows] == ["Familie Wolf"]
    assert [(row.name, row.what) for row in lutz.waiting.rows] == [("Familie Wolf", "Therme")]
    assert (lutz.questions.total, ines.waiting.total, ines.recoveries.total) == (0, 0, 0)
    assert {each.to for each in _told(ines)} == {("Ines Vogt",)}


def test_an_owner_sees_nobody_elses_morning_whatever_the_address_says(pages: Home):
    with asking(pages, "ines", "owner"):
        morning = pages.morning(READER, "Lutz Brandt")
    assert (morning.owner, morning.people) == ("Ines Vogt", ())
    assert [row.what for row in morning.overdue.rows] == ["Angebot"]
    assert {each.to for each in _told(morning)} == {("Ines Vogt",)}
    assert morning.may_answer


def test_an_admin_has_alerts_and_nothing_of_what_was_promised(pages: Home):
    with asking(pages, "karin", "admin"):
        morning = pages.morning(READER, None)
    assert morning.alerts.total
    assert not morning.may_answer
    assert (morning.today.total, morning.overdue.total, morning.questions.total) == (0, 0, 0)


def test_whoever_takes_note_does_so_for_all_alerts_about_the_thing(firm: Mailed):
    pages = Home(firm.home.konto)
    before = pages.morning(READER, "Ines Vogt")
    overdue = next(each for each in _told(before) if each.told.rule == "overdue")
    assert pages.take_note(READER, overdue.alerts) is None
    after = pages.morning(READER, "Ines Vogt")
    assert _untouched(after) == _untouched(before) - 1
    assert "overdue" not in [rule for rule, _ in _rules(after)]


def test_what_ends_by_a_deed_is_gone_before_the_next_check_says_so(firm: Mailed):
    pages = Home(firm.home.konto)
    assert {"overdue", "chased"} <= {each.told.rule for each in _told(pages.morning(READER, "Ines Vogt"))}
    for doing in (Doing("fulfil", "crm:Angebot", "a"), Doing("answer", "crm:F-1", "b")):
        assert pages.do(READER, doing) is None
    after = pages.morning(READER, "Ines Vogt")
    assert not {"overdue", "chased", "unanswered"} & {each.told.rule for each in _told(after)}
    assert pages.undo(READER, "a") is None
    assert "overdue" in {each.told.rule for each in _told(pages.morning(READER, "Ines Vogt"))}


def test_what_was_put_off_says_until_when_and_is_not_counted(firm: Mailed):
    pages = Home(firm.home.konto)
    before = pages.morning(READER, "Ines Vogt")
    until = NOW + timedelta(hours=20)
    assert pages.put_off(READER, _told(before)[0].alerts, until, "Warte auf den Großhändler") is None
    after = pages.morning(READER, "Ines Vogt")
    assert _untouched(after) == _untouched(before) - 1
    off = [*after.told.values(), *after.put_off.rows]
    assert [each.put_off_until for each in off if each.put_off_until] == [until]


def test_what_cannot_be_put_off_is_refused_in_a_sentence(pages: Home):
    alert = _told(pages.morning(READER, None))[0].alerts
    refused = pages.put_off(READER, alert, NOW - timedelta(hours=1), None)
    assert refused == Refusal(("Dieser Zeitpunkt ist schon vorbei. Bitte einen nennen, der noch kommt.",))
    with asking(pages, "audit", "auditor"):
        assert isinstance(pages.take_note(READER, alert), Refusal)


def test_what_was_passed_on_names_who_has_not_taken_note(firm: Mailed):
    pages = Home(firm.home.konto)
    firm.home.clock.now = at("2026-03-12T15:30")
    run_tick(firm.home.konto)
    karin = pages.morning(READER, "Karin Roth")
    assert {each.passed_on_from for each in _told(karin)} == {"Ines Vogt", "Lutz Brandt"}
    ines = pages.morning(READER, "Ines Vogt")
    assert "Karin Roth" in {each.passed_on_to for each in _told(ines)}
    everybody = pages.morning(READER, None)
    assert _untouched(everybody) == _untouched(karin)


def test_the_team_stands_by_name_with_the_same_numbers_as_the_mornings(pages: Home):
    team = pages.team(READER)
    assert isinstance(team, Team)
    office, rest = team.groups
    assert (office.name, office.manager, rest.name) == ("Büro", "Karin Roth", None)
    assert [row.name for row in office.rows] == ["Ines Vogt", "Lutz Brandt"]
    for row in (*office.rows, *rest.rows):
        morning = pages.morning(READER, row.name)
        shown = (morning.today, morning.overdue, morning.questions, morning.recoveries)
        assert row[1:6] == (_untouched(morning), *(few.total for few in shown))


def test_the_team_says_who_is_away_and_who_stands_in(firm: Mailed):
    firm.home.clock.now = at("2026-03-13T10:00")
    away = Home(firm.home.konto).team(READER)
    assert isinstance(away, Team)
    assert [(row.away, row.stand_in) for row in away.groups[0].rows] == [(True, "Lutz Brandt"), (False, None)]


@pytest.mark.parametrize("role", ["owner", "auditor", "admin"])
def test_only_whoever_leads_sees_how_the_team_stands(pages: Home, role: Role):
    with asking(pages, "ines", role):
        assert isinstance(pages.team(READER), Refusal)
    with asking(pages, "karin", "manager"):
        assert isinstance(pages.team(READER), Team)


def test_the_log_counts_each_state_and_is_narrowed_by_person_and_reason(pages: Home):
    log = pages.deliveries(READER, DeliveriesAsked(), 1)
    assert isinstance(log, DeliveriesPage)
    assert log.total == log.counts["all"] == log.counts["waiting"] == log.counts["unseen"] == log.figures.raised
    assert log.people == ("Ines Vogt", "Lutz Brandt")
    one = pages.deliveries(READER, DeliveriesAsked("all", "overdue", "Ines Vogt"), 1)
    assert isinstance(one, DeliveriesPage)
    assert [(row.to, row.told.name, row.state) for row in one.rows] == [("Ines Vogt", "Petra Meier", "waiting")]


def test_what_could_not_be_delivered_says_why_and_is_sent_once_more(firm: Mailed, post_office: PostOffice):
    pages = Home(firm.home.konto)
    post_office.recipients = ["550 unknown"] * 20
    firm.send_all()
    lost = pages.deliveries(READER, DeliveriesAsked("undeliverable"), 1)
    assert isinstance(lost, DeliveriesPage)
    assert {row.reason for row in lost.rows} == {"smtp_550"}
    assert lost.total == lost.figures.undeliverable > 0
    assert pages.send_again(READER, [lost.rows[0].alert]) is None
    assert pages.deliveries(READER, DeliveriesAsked("undeliverable"), 1).total == lost.total - 1  # type: ignore[union-attr]
    assert isinstance(pages.send_again(READER, [lost.rows[0].alert]), Refusal)


def test_an_owner_sees_the_log_of_their_own_and_sends_nothing(pages: Home):
    with asking(pages, "ines", "owner"):
        log = pages.deliveries(READER, DeliveriesAsked(), 1)
        assert isinstance(log, DeliveriesPage)
        assert {row.to for row in log.rows} == {"Ines Vogt"}
        assert not log.may_send
        assert isinstance(pages.try_channel(READER, "email"), Refusal)


def test_a_paused_channel_is_shown_and_tried_again_when_somebody_asks(firm: Mailed):
    pages = Home(firm.home.konto)
    until = NOW + timedelta(hours=1)
    paused = ChannelPaused(channel="email", reason="no_connection", until=until, failures=3)
    note(firm.home.konto.log, paused, NOW)
    log = pages.deliveries(READER, DeliveriesAsked(), 1)
    assert isinstance(log, DeliveriesPage)
    assert [tuple(each) for each in log.paused] == [("email", NOW, "no_connection", until)]
    assert pages.try_channel(READER, "email") is None
    log = pages.deliveries(READER, DeliveriesAsked(), 1)
    assert isinstance(log, DeliveriesPage)
    assert log.paused == ()


def test_the_overview_says_what_every_alert_is_about(pages: Home):
    period = periods.chosen("4w", "before", pages.now().date()).period
    overview = pages.overview(READER, OverviewAsked(period))
    assert overview is not None
    assert {row.delivery for row in overview.alerts} == {"waiting"}
    assert "eine Anfrage: wartet auf Antwort" in [row.text for row in overview.alerts]
