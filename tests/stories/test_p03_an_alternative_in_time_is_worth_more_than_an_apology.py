"""P3: An apology afterwards is worth little; what counts is that an alternative was offered in time (000)."""

from __future__ import annotations

from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'


def total(given: Given, text: str) -> float:
    return sum(points for _, points in given(MADE + text, KNOWN_AND_ORDINARY).lines("2026-03-20"))


def test_a_move_or_a_withdrawal_with_an_alternative_costs_less_in_time_and_late(given: Given) -> None:
    for moment in ("2026-03-03T09:00", "2026-03-06T11:00"):
        move = f"{moment}  verschiebt auf 2026-03-30T12:00"
        assert total(given, f"{move}, mit Alternative") - total(given, move) == 1
    back = "2026-03-03T09:00  nimmt zurück, mit Grund"
    assert total(given, f"{back}, mit Alternative") == 0
    assert total(given, back) == -1


def test_the_alternative_must_come_in_time_to_count_in_full(given: Given) -> None:
    assert total(given, "2026-03-03T09:00  verschiebt auf 2026-03-30T12:00, mit Alternative") == 0
    assert total(given, "2026-03-06T11:00  verschiebt auf 2026-03-30T12:00, mit Alternative") == -3


def test_an_apology_afterwards_brings_back_less_than_notice_and_alternative_would_have_saved(given: Given) -> None:
    """Broken, complained about, explained and apologised for at once; against moved in time with an alternative."""
    apologised = (
        '2026-03-06T12:00  bricht\n2026-03-06T13:00  Vorfall K-17 "V-1" complaint, zu "Angebot"\n'
        "2026-03-06T14:00  nennt den Grund\n2026-03-06T15:00  entschuldigt sich\n"
    )
    in_time = "2026-03-03T09:00  verschiebt auf 2026-03-10T12:00, mit Alternative\n2026-03-10T12:00  erfüllt\n"
    assert total(given, in_time) == 2
    assert total(given, apologised) <= -6


def test_an_apology_alone_earns_nothing_without_the_reason(given: Given) -> None:
    text = '2026-03-06T13:00  Vorfall K-17 "V-1" complaint\n2026-03-06T14:00  entschuldigt sich\n'
    assert "apologised" not in dict(given(text, KNOWN_AND_ORDINARY).lines())
