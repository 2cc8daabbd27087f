"""Every figure and every account of the sample firm, recomputed from its raw facts by plain loops."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from domain.vocabulary import parse
from intake import sample_firm
from projections import kpis, statements
from projections.figures import Evenness, Figure, Lateness, Mean, Rate, Share, Spread
from tests import by_hand
from tests.by_hand import Firm, Hours
from tests.homes import Home, open_at, question
from tests.stores import ENGINES, lasting_folder
from wiring.demo import put_documents
from wiring.exporting import envelopes
from wiring.worker import set_rates

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENTS = [datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 4, 2, 9, tzinfo=UTC), NOW]
"""Early, in the middle of the bad quarter, and today."""
PERIOD = (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
OF_ONE_MOMENT = ("lateness_business_hours", "resolution_business_hours")
"""The reference gives these by themselves, the product beside the hours by the clock."""


pytestmark = pytest.mark.long_on_postgres


@pytest.fixture(scope="module", params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    folder = lasting_folder(request.param, "sample", request)
    put_documents(folder)
    home = open_at(folder)
    home.clock.now = NOW
    receipts = home.konto.record([parse(each, now=NOW) for each in sample_firm.facts(1, sample_firm.DAYS, NOW)])
    assert {receipt.status for receipt in receipts} == {"recorded"}
    home.konto.catch_up()
    assert set_rates(home.konto, NOW) == 18, "a month each"
    yield home
    home.close()


@pytest.fixture(scope="module")
def firm(home: Home) -> Firm:
    text = resources.files(sample_firm).joinpath("people.toml").read_text("utf-8")
    persons = tomllib.loads(text)["persons"]
    called = {name: each["id"] for each in persons for name in (each["id"], each["email"], *each.get("aliases", ()))}
    return Firm(
        [each for each in envelopes(home.konto) if each],
        hours=Hours(land="BW", own={(12, 24): (), (12, 31): ()}),
        team_of={each["id"]: each["team"] for each in persons}.get,
        person_of=lambda name: called.get(name, name),
    )


def answers(home: Home, moment: datetime, **more: Any) -> dict[str | None, dict[str, Any]]:
    groups = kpis.figures(home.konto.library, home.konto.asker, question(moment, **more))
    return {group.key: group.figures for group in groups}


def plain(figure: Figure) -> Any:
    """A figure as the reference would give it."""
    match figure:
        case Share() | Rate():
            return tuple(figure)
        case Lateness():
            return plain(figure.clock)
        case Spread():
            return figure.n, pytest.approx(figure.median), pytest.approx(figure.p90), pytest.approx(figure.max)
        case Evenness():
            both = (figure.first_answer, figure.on_time)
            return tuple(None if each.value is None else pytest.approx(each.value) for each in both)
        case Mean():
            return figure.n, None if figure.value is None else pytest.approx(figure.value)


def expected(name: str, value: Any, like: Figure) -> Any:
    """What the loops found, in the form of the figure."""
    if not isinstance(value, list):
        return value
    if isinstance(like, Mean):
        return len(value), sum(value) / len(value) if value else None
    if not value:
        return 0, None, None, None
    ordered = sorted(value)
    return len(ordered), by_hand.quantile(ordered, 0.5), by_hand.quantile(ordered, 0.9), ordered[-1]


NAMES = [name for name in by_hand.FIGURES if name not in OF_ONE_MOMENT]


def test_the_reference_knows_every_figure() -> None:
    assert set(NAMES) == set(kpis.DEFINITIONS)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_every_figure_is_what_plain_loops_over_the_raw_facts_find(home: Home, firm: Firm, moment: datetime) -> None:
    found = answers(home, moment)[None]
    for name in NAMES:
        value = by_hand.figure(firm, name, moment)
        assert expected(name, value, found[name]) == plain(found[name]), name


def test_business_hours_of_lateness_and_resolution_are_those_of_plain_loops(home: Home, firm: Firm) -> None:
    found = answers(home, NOW)[None]
    for name, of in (("lateness_business_hours", "lateness_hours"), ("resolution_business_hours", "resolution_hours")):
        business = found[of].business
        assert expected(name, by_hand.figure(firm, name, NOW), business) == plain(business), name


def test_every_figure_of_a_period_is_what_plain_loops_find(home: Home, firm: Firm) -> None:
    start, end = PERIOD
    found = answers(home, NOW, start=start, end=end)[None]
    for name in NAMES:
        value = by_hand.figure(firm, name, NOW, start=start, end=end)
        assert expected(name, value, found[name]) == plain(found[name]), name


@pytest.mark.parametrize("dimension", ["owner", "team", "kind", "supplier", "severity", "channel"])
def test_every_figure_by_a_dimension_is_what_plain_loops_find_for_each_of_its_values(
    home: Home, firm: Firm, dimension: str
) -> None:
    groups = answers(home, NOW, by=dimension)
    called = {person.id: person.name for person in home.konto.steering.people.latest.persons}
    compared = 0
    for name in NAMES:
        if _says_nothing(name, dimension):
            continue
        for key, value in by_hand.by(firm, name, dimension, NOW).items():
            if key is None:
                continue  # nobody's are shown together with those of whom nothing is known
            figure = groups[called[key] if dimension == "owner" else key][name]
            compared += 1
            assert expected(name, value, figure) == plain(figure), (name, key)
    assert compared > 20


def _says_nothing(name: str, dimension: str) -> bool:
    """Whether the cases of a figure have no such dimension."""
    family = next(family for family in kpis.FAMILIES if name in {each.name for each in family.FIGURES})
    return dimension not in family.DIMENSIONS or (name, dimension) == ("incident_rate", "kind")


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_every_account_is_what_plain_loops_over_its_raw_facts_find(home: Home, firm: Firm, moment: datetime) -> None:
    konto = home.konto
    compared = 0
    for customer, id in home.rows("SELECT customer, id FROM customers WHERE survivor = customer ORDER BY id"):
        found = statements.statement(konto.library, konto.asker, customer, konto.steering, moment)
        account = firm.account(id).statement(moment)
        lines = sorted((line.time, line.rule, line.points, line.counts) for line in account.lines)
        assert sorted((each.posting.time, each.posting.rule, each.points, each.counts) for each in found.lines) == lines
        assert (found.balance, found.stage.name) == (account.balance, account.stage), id
        assert found.buffer == pytest.approx(account.buffer), id
        assert found.sensitivity.value == pytest.approx(account.sensitivity.value), id
        assert found.sensitivity.reactions == account.sensitivity.reactions, id
        trust = account.reliability
        assert tuple(found.reliability)[1:] == pytest.approx((trust.low, trust.high, trust.rests_on), abs=1e-6), id
        compared += len(lines)
    assert compared > (400 if moment == MOMENTS[0] else 3_000)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_base_times_factors_are_the_points_of_every_line_and_the_lines_add_up(home: Home, moment: datetime) -> None:
    konto = home.konto
    for (customer,) in home.rows("SELECT customer FROM customers WHERE survivor = customer"):
        found = statements.statement(konto.library, konto.asker, customer, konto.steering, moment)
        assert sum(line.counts for line in found.lines) == found.balance
        for line in found.lines:
            product = float(line.base)
            for factor in line.posting.factors:
                product *= factor.value
            assert abs(product - line.points) <= 0.5 + 1e-9, line


def test_the_firms_rates_of_each_month_are_those_of_plain_loops(home: Home, firm: Firm) -> None:
    rates = home.konto.steering.rates
    for start, found in rates:
        month = (start - timedelta(days=1)).astimezone(by_hand.BERLIN).strftime("%Y-%m")
        assert (found.kept, found.reactions) == pytest.approx(firm.rates(month)), month
    assert len(rates) == 18
    assert len({found.kept for _, found in rates}) > 15, "they are the firm's own, not what counts before there are any"
