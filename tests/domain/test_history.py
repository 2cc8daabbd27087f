"""What stands: a fact recorded by mistake counts nowhere; what is impossible without it waits until it is possible."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from domain.fact import Fact
from domain.history import retracted
from domain.lives import beginning, standing
from tests.notation import Given, History, at, envelopes

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-09T09:00 [gemacht]\n'
KEPT = "2026-03-04T09:00  erfüllt [gehalten]\n"


def stands(history: list[Fact]) -> list[str]:
    return [fact.id for fact in standing(history)]


def of_promise(given: Given, text: str) -> list[str]:
    """What stands of the one promise, recorded in the order of the text."""
    return stands(given(text).promise())


# -- recorded by mistake ------------------------------------------------------------------------------


def test_where_nothing_was_retracted_everything_stands(given: Given) -> None:
    assert of_promise(given, MADE + KEPT) == ["gemacht", "gehalten"]
    assert standing([]) == []


def test_a_retracted_fact_and_its_retraction_count_nowhere(given: Given) -> None:
    assert of_promise(given, MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten]") == ["gemacht"]


def test_a_retraction_lies_in_the_stream_of_what_it_retracts_whatever_it_is(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-09T09:00 [1]
    2026-03-02T09:00  K-17 fragt "Frage" [2]
    2026-03-02T09:00  Vorfall K-17 "V-1" [3]
    2026-03-02T09:00  K-17 empfiehlt uns [4]
    2026-03-03T09:00  zieht zurück [1] [r1]
    2026-03-03T09:00  zieht zurück [2] [r2]
    2026-03-03T09:00  zieht zurück [3] [r3]
    2026-03-03T09:00  zieht zurück [4] [r4]
    2026-03-04T09:00  zieht zurück [r3] [r33]
    """
    history = given()
    assert [fact.id for fact in history.promise()] == ["1", "r1"]
    assert [fact.id for fact in history.contact()] == ["2", "r2"]
    assert [fact.id for fact in history.incident()] == ["3", "r3", "r33"]
    assert [fact.id for fact in history.told()] == ["4", "r4"]
    assert {stream: stands(facts) for stream, facts in history.streams.items()} == {
        "promise-Angebot": [],
        "contact-Frage": [],
        "incident-V-1": ["3"],
        "customer-K-17": [],
    }


@pytest.mark.parametrize("before", ["2026-03-01T08:00", "2026-03-20T08:00"])
def test_when_a_retraction_was_sent_does_not_matter(given: Given, before: str) -> None:
    assert of_promise(given, MADE + KEPT + f"{before}  zieht zurück [gehalten]") == ["gemacht"]


def test_a_retracted_retraction_lets_the_fact_count_again_and_so_on(given: Given) -> None:
    text = MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten] [eins]\n"
    assert of_promise(given, text) == ["gemacht"]
    text += "2026-03-05T10:00  zieht zurück [eins] [zwei]\n"
    assert of_promise(given, text) == ["gemacht", "gehalten"]
    text += "2026-03-05T11:00  zieht zurück [zwei] [drei]\n"
    assert of_promise(given, text) == ["gemacht"]


def test_of_two_retractions_of_one_fact_both_must_go_for_it_to_count_again(given: Given) -> None:
    text = MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten] [eins]\n"
    text += "2026-03-05T09:30  zieht zurück [gehalten] [zwei]\n2026-03-05T10:00  zieht zurück [eins]\n"
    assert of_promise(given, text) == ["gemacht"]
    assert of_promise(given, text + "2026-03-05T11:00  zieht zurück [zwei]") == ["gemacht", "gehalten"]


def test_what_is_retracted_is_told_with_the_retraction_that_says_so(given: Given) -> None:
    text = (
        MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten] [eins]\n2026-03-05T10:00  zieht zurück [eins] [zwei]"
    )
    assert {key: fact.id for key, fact in retracted(given(text).promise()).items()} == {"eins": "zwei"}


# -- what is impossible without it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "rest", "anew"),
    [
        (
            'verspricht K-17 ines "Angebot" bis 2026-03-09',
            ["übergibt an lutz", "verschiebt auf 2026-03-10", "erfüllt"],
            'verspricht K-17 ines "Angebot" bis 2026-03-06',
        ),
        ('K-17 fragt "Frage"', ["beantwortet, automatisch", "beantwortet"], 'K-17 fragt "Frage", Kanal phone'),
        ('Vorfall K-17 "V-1" complaint', ["nennt den Grund", "löst", "schließt"], 'Vorfall K-17 "V-1" forgotten'),
    ],
)
def test_without_its_beginning_nothing_stands_until_it_begins_anew_under_another_fact(
    given: Given, begun: str, rest: list[str], anew: str
) -> None:
    lines = "".join(f"2026-03-03T0{hour}:00  {line} [{hour}]\n" for hour, line in enumerate(rest))
    text = f"2026-03-02T09:00  {begun} [begonnen]\n{lines}2026-03-04T09:00  zieht zurück [begonnen] [fort]\n"
    (history,) = given(text).streams.values()
    assert standing(history) == []
    assert beginning(standing(history)) is None
    (history,) = given(text + f"2026-03-02T10:00  {anew} [neu]").streams.values()
    assert stands(history) == [*(str(hour) for hour in range(len(rest))), "neu"]
    begun_anew = beginning(standing(history))
    assert begun_anew is not None
    assert begun_anew.id == "neu"


def test_what_lies_before_the_new_beginning_still_waits(given: Given) -> None:
    text = MADE + "2026-03-03T09:00  übergibt an lutz [früh]\n" + KEPT + "2026-03-05T09:00  zieht zurück [gemacht]\n"
    assert of_promise(given, text) == []
    text += '2026-03-03T12:00  verspricht K-17 lutz "Angebot" bis 2026-03-09 [neu]'
    assert of_promise(given, text) == ["gehalten", "neu"]


def test_when_the_old_beginning_counts_again_the_first_recorded_stands_and_the_new_one_waits(given: Given) -> None:
    text = MADE + KEPT + "2026-03-05T09:00  zieht zurück [gemacht] [fort]\n"
    text += '2026-03-02T10:00  verspricht K-17 lutz "Angebot" bis 2026-03-09 [neu]\n'
    assert of_promise(given, text) == ["gehalten", "neu"]
    assert of_promise(given, text + "2026-03-06T09:00  zieht zurück [fort]") == ["gemacht", "gehalten"]


def test_another_end_may_come_after_the_first_was_retracted_and_waits_when_that_counts_again(given: Given) -> None:
    text = MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten] [fort]\n2026-03-06T09:00  bricht [gebrochen]\n"
    assert of_promise(given, text) == ["gemacht", "gebrochen"]
    assert of_promise(given, text + "2026-03-07T09:00  zieht zurück [fort]") == ["gemacht", "gehalten"]


def test_a_move_after_a_retracted_end_waits_when_the_end_counts_again(given: Given) -> None:
    text = MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten] [fort]\n"
    text += "2026-03-06T09:00  verschiebt auf 2026-03-20 [zug]\n2026-03-18T09:00  übergibt an lutz [an lutz]\n"
    assert of_promise(given, text) == ["gemacht", "zug", "an lutz"]
    assert of_promise(given, text + "2026-03-19T09:00  zieht zurück [fort]") == ["gemacht", "gehalten", "an lutz"]


def test_what_was_recorded_of_a_contact_from_us_cannot_be_answered_when_it_began_anew_as_a_call(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "Frage" [gefragt]
    2026-03-02T10:00  beantwortet [antwort]
    2026-03-03T09:00  zieht zurück [gefragt]
    2026-03-02T09:00  meldet sich "Frage" bei K-17, Zweck check_in [angerufen]
    """
    assert stands(given().contact()) == ["angerufen"]


def test_what_a_customer_told_never_becomes_impossible(given: Given) -> None:
    """
    2026-03-02T09:00  Kunde K-17, ist partner [1]
    2026-03-03T09:00  Empfindlichkeit K-17 1.5 [2]
    2026-03-04T09:00  K-17 geht [3]
    2026-03-05T09:00  zieht zurück [1]
    """
    assert stands(given().told()) == ["2", "3"]


def test_a_merge_into_another_counts_once_the_first_was_retracted(given: Given) -> None:
    """
    2026-03-02T09:00  führt K-17 und K-18 zusammen [eins]
    2026-03-03T09:00  zieht zurück [eins] [fort]
    2026-03-04T09:00  führt K-16 und K-18 zusammen [zwei]
    """
    assert stands(given().told("K-18")) == ["zwei"]
    again = [*given().envelopes, *envelopes("2026-03-05T09:00  zieht zurück [fort] [doch]")]
    assert stands(History(again).told("K-18")) == ["eins"]


# -- in any order ---------------------------------------------------------------------------------------

STORY = """
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-09T09:00 [gemacht]
2026-03-02T11:00  pausiert wegen Kunde [pause]
2026-03-03T09:00  zieht zurück [pause] [fort]
2026-03-04T09:00  erfüllt [gehalten]
2026-03-05T09:00  zieht zurück [gehalten] [auch fort]
2026-03-05T10:00  zieht zurück [auch fort] [doch nicht]
"""


def test_what_stands_does_not_depend_on_the_order_of_recording_where_nothing_contradicts(given: Given) -> None:
    history = given(STORY).promise()
    assert {frozenset(stands(list(facts))) for facts in permutations(history)} == {frozenset({"gemacht", "gehalten"})}


@settings(max_examples=100, deadline=None)
@whatever(st.lists(st.sampled_from(STORY.strip().splitlines()[1:]), unique=True), st.randoms())
def test_what_stands_is_possible_and_neither_retracted_nor_a_retraction(
    lines: list[str], shuffle: random.Random
) -> None:
    """Whatever of a story was recorded, each retraction after what it retracts."""
    told = list(envelopes("\n".join([STORY.strip().splitlines()[0], *sorted(lines)])))
    known = {each["id"] for each in told}
    told = [each for each in told if each["data"].get("retracts", {"id": "gemacht"})["id"] in known]
    known = {each["id"] for each in told}
    told = [each for each in told if each["data"].get("retracts", {"id": "gemacht"})["id"] in known]
    history = History(told).promise()
    shuffle.shuffle(history)
    counting = standing(history)
    gone = retracted(history)
    assert [fact for fact in history if fact in counting] == counting
    assert all(fact.key not in gone and fact.type != "fact.retracted" for fact in counting)
    assert standing(counting) == counting


# -- the notation's own until ---------------------------------------------------------------------------


def test_as_of_a_moment_before_the_retraction_the_fact_counts_no_more_either(given: Given) -> None:
    history = given(MADE + KEPT + "2026-03-05T09:00  zieht zurück [gehalten]")
    assert stands(history.until("2026-03-04T12:00").promise()) == ["gemacht"]
    assert stands(history.known_on("2026-03-04T12:00").promise()) == ["gemacht", "gehalten"]
    assert history.outcome(at("2026-03-06")) == "open"
