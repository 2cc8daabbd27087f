"""The figures of a small firm: what the tables answer is what plain loops over its raw facts find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise, product

import pytest

from domain.errors import Refused
from domain.reliability import wilson
from projections import kpis
from projections.figures import Lateness, Mean, Share, Spread, period_of
from projections.promises import listed
from tests import by_hand
from tests.by_hand import Life
from tests.homes import Home, open_at, question, stamped
from tests.notation import Data, Given, at, envelopes
from tests.stores import ENGINES, lasting_folder

FIRM = """
A winter and a spring of a small heating firm. Ines sits in the office, Lutz and Karin fit boilers.

2026-01-05T08:00  Kunde K-1, namens Meier, zuständig ines
2026-01-05T09:00  verspricht K-1 ines "Angebot 1" bis 2026-01-08T16:00, Preis 1000 EUR, Team Büro, Kanal email
2026-01-08T15:00  erfüllt "Angebot 1", berechnet 1049
2026-01-06T09:00  verspricht K-1 ines "Angebot 2" bis 2026-01-09T16:00, Preis 500 EUR, geschätzt, Team Büro
2026-01-09T10:00  erfüllt "Angebot 2", berechnet 600 (erfasst 2026-02-20T10:00)
2026-01-07T10:00  verspricht K-2 lutz "Therme 1" bis 2026-01-15, Art delivery, Team Montage, Lieferant Acme, Produkt T4
2026-01-15T23:30  erfüllt "Therme 1"
2026-01-07T10:00  verspricht K-2 lutz "Therme 2" bis 2026-01-31, Art delivery, Team Montage, Lieferant Acme, ernst
2026-02-03T09:00  erfüllt "Therme 2" (erfasst 2026-03-01T09:00)
2026-01-12T08:00  verspricht K-3 karin "Wartung 1" bis 2026-01-14T10:00, Art appointment, Team Montage, gering
2026-01-13T09:00  verschiebt "Wartung 1" auf 2026-01-20T10:00, mit Alternative
2026-01-20T10:00  erfüllt "Wartung 1"
2026-01-12T08:00  verspricht K-3 karin "Wartung 2" bis 2026-01-14T10:00, Art appointment, Team Montage
2026-01-14T09:30  verschiebt "Wartung 2" auf 2026-01-21T10:00
2026-01-21T09:00  erfüllt "Wartung 2"
2026-01-12T08:00  verspricht K-3 karin "Wartung 3" bis 2026-01-14T10:00, Art appointment, Team Montage
2026-01-14T09:30  verschiebt "Wartung 3" auf 2026-01-22T10:00, vom Kunden gewünscht
2026-01-22T09:00  erfüllt "Wartung 3"
2026-01-19T11:00  verspricht K-4 ines "Rückruf 1" bis 2026-01-19T16:00, Art callback, Team Büro, Kanal phone
2026-01-19T17:10  erfüllt "Rückruf 1"
2026-01-19T11:00  verspricht K-4 ines "Rückruf 2" bis 2026-01-30T12:00, Art callback, Team Büro, Kanal phone
2026-01-26T09:00  nimmt "Rückruf 2" zurück, mit Grund
2026-01-19T11:00  verspricht K-4 ines "Rückruf 3" bis 2026-01-30T12:00, Art callback, Kanal chat
2026-01-30T11:30  nimmt "Rückruf 3" zurück, mit Grund, mit Alternative
2026-02-02T09:00  verspricht K-5 lutz "Heizung 1" bis 2026-02-27, Art delivery, Team Montage, Lieferant Bolt
2026-02-10T09:00  pausiert "Heizung 1" wegen Kunde
2026-02-17T09:00  setzt "Heizung 1" fort wegen Kunde
2026-03-06T12:00  erfüllt "Heizung 1", Grad 1.3, Beleg
2026-02-02T09:00  verspricht K-5 lutz "Heizung 2" bis 2026-02-28T23:30, Art quality, Team Montage
2026-02-20T09:00  übergibt "Heizung 2" an karin, Team Service
2026-03-02T09:00  erfüllt "Heizung 2", Grad 0.6
2026-02-02T09:00  verspricht K-5 lutz "Heizung 3" bis 2026-03-31T23:30+00:00, Art quality
2026-03-15T09:00  bricht "Heizung 3"
2026-02-09T09:00  verspricht K-6 ines "Irgendwann 1", Team Büro
2026-04-01T00:30  erfüllt "Irgendwann 1"
2026-02-09T09:00  verspricht K-6 ines "Irgendwann 2", Team Büro
2026-02-09T09:00  verspricht K-6 ines "Irgendwann 3", Team Büro
2026-02-25T09:00  verschiebt "Irgendwann 3" auf 2026-03-10T12:00
2026-03-09T12:00  erfüllt "Irgendwann 3"
2026-02-16T09:00  verspricht K-1 karin "Umbau 1" bis 2026-03-16T17:00, Team Montage, Zone Europe/London
2026-03-10T09:00  erlässt "Umbau 1"
2026-02-16T09:00  verspricht K-1 karin "Umbau 2" bis 2026-03-16T17:00, Team Montage
2026-03-18T09:00  erlässt "Umbau 2"
2026-02-16T09:00  verspricht K-1 karin "Umbau 3" bis 2026-03-16T17:00, Team Montage
2026-03-05T09:00  verschiebt "Umbau 3" auf 2026-04-16T17:00
2026-03-18T09:00  erlässt "Umbau 3"
2026-03-02T09:00  verspricht K-2 lutz "Rohr 1" bis 2026-03-29, Art delivery, Lieferant Acme, Produkt T4, intern
2026-03-30T00:00:01  erfüllt "Rohr 1"
2026-03-02T09:00  verspricht K-2 lutz "Rohr 2" bis 2026-03-10T09:00, Art delivery
2026-03-03T09:00  verschiebt "Rohr 2" auf 2026-03-17T09:00
2026-03-16T16:00  verschiebt "Rohr 2" auf 2026-03-24T09:00
2026-03-23T09:00  verschiebt "Rohr 2" auf 2026-04-02T09:00, vom Kunden gewünscht
2026-04-01T09:00  erfüllt "Rohr 2" (erfasst 2026-04-20T09:00)
2026-03-02T09:00  verspricht K-2 lutz "Rohr 3" bis 2026-03-10T09:00, Art delivery
2026-03-09T16:30  verschiebt "Rohr 3" auf 2026-03-31T09:00, nicht vereinbart
2026-03-02T09:00  verspricht K-3 karin "Offen 1" bis 2026-04-30, Art appointment
2026-03-02T09:00  verspricht K-3 karin "Offen 2" bis 2026-05-31T12:00, Art appointment
2026-04-14T09:00  verschiebt "Offen 2" auf 2026-06-30T12:00
2026-03-02T09:00  verspricht K-3 karin "Offen 3" bis 2026-03-20T12:00, Art appointment
2026-03-12T09:00  pausiert "Offen 3" wegen Kunde
2026-03-31T22:30+00:00  verspricht K-6 ines "Nacht" bis 2026-04-01T00:45+02:00, Zone Asia/Tokyo
2026-04-01T00:40  erfüllt "Nacht", Grad 2
2026-04-07T09:00  verspricht K-4 lutz "Angebot 3" bis 2026-04-10T09:00, Preis 200 EUR
2026-04-08T09:00  beschreibt "Angebot 3", Art delivery, ernst, Lieferant Acme
2026-04-09T09:00  erfüllt "Angebot 3", berechnet 500
2026-04-07T09:00  verspricht K-4 lutz "Angebot 4" bis 2026-04-10T09:00, Preis 200 EUR
2026-04-10T10:00  erfüllt "Angebot 4", berechnet 190
"""

MOMENTS = [
    "2026-01-08T12:00", "2026-01-19T16:00", "2026-02-15", "2026-03-10T12:00", "2026-03-20T13:00",
    "2026-04-01T00:35", "2026-04-15", "2026-07-01",
]  # fmt: skip
KNOWN = [None, "2026-01-21", "2026-02-25", "2026-04-01"]
DIMENSIONS = ("owner", "team", "kind", "customer", "supplier", "product", "channel", "severity")
SHARES = (
    "on_time_rate",
    "strict_on_time_rate",
    "timely_notice_rate",
    "over_fulfilment_rate",
    "broken_rate",
    "withdrawn_rate",
    "partial_rate",
)


def facts() -> list[Data]:
    return [stamped(each) for each in envelopes(FIRM.replace(", Beleg", ""))]


@pytest.fixture(scope="module", params=ENGINES)
def firm(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "firm", request))
    assert {receipt.status for receipt in home.take(facts())} == {"recorded"}
    yield home
    home.close()


def asked(
    firm: Home, moment: str, names: Sequence[str] = (), *, known: str | None = None, **more: object
) -> list[kpis.Group]:
    then = at(known) if known else None
    return kpis.figures(firm.konto.library, firm.konto.asker, question(moment, known=then, **more), names)


def by_loops(moment: str, known: str | None = None) -> list[Life]:
    return by_hand.lives(facts(), at(moment), at(known) if known else None)


def numbers(group: kpis.Group) -> by_hand.Shares:
    found = {}
    for name in SHARES:
        figure = group.figures[name]
        assert isinstance(figure, Share)
        found[name] = (figure.numerator, figure.denominator)
    return found


NOTHING = dict.fromkeys(SHARES, (0, 0))

# -- as of, as known on -----------------------------------------------------------------------------


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("moment", MOMENTS)
def test_every_share_is_what_loops_find_as_of_any_moment_as_known_on_any(
    firm: Home, moment: str, known: str | None
) -> None:
    (group,) = asked(firm, moment, SHARES, known=known)
    assert group.key is None
    assert numbers(group) == by_hand.shares(by_loops(moment, known))


def test_the_firm_has_something_of_everything() -> None:
    """Else the comparison would compare nothing."""
    found = by_loops("2026-07-01")
    assert {each.state for each in found} == {
        "open", "overdue", "kept", "kept_late", "partial", "broken", "withdrawn", "released"
    }  # fmt: skip
    assert {each.first for each in found} == {"open", "overdue", "kept", "missed", "released"}
    shares = by_hand.shares(found)
    assert all(0 < numerator < denominator for numerator, denominator in shares.values()), shares
    assert shares["on_time_rate"] != shares["strict_on_time_rate"]
    assert by_hand.shares(by_loops("2026-04-15")) != by_hand.shares(by_loops("2026-04-15", "2026-04-01"))


def test_a_share_carries_its_value_and_its_interval(firm: Home) -> None:
    (group,) = asked(firm, "2026-07-01", ["on_time_rate"])
    figure = group.figures["on_time_rate"]
    assert isinstance(figure, Share)
    assert figure.value == figure.numerator / figure.denominator
    assert figure.interval == wilson(figure.numerator, figure.denominator)


def test_before_the_first_fact_every_figure_rests_on_nothing(firm: Home) -> None:
    (group,) = asked(firm, "2026-01-01")
    assert numbers(group) == NOTHING
    empty = group.figures["on_time_rate"]
    assert isinstance(empty, Share)
    assert (empty.value, empty.interval) == (None, None)
    assert group.figures["lateness_hours"] == Lateness(Spread(None, None, None, 0), Spread(None, None, None, 0))
    assert group.figures["fulfilment_degree"] == Mean(None, 0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_lateness_is_median_p90_and_maximum_of_the_late_ones_by_the_clock_and_in_business_hours(
    firm: Home, moment: str
) -> None:
    (group,) = asked(firm, moment, ["lateness_hours"])
    figure = group.figures["lateness_hours"]
    assert isinstance(figure, Lateness)
    found = by_loops(moment)
    for spread, hours in (
        (figure.clock, by_hand.late_hours(found)),
        (figure.business, by_hand.late_business_hours(found)),
    ):
        assert spread.n == len(hours)
        if hours:
            assert spread.median == pytest.approx(by_hand.quantile(hours, 0.5))
            assert spread.p90 == pytest.approx(by_hand.quantile(hours, 0.9))
            assert spread.max == pytest.approx(max(hours))


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_degree_is_the_mean_of_what_was_fulfilled(firm: Home, moment: str) -> None:
    (group,) = asked(firm, moment, ["fulfilment_degree"])
    degrees = [each.degree for each in by_loops(moment) if each.degree is not None]
    mean = sum(degrees) / len(degrees) if degrees else None
    assert group.figures["fulfilment_degree"] == Mean(pytest.approx(mean) if degrees else None, len(degrees))  # type: ignore[arg-type]


def test_estimate_accuracy_is_charged_by_promised_of_prices_only(firm: Home) -> None:
    (group,) = asked(firm, "2026-07-01", ["estimate_accuracy"])
    ratios = sorted(
        each.charged / each.amount
        for each in by_loops("2026-07-01")
        if each.kind == "price" and each.amount and each.charged is not None
    )
    assert ratios == [0.95, 1.049, 1.2]  # "Angebot 3" has become a delivery
    figure = group.figures["estimate_accuracy"]
    assert isinstance(figure, Spread)
    assert (figure.n, figure.median) == (3, pytest.approx(1.049))
    assert figure.p90 == pytest.approx(by_hand.quantile(ratios, 0.9))


# -- periods ----------------------------------------------------------------------------------------

BOUNDS = [
    ("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01"),
    ("2026-04-01", None), (None, "2026-01-15"), ("2026-01-15", "2026-01-16"), ("2026-03-10T09:00", "2026-03-16T17:00"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end"), BOUNDS)
@pytest.mark.parametrize("moment", MOMENTS[2::2])
def test_from_and_to_select_by_the_due_in_force_undated_ones_by_their_settlement(
    firm: Home, moment: str, start: str | None, end: str | None
) -> None:
    (group,) = asked(firm, moment, SHARES, start=start, end=end)
    first, last = at(start) if start else None, at(end) if end else None
    chosen = [each for each in by_loops(moment) if each.lies_in(first, last)]
    assert numbers(group) == by_hand.shares(chosen)


def test_months_put_together_are_the_whole(firm: Home) -> None:
    """Everything with a due or a settlement lies in one of them."""
    months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"]
    parts = [numbers(asked(firm, "2026-07-01", SHARES, start=a, end=b)[0]) for a, b in pairwise(months)]
    whole = numbers(asked(firm, "2026-07-01", SHARES)[0])
    for name in SHARES:
        assert tuple(sum(part[name][side] for part in parts) for side in (0, 1)) == whole[name], name


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


PERIODS = {"day": date.isoformat, "week": week_of, "month": lambda day: day.isoformat()[:7]}


@pytest.mark.parametrize("per", PERIODS)
@pytest.mark.parametrize("by", [None, "team"])
def test_a_series_counts_each_promise_in_the_period_of_its_own_day(firm: Home, per: str, by: str | None) -> None:
    found = by_loops("2026-07-01")
    expected: dict[str | None, dict[str, list[Life]]] = {}
    for each in found:
        if each.belongs_day is not None:
            period = PERIODS[per](each.belongs_day)
            expected.setdefault(each.team if by else None, {}).setdefault(period, []).append(each)
    groups = asked(firm, "2026-07-01", SHARES, by=by, per=per)
    assert {group.key for group in groups} == set(expected)
    for group in groups:
        for name in SHARES:
            series = group.figures[name]
            assert isinstance(series, list)
            assert [period for period, _ in series] == sorted(expected[group.key])
            for period, figure in series:
                assert isinstance(figure, Share)
                counted = by_hand.shares(expected[group.key][period])[name]
                assert (figure.numerator, figure.denominator) == counted, (period, name)


@pytest.mark.parametrize(
    ("day", "week"), [("2026-01-01", "2026-W01"), ("2025-12-29", "2026-W01"), ("2027-01-01", "2026-W53")]
)
def test_a_week_is_the_one_that_calendars_in_europe_count(day: str, week: str) -> None:
    assert period_of(day, "week") == week


def test_a_bare_date_counts_in_its_own_month_although_it_ends_in_the_next(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-31
    2026-03-02T09:00  verspricht K-1 ines "B" bis 2026-03-31, Zone America/Sao_Paulo
    2026-03-02T09:00  verspricht K-1 ines "C" bis 2026-04-01T00:00
    2026-03-02T09:00  verspricht K-1 ines "D" bis 2026-03-31T23:59
    """
    home.take(given().envelopes)
    (group,) = asked(home, "2026-05-01", ["on_time_rate"], per="month")
    assert group.figures["on_time_rate"] == [("2026-03", Share(0, 3)), ("2026-04", Share(0, 1))]
    for start, end, count in (
        ("2026-03-01", "2026-04-01", 3),
        ("2026-04-01", "2026-05-01", 1),
        ("2026-03-31", "2026-04-01", 3),
    ):
        assert asked(home, "2026-05-01", ["on_time_rate"], start=start, end=end)[0].figures["on_time_rate"] == Share(
            0, count
        )


# -- dimensions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize("moment", MOMENTS[3::2])
def test_by_any_dimension_each_group_is_what_loops_find_and_all_together_the_whole(
    firm: Home, by: str, moment: str
) -> None:
    groups: dict[str | None, list[Life]] = {}
    for each in by_loops(moment):
        groups.setdefault(getattr(each, by), []).append(each)
    found = asked(firm, moment, SHARES, by=by)
    assert {group.key: numbers(group) for group in found} == {
        key: by_hand.shares(members) for key, members in groups.items()
    }


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_where_keeps_what_has_the_value_also_together_with_by(firm: Home, dimension: str) -> None:
    moment = "2026-04-15"
    everything = by_loops(moment)
    for value in sorted({getattr(each, dimension) for each in everything} - {None}):
        chosen = [each for each in everything if getattr(each, dimension) == value]
        (group,) = asked(firm, moment, SHARES, where={dimension: value})
        assert numbers(group) == by_hand.shares(chosen)
        by_kind = asked(firm, moment, SHARES, where={dimension: value}, by="kind")
        assert sum(numbers(each)["on_time_rate"][1] for each in by_kind) == numbers(group)["on_time_rate"][1]
    (nobody,) = asked(firm, moment, SHARES, where={dimension: "gibt es nicht"})
    assert numbers(nobody) == NOTHING


def test_two_dimensions_must_both_fit(firm: Home) -> None:
    chosen = [each for each in by_loops("2026-04-15") if each.team == "Montage" and each.kind == "delivery"]
    (group,) = asked(firm, "2026-04-15", SHARES, where={"team": "Montage", "kind": "delivery"})
    assert numbers(group) == by_hand.shares(chosen)
    assert len(chosen) >= 3


def test_a_handed_over_promise_counts_for_whoever_answers_at_the_moment(firm: Home) -> None:
    """ "Heizung 2" goes from Lutz in Montage to Karin in Service on 20 February."""
    for moment, owner, team in (("2026-02-20T08:59", "lutz", "Montage"), ("2026-02-20T09:00", "karin", "Service")):
        rows = firm.listed(moment, where={"owner": owner, "team": team})
        assert "Heizung 2" in {row.id for row in rows}
    assert not firm.listed("2026-02-20T08:59", where={"team": "Service"})


def test_unknown_figures_and_dimensions_are_refused_with_what_is_possible(firm: Home) -> None:
    with pytest.raises(Refused, match=r"no figure “punctuality”.*on_time_rate"):
        asked(firm, "2026-04-15", ["punctuality"])
    with pytest.raises(Refused, match=r"no dimension “colour”.*severity"):
        asked(firm, "2026-04-15", by="colour")
    with pytest.raises(Refused, match=r"no dimension “colour”"):
        asked(firm, "2026-04-15", where={"colour": "red"})
    with pytest.raises(Refused, match=r"no dimension “colour”"):
        asked(firm, "2026-04-15", ["referral_rate"], by="colour")
    with pytest.raises(Refused, match=r"no dimension “colour”"):
        asked(firm, "2026-04-15", ["referral_rate"], where={"colour": "red"})


@pytest.mark.parametrize("by", ["kind", "supplier", "product", "channel", "severity"])
def test_by_what_only_promises_have_no_group_comes_from_customers_alone(firm: Home, by: str) -> None:
    """ "Angebot 2" has no supplier, product or channel; every promise has a kind and a severity."""
    keys = {getattr(each, by) for each in by_loops("2026-04-15")}
    assert {group.key for group in asked(firm, "2026-04-15", by=by)} == keys
    for group in asked(firm, "2026-04-15", by=by):
        assert group.figures["referral_rate"] == Share(0, 0)


def test_by_owner_customers_count_for_whoever_looks_after_them(firm: Home) -> None:
    """K-1 is Ines's; the other five have nobody."""
    found = {group.key: group.figures["feedback_silence"] for group in asked(firm, "2026-04-15", by="owner")}
    assert found == {"ines": Share(1, 1), "lutz": Share(0, 0), "karin": Share(0, 0), None: Share(5, 5)}


# -- the list behind a figure -----------------------------------------------------------------------


@pytest.mark.parametrize(("moment", "known"), list(product(MOMENTS[2::2], [None, "2026-03-05"])))
@pytest.mark.parametrize("name", SHARES)
def test_the_list_behind_a_share_has_as_many_members_as_its_denominator(
    firm: Home, name: str, moment: str, known: str | None
) -> None:
    asked_for = question(moment, known=at(known) if known else None)
    behind = kpis.behind(firm.konto.library, firm.konto.asker, asked_for, name)
    rows = listed(firm.konto.library, firm.konto.asker, asked_for.moment, among=behind)
    (group,) = asked(firm, moment, [name], known=known)
    figure = group.figures[name]
    assert isinstance(figure, Share)
    assert len(rows) == len({row.promise for row in rows}) == figure.denominator


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("on_time_rate", "kept"),
        ("over_fulfilment_rate", "exceeded"),
        ("broken_rate", "broken"),
        ("withdrawn_rate", "withdrawn"),
        ("partial_rate", "partial"),
    ],
)
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_list_of_a_state_has_as_many_members_as_the_numerator(
    firm: Home, name: str, state: str, moment: str
) -> None:
    (group,) = asked(firm, moment, [name])
    figure = group.figures[name]
    assert isinstance(figure, Share)
    assert len(firm.listed(moment, states=[state])) == figure.numerator


def test_the_lists_behind_the_other_figures_have_what_they_rest_on(firm: Home) -> None:
    (group,) = asked(firm, "2026-07-01")
    lateness, degree, accuracy = (
        group.figures[name] for name in ("lateness_hours", "fulfilment_degree", "estimate_accuracy")
    )
    assert isinstance(lateness, Lateness)
    assert isinstance(degree, Mean)
    assert isinstance(accuracy, Spread)
    for name, n in (
        ("lateness_hours", lateness.clock.n),
        ("fulfilment_degree", degree.n),
        ("estimate_accuracy", accuracy.n),
    ):
        behind = kpis.behind(firm.konto.library, firm.konto.asker, question("2026-07-01"), name)
        rows = listed(firm.konto.library, firm.konto.asker, question("2026-07-01").moment, among=behind)
        assert len(rows) == n > 0


@pytest.mark.parametrize("start", [None, "2026-02-01"])
def test_what_a_share_counts_and_what_it_does_not_make_up_the_whole_list(firm: Home, start: str | None) -> None:
    library, asker = firm.konto.library, firm.konto.asker
    asked_for = question("2026-07-01", start=start, end=None if start is None else "2026-04-01")
    figures = kpis.figures(library, asker, asked_for)[0].figures
    shares = {
        name: figure
        for name, figure in figures.items()
        if isinstance(figure, Share) and kpis.DEFINITIONS[name].of == "promises"
    }
    for name, figure in shares.items():
        parts: dict[kpis.Part, set[str]] = {
            part: {
                row.promise
                for row in listed(
                    library, asker, asked_for.moment, among=kpis.behind(library, asker, asked_for, name, part)
                )
            }
            for part in ("all", "counted", "rest")
        }
        assert (len(parts["counted"]), len(parts["all"])) == (figure.numerator, figure.denominator), name
        assert parts["rest"] == parts["all"] - parts["counted"], name
    assert sum(figure.numerator for figure in shares.values()) > 0


# -- single rules, one promise each -----------------------------------------------------------------

MADE = '2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06T12:00\n'


@pytest.mark.parametrize(
    ("then", "last", "strict"),
    [
        ("", (0, 1), (0, 1)),
        ("2026-03-06T12:00  erfüllt", (1, 1), (1, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10T12:00\n2026-03-10T12:00  erfüllt", (1, 1), (0, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-06-10T12:00", (0, 0), (0, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-06-10T12:00, vom Kunden gewünscht", (0, 0), (0, 0)),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10T12:00\n2026-03-10T12:00  erfüllt", (0, 1), (0, 1)),
        (
            "2026-03-06T11:00  verschiebt auf 2026-03-10, vom Kunden gewünscht\n2026-03-10T12:00  erfüllt",
            (1, 1),
            (1, 1),
        ),
        ("2026-03-04T09:00  erlässt", (0, 0), (0, 0)),
        ("2026-03-08T09:00  erlässt", (0, 1), (0, 1)),
        ("2026-03-04T09:00  nimmt zurück", (0, 1), (0, 1)),
    ],
)
def test_moving_a_date_cannot_polish_the_strict_figure(
    home: Home, given: Given, then: str, last: tuple[int, int], strict: tuple[int, int]
) -> None:
    home.take(given(MADE + then).envelopes)
    found = numbers(asked(home, "2026-05-01", SHARES)[0])
    assert (found["on_time_rate"], found["strict_on_time_rate"]) == (last, strict)


@pytest.mark.parametrize(
    ("then", "notice"),
    [
        ("2026-03-06T12:00  erfüllt", (0, 0)),
        ("2026-03-04T09:00  verschiebt auf 2026-06-10", (1, 1)),
        ("2026-03-06T11:00  verschiebt auf 2026-06-10", (0, 1)),
        ("2026-03-06T11:00  verschiebt auf 2026-06-10, vom Kunden gewünscht", (0, 0)),
        ("2026-03-06T11:00  verschiebt auf 2026-06-10, nicht vereinbart\n2026-03-06T12:00  erfüllt", (0, 0)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10\n2026-03-09T09:00  erfüllt", (1, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10\n2026-03-11T09:00  erfüllt", (0, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10\n2026-03-11T09:00  erfüllt, Grad 0.7", (0, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10\n2026-03-09T09:00  erfüllt, Grad 0.7", (1, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10\n2026-03-10T16:00  verschiebt auf 2026-06-10", (0, 1)),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10", (0, 1)),
        ("2026-03-04T09:00  nimmt zurück", (1, 1)),
        ("2026-03-06T11:30  nimmt zurück", (0, 1)),
        ("2026-03-08T11:30  nimmt zurück", (0, 1)),
        ("2026-03-07T09:00  erfüllt", (0, 1)),
        ("2026-03-04T09:00  bricht", (0, 1)),
        ("2026-03-04T09:00  erlässt", (0, 0)),
        ("2026-03-06T09:00  erfüllt, Grad 0.7", (0, 0)),
        ("", (0, 1)),
    ],
)
def test_timely_notice_counts_each_promise_once_with_all_its_notices(
    home: Home, given: Given, then: str, notice: tuple[int, int]
) -> None:
    home.take(given(MADE + then).envelopes)
    assert numbers(asked(home, "2026-05-01", SHARES)[0])["timely_notice_rate"] == notice


def test_undated_promises_count_when_they_are_settled_and_lie_in_the_period_of_that(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A"
    2026-03-02T09:00  verspricht K-1 ines "B"
    2026-04-02T09:00  erfüllt "A"
    """
    home.take(given().envelopes)

    def on_time(**more: str) -> object:
        return asked(home, "2026-05-01", ["on_time_rate"], **more)[0].figures["on_time_rate"]

    assert on_time() == Share(1, 1)
    assert on_time(start="2026-03-01", end="2026-04-01") == Share(0, 0)
    assert on_time(start="2026-04-01", end="2026-05-01") == Share(1, 1)


# -- what customers say -----------------------------------------------------------------------------

VOICES = """
2025-01-10T09:00  Kunde K-1
2026-01-10T09:00  Kunde K-2
2026-01-10T09:00  Kunde K-3, ist prospect
2026-01-10T09:00  Kunde K-4, zuständig ines
2025-11-10T09:00  Kunde K-5
2026-02-01T09:00  K-2 empfiehlt uns
2026-02-02T09:00  K-2 empfiehlt uns
2026-02-03T09:00  Rückmeldung K-4 2
2026-02-04T09:00  Rückmeldung K-5 2.01
2025-11-11T09:00  Rückmeldung K-5 1 (erfasst 2026-06-01T09:00)
2026-02-05T09:00  Rückmeldung K-3 1
2026-02-05T09:00  K-3 empfiehlt uns
"""


@pytest.mark.parametrize(
    ("name", "moment", "more", "share"),
    [
        # Active on 1 March: K-2, K-4, K-5; K-1 has been silent for more than a year, K-3 is no customer.
        ("referral_rate", "2026-03-01", {}, (1, 3)),
        ("referral_rate", "2026-03-01", {"start": "2026-02-02T08:00", "end": "2026-03-01"}, (1, 3)),
        ("referral_rate", "2026-03-01", {"start": "2026-02-10", "end": "2026-03-01"}, (0, 3)),
        ("detractor_rate", "2026-03-01", {}, (2, 3)),
        ("detractor_rate", "2026-03-01", {"start": "2026-01-01"}, (1, 3)),
        ("detractor_rate", "2026-03-01", {"known": "2026-05-01"}, (1, 3)),
        ("feedback_silence", "2026-03-01", {}, (1, 3)),
        ("feedback_silence", "2026-12-01", {}, (3, 3)),
        ("feedback_silence", "2026-12-01", {"end": "2026-02-01"}, (2, 3)),
        ("referral_rate", "2026-01-05", {}, (0, 2)),
        ("referral_rate", "2028-01-05", {}, (0, 0)),
    ],
)
def test_of_the_active_customers_who_recommends_who_is_disappointed_who_is_silent(
    home: Home, given: Given, name: str, moment: str, more: dict[str, str], share: tuple[int, int]
) -> None:
    home.take(given(VOICES).envelopes)
    (group,) = asked(home, moment, [name], **more)
    assert group.figures[name] == Share(*share)


def test_active_is_who_has_a_fact_in_the_last_365_days(home: Home, given: Given) -> None:
    """
    2025-03-02T09:00  Kunde K-1
    """
    home.take(given().envelopes)
    for moment, count in ((timedelta(days=365) - timedelta(microseconds=1), 1), (timedelta(days=365), 0)):
        when: datetime = at("2025-03-02T09:00") + moment
        figure = kpis.figures(home.konto.library, home.konto.asker, question(when), ["feedback_silence"])
        assert figure[0].figures["feedback_silence"] == Share(count, count)


def test_every_figure_has_a_sentence_of_its_own() -> None:
    sentences = [each.sentence for each in kpis.DEFINITIONS.values()]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)
