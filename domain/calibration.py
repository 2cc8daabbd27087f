"""Calibration: which weights of the rulebook fit best to what customers did.

Feedback, leaving and recommending are the cases. Each weight gets a factor; the prior of every factor is 1 ± 0.1,
signs stay, a table stays a table, and evidence fades. So little evidence moves little, and much of it moves more.
It is a logistic regression with a normal prior on the factors (Gelman and others, *Bayesian Data Analysis*, 16),
solved weight by weight.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain.forecast import fitted, sigmoid
from domain.rulebook import CalibrationRules, Late, Rulebook

DAY_SECONDS = 86_400
TABLE = "promise.late"
SWEEPS = 100
SETTLED = 1e-4
"""A sweep that moves no factor further is the last one."""


class Case(NamedTuple):
    """Something that a customer did. `parts`: what each weight had come to then, in points; `bad`: how it ended.

    `group`: cases of a group have a probability curve in common.
    """

    at: datetime
    group: str
    parts: Mapping[str, float]
    bad: bool


class Fitted(NamedTuple):
    """One weight, in hundredths: what counted, what the fit says, and on how many cases that rests.

    `factor` is against the prior, before the rescaling; a weight that was left alone has None.
    """

    weight: str
    old: int
    new: int
    factor: float | None
    cases: int


class Calibration(NamedTuple):
    weights: tuple[Fitted, ...]
    cases: int
    rulebook: Rulebook


def calibrated(
    cases: Sequence[Case], totals: Mapping[str, float], today: Rulebook, prior: Rulebook, until: datetime
) -> Calibration:
    """`totals`: absolute points of each weight over the whole log, by which the result is rescaled.

    `prior` is the rulebook under which the parts of the cases were reckoned.
    """
    rules = today.calibration
    counted = Counter(weight for case in cases for weight, points in case.parts.items() if points)
    old, before = weights_of(today), weights_of(prior)
    enough = [weight for weight in before if counted[weight] >= rules.fewest_cases and before[weight]]
    factors = fit(cases, enough, before, rules, until)
    new = {**old, **_rescaled(factors, before, old, totals)}
    found = tuple(Fitted(weight, old[weight], new[weight], factors.get(weight), counted[weight]) for weight in old)
    return Calibration(found, len(cases), with_weights(today, new))


def _rescaled(
    factors: Mapping[str, float], before: Mapping[str, int], old: Mapping[str, int], totals: Mapping[str, float]
) -> dict[str, int]:
    """The new weights, with the same total of absolute points as the prior, so that thresholds keep their meaning.

    A knot that was left alone holds those beside it: being later never costs less.
    """

    def weights(scale: float) -> dict[str, int]:
        scaled = {weight: round(before[weight] * factor * scale) for weight, factor in factors.items()}
        return {**scaled, **_falling({**old, **scaled}, scaled)}

    def total(points: Mapping[str, int]) -> float:
        return math.fsum(totals.get(weight, 0.0) * points[weight] / before[weight] for weight in factors)

    wanted, low, high = total({weight: before[weight] for weight in factors}), 0.0, 16.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if total(weights(middle)) < wanted else (low, middle)
    return weights(high if wanted else 1.0)


def _falling(all: Mapping[str, int], fitted: Mapping[str, int]) -> dict[str, int]:
    """The fitted knots of the table, each between those before and after it."""
    knots = sorted((weight for weight in all if weight.startswith(f"{TABLE}.")), key=_number)
    held: dict[str, int] = {}
    for place, weight in enumerate(knots):
        if weight not in fitted:
            continue
        left_alone = [all[each] for each in knots[place:] if each not in fitted]
        before = [held.get(each, all[each]) for each in knots[:place]]
        held[weight] = max([min([all[weight], *before]), *left_alone[:1]])
    return held


def _number(knot: str) -> int:
    return int(knot.rpartition(".")[2])


# -- the fit ------------------------------------------------------------------------------------------


class _Row:
    """A case while the fit runs: how much it counts, and what its parts come to under the factors so far."""

    __slots__ = ("bad", "parts", "score", "weight")

    def __init__(self, case: Case, wanted: Iterable[str], half_life_days: float, until: datetime) -> None:
        age = (until - case.at).total_seconds() / DAY_SECONDS
        self.weight = 2.0 ** (-age / half_life_days)
        self.bad = case.bad
        self.parts = {weight: -points for weight in wanted if (points := case.parts.get(weight))}
        self.score = -math.fsum(case.parts.values())


def fit(
    cases: Sequence[Case], weights: Sequence[str], values: Mapping[str, int], rules: CalibrationRules, until: datetime
) -> dict[str, float]:
    """The likeliest factor of each weight, given the prior."""
    factors = dict.fromkeys(weights, 1.0)
    groups: dict[str, list[_Row]] = {}
    for case in cases:
        groups.setdefault(case.group, []).append(_Row(case, weights, rules.half_life_days, until))
    touching = {
        weight: [(group, row) for group, rows in groups.items() for row in rows if weight in row.parts]
        for weight in weights
    }
    precision = 1 / rules.prior_spread**2
    for _ in range(SWEEPS):
        curves = {group: fitted([(row.score, row.bad, row.weight) for row in rows]) for group, rows in groups.items()}
        moved = 0.0
        for weight in weights:
            slope, bend = precision * (1 - factors[weight]), precision
            for group, row in touching[weight]:
                curve = curves[group]
                p, part = sigmoid(curve.a + curve.b * row.score), curve.b * row.parts[weight]
                slope += row.weight * (row.bad - p) * part
                bend += row.weight * p * (1 - p) * part * part
            least, most = _between(weight, factors, values)
            step = min(most, max(least, factors[weight] + slope / bend)) - factors[weight]
            factors[weight] += step
            moved = max(moved, abs(step))
            for _, row in touching[weight]:
                row.score += step * row.parts[weight]
        if moved < SETTLED:
            break
    return factors


def _between(weight: str, factors: Mapping[str, float], values: Mapping[str, int]) -> tuple[float, float]:
    """How far a factor may go: signs stay, and in the table later never costs less."""
    least, most = 0.0, math.inf
    if weight.startswith(f"{TABLE}."):
        knot = _number(weight)
        before, after = (_knot(knot + step, factors, values) for step in (-1, 1))
        own = values[weight]
        if before is not None:
            least = max(least, before / own)
        if after is not None:
            most = after / own
    return least, max(least, most)


def _knot(knot: int, factors: Mapping[str, float], values: Mapping[str, int]) -> float | None:
    weight = f"{TABLE}.{knot}"
    return values[weight] * factors.get(weight, 1.0) if weight in values else None


# -- the rulebook ---------------------------------------------------------------------------------------


PLACES: Mapping[str, str] = {
    "promise": (
        "kept kept_after_timely_move kept_after_late_move exceeded broken partly_at_zero partly_per_degree "
        "moved_in_time moved_in_time_without_alternative moved_late moved_late_without_alternative moved_for_customer "
        "withdrawn withdrawn_with_one withdrawn_without withdrawn_late"
    ),
    "customer": "honest_no honest_no_with_alternative feedback_worst feedback_best referral owner_changed",
    "answers": "in_time late never chased",
    "contacts": "follow_up check_in needs advice idea_adopted courtesy service",
    "incident": "minor normal serious untruth",
    "recovery": "reason apology chance talk offer_accepted resolved",
}
"""Every weight of the rulebook in points, beside the table of lateness."""


def weights_of(rules: Rulebook) -> dict[str, int]:
    """Every weight by its place, in hundredths; each knot of the table is one."""
    table = {f"{TABLE}.{knot}": points for knot, points in enumerate(rules.promise.late.points)}
    named = {
        f"{section}.{name}": getattr(getattr(rules, section), name)
        for section, names in PLACES.items()
        for name in names.split()
    }
    return {**named, **table}


def with_weights(rules: Rulebook, weights: Mapping[str, int]) -> Rulebook:
    """The same rulebook with other weights; all of `weights_of` must be there."""
    changes: dict[str, dict[str, Any]] = {
        section: {name: weights[f"{section}.{name}"] for name in names.split()} for section, names in PLACES.items()
    }
    days = rules.promise.late.days
    changes["promise"]["late"] = Late(days, tuple(weights[f"{TABLE}.{knot}"] for knot in range(len(days))))
    parts = {section: getattr(rules, section).model_copy(update=each) for section, each in changes.items()}
    return rules.model_copy(update=parts)


def prior_of(today: Rulebook, default: Rulebook) -> Rulebook:
    """Today's rulebook with the weights of the default one, from which a fit begins each time anew.

    A table with other days than the default's has no counterpart there; it begins from itself.
    """
    weights = {**weights_of(today), **weights_of(default)}
    if today.promise.late.days != default.promise.late.days:
        own = {weight: points for weight, points in weights_of(today).items() if weight.startswith(TABLE)}
        weights = {**{weight: points for weight, points in weights.items() if not weight.startswith(TABLE)}, **own}
    return with_weights(today, weights)
