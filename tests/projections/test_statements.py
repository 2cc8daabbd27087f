"""The statement of an account as the tables give it: the fold of its facts, at any moment, by any knowledge."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.account import Posting
from projections import statements
from projections.statements import Statement
from tests.homes import Home
from tests.notation import Given, History, at

YEAR = """
2026-01-05T08:00  Kunde K-17, zuständig ines, seit 2025-11-01 (erfasst 2026-01-05T08:00)
2026-01-05T09:00  verspricht K-17 ines "Angebot" bis 2026-01-08T16:00 (erfasst 2026-01-05T09:00)
2026-01-08T15:00  erfüllt "Angebot" (erfasst 2026-02-01T09:00)
2026-01-06T09:00  verspricht K-17 lutz "Therme" bis 2026-01-15, beabsichtigt (erfasst 2026-01-06T09:00)
2026-01-15T12:00  verschiebt "Therme" auf 2026-01-20 (erfasst 2026-01-16T09:00)
2026-01-23T09:00  erfüllt "Therme" (erfasst 2026-01-23T09:00)
2026-01-24T09:00  Empfindlichkeit K-17 1.5 (erfasst 2026-01-24T09:00)
2026-01-25T09:00  Rückmeldung K-17 2 (erfasst 2026-03-01T09:00)
2026-02-02T09:00  verspricht K-17 karin "Rohr" bis 2026-02-05T12:00 (erfasst 2026-02-02T09:00)
2026-02-03T09:00  übergibt "Rohr" an lutz (erfasst 2026-02-10T09:00)
2026-02-20T09:00  verspricht K-17 karin "Wartung" bis 2026-02-27T12:00, intern (erfasst 2026-02-20T09:00)
2026-03-02T09:00  zuständig für K-17 ist karin (erfasst 2026-03-02T09:00)
2026-03-03T09:00  K-17 empfiehlt uns (erfasst 2026-03-03T09:00)
"""
MOMENTS = ["2026-01-05", "2026-01-15T18:00", "2026-01-22", "2026-02-07T12:00", "2026-03-02T09:00", "2027-06-01"]
KNOWN = ["2026-01-05T08:30", "2026-01-16T09:00", "2026-02-01T08:59:59", "2026-02-01T09:00", "2026-03-01T09:00"]


def line(posting: Posting) -> tuple[object, ...]:
    """A line without its internal names and digests."""
    return (posting.time, posting.until, posting.due, posting.rule, posting.base, posting.points, posting.factors)


def sorted_lines(postings: list[Posting]) -> list[tuple[object, ...]]:
    return sorted((line(each) for each in postings), key=repr)


def customer_of(home: Home) -> str:
    ((customer,),) = home.rows("SELECT customer FROM customers")
    return str(customer)


def statement(home: Home, moment: str) -> Statement:
    konto = home.konto
    return statements.statement(konto.library, konto.asker, customer_of(home), konto.steering, at(moment))


@pytest.fixture
def year(home: Home, given: Given) -> History:
    history = given(YEAR)
    home.take(history.envelopes)
    return history


def test_the_stored_lines_are_those_of_the_fold(home: Home, year: History) -> None:
    stored = statements.lines_of(home.konto.views, customer_of(home))
    assert sorted_lines(stored) == sorted_lines(year.postings)
    assert {each.rule for each in stored} >= {"kept", "moved_late_without_alternative", "fulfilled_late", "overdue"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_every_moment_balance_buffer_stage_and_reliability_are_those_of_the_fold(
    home: Home, year: History, moment: str
) -> None:
    found = statement(home, moment)
    assert found.balance == sum(each.counts for each in found.lines)
    assert found.balance / 100 == year.balance(moment)
    assert [(each.posting.rule, each.points / 100) for each in found.lines] == year.lines(moment)
    assert found.buffer == pytest.approx(year.buffer(moment))
    assert found.stage == year.stage(moment)
    assert tuple(found.reliability) == pytest.approx(tuple(year.reliability(moment)))


@pytest.mark.parametrize("known", KNOWN)
def test_as_known_on_a_moment_it_is_the_fold_of_what_had_been_recorded_by_then(
    home: Home, year: History, known: str
) -> None:
    konto, customer = home.konto, customer_of(home)
    then = year.known_on(known)
    found = statements.lines_known_on(konto.library, customer, at(known))
    assert sorted_lines(found) == sorted_lines(then.postings)
    evidence = statements.evidence_of(konto.views, "customer", customer, at(known))
    assert sorted(evidence) == sorted(then.evidence())


def test_what_was_recorded_later_is_missing_just_before_and_there_from_that_instant_on(
    home: Home, year: History
) -> None:
    """On 1 February at 9:00 we learn that the quotation was kept three weeks ago."""
    konto, customer = home.konto, customer_of(home)
    learned = at("2026-02-01T09:00")
    for known, count in ((learned - timedelta(microseconds=1), 1), (learned, 2)):
        assert len(statements.evidence_of(konto.views, "customer", customer, known)) == count
        lines = statements.lines_known_on(konto.library, customer, known)
        assert ("kept" in {each.rule for each in lines}) is (count == 2)


def test_reliability_of_somebody_rests_on_the_promises_that_they_answer_for(home: Home, year: History) -> None:
    views, person = home.konto.views, home.konto.library.ids.person
    assert len(statements.evidence_of(views, "owner", person("ines"))) == 1
    assert len(statements.evidence_of(views, "owner", person("lutz"))) == 1
    ended = '2026-03-04T09:00  bricht "Rohr" [ende]\n2026-03-04T10:00  bricht "Wartung" [ende-2]'
    home.take(Given("")(ended).envelopes)

    def weights(name: str) -> list[float]:
        return [each.weight for each in statements.evidence_of(views, "owner", person(name))]

    # "Therme" came 2 days and 9 hours late: 4.38 points less, of the 12 between broken and kept.
    assert weights("lutz") == [pytest.approx((8 - 4.38) / 12), 0.0]
    assert weights("karin") == [0.0]


def test_evidence_is_counted_once_and_keeps_its_weight_whatever_happens_after_the_end(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "Zurück" bis 2026-03-06T12:00 (erfasst 2026-03-02T09:00)
    2026-03-03T09:00  nimmt "Zurück" zurück, mit Grund, mit Alternative (erfasst 2026-03-03T09:00)
    2026-03-04T09:00  übergibt "Zurück" an lutz (erfasst 2026-03-05T09:00)
    2026-03-02T09:00  verspricht K-17 ines "Erlassen" bis 2026-03-06T12:00 (erfasst 2026-03-02T09:00)
    2026-03-03T09:00  erlässt "Erlassen" (erfasst 2026-03-03T09:00)
    """
    home.take(given().envelopes)
    views, customer = home.konto.views, customer_of(home)
    for known in (None, at("2026-03-03T09:00"), at("2026-03-05T09:00"), at("2026-03-05T09:00") - timedelta(seconds=1)):
        evidence = statements.evidence_of(views, "customer", customer, known)
        assert [each.weight for each in evidence] == [pytest.approx(8 / 12)], known
