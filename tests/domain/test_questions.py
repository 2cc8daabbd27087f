"""Questions: how long customers wait for an answer, what belongs to one question, and what answers are worth.

Monday 2 March 2026 is an ordinary working day; the shipped hours are Monday to Friday 8-12 and 13-17.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.question import Question
from tests.notation import Given, History, at, local, rulebook, steering

# Nobody is sensitive here, so that a line shows its own worth.
USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
PLAIN = steering(rulebook(**USUAL))

ASKED = '2026-03-02T09:00  K-17 fragt "Frage", Kanal email\n'


def only(history: History) -> Question:
    (question,) = history.questions()
    return question


def target(history: History) -> str | None:
    return local(only(history).target_at)


def given_up(history: History) -> str | None:
    return local(only(history).given_up_at)


# -- the target -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "used_up", "twice"),
    [
        ("email", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("letter", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("portal", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("in_person", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("video", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("other", "2026-03-03T09:00", "2026-03-04T09:00"),
        ("phone", "2026-03-02T14:00", "2026-03-03T09:00"),
        ("chat", "2026-03-02T14:00", "2026-03-03T09:00"),
    ],
)
def test_the_target_is_8_business_hours_4_by_phone_and_chat_and_it_is_given_up_after_twice_that(
    given: Given, channel: str, used_up: str, twice: str
) -> None:
    history = given(f"2026-03-02T09:00  K-17 fragt, Kanal {channel}")
    assert (target(history), given_up(history)) == (used_up, twice)


def test_without_a_channel_it_is_8_hours_too_and_nights_and_weekends_do_not_count(given: Given) -> None:
    """Asked on Friday at 16:00: one hour on Friday, seven on Monday.

    2026-03-06T16:00  K-17 fragt
    """
    assert target(given()) == "2026-03-09T16:00"
    assert given_up(given()) == "2026-03-10T16:00"


def test_the_target_is_that_of_the_channel_on_which_was_asked_first(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email, Faden T-1
    2026-03-02T10:00  K-17 fragt "B", Kanal phone, Faden T-1
    """
    question = only(given())
    assert (question.channel, local(question.target_at)) == ("email", "2026-03-03T09:00")


def test_the_target_is_that_of_the_rulebook_which_counted_when_the_customer_asked(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-09T09:00  K-17 fragt "B", Faden T-2
    """
    quicker = steering(later=[("2026-03-02T10:00", rulebook(answers={"target_hours": 2.0, "given_up_after": 3.0}))])
    first, second = given(None, quicker).questions()
    assert (local(first.target_at), local(first.given_up_at)) == ("2026-03-03T09:00", "2026-03-04T09:00")
    assert (local(second.target_at), local(second.given_up_at)) == ("2026-03-09T11:00", "2026-03-09T16:00")


TWO_CALENDARS = """
default = "werktags"

[teams]
Notdienst = "notdienst"

[calendars.werktags]
zone = "Europe/Berlin"
[calendars.werktags.hours]
monday = ["08:00-12:00", "13:00-17:00"]
tuesday = ["08:00-12:00", "13:00-17:00"]

[calendars.notdienst]
zone = "Europe/Berlin"
[calendars.notdienst.hours]
monday = ["00:00-24:00"]
tuesday = ["00:00-24:00"]
"""
PERSONS = """
[[teams]]
name = "Notdienst"
[[teams]]
name = "Büro"

[[persons]]
id = "lutz"
name = "Lutz"
team = "Notdienst"
[[persons]]
id = "ines"
name = "Ines"
team = "Büro"
"""


@pytest.mark.parametrize(
    ("before", "to", "used_up", "owner", "team"),
    [
        ("", "", "2026-03-03T09:00", None, None),
        ("", ", an lutz", "2026-03-02T17:00", "lutz", "Notdienst"),
        (", zuständig lutz", "", "2026-03-02T17:00", "lutz", "Notdienst"),
        (", zuständig lutz", ", an ines", "2026-03-03T09:00", "ines", "Büro"),
        (", Team Notdienst", "", "2026-03-02T17:00", None, "Notdienst"),
        (", zuständig ines, Team Notdienst", "", "2026-03-02T17:00", "ines", "Notdienst"),
        (", zuständig lutz, Team Büro", "", "2026-03-03T09:00", "lutz", "Büro"),
    ],
)
def test_it_is_asked_of_whoever_is_named_else_of_the_customers_team_or_owner_in_their_hours(
    given: Given, before: str, to: str, used_up: str, owner: str | None, team: str | None
) -> None:
    text = f'2026-03-01T09:00  Kunde K-17{before}\n2026-03-02T09:00  K-17 fragt "Frage", Kanal email{to}'
    question = only(given(text, steering(calendar=TWO_CALENDARS, persons=PERSONS)))
    assert (local(question.target_at), question.owner, question.team) == (used_up, owner, team)


def test_who_looked_after_the_customer_when_they_asked_is_asked_not_who_does_later(given: Given) -> None:
    """
    2026-03-01T09:00  Kunde K-17, zuständig ines
    2026-03-02T09:00  K-17 fragt
    2026-03-02T10:00  zuständig für K-17 ist lutz
    """
    assert only(given()).owner == "ines"


# -- what is one question ---------------------------------------------------------------------------


def asked_and_answered(history: History) -> list[tuple[str | None, int, str | None]]:
    """By question: when it was asked, how many contacts belong to it, when it was answered."""
    return [
        (local(each.asked.time), len(each.contacts), local(each.answered.time) if each.answered else None)
        for each in history.questions()
    ]


def test_what_comes_in_meanwhile_belongs_to_the_question_and_an_answer_to_any_of_it_ends_it(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email, Faden T-1
    2026-03-02T10:00  K-17 fragt "B", Kanal phone, Faden T-1
    2026-03-02T11:00  beantwortet "B", von ines
    2026-03-02T14:00  beantwortet "A", von ines
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 2, "2026-03-02T11:00")]
    assert only(given()).contacts == ("contact-A", "contact-B")
    assert only(given()).answered_in_seconds == 2 * 3600


def test_after_the_answer_the_next_contact_of_the_thread_asks_a_new_question(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  beantwortet, von ines
    2026-03-02T11:00  K-17 fragt "B", Faden T-1
    2026-03-02T14:00  beantwortet "A", von ines
    2026-03-02T15:00  K-17 fragt "C", Faden T-1
    """
    assert asked_and_answered(given()) == [
        ("2026-03-02T09:00", 1, "2026-03-02T10:00"),
        ("2026-03-02T11:00", 1, "2026-03-02T14:00"),  # whoever answers into the thread answers what is open there
        ("2026-03-02T15:00", 1, None),
    ]


def test_two_threads_are_two_questions_and_neither_answers_the_other(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email, Faden T-1
    2026-03-02T10:00  K-17 fragt "B", Kanal email, Faden T-2
    2026-03-02T11:00  beantwortet "B", von ines
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 1, None), ("2026-03-02T10:00", 1, "2026-03-02T11:00")]


def test_without_threads_each_channel_has_one_open_question(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email
    2026-03-02T10:00  K-17 fragt "B", Kanal phone
    2026-03-02T11:00  K-17 fragt "C", Kanal email
    2026-03-02T11:30  beantwortet "C", von ines
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 2, "2026-03-02T11:30"), ("2026-03-02T10:00", 1, None)]


def test_no_channel_and_the_channel_other_are_the_same_and_a_thread_is_no_channel(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A"
    2026-03-02T10:00  K-17 fragt "B", Kanal other
    2026-03-02T11:00  K-17 fragt "C", Kanal other, Faden T-1
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 2, None), ("2026-03-02T11:00", 1, None)]


def test_an_automatic_reply_is_no_answer(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email
    2026-03-02T09:01  beantwortet "A", automatisch
    2026-03-02T11:00  K-17 fragt "B", Kanal email
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 2, None)]
    later = given(ASKED + "2026-03-02T09:01  beantwortet, automatisch\n2026-03-02T10:00  beantwortet, von ines", PLAIN)
    assert asked_and_answered(later) == [("2026-03-02T09:00", 1, "2026-03-02T10:00")]
    assert later.lines() == [("answered_in_time", 1.0)]


def test_what_needs_no_answer_asks_nothing_and_answering_it_earns_nothing(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "Danke", Kanal email, braucht keine Antwort
    2026-03-02T10:00  beantwortet "Danke", von ines
    """
    assert given().questions() == []
    assert given(None, PLAIN).postings == []


def test_an_answer_to_what_needed_none_ends_no_question_of_the_thread(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  K-17 fragt "Danke", Faden T-1, braucht keine Antwort
    2026-03-02T11:00  beantwortet "Danke", von ines
    """
    assert asked_and_answered(given()) == [("2026-03-02T09:00", 1, None)]


def test_our_own_contacts_ask_nothing(given: Given) -> None:
    """
    2026-03-02T09:00  meldet sich bei K-17, Zweck check_in, Kanal phone
    """
    assert given().questions() == []


def test_the_same_thread_of_two_customers_is_two_questions(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  K-18 fragt "B", Faden T-1
    2026-03-02T11:00  beantwortet "B", von ines
    """
    history = given()
    assert [line.rule for line in history.postings_of("customer-K-17")] == ["never_answered"]
    assert [line.rule for line in history.postings_of("customer-K-18")] == ["answered_in_time"]


# -- while the customer lets us wait ----------------------------------------------------------------

PROMISED = '2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-20T12:00\n'
ABOUT = '2026-03-02T09:00  K-17 fragt "Frage", Kanal email, über "Angebot"\n'


def test_the_clock_stands_still_while_the_customer_pauses_what_the_question_is_about(given: Given) -> None:
    """From 11 to 15 o'clock there are three business hours: the target moves by them, twice the target too."""
    pause = '2026-03-02T11:00  pausiert "Angebot" wegen Kunde\n2026-03-02T15:00  setzt "Angebot" fort wegen Kunde\n'
    history = given(PROMISED + ABOUT + pause)
    assert (target(history), given_up(history)) == ("2026-03-03T12:00", "2026-03-04T12:00")
    answered = given(PROMISED + ABOUT + pause + "2026-03-02T16:00  beantwortet, von ines", PLAIN)
    assert only(answered).answered_in_seconds == 6 * 3600, "the target waits, the customer waited all the same"


def test_while_the_pause_runs_there_is_no_target_and_nothing_is_given_up(given: Given) -> None:
    history = given(PROMISED + ABOUT + '2026-03-02T11:00  pausiert "Angebot" wegen Kunde', PLAIN)
    assert (target(history), given_up(history)) == (None, None)
    assert "never_answered" not in {line.rule for line in history.postings}
    late = given(PROMISED + ABOUT + '2026-03-03T11:00  pausiert "Angebot" wegen Kunde')
    assert (target(late), given_up(late)) == ("2026-03-03T09:00", None), "the target had been used up before"


def test_an_answer_while_the_customer_lets_us_wait_is_in_time(given: Given) -> None:
    history = given(
        PROMISED + ABOUT + '2026-03-02T11:00  pausiert "Angebot" wegen Kunde\n2026-03-20T09:00  beantwortet, von ines',
        PLAIN,
    )
    assert ("answered_in_time", 1.0) in history.lines()


@pytest.mark.parametrize("cause", ["Lieferant", "Teil", "Wetter", "anderes"])
def test_no_other_pause_stops_the_clock(given: Given, cause: str) -> None:
    history = given(PROMISED + ABOUT + f'2026-03-02T11:00  pausiert "Angebot" wegen {cause}')
    assert target(history) == "2026-03-03T09:00"


def test_a_pause_of_a_promise_that_the_question_is_not_about_stops_nothing(given: Given) -> None:
    history = given(PROMISED + ASKED + '2026-03-02T11:00  pausiert "Angebot" wegen Kunde')
    assert target(history) == "2026-03-03T09:00"


def test_what_the_first_contact_is_about_decides_not_what_a_later_one_is(given: Given) -> None:
    text = PROMISED + '2026-03-02T09:00  K-17 fragt "A", Faden T-1\n'
    text += '2026-03-02T10:00  K-17 fragt "B", Faden T-1, über "Angebot"\n'
    assert target(given(text + '2026-03-02T11:00  pausiert "Angebot" wegen Kunde')) == "2026-03-03T09:00"


def test_a_pause_of_an_incident_that_the_question_is_about_stops_the_clock_too(given: Given) -> None:
    """
    2026-03-02T08:00  Vorfall K-17 "V-1" wrong_work
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email, über "V-1"
    2026-03-02T11:00  pausiert Vorfall wegen Kunde
    2026-03-02T15:00  setzt Vorfall fort wegen Kunde
    """
    assert target(given()) == "2026-03-03T12:00"


def test_the_end_of_the_promise_ends_its_pause(given: Given) -> None:
    """
    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-20T12:00
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email, über "Angebot"
    2026-03-02T11:00  pausiert "Angebot" wegen Kunde
    2026-03-02T15:00  erfüllt "Angebot"
    """
    assert target(given()) == "2026-03-03T12:00"


def test_a_question_about_what_nobody_knows_has_its_usual_target(given: Given) -> None:
    assert target(given(ASKED.replace("email", 'email, über "Unbekannt"'))) == "2026-03-03T09:00"


# -- what answers are worth -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "rule", "points"),
    [
        ("2026-03-02T09:00", "answered_in_time", 1),
        ("2026-03-03T09:00", "answered_in_time", 1),
        ("2026-03-03T09:00:01", "answered_late", -1),
        ("2026-03-04T08:59:59", "answered_late", -1),
    ],
)
def test_an_answer_is_worth_1_up_to_the_very_target_and_costs_1_after_it(
    given: Given, answered: str, rule: str, points: float
) -> None:
    history = given(ASKED + f"{answered}  beantwortet, von ines", PLAIN)
    assert history.lines() == [(rule, points)]
    assert [local(line.time) for line in history.postings] == [answered]
    assert [line.fact for line in history.postings] == ["002"]


@pytest.mark.parametrize("then", ["", "2026-03-04T09:00  beantwortet, von ines", "2026-04-01T09:00  beantwortet"])
def test_never_answered_costs_3_from_the_instant_at_which_twice_the_target_passed_and_a_later_answer_adds_nothing(
    given: Given, then: str
) -> None:
    history = given(ASKED + then, PLAIN)
    assert history.lines("2026-03-04T08:59:59") == []
    assert history.lines("2026-03-04T09:00") == [("never_answered", -3.0)]
    assert history.lines() == [("never_answered", -3.0)]


def test_the_line_of_a_question_never_answered_is_written_ahead_and_an_answer_before_it_removes_it(
    given: Given,
) -> None:
    ahead = given(ASKED, PLAIN)
    assert [(line.rule, local(line.time), line.fact) for line in ahead.postings] == [
        ("never_answered", "2026-03-04T09:00", "001")
    ]
    assert ahead.balance("2026-03-04T08:59") == 0
    assert ahead.balance("2026-03-04T09:00") == -3
    answered = given(ASKED + "2026-03-04T08:59  beantwortet, von ines", PLAIN)
    assert [line.rule for line in answered.postings] == ["answered_late"]


def test_what_was_ahead_at_a_moment_is_the_same_whether_the_answer_is_known_or_not(given: Given) -> None:
    """Read at any moment before the answer, the account does not know of it."""
    history = given(ASKED + "2026-03-03T15:00  beantwortet, von ines", PLAIN)
    for hours in range(0, 54):
        moment = at("2026-03-02T09:00") + timedelta(hours=hours)
        assert history.lines(moment) == history.until(moment).lines(moment)


def test_asking_again_costs_2_each_time_and_a_mere_second_question_does_not(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email
    2026-03-02T10:00  K-17 fragt "B", Kanal email
    2026-03-02T11:00  K-17 hakt nach zu "A", Kanal email
    2026-03-02T14:00  K-17 hakt nach zu "A", Kanal email
    2026-03-02T15:00  beantwortet "A", von ines
    """
    assert given(None, PLAIN).lines() == [("chased", -2.0), ("chased", -2.0), ("answered_in_time", 1.0)]


def test_asking_again_about_a_promise_costs_2_also_when_no_answer_is_needed_or_nobody_knows_the_promise(
    given: Given,
) -> None:
    """
    2026-03-02T09:00  K-17 hakt nach zu "Angebot", braucht keine Antwort
    """
    assert given(None, PLAIN).lines() == [("chased", -2.0)]


def test_one_question_has_one_line_however_many_contacts_belong_to_it(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email
    2026-03-02T10:00  K-17 fragt "B", Kanal email
    2026-03-02T11:00  K-17 fragt "C", Kanal email
    """
    assert given(None, PLAIN).lines() == [("never_answered", -3.0)]


def test_answers_are_worth_what_the_rulebook_of_their_own_day_says(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  beantwortet "A"
    2026-03-09T09:00  K-17 fragt "B", Faden T-2
    2026-03-09T10:00  beantwortet "B"
    """
    better = rulebook(**USUAL, answers={"in_time": 5_00})
    history = given(None, steering(rulebook(**USUAL), later=[("2026-03-09T10:00", better)]))
    assert history.lines() == [("answered_in_time", 1.0), ("answered_in_time", 5.0)]


# -- any order --------------------------------------------------------------------------------------


def test_questions_are_the_same_in_whichever_order_the_facts_came(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  K-17 fragt "B", Faden T-1
    2026-03-02T11:00  beantwortet "A", von ines
    2026-03-02T13:00  K-17 fragt "C", Faden T-1
    2026-03-02T14:00  beantwortet "B", automatisch
    2026-03-03T09:00  beantwortet "C", von lutz
    """
    expected = asked_and_answered(given())
    assert expected == [("2026-03-02T09:00", 2, "2026-03-02T11:00"), ("2026-03-02T13:00", 1, "2026-03-03T09:00")]
    told = list(given().envelopes)
    for turn in range(len(told)):
        turned = told[turn:] + told[:turn]
        assert asked_and_answered(History(turned)) == asked_and_answered(History(turned[::-1])) == expected


def test_an_answer_at_the_very_instant_of_the_question_answers_it(given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal phone
    2026-03-02T09:00  beantwortet "A", von ines
    """
    assert only(given()).answered_in_seconds == 0
    assert only(given()).answered_in_time


def test_a_question_at_night_is_answered_within_no_business_time_before_we_open(given: Given) -> None:
    """
    2026-03-02T22:00  K-17 fragt "A", Kanal chat
    2026-03-02T23:00  beantwortet "A", von ines
    """
    assert only(given()).answered_in_seconds == 0
    assert target(given()) == "2026-03-03T12:00"


def test_no_moment_of_the_reader_changes_what_is_known_of_a_question(given: Given) -> None:
    """The fold takes no moment: its instants are compared by whoever reads."""
    question = only(given(ASKED))
    assert isinstance(question.target_at, datetime)
    assert not question.answered_in_time
    assert question.never_answered, "if nothing comes; whether that moment has come is the reader's to say"
