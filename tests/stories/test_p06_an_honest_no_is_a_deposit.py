"""P6: Say no honestly, in advance, and explain why; recommend somebody else instead of mediocre work (000, 001)."""

from __future__ import annotations

import pytest

from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY


@pytest.mark.parametrize(
    ("said", "points"),
    [("", 0), (", mit Alternative", 0), (", mit Grund", 1), (", mit Grund, mit Alternative", 2)],
)
def test_a_no_earns_with_its_reason_and_more_with_a_recommendation(given: Given, said: str, points: float) -> None:
    history = given(f"2026-03-02T09:00  lehnt ab K-17{said}", KNOWN_AND_ORDINARY)
    assert sum(each for _, each in history.lines()) == points


def test_a_no_never_costs_anything(given: Given) -> None:
    """Not even at a customer who takes everything badly.

    2026-03-02T08:00  Empfindlichkeit K-17 2
    2026-03-02T09:00  lehnt ab K-17
    """
    assert given().lines() == []


def test_a_no_in_advance_is_better_than_a_partly_done_job(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Solardach" bis 2026-03-06T12:00
    2026-03-06T12:00  erfüllt "Solardach", Grad 0.5
    """
    assert given(None, KNOWN_AND_ORDINARY).lines() == [("partly_fulfilled", -2.0)]
