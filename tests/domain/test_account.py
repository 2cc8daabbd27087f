"""The trust account: every row of the rules, factors, fading, provisional lines, buffer and stage (SPEC 5)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from domain import rulebook as rulebooks
from tests.notation import Given, History, at, local, rulebook, steering

# Nobody is new or sensitive here unless told so by hand, so that a line shows its own worth: newness has its tests
# further down, what sensitivity learns in test_sensitivity.py.
USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
PLAIN = steering(rulebook(**USUAL))
NEVER_FADING = steering(rulebook(**USUAL, fading={"half_life_days": "none"}))

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'


def lines(given: Given, text: str) -> list[tuple[str, float]]:
    """(rule, points) of everything that has happened, nothing new or sensitive about the customer."""
    return given(text, PLAIN).lines()


# -- several things in one promise --------------------------------------------------------------------

OF_FOUR = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00, aus 4 Dingen\n'


@pytest.mark.parametrize(
    ("text", "factors", "points"),
    [
        ("2026-03-06T12:00  erfüllt", {"confirmed": 0.25}, 1),
        ("2026-03-06T12:00  erfüllt, bestätigt 0", {"confirmed": 0.25}, 1),
        ("2026-03-06T12:00  erfüllt, bestätigt 3", {"confirmed": 0.75}, 3),
        ("2026-03-06T12:00  erfüllt, bestätigt 4", {}, 4),
        ("2026-03-06T12:00  erfüllt, bestätigt 9", {}, 4),
        ("2026-03-06T12:00  erfüllt, mit Nachweis", {}, 4),
        ("2026-03-06T12:00  erfüllt, mit Nachweis, bestätigt 2", {"confirmed": 0.5}, 2),
        ("2026-03-06T12:00  erfüllt, Grad 1.5", {"confirmed": 0.25}, 1.25),
        ("2026-03-07T12:00  erfüllt", {}, -3),
        ("2026-03-06T12:00  bricht", {}, -8),
        ("2026-03-03T12:00  beschreibt, aus 1 Dingen\n2026-03-06T12:00  erfüllt", {}, 4),
    ],
)
def test_of_several_things_only_what_was_confirmed_is_a_deposit_and_what_is_late_costs_all(
    given: Given, text: str, factors: dict[str, float], points: float
) -> None:
    found = given(OF_FOUR + text, PLAIN)
    assert found.factors()[-1][1] == factors
    assert found.lines()[-1][1] == points


def test_a_firm_may_let_unconfirmed_things_count(given: Given) -> None:
    half = steering(rulebook(**USUAL, promise={"unconfirmed": 0.5}))
    assert given(OF_FOUR + "2026-03-06T12:00  erfüllt, bestätigt 2", half).lines()[-1][1] == 3


# -- kept and exceeded ------------------------------------------------------------------------------

IN_TIME = "2026-03-04T09:00  verschiebt auf 2026-03-10T12:00, mit Alternative\n"
TOO_LATE = "2026-03-06T11:00  verschiebt auf 2026-03-10T12:00, mit Alternative\n"
FOR_CUSTOMER = "2026-03-06T11:00  verschiebt auf 2026-03-10T12:00, vom Kunden gewünscht\n"
NOT_AGREED = "2026-03-04T11:00  verschiebt auf 2026-03-10T12:00, nicht vereinbart\n"


@pytest.mark.parametrize(
    ("text", "rule", "points"),
    [
        ("2026-03-06T12:00  erfüllt", "kept", 4),
        (FOR_CUSTOMER + "2026-03-10T12:00  erfüllt", "kept", 4),
        (NOT_AGREED + "2026-03-06T12:00  erfüllt", "kept", 4),
        (IN_TIME + "2026-03-10T12:00  erfüllt", "kept_after_timely_move", 2),
        (IN_TIME + "2026-03-06T12:00  erfüllt", "kept_after_timely_move", 2),
        (TOO_LATE + "2026-03-10T12:00  erfüllt", "kept_after_late_move", 0),
        (IN_TIME + FOR_CUSTOMER + "2026-03-10T12:00  erfüllt", "kept_after_timely_move", 2),
        (TOO_LATE + "2026-03-09T08:00  verschiebt auf 2026-03-12T12:00\n2026-03-12T12:00  erfüllt",
         "kept_after_late_move", 0),
        ("2026-03-06T12:00  erfüllt, Grad 1.25", "exceeded", 4.5),
        ("2026-03-06T12:00  erfüllt, Grad 1.5", "exceeded", 5),
        ("2026-03-06T12:00  erfüllt, Grad 9", "exceeded", 5),
        (IN_TIME + "2026-03-10T12:00  erfüllt, Grad 1.5", "exceeded", 3),
        (TOO_LATE + "2026-03-10T12:00  erfüllt, Grad 1.1", "exceeded", 0.2),
    ],
)  # fmt: skip
def test_kept_is_worth_4_after_our_timely_move_2_after_a_late_one_0_and_exceeding_up_to_1_more(
    given: Given, text: str, rule: str, points: float
) -> None:
    assert lines(given, MADE + text)[-1] == (rule, points)


def test_being_early_is_worth_no_more_than_being_on_time(given: Given) -> None:
    assert lines(given, MADE + "2026-03-02T10:00  erfüllt") == [("kept", 4.0)]


# -- late and in part -------------------------------------------------------------------------------

LATENESS = [
    (timedelta(seconds=1), -2.0),
    (timedelta(hours=12), -2.5),
    (timedelta(days=1), -3.0),
    (timedelta(days=1, hours=12), -3.5),
    (timedelta(days=2), -4.0),
    (timedelta(days=3), -5.0),
    (timedelta(days=4), -6.25),
    (timedelta(days=5), -7.5),
    (timedelta(days=7, hours=12), -7.75),
    (timedelta(days=10), -8.0),
    (timedelta(days=300), -8.0),
]


@pytest.mark.parametrize(("late", "points"), LATENESS)
def test_late_costs_2_at_once_then_by_days_linear_to_8_at_10_days(given: Given, late: timedelta, points: float) -> None:
    moment = local(at("2026-03-06T12:00") + late) if late < timedelta(days=20) else "2026-12-31T12:00"
    assert lines(given, MADE + f"{moment}  erfüllt") == [("fulfilled_late", points)]


def test_a_day_late_is_24_hours_also_when_the_clock_is_changed(given: Given) -> None:
    """From Saturday noon to Sunday noon on 29 March 2026 are 23 hours: −2 − 23/24.

    2026-03-23T09:00  verspricht K-17 ines "Angebot" bis 2026-03-28T12:00
    2026-03-29T12:00  erfüllt
    """
    assert given(None, PLAIN).lines() == [("fulfilled_late", -2.96)]


def test_late_is_reckoned_from_the_due_in_force_not_from_the_counting_one(given: Given) -> None:
    """Two days past the 10th, six past the 6th.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-06T11:00  verschiebt auf 2026-03-10T12:00, mit Alternative
    2026-03-12T12:00  erfüllt
    """
    assert given(None, PLAIN).lines() == [("moved_late", -3.0), ("fulfilled_late", -4.0)]


def test_late_with_a_degree_above_1_is_only_late(given: Given) -> None:
    assert lines(given, MADE + "2026-03-07T12:00  erfüllt, Grad 1.5") == [("fulfilled_late", -3.0)]


@pytest.mark.parametrize(
    ("degree", "points"), [(0.5, -2), (0.6, -0.8), (0.75, 1), (0.9, 2.8), (0.99, 3.88), (0.3, -4.4), (0, -8)]
)
def test_in_part_is_worth_12_by_the_degree_less_8(given: Given, degree: float, points: float) -> None:
    assert lines(given, MADE + f"2026-03-06T12:00  erfüllt, Grad {degree}") == [("partly_fulfilled", points)]


@pytest.mark.parametrize(
    ("degree", "moment", "points"),
    [(0.9, "2026-03-07T12:00", -3), (0.5, "2026-03-07T12:00", -3), (0.5, "2026-03-06T12:00:01", -2),
     (0.3, "2026-03-07T12:00", -4.4), (0.3, "2026-03-11T12:00", -7.5)],
)  # fmt: skip
def test_in_part_and_late_costs_the_lower_of_both(given: Given, degree: float, moment: str, points: float) -> None:
    assert lines(given, MADE + f"{moment}  erfüllt, Grad {degree}") == [("partly_fulfilled", points)]


def test_a_price_that_ran_over_is_worth_what_its_degree_is_worth(given: Given) -> None:
    """Promised 1000, charged 1250: degree 0.8.

    2026-03-02T09:00  verspricht K-17 ines "Reparatur" bis 2026-03-06T12:00, Preis 1000 EUR
    2026-03-06T12:00  erfüllt, berechnet 1250
    """
    assert given(None, PLAIN).lines() == [("partly_fulfilled", 1.6)]


# -- broken, waived, internal -----------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["2026-03-03T09:00", "2026-03-06T12:00", "2026-06-01T12:00"])
def test_broken_costs_8_before_and_after_the_due(given: Given, moment: str) -> None:
    assert lines(given, MADE + f"{moment}  bricht") == [("broken", -8.0)]


def test_waived_before_the_due_costs_nothing_and_from_the_due_on_it_is_broken(given: Given) -> None:
    assert lines(given, MADE + "2026-03-06T11:59  erlässt") == []
    assert lines(given, MADE + "2026-03-06T12:00  erlässt") == [("broken", -8.0)]


def test_an_internal_promise_has_no_line_in_the_account_but_counts_in_reliability(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Übergabe" bis 2026-03-06T12:00, intern
    2026-03-04T09:00  verschiebt auf 2026-03-09T12:00
    2026-03-20T12:00  bricht
    """
    assert given(None, PLAIN).postings == []
    assert [each.weight for each in given(None, PLAIN).evidence()] == [0.0]


def test_what_happens_after_the_end_earns_no_second_line(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-05T09:00  erfüllt
    2026-03-05T10:00  übergibt an lutz
    2026-03-09T10:00  setzt fort wegen Kunde
    2026-03-09T11:00  beschreibt, ernst
    """
    assert given(None, PLAIN).lines() == [("kept", 4.0)]


# -- moved ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule", "points"),
    [
        ("2026-03-04T09:00  verschiebt auf 2026-03-10, mit Alternative", "moved_in_time", 0),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10", "moved_in_time_without_alternative", -1),
        ("2026-03-04T09:00  verschiebt auf 2026-03-10, mit Grund", "moved_in_time_without_alternative", -1),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10, mit Alternative", "moved_late", -3),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10", "moved_late_without_alternative", -4),
        ("2026-03-08T11:00  verschiebt auf 2026-03-10, mit Alternative", "moved_late", -3),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10, vom Kunden gewünscht", "moved_for_customer", 0),
        ("2026-03-04T11:00  verschiebt auf 2026-03-10, nicht vereinbart", "move_not_agreed", 0),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10, nicht vereinbart", "move_not_agreed", 0),
    ],
)
def test_moving_costs_0_or_1_in_time_3_or_4_late_and_nothing_for_the_customer_or_without_agreement(
    given: Given, line: str, rule: str, points: float
) -> None:
    assert given(MADE + line, PLAIN).lines("2026-03-09")[0] == (rule, points)


def test_an_empty_alternative_is_none(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-04T09:00  verschiebt auf 2026-03-10
    """
    history = given(None, PLAIN)
    envelopes = [dict(each) for each in history.envelopes]
    envelopes[1]["data"] = envelopes[1]["data"] | {"alternative": "  "}
    assert History(envelopes, PLAIN).lines("2026-03-09") == [("moved_in_time_without_alternative", -1.0)]


# -- taken back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "rule", "points"),
    [
        ("2026-03-04T09:00  nimmt zurück, mit Grund, mit Alternative", "withdrawn", 0),
        ("2026-03-04T09:00  nimmt zurück, mit Grund", "withdrawn_with_one", -1),
        ("2026-03-04T09:00  nimmt zurück, mit Alternative", "withdrawn_with_one", -1),
        ("2026-03-04T09:00  nimmt zurück", "withdrawn_without", -2),
        ("2026-03-06T11:00  nimmt zurück, mit Grund, mit Alternative", "withdrawn_late", -5),
        ("2026-03-06T11:00  nimmt zurück", "withdrawn_late", -5),
        ("2026-03-09T12:00  nimmt zurück", "withdrawn_late", -5),  # 3 days past the due: −5
        ("2026-03-09T18:00  nimmt zurück", "withdrawn_late", -5.31),  # 3.25 days: −5.3125
        ("2026-03-11T12:00  nimmt zurück, mit Grund", "withdrawn_late", -7.5),
        ("2026-05-11T12:00  nimmt zurück, mit Grund", "withdrawn_late", -8),
    ],
)
def test_taking_back_costs_0_to_2_in_time_and_5_late_or_the_provisional_line_where_that_is_lower(
    given: Given, line: str, rule: str, points: float
) -> None:
    assert lines(given, MADE + line) == [(rule, points)]


# -- intended and estimated -------------------------------------------------------------------------


@pytest.mark.parametrize("binding", ["beabsichtigt", "geschätzt"])
@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("2026-03-06T12:00  erfüllt", [("kept", 4.0)]),
        ("2026-03-08T12:00  erfüllt", [("fulfilled_late", -2.0)]),
        ("2026-03-04T12:00  bricht", [("broken", -4.0)]),
        ("2026-03-06T11:00  verschiebt auf 2026-03-10T12:00\n2026-03-10T12:00  erfüllt",
         [("moved_late_without_alternative", -2.0), ("kept_after_late_move", 0.0)]),
        ("2026-03-06T12:00  erfüllt, Grad 0.5", [("partly_fulfilled", -1.0)]),
        ("2026-03-06T12:00  erfüllt, Grad 0.75", [("partly_fulfilled", 1.0)]),
        ("2026-03-06T11:00  nimmt zurück", [("withdrawn_late", -2.5)]),
    ],
)  # fmt: skip
def test_what_was_only_intended_or_estimated_costs_half_and_earns_in_full(
    given: Given, binding: str, then: str, expected: list[tuple[str, float]]
) -> None:
    assert lines(given, MADE.replace("12:00\n", f"12:00, {binding}\n") + then) == expected


def test_an_overdue_intention_costs_half_provisionally_too(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00, beabsichtigt
    """
    assert given(None, PLAIN).lines("2026-03-08T12:00") == [("overdue", -2.0)]


# -- overdue ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "points"), [(timedelta(0), -2.0), *LATENESS])
def test_while_overdue_the_line_is_worth_what_lateness_costs_at_the_moment(
    given: Given, late: timedelta, points: float
) -> None:
    history = given(MADE, PLAIN)
    assert history.lines(at("2026-03-06T12:00") + late) == [("overdue", points)]


def test_before_the_due_there_is_no_line_and_an_overdue_line_never_fades(given: Given) -> None:
    history = given(MADE, PLAIN)
    assert history.lines("2026-03-06T11:59:59") == []
    assert history.balance("2026-03-06T11:59:59") == 0
    assert history.balance("2028-03-06T12:00") == -8


@pytest.mark.parametrize(
    ("end", "final"),
    [
        ("erfüllt", ("fulfilled_late", -4.0)),
        ("erfüllt, Grad 0.6", ("partly_fulfilled", -4.0)),
        ("nimmt zurück", ("withdrawn_late", -5.0)),
        ("bricht", ("broken", -8.0)),
        ("erlässt", ("broken", -8.0)),
    ],
)
def test_the_end_replaces_the_provisional_line_by_the_final_one(
    given: Given, end: str, final: tuple[str, float]
) -> None:
    history = given(MADE + f"2026-03-08T12:00  {end}", PLAIN)
    assert history.lines("2026-03-08T11:59:59") == [("overdue", -4.0)]
    assert history.lines("2026-03-08T12:00") == [final]


def test_a_move_ends_the_provisional_line_and_a_second_due_that_passes_begins_another(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-08T12:00  verschiebt auf 2026-03-10T12:00, mit Alternative
    """
    history = given(None, PLAIN)
    assert history.lines("2026-03-08T11:59") == [("overdue", -4.0)]
    assert history.lines("2026-03-08T12:00") == [("moved_late", -3.0)]
    assert history.lines("2026-03-10T11:59") == [("moved_late", -3.0)]
    assert history.lines("2026-03-10T12:00") == [("moved_late", -3.0), ("overdue", -2.0)]
    assert history.lines("2026-03-11T12:00") == [("moved_late", -3.0), ("overdue", -3.0)]


def test_facts_that_end_nothing_leave_one_provisional_line_from_the_due_on(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-07T12:00  übergibt an lutz
    2026-03-07T13:00  pausiert wegen Kunde
    2026-03-07T14:00  verschiebt auf 2026-03-20T12:00, nicht vereinbart
    2026-03-07T15:00  beschreibt, ernst
    """
    history = given(None, PLAIN)
    assert sorted(history.lines("2026-03-08T12:00")) == [("move_not_agreed", 0.0), ("overdue", -4.0)]
    (overdue,) = (line for line in history.postings if line.provisional)
    assert local(overdue.time) == "2026-03-06T12:00"
    assert overdue.until is None


def test_while_the_customer_lets_us_wait_there_is_no_provisional_line(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-05T12:00  pausiert wegen Kunde
    """
    assert given(None, PLAIN).lines("2026-05-01") == []


# -- what customers say, honest noes, who looks after them ------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("lehnt ab K-17, mit Grund", [("honest_no", 1.0)]),
        ("lehnt ab K-17, mit Grund, mit Alternative", [("honest_no_with_alternative", 2.0)]),
        ("lehnt ab K-17, mit Alternative", []),
        ("lehnt ab K-17", []),
        ("K-17 empfiehlt uns", [("referral", 6.0)]),
        ("fragt K-17 um Rückmeldung", []),
        ("Kunde K-17, zuständig ines", []),
    ],
)
def test_an_honest_no_with_its_reason_is_worth_1_or_2_and_a_recommendation_6(
    given: Given, line: str, expected: list[tuple[str, float]]
) -> None:
    assert lines(given, f"2026-03-02T09:00  {line}") == expected


@pytest.mark.parametrize(
    ("score", "scale", "points"),
    [
        ("1", "", -6), ("2", "", -3), ("3", "", 0), ("4", "", 3), ("5", "", 6), ("4.5", "", 4.5),
        ("0", ", von 0 bis 10", -6), ("7", ", von 0 bis 10", 2.4), ("10", ", von 0 bis 10", 6),
        ("-1", ", von -1 bis 1", -6), ("0", ", von -1 bis 1", 0), ("1", ", von 0 bis 3", -2),
    ],
)  # fmt: skip
def test_feedback_is_worth_6_less_to_6_more_linear_on_its_own_scale(
    given: Given, score: str, scale: str, points: float
) -> None:
    assert lines(given, f"2026-03-02T09:00  Rückmeldung K-17 {score}{scale}") == [("feedback", points)]


def test_somebody_else_looking_after_a_customer_costs_1_the_first_owner_nothing(given: Given) -> None:
    """
    2026-03-01T09:00  Kunde K-17
    2026-03-02T09:00  zuständig für K-17 ist ines
    2026-03-03T09:00  zuständig für K-17 ist ines
    2026-03-04T09:00  zuständig für K-17 ist lutz
    2026-03-05T09:00  Kunde K-17 geändert, zuständig karin
    2026-03-06T09:00  Kunde K-17 geändert, namens Meier
    """
    history = given(None, PLAIN)
    assert history.lines() == [("owner_changed", -1.0)] * 2
    assert [local(line.time) for line in history.postings] == ["2026-03-04T09:00", "2026-03-05T09:00"]


def test_the_same_person_under_another_name_is_no_change(given: Given) -> None:
    """
    2026-03-02T09:00  zuständig für K-17 ist ines
    2026-03-03T09:00  zuständig für K-17 ist ines.vogt@example.com
    2026-03-04T09:00  zuständig für K-17 ist ivogt
    """
    persons = """
        [[persons]]
        id = "ines"
        name = "Ines Vogt"
        email = "ines.vogt@example.com"
        aliases = ["ivogt"]
    """
    assert given(None, steering(persons=persons)).postings == []
    assert len(given(None, steering()).postings) == 2


def test_handing_a_promise_over_is_no_change_of_the_customers_owner(given: Given) -> None:
    assert lines(given, MADE + "2026-03-03T09:00  übergibt an lutz\n2026-03-06T12:00  erfüllt") == [("kept", 4.0)]


# -- newness ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "factor"),
    [(0, 2), (0.5, 2), (1, 2), (1.25, 1.75), (1.5, 1.5), (1.75, 1.25), (2, 1), (2.5, 1), (3, 1), (100, 1)],
)
def test_new_customers_count_double_up_to_x_1_then_3_less_x_and_once_from_2_on(x: float, factor: float) -> None:
    """x = min(n/8, d/90): each of the two alone may hold it down."""
    newness = rulebooks.default().newness
    assert newness.at(int(8 * x), 90 * 1000) == pytest.approx(max(1, min(2, 3 - int(8 * x) / 8)))
    assert newness.at(1000, 90 * x) == pytest.approx(factor)
    assert newness.at(0, 90 * x) == 2
    assert newness.at(1000, -5) == 2


def kept_in_a_row(count: int, *, since: str = "") -> str:
    """Promises kept one a day from 2 January 2026 on."""
    start = at("2026-01-02T09:00")
    text = f"2026-01-01T09:00  Kunde K-17{since}\n"
    for number in range(count):
        day = local(start + timedelta(days=number))
        text += f'{day}  verspricht K-17 ines "Z{number}"\n{day}  erfüllt "Z{number}"\n'
    return text


def newness_of_last(history: History) -> float:
    rule, factors = history.factors()[-1]
    assert rule == "kept"
    return factors.get("newness", 1.0)


@pytest.mark.parametrize(("before", "factor"), [(0, 2), (7, 2), (8, 2), (12, 1.5), (16, 1), (17, 1)])
def test_newness_counts_the_promises_settled_before_this_one(given: Given, before: int, factor: float) -> None:
    assert newness_of_last(given(kept_in_a_row(before + 1, since=", seit 2020-01-01"))) == pytest.approx(factor)


def test_newness_takes_the_days_since_the_first_fact_where_no_since_is_known(given: Given) -> None:
    """17 promises were settled, but we know each other for d days: 135 of them are x = 1.5."""
    for days, factor in ((16.0, 2.0), (90.0, 2.0), (135.0, 1.5), (180.0, 1.0)):
        moment = local(at("2026-01-01T09:00") + timedelta(days=days))
        text = kept_in_a_row(17) + f'{moment}  verspricht K-17 ines "Z"\n{moment}  erfüllt "Z"'
        assert newness_of_last(given(text)) == pytest.approx(factor)


def test_newness_takes_the_days_since_since_where_it_is_known(given: Given) -> None:
    """With 16 promises kept, 13 February 2026 is a bit more than 135 days after 1 October: the clock was changed."""
    text = kept_in_a_row(16, since=", seit 2025-10-01T09:00")
    text += '2026-02-13T09:00  verspricht K-17 ines "Z"\n2026-02-13T09:00  erfüllt "Z"'
    days = (at("2026-02-13T09:00") - at("2025-10-01T09:00")).total_seconds() / 86400
    assert days == 135 + 1 / 24
    assert newness_of_last(given(text)) == pytest.approx(3 - days / 90)


def test_newness_is_on_deposits_of_promises_only(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-03T12:00
    2026-03-02T10:00  verspricht K-17 ines "B" bis 2026-03-03T12:00
    2026-03-02T11:00  verspricht K-17 ines "C" bis 2026-03-03T12:00
    2026-03-03T12:00  erfüllt "A", Grad 1.25
    2026-03-03T12:00  erfüllt "B", Grad 0.75
    2026-03-04T12:00  erfüllt "C"
    2026-03-05T12:00  K-17 empfiehlt uns
    2026-03-05T13:00  Rückmeldung K-17 5
    2026-03-05T14:00  lehnt ab K-17, mit Grund
    """
    assert sorted(given().lines()) == [
        ("exceeded", 9.0),
        ("feedback", 6.0),
        ("fulfilled_late", -3.0),
        ("honest_no", 1.0),
        ("partly_fulfilled", 2.0),
        ("referral", 6.0),
    ]


# -- sensitivity ------------------------------------------------------------------------------------


def test_sensitivity_multiplies_withdrawals_as_it_was_just_before_each(given: Given) -> None:
    """
    2026-03-01T09:00  verspricht K-17 ines "A" bis 2026-03-20T12:00
    2026-03-01T09:00  verspricht K-17 ines "B" bis 2026-03-20T12:00
    2026-03-01T09:00  verspricht K-17 ines "C" bis 2026-03-20T12:00
    2026-03-01T09:00  verspricht K-17 ines "D" bis 2026-03-20T12:00
    2026-03-03T09:00  bricht "A"
    2026-03-04T09:00  Empfindlichkeit K-17 1.5
    2026-03-05T09:00  bricht "B"
    2026-03-06T09:00  Empfindlichkeit K-17 0.5
    2026-03-06T09:00  bricht "C"
    2026-03-07T09:00  Empfindlichkeit K-17 gelernt
    2026-03-08T09:00  bricht "D"
    """
    assert given().lines("2026-03-10") == [
        ("broken", -8.0),
        ("broken", -12.0),
        ("broken", -12.0),  # at the very instant of the change the former value still counts
        ("broken", -7.55),  # learned: no reaction to three withdrawals, 5 ÷ 5.3
    ]


def test_sensitivity_touches_feedback_and_changes_of_owner_but_no_deposit(given: Given) -> None:
    """
    2026-03-01T09:00  zuständig für K-17 ist ines
    2026-03-01T09:00  Empfindlichkeit K-17 2
    2026-03-02T09:00  Rückmeldung K-17 2
    2026-03-03T09:00  Rückmeldung K-17 4
    2026-03-04T09:00  zuständig für K-17 ist lutz
    """
    assert given().lines() == [("feedback", -6.0), ("feedback", 3.0), ("owner_changed", -2.0)]


def test_an_overdue_line_takes_the_sensitivity_from_before_its_due_the_final_one_its_own(given: Given) -> None:
    """
    2026-03-01T09:00  Empfindlichkeit K-17 2
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00, geschätzt
    2026-03-07T09:00  Empfindlichkeit K-17 0.5
    2026-03-08T12:00  erfüllt
    """
    assert given().lines("2026-03-07T12:00") == [("overdue", -3.0)]  # −3 · ½ · 2
    assert given().lines("2026-03-08T12:00") == [("fulfilled_late", -1.0)]  # −4 · ½ · ½
    assert given().factors()[0] == ("overdue", {"binding": 0.5, "sensitivity": 2.0})


# -- fading and the balance -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "counts"), [(0, 6), (1, 5.99), (73, 5.22), (182.5, 4.24), (365, 3), (730, 1.5), (3650, 0.01)]
)
def test_a_line_fades_by_half_in_365_days_rounded_to_hundredths(given: Given, days: float, counts: float) -> None:
    """
    2026-03-02T09:00+00:00  K-17 empfiehlt uns
    """
    assert given().balance(at("2026-03-02T09:00+00:00") + timedelta(days=days)) == counts


def test_withdrawals_fade_like_deposits_and_round_alike(given: Given) -> None:
    """
    2026-03-02T09:00  Rückmeldung K-17 1
    2026-03-02T09:00  Rückmeldung K-17 5
    """
    for days in range(0, 900, 7):
        assert given().balance(at("2026-03-02T09:00") + timedelta(days=days)) == 0


def test_without_a_half_life_nothing_fades(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 empfiehlt uns
    """
    assert given(None, NEVER_FADING).balance("2036-03-02") == 6


def test_the_balance_is_the_sum_of_what_the_lines_count_each_rounded_by_itself(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 empfiehlt uns
    2026-04-02T09:00  Rückmeldung K-17 4
    2026-05-02T09:00  lehnt ab K-17, mit Grund
    2026-06-02T09:00  verspricht K-17 ines "Angebot" bis 2026-06-06T12:00
    """
    history = given()
    when = at("2026-06-08T12:00")
    counts = [line.counts_at(when, history.steering.rulebooks) for line in history.postings]
    ages = [(when - line.time).total_seconds() / 86400 for line in history.postings]
    by_hand = [round(points * 2 ** (-age / 365), 2) for points, age in zip((6, 3, 1), ages, strict=False)]
    assert [each / 100 for each in counts] == [*by_hand, -4.0]
    assert history.balance(when) == pytest.approx(sum(by_hand) - 4)


def test_before_the_first_line_the_balance_is_0(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 empfiehlt uns
    """
    assert given().balance("2026-03-02T08:59:59") == 0
    assert given().lines("2026-03-02T08:59:59") == []


# -- the rulebook that was valid --------------------------------------------------------------------


def test_a_line_keeps_the_rules_of_its_own_day_and_an_overdue_one_those_of_its_due(given: Given) -> None:
    """
    2026-03-01T09:00  Empfindlichkeit K-17 1
    2026-03-02T09:00  K-17 empfiehlt uns
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00
    2026-03-02T09:00  verspricht K-17 ines "Plan" bis 2026-03-12T12:00
    2026-03-11T09:00  K-17 empfiehlt uns
    """
    dear = rulebook(customer={"referral": 10_00}, promise={"late": rulebooks.Late(days=(0.0,), points=(-20_00,))})
    history = given(None, steering(later=[("2026-03-10", dear)]))
    assert sorted(history.lines("2026-03-12T12:00")) == [
        ("overdue", -20.0),
        ("overdue", -7.6),
        ("referral", 6.0),
        ("referral", 10.0),
    ]


# -- buffer -----------------------------------------------------------------------------------------

FULL = "\n".join(f"2026-03-0{day}T09:00  K-17 empfiehlt uns" for day in (1, 2, 3, 4))


def test_the_buffer_is_the_balance_by_4_points_below_3_withdrawals(given: Given) -> None:
    """24 points less 6 and 3 = 15."""
    text = FULL + "\n2026-03-05T09:00  Rückmeldung K-17 1\n2026-03-06T09:00  Rückmeldung K-17 2"
    assert given(text, NEVER_FADING).buffer("2026-03-07") == pytest.approx(15 / 4)


def test_from_3_withdrawals_on_it_is_the_balance_by_their_median(given: Given) -> None:
    """Withdrawals of 6, 3 and 1.5; 24 − 10.5 = 13.5; the zero of a middling score is none."""
    text = FULL + "".join(
        f"\n2026-03-05T0{hour}:00  Rückmeldung K-17 {score}" for hour, score in enumerate((1, 2, 2.5, 3), 1)
    )
    assert given(text, NEVER_FADING).buffer("2026-03-07") == pytest.approx(13.5 / 3)


def test_withdrawals_older_than_365_days_say_nothing_about_the_usual_one(given: Given) -> None:
    text = FULL + "".join(
        f"\n2026-03-05T0{hour}:00  Rückmeldung K-17 {score}" for hour, score in enumerate((1, 1, 1), 1)
    )
    history = given(text, NEVER_FADING)
    assert history.buffer("2027-03-04T00:00") == pytest.approx(6 / 6)
    assert history.buffer("2027-03-06T00:00") == pytest.approx(6 / 4)


def test_an_overdue_promise_is_a_withdrawal_of_what_it_costs_now(given: Given) -> None:
    """−6 and −3, and the third is overdue for two days: −4. 24 − 13 = 11, median 4."""
    text = FULL + "\n2026-03-05T01:00  Rückmeldung K-17 1\n2026-03-05T02:00  Rückmeldung K-17 2\n" + MADE
    assert given(text, NEVER_FADING).buffer("2026-03-08T12:00") == pytest.approx(11 / 4)


def test_the_buffer_takes_withdrawals_as_they_were_not_as_they_have_faded(given: Given) -> None:
    text = FULL + "".join(f"\n2026-03-05T0{hour}:00  Rückmeldung K-17 1" for hour in (1, 2, 3))
    history = given(text, PLAIN)
    assert history.buffer("2027-03-01") == pytest.approx(history.balance("2027-03-01") / 6)


# -- stage ------------------------------------------------------------------------------------------


def stage(given: Given, text: str, moment: str, *, fading: bool = False) -> tuple[str, str]:
    found = given(text, PLAIN if fading else NEVER_FADING).stage(moment)
    return found.name, found.reason


def told(*scores: float, start: str = "2026-03-02T09:00", every: timedelta = timedelta(hours=1)) -> str:
    """Feedback: 5 is +6, 1 is −6, 3 is 0."""
    return "\n".join(
        f"{local(at(start) + number * every)}  Rückmeldung K-17 {each}" for number, each in enumerate(scores)
    )


def test_a_balance_below_minus_20_is_lost(given: Given) -> None:
    assert stage(given, told(1, 1, 1), "2026-03-03") == ("strained", "balance_below")  # −18
    assert stage(given, told(1, 1, 1, 2.3333333), "2026-03-03") == ("strained", "balance_below")  # −20.00
    assert stage(given, told(1, 1, 1, 2.33), "2026-03-03") == ("lost", "balance_below")  # −20.01


def test_a_balance_below_0_is_strained_0_is_not(given: Given) -> None:
    assert stage(given, told(2.99), "2026-03-03") == ("strained", "balance_below")
    assert stage(given, told(3), "2026-03-03") == ("new", "few_lines")


def test_a_fall_by_15_from_the_highest_of_30_days_is_strained_by_14_99_not(given: Given) -> None:
    rise = told(5, 5, 5, 5, 5)  # 30
    assert stage(given, rise + "\n" + told(1, 1, 2, start="2026-03-10T09:00"), "2026-03-20") == ("strained", "fell_by")
    assert stage(given, rise + "\n" + told(1, 1, 2.01, start="2026-03-10T09:00"), "2026-03-20")[0] != "strained"


def test_a_fall_counts_for_30_days(given: Given) -> None:
    """The last moment of the height is 10 March, 9:00."""
    text = told(5, 5, 5, 5, 5) + "\n" + told(1, 1, 1, start="2026-03-10T09:00", every=timedelta(0))
    assert stage(given, text, "2026-04-09T09:00") == ("strained", "fell_by")
    assert stage(given, text, "2026-04-09T10:01")[0] != "strained"


def test_a_fall_that_comes_from_an_overdue_promise_counts_as_it_grows(given: Given) -> None:
    """From 30 by 6, 3 and the overdue one: after 3 days −5, after 4 days −6.25."""
    text = told(5, 5, 5, 5, 5) + "\n" + told(1, 2, start="2026-03-05T09:00") + "\n" + MADE
    assert stage(given, text, "2026-03-09T12:00")[0] != "strained"
    assert stage(given, text, "2026-03-10T12:00") == ("strained", "fell_by")


def test_fewer_than_5_lines_are_new(given: Given) -> None:
    assert stage(given, told(5, 5, 5, 5), "2026-03-03") == ("new", "few_lines")
    assert stage(given, told(5, 5, 5, 5, 3), "2026-03-03") == ("building", "on_the_way")


def kept_firmly(count: int) -> str:
    return "\n".join(
        f'2026-03-02T09:00  verspricht K-17 ines "Z{number}"\n2026-03-02T10:00  erfüllt "Z{number}"'
        for number in range(count)
    )


def test_solid_needs_20_points_and_a_lower_bound_of_reliability_of_0_6(given: Given) -> None:
    """Five kept ones are 20 points; without promises there is no bound at all."""
    assert stage(given, kept_firmly(5), "2026-03-03") == ("solid", "balance_and_reliability")
    low = given(kept_firmly(5), NEVER_FADING).reliability("2026-03-03").low
    assert 0.6 < low < 0.8
    assert stage(given, told(5, 5, 5, 5, 5), "2026-03-03") == ("building", "on_the_way")
    below = kept_firmly(5) + "\n2026-03-02T11:00  Rückmeldung K-17 2.99"
    assert stage(given, below, "2026-03-03") == ("building", "on_the_way")
    shaky = told(5, 5, 5, 5, 5) + "\n" + kept_firmly(2) + "\n" + MADE + "2026-03-03T09:00  bricht"
    assert given(shaky, NEVER_FADING).balance("2026-03-04") >= 20
    assert stage(given, shaky, "2026-03-04") == ("building", "on_the_way")


def test_lines_that_lie_ahead_count_for_nothing_yet(given: Given) -> None:
    text = told(5, 5, 5, 5, 3)
    assert stage(given, text, "2026-03-02T12:30") == ("new", "few_lines")
    assert stage(given, text, "2026-03-02T13:00") == ("building", "on_the_way")


# -- the same at every moment -----------------------------------------------------------------------


def test_an_overdue_line_only_grows_dearer_until_it_ends(given: Given) -> None:
    history = given(MADE + "2026-03-20T12:00  erfüllt", PLAIN)
    moments = [at("2026-03-06T12:00") + timedelta(hours=hours) for hours in range(0, 14 * 24, 5)]
    balances = [history.balance(moment) for moment in moments]
    assert all(later <= earlier for earlier, later in pairwise(balances))
    assert (balances[0], balances[-1]) == (-2.0, -8.0)
