"""The tables of contacts and questions: who asked what, and how each question stood at any moment, by any knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.roles import Asker, NotAllowed
from projections.contacts import ContactRow, count, listed
from projections.filters import Filter, Moment
from tests.homes import Home
from tests.notation import Given, at, local

ASKED = '2026-03-02T09:00  K-17 fragt "Frage", Kanal email\n'


def rows(home: Home, moment: str, known: str | None = None, **more: Any) -> list[ContactRow]:
    if "where" in more:
        more["filter"] = Filter(more.pop("where"))
    then = Moment(at(moment), at(known) if known else None)
    return listed(home.konto.library, home.konto.asker, then, **more)


def states(home: Home, moment: str, known: str | None = None) -> dict[str, str | None]:
    return {row.id: row.state for row in rows(home, moment, known)}


def ids(found: Sequence[ContactRow]) -> list[str]:
    return [row.id for row in found]


# -- states -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "after"),
    [
        ("2026-03-02T11:00", "answered"),
        ("2026-03-03T09:00", "answered"),
        ("2026-03-03T09:00:01", "late"),
        ("2026-03-04T09:00", "late"),
        ("2026-03-09T09:00", "late"),
    ],
)
def test_a_question_is_open_then_answered_in_time_or_late(home: Home, given: Given, answered: str, after: str) -> None:
    home.take(given(ASKED + f"{answered}  beantwortet, von ines").envelopes)
    assert states(home, "2026-03-02T08:59:59") == {}
    assert states(home, "2026-03-02T09:00") == {"Frage": "open"}
    assert states(home, answered) == {"Frage": after}
    assert states(home, "2036-03-02") == {"Frage": after}


def test_it_is_unanswered_from_the_instant_at_which_twice_the_target_has_passed_until_somebody_answers(
    home: Home, given: Given
) -> None:
    home.take(given(ASKED + "2026-03-05T09:00  beantwortet, von ines").envelopes)
    assert states(home, "2026-03-04T08:59:59") == {"Frage": "open"}
    assert states(home, "2026-03-04T09:00") == {"Frage": "unanswered"}
    assert states(home, "2026-03-05T08:59:59") == {"Frage": "unanswered"}
    assert states(home, "2026-03-05T09:00") == {"Frage": "late"}


def test_contacts_that_need_no_answer_and_our_own_have_no_state(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "Danke", braucht keine Antwort
    2026-03-02T10:00  meldet sich "Anruf" bei K-17, Zweck check_in, von ines
    """
    home.take(given().envelopes)
    assert states(home, "2026-04-01") == {"Anruf": None, "Danke": None}


def test_all_contacts_of_one_question_share_its_state_and_its_instants(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Kanal email, Faden T-1
    2026-03-02T10:00  K-17 fragt "B", Kanal email, Faden T-1
    2026-03-02T15:00  beantwortet "B", von ines
    2026-03-02T16:00  K-17 fragt "C", Kanal email, Faden T-1
    """
    home.take(given().envelopes)
    found = {row.id: row for row in rows(home, "2026-03-02T16:30")}
    assert {id: row.state for id, row in found.items()} == {"A": "answered", "B": "answered", "C": "open"}
    for id in ("A", "B"):
        assert (local(found[id].asked_at), local(found[id].target_at)) == ("2026-03-02T09:00", "2026-03-03T09:00")
        assert (local(found[id].answered_at), found[id].answered_s) == ("2026-03-02T15:00", 5 * 3600)
    assert (local(found["B"].at), local(found["C"].asked_at)) == ("2026-03-02T10:00", "2026-03-02T16:00")
    assert (found["C"].answered_at, found["C"].answered_s) == (None, None)


def test_before_the_answer_a_row_does_not_know_of_it(home: Home, given: Given) -> None:
    home.take(given(ASKED + "2026-03-02T11:00  beantwortet, von ines").envelopes)
    (row,) = rows(home, "2026-03-02T10:59:59")
    assert (row.state, row.answered_at, row.answered_s, row.owner) == ("open", None, None, None)


def test_a_pause_of_the_promise_it_is_about_moves_the_target_also_when_it_is_told_later(
    home: Home, given: Given
) -> None:
    """
    2026-03-02T08:00  verspricht K-17 ines "Angebot" bis 2026-03-20T12:00
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email, über "Angebot"
    2026-03-02T11:00  pausiert "Angebot" wegen Kunde (erfasst 2026-03-10T09:00)
    2026-03-02T15:00  setzt "Angebot" fort wegen Kunde (erfasst 2026-03-11T09:00)
    """
    home.take(given().envelopes)
    targets = {
        known: local(rows(home, "2026-03-12", known)[0].target_at)
        for known in ("2026-03-10T08:59:59", "2026-03-10T09:00", "2026-03-11T09:00")
    }
    assert targets == {
        "2026-03-10T08:59:59": "2026-03-03T09:00",
        "2026-03-10T09:00": None,
        "2026-03-11T09:00": "2026-03-03T12:00",
    }


# -- by what we knew --------------------------------------------------------------------------------


def test_what_was_recorded_later_is_not_known_before(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email (erfasst 2026-03-03T12:00)
    2026-03-02T10:00  beantwortet, von ines (erfasst 2026-03-06T12:00)
    """
    home.take(given().envelopes)
    moment = "2026-03-05T09:00"
    assert states(home, moment, "2026-03-03T11:59:59") == {}
    assert states(home, moment, "2026-03-03T12:00") == {"Frage": "unanswered"}
    assert states(home, moment, "2026-03-06T11:59:59") == {"Frage": "unanswered"}
    assert states(home, moment, "2026-03-06T12:00") == states(home, moment) == {"Frage": "answered"}
    assert states(home, "2026-03-02T09:30") == {"Frage": "open"}


def test_a_contact_told_late_that_came_first_begins_the_question_from_then_on(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1 (erfasst 2026-03-09T09:00)
    2026-03-02T14:00  K-17 fragt "B", Faden T-1 (erfasst 2026-03-02T14:00)
    """
    home.take(given().envelopes)
    before, after = (rows(home, "2026-03-10", known) for known in ("2026-03-08", None))
    assert [(row.id, local(row.asked_at)) for row in before] == [("B", "2026-03-02T14:00")]
    assert [(row.id, local(row.asked_at)) for row in after] == [("B", "2026-03-02T09:00"), ("A", "2026-03-02T09:00")]


def test_at_every_moment_and_knowledge_a_contact_stands_in_one_row_at_most(home: Home, given: Given) -> None:
    """
    2026-03-01T09:00  Kunde K-17, zuständig ines (erfasst 2026-03-06T12:00)
    2026-03-02T09:00  K-17 fragt "A", Faden T-1 (erfasst 2026-03-03T12:00)
    2026-03-02T10:00  beantwortet, automatisch (erfasst 2026-03-04T12:00)
    2026-03-02T11:00  beantwortet, von ines (erfasst 2026-03-08T12:00)
    2026-03-02T10:30  K-17 fragt "B", Faden T-1 (erfasst 2026-03-07T12:00)
    2026-03-02T10:45  beantwortet "B", von lutz [B] (erfasst 2026-03-09T12:00)
    2026-03-04T10:00  führt K-16 und K-17 zusammen (erfasst 2026-03-05T12:00)
    2026-03-09T10:00  zieht zurück [B] (erfasst 2026-03-10T12:00)
    """
    home.take(given().envelopes)
    start = at("2026-03-02")
    for hours in range(0, 10 * 24, 7):
        for known_hours in range(0, 10 * 24, 11):
            then = Moment(start + timedelta(hours=hours), start + timedelta(hours=known_hours))
            found = ids(listed(home.konto.library, home.konto.asker, then))
            assert len(found) == len(set(found)) == count(home.konto.library, home.konto.asker, then)


def test_a_retracted_answer_leaves_the_question_unanswered_at_every_moment_but_not_by_earlier_knowledge(
    home: Home, given: Given
) -> None:
    home.take(
        given(ASKED + "2026-03-02T11:00  beantwortet, von ines [a]\n2026-03-20T09:00  zieht zurück [a]").envelopes
    )
    assert states(home, "2026-03-02T12:00") == {"Frage": "open"}
    assert states(home, "2026-03-05") == {"Frage": "unanswered"}
    assert states(home, "2026-03-05", "2026-03-20T08:59") == {"Frage": "answered"}


def test_a_retracted_contact_is_gone_and_its_answer_waits(home: Home, given: Given) -> None:
    """
    2026-03-01T09:00  Kunde K-17
    2026-03-02T09:00  K-17 fragt "Frage", Kanal email [f]
    2026-03-02T11:00  beantwortet, von ines
    2026-03-20T09:00  zieht zurück [f]
    """
    home.take(given().envelopes)
    assert states(home, "2026-03-30") == {}
    assert states(home, "2026-03-30", "2026-03-19") == {"Frage": "answered"}


# -- who answers ------------------------------------------------------------------------------------

PEOPLE = """
[[teams]]
name = "Büro"
[[teams]]
name = "Montage"
[[persons]]
id = "ines"
name = "Ines Vogt"
team = "Büro"
[[persons]]
id = "lutz"
name = "Lutz Kern"
team = "Montage"
"""


def test_whoever_answered_answers_for_it_before_that_whoever_was_asked_else_who_looks_after_the_customer(
    home: Home, given: Given
) -> None:
    home.clock.now = at("2026-01-01")
    home.konto.publish("people", PEOPLE)
    text = '2026-03-01T09:00  Kunde K-17, zuständig ines\n2026-03-02T09:00  K-17 fragt "A", Faden T-1\n'
    text += '2026-03-02T09:00  K-17 fragt "B", Faden T-2, an lutz\n'
    text += '2026-03-02T11:00  beantwortet "A", von lutz\n2026-03-02T11:00  beantwortet "B"\n'
    home.take(given(text).envelopes)

    def owners(moment: str) -> dict[str, tuple[str | None, str | None]]:
        return {row.id: (row.owner, row.team) for row in rows(home, moment)}

    ines, lutz = ("Ines Vogt", "Büro"), ("Lutz Kern", "Montage")
    assert owners("2026-03-02T10:00") == {"A": ines, "B": lutz}
    assert owners("2026-03-02T12:00") == {"A": lutz, "B": lutz}
    assert ids(rows(home, "2026-03-02T10:00", where={"owner": "lutz"})) == ["B"]
    assert ids(rows(home, "2026-03-02T12:00", where={"owner": "lutz"})) == ["A", "B"]
    assert ids(rows(home, "2026-03-02T12:00", where={"team": "Montage"})) == ["A", "B"]


# -- lists ------------------------------------------------------------------------------------------

SEVERAL = """
2026-03-02T09:00  K-1 fragt "in time", Kanal email, Faden T-1
2026-03-02T10:00  beantwortet, von ines
2026-03-02T09:10  K-1 fragt "late", Kanal email, Faden T-2
2026-03-04T09:00  beantwortet, von lutz
2026-03-02T09:20  K-2 fragt "never", Kanal phone
2026-03-05T09:30  K-2 fragt "open", Kanal email
2026-03-02T09:40  K-2 fragt "thanks", Kanal email, braucht keine Antwort
2026-03-03T09:50  K-2 hakt nach "again" zu "never", Kanal phone
2026-03-02T10:30  meldet sich "ours" bei K-1, Zweck advice, von ines, Kanal phone
"""


def test_a_list_by_state_holds_that_state_the_newest_first(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    moment = "2026-03-05T10:00"
    assert ids(rows(home, moment)) == ["open", "again", "ours", "thanks", "never", "late", "in time"]
    for state, expected in {
        "open": ["open"],
        "answered": ["in time"],
        "late": ["late"],
        "unanswered": ["again", "never"],
    }.items():
        assert ids(rows(home, moment, states=[state])) == expected
        then = Moment(at(moment))
        assert count(home.konto.library, home.konto.asker, then, states=[state]) == len(expected)
    assert ids(rows(home, moment, states=["open", "late"])) == ["open", "late"]


def test_lists_are_cut_into_pages(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    everything = ids(rows(home, "2026-03-05T10:00"))
    pages = [ids(rows(home, "2026-03-05T10:00", limit=3, offset=start)) for start in (0, 3, 6)]
    assert [id for page in pages for id in page] == everything


def test_every_row_says_what_it_is(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    found = {row.id: row for row in rows(home, "2026-03-05T10:00")}
    assert (found["ours"].inbound, found["ours"].purpose, found["ours"].owner) == (False, "advice", "ines")
    assert (found["again"].chases, found["never"].chases) == (True, False)
    assert (found["thanks"].needs_answer, found["open"].needs_answer) == (False, True)
    assert {row.source for row in found.values()} == {"crm"}
    assert (found["never"].customer_id, found["never"].channel) == ("K-2", "phone")


def test_the_dimensions_that_contacts_have_select_and_by_the_others_there_are_none(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    moment = "2026-03-05T10:00"
    assert ids(rows(home, moment, where={"customer": "K-1"})) == ["ours", "late", "in time"]
    assert ids(rows(home, moment, where={"channel": "phone"})) == ["again", "ours", "never"]
    assert ids(rows(home, moment, where={"owner": "lutz"})) == ["late"]
    for dimension in ("supplier", "product", "kind", "severity"):
        assert rows(home, moment, where={dimension: "email"}) == []


def test_an_unknown_state_is_refused_with_what_is_possible(home: Home) -> None:
    with pytest.raises(Refused, match=r"no state “lost”.*open, answered, late, unanswered"):
        rows(home, "2026-03-05", states=["lost"])


def test_an_owner_sees_their_own_and_who_has_no_role_sees_none(home: Home, given: Given) -> None:
    home.take(given(SEVERAL).envelopes)
    home.clock.now = at("2026-03-06")
    home.konto.publish("people", PEOPLE)
    home.konto.catch_up()
    library, moment = home.konto.library, Moment(at("2026-03-05T10:00"))
    assert ids(listed(library, Asker("lutz", frozenset({"owner"})), moment)) == ["late"]
    assert len(listed(library, Asker("karin", frozenset({"auditor"})), moment)) == 7
    with pytest.raises(NotAllowed):
        listed(library, Asker("karin", frozenset({"admin"})), moment)


# -- one with another -------------------------------------------------------------------------------


def test_merged_customers_have_one_question_in_a_thread_and_two_again_once_separated(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  K-17 fragt "A", Faden T-1
    2026-03-02T10:00  K-18 fragt "B", Faden T-1
    2026-03-02T11:00  beantwortet "B", von ines
    2026-03-10T09:00  führt K-17 und K-18 zusammen
    2026-03-12T09:00  trennt K-17 und K-18
    """
    home.take(given().envelopes)
    two = {"A": "unanswered", "B": "answered"}
    assert states(home, "2026-03-09", "2026-03-09") == two
    assert states(home, "2026-03-09", "2026-03-11") == {"A": "answered", "B": "answered"}
    assert states(home, "2026-03-09") == two


@pytest.mark.parametrize("page_size", [1, 3, 1000])
def test_followed_in_pages_of_any_length_the_rows_are_the_same(home: Home, given: Given, page_size: int) -> None:
    text = SEVERAL + "2026-03-06T09:00  führt K-1 und K-2 zusammen\n"
    told = list(given(text).envelopes)
    for start in range(0, len(told), page_size):
        home.take_as_they_come(told[start : start + page_size], at("2026-03-07"))
    tables = {name: home.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in ("contacts", "questions")}
    home.konto.rebuild()
    assert {name: home.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables} == tables
    assert all(tables.values())
