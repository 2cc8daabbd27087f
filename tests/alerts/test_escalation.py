"""What nobody acknowledges goes up, in business time, to whoever has not heard of it; absences are looked up then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import SHARED_INBOX
from tests.alerts.firm import Mailed, mailed, named
from tests.alerts.post_office import PostOffice
from tests.notation import at
from wiring import answering
from wiring.worker import run_tick
from workers import escalation

FIRM = """
manager = "karin"
shared_inbox = "buero@example.com"

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
team = "Büro"
stand_in = "lutz"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
team = "Büro"
stand_in = "mia"

[[persons]]
id = "mia"
name = "Mia Kern"
email = "mia@example.com"
team = "Büro"
stand_in = "ines"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"

[[teams]]
name = "Büro"
manager = "mia"
"""
DUE = "2026-03-12T10:00"
TEXT = f'2026-03-02T09:00  verspricht K-1 ines "A" bis {DUE}'


def away(people: str, *persons: str, days: str = "from = 2026-03-12, to = 2026-03-13") -> str:
    for person in persons:
        people = people.replace(f'id = "{person}"', f'id = "{person}"\naway = [{{ {days} }}]')
    return people


def told(firm: Mailed, *moments: str) -> list[tuple[str, list[str]]]:
    """Whom each check newly tells, and sends to; only about what is overdue."""
    found = []
    for moment in moments:
        firm.home.clock.now = at(moment)
        newly = run_tick(firm.home.konto)
        firm.send_all()
        found.append((moment, [who(firm, each.recipient) for each in newly if each.occasion.rule == "overdue"]))
    return found


def who(firm: Mailed, internal: str) -> str:
    return "inbox" if internal == SHARED_INBOX else named(firm.home, internal)


def got(firm: Mailed) -> list[str]:
    """Who got mail about what is overdue, in order."""
    rows = firm.home.rows("SELECT sent_to FROM alerts WHERE rule = 'overdue' AND sent_to IS NOT NULL "
                          "ORDER BY delivered_at, escalated_from IS NOT NULL")  # fmt: skip
    return [who(firm, row[0]) for row in rows]


@pytest.fixture
def opened(folder: Path, post_office: PostOffice):
    firms = []

    def make(people: str = FIRM, text: str = TEXT) -> Mailed:
        firms.append(mailed(folder, post_office, people=people, text=text))
        return firms[-1]

    yield make
    for firm in firms:
        firm.home.close()


def test_unacknowledged_for_four_business_hours_it_goes_up_step_by_step_to_the_inbox(opened):
    firm = opened()
    ticks = [
        ("2026-03-12T10:00", ["ines"]),
        ("2026-03-12T14:59", []),  # noon does not count
        ("2026-03-12T15:00", ["mia"]),  # who leads the team
        ("2026-03-13T09:59", []),
        ("2026-03-13T10:00", ["karin"]),
        ("2026-03-13T14:59", []),
        ("2026-03-13T15:00", ["inbox"]),
        ("2026-03-16T17:00", []),  # nobody is left
    ]
    assert told(firm, *(moment for moment, _ in ticks)) == ticks
    assert got(firm) == ["ines", "mia", "karin", "inbox"]


def test_where_nobody_is_left_to_hear_of_it_the_firm_is_not_looked_at_for_it_again(
    opened, monkeypatch: pytest.MonkeyPatch
):
    """Else each check of a firm whose customers nobody looks after would add up all their accounts."""
    looked = []
    holding = escalation.holding
    monkeypatch.setattr(escalation, "holding", lambda look, told: looked.append(look.at) or holding(look, told))
    firm = opened()
    told(firm, DUE, "2026-03-12T15:00", "2026-03-13T10:00", "2026-03-13T15:00", "2026-03-16T15:00", "2026-03-16T16:00")
    assert got(firm) == ["ines", "mia", "karin", "inbox"]
    assert looked == [at("2026-03-12T15:00"), at("2026-03-13T10:00"), at("2026-03-13T15:00")]


def test_raised_on_friday_evening_it_goes_up_on_monday(opened):
    firm = opened(text='2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-13T18:00')
    ticks = [
        ("2026-03-13T18:00", ["ines"]),
        ("2026-03-16T08:00", []),  # sent with the opening
        ("2026-03-16T11:59", []),
        ("2026-03-16T12:00", ["mia"]),
    ]
    assert told(firm, *(moment for moment, _ in ticks)) == ticks


@pytest.mark.parametrize(
    ("due", "opening", "goes_up"),
    [
        ("2026-03-28T10:00", "2026-03-30T08:00", "2026-03-30T12:00"),
        ("2026-10-24T10:00", "2026-10-26T08:00", "2026-10-26T12:00"),
    ],
)
def test_over_both_clock_changes(opened, due: str, opening: str, goes_up: str):
    made = at(due) - timedelta(days=9)
    firm = opened(text=f'{made.isoformat()}  verspricht K-1 ines "A" bis {due}')
    before = (at(goes_up) - timedelta(minutes=1)).isoformat()
    assert told(firm, due, opening, before, goes_up) == [
        (due, ["ines"]), (opening, []), (before, []), (goes_up, ["mia"])
    ]  # fmt: skip


def test_whoever_acknowledges_stops_it_for_all(opened):
    firm = opened()
    assert told(firm, DUE, "2026-03-12T15:00")[1][1] == ["mia"]
    (mine,) = firm.home.rows("SELECT alert FROM alerts WHERE rule = 'overdue' AND escalated_from IS NULL")
    answering.acknowledge(firm.home.konto, [mine[0]])
    assert told(firm, "2026-03-13T10:00", "2026-03-13T15:00") == [("2026-03-13T10:00", []), ("2026-03-13T15:00", [])]


def test_what_is_over_goes_up_no_further(opened):
    firm = opened(text=TEXT + '\n2026-03-12T12:00  erfüllt "A"')
    assert told(firm, DUE, "2026-03-12T15:00") == [(DUE, ["ines"]), ("2026-03-12T15:00", [])]
    assert firm.home.rows("SELECT state FROM alerts WHERE rule = 'overdue'") == [("cleared",)]


def test_the_firm_may_keep_rules_from_going_up(opened):
    firm = opened()
    text = (firm.home.konto.home / "rulebook.toml").read_text("utf-8")
    firm.home.konto.publish("rulebook", text.replace("not_escalated = []", 'not_escalated = ["overdue"]'))
    assert told(firm, DUE, "2026-03-12T15:00") == [(DUE, ["ines"]), ("2026-03-12T15:00", [])]


# -- absences -------------------------------------------------------------------------------------------


def test_stand_ins_chain_and_whoever_got_it_as_one_does_not_get_it_as_manager(opened):
    """Ines and Lutz are away, so Mia stands in; she leads the team too, so that Karin is the next."""
    firm = opened(away(FIRM, "ines", "lutz"))
    assert told(firm, DUE, "2026-03-12T15:00") == [(DUE, ["ines"]), ("2026-03-12T15:00", ["karin"])]
    assert got(firm) == ["mia", "karin"]


def test_where_the_chain_comes_back_to_its_beginning_it_goes_up_at_once(opened):
    """Nobody of the three is there: the message goes to Ines all the same, and to Karin at once."""
    firm = opened(away(FIRM, "ines", "lutz", "mia"))
    assert told(firm, DUE, "2026-03-12T10:01") == [(DUE, ["ines", "karin"]), ("2026-03-12T10:01", [])]
    assert got(firm) == ["ines", "karin"]


def test_a_stand_in_is_looked_up_at_the_moment_of_sending(opened):
    """Raised on Thursday evening while Ines is there, sent on Friday morning when she is away."""
    days = "from = 2026-03-13, to = 2026-03-13"
    firm = opened(away(FIRM, "ines", days=days), text='2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-12T18:00')
    told(firm, "2026-03-12T18:00", "2026-03-13T08:00")
    assert got(firm) == ["lutz"]


def test_the_managers_stand_in_who_had_it_already_does_not_get_it_again(opened):
    """Karin is away when it comes to her, and Ines, who had it first, stands in for her: so it goes to the inbox."""
    people = FIRM.replace('manager = "mia"', "").replace('id = "karin"', 'id = "karin"\nstand_in = "ines"')
    firm = opened(away(people, "karin"))
    assert told(firm, DUE, "2026-03-12T15:00") == [(DUE, ["ines"]), ("2026-03-12T15:00", ["inbox"])]
    assert got(firm) == ["ines", "inbox"]


# -- who cannot be reached --------------------------------------------------------------------------------


def test_what_cannot_be_delivered_goes_up_at_once(opened, post_office: PostOffice):
    firm = opened()
    firm.home.clock.now = at(DUE)
    run_tick(firm.home.konto)
    post_office.recipients = ["550 no such user"]
    firm.send_all()
    states = dict(firm.home.rows("SELECT rule, state FROM alerts WHERE rule = 'overdue'"))
    assert states == {"overdue": "undeliverable"}
    assert told(firm, "2026-03-12T10:01") == [("2026-03-12T10:01", ["mia"])]


def test_a_daily_message_gives_four_hours_from_when_it_came(opened):
    firm = opened(FIRM.replace('id = "ines"', 'id = "ines"\ndigest = true'))
    ticks = [
        (DUE, ["ines"]),
        ("2026-03-12T16:59", []),
        ("2026-03-13T07:30", []),
        ("2026-03-13T11:59", []),
        ("2026-03-13T12:00", ["mia"]),  # business time begins at eight
    ]
    assert told(firm, *(moment for moment, _ in ticks)) == ticks


def test_an_escalation_says_who_has_not_seen_it(opened, post_office: PostOffice):
    firm = opened()
    told(firm, DUE, "2026-03-12T15:00")
    to_mia = [mail for mail in post_office.mails if mail.to == ["mia@example.com"]]
    assert len(to_mia) == 1
    assert "Ines Vogt" in to_mia[0].text


def test_while_nobody_looked_for_weeks_nothing_old_goes_up(opened):
    firm = opened()
    told(firm, DUE)
    assert told(firm, "2026-04-12T10:00") == [("2026-04-12T10:00", [])]
