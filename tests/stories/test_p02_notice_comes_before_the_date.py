"""P2: If a date cannot be kept, tell the customer before it, not just hours before, and agree a new one (000)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, LED, employ, noticed, share, told, words

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'
KEPT = "2026-03-10T12:00  erfüllt\n"


def moved(moment: str) -> str:
    return MADE + f"{moment}  verschiebt auf 2026-03-10T12:00, mit Alternative\n" + KEPT


def test_told_days_before_it_still_earns_told_hours_before_it_costs(given: Given) -> None:
    """35 business hours lie between promise and date, so a full day of notice is asked for: by Thursday at one."""
    assert given(MADE).last_moment("2026-03-02T10:00") == "2026-03-05T13:00"
    in_time = given(moved("2026-03-05T13:00"), KNOWN_AND_ORDINARY)
    too_late = given(moved("2026-03-05T13:01"), KNOWN_AND_ORDINARY)
    assert sum(points for _, points in in_time.lines()) == 2
    assert sum(points for _, points in too_late.lines()) == -3


def test_told_after_the_date_is_never_better_than_told_before_it(given: Given) -> None:
    results = [
        sum(points for _, points in given(moved(moment), KNOWN_AND_ORDINARY).lines())
        for moment in ("2026-03-03T09:00", "2026-03-05T12:00", "2026-03-06T11:00", "2026-03-09T09:00")
    ]
    assert results == sorted(results, reverse=True)


def test_a_new_date_that_the_customer_does_not_agree_to_changes_nothing(given: Given) -> None:
    text = MADE + "2026-03-03T09:00  verschiebt auf 2026-03-10T12:00, nicht vereinbart\n"
    assert given(text).due() == "2026-03-06T12:00"
    assert given(text).outcome("2026-03-06T12:00") == "overdue"


def test_for_a_short_promise_two_hours_of_notice_are_enough(given: Given) -> None:
    """Promised at 8 for 17 o'clock."""
    text = '2026-03-02T08:00  verspricht K-17 ines "Rückruf" bis 2026-03-02T17:00, Art callback'
    assert given(text).last_moment("2026-03-02T08:30") == "2026-03-02T15:00"


def test_the_figure_asks_whether_every_notice_came_in_time(home: Home, given: Given) -> None:
    home.take(given(moved("2026-03-05T12:00")).envelopes)
    late = given(moved("2026-03-06T11:00").replace("Angebot", "Rohr")).envelopes
    home.take([{**each, "id": f"late {each['id']}"} for each in late])
    assert share(home, "timely_notice_rate", "2026-03-20") == (1, 2)


def test_half_a_day_before_it_is_too_late_for_timely_notice_whoever_promised_is_called_once(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-02T09:00  verspricht K-18 lutz "verschoben" bis 2026-03-06T12:00
    2026-03-04T16:00  verschiebt "verschoben" auf 2026-03-13T12:00, mit Alternative
    """
    employ(home)
    home.take(given().envelopes)
    assert told(home, "2026-03-05T07:59", "last_call") == []
    (call,) = noticed(home, "2026-03-05T08:00", "last_call")
    assert "bis heute 13 Uhr Bescheid geben, einen neuen Termin nennen" in words(home, call)
    assert told(home, "2026-03-05T12:59", "last_call") == []
    assert told(home, "2026-03-12T08:00", "last_call") == ["lutz: verschoben"], "armed anew for the new date"


def test_what_is_moved_for_the_third_time_is_told_to_whoever_leads(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-12T12:00
    2026-03-03T09:00  verschiebt "Angebot" auf 2026-03-19T12:00
    2026-03-04T09:00  verschiebt "Angebot" auf 2026-03-26T12:00
    2026-03-05T09:00  verschiebt "Angebot" auf 2026-04-09T12:00
    """
    employ(home, LED)
    home.take(given().envelopes)
    assert told(home, "2026-03-05T08:59", "moved_again") == []
    assert told(home, "2026-03-05T09:00", "moved_again") == ["karin: Angebot"]
