"""P24: Prepare alternatives for whatever is critical (001): a plan B on a promise."""

from __future__ import annotations

from projections.open_list import page
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, asked, employ, noticed, words


def plans(home: Home, moment: str) -> dict[str, bool]:
    return {row.promise.id: bool(row.promise.plan_b) for row in page(*asked(home, moment)).rows}


def test_a_plan_b_may_come_with_the_promise_or_be_found_later_or_fall_through(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "mit" bis 2026-03-20, Plan B
    2026-03-02T09:00  verspricht K-1 ines "ohne" bis 2026-03-20
    2026-03-04T09:00  beschreibt "ohne", Plan B
    2026-03-06T09:00  beschreibt "mit", kein Plan B
    """
    home.take(given().envelopes)
    assert plans(home, "2026-03-03") == {"mit": True, "ohne": False}
    assert plans(home, "2026-03-05") == {"mit": True, "ohne": True}
    assert plans(home, "2026-03-07") == {"mit": False, "ohne": True}


def test_a_plan_b_moves_no_date_and_earns_nothing_by_itself(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-06T12:00
    2026-03-04T09:00  beschreibt "Angebot", Plan B
    """
    history = given(None, KNOWN_AND_ORDINARY)
    assert history.lines("2026-03-05") == []
    assert history.due() == "2026-03-06T12:00"


def test_it_pays_when_it_is_offered_in_time(given: Given) -> None:
    text = '2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-06T12:00, Plan B\n'
    with_it = given(text + "2026-03-04T09:00  verschiebt auf 2026-03-10T12:00, mit Alternative", KNOWN_AND_ORDINARY)
    without = given(text + "2026-03-04T09:00  verschiebt auf 2026-03-10T12:00", KNOWN_AND_ORDINARY)
    assert with_it.lines("2026-03-09") == [("moved_in_time", 0.0)]
    assert without.lines("2026-03-09") == [("moved_in_time_without_alternative", -1.0)]


ALWAYS_LATE = "".join(
    f'2026-02-02T09:00  verspricht K-{n} ines "A-{n}" bis 2026-02-1{n % 10}T09:00\n'
    f'2026-02-1{n % 10}T12:00  erfüllt "A-{n}"\n'
    for n in range(30)
)
WITH_AND_WITHOUT = """
2026-03-02T09:00  verspricht K-1 ines "mit" bis 2026-03-12T12:00, Plan B
2026-03-02T09:00  verspricht K-2 ines "ohne" bis 2026-03-12T12:00
"""


def test_who_is_told_that_a_promise_is_at_risk_or_is_called_the_last_time_is_told_of_the_plan_b(
    home: Home, given: Given
) -> None:
    employ(home)
    home.take(given(ALWAYS_LATE + WITH_AND_WITHOUT).envelopes)
    for rule, moment in (("at_risk", "2026-03-03T09:00"), ("last_call", "2026-03-11T08:00")):
        says = sorted(words(home, each) for each in noticed(home, moment, rule))
        assert len(says) == 2, rule
        assert "Plan B: Plan B." in says[0]
        assert "Einen Plan B gibt es noch nicht." in says[1]


def test_who_usually_keeps_what_they_promise_is_not_told_that_it_is_at_risk(home: Home, given: Given) -> None:
    employ(home)
    home.take(given(ALWAYS_LATE.replace("T12:00", "T08:00") + WITH_AND_WITHOUT).envelopes)
    assert noticed(home, "2026-03-03T09:00", "at_risk") == []
