"""Does the figure mean anything? Forecasts of the past, made with what was known then, against what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.advice import Adviser, walk
from domain.experience import Experience
from domain.forecast import Judged, Score, fitted, loss, score, surely_positive
from domain.rulebook import AdviceRules


class Naive(NamedTuple):
    """The guess of whoever knows nothing but how often it came before: always the same.

    `is_beaten`: the forecasts were less surprised by more than chance (95 % sure, case by case).
    """

    rate: float
    score: Score
    is_beaten: bool


class Backtest(NamedTuple):
    """`learned_from`: cases whose end was known at the beginning. `naive` is None where there were none."""

    score: Score
    naive: Naive | None
    learned_from: int


def of_adviser(
    experiences: Sequence[Experience], rules: AdviceRules, since: datetime | None, until: datetime
) -> Backtest | None:
    """One case per promise made from `since` on whose end is known; None where nothing could be said of any.

    At making, the adviser knows the ends that came before and nothing else.
    """
    adviser = Adviser(rules)
    cases = []
    for experience in walk(adviser, experiences, until):
        made = experience.proposal.made_at
        if experience.known_at is None or experience.known_at > until or (since is not None and made < since):
            continue
        probability = adviser.probability(experience.proposal)
        if probability is not None:
            cases.append(Judged(probability, experience.kept))
    known = [each.kept for each in experiences if each.known_at is not None and since and each.known_at <= since]
    return backtest(cases, known)


def backtest(cases: Sequence[Judged], known: Sequence[bool]) -> Backtest | None:
    """`known`: what had come of those before."""
    judged = score(cases)
    if judged is None:
        return None
    return Backtest(judged, naive(known, cases), len(known))


def naive(known: Sequence[bool], cases: Sequence[Judged]) -> Naive | None:
    if not known:
        return None
    rate = sum(known) / len(known)
    judged = score([Judged(rate, case.came) for case in cases])
    gains = [loss(rate, case.came) - loss(*case) for case in cases]
    return None if judged is None else Naive(rate, judged, surely_positive(gains))


# -- the account ----------------------------------------------------------------------------------------

FEWEST_CASES = 50
"""Before `since`, and from then on: with fewer there is no statement."""


class Voice(NamedTuple):
    """Feedback about a promise: when, what the promise had cost by the account, in points, and what it was."""

    at: datetime
    score: float
    bad: bool
    fulfilled: bool


class OfAccount(NamedTuple):
    """`fulfilled`: only promises that were fulfilled, before or after. None where there were too few cases."""

    all: Backtest | None
    fulfilled: Backtest | None


def of_account(voices: Sequence[Voice], since: datetime) -> OfAccount:
    """One case per feedback from `since` on; how a score becomes a probability is learned from those before."""
    return OfAccount(_of_group(voices, since), _of_group([each for each in voices if each.fulfilled], since))


def _of_group(voices: Sequence[Voice], since: datetime) -> Backtest | None:
    cases = forecasts(voices, since)
    return None if cases is None else backtest(cases, [each.bad for each in voices if each.at < since])


def forecasts(voices: Sequence[Voice], since: datetime) -> list[Judged] | None:
    """What would have been said of each feedback from `since` on, in their order; None where there are too few."""
    before = [each for each in voices if each.at < since]
    after = [each for each in voices if each.at >= since]
    if len(before) < FEWEST_CASES or len(after) < FEWEST_CASES:
        return None
    curve = fitted([(each.score, each.bad, 1.0) for each in before])
    return [Judged(curve(each.score), each.bad) for each in after]


def is_better(one: Sequence[Voice], other: Sequence[Voice], since: datetime) -> bool:
    """Whether the second account of the same feedback was less surprised by it than the first, by more than chance."""
    before, after = forecasts(one, since), forecasts(other, since)
    if before is None or after is None:
        return False
    return surely_positive([loss(*first) - loss(*second) for first, second in zip(before, after, strict=True)])
