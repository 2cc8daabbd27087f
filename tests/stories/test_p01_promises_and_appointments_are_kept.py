"""P1: Keep promises and appointments; the date is the direct yardstick of reliability (000, 001, 004)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, account, employ, figure, share, told


def test_a_kept_date_earns_a_missed_one_costs_more_the_later_it_gets(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 lutz "Wartung" bis 2026-03-04T10:00, Art appointment
    2026-03-02T09:00  verspricht K-17 lutz "Angebot" bis 2026-03-04T10:00
    2026-03-04T10:00  erfüllt "Wartung"
    """
    history = given(None, KNOWN_AND_ORDINARY)
    costs = [dict(history.lines(f"2026-03-{day:02}T10:00"))["overdue"] for day in (4, 5, 7, 9, 14, 24)]
    assert costs == [-2, -3, -5, -7.5, -8, -8], "in steps, and then it is as bad as broken"
    assert dict(history.lines())["kept"] == 4
    assert costs[-1] < -4, "a missed promise costs more than a kept one earns"


def test_the_figures_go_by_the_date_and_moving_dates_does_not_polish_them(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 lutz "pünktlich" bis 2026-03-04T10:00
    2026-03-04T09:00  erfüllt "pünktlich"
    2026-03-02T09:00  verspricht K-1 lutz "verschoben" bis 2026-03-06T10:00
    2026-03-03T09:00  verschiebt "verschoben" auf 2026-03-12T10:00, mit Alternative
    2026-03-12T09:00  erfüllt "verschoben"
    2026-03-02T09:00  verspricht K-2 lutz "zu spät" bis 2026-03-04T10:00
    2026-03-05T10:00  erfüllt "zu spät"
    2026-03-02T09:00  verspricht K-2 lutz "offen" bis 2026-06-30
    """
    home.take(given().envelopes)
    assert share(home, "on_time_rate", "2026-03-20") == (2, 3)
    assert share(home, "strict_on_time_rate", "2026-03-20") == (1, 3), "by the date first promised"
    assert figure(home, "lateness_hours", "2026-03-20").clock.max == 24


def test_reliability_stands_beside_the_account_and_is_never_mixed_into_it(home: Home, given: Given) -> None:
    """An internal promise broken: the customer never saw it, but one should know how far one can rely on us.

    2026-03-02T09:00  verspricht K-1 lutz "intern" bis 2026-03-04T10:00, intern
    2026-03-05T09:00  bricht "intern"
    2026-03-06T09:00  K-1 empfiehlt uns
    """
    home.take(given().envelopes)
    found = account(home, "K-1", "2026-03-06T09:00")
    assert (found.balance, found.reliability.rests_on) == (6_00, 1)


def test_whoever_promised_is_reminded_two_business_days_before_and_told_when_the_date_has_passed(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  verspricht K-1 lutz "offen" bis 2026-03-10T10:00
    2026-03-02T09:00  verspricht K-2 ines "gehalten" bis 2026-03-10T10:00
    2026-03-06T07:00  erfüllt "gehalten"
    """
    employ(home)
    home.take(given().envelopes)
    looks = {
        "2026-03-06T07:59": [],
        "2026-03-06T08:00": ["lutz: due_soon offen"],  # from Friday to Tuesday
        "2026-03-10T09:59": [],
        "2026-03-10T10:00": ["lutz: overdue offen"],
    }
    assert {moment: told(home, moment, "due_soon", "overdue") for moment in looks} == looks
