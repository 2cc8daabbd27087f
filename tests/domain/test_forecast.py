"""What a forecast is worth, against plain loops and known cases."""

from __future__ import annotations

import math
import random

import pytest

from domain.forecast import Judged, auc, calibration, fitted, log_loss, score, sigmoid, surely_positive

RANDOM = random.Random(3)
CASES = [Judged(round(RANDOM.random(), 1), RANDOM.random() < 0.4) for _ in range(400)]
"""Eleven different forecasts, so that many are equal."""


def test_auc_is_the_share_of_pairs_in_the_right_order_and_a_tie_is_half() -> None:
    pairs = [(one.probability, other.probability) for one in CASES if one.came for other in CASES if not other.came]
    right = sum(1.0 if one > other else 0.5 if one == other else 0.0 for one, other in pairs)
    assert auc(CASES) == pytest.approx(right / len(pairs))


def test_where_all_ended_alike_there_is_no_order_to_judge() -> None:
    assert auc([Judged(0.2, True), Judged(0.9, True)]) is None
    assert score([]) is None


def test_log_loss_is_what_was_given_to_what_came() -> None:
    assert log_loss([Judged(0.8, True), Judged(0.5, False)]) == pytest.approx(-(math.log(0.8) + math.log(0.5)) / 2)
    assert math.isfinite(log_loss([Judged(1.0, False)])), "a certainty that failed is dear, not endless"


def test_the_classes_hold_every_case_once_and_never_part_equal_forecasts() -> None:
    bins = list(calibration(CASES))
    assert sum(each.n for each in bins) == len(CASES)
    assert [each.forecast for each in bins] == sorted(each.forecast for each in bins)
    by_forecast = {each.probability for each in CASES}
    assert len(bins) <= 10 < len(by_forecast)
    for each in by_forecast:
        low = sum(case.probability < each for case in CASES)
        high = low + sum(case.probability == each for case in CASES)
        ends = [sum(other.n for other in bins[: place + 1]) for place in range(len(bins))]
        assert not any(low < end < high for end in ends), each


def test_ten_classes_of_equal_count_where_all_forecasts_differ() -> None:
    cases = [Judged((each + 0.5) / 1000, each % 3 == 0) for each in range(1000)]
    assert [each.n for each in calibration(cases)] == [100] * 10


def test_the_error_is_the_mean_gap_and_nothing_for_forecasts_that_come_true() -> None:
    perfect = [Judged(0.25, place % 4 == 0) for place in range(400)]
    assert score(perfect).error == 0  # type: ignore[union-attr]
    assert score([Judged(0.75, each.came) for each in perfect]).error == pytest.approx(0.5)  # type: ignore[union-attr]


def test_the_curve_is_the_likeliest_one_and_its_slope_is_found_again() -> None:
    chance = random.Random(5)
    scores = [chance.gauss(10, 4) for _ in range(20_000)]
    cases = [(each, chance.random() < sigmoid(-3 + 0.25 * each), 1.0) for each in scores]
    curve = fitted(cases)
    assert (curve.a, curve.b) == (pytest.approx(-3, abs=0.15), pytest.approx(0.25, abs=0.015))
    assert sum(came - curve(each) for each, came, _ in cases) == pytest.approx(0, abs=0.1)


def test_a_weight_of_two_is_the_case_twice() -> None:
    cases = [(1.0, False, 1.0), (2.0, True, 1.0), (3.0, False, 1.0), (4.0, True, 1.0)]
    twice = [*cases, (4.0, True, 1.0)]
    assert fitted([*cases[:3], (4.0, True, 2.0)]) == pytest.approx(fitted(twice))


def test_a_higher_score_is_never_a_better_sign() -> None:
    curve = fitted([(float(each), each < 50, 1.0) for each in range(100)])
    assert (curve.b, curve(0), curve(99)) == (0, pytest.approx(0.5), pytest.approx(0.5))


def test_a_score_that_parts_them_wholly_or_is_always_the_same_ends_too() -> None:
    parted = fitted([(float(each), each >= 50, 1.0) for each in range(100)])
    assert parted(0) < 0.01 < 0.99 < parted(99)
    assert fitted([(5.0, each < 3, 1.0) for each in range(10)])(5.0) == pytest.approx(0.3, abs=0.001)


def test_a_gain_is_sure_only_above_chance_and_above_a_hair() -> None:
    assert surely_positive([0.1, 0.2] * 50)
    assert not surely_positive([1.0, -0.9] * 50), "mostly chance"
    assert not surely_positive([0.0005] * 100), "always, and yet nothing"
    assert not surely_positive([-0.1, -0.2] * 50)
