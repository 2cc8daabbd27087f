"""P19: Once given, an extra service is missed when it stops; deliver only what can be delivered always (001)."""

from __future__ import annotations

from datetime import timedelta

from projections import rhythm
from tests.homes import Home
from tests.notation import Given, at, local
from tests.stories.asking import KNOWN_AND_ORDINARY, asked, employ, noticed, told, words


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


def test_whoever_looks_after_them_hears_when_it_has_lapsed_and_what_it_was(home: Home, given: Given) -> None:
    employ(home)
    home.take(given("2026-01-01T08:00  Kunde K-17, zuständig ines\n" + MONTHLY).envelopes)
    assert told(home, "2026-05-20T09:59", "lapsed_cadence") == []
    (lapsed,) = noticed(home, "2026-05-20T10:00", "lapsed_cadence")
    assert "etwa alle 4 Wochen von uns gehört: eine Zusatzleistung. Zuletzt: 5. April." in words(home, lapsed)
    assert told(home, "2026-05-21T10:00", "lapsed_cadence") == [], "once"
