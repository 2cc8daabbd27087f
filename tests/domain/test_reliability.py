"""How sure one may be that a promise is kept: the beta reputation beside the account, and intervals of shares."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from domain import rulebook as rulebooks
from domain.reliability import Evidence, beta_cdf, beta_quantile, reliability, weight, wilson
from tests.notation import Given, rulebook

RULES = rulebooks.default()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def settled(*weights: float, days_ago: float = 0) -> list[Evidence]:
    return [Evidence(NOW - timedelta(days=days_ago), each) for each in weights]


# -- quantiles of the beta distribution, by other ways ----------------------------------------------


def by_integration(x: float, a: float, b: float) -> float:
    """I_x(a, b) by Simpson's rule on x = sin²(θ), where the density has no poles for a, b ≥ 0.5."""

    def area(upto: float) -> float:
        steps = 4000
        width = upto / steps
        values = [
            math.sin(number * width) ** (2 * a - 1) * math.cos(number * width) ** (2 * b - 1)
            for number in range(steps + 1)
        ]
        return width / 3 * (values[0] + values[-1] + 4 * sum(values[1:-1:2]) + 2 * sum(values[2:-1:2]))

    return area(math.asin(math.sqrt(x))) / area(math.pi / 2)


@pytest.mark.parametrize(
    ("a", "b"), [(1.6, 0.8), (1.6, 5.4), (2, 3), (9.6, 0.9), (30, 4.4), (200.5, 31), (0.7, 40), (1200, 90)]
)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_the_quantile_is_where_numeric_integration_of_the_density_reaches_the_share(
    a: float, b: float, share: float
) -> None:
    assert by_integration(beta_quantile(share, a, b), a, b) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.5, 0.95, 0.999])
def test_the_quantile_agrees_with_the_distributions_that_have_a_formula(share: float) -> None:
    for b in (0.3, 1, 2.5, 40):
        assert beta_quantile(share, 1, b) == pytest.approx(1 - (1 - share) ** (1 / b), abs=1e-12)
        assert beta_quantile(share, b, 1) == pytest.approx(share ** (1 / b), abs=1e-12)
    assert beta_quantile(share, 0.5, 0.5) == pytest.approx(math.sin(math.pi * share / 2) ** 2, abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 7), (5, 5), (30, 12), (150, 3)])
def test_the_distribution_agrees_with_sums_of_the_binomial_one(a: int, b: int) -> None:
    """I_x(a, b) = P(X ≥ a) for a + b − 1 throws with chance x."""
    n = a + b - 1
    for x in (0.03, 0.4, 0.5, 0.77, 0.98):
        throws = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
        assert beta_cdf(x, a, b) == pytest.approx(throws, abs=1e-12)


def test_the_ends_are_certain() -> None:
    assert (beta_cdf(0, 2, 3), beta_cdf(1, 2, 3)) == (0, 1)
    assert beta_quantile(0.05, 0, 3) == 0
    assert beta_quantile(0.95, 3, 0) == 1


# -- the reputation ---------------------------------------------------------------------------------


def test_with_nothing_settled_only_the_interval_around_the_firms_rate_of_0_8_is_shown() -> None:
    found = reliability([], NOW, RULES)
    assert (found.value, found.rests_on) == (None, 0)
    assert found.low == pytest.approx(beta_quantile(0.05, 1.6, 0.4))
    assert found.high == pytest.approx(beta_quantile(0.95, 1.6, 0.4))


@pytest.mark.parametrize(("count", "shown"), [(1, False), (4, False), (5, True), (6, True)])
def test_below_5_settled_promises_there_is_no_value(count: int, shown: bool) -> None:
    found = reliability(settled(*[1.0] * count), NOW, RULES)
    assert (found.value is not None) is shown
    assert found.rests_on == count
    assert 0 < found.low < found.high < 1


def test_the_value_is_r_and_the_firms_share_of_two_by_all_of_it() -> None:
    """r = 3.5, s = 1.5: (3.5 + 0.8 · 2) ÷ (5 + 2)."""
    found = reliability(settled(1, 1, 1, 0.5, 0), NOW, RULES)
    assert found.value == pytest.approx(5.1 / 7)
    assert found.low == pytest.approx(beta_quantile(0.05, 5.1, 1.9))
    assert found.high == pytest.approx(beta_quantile(0.95, 5.1, 1.9))


@pytest.mark.parametrize(("days", "left"), [(0, 1), (90, 2**-0.5), (180, 0.5), (360, 0.25)])
def test_evidence_fades_by_half_in_180_days_but_is_still_counted(days: float, left: float) -> None:
    found = reliability(settled(0, 0, 0, 0, 0, days_ago=days), NOW, RULES)
    assert found.value == pytest.approx(1.6 / (2 + 5 * left))
    assert found.rests_on == 5


def test_what_is_settled_later_is_not_known_yet_and_what_is_settled_now_is() -> None:
    evidence = [*settled(1, 1, 1, 1, 1), *settled(0, days_ago=-1e-5)]
    assert reliability(evidence, NOW, RULES).rests_on == 5
    assert reliability(evidence, NOW + timedelta(days=1), RULES).rests_on == 6


def test_the_interval_holds_90_percent_and_narrows_with_evidence() -> None:
    widths = []
    for count in (5, 50, 500):
        found = reliability(settled(*[1.0] * count, *[0.0] * (count // 5)), NOW, RULES)
        a, b = count + 1.6, count // 5 + 0.4
        assert by_integration(found.high, a, b) - by_integration(found.low, a, b) == pytest.approx(0.9, abs=1e-5)
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


# -- weights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "expected"),
    [(400, 1), (500, 1), (200, 10 / 12), (0, 8 / 12), (-200, 6 / 12), (-500, 3 / 12), (-800, 0), (-900, 0)],
)
def test_a_weight_is_where_the_base_points_lie_between_broken_and_kept(base: int, expected: float) -> None:
    assert weight(base, RULES) == pytest.approx(expected)
    assert weight(base * 2, rulebook(promise={"kept": 800, "broken": -1600})) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("2026-03-06T12:00  erfüllt", [1]),
        ("2026-03-06T12:00  erfüllt, Grad 2", [1]),
        ("2026-03-04T12:00  verschiebt auf 2026-03-10\n2026-03-09T12:00  erfüllt", [10 / 12]),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10\n2026-03-09T12:00  erfüllt", [8 / 12]),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10, vom Kunden gewünscht\n2026-03-09T12:00  erfüllt", [1]),
        ("2026-03-07T12:00  erfüllt", [5 / 12]),
        ("2026-03-06T12:00  erfüllt, Grad 0.5", [0.5]),
        ("2026-03-04T12:00  nimmt zurück, mit Grund, mit Alternative", [8 / 12]),
        ("2026-03-06T11:00  nimmt zurück", [3 / 12]),
        ("2026-03-04T12:00  bricht", [0]),
        ("2026-03-06T12:00  erlässt", [0]),
        ("2026-03-04T12:00  erlässt", []),
        ("2026-03-04T12:00  übergibt an lutz", []),
    ],
)
def test_every_end_of_a_promise_is_evidence_except_a_waiver_in_time(
    given: Given, text: str, weights: list[float]
) -> None:
    for binding in ("", ", geschätzt", ", intern"):
        history = given(f'2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00{binding}\n{text}')
        assert [each.weight for each in history.evidence()] == pytest.approx(weights), binding


def test_what_happens_after_the_end_is_no_second_evidence(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00
    2026-03-04T09:00  erfüllt
    2026-03-05T09:00  übergibt an lutz
    2026-03-05T10:00  setzt fort wegen Teil
    """
    assert len(given().evidence()) == 1


# -- shares -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_one_that_newcombe_printed_in_1998(
    numerator: int, denominator: int, low: float, high: float
) -> None:
    """Statistics in Medicine 17, 857-872, the score method."""
    found = wilson(numerator, denominator)
    assert found is not None
    assert found == pytest.approx((low, high), abs=5e-5)


def test_wilsons_interval_holds_the_chances_under_which_the_share_is_no_surprise() -> None:
    """Its ends solve |share − p| = z · √(p(1 − p)/n)."""
    for numerator, denominator in ((1, 2), (7, 9), (50, 60), (999, 1000)):
        found = wilson(numerator, denominator)
        assert found is not None
        for p in found:
            distance = abs(numerator / denominator - p) / math.sqrt(p * (1 - p) / denominator)
            assert distance == pytest.approx(1.959964, abs=1e-5)


def test_a_share_of_nothing_has_no_interval_and_a_whole_one_ends_at_1() -> None:
    assert wilson(0, 0) is None
    assert wilson(7, 7) == pytest.approx((0.6457, 1.0), abs=5e-5)
    assert wilson(0, 7) == pytest.approx((0.0, 0.3543), abs=5e-5)
