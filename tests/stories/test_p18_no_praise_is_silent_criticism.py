"""P18: Customers hardly ever complain; no praise is silent criticism; they leave silently (001).

The alert on a silent customer comes with the alerts; who is silent can be listed and counted now.
"""

from __future__ import annotations

from datetime import timedelta

from projections import rhythm
from tests.homes import Home
from tests.notation import Given, at, local
from tests.stories.asking import asked, share


def calls(customer: str, start: str, every: int, count: int) -> str:
    """They ring every so many days."""
    days = (at(start) + timedelta(days=every * number) for number in range(count))
    return "".join(f"{local(day)}  {customer} fragt, Kanal phone, braucht keine Antwort\n" for day in days)


BOTH = calls("K-1", "2026-01-05T09:00", 7, 8) + calls("K-2", "2026-01-05T10:00", 30, 4)
"""The bakery rings every week until 23 February, the school every month until 5 April."""


def test_silence_is_measured_by_the_customers_own_rhythm(home: Home, given: Given) -> None:
    """Three weeks of silence say something about the one who rings every week, not about the other."""
    home.take(given(BOTH).envelopes)
    assert [row.id for row in rhythm.silent(*asked(home, "2026-03-16"))] == ["K-1"]
    (row,) = rhythm.silent(*asked(home, "2026-03-16"))
    assert (local(row.last), row.usual, local(row.since)) == (
        "2026-02-23T09:00", timedelta(days=7), "2026-03-12T21:00"
    )  # fmt: skip
    assert share(home, "silence", "2026-03-16") == (1, 2)
    assert share(home, "silence", "2026-03-12") == (0, 2)


def test_who_speaks_again_is_silent_no_longer_news_of_ours_do_not_count(home: Home, given: Given) -> None:
    news = "2026-03-14T09:00  meldet sich bei K-1, Zweck news, Kanal email\n"
    home.take(given(BOTH + news + "2026-03-17T09:00  meldet sich bei K-1, Zweck check_in, Kanal phone").envelopes)
    assert [row.id for row in rhythm.silent(*asked(home, "2026-03-16"))] == ["K-1"]
    assert rhythm.silent(*asked(home, "2026-03-18")) == []


def test_without_feedback_for_half_a_year_is_a_figure_of_its_own_asking_for_it_is_not_enough(
    home: Home, given: Given
) -> None:
    """
    2026-01-05T09:00  Rückmeldung K-1 4
    2026-01-05T09:00  fragt K-2 um Rückmeldung
    2026-01-05T09:00  verspricht K-3 ines "A"
    """
    home.take(given().envelopes)
    assert share(home, "feedback_silence", "2026-03-20") == (2, 3)
    assert share(home, "feedback_silence", "2026-08-20") == (3, 3)


def test_whoever_left_is_not_counted_among_the_silent(home: Home, given: Given) -> None:
    home.take(given(BOTH + "2026-03-10T09:00  K-1 geht").envelopes)
    assert rhythm.silent(*asked(home, "2026-03-16")) == []
    assert share(home, "silence", "2026-03-16") == (0, 1)
