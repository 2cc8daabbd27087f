"""Calibration: weights move towards what customers did, as far as the evidence reaches and no further."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from domain import rulebook
from domain.calibration import Case, Fitted, calibrated, prior_of, weights_of, with_weights
from domain.forecast import sigmoid
from domain.rulebook import Late, Rulebook
from tests.promising import START

BOOK = rulebook.default()
UNTIL = START + timedelta(days=100)


def cases(n: int, really: dict[str, float], seed: int = 1, days: float = 100) -> list[Case]:
    """Feedback after one deed each; `really` = how many times as much as the rulebook says a deed counts."""
    draw = random.Random(seed)
    found = []
    for _ in range(n):
        weight = draw.choice(("promise.kept", "promise.broken", "promise.late.0", "promise.late.2", "answers.late"))
        points = weights_of(BOOK)[weight] / 100
        bad = draw.random() < sigmoid(-1 - 0.4 * points * really.get(weight, 1.0))
        found.append(Case(UNTIL - timedelta(days=draw.uniform(0, days)), "promise", {weight: points}, bad))
    return found


def totals() -> dict[str, float]:
    return {weight: 100.0 * abs(points) for weight, points in weights_of(BOOK).items()}


def fit(found: list[Case], today: Rulebook = BOOK) -> dict[str, Fitted]:
    return {each.weight: each for each in calibrated(found, totals(), today, BOOK, UNTIL).weights}


def test_what_customers_mind_more_weighs_more_and_the_others_hold_their_place() -> None:
    found = fit(cases(2_500, {"promise.late.0": 2.0}))
    late, broken = found["promise.late.0"], found["promise.broken"]
    assert late.new / late.old > 1.2
    assert late.new / late.old > broken.new / broken.old + 0.15
    assert late.cases > 400


def test_where_the_rulebook_is_right_it_stays_about_as_it_is() -> None:
    found = fit(cases(2_500, {}))
    for each in found.values():
        assert each.new == pytest.approx(each.old, rel=0.12, abs=1), each


def test_little_evidence_moves_little() -> None:
    few, many = (fit(cases(n, {"promise.late.0": 2.0}))["promise.late.0"] for n in (100, 2_500))
    assert 0 < few.factor - 1 < 0.5 * (many.factor - 1)  # type: ignore[operator]


def test_old_evidence_moves_less_than_fresh() -> None:
    fresh = cases(1_500, {"promise.late.0": 2.5})
    old = [each._replace(at=each.at - timedelta(days=720)) for each in fresh]
    assert fit(fresh)["promise.late.0"].factor > fit(old)["promise.late.0"].factor > 1  # type: ignore[operator]


def test_a_weight_with_fewer_than_twenty_cases_is_left_alone() -> None:
    few = [*cases(1_500, {}), *(Case(UNTIL, "promise", {"answers.never": -3.0}, True) for _ in range(19))]
    enough = [*few, Case(UNTIL, "promise", {"answers.never": -3.0}, True)]
    assert (fit(few)["answers.never"].factor, fit(few)["answers.never"].new) == (None, -300)
    assert fit(enough)["answers.never"].factor > 1  # type: ignore[operator]


def test_the_total_of_absolute_points_stays_so_that_thresholds_keep_their_meaning() -> None:
    found = fit(cases(2_500, {"promise.late.0": 2.0, "promise.broken": 1.5}))
    fitted = [each for each in found.values() if each.factor is not None]
    assert len(fitted) == 5
    before, after = (sum(abs(getattr(each, side)) for each in fitted) for side in ("old", "new"))
    # Rounded to hundredths: less than half a hundredth of each weight.
    assert after == pytest.approx(before, abs=len(fitted))


def test_signs_stay_whatever_customers_did() -> None:
    found = fit(cases(2_500, {"promise.kept": -3.0, "answers.late": -5.0}))
    assert found["promise.kept"].new >= 0 >= found["answers.late"].new


def test_being_later_never_costs_less() -> None:
    found = fit(cases(2_500, {"promise.late.0": 4.0, "promise.late.2": 0.1}))
    table = [found[f"promise.late.{knot}"].new for knot in range(5)]
    assert table == sorted(table, reverse=True)
    assert table[1] == -300, "left alone, and so it holds the first knot"


def test_the_result_is_a_rulebook_like_todays_but_for_its_weights() -> None:
    found = calibrated(cases(3_000, {"promise.broken": 2.0}), totals(), BOOK, BOOK, UNTIL)
    assert found.rulebook != BOOK
    assert with_weights(found.rulebook, weights_of(BOOK)) == BOOK
    assert weights_of(found.rulebook) == {each.weight: each.new for each in found.weights}


def test_each_fit_begins_from_the_default_and_not_from_the_last_fit() -> None:
    shifted = with_weights(BOOK, {**weights_of(BOOK), "promise.broken": -2_000})
    assert weights_of(prior_of(shifted, BOOK)) == weights_of(BOOK)
    once, again = fit(cases(3_000, {})), fit(cases(3_000, {}), shifted)
    assert once["promise.broken"].new == again["promise.broken"].new
    assert again["promise.broken"].old == -2_000


def test_a_table_with_days_of_its_own_begins_from_itself() -> None:
    own = BOOK.model_copy(
        update={"promise": BOOK.promise.model_copy(update={"late": Late((0.0, 2.0), (-100, -400)), "broken": -900})}
    )
    prior = prior_of(own, BOOK)
    assert prior.promise.late == own.promise.late
    assert prior.promise.broken == BOOK.promise.broken


def test_weights_are_all_points_of_the_rulebook_and_nothing_else() -> None:
    doubled = with_weights(BOOK, {weight: 2 * points for weight, points in weights_of(BOOK).items()})
    assert weights_of(doubled)["promise.late.4"] == -1_600
    assert doubled.customer.feedback_best == 1_200
    assert doubled.stage == BOOK.stage
    assert (doubled.promise.soft, doubled.recovery.talk_hours) == (BOOK.promise.soft, BOOK.recovery.talk_hours)
