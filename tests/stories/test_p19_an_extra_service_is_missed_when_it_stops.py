"""P19: Once given, an extra service is missed when it stops; deliver only what can be delivered always (001).

The alert on a lapsed habit comes with the alerts; lapsed habits can be listed now.
"""

from __future__ import annotations

from datetime import timedelta

from projections import rhythm
from tests.homes import Home
from tests.notation import Given, at, local
from tests.stories.asking import KNOWN_AND_ORDINARY, asked


def services(*days: int, purpose: str = "service") -> str:
    start = at("2026-01-05T09:00")
    moments = (local(start + timedelta(days=day)) for day in days)
    return "".join(f"{moment}  meldet sich bei K-17, Zweck {purpose}, von lutz\n" for moment in moments)


MONTHLY = services(0, 30, 61, 90)
"""The filter is cleaned every month, for the last time on 5 April."""


def test_what_came_every_month_is_missed_when_it_is_overdue_by_half_a_month(home: Home, given: Given) -> None:
    home.take(given(MONTHLY).envelopes)
    assert rhythm.lapsed(*asked(home, "2026-05-19")) == []
    (missed,) = rhythm.lapsed(*asked(home, "2026-05-21"))
    assert (missed.id, missed.purpose, missed.habit.every) == ("K-17", "service", timedelta(days=30))


def test_taken_up_again_it_is_missed_no_longer(home: Home, given: Given) -> None:
    home.take(given(MONTHLY + services(137)).envelopes)
    assert rhythm.lapsed(*asked(home, "2026-05-23")) == []


def test_what_came_now_and_then_is_no_habit(home: Home, given: Given) -> None:
    home.take(given(services(0, 3, 50, 61) + services(0, 30, 61, purpose="courtesy")).envelopes)
    assert rhythm.lapsed(*asked(home, "2026-12-01")) == []


def test_a_service_given_more_often_earns_no_more(given: Given) -> None:
    """So nobody is tempted to give every week what cannot be kept up."""
    weekly, monthly = services(*range(0, 120, 7)), services(*range(0, 120, 30))
    weekly_points = sum(points for _, points in given(weekly, KNOWN_AND_ORDINARY).lines())
    assert weekly_points <= sum(points for _, points in given(monthly, KNOWN_AND_ORDINARY).lines())
