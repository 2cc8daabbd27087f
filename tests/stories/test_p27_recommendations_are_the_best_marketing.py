"""P27: Recommendations by satisfied customers are the best marketing; a disappointed one tells everybody (000, 001)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, share

STORY = """
2026-03-02T09:00  K-1 empfiehlt uns
2026-03-03T09:00  K-1 empfiehlt uns
2026-03-02T09:00  Rückmeldung K-2 5
2026-03-02T09:00  Rückmeldung K-3 2
2026-03-02T09:00  verspricht K-4 ines "A" bis 2026-03-06T12:00
2026-03-06T12:00  bricht "A"
2026-03-10T09:00  K-4 geht
2026-03-10T09:00  K-5 geht
"""


def test_a_recommendation_is_the_largest_single_deposit_beside_the_best_feedback(given: Given) -> None:
    assert given("2026-03-02T09:00  K-1 empfiehlt uns", KNOWN_AND_ORDINARY).lines() == [("referral", 6.0)]
    assert given("2026-03-02T09:00  Rückmeldung K-1 5", KNOWN_AND_ORDINARY).lines() == [("feedback", 6.0)]


def test_active_customers_who_recommended_us_count_once_each(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    assert share(home, "referral_rate", "2026-03-20") == (1, 3)
    assert share(home, "referral_rate", "2026-03-20", start="2026-03-10") == (0, 3), "of the period only"


def test_disappointed_are_those_with_the_lowest_marks_and_those_who_left_after_a_broken_promise(
    home: Home, given: Given
) -> None:
    """Who left for another reason is not counted among them."""
    home.take(given(STORY).envelopes)
    assert share(home, "detractor_rate", "2026-03-09") == (1, 4)
    assert share(home, "detractor_rate", "2026-03-20") == (2, 4)
