"""What is impossible is refused by name: of two contradicting facts the first recorded stands."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.errors import AgainstTheRule
from domain.fact import Fact
from domain.history import Impossible
from domain.promise import LIFE
from tests.notation import Given


def recorded(facts: list[Fact]) -> tuple[list[Fact], list[Impossible]]:
    """The facts that stand when they come in this order, and the refusals of the others."""
    stand: list[Fact] = []
    refused: list[Impossible] = []
    for fact in facts:
        try:
            stand.append(LIFE.accept(stand, fact))
        except Impossible as error:
            refused.append(error)
    return stand, refused


def refusal(given: Given, text: str) -> Impossible:
    """The one refusal when the facts come in the order of the text."""
    _, refused = recorded(given(text).facts)
    assert len(refused) == 1
    return refused[0]


MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00 [gemacht]\n'

SECOND_ENDS = ["erfüllt", "nimmt zurück", "bricht", "erlässt"]


@pytest.mark.parametrize("second", SECOND_ENDS)
@pytest.mark.parametrize("first", SECOND_ENDS)
def test_a_promise_ends_once_and_the_first_recorded_end_stands_whichever_happened_first(
    given: Given, first: str, second: str
) -> None:
    for early, late in (("2026-03-03T09:00", "2026-03-03T10:00"), ("2026-03-03T10:00", "2026-03-03T09:00")):
        error = refusal(given, MADE + f"{early}  {first} [eins]\n{late}  {second} [zwei]")
        assert error.rule == "promise_already_settled"
        assert error.code == "rule"
        assert (error.fact.id, error.earlier and error.earlier.id) == ("zwei", "eins")
        assert "eins" in str(error)


@pytest.mark.parametrize(
    "line",
    [
        "verschiebt auf 2026-03-09T09:00",
        "pausiert wegen Kunde",
        "pausiert wegen Teil",
        "verschiebt auf 2026-03-09, nicht vereinbart",
    ],
)
def test_after_its_end_a_promise_is_neither_moved_nor_paused(given: Given, line: str) -> None:
    error = refusal(given, MADE + f"2026-03-03T09:00  erfüllt [ende]\n2026-03-03T10:00  {line} [neu]")
    assert error.rule == "promise_already_settled"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("neu", "ende")


@pytest.mark.parametrize("end", SECOND_ENDS)
@pytest.mark.parametrize("line", ["verschiebt auf 2026-03-09T09:00", "pausiert wegen Kunde"])
def test_an_end_is_refused_that_lies_before_a_recorded_move_or_pause_and_says_so(
    given: Given, end: str, line: str
) -> None:
    error = refusal(given, MADE + f"2026-03-03T10:00  {line} [zug]\n2026-03-03T09:00  {end} [ende]")
    assert error.rule == "settled_too_early"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("ende", "zug")
    assert "zug" in str(error)
    assert "already settled" not in str(error)


@pytest.mark.parametrize("line", ["übergibt an lutz", "beschreibt, ernst", "setzt fort wegen Kunde"])
def test_handing_over_describing_and_going_on_are_possible_after_the_end(given: Given, line: str) -> None:
    text = MADE + f"2026-03-03T09:00  erfüllt\n2026-03-03T10:00  {line}"
    for facts in permutations(given(text).facts[1:]):
        stand, refused = recorded([given(text).facts[0], *facts])
        assert (len(stand), refused) == (3, [])


@pytest.mark.parametrize(
    "line",
    [
        "erfüllt",
        "nimmt zurück",
        "bricht",
        "erlässt",
        "verschiebt auf 2026-03-09T09:00",
        "pausiert wegen Kunde",
        "setzt fort wegen Kunde",
        "übergibt an lutz",
        "beschreibt, ernst",
    ],
)
def test_nothing_happens_to_a_promise_before_it_is_made_and_the_making_is_named(given: Given, line: str) -> None:
    error = refusal(given, MADE + f"2026-03-02T08:59:59  {line} [früh]")
    assert error.rule == "before_made"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("früh", "gemacht")
    assert "gemacht" in str(error)


def test_at_the_very_instant_of_making_everything_is_possible(given: Given) -> None:
    _, refused = recorded(given(MADE + "2026-03-02T09:00  pausiert wegen Kunde\n2026-03-02T09:00  erfüllt").facts)
    assert refused == []


def test_the_due_does_not_lie_before_the_making(given: Given) -> None:
    error = refusal(given, '2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-02T08:59:59 [gemacht]')
    assert error.rule == "due_before_made"
    assert error.earlier is not None
    assert error.earlier.id == "gemacht"


@pytest.mark.parametrize("due", ["2026-03-02T09:00", "2026-03-02"])
def test_the_due_may_be_the_instant_or_the_day_of_making(given: Given, due: str) -> None:
    _, refused = recorded(given(f'2026-03-02T09:00  verspricht K-17 ines "A" bis {due}').facts)
    assert refused == []


def test_a_date_lies_before_the_making_only_when_it_has_ended_in_its_own_zone(given: Given) -> None:
    """At 3:00 on 3 March in Berlin it is still the 2nd in São Paulo."""
    text = '2026-03-03T03:00  verspricht K-17 ines "A" bis 2026-03-02'
    assert refusal(given, text).rule == "due_before_made"
    assert recorded(given(text + ", Zone America/Sao_Paulo").facts)[1] == []


def test_a_new_due_does_not_lie_before_the_making_either_agreed_or_not(given: Given) -> None:
    for more in ("", ", nicht vereinbart"):
        error = refusal(given, MADE + f"2026-03-03T09:00  verschiebt auf 2026-03-02T08:00{more} [zug]")
        assert error.rule == "due_before_made"
        assert (error.fact.id, error.earlier and error.earlier.id) == ("zug", "gemacht")
        assert "gemacht" in str(error)


def test_a_new_due_may_lie_before_the_old_one(given: Given) -> None:
    _, refused = recorded(given(MADE + "2026-03-02T12:00  verschiebt auf 2026-03-03T09:00").facts)
    assert refused == []


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-02T09:00", "2026-03-03T09:00"])
def test_a_promise_is_made_once_under_its_id(given: Given, time: str) -> None:
    error = refusal(given, MADE + f'{time}  verspricht K-18 lutz "Angebot" bis 2026-03-09 [nochmal]')
    assert error.rule == "promise_already_made"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("nochmal", "gemacht")


def test_facts_that_do_not_contradict_each_other_are_taken_in_any_order_with_one_result(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-02T10:00  pausiert wegen Kunde
    2026-03-02T12:00  setzt fort wegen Kunde
    2026-03-03T10:00  verschiebt auf 2026-03-09T12:00
    2026-03-03T11:00  übergibt an lutz
    2026-03-09T11:00  erfüllt
    """
    made, *others = given().facts
    results = set()
    for facts in permutations(others):
        stand, refused = recorded([made, *facts])
        assert refused == []
        promise = LIFE.state(stand)
        assert promise is not None
        results.add((promise.owner, promise.due, promise.settled and promise.settled.id))
    assert len(results) == 1


def test_of_contradicting_facts_every_order_keeps_a_possible_history_and_names_a_standing_fact(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-05T16:00
    2026-03-03T10:00  verschiebt auf 2026-03-09T12:00
    2026-03-04T10:00  erfüllt
    2026-03-05T10:00  pausiert wegen Kunde
    2026-03-06T10:00  bricht
    2026-03-02T08:00  erlässt
    """
    made, *others = given().facts
    outcomes = set()
    for facts in permutations(others):
        stand, refused = recorded([made, *facts])
        assert recorded(sorted(stand, key=lambda fact: fact.time)) == (sorted(stand, key=lambda fact: fact.time), [])
        assert len(stand) + len(refused) == 6
        assert all(error.earlier in stand for error in refused)
        outcomes.add(tuple(sorted(fact.id for fact in stand)))
    assert len(outcomes) > 1


def test_a_refusal_is_one_that_users_are_told_with_its_rule(given: Given) -> None:
    error = refusal(given, MADE + "2026-03-03T09:00  erfüllt\n2026-03-03T10:00  erfüllt [zweimal]")
    assert isinstance(error, AgainstTheRule)
    assert str(error).startswith("The promise is already settled: promise.fulfilled 002 (2026-03-03T08:00")
