"""How much somebody has in hand, and how much went well before."""

from __future__ import annotations

from domain.workload import Hold, Month, Work, Workload, months, overloaded_since, workload, works_of
from tests.notation import BERLIN, at


def work(since: str, until: str | None, kept: bool | None = True) -> Work:
    return Work(at(since), None if until is None else at(until), kept)


JANUARY = [work("2026-01-05", "2026-01-09"), work("2026-01-06", "2026-01-08"), work("2026-01-20", "2026-01-22")]
FEBRUARY = [work("2026-02-02", "2026-02-20", kept) for kept in (True, True, False)]
NOW = at("2026-03-12T09:00")


def open_ones(n: int) -> list[Work]:
    return [work("2026-03-10", None, None) for _ in range(n)]


def test_a_month_is_its_busiest_moment_and_the_share_of_all_that_was_in_hand() -> None:
    assert months([*JANUARY, *FEBRUARY], NOW, BERLIN) == [Month(2, 3, 3), Month(3, 2, 3)]


def test_more_than_in_any_month_that_went_well_is_too_much() -> None:
    assert workload([*JANUARY, *FEBRUARY, *open_ones(2)], NOW, BERLIN, 0.9) == Workload(2, 2)
    found = workload([*JANUARY, *FEBRUARY, *open_ones(3)], NOW, BERLIN, 0.9)
    assert (found, found.is_overload) == (Workload(3, 2), True)
    assert not workload([*JANUARY, *FEBRUARY, *open_ones(3)], NOW, BERLIN, 0.6).is_overload, "February counts as well"


def test_before_a_month_went_well_nothing_is_too_much() -> None:
    found = workload([*FEBRUARY, *open_ones(9)], NOW, BERLIN, 0.9)
    assert (found, found.is_overload) == (Workload(9, None), False)


def test_what_runs_over_the_turn_of_a_month_counts_in_both_and_in_the_year_after() -> None:
    over = [work("2025-12-30", "2026-02-03")]
    assert months(over, NOW, BERLIN) == [Month(1, 1, 1)] * 3
    assert months([work("2025-12-30", "2026-01-01")], NOW, BERLIN) == [Month(1, 1, 1)], "ended as the month began"


def test_who_ends_one_and_begins_one_has_as_many_as_before() -> None:
    handed = [work("2026-01-05", "2026-01-09T12:00"), work("2026-01-09T12:00", "2026-01-20")]
    assert months(handed, NOW, BERLIN) == [Month(1, 2, 2)]


def test_the_month_that_runs_is_none_of_them() -> None:
    assert months([work("2026-03-02", "2026-03-05")], NOW, BERLIN) == []


def test_what_begins_later_is_not_in_hand() -> None:
    assert workload([work("2026-03-20", None, None)], NOW, BERLIN, 0.9) == Workload(0, None)


# -- since when -----------------------------------------------------------------------------------------


def hold(promise: str, since: str, until: str | None = None) -> Hold:
    return Hold(promise, at(since), None if until is None else at(until), None)


def test_it_is_too_much_since_the_number_last_rose_above_what_was_mastered() -> None:
    holds = [
        hold("a", "2026-03-02"),
        hold("b", "2026-03-04"),
        hold("c", "2026-03-05", "2026-03-07"),
        hold("d", "2026-03-09"),
    ]
    assert overloaded_since(holds, NOW, 2) == at("2026-03-09"), "it was, and was not, and is again"
    assert overloaded_since(holds, NOW, 1) == at("2026-03-04")
    assert overloaded_since(holds, NOW, 3) is None


def test_what_is_taken_as_another_is_given_away_changes_nothing() -> None:
    holds = [hold("a", "2026-03-02"), hold("b", "2026-03-04", "2026-03-09"), hold("c", "2026-03-09")]
    assert overloaded_since(holds, NOW, 1) == at("2026-03-04")


def test_what_begins_later_changes_nothing_yet() -> None:
    assert overloaded_since([hold("a", "2026-03-02"), hold("b", "2026-03-20")], NOW, 1) is None


def test_a_promise_handed_over_and_back_is_one_work_and_yet_was_away() -> None:
    holds = [hold("a", "2026-03-02", "2026-03-04"), hold("a", "2026-03-09"), hold("b", "2026-03-03")]
    assert works_of(holds) == [work("2026-03-02", None, None), work("2026-03-03", None, None)]
    assert overloaded_since(holds, NOW, 1) == at("2026-03-09")
