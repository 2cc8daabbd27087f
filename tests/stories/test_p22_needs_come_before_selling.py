"""P22: Ask about needs before selling; advise in the customer's favour; take up the customer's own ideas (000, 003)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, share


def test_asking_about_needs_advising_and_taking_up_an_idea_are_deposits(given: Given) -> None:
    """
    2026-03-02T09:00  meldet sich bei K-17, Zweck needs
    2026-03-03T09:00  meldet sich bei K-17, Zweck advice
    2026-03-04T09:00  meldet sich bei K-17, Zweck idea_adopted
    """
    assert given(None, KNOWN_AND_ORDINARY).lines() == [("needs", 1.0), ("advice", 2.0), ("idea_adopted", 1.0)]


def test_the_figure_looks_at_each_customers_first_price_or_delivery(home: Home, given: Given) -> None:
    """Asked before, asked afterwards, never asked; and one to whom nothing was sold.

    2026-03-02T09:00  meldet sich bei K-1, Zweck needs
    2026-03-03T09:00  verspricht K-1 ines "A" bis 2026-03-06, Preis 1000 EUR
    2026-03-04T09:00  verspricht K-1 ines "B" bis 2026-03-06, Art delivery
    2026-03-02T09:00  verspricht K-2 ines "C" bis 2026-03-06, Preis 1000 EUR
    2026-03-03T09:00  meldet sich bei K-2, Zweck needs
    2026-03-02T09:00  verspricht K-3 ines "D" bis 2026-03-06, Art delivery
    2026-03-02T09:00  verspricht K-4 ines "E" bis 2026-03-06, Art callback
    """
    home.take(given().envelopes)
    assert share(home, "needs_first_rate", "2026-03-20") == (1, 3)


def test_selling_itself_earns_nothing(given: Given) -> None:
    """Only the promise kept does, be the price high or low."""
    text = '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06, Preis {} EUR'
    assert given(text.format(100), KNOWN_AND_ORDINARY).lines("2026-03-03") == []
    assert given(text.format(100_000), KNOWN_AND_ORDINARY).lines("2026-03-03") == []
