"""A week is told from chance by the exact probability, and by how well the usual rate is known."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.drift import Kept, chance, is_below, tail


def lowest_inside(of: int, before: Kept, spread: float = 3) -> int:
    """The least that a week of so many may keep without lying below the limit."""
    return next(kept for kept in range(of + 1) if not is_below(Kept(kept, of), before, spread))


@pytest.mark.parametrize(
    ("week", "before", "expected"),
    [
        (Kept(0, 1), Kept(0, 0), Fraction(1, 2)),
        (Kept(0, 1), Kept(3, 3), Fraction(1, 5)),
        (Kept(0, 2), Kept(3, 3), Fraction(1, 5) * Fraction(2, 6)),
        (Kept(1, 2), Kept(3, 3), 1 - Fraction(4, 5) * Fraction(5, 6)),
        (Kept(0, 3), Kept(1, 3), Fraction(3, 5) * Fraction(4, 6) * Fraction(5, 7)),
        (Kept(7, 7), Kept(20, 40), Fraction(1)),
    ],
)
def test_the_next_promise_is_kept_as_the_rule_of_succession_says(week: Kept, before: Kept, expected: Fraction) -> None:
    """(kept + 1) ÷ (all + 2), and each one of the week counts for the one after it."""
    assert chance(week, before) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(("spread", "share"), [(3, 0.0013499), (2, 0.0227501), (1, 0.1586553)])
def test_a_spread_stands_for_the_tail_of_a_normal_distribution(spread: float, share: float) -> None:
    assert tail(spread) == pytest.approx(share, rel=1e-4)


@pytest.mark.parametrize(
    ("of", "before", "inside"),
    [
        # Of ten at 90 %, five or fewer are kept 1 time in 612, four or fewer 1 in 6800; the limit is 1 in 741. The
        # approximation says 0.9 − 3·√(0.9·0.1 ÷ 10) = 0.615 and would call six of ten, 1 in 78, a drift.
        (10, Kept(900, 1000), 5),
        (20, Kept(900, 1000), 13),
        (5, Kept(900, 1000), 2),
        # Nothing missed yet: one miss is no drift, though the approximation calls it one (its limit is 1).
        (10, Kept(30, 30), 6),
        (10, Kept(3000, 3000), 9),
        # What is hardly ever kept cannot be missed more often in a small week.
        (5, Kept(300, 1000), 0),
    ],
)
def test_the_limit(of: int, before: Kept, inside: int) -> None:
    assert lowest_inside(of, before) == inside


def test_too_little_known_is_no_drift() -> None:
    assert not is_below(Kept(0, 4), Kept(900, 1000), 3)
    assert is_below(Kept(0, 5), Kept(900, 1000), 3)
    assert not is_below(Kept(0, 20), Kept(29, 29), 3)
    assert is_below(Kept(0, 20), Kept(30, 30), 3)


before = st.integers(0, 400).flatmap(lambda of: st.builds(Kept, st.integers(0, of), st.just(of)))
week = st.integers(1, 60).flatmap(lambda of: st.builds(Kept, st.integers(0, of), st.just(of)))


def by_brute_force(week: Kept, before: Kept) -> Fraction:
    """Binomial sums over all rates, each weighted by what is known: the integral of a polynomial, exactly.

    ∫ r^a (1 − r)^b dr = a! b! ÷ (a + b + 1)!
    """

    def integral(a: int, b: int) -> Fraction:
        return Fraction(1, (a + b + 1) * comb(a + b, a))

    missed = before.of - before.kept
    whole = integral(before.kept, missed)
    parts = (
        comb(week.of, kept) * integral(before.kept + kept, missed + week.of - kept) for kept in range(week.kept + 1)
    )
    return sum(parts, Fraction(0)) / whole


@settings(deadline=None)
@given(week, before)
def test_the_chance_is_the_binomial_sum_over_all_rates_that_what_is_known_allows_for(week: Kept, before: Kept) -> None:
    assert chance(week, before) == pytest.approx(float(by_brute_force(week, before)), rel=1e-9)


@settings(deadline=None)
@given(week, st.integers(1, 99))
def test_with_very_much_known_it_is_the_plain_binomial_sum(week: Kept, percent: int) -> None:
    rate = percent / 100
    plain = sum(comb(week.of, k) * rate**k * (1 - rate) ** (week.of - k) for k in range(week.kept + 1))
    assert chance(week, Kept(percent * 10_000_000, 1_000_000_000)) == pytest.approx(plain, rel=1e-3, abs=1e-9)


@settings(deadline=None)
@given(st.integers(5, 60), before.filter(lambda each: each.of >= 30), st.sampled_from((2.0, 3.0)))
def test_just_inside_and_just_outside_the_limit(of: int, before: Kept, spread: float) -> None:
    inside = lowest_inside(of, before, spread)
    assert by_brute_force(Kept(inside, of), before) >= tail(spread)
    if inside:
        assert by_brute_force(Kept(inside - 1, of), before) < tail(spread)


@pytest.mark.parametrize("percent", [70, 85, 95, 98])
@pytest.mark.parametrize("known", [30, 60, 150])
def test_a_team_as_usual_is_called_drifting_no_more_often_than_meant(percent: int, known: int) -> None:
    """Also where the usual rate is known from few promises; the approximation calls up to 160 times as often."""
    rate = percent / 100

    def binomial(kept: int, of: int) -> float:
        return comb(of, kept) * rate**kept * (1 - rate) ** (of - kept)

    for of in (5, 10, 25):
        false = sum(
            binomial(kept, known) * binomial(missing, of)
            for kept in range(known + 1)
            for missing in range(lowest_inside(of, Kept(kept, known)))
        )
        assert false < tail(3)
