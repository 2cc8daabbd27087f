"""P8: A mail answered late or never, a customer who must keep asking, are small withdrawals (002)."""

from __future__ import annotations

from projections import contacts
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, asked, employ, figure, share, told

WEEK = """
2026-03-02T09:00  K-1 fragt "rasch", Kanal email
2026-03-02T11:00  beantwortet "rasch", von ines
2026-03-02T09:00  K-2 fragt "spät", Kanal email
2026-03-03T15:00  beantwortet "spät", von ines
2026-03-02T09:00  K-3 fragt "nie", Kanal email
2026-03-03T09:00  K-3 hakt nach "noch einmal" zu "nie", Kanal email
2026-03-05T09:00  K-4 fragt "eben erst", Kanal phone
"""


def test_each_is_small_and_together_they_add_up(given: Given) -> None:
    history = given(WEEK, KNOWN_AND_ORDINARY)
    assert [line.rule for line in history.postings_of("customer-K-1")] == ["answered_in_time"]
    lines = [(line.rule, line.points) for line in history.postings_of("customer-K-3")]
    assert lines == [("chased", -2_00), ("never_answered", -3_00)]
    small = [line.points for name in ("K-2", "K-3") for line in history.postings_of(f"customer-{name}")]
    assert all(-8_00 < points < 0 for points in small), "none of them weighs like a broken promise"
    assert sum(small) == -6_00


def test_an_automatic_reply_does_not_count_as_an_answer(given: Given) -> None:
    """
    2026-03-02T09:00  K-1 fragt, Kanal email
    2026-03-02T09:01  beantwortet, automatisch
    """
    assert [line.rule for line in given().postings] == ["never_answered"]


def test_the_clock_does_not_run_at_night_nor_on_sundays(given: Given) -> None:
    """Asked on Friday evening, answered on Monday before five.

    2026-03-06T18:00  K-1 fragt, Kanal email
    2026-03-09T16:59  beantwortet, von ines
    """
    assert [line.rule for line in given().postings] == ["answered_in_time"]


def test_the_figures_and_the_list_say_who_waits(home: Home, given: Given) -> None:
    home.take(given(WEEK).envelopes)
    moment = "2026-03-05T10:00"
    assert share(home, "answered_in_time", moment) == (1, 3), "the one who has just asked does not count yet"
    assert share(home, "chase_rate", moment) == (1, 5)
    assert figure(home, "first_answer_hours", moment).max == 13, "in business hours"
    waiting = contacts.listed(*asked(home, moment), states=["open", "unanswered"])
    assert [(row.id, row.state) for row in waiting] == [
        ("eben erst", "open"),
        ("noch einmal", "unanswered"),
        ("nie", "unanswered"),
    ]


def test_whoever_is_to_answer_is_reminded_at_half_of_the_time_and_at_its_end_and_at_once_when_asked_again(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T09:00  K-1 fragt "Frage", Kanal email, an ines
    2026-03-02T09:00  K-2 fragt "beantwortet", Kanal email, an lutz
    2026-03-02T11:00  beantwortet, von lutz
    2026-03-03T11:20  K-1 hakt nach "noch einmal" zu "Frage", Kanal phone, an ines
    """
    employ(home)
    home.take(given().envelopes)
    looks = {
        "2026-03-02T13:59": [],
        "2026-03-02T14:00": ["ines: unanswered Frage"],
        "2026-03-03T08:59": [],
        "2026-03-03T09:00": ["ines: unanswered Frage"],
        "2026-03-03T11:19": [],
        "2026-03-03T11:20": ["ines: chased noch einmal"],
    }
    assert {moment: told(home, moment, "unanswered", "chased") for moment in looks} == looks
