"""Cards for suppliers: yellow from 2 broken product claims in 12 months, red from 4 (practice P16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import rulebook as rulebooks
from domain.cards import Held, card, counting, held, months_after
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


def test_a_card_stands_from_the_claim_that_reached_it_until_the_claims_are_too_old() -> None:
    claims = [at(f"2026-0{month}-10T09:00") for month in (1, 2, 3, 4)]
    yellow, red = claims[1], claims[3]
    stands = {
        "2026-02-10T09:00": Held("yellow", yellow, at("2027-01-10T09:00")),
        "2026-03-10T09:00": Held("yellow", yellow, at("2027-02-10T09:00")),
        "2026-04-10T09:00": Held("red", red, at("2027-01-10T09:00")),
        "2027-01-10T09:00": Held("yellow", yellow, at("2027-03-10T09:00")),
        "2027-03-10T09:00": None,
    }
    assert {moment: held(claims, at(moment), RULES) for moment in stands} == stands


def test_a_card_that_ended_and_came_back_stands_since_it_came_back() -> None:
    claims = [at(each) for each in ("2025-01-10T09:00", "2025-02-10T09:00", "2026-02-01T09:00", "2026-03-01T09:00")]
    assert held(claims, at("2026-01-10T08:59"), RULES) == Held("yellow", claims[1], at("2026-01-10T09:00"))
    assert held(claims, at("2026-01-31T09:00"), RULES) is None
    assert held(claims, at("2026-02-05T09:00"), RULES) == Held("yellow", claims[2], at("2026-02-10T09:00"))
    assert held(claims, at("2026-02-10T09:00"), RULES) is None
    assert held(claims, at("2026-03-02T09:00"), RULES) == Held("yellow", claims[3], at("2027-02-01T09:00"))


def test_a_claim_of_a_leap_day_stops_counting_once_and_for_all() -> None:
    claim = at("2024-02-29T12:00")
    days = ("2025-02-28T11:59", "2025-02-28T12:00", "2025-02-28T23:00", "2025-03-01T08:00")
    assert [bool(counting([claim], at(day), RULES)) for day in days] == [True, False, False, False]


@pytest.mark.parametrize(
    ("earlier", "months", "moment"),
    [
        ("2025-03-15T12:00", 12, "2026-03-15T12:00"),
        ("2026-02-15T12:00", 1, "2026-03-15T12:00"),
        ("2026-01-31T12:00", 1, "2026-02-28T12:00"),
        ("2024-01-31T12:00", 1, "2024-02-29T12:00"),
        ("2024-02-29T12:00", 12, "2025-02-28T12:00"),
        ("2025-12-31T12:00", 1, "2026-01-31T12:00"),
        ("2024-12-15T12:00", 13, "2026-01-15T12:00"),
        ("2026-06-30T12:00", 6, "2026-12-30T12:00"),
        ("2024-12-31T12:00", 24, "2026-12-31T12:00"),
    ],
)
def test_months_after_a_day_is_that_day_or_the_months_last(earlier: str, months: int, moment: str) -> None:
    assert months_after(at(earlier + "+00:00"), months) == at(moment + "+00:00")
