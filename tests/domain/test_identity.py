"""Who is who: for whom a merged customer's history counts, and which merges are refused."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.fact import Fact
from domain.history import Impossible
from domain.identity import LIFE, survivors
from tests.notation import Given, arrived


def merged(facts: list[Fact]) -> dict[str, str]:
    """By own id, and the survivor by own id."""
    names = survivors(facts).items()
    return {customer.removeprefix("customer-"): survivor.removeprefix("customer-") for customer, survivor in names}


def one_result(given: Given, text: str = "") -> dict[str, str]:
    """The same in whatever order the facts are read."""
    results = [merged(list(facts)) for facts in permutations(given(text or None).facts)]
    assert all(result == results[0] for result in results)
    return results[0]


def refusal(given: Given, text: str) -> Impossible:
    """The one refusal when the facts of K-18 come in the order of the text."""
    _, refused = arrived(LIFE, given(text).told("K-18"))
    assert len(refused) == 1
    return refused[0]


# -- for whom the history counts --------------------------------------------------------------------


def test_a_duplicates_history_counts_for_the_survivor(given: Given) -> None:
    assert one_result(given, "2026-03-02T09:00  führt K-17 und K-18 zusammen") == {"K-18": "K-17"}


def test_nobody_is_merged_by_what_else_is_told_of_them(given: Given) -> None:
    assert one_result(given, "2026-03-02T09:00  Kunde K-17\n2026-03-03T09:00  K-17 geht") == {}


def test_it_counts_for_whoever_stands_at_the_end_of_a_chain(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-03T09:00  führt K-18 und K-19 zusammen
    2026-03-04T09:00  führt K-16 und K-17 zusammen
    """
    assert one_result(given) == {"K-17": "K-16", "K-18": "K-16", "K-19": "K-16"}


def test_several_duplicates_count_for_one_survivor(given: Given) -> None:
    text = "2026-03-02T09:00  führt K-17 und K-18 zusammen\n2026-03-02T09:00  führt K-17 und K-19 zusammen"
    assert one_result(given, text) == {"K-18": "K-17", "K-19": "K-17"}


def test_separated_they_are_two_again_and_merged_anew_one(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-03T09:00  trennt K-17 und K-18
    """
    assert one_result(given) == {}
    again = f"{given.docstring}\n2026-03-04T09:00  führt K-17 und K-18 zusammen"
    assert one_result(given, again) == {"K-18": "K-17"}
    elsewhere = f"{given.docstring}\n2026-03-04T09:00  führt K-16 und K-18 zusammen"
    assert one_result(given, elsewhere) == {"K-18": "K-16"}


def test_separating_in_the_middle_of_a_chain_lets_the_rest_go_along(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-03T09:00  führt K-18 und K-19 zusammen
    2026-03-04T09:00  trennt K-17 und K-18
    """
    assert one_result(given) == {"K-19": "K-18"}


@pytest.mark.parametrize(
    "line",
    ["2026-03-01T09:00  trennt K-17 und K-18", "2026-03-03T09:00  trennt K-16 und K-18"],
    ids=["while apart", "from somebody else"],
)
def test_a_separation_of_what_was_not_together_changes_nothing(given: Given, line: str) -> None:
    assert one_result(given, f"2026-03-02T09:00  führt K-17 und K-18 zusammen\n{line}") == {"K-18": "K-17"}


def test_of_a_merge_and_a_separation_at_the_same_instant_the_separation_comes_second(given: Given) -> None:
    text = "2026-03-02T09:00  trennt K-17 und K-18 [a]\n2026-03-02T09:00  führt K-17 und K-18 zusammen [b]"
    assert one_result(given, text) == {}


def test_merged_twice_into_the_same_one_separation_is_enough(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-03T09:00  führt K-17 und K-18 zusammen
    """
    assert one_result(given) == {"K-18": "K-17"}
    assert one_result(given, f"{given.docstring}\n2026-03-04T09:00  trennt K-17 und K-18") == {}


def test_a_circle_that_a_retraction_closes_leaves_out_the_merge_recorded_last(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-04T09:00  führt K-18 und K-17 zusammen
    """
    assert one_result(given) == {"K-18": "K-17"}


def test_a_longer_circle_is_left_open_at_the_merge_recorded_last_too(given: Given) -> None:
    """
    2026-03-05T09:00  führt K-17 und K-18 zusammen
    2026-03-04T09:00  führt K-18 und K-19 zusammen
    2026-03-03T09:00  führt K-19 und K-17 zusammen
    """
    assert one_result(given) == {"K-18": "K-17", "K-19": "K-17"}


# -- what is refused --------------------------------------------------------------------------------


def test_a_customer_is_not_merged_with_themself(given: Given) -> None:
    error = refusal(given, "2026-03-02T09:00  führt K-18 und K-18 zusammen [selbst]")
    assert (error.rule, error.fact.id, error.earlier) == ("merged_with_itself", "selbst", None)
    assert str(error) == "A customer cannot be merged with themself. Please name two customers."


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-03T09:00"])
def test_a_duplicate_counts_for_one_survivor_only_and_the_merge_that_stands_is_named(given: Given, time: str) -> None:
    text = f"2026-03-02T09:00  führt K-17 und K-18 zusammen [eins]\n{time}  führt K-16 und K-18 zusammen [zwei]"
    error = refusal(given, text)
    assert error.rule == "already_merged"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("zwei", "eins")
    assert "customer.merged eins" in str(error)


def test_a_merge_into_another_may_lie_after_the_separation_but_not_before(given: Given) -> None:
    together = "2026-03-02T09:00  führt K-17 und K-18 zusammen [eins]\n2026-03-05T09:00  trennt K-17 und K-18\n"
    after = together + "2026-03-06T09:00  führt K-16 und K-18 zusammen [zwei]"
    assert arrived(LIFE, given(after).told("K-18"))[1] == []
    before = together + "2026-03-04T09:00  führt K-16 und K-18 zusammen [zwei]"
    assert refusal(given, before).rule == "already_merged"


def test_the_same_merge_again_separating_twice_and_whatever_else_is_told_is_never_refused(given: Given) -> None:
    """
    2026-03-01T09:00  trennt K-17 und K-18
    2026-03-02T09:00  führt K-17 und K-18 zusammen
    2026-03-03T09:00  führt K-17 und K-18 zusammen
    2026-03-03T10:00  Kunde K-18, ist partner
    2026-03-04T09:00  trennt K-17 und K-18
    2026-03-05T09:00  trennt K-17 und K-18
    """
    for facts in permutations(given().told("K-18")):
        assert arrived(LIFE, facts)[1] == []
