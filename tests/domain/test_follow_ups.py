"""Approaching customers ourselves: the call on the day after a delivery, and what other approaches are worth."""

from __future__ import annotations

from typing import Any

import pytest

from domain.follow_up import follow_ups
from tests.notation import Given, History, local, rulebook, steering

USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
PLAIN = steering(rulebook(**USUAL))

# Delivered on Thursday 5 March 2026; Friday the 6th is the business day after.
DELIVERED = """
2026-03-02T09:00  verspricht K-17 ines "Therme" bis 2026-03-05T16:00, Art delivery
2026-03-05T15:00  erfüllt "Therme"
"""


def due(history: History) -> list[tuple[str, str | None, str | None]]:
    """By promise: until when it asks for a call, and when the call came in time."""
    relationship = history.relationship()
    return [
        (each.promise, local(each.until), local(each.followed.time) if each.followed else None)
        for each in follow_ups(relationship, history.steered)
    ]


def calls(history: History) -> list[tuple[str, float]]:
    return [(rule, points) for rule, points in history.lines() if rule not in ("kept", "partly_fulfilled")]


def call(moment: str, more: str = "") -> str:
    return f"{moment}  meldet sich bei K-17, Zweck follow_up, Kanal phone{more}\n"


# -- which promises ask for one, and until when -----------------------------------------------------


def test_a_delivery_asks_for_a_call_by_the_end_of_the_business_day_after_it(given: Given) -> None:
    assert due(given(DELIVERED)) == [("promise-Therme", "2026-03-07T00:00", None)]


@pytest.mark.parametrize(
    ("fulfilled", "until"),
    [
        ("2026-03-05T00:00", "2026-03-07T00:00"),
        ("2026-03-05T23:59", "2026-03-07T00:00"),
        ("2026-03-06T09:00", "2026-03-10T00:00"),  # Friday: by Monday
        ("2026-03-07T09:00", "2026-03-10T00:00"),  # Saturday
        ("2026-04-02T09:00", "2026-04-08T00:00"),  # before Good Friday and Easter Monday
    ],
)
def test_weekends_and_holidays_are_passed_over(given: Given, fulfilled: str, until: str) -> None:
    text = f'2026-03-02T09:00  verspricht K-17 ines "Therme", Art delivery\n{fulfilled}  erfüllt "Therme"'
    calendar = 'default = "b"\n[calendars.b]\nzone = "Europe/Berlin"\ncountry = "DE"\n[calendars.b.hours]\n' + "".join(
        f'{day} = ["08:00-12:00"]\n' for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    )
    assert due(given(text, steering(calendar=calendar))) == [("promise-Therme", until, None)]


@pytest.mark.parametrize("kind", ["appointment", "callback", "quality", "other"])
def test_no_other_kind_asks_for_one_unless_the_rulebook_says_so(given: Given, kind: str) -> None:
    text = DELIVERED.replace("delivery", kind)
    assert due(given(text)) == []
    wider = steering(rulebook(contacts={"follow_up_kinds": ("delivery", kind)}))
    assert len(due(given(text, wider))) == 1


@pytest.mark.parametrize(
    ("end", "asks"),
    [
        ('erfüllt "Therme"', True),
        ('erfüllt "Therme", Grad 1.4', True),
        ('erfüllt "Therme", Grad 0.5', True),
        ('erfüllt "Therme", Grad 0.49', False),
        ('bricht "Therme"', False),
        ('nimmt "Therme" zurück', False),
        ('erlässt "Therme"', False),
    ],
)
def test_only_what_was_fulfilled_at_least_in_part_asks_for_one_late_ones_too(
    given: Given, end: str, asks: bool
) -> None:
    made = DELIVERED.splitlines()[1]
    assert bool(due(given(f"{made}\n2026-03-05T15:00  {end}"))) is asks
    assert bool(due(given(f"{made}\n2026-03-10T15:00  {end}"))) is asks


def test_an_internal_delivery_asks_for_none(given: Given) -> None:
    assert due(given(DELIVERED.replace("Art delivery", "Art delivery, intern"))) == []


def test_a_promise_asks_once_whatever_happens_after_its_end(given: Given) -> None:
    text = DELIVERED + '2026-03-06T09:00  beschreibt "Therme", ernst\n2026-03-09T10:00  übergibt "Therme" an lutz'
    assert len(due(given(text))) == 1


# -- which call is one ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        ("2026-03-05T15:00", False),  # at the very instant of the fulfilment it cannot ask how things are
        ("2026-03-05T15:00:01", True),
        ("2026-03-06T10:00", True),
        ("2026-03-06T23:59:59", True),
        ("2026-03-07T00:00", True),
        ("2026-03-07T00:00:01", False),
        ("2026-03-04T10:00", False),
    ],
)
def test_a_follow_up_counts_after_the_fulfilment_until_24_00_of_the_next_business_day_and_is_worth_2(
    given: Given, moment: str, counts: bool
) -> None:
    history = given(DELIVERED + call(moment), PLAIN)
    assert (due(history)[0][2] is not None) is counts
    assert calls(history) == ([("follow_up", 2.0)] if counts else [])


def test_it_may_be_about_that_delivery_or_about_nothing_not_about_another_one(given: Given) -> None:
    for about, counts in (("", True), (', über "Therme"', True), (', über "Rohr"', False)):
        assert (due(given(DELIVERED + call("2026-03-06T10:00", about)))[0][2] is not None) is counts


def test_a_call_to_another_customer_or_for_another_purpose_is_none(given: Given) -> None:
    history = given(DELIVERED + call("2026-03-06T10:00").replace("K-17", "K-18"))
    relationship = history.relationship("customer-K-17")
    assert [each.followed for each in follow_ups(relationship, history.steered)] == [None]
    assert due(given(DELIVERED + call("2026-03-06T10:00").replace("follow_up", "check_in")))[0][2] is None


def test_one_call_may_follow_up_two_deliveries_and_earns_once(given: Given) -> None:
    text = DELIVERED + DELIVERED.replace("Therme", "Speicher") + call("2026-03-06T10:00")
    assert [followed for _, _, followed in due(given(text))] == ["2026-03-06T10:00"] * 2
    assert calls(given(text, PLAIN)) == [("follow_up", 2.0)]


def test_the_first_call_in_time_is_the_one(given: Given) -> None:
    history = given(DELIVERED + call("2026-03-06T11:00") + call("2026-03-06T10:00"))
    assert due(history)[0][2] == "2026-03-06T10:00"


def test_a_follow_up_without_a_delivery_or_too_late_earns_nothing(given: Given) -> None:
    assert calls(given(call("2026-03-06T10:00"), PLAIN)) == []
    assert calls(given(DELIVERED + call("2026-03-09T10:00"), PLAIN)) == []


def test_the_calendar_is_that_of_the_team_that_delivered_its_zone_too(given: Given) -> None:
    """In Auckland it is Friday already: the next business day there is Monday, and ends on Sunday noon in Berlin."""
    calendar = """
default = "hier"
[teams]
Dort = "dort"
[calendars.hier]
zone = "Europe/Berlin"
[calendars.hier.hours]
monday = ["08:00-12:00"]
thursday = ["08:00-12:00"]
friday = ["08:00-12:00"]
[calendars.dort]
zone = "Pacific/Auckland"
[calendars.dort.hours]
monday = ["08:00-12:00"]
thursday = ["08:00-12:00"]
friday = ["08:00-12:00"]
"""
    text = DELIVERED.replace("Art delivery", "Art delivery, Team Dort")
    assert due(given(text, steering(calendar=calendar))) == [("promise-Therme", "2026-03-09T12:00", None)]


# -- what approaches are worth ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "points"),
    [("check_in", 1), ("needs", 1), ("courtesy", 1), ("service", 1), ("idea_adopted", 1), ("advice", 2)],
)
def test_a_check_in_needs_a_courtesy_a_service_or_an_idea_is_worth_1_advice_2(
    given: Given, purpose: str, points: float
) -> None:
    history = given(f"2026-03-02T09:00  meldet sich bei K-17, Zweck {purpose}", PLAIN)
    assert history.lines() == [(purpose, points)]


@pytest.mark.parametrize("purpose", ["news", "other"])
def test_news_and_what_has_no_purpose_earn_nothing(given: Given, purpose: str) -> None:
    assert given(f"2026-03-02T09:00  meldet sich bei K-17, Zweck {purpose}", PLAIN).postings == []
    assert given("2026-03-02T09:00  meldet sich bei K-17", PLAIN).postings == []


@pytest.mark.parametrize(
    ("second", "counts"),
    [
        ("2026-04-01T10:00", True),  # 30 days of 24 hours: the clock was put forward
        ("2026-04-01T09:59:59", False),
        ("2026-03-02T09:00", False),
        ("2026-03-20T09:00", False),
        ("2027-03-02T09:00", True),
    ],
)
def test_a_purpose_counts_when_the_last_counted_one_is_at_least_30_days_older(
    given: Given, second: str, counts: bool
) -> None:
    text = f"2026-03-02T09:00  meldet sich bei K-17, Zweck check_in\n{second}  meldet sich bei K-17, Zweck check_in"
    assert len(given(text, PLAIN).lines()) == 1 + counts


def test_one_that_did_not_count_does_not_hold_off_the_next(given: Given) -> None:
    """Every 20 days: the first, not the second, the third."""
    days = ["2026-01-01", "2026-01-21", "2026-02-10", "2026-03-02", "2026-03-22"]
    text = "\n".join(f"{day}T09:00  meldet sich bei K-17, Zweck service" for day in days)
    assert [local(line.time) for line in given(text, PLAIN).postings] == [
        "2026-01-01T09:00",
        "2026-02-10T09:00",
        "2026-03-22T09:00",
    ]


def test_each_purpose_counts_by_itself(given: Given) -> None:
    """
    2026-03-02T09:00  meldet sich bei K-17, Zweck check_in
    2026-03-03T09:00  meldet sich bei K-17, Zweck advice
    2026-03-04T09:00  meldet sich bei K-17, Zweck courtesy
    2026-03-05T09:00  meldet sich bei K-17, Zweck check_in
    """
    assert given(None, PLAIN).lines() == [("check_in", 1.0), ("advice", 2.0), ("courtesy", 1.0)]


def test_follow_ups_have_the_same_rule_of_30_days(given: Given) -> None:
    text = DELIVERED + call("2026-03-06T10:00")
    text += '2026-04-01T09:00  verspricht K-17 ines "Speicher", Art delivery\n2026-04-02T09:00  erfüllt "Speicher"\n'
    text += call("2026-04-03T10:00")
    text += '2026-05-04T09:00  verspricht K-17 ines "Rohr", Art delivery\n2026-05-05T09:00  erfüllt "Rohr"\n'
    text += call("2026-05-06T10:00")
    history = given(text, PLAIN)
    assert [local(line.time) for line in history.postings if line.rule == "follow_up"] == [
        "2026-03-06T10:00",  # the one of 3 April comes 28 days later
        "2026-05-06T10:00",
    ]
    assert [followed is not None for _, _, followed in due(history)] == [True, True, True]


def test_a_follow_up_that_earned_nothing_holds_off_none_that_does(given: Given) -> None:
    text = call("2026-03-03T10:00") + DELIVERED + call("2026-03-06T10:00")
    assert calls(given(text, PLAIN)) == [("follow_up", 2.0)]


def test_which_approaches_count_does_not_depend_on_the_order_of_arrival(given: Given) -> None:
    days = ["2026-01-01", "2026-01-21", "2026-02-10", "2026-03-02", "2026-03-22"]
    told = list(given("\n".join(f"{day}T09:00  meldet sich bei K-17, Zweck service" for day in days)).envelopes)
    expected = History(told, PLAIN).lines()
    for turn in range(len(told)):
        assert History((told[turn:] + told[:turn])[::-1], PLAIN).lines() == expected
