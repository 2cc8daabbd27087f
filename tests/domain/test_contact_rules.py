"""What is impossible between a question and its answer is refused by name; everything else is taken in any order."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.contact import LIFE
from domain.history import Impossible
from tests.notation import Given, arrived

ASKED = '2026-03-02T09:00  K-17 fragt "Frage" [gefragt]\n'
CALLED = '2026-03-02T09:00  meldet sich "Frage" bei K-17, Zweck check_in [angerufen]\n'


def refusal(given: Given, text: str) -> Impossible:
    """The one refusal when the facts come in the order of the text."""
    _, refused = arrived(LIFE, given(text).facts)
    assert len(refused) == 1
    return refused[0]


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-02T09:00", "2026-03-03T09:00"])
@pytest.mark.parametrize("again", ['K-18 fragt "Frage"', 'K-18 hakt nach "Frage" zu "Angebot"'])
def test_a_question_is_asked_once_under_its_id_whichever_happened_first(given: Given, time: str, again: str) -> None:
    error = refusal(given, ASKED + f"{time}  {again} [nochmal]")
    assert (error.rule, error.code) == ("contact_already_there", "rule")
    assert (error.fact.id, error.earlier and error.earlier.id) == ("nochmal", "gefragt")
    assert "contact.inbound gefragt" in str(error)


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-03T09:00"])
def test_a_contact_comes_from_the_customer_or_from_us_never_from_both(given: Given, time: str) -> None:
    ours = refusal(given, ASKED + f'{time}  meldet sich "Frage" bei K-17 [zwei]')
    theirs = refusal(given, CALLED + f'{time}  K-17 fragt "Frage" [zwei]')
    for error, first in ((ours, "gefragt"), (theirs, "angerufen")):
        assert error.rule == "contact_already_there"
        assert (error.fact.id, error.earlier and error.earlier.id) == ("zwei", first)


@pytest.mark.parametrize("phrase", ["", ", automatisch"])
def test_nothing_is_answered_before_it_was_asked_and_the_question_is_named(given: Given, phrase: str) -> None:
    error = refusal(given, ASKED + f"2026-03-02T08:59:59  beantwortet{phrase} [früh]")
    assert error.rule == "before_asked"
    assert (error.fact.id, error.earlier and error.earlier.id) == ("früh", "gefragt")
    assert "contact.inbound gefragt" in str(error)


def test_at_the_very_instant_of_asking_an_answer_is_possible(given: Given) -> None:
    assert arrived(LIFE, given(ASKED + "2026-03-02T09:00  beantwortet").facts)[1] == []


@pytest.mark.parametrize("time", ["2026-03-01T09:00", "2026-03-03T09:00"])
def test_what_came_from_us_asks_nothing_and_so_cannot_be_answered(given: Given, time: str) -> None:
    error = refusal(given, CALLED + f'{time}  beantwortet "Frage" [antwort]')
    assert error.rule == ("nothing_asked" if time > "2026-03-02" else "before_asked")
    assert (error.fact.id, error.earlier and error.earlier.id) == ("antwort", "angerufen")
    assert "contact.outbound angerufen" in str(error)


def test_a_question_may_be_answered_again_and_again_in_any_order_of_arrival(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email
    2026-03-02T09:01  beantwortet, automatisch [auto]
    2026-03-02T11:00  beantwortet, von ines [ines]
    2026-03-03T08:00  beantwortet, von lutz, Kanal phone [lutz]
    """
    asked, *answers = given().facts
    for facts in permutations(answers):
        stand, refused = arrived(LIFE, [asked, *facts])
        contact = LIFE.state(stand)
        assert refused == []
        assert contact is not None
        assert [each.id for each in contact.answers] == ["ines", "lutz"]


def test_an_automatic_reply_is_recorded_and_is_no_answer(given: Given) -> None:
    contact = LIFE.state(given(ASKED + "2026-03-02T09:01  beantwortet, automatisch").facts)
    assert contact is not None
    assert contact.answers == ()


def test_a_contact_that_needs_no_answer_may_have_one(given: Given) -> None:
    text = '2026-03-02T09:00  K-17 fragt "Dank", braucht keine Antwort\n2026-03-02T10:00  beantwortet'
    assert arrived(LIFE, given(text).facts)[1] == []


def test_a_contact_knows_whether_the_customer_asked_or_we_approached_them(given: Given) -> None:
    asked, called = LIFE.state(given(ASKED).facts), LIFE.state(given(CALLED).facts)
    assert asked is not None
    assert called is not None
    assert asked.inbound is not None
    assert asked.outbound is None
    assert called.inbound is None
    assert called.outbound is not None
    assert called.outbound.purpose == "check_in"
