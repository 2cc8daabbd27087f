"""The promise adviser: what it learns, how fast, and what it does not claim to know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import rulebook
from domain.advice import Adviser, lead_class, load_class, taught
from domain.backtest import of_adviser
from domain.experience import Proposal
from domain.forecast import Judged, score
from tests.promising import START, promises, said_by

RULES = rulebook.default().advice


def proposed(owner: str | None = "ines", days: float = 100, **more: object) -> Proposal:
    told = {"team": "Kundendienst", "severity": "normal", "kind": "delivery", "customer": None, "lead_days": 4.0}
    at = START + timedelta(days=days)
    return Proposal(made_at=at, owner=owner, weekday=at.weekday(), **{**told, **more})  # type: ignore[arg-type]


def learned(experiences, days: float = 100) -> Adviser:
    return taught(experiences, RULES, START + timedelta(days=days))


def test_with_fewer_than_twenty_that_ended_nothing_is_said_but_the_range() -> None:
    few, enough = promises(19, lambda _: 1.0), promises(30, lambda _: 1.0)
    said = learned(few, 10).estimate(proposed(days=10))
    assert (said.probability, said.rests_on) == (None, 19)
    assert said.interval[0] < said.interval[1]
    assert learned(enough, 10).estimate(proposed(days=10)).probability > 0.8


def test_what_ended_long_ago_says_nothing_any_more() -> None:
    history = promises(300, lambda _: 1.0)
    assert learned(history, 60).estimate(proposed(days=60)).probability > 0.9
    later = learned(history, 3_000).estimate(proposed(days=3_000))
    assert (later.probability, later.rests_on) == (None, 300)


def test_whoever_keeps_more_is_expected_to_keep_more_and_a_newcomer_is_as_everybody() -> None:
    history = promises(600, lambda each: 0.95 if each.owner == "ines" else 0.6)
    ines, jonas, new = (learned(history).estimate(proposed(name)) for name in ("ines", "jonas", "karin"))
    assert ines.probability == pytest.approx(0.95, abs=0.05)
    assert jonas.probability == pytest.approx(0.6, abs=0.08)
    assert jonas.probability < new.probability < ines.probability
    assert new.interval[1] - new.interval[0] > ines.interval[1] - ines.interval[0], "less is known of somebody new"


def test_the_steps_of_an_estimate_end_at_it_and_say_what_they_rest_on() -> None:
    history = promises(600, lambda each: 0.95 if each.owner == "ines" else 0.6)
    adviser = learned(history)
    found = adviser.estimate(proposed("jonas"))
    names = [each.name for each in found.reasons]
    assert names[:4] == ["firm", "team", "owner", "severity"]
    assert found.reasons[-1].probability == pytest.approx(found.probability)
    firm, _, owner, _ = found.reasons[:4]
    assert firm.probability == pytest.approx(0.78, abs=0.07), "the firm's own share comes first"
    assert owner.probability < firm.probability - 0.1
    assert owner.rests_on == adviser.promises_of("jonas") > 290


def test_one_good_promise_of_a_newcomer_moves_little() -> None:
    history = promises(600, lambda each: 1.0 if each.owner == "karin" else 0.6)
    once = [each._replace(promise="promise-of-karin") for each in promises(1, lambda _: 1.0, owners=("karin",))]
    before = learned(history).estimate(proposed("karin")).probability
    after = learned([*history, *once]).estimate(proposed("karin")).probability
    assert 0 < after - before < 0.05


def test_after_a_bad_time_it_follows_within_weeks() -> None:
    turn = START + timedelta(days=60)
    history = promises(720, lambda each: 0.3 if each.made_at < turn else 0.95)
    at_the_turn, a_month_later = (learned(history, day).estimate(proposed(days=day)).probability for day in (61, 90))
    assert at_the_turn < 0.5
    assert a_month_later > 0.85


def test_the_time_to_the_due_joins_where_it_helps_and_makes_another_date_safe() -> None:
    history = promises(700, lambda each: 0.5 if each.lead_days < 1 else 0.97)
    adviser = learned(history, 120)
    assert "lead" in adviser.joined
    tight, roomy = (adviser.probability(proposed(days=120, lead_days=days)) for days in (0.5, 8.0))
    assert tight < 0.7 < 0.9 < roomy


def test_nothing_joins_where_it_is_mere_chance() -> None:
    joined = [learned(promises(600, lambda _: 0.8, seed), 105).joined for seed in range(6)]
    assert sum(map(len, joined)) <= 2, joined


def test_many_open_promises_join_where_they_are_too_many() -> None:
    adviser = Adviser(RULES)
    busy = proposed(days=1)
    for number in range(7):
        adviser.make(f"promise-{number}", busy)
    assert (adviser.load("ines"), adviser.load("jonas"), adviser.load(None)) == (7, 0, 0)
    assert [load_class(each) for each in (0, 1, 2, 3, 20, 21)] == [0, 1, 1, 2, 4, 5]
    assert [lead_class(each) for each in (0, 0.9, 1, 4.9, 5, 20)] == [0, 0, 1, 3, 4, 6]


def test_probabilities_stay_within_a_hundredth_of_certainty() -> None:
    sure = learned(promises(900, lambda _: 1.0)).estimate(proposed())
    assert sure.probability == 0.99
    assert sure.interval[1] <= 0.99


def test_of_ten_firms_what_was_said_comes_true() -> None:
    """Each with conditions of its own; the forecasts of the second half, taken together."""
    cases = []
    for seed in range(10):
        ines, jonas = 0.5 + 0.05 * seed, 0.95 - 0.04 * seed
        history = promises(500, lambda each, one=ines, two=jonas: one if each.owner == "ines" else two, seed)
        said = said_by(Adviser(RULES), history)
        cases += [Judged(said[each.promise], each.kept) for each in history[250:]]  # type: ignore[arg-type]
    found = score(cases)
    assert found is not None
    assert found.error < 0.03
    assert found.auc > 0.65  # type: ignore[operator]


def test_a_backtest_counts_each_promise_from_then_on_once_and_knows_the_rate_of_before() -> None:
    history = promises(600, lambda each: 0.95 if each.owner == "ines" else 0.5)
    since = START + timedelta(days=50)
    found = of_adviser(history, RULES, since, START + timedelta(days=200))
    assert found is not None
    assert found.naive is not None
    before = [each.kept for each in history if each.known_at <= since]
    assert found.score.n == sum(each.proposal.made_at >= since for each in history)
    assert (found.learned_from, found.naive.rate) == (len(before), sum(before) / len(before))
    assert found.score.log_loss < found.naive.score.log_loss
    assert found.score.auc > 0.6 > found.naive.score.auc == 0.5  # type: ignore[operator]


def test_what_has_not_ended_by_the_moment_of_asking_is_no_case() -> None:
    history = promises(600, lambda _: 0.8)
    until = START + timedelta(days=80)
    found = of_adviser(history, RULES, START + timedelta(days=50), until)
    assert found is not None
    assert found.score.n == sum(
        each.proposal.made_at >= START + timedelta(days=50) and each.known_at <= until for each in history
    )
    assert of_adviser([], RULES, None, until) is None


def test_a_guess_is_beaten_only_by_more_than_chance() -> None:
    apart = promises(600, lambda each: 0.95 if each.owner == "ines" else 0.5)
    alike = promises(600, lambda _: 0.75)
    since, until = START + timedelta(days=50), START + timedelta(days=200)
    beaten = [of_adviser(each, RULES, since, until).naive.is_beaten for each in (apart, alike)]  # type: ignore[union-attr]
    assert beaten == [True, False]
