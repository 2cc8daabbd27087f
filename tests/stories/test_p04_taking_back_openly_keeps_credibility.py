"""P4: Openly taking a promise back keeps credibility; hiding does not (004)."""

from __future__ import annotations

import pytest

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, share

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'


def cost(given: Given, end: str) -> float:
    return sum(points for _, points in given(MADE + end, KNOWN_AND_ORDINARY).lines("2026-04-20"))


def test_taking_back_costs_less_than_breaking_and_hiding_costs_most(given: Given) -> None:
    openly = cost(given, "2026-03-03T09:00  nimmt zurück, mit Grund, mit Alternative")
    late = cost(given, "2026-03-06T11:00  nimmt zurück, mit Grund, mit Alternative")
    broken = cost(given, "2026-03-06T11:00  bricht")
    hidden = cost(given, "")  # they wait, and nobody says anything
    discovered = cost(given, '2026-03-16T09:00  Vorfall K-17 "V-1" untruth, zu "Angebot"')
    assert (openly, late, broken, hidden) == (0, -5, -8, -8)
    assert discovered == -40


@pytest.mark.parametrize("said", ["", ", mit Grund", ", mit Alternative", ", mit Grund, mit Alternative"])
@pytest.mark.parametrize("moment", ["2026-03-02T10:00", "2026-03-05T13:00", "2026-03-06T12:00", "2026-03-08T12:00"])
def test_whenever_and_however_it_is_taken_back_it_never_costs_more_than_to_break_it(
    given: Given, said: str, moment: str
) -> None:
    assert cost(given, f"{moment}  nimmt zurück{said}") > cost(given, f"{moment}  bricht")


def test_the_earlier_the_better(given: Given) -> None:
    costs = [cost(given, f"2026-03-{day}  nimmt zurück") for day in ("03T09:00", "06T11:00", "10T12:00", "20T12:00")]
    assert costs == sorted(costs, reverse=True)


def test_the_firm_sees_what_was_taken_back_apart_from_what_was_broken(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "zurück" bis 2026-03-06T12:00
    2026-03-03T09:00  nimmt "zurück" zurück, mit Grund
    2026-03-02T09:00  verspricht K-1 ines "gebrochen" bis 2026-03-06T12:00
    2026-03-05T09:00  bricht "gebrochen"
    """
    home.take(given().envelopes)
    assert share(home, "withdrawn_rate", "2026-03-20") == (1, 2)
    assert share(home, "broken_rate", "2026-03-20") == (1, 2)
