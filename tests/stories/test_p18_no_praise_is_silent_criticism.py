"""P18: Customers hardly ever complain; no praise is silent criticism; they leave silently (001)."""

from __future__ import annotations

from datetime import timedelta

from projections import rhythm
from tests.homes import Home
from tests.notation import Given, at, local
from tests.stories.asking import asked, employ, noticed, share, told, words


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


OWNED = "2026-01-01T08:00  Kunde K-1, zuständig ines\n2026-01-01T08:00  Kunde K-2, zuständig lutz\n"


def test_whoever_looks_after_them_hears_when_they_fall_silent_before_they_leave(home: Home, given: Given) -> None:
    employ(home)
    home.take(given(OWNED + BOTH).envelopes)
    assert told(home, "2026-03-12T20:59") == []
    (silent,) = noticed(home, "2026-03-12T21:00")
    assert "seit 17 Tagen haben wir nichts gehört, sonst sprechen wir uns etwa alle 7 Tage" in words(home, silent)
    assert told(home, "2026-03-13T21:00") == [], "once"
    assert told(home, "2026-06-19T10:59", "silent_customer") == []
    assert told(home, "2026-06-19T11:00", "silent_customer") == ["lutz: K-2"], "75 days, two and a half times 30"


def test_and_when_nobody_has_asked_them_how_content_they_are_for_half_a_year(home: Home, given: Given) -> None:
    """
    2026-01-05T08:00  Kunde K-1, zuständig ines
    2026-01-05T08:00  Kunde K-2, zuständig lutz
    2026-03-02T09:00  Rückmeldung K-2 4
    """
    employ(home)
    home.take(given().envelopes)
    assert told(home, "2026-07-04T07:59", "feedback_silent") == []
    assert told(home, "2026-07-04T09:00", "feedback_silent") == ["ines: K-1"]
    assert told(home, "2026-08-29T10:00", "feedback_silent") == ["lutz: K-2"]
