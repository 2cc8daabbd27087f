"""Cards for suppliers: yellow from 2 broken product claims in 12 months, red from 4 (practice P16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import rulebook as rulebooks
from domain.cards import card, months_before
from tests.notation import at

RULES = rulebooks.default().cards
NOW = at("2026-03-15T12:00")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("claims", "expected"), [(0, None), (1, None), (2, "yellow"), (3, "yellow"), (4, "red"), (9, "red")]
)
def test_two_broken_claims_are_yellow_and_four_are_red(claims: int, expected: str | None) -> None:
    assert card([NOW - timedelta(days=days) for days in range(claims)], NOW, RULES) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (at("2025-03-15T12:00") + SECOND, "yellow"),
        (at("2025-03-15T12:00"), None),
        (NOW, "yellow"),
        (NOW + SECOND, None),
    ],
)
def test_claims_count_for_12_months_and_from_their_own_instant_on(first: object, expected: str | None) -> None:
    assert card([first, NOW - timedelta(days=30)], NOW, RULES) == expected  # type: ignore[list-item]


def test_a_card_fades_to_yellow_and_then_away_as_its_claims_grow_old() -> None:
    claims = [at(f"2026-0{month}-10T09:00") for month in (1, 2, 3, 4)]
    stands = {
        "2026-02-10T08:59": None,
        "2026-02-10T09:00": "yellow",
        "2026-04-10T09:00": "red",
        "2027-01-10T08:59": "red",
        "2027-01-10T09:00": "yellow",
        "2027-03-10T09:00": None,
    }
    assert {moment: card(claims, at(moment), RULES) for moment in stands} == stands


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        ("2026-03-15T12:00", 12, "2025-03-15T12:00"),
        ("2026-03-15T12:00", 1, "2026-02-15T12:00"),
        ("2026-03-31T12:00", 1, "2026-02-28T12:00"),
        ("2024-03-31T12:00", 1, "2024-02-29T12:00"),
        ("2024-02-29T12:00", 12, "2023-02-28T12:00"),
        ("2026-01-31T12:00", 1, "2025-12-31T12:00"),
        ("2026-01-15T12:00", 13, "2024-12-15T12:00"),
        ("2026-12-31T12:00", 6, "2026-06-30T12:00"),
        ("2026-12-31T12:00", 24, "2024-12-31T12:00"),
    ],
)
def test_months_before_a_day_is_that_day_or_the_months_last(moment: str, months: int, earlier: str) -> None:
    assert months_before(at(moment + "+00:00"), months) == at(earlier + "+00:00")
