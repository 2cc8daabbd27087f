"""What became of a promise: kept, late, in part, broken, taken back, waived, overdue or still open (SPEC 4)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.notation import Given, local, steering

# Monday 2 March 2026 is an ordinary working day; the shipped hours are Monday to Friday 8-12 and 13-17.


# -- by the due -------------------------------------------------------------------------------------


def test_a_promise_is_open_until_its_due_and_overdue_from_the_very_instant_of_it(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    """
    history = given()
    assert history.outcome("2026-03-02T09:00") == "open"
    assert history.outcome("2026-03-04T08:59:59.999999") == "open"
    assert history.outcome("2026-03-04T09:00") == "overdue"
    assert history.outcome("2031-01-01") == "overdue"


def test_fulfilled_at_the_very_due_is_kept(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-04T09:00  erfüllt
    """
    assert given().outcome() == "kept"
    assert given().outcome("2026-03-04T09:00") == "kept"
    assert given().outcome("2026-03-04T08:59") == "open"


def test_fulfilled_one_second_after_the_due_is_kept_late(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-04T09:00:01  erfüllt
    """
    assert given().outcome() == "kept_late"
    verdict = given().standing().verdict
    assert verdict is not None
    assert verdict.late is not None
    assert verdict.late.total_seconds() == 1


def test_being_late_is_measured_by_the_clock_and_in_business_hours(given: Given) -> None:
    """Due on Friday at 16:00, fulfilled on Monday at 10:00: 66 hours, of which 1 + 2 in business time.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T16:00
    2026-03-09T10:00  erfüllt
    """
    verdict = given().standing().verdict
    assert verdict is not None
    assert verdict.late is not None
    assert verdict.late.total_seconds() == 66 * 3600
    assert verdict.late_business_seconds == 3 * 3600


def test_an_undated_promise_is_never_late(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Irgendwann"
    2029-03-02T09:00  erfüllt
    """
    assert given().outcome("2029-03-01") == "open"
    assert given().outcome() == "kept"
    assert given().due() is None
    assert given().last_moment("2026-03-03") is None


def test_broken_by_its_fact_is_broken_also_before_the_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-03T09:00  bricht
    """
    assert given().outcome("2026-03-03T08:59") == "open"
    assert given().outcome("2026-03-03T09:00") == "broken"


@pytest.mark.parametrize("moment", ["2026-03-03T09:00", "2026-03-04T09:00", "2026-03-20T09:00"])
def test_taken_back_is_withdrawn_before_and_after_the_due(given: Given, moment: str) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
        {moment}  nimmt zurück, mit Grund
    """)
    assert history.outcome() == "withdrawn"


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        ("2026-03-04T08:59:59", "released"),
        ("2026-03-04T09:00", "broken"),
        ("2026-03-10T09:00", "broken"),
    ],
)
def test_released_before_the_due_is_released_from_the_due_on_it_is_broken(
    given: Given, moment: str, outcome: str
) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
        {moment}  erlässt
    """)
    assert history.outcome() == outcome


def test_released_before_the_due_in_force_is_released_although_the_counting_due_has_passed(given: Given) -> None:
    """Moved late to the 10th: the counting due stays the 4th, the due in force is the 10th.

    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-04T08:30  verschiebt auf 2026-03-10T09:00
    2026-03-09T09:00  erlässt
    """
    assert given().outcome("2026-03-08") == "open"
    assert given().outcome() == "released"


def test_an_undated_promise_can_always_be_released(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Irgendwann"
    2027-03-02T09:00  erlässt
    """
    assert given().outcome() == "released"


# -- degrees ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degree", "outcome"),
    [
        (0, "broken"),
        (0.49, "broken"),
        (0.5, "partial"),
        (0.99, "partial"),
        (1, "kept"),
        (1.01, "exceeded"),
        (3, "exceeded"),
    ],
)
def test_the_degree_decides_from_0_5_on_in_part_from_1_kept_above_1_exceeded(
    given: Given, degree: float, outcome: str
) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
        2026-03-04T08:00  erfüllt, Grad {degree}
    """)
    assert history.outcome() == outcome


@pytest.mark.parametrize(
    ("degree", "outcome"), [(0.49, "broken"), (0.5, "partial"), (1, "kept_late"), (1.5, "kept_late")]
)
def test_late_it_is_kept_late_also_when_more_was_done_and_in_part_stays_in_part(
    given: Given, degree: float, outcome: str
) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
        2026-03-05T08:00  erfüllt, Grad {degree}
    """)
    assert history.outcome() == outcome


def test_being_a_month_early_is_kept_not_exceeded(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-04-10
    2026-03-05T08:00  erfüllt
    """
    assert given().outcome() == "kept"


# -- prices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promised", "charged", "outcome", "degree"),
    [
        (1000, 1000, "kept", 1.0),
        (1000, 1050, "kept", 1.0),
        (100, 105, "kept", 1.0),
        (99.9, 104.895, "kept", 1.0),
        (0.3, 0.315, "kept", 1.0),
        (1000, 1050.01, "partial", 1000 / 1050.01),
        (1000, 2000, "partial", 0.5),
        (1000, 2000.01, "broken", 1000 / 2000.01),
        (1000, 999, "exceeded", 1000 / 999),
        (1000, 500, "exceeded", 2.0),
    ],
)
def test_a_price_is_kept_up_to_5_percent_over_above_it_the_degree_is_promised_by_charged(
    given: Given, promised: float, charged: float, outcome: str, degree: float
) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Reparatur" bis 2026-03-04, Preis {promised} EUR
        2026-03-04T08:00  erfüllt, berechnet {charged}
    """)
    assert history.outcome() == outcome
    verdict = history.standing().verdict
    assert verdict is not None
    assert verdict.degree == pytest.approx(degree, rel=1e-12)
    assert verdict.charged == charged


@pytest.mark.parametrize(
    ("binding", "charged", "outcome"),
    [
        ("geschätzt", 115, "kept"),
        ("geschätzt", 115.01, "partial"),
        ("geschätzt", 99, "exceeded"),
        ("beabsichtigt", 105, "kept"),
        ("beabsichtigt", 106, "partial"),
    ],
)
def test_an_estimate_may_run_15_percent_over_an_intended_price_only_5(
    given: Given, binding: str, charged: float, outcome: str
) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Reparatur" bis 2026-03-04, Preis 100 EUR, {binding}
        2026-03-04T08:00  erfüllt, berechnet {charged}
    """)
    assert history.outcome() == outcome


def test_a_price_without_the_amount_charged_counts_by_its_degree(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Reparatur" bis 2026-03-04, Preis 100 EUR
    2026-03-04T08:00  erfüllt, Grad 0.7
    """
    assert given().outcome() == "partial"


def test_a_price_of_nothing_charged_at_all_is_broken(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Garantie" bis 2026-03-04, Preis 0 EUR
    2026-03-04T08:00  erfüllt, berechnet 20
    """
    assert given().outcome() == "broken"


def test_the_amount_of_something_that_is_no_price_changes_no_degree(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Reparatur" bis 2026-03-04, Preis 100 EUR, Art delivery
    2026-03-04T08:00  erfüllt, berechnet 300
    """
    assert given().outcome() == "kept"


# -- moved ------------------------------------------------------------------------------------------


def test_the_due_in_force_moves_at_the_instant_of_telling(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T10:00  verschiebt auf 2026-03-09T12:00
    2026-03-06T10:00  verschiebt auf 2026-03-12T12:00
    """
    history = given()
    assert history.due("2026-03-03T09:59") == "2026-03-05T16:00"
    assert history.due("2026-03-03T10:00") == "2026-03-09T12:00"
    assert history.due("2026-03-12") == "2026-03-12T12:00"


def test_a_timely_agreed_move_also_moves_the_counting_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T10:00  verschiebt auf 2026-03-09T12:00
    2026-03-09T11:00  erfüllt
    """
    assert given().counting_due() == "2026-03-09T12:00"
    assert given().outcome() == "kept"


def test_an_untimely_move_moves_the_due_in_force_but_freezes_the_counting_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-05T15:30  verschiebt auf 2026-03-09T12:00
    2026-03-09T11:00  erfüllt
    """
    history = given()
    assert history.due() == "2026-03-09T12:00"
    assert history.counting_due() == "2026-03-05T16:00"
    assert history.outcome("2026-03-06") == "open"
    assert history.outcome() == "kept_late"


def test_frozen_is_for_good_a_later_timely_move_does_not_thaw_it(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-05T15:30  verschiebt auf 2026-03-20T12:00
    2026-03-09T09:00  verschiebt auf 2026-03-25T12:00
    2026-03-10T09:00  verschiebt auf 2026-03-27T12:00, vom Kunden gewünscht
    2026-03-26T11:00  erfüllt
    """
    history = given()
    assert history.due() == "2026-03-27T12:00"
    assert history.counting_due() == "2026-03-05T16:00"
    assert history.outcome() == "kept_late"


def test_frozen_is_where_the_timely_moves_before_had_taken_it(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T09:00  verschiebt auf 2026-03-12T16:00
    2026-03-12T15:00  verschiebt auf 2026-03-17T16:00
    2026-03-12T15:30  erfüllt
    """
    assert given().counting_due() == "2026-03-12T16:00"
    assert given().outcome() == "kept"


def test_without_agreement_nothing_moves_and_nothing_freezes(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-05T15:30  verschiebt auf 2026-03-20T12:00, nicht vereinbart
    """
    history = given()
    assert history.due() == "2026-03-05T16:00"
    assert history.counting_due() == "2026-03-05T16:00"
    assert not history.standing().frozen
    assert history.outcome("2026-03-05T16:00") == "overdue"


def test_a_move_the_customer_asked_for_is_timely_even_after_the_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-06T09:00  verschiebt auf 2026-03-12T12:00, vom Kunden gewünscht
    2026-03-12T11:00  erfüllt
    """
    history = given()
    assert history.outcome("2026-03-06T08:59") == "overdue"
    assert history.outcome("2026-03-06T09:00") == "open"
    assert history.counting_due() == "2026-03-12T12:00"
    assert history.first_due() == "2026-03-12T12:00"
    assert history.outcome() == "kept"


def test_a_move_by_us_after_the_due_ends_the_overdue_but_not_the_counting_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-06T09:00  verschiebt auf 2026-03-12T12:00
    """
    history = given()
    assert history.outcome("2026-03-06T08:59") == "overdue"
    assert history.outcome("2026-03-06T09:00") == "open"
    assert history.counting_due() == "2026-03-05T16:00"
    assert history.outcome("2026-03-12T12:00") == "overdue"


def test_an_undated_promise_gets_a_due_by_a_move(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Irgendwann"
    2026-03-06T09:00  verschiebt auf 2026-03-12T12:00
    """
    history = given()
    assert history.outcome("2026-03-12T11:59") == "open"
    assert history.outcome("2026-03-12T12:00") == "overdue"
    assert history.counting_due() == "2026-03-12T12:00"


# -- the first promise ------------------------------------------------------------------------------


def first_of(given: Given, text: str) -> str:
    verdict = given(text).standing().verdict
    assert verdict is not None
    return verdict.first


MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00\n'


@pytest.mark.parametrize(
    ("then", "first"),
    [
        ("2026-03-05T16:00  erfüllt", "kept"),
        ("2026-03-05T16:00:01  erfüllt", "missed"),
        ("2026-03-05T15:00  erfüllt, Grad 0.9", "missed"),
        ("2026-03-03T09:00  verschiebt auf 2026-03-10\n2026-03-09T16:00  erfüllt", "missed"),
        ("2026-03-03T09:00  verschiebt auf 2026-03-10, vom Kunden gewünscht\n2026-03-09T16:00  erfüllt", "kept"),
        (
            "2026-03-03T09:00  verschiebt auf 2026-03-10, vom Kunden gewünscht, nicht vereinbart\n"
            "2026-03-09T16:00  erfüllt",
            "missed",
        ),
        ("2026-03-03T09:00  verschiebt auf 2026-03-10\n2026-03-05T16:00  erfüllt", "kept"),
        ("2026-03-03T09:00  nimmt zurück", "missed"),
        ("2026-03-03T09:00  bricht", "missed"),
        ("2026-03-05T15:59  erlässt", "released"),
        ("2026-03-03T09:00  verschiebt auf 2026-03-10\n2026-03-09T16:00  erlässt", "missed"),
        ("2026-03-05T16:00  erlässt", "missed"),
    ],
)
def test_the_first_promise_is_judged_by_the_original_due_which_only_the_customer_moves(
    given: Given, then: str, first: str
) -> None:
    assert first_of(given, MADE + then) == first


# -- dates without a time ---------------------------------------------------------------------------


def test_a_date_ends_at_24_00_in_the_teams_zone_and_belongs_to_its_own_day(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-03-04
    """
    history = given()
    assert history.due() == "2026-03-05T00:00"
    assert history.own_day() == date(2026, 3, 4)
    assert history.outcome("2026-03-04T23:59:59") == "open"
    assert history.outcome("2026-03-05T00:00") == "overdue"


def test_a_date_ends_at_24_00_in_the_zone_that_the_fact_names(given: Given) -> None:
    """24:00 in São Paulo is 04:00 of the next day in Berlin.

    2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-03-04, Zone America/Sao_Paulo
    """
    history = given()
    assert history.due() == "2026-03-05T04:00"
    assert history.own_day() == date(2026, 3, 4)
    assert history.outcome("2026-03-05T03:59") == "open"
    assert history.outcome("2026-03-05T04:00") == "overdue"


def test_fulfilled_on_the_day_itself_or_at_its_24_00_is_kept(given: Given) -> None:
    for moment, outcome in (
        ("2026-03-04T23:59", "kept"),
        ("2026-03-05T00:00", "kept"),
        ("2026-03-05T00:00:01", "kept_late"),
    ):
        history = given(f"""
            2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-03-04
            {moment}  erfüllt
        """)
        assert history.outcome() == outcome, moment


def test_a_promise_for_the_day_on_which_it_is_made_is_possible(given: Given) -> None:
    """
    2026-03-02T22:00  verspricht K-17 ines "Rückruf" bis 2026-03-02
    """
    assert given().outcome("2026-03-02T23:59") == "open"


@pytest.mark.parametrize(
    ("day", "ends"),
    [("2026-03-29", "2026-03-29T22:00+00:00"), ("2026-10-25", "2026-10-25T23:00+00:00")],
)
def test_a_date_on_which_the_clock_is_changed_ends_at_its_own_midnight(given: Given, day: str, ends: str) -> None:
    history = given(f'2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis {day}')
    due = history.standing().due
    assert due is not None
    assert due.isoformat(timespec="minutes") == ends
    assert history.own_day() == date.fromisoformat(day)


def test_a_date_that_a_move_names_ends_in_the_promises_zone_unless_the_move_names_one(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-03-11, Zone America/Sao_Paulo
    2026-03-03T09:00  verschiebt auf 2026-03-12
    2026-03-04T09:00  verschiebt auf 2026-03-13, Zone Asia/Tokyo
    """
    history = given()
    assert history.due("2026-03-03T12:00") == "2026-03-13T04:00"
    assert history.due() == "2026-03-13T16:00"
    assert history.own_day() == date(2026, 3, 13)


def test_a_due_with_a_time_belongs_to_its_date_in_the_promises_zone(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Lieferung" bis 2026-03-04T23:30+00:00
    """
    assert given().own_day() == date(2026, 3, 5)


# -- pauses -----------------------------------------------------------------------------------------


def test_a_pause_by_the_customer_moves_both_dues_by_its_business_time(given: Given) -> None:
    """Paused from Tuesday 10:00 to Wednesday 10:00: 8 business hours, so Thursday 15:00 becomes Friday 15:00.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
    2026-03-03T10:00  pausiert wegen Kunde
    2026-03-04T10:00  setzt fort wegen Kunde
    """
    history = given()
    assert history.due("2026-03-03T09:59") == "2026-03-05T15:00"
    assert history.due() == "2026-03-06T15:00"
    assert history.counting_due() == "2026-03-06T15:00"
    assert history.outcome("2026-03-06T14:59") == "open"
    assert history.outcome("2026-03-06T15:00") == "overdue"


def test_the_original_due_of_the_strict_figure_is_moved_by_no_pause(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
    2026-03-03T10:00  pausiert wegen Kunde
    2026-03-04T10:00  setzt fort wegen Kunde
    """
    assert given().first_due() == "2026-03-05T15:00"


def test_nights_and_weekends_within_a_pause_move_nothing(given: Given) -> None:
    """From Friday 16:00 to Monday 9:00 there are 2 business hours.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-10T11:00
    2026-03-06T16:00  pausiert wegen Kunde
    2026-03-09T09:00  setzt fort wegen Kunde
    """
    assert given().due() == "2026-03-10T14:00"


def test_a_date_moved_by_a_pause_goes_on_from_its_24_00_in_business_time(given: Given) -> None:
    """Four business hours after the end of Thursday is Friday noon.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05
    2026-03-03T08:00  pausiert wegen Kunde
    2026-03-03T12:00  setzt fort wegen Kunde
    """
    assert given().due() == "2026-03-06T12:00"
    assert given().own_day() == date(2026, 3, 6)


def test_a_date_moved_by_a_pause_to_another_24_00_belongs_to_that_date(given: Given) -> None:
    """Open round the clock, 24 hours after the end of Thursday is the end of Friday.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05
    2026-03-03T08:00  pausiert wegen Kunde
    2026-03-04T08:00  setzt fort wegen Kunde
    """
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    calendar = 'default = "immer"\n[calendars.immer]\nzone = "Europe/Berlin"\n[calendars.immer.hours]\n'
    calendar += "\n".join(f'{day} = ["00:00-24:00"]' for day in days)
    history = given(steering_=steering(calendar=calendar))
    assert history.due() == "2026-03-07T00:00"
    assert history.own_day() == date(2026, 3, 6)


def test_while_the_customer_lets_us_wait_nothing_is_overdue(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
    2026-03-03T10:00  pausiert wegen Kunde
    """
    assert given().outcome("2026-06-01") == "open"
    assert given().last_moment("2026-06-01") is None


@pytest.mark.parametrize("cause", ["Lieferant", "Wetter", "Teil", "anderes"])
def test_a_pause_for_any_other_cause_stops_no_clock(given: Given, cause: str) -> None:
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
        2026-03-03T10:00  pausiert wegen {cause}
        2026-03-04T10:00  setzt fort wegen {cause}
    """)
    assert history.due() == "2026-03-05T15:00"
    assert history.outcome("2026-03-05T15:00") == "overdue"


def test_a_pause_that_begins_after_the_due_excuses_nothing(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
    2026-03-05T15:00  pausiert wegen Kunde
    2026-03-09T10:00  setzt fort wegen Kunde
    """
    history = given()
    assert history.outcome("2026-03-06") == "overdue"
    assert history.due() == "2026-03-05T15:00"


def test_a_pause_that_outlasts_the_old_due_moves_it_by_its_whole_business_time(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-04T15:00
    2026-03-04T14:00  pausiert wegen Kunde
    2026-03-06T14:00  setzt fort wegen Kunde
    """
    history = given()
    assert history.outcome("2026-03-05") == "open"
    assert history.due() == "2026-03-06T15:00"


def test_fulfilled_during_a_pause_counts_against_the_due_as_moved_until_then(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-04T15:00
    2026-03-04T14:00  pausiert wegen Kunde
    2026-03-05T10:00  erfüllt
    """
    assert given().outcome() == "kept"
    assert given().counting_due() == "2026-03-05T11:00"


def test_two_pauses_add_up_and_a_second_beginning_changes_nothing(given: Given) -> None:
    """Once 2 and once 3 business hours; the second pausiert within a pause changes nothing.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T10:00
    2026-03-03T08:00  pausiert wegen Kunde
    2026-03-03T09:00  pausiert wegen Kunde
    2026-03-03T10:00  setzt fort wegen Kunde
    2026-03-04T09:00  pausiert wegen Kunde
    2026-03-04T12:00  setzt fort wegen Kunde
    """
    assert given().due() == "2026-03-05T16:00"


def test_facts_within_a_pause_do_not_change_how_far_it_moves_the_due(given: Given) -> None:
    quiet = given("""
        2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
        2026-03-03T10:00  pausiert wegen Kunde
        2026-03-04T10:20  setzt fort wegen Kunde
    """)
    busy = given("""
        2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
        2026-03-03T10:00  pausiert wegen Kunde
        2026-03-03T11:11:11  beschreibt, ernst
        2026-03-03T19:00  übergibt an lutz
        2026-03-04T07:00  pausiert wegen Wetter
        2026-03-04T10:20  setzt fort wegen Kunde
    """)
    assert quiet.due() == busy.due() == "2026-03-06T15:20"


def test_a_frozen_counting_due_that_has_passed_is_moved_by_no_later_pause(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T15:00
    2026-03-05T15:00  verschiebt auf 2026-03-11T15:00
    2026-03-09T08:00  pausiert wegen Kunde
    2026-03-09T10:00  setzt fort wegen Kunde
    """
    assert given().due() == "2026-03-11T17:00"
    assert given().counting_due() == "2026-03-05T15:00"


def test_a_new_due_agreed_during_a_pause_is_moved_by_the_rest_of_it(given: Given) -> None:
    """Of the pause, 2 business hours lie after the move.

    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-06T15:00
    2026-03-03T08:00  pausiert wegen Kunde
    2026-03-04T08:00  verschiebt auf 2026-03-12T10:00, vom Kunden gewünscht
    2026-03-04T10:00  setzt fort wegen Kunde
    """
    assert given().due("2026-03-04T08:00") == "2026-03-12T10:00"
    assert given().due() == "2026-03-12T12:00"


@pytest.mark.parametrize("due", ["", "bis 2026-03-04T09:00"])
def test_a_due_that_comes_while_the_customer_already_lets_us_wait_is_moved_by_the_rest_of_the_pause(
    given: Given, due: str
) -> None:
    """The pause began when there was no due ahead; since the move it stands before one."""
    history = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Planung" {due}
        2026-03-05T09:00  pausiert wegen Kunde
        2026-03-06T09:00  verschiebt auf 2026-03-12T10:00, vom Kunden gewünscht
        2026-03-09T09:00  setzt fort wegen Kunde
    """)
    assert history.outcome("2026-03-08") == "open"
    assert history.due() == "2026-03-13T10:00"
    waiting = given(f"""
        2026-03-02T09:00  verspricht K-17 ines "Planung" {due}
        2026-03-05T09:00  pausiert wegen Kunde
        2026-03-06T09:00  verschiebt auf 2026-03-12T10:00, vom Kunden gewünscht
    """)
    assert waiting.outcome("2026-03-20") == "open"


def test_holidays_within_a_pause_move_nothing(given: Given) -> None:
    """Good Friday and Easter Monday 2026 are 3 and 6 April: from Thursday 16:00 to Tuesday 9:00 2 hours.

    2026-03-30T09:00  verspricht K-17 ines "Planung" bis 2026-04-08T10:00
    2026-04-02T16:00  pausiert wegen Kunde
    2026-04-07T09:00  setzt fort wegen Kunde
    """
    assert given().due() == "2026-04-08T12:00"


# -- who answers ------------------------------------------------------------------------------------


def test_somebody_else_answers_from_the_assignment_on_and_who_promised_stays_known(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05, Team Büro
    2026-03-03T09:00  übergibt an lutz
    2026-03-04T09:00  übergibt, Team Montage
    2026-03-05T09:00  übergibt an niemand
    """
    history = given()
    answering = [
        (promise.owner, promise.team, promise.promised_by)
        for promise in (step.after.promise for step in history.steps())
    ]
    assert answering == [
        ("ines", "Büro", "ines"),
        ("lutz", "Büro", "ines"),
        ("lutz", "Montage", "ines"),
        (None, "Montage", "ines"),
    ]


def test_what_is_described_better_changes_nothing_about_the_due(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Planung" bis 2026-03-05T16:00, Plan B
    2026-03-03T09:00  beschreibt, ernst, Art delivery, Lieferant Acme
    2026-03-04T09:00  beschreibt, kein Plan B
    """
    first, second, third = (step.after.promise for step in given().steps())
    assert (first.severity, first.kind, first.supplier, first.plan_b) == ("normal", "other", None, True)
    assert (second.severity, second.kind, second.supplier, second.plan_b) == ("serious", "delivery", "Acme", True)
    assert (third.severity, third.kind, third.supplier, third.plan_b) == ("serious", "delivery", "Acme", False)
    assert given().due() == "2026-03-05T16:00"


# -- the order of facts -----------------------------------------------------------------------------


def test_facts_are_taken_in_the_order_in_which_they_happened_not_in_which_they_came(given: Given) -> None:
    """
    2026-03-09T11:00  erfüllt "Angebot"
    2026-03-03T10:00  verschiebt auf 2026-03-09T12:00
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    """
    assert given().outcome() == "kept"


def test_at_the_same_instant_a_promise_is_made_before_it_is_kept(given: Given) -> None:
    """
    2026-03-02T09:00  erfüllt "Angebot"
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    """
    assert given().outcome() == "kept"


def test_at_the_same_instant_a_promise_is_moved_before_it_is_kept(
    given: Given,
) -> None:
    """
    2026-03-05T16:00  erfüllt "Angebot"
    2026-03-05T16:00  verschiebt auf 2026-03-09T12:00, vom Kunden gewünscht
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    """
    assert [step.fact.type for step in given().steps()] == [
        "promise.made",
        "promise.renegotiated",
        "promise.fulfilled",
    ]


def test_at_the_same_instant_the_sequence_decides_where_both_carry_one(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T09:00  verschiebt auf 2026-03-10T16:00 #2
    2026-03-03T09:00  verschiebt auf 2026-03-09T16:00 #7
    2026-03-03T09:00  verschiebt auf 2026-03-08T16:00 #3
    """
    assert given().due() == "2026-03-09T16:00"


def test_at_the_same_instant_and_without_sequence_the_id_decides(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T09:00  verschiebt auf 2026-03-10T16:00 [b]
    2026-03-03T09:00  verschiebt auf 2026-03-09T16:00 [c]
    2026-03-03T09:00  verschiebt auf 2026-03-08T16:00 [a]
    """
    assert given().due() == "2026-03-09T16:00"


def test_a_resumption_and_a_handover_may_come_after_the_end(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T09:00  pausiert wegen Lieferant
    2026-03-04T09:00  erfüllt
    2026-03-04T10:00  setzt fort wegen Lieferant
    2026-03-04T11:00  übergibt an lutz
    """
    assert given().outcome() == "kept"
    assert given().standing().promise.owner == "lutz"
    verdict = given().standing().verdict
    assert verdict is not None
    assert local(verdict.at) == "2026-03-04T09:00"
