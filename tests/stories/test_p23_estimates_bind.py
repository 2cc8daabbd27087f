"""P23: Estimates overrun lead to awkward questions; fixed prices bind us to plan (001)."""

from __future__ import annotations

import pytest

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, figure

MADE = '2026-03-02T09:00  verspricht K-17 ines "Umbau" bis 2026-03-06T12:00, Preis 1000 EUR'


@pytest.mark.parametrize(
    ("said", "charged", "rule", "points"),
    [
        ("", 1000, "kept", 4),
        ("", 1050, "kept", 4),
        ("", 1051, "partly_fulfilled", 3.42),
        ("", 1250, "partly_fulfilled", 1.6),
        ("", 2500, "partly_fulfilled", -3.2),
        ("", 900, "exceeded", 4.22),
        (", geschätzt", 1150, "kept", 4),
        (", geschätzt", 1200, "partly_fulfilled", 2.0),
        (", geschätzt", 2500, "partly_fulfilled", -1.6),
    ],
)
def test_a_fixed_price_may_run_over_by_5_percent_an_estimate_by_15_then_it_counts_as_fulfilled_in_part(
    given: Given, said: str, charged: float, rule: str, points: float
) -> None:
    history = given(f"{MADE}{said}\n2026-03-06T11:00  erfüllt, berechnet {charged}", KNOWN_AND_ORDINARY)
    assert history.lines() == [(rule, points)]


def test_telling_of_the_overrun_beforehand_and_agreeing_it_is_a_new_promise(given: Given) -> None:
    """The price cannot be moved quietly: it is taken back openly, and promised anew."""
    anew = '2026-03-03T09:00  nimmt "Umbau" zurück, mit Grund, mit Alternative\n'
    anew += '2026-03-03T09:00  verspricht K-17 ines "Umbau 2" bis 2026-03-06T12:00, Preis 1300 EUR\n'
    history = given(f'{MADE}\n{anew}2026-03-06T11:00  erfüllt "Umbau 2", berechnet 1300', KNOWN_AND_ORDINARY)
    assert history.lines() == [("withdrawn", 0.0), ("kept", 4.0)]


def test_the_firm_sees_how_far_bills_lie_from_what_was_named(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06, Preis 1000 EUR
    2026-03-05T09:00  erfüllt "A", berechnet 1000
    2026-03-02T09:00  verspricht K-1 ines "B" bis 2026-03-06, Preis 1000 EUR, geschätzt
    2026-03-05T09:00  erfüllt "B", berechnet 1500
    """
    home.take(given().envelopes)
    found = figure(home, "estimate_accuracy", "2026-03-20")
    assert (found.median, found.max, found.n) == (1.25, 1.5, 2)
