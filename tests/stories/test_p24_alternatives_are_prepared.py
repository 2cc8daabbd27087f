"""P24: Prepare alternatives for whatever is critical (001): a plan B on a promise.

The alert "at risk, no plan B" comes with the adviser; the last call names the plan B already.
"""

from __future__ import annotations

from projections.open_list import page
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, asked


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
