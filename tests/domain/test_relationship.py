"""Recorded by mistake is as if it had never been; merged is as if they had always been one customer.

Both at every moment: what was taken out and who is one with whom does not depend on when that was found out. Only what
we knew at an earlier moment does (tests/projections/test_corrections.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from domain import account
from domain.account import Posting
from domain.follow_up import follow_ups
from domain.question import questions
from domain.recovery import case_of
from tests.notation import Data, Given, History, at

CUSTOMER = "customer-K-17"
MOMENTS = ("2026-03-02T12:00", "2026-03-04T12:00", "2026-03-06T12:00", "2026-03-10T12:00", "2026-04-20", "2027-03-01")


def everything(history: History, customer: str = CUSTOMER) -> dict[str, Any]:
    """All that follows from the facts between a customer and us."""
    relationship, steered = history.relationship(customer), history.steered
    found: dict[str, Any] = {
        "lines": history.postings_of(customer),
        "questions": [
            question._replace(asked=question.asked.key, answered=question.answered and question.answered.key)
            for question in questions(relationship, steered)
        ],
        "incidents": {
            stream: [(done.step, done.fact.key, done.in_time) for done in case_of(history_, relationship, steered).done]
            for stream, history_ in relationship.incidents.items()
        },
        "follow ups": [
            (each.promise, each.until, each.followed and each.followed.key)
            for each in follow_ups(relationship, steered)
        ],
    }
    bare = account.bare_lines(relationship, steered)
    factors = account.Factors(relationship, bare, steered)
    for moment in MOMENTS:
        found[moment] = (relationship.at(at(moment)), factors.sensitivity(at(moment)))
    return found


def at_moments(lines: list[Posting], history: History) -> list[list[int]]:
    """What each standing line counts at each moment."""
    books = history.steering.rulebooks
    return [[line.counts_at(at(moment), books) for line in lines if line.stands_at(at(moment))] for moment in MOMENTS]


def without(history: History, *ids: str) -> History:
    """As if these facts had never been recorded."""
    return History([each for each in history.envelopes if each["id"] not in ids], history.steering)


def same(one: History, other: History, customer: str = CUSTOMER) -> None:
    assert everything(one, customer) == everything(other, customer)
    lines = one.postings_of(customer)
    assert at_moments(lines, one) == at_moments(other.postings_of(customer), other)
    assert any(at_moments(lines, one)), "there is something to compare"


def turned(history: History) -> list[History]:
    """The same facts recorded in other orders that are possible without waiting."""
    told = list(history.envelopes)
    return [History(told[turn:] + told[:turn], history.steering) for turn in range(len(told))]


# -- recorded by mistake ----------------------------------------------------------------------------

LIFE = """
2026-03-02T08:00  Kunde K-17, zuständig ines [registered]
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T12:00, Art delivery [made]
2026-03-02T10:00  K-17 fragt "Frage 1", Kanal email, Faden T-1, über "Angebot" [asked]
2026-03-02T11:00  beantwortet "Frage 1", von ines [answered]
2026-03-02T15:00  pausiert "Angebot" wegen Kunde [paused]
2026-03-03T09:00  setzt "Angebot" fort wegen Kunde [resumed]
2026-03-03T10:00  K-17 fragt "Frage 2", Kanal email, Faden T-1 [asked again]
2026-03-03T11:00  verschiebt "Angebot" auf 2026-03-05T12:00, mit Alternative [moved]
2026-03-05T11:00  erfüllt "Angebot" [kept]
2026-03-06T09:00  meldet sich bei K-17, Zweck follow_up, Kanal phone [called]
2026-03-06T10:00  Vorfall K-17 "V-1" complaint, zu "Angebot" [reported]
2026-03-06T11:00  nennt den Grund, von ines [explained]
2026-03-06T13:00  entschuldigt sich, von ines [apologised]
2026-03-06T14:00  K-17 hakt nach "Frage 3" zu "Frage 2", Kanal email, Faden T-1 [chased]
2026-03-09T09:00  löst "V-1" [resolved]
2026-03-09T10:00  Rückmeldung K-17 2 [feedback]
2026-03-09T11:00  Empfindlichkeit K-17 1.5 [sensitive]
2026-03-09T12:00  zuständig für K-17 ist lutz [owner]
2026-03-10T09:00  verspricht K-17 lutz "Rohr" bis 2026-03-12T12:00 [made later]
2026-03-12T09:00  K-17 empfiehlt uns [referral]
"""
BELONGING = {
    "made": ("paused", "resumed", "moved", "kept"),
    "asked": ("answered",),
    "reported": ("explained", "apologised", "resolved"),
}
"""What cannot stand without these."""


@pytest.mark.parametrize("gone", [each["id"] for each in Given("")(LIFE).envelopes])
def test_a_fact_recorded_by_mistake_is_at_every_moment_as_if_it_had_never_been(given: Given, gone: str) -> None:
    retracted = given(LIFE + f"2026-03-20T09:00  zieht zurück [{gone}]")
    same(retracted, without(given(LIFE), gone, *BELONGING.get(gone, ())))


def test_a_retraction_counts_at_moments_long_before_it_was_made(given: Given) -> None:
    """Two years later somebody notices: on the day itself the customer had not asked."""
    retracted = given(LIFE + "2028-03-20T09:00  zieht zurück [chased]")
    assert "chased" in dict(given(LIFE).lines("2026-03-07"))
    assert "chased" not in dict(retracted.lines("2026-03-07"))


def test_the_account_without_it_is_the_same_in_whichever_order_they_came(given: Given) -> None:
    text = LIFE + "2026-03-20T09:00  zieht zurück [answered]\n2026-03-20T10:00  zieht zurück [moved]"
    expected = without(given(LIFE), "answered", "moved")
    for history in turned(given(text)):
        same(history, expected)


def test_a_retraction_that_was_itself_a_mistake_lets_the_fact_count_again(given: Given) -> None:
    text = LIFE + "2026-03-20T09:00  zieht zurück [kept] [gone]\n2026-03-21T09:00  zieht zurück [gone]"
    same(given(text), given(LIFE))


def test_begun_anew_under_the_same_id_what_belongs_to_it_counts_again(given: Given) -> None:
    """For another owner, an hour later."""
    anew = '2026-03-02T09:30  verspricht K-17 lutz "Angebot" bis 2026-03-04T12:00, Art delivery [anew]\n'
    text = LIFE + "2026-03-20T09:00  zieht zurück [made]\n" + anew
    expected = without(given(LIFE + anew), "made")
    same(given(text), expected)


def test_begun_anew_for_another_customer_it_counts_for_them(given: Given) -> None:
    anew = '2026-03-02T10:00  Vorfall K-18 "V-1" complaint [anew]\n'
    history = given(LIFE + "2026-03-20T09:00  zieht zurück [reported]\n" + anew)
    same(history, without(given(LIFE), "reported", "explained", "apologised", "resolved"))
    assert {line.rule for line in history.postings_of("customer-K-18")} == {"incident"}


def test_what_becomes_impossible_without_it_waits_and_earns_nothing(given: Given) -> None:
    history = given(LIFE + "2026-03-20T09:00  zieht zurück [made]")
    rules = {line.rule for line in history.postings}
    assert rules.isdisjoint({"moved_in_time", "kept_after_timely_move", "overdue"} - {"overdue"})
    assert [line.subject for line in history.postings if line.rule == "overdue"] == ["promise-Rohr"]


def test_feedback_without_a_customer_waits_again_when_what_it_is_about_was_a_mistake(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" [made]
    2026-03-03T09:00  Rückmeldung ? 1, über Angebot
    2026-03-03T10:00  K-17 empfiehlt uns
    2026-03-04T09:00  zieht zurück [made]
    """
    assert [line.rule for line in given().postings_of(CUSTOMER)] == ["referral"]


# -- two customers that are one ---------------------------------------------------------------------

TWO = """
2026-03-02T08:00  Kunde K-17, zuständig ines [1]
2026-03-02T08:30  Kunde K-18, zuständig lutz, seit 2025-01-01 [2]
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T12:00 [3]
2026-03-02T09:30  verspricht K-18 lutz "Therme" bis 2026-03-03T12:00, Art delivery [4]
2026-03-02T10:00  K-17 fragt "Frage 1", Kanal email, Faden T-1 [5]
2026-03-02T10:30  K-18 fragt "Frage 2", Kanal email, Faden T-1 [6]
2026-03-02T11:00  beantwortet "Frage 2", von ines [7]
2026-03-02T13:30  K-17 fragt "Frage 3", Kanal phone [8]
2026-03-02T14:00  K-18 fragt "Frage 4", Kanal phone [9]
2026-03-03T11:00  erfüllt "Therme" [10]
2026-03-03T14:00  bricht "Angebot" [11]
2026-03-04T09:00  meldet sich bei K-17, Zweck follow_up, Kanal phone [12]
2026-03-04T09:30  meldet sich bei K-18, Zweck check_in, Kanal phone [13]
2026-03-05T09:00  meldet sich bei K-17, Zweck check_in, Kanal phone [14]
2026-03-06T09:00  Vorfall K-17 "V-1" wrong_work [15]
2026-03-06T10:00  nennt den Grund zu "V-1" [16]
2026-03-09T09:00  Vorfall K-18 "V-2" wrong_work, zu "Angebot" [17]
2026-03-09T10:00  nennt den Grund zu "V-2" [18]
2026-03-10T09:00  K-18 hakt nach zu "Frage 3", Kanal chat [19]
2026-03-11T09:00  Rückmeldung K-18 2 [20]
2026-03-12T09:00  zuständig für K-18 ist karin [21]
2026-03-13T09:00  K-17 empfiehlt uns [22]
"""
MERGED = "2026-03-16T09:00  führt K-17 und K-18 zusammen [merged]\n"
SEPARATED = "2026-03-17T09:00  trennt K-17 und K-18 [separated]\n"


def renamed(history: History, duplicates: Mapping[str, str]) -> History:
    """As if all facts had named the survivor."""

    def of(envelope: Data) -> Data:
        data = envelope["data"]
        named = duplicates.get(data.get("customer", ""), data.get("customer"))
        return envelope if named is None else {**envelope, "data": {**data, "customer": named}}

    return History([of(each) for each in history.envelopes], history.steering)


ONE: Callable[[History], History] = lambda history: renamed(history, {"K-18": "K-17"})  # noqa: E731


def test_merged_they_were_always_one_at_every_moment(given: Given) -> None:
    same(given(TWO + MERGED), ONE(given(TWO)))


def test_nothing_is_left_at_the_duplicate(given: Given) -> None:
    history = given(TWO + MERGED)
    assert history.postings_of("customer-K-18") == []
    assert history.relationship("customer-K-18").facts == []


def test_what_they_asked_in_one_thread_or_on_one_channel_becomes_one_question(given: Given) -> None:
    two, one = given(TWO), given(TWO + MERGED)
    assert [len(questions(two.relationship(f"customer-{each}"), two.steered)) for each in ("K-17", "K-18")] == [2, 3]
    found = questions(one.relationship(CUSTOMER), one.steered)
    assert [each.contacts for each in found] == [
        ("contact-Frage 1", "contact-Frage 2"),
        ("contact-Frage 3", "contact-Frage 4"),
        ("contact-contact 19",),
    ]


def test_merging_brings_together_what_weighs_on_each_other(given: Given) -> None:
    """The second wrong work is a repetition, it names a promise of the other, and one check-in counts of two."""
    two, one = given(TWO), given(TWO + MERGED)
    lines = {(line.rule, line.fact): line for line in one.postings_of(CUSTOMER)}
    apart = {(line.rule, line.fact): line for line in two.postings_of("customer-K-18")}
    assert apart["incident", "17"].base == -8_00
    assert lines["incident", "17"].base == 0
    assert lines["reason_given", "18"].points == 0
    assert ("check_in", "13") in lines
    assert ("check_in", "14") not in lines
    assert ("follow_up", "12") in lines, "the call to one of them followed up the delivery to the other"


def test_the_survivors_state_is_what_was_told_last_of_either(given: Given) -> None:
    relationship = given(TWO + MERGED).relationship(CUSTOMER)
    owners = [
        relationship.at(at(moment)).owner for moment in ("2026-03-02T08:00", "2026-03-02T08:30", "2026-03-12T09:00")
    ]
    assert owners == ["ines", "lutz", "karin"]
    assert str(relationship.at(at("2026-03-12T09:00")).since) == "2025-01-01"


def test_separated_they_were_never_merged(given: Given) -> None:
    history = given(TWO + MERGED + SEPARATED)
    for customer in ("customer-K-17", "customer-K-18"):
        same(history, given(TWO), customer)


def test_merged_and_separated_in_any_order_of_arrival(given: Given) -> None:
    for text, expected in ((TWO + MERGED, ONE(given(TWO))), (TWO + MERGED + SEPARATED, given(TWO))):
        for history in turned(given(text))[::4]:
            same(history, expected)


def test_a_merge_retracted_is_as_if_it_had_never_been(given: Given) -> None:
    history = given(TWO + MERGED + "2026-03-18T09:00  zieht zurück [merged]")
    for customer in ("customer-K-17", "customer-K-18"):
        same(history, given(TWO), customer)


def test_a_separation_retracted_leaves_them_one(given: Given) -> None:
    history = given(TWO + MERGED + SEPARATED + "2026-03-18T09:00  zieht zurück [separated]")
    same(history, ONE(given(TWO)))


def test_a_fact_of_the_duplicate_recorded_by_mistake_counts_nowhere_after_the_merge(given: Given) -> None:
    history = given(TWO + MERGED + "2026-03-18T09:00  zieht zurück [20]")
    same(history, without(ONE(given(TWO)), "20"))


def test_facts_that_still_arrive_for_the_duplicate_count_for_the_survivor(given: Given) -> None:
    later = "2026-04-01T09:00  K-18 empfiehlt uns [later]\n"
    same(given(TWO + MERGED + later), ONE(given(TWO + later)))


def test_a_chain_of_merges_ends_with_the_last_survivor(given: Given) -> None:
    chain = MERGED + "2026-03-17T09:00  führt K-16 und K-17 zusammen [second]\n"
    expected = renamed(given(TWO), {"K-18": "K-16", "K-17": "K-16"})
    same(given(TWO + chain), expected, "customer-K-16")


def test_feedback_about_a_promise_of_the_duplicate_counts_for_the_survivor(given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-18 ines "Angebot"
    2026-03-03T09:00  Rückmeldung ? 5, über Angebot
    2026-03-04T09:00  führt K-17 und K-18 zusammen
    """
    assert [line.rule for line in given().postings_of(CUSTOMER)] == ["feedback"]
