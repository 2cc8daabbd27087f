"""When it is early enough to tell the customer: N = min(8 h, max(2 h, Q/4), Q/2) of business time (SPEC 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from domain import rulebook as rulebooks
from tests.notation import Given, at, rulebook, steering

HOUR = 3600


@pytest.mark.parametrize(
    ("quiet_hours", "needed_hours"),
    [
        (0, 0),
        (0.5, 0.25),
        (1, 0.5),
        (2, 1),
        (3.999, 1.9995),
        (4, 2),
        (4.001, 2),
        (7, 2),
        (8, 2),
        (8.004, 2.001),
        (12, 3),
        (16, 4),
        (31.996, 7.999),
        (32, 8),
        (32.004, 8),
        (400, 8),
    ],
)
def test_half_of_short_promises_then_2_hours_then_a_quarter_and_8_hours_at_most(
    quiet_hours: float, needed_hours: float
) -> None:
    needed = rulebooks.default().notice.needed(round(quiet_hours * HOUR))
    assert needed == pytest.approx(needed_hours * HOUR, abs=1)


def test_the_notice_needed_never_shrinks_when_there_was_more_time() -> None:
    notice = rulebooks.default().notice
    needed = [notice.needed(quiet) for quiet in range(0, 50 * HOUR, 60)]
    assert all(earlier <= later for earlier, later in pairwise(needed))


def notice_at(given: Given, made: str, due: str, told: str) -> bool | None:
    history = given(f"""
        {made}  verspricht K-17 ines "Angebot" bis {due}
        {told}  verschiebt auf 2026-12-01T09:00
    """)
    return history.steps()[-1].in_time


MOMENTS = [
    # made, due, last moment; Q and N in business hours
    ("2026-03-02T09:00", "2026-03-04T09:00", "2026-03-03T14:00"),  # Q 16, N 4
    ("2026-03-02T08:00", "2026-03-02T10:00", "2026-03-02T09:00"),  # Q 2, N 1
    ("2026-03-02T08:00", "2026-03-02T12:00", "2026-03-02T10:00"),  # Q 4, N 2
    ("2026-03-02T08:00", "2026-03-02T17:00", "2026-03-02T15:00"),  # Q 8, N 2
    ("2026-03-02T08:00", "2026-03-03T12:00", "2026-03-03T09:00"),  # Q 12, N 3
    ("2026-03-02T08:00", "2026-03-05T17:00", "2026-03-05T08:00"),  # Q 32, N 8
    ("2026-03-02T08:00", "2026-03-20T16:00", "2026-03-19T16:00"),  # N 8 = the usual hours of a day
    ("2026-03-02T08:00", "2026-03-09T10:00", "2026-03-06T10:00"),  # over a weekend, N 8
    ("2026-03-02T08:00", "2026-03-08T12:00", "2026-03-06T08:00"),  # due on a Sunday
    ("2026-03-02T08:00", "2026-03-04", "2026-03-04T10:00"),  # Q 24, N 6, a date without a time
    ("2026-03-26T08:00", "2026-04-07T10:00", "2026-04-02T10:00"),  # Good Friday and Easter Monday, N 8
    ("2026-03-27T08:00", "2026-03-30T12:00", "2026-03-30T09:00"),  # the clock is changed, Q 12, N 3
    ("2026-03-02T08:00:00", "2026-03-02T08:00:07", "2026-03-02T08:00:03"),  # Q 7 s, N 3.5 s
]


@pytest.mark.parametrize(("made", "due", "last"), MOMENTS)
def test_the_last_moment_is_the_latest_whole_second_with_the_notice_left(
    given: Given, made: str, due: str, last: str
) -> None:
    history = given(f'{made}  verspricht K-17 ines "Angebot" bis {due}')
    assert at(history.last_moment(made) or "") == at(last)
    assert notice_at(given, made, due, last) is True
    later = (at(last) + timedelta(seconds=1)).isoformat()
    assert notice_at(given, made, due, later) is False


def test_no_notice_is_needed_where_no_business_time_lies_before_the_due(given: Given) -> None:
    """Made on Saturday for Sunday: Q = 0, so N = 0; at the due it is still in time, after it never."""
    made, due = "2026-03-07T10:00", "2026-03-08T12:00"
    assert notice_at(given, made, due, "2026-03-08T11:59") is True
    assert notice_at(given, made, due, "2026-03-08T12:00") is True
    assert notice_at(given, made, due, "2026-03-08T12:00:01") is False
    assert given(f'{made}  verspricht K-17 ines "Angebot" bis {due}').last_moment(made) == due


def test_told_after_the_due_it_is_never_in_time_also_at_night(given: Given) -> None:
    assert notice_at(given, "2026-03-02T09:00", "2026-03-04T17:00", "2026-03-04T17:00:01") is False
    assert notice_at(given, "2026-03-02T09:00", "2026-03-04T17:00", "2026-03-04T22:00") is False


def test_what_the_customer_asks_for_is_always_in_time(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-09T09:00  verschiebt auf 2026-03-12T09:00, vom Kunden gewünscht
    """
    assert given().steps()[-1].in_time is True


def test_an_undated_promise_can_be_moved_and_taken_back_in_time_at_any_time(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Irgendwann"
    2027-03-02T09:00  nimmt zurück
    """
    assert given().steps()[-1].in_time is True


def test_after_a_move_the_notice_is_reckoned_against_the_new_due_from_the_making_on(given: Given) -> None:
    """Q from Monday 8:00 to Tuesday 12:00 is 12 hours, N 3; to Thursday 17:00 it is 32 hours, N 8.

    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-03T12:00
    2026-03-03T09:00  verschiebt auf 2026-03-05T17:00
    2026-03-05T08:00  verschiebt auf 2026-03-06T17:00
    2026-03-06T08:00:01  verschiebt auf 2026-03-09T17:00
    """
    assert [step.in_time for step in given().steps()] == [None, True, True, False]
    assert given().last_moment("2026-03-03T08:59") == "2026-03-03T09:00"
    assert given().last_moment("2026-03-03T09:00") == "2026-03-05T08:00"


def test_a_move_that_was_not_agreed_is_told_in_time_or_not_against_the_old_due(given: Given) -> None:
    """
    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-03T12:00
    2026-03-02T09:00  verschiebt auf 2026-03-05T17:00, nicht vereinbart
    2026-03-03T09:30  verschiebt auf 2026-03-05T17:00
    """
    assert [step.in_time for step in given().steps()] == [None, True, False]


def test_a_pause_by_the_customer_moves_the_last_moment_along(given: Given) -> None:
    """Due Wednesday 9:00 becomes Thursday 9:00; Q then is 24 hours and N 6.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-02T10:00  pausiert wegen Kunde
    2026-03-03T10:00  setzt fort wegen Kunde
    """
    assert given().last_moment("2026-03-03T10:00") == "2026-03-04T11:00"


def test_the_team_that_answers_decides_whose_hours_count(given: Given) -> None:
    calendar = """
        default = "betrieb"
        teams = { Notdienst = "immer" }
        [calendars.betrieb]
        zone = "Europe/Berlin"
        hours = { monday = ["08:00-12:00"], tuesday = ["08:00-12:00"] }
        [calendars.immer]
        zone = "Europe/Berlin"
        [calendars.immer.hours]
        monday = ["00:00-24:00"]
        tuesday = ["00:00-24:00"]
    """
    persons = """
        [[persons]]
        id = "lutz"
        name = "Lutz Kern"
        team = "Notdienst"
        [[teams]]
        name = "Notdienst"
    """
    steered = steering(calendar=calendar, persons=persons)
    text = """
        2026-03-02T08:00  verspricht K-17 {by} "Angebot" bis 2026-03-03T12:00{team}
    """
    by_default = given(text.format(by="ines", team=""), steered)
    by_team = given(text.format(by="ines", team=", Team Notdienst"), steered)
    by_person = given(text.format(by="lutz", team=""), steered)
    # Q 8 business hours, N 2; round the clock Q is 28 hours and N 7.
    assert by_default.last_moment("2026-03-02T08:00") == "2026-03-03T10:00"
    assert by_team.last_moment("2026-03-02T08:00") == "2026-03-03T05:00"
    assert by_person.last_moment("2026-03-02T08:00") == "2026-03-03T05:00"


def test_the_rulebook_valid_at_the_telling_says_how_much_notice_is_needed(given: Given) -> None:
    """From 5 March on 1 hour is enough.

    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-04T17:00
    2026-03-04T16:00  verschiebt auf 2026-03-10T17:00
    2026-03-10T16:00  verschiebt auf 2026-03-12T17:00
    """
    lenient = rulebook(notice={"most_hours": 1.0, "least_hours": 1.0})
    history = given(steering_=steering(later=[("2026-03-05", lenient)]))
    assert [step.in_time for step in history.steps()] == [None, False, True]


def test_against_the_formula_by_plain_counting_of_open_minutes(given: Given) -> None:
    """Every three quarters of an hour of a week, against a count of open minutes one by one."""
    made, due = datetime(2026, 3, 5, 10, 30), datetime(2026, 3, 12, 9, 45)  # noqa: DTZ001
    counted = [0]
    for number in range(int((due - made) / timedelta(minutes=1))):
        minute = made + timedelta(minutes=number)
        is_open = minute.weekday() < 5 and (8 <= minute.hour < 12 or 13 <= minute.hour < 17)
        counted.append(counted[-1] + is_open)
    quiet = counted[-1] / 60
    needed = min(8, max(2, quiet / 4), quiet / 2)
    answers = set()
    for number in range(0, len(counted) + 120, 45):
        told = made + timedelta(minutes=number)
        in_time = told <= due and (counted[-1] - counted[number]) / 60 >= needed
        assert notice_at(given, made.isoformat(), due.isoformat(), told.isoformat()) is in_time, told
        answers.add(in_time)
    assert answers == {True, False}
