"""Two customers that turned out to be one: recorded, undone, and refused where it would run in a circle."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from domain.fact import Fact
from domain.identity import survivors
from domain.lives import standing
from domain.record import Receipt
from projections import audit
from projections.filters import Moment
from tests.homes import Home
from tests.notation import Data, at, envelopes
from wiring.worker import run_tick

NOW = at("2026-04-01T12:00")
LATER = NOW + timedelta(days=1)

MERGED = "2026-03-02T09:00  führt K-17 und K-18 zusammen [merged]"
SEPARATED = "2026-03-05T09:00  trennt K-17 und K-18 [separated]"


def facts(*lines: str) -> list[Data]:
    return list(envelopes("\n".join(lines)))


def take(home: Home, *lines: str) -> list[Receipt]:
    return home.take_as_they_come(facts(*lines), NOW)


def statuses(receipts: list[Receipt]) -> list[str]:
    return [receipt.status for receipt in receipts]


def in_the_log(home: Home) -> list[Fact]:
    return [fact for fact in home.konto.log.page(0, 1000) if fact.customer]


def one_with(home: Home) -> dict[str, str]:
    """For whom the history of each merged customer counts, by the source's own ids."""
    streams: dict[str, list[Fact]] = {}
    for fact in in_the_log(home):
        streams.setdefault(fact.stream, []).append(fact)
    found = survivors(fact for history in streams.values() for fact in standing(history))
    ids = home.konto.log.ids
    names = {f"customer-{ids.thing('crm', name)}": name for name in ("K-16", "K-17", "K-18", "K-19")}
    return {names[customer]: names[survivor] for customer, survivor in found.items()}


def test_a_merge_stands_in_the_duplicates_own_stream(home: Home):
    assert statuses(take(home, MERGED)) == ["recorded"]
    (fact,) = in_the_log(home)
    assert fact.stream == fact.customer == fact.data.duplicate  # type: ignore[attr-defined]
    assert one_with(home) == {"K-18": "K-17"}


def test_the_same_merge_again_is_already_there_and_under_another_id_it_changes_nothing(home: Home):
    again = "2026-03-03T09:00  führt K-17 und K-18 zusammen [again]"
    assert statuses(take(home, MERGED, MERGED, again)) == ["recorded", "already", "recorded"]
    assert statuses(take(home, MERGED)) == ["already"]
    assert one_with(home) == {"K-18": "K-17"}


def test_the_same_key_with_another_survivor_is_refused_and_the_field_is_named(home: Home):
    take(home, MERGED)
    (receipt,) = take(home, "2026-03-02T09:00  führt K-16 und K-18 zusammen [merged]")
    assert (receipt.status, receipt.refused and receipt.refused.code) == ("refused", "other_content")
    assert receipt.refused is not None
    assert receipt.refused.params["fields"] == "data.customer"


def test_a_customer_known_a_moment_ago_may_be_merged_in_the_same_batch(home: Home):
    """Registered, promised something, merged and changed, all in one file."""
    told = take(
        home,
        "2026-03-01T09:00  Kunde K-18, ist partner",
        '2026-03-01T09:00  verspricht K-18 ines "Angebot" bis 2026-03-04',
        "2026-03-01T10:00  K-17 empfiehlt uns",
        MERGED,
        "2026-03-03T09:00  Kunde K-18 geändert, ist customer",
        SEPARATED,
        "2026-03-06T09:00  K-18 geht",
    )
    assert statuses(told) == ["recorded"] * 7
    assert [fact.position for fact in in_the_log(home)] == sorted(fact.position for fact in in_the_log(home))
    assert one_with(home) == {}


def test_facts_for_a_merged_duplicate_are_recorded_as_before(home: Home):
    take(home, MERGED)
    assert statuses(take(home, '2026-03-03T09:00  verspricht K-18 ines "Angebot" bis 2026-03-04')) == ["recorded"]


# -- undone -------------------------------------------------------------------------------------------------


def test_a_separation_waits_for_its_merge(home: Home):
    assert statuses(take(home, SEPARATED)) == ["parked"]
    (parked,) = home.konto.log.parked()
    assert (parked.fact.id, parked.reason) == ("separated", "")
    assert statuses(home.take_as_they_come(facts(MERGED), LATER)) == ["recorded"]
    assert home.konto.log.parked() == []
    assert one_with(home) == {}


def test_a_separation_does_not_take_a_merge_into_another_for_its_own(home: Home):
    take(home, "2026-03-02T09:00  führt K-16 und K-18 zusammen")
    assert statuses(take(home, SEPARATED)) == ["parked"]
    assert one_with(home) == {"K-18": "K-16"}


def test_a_separation_waits_again_when_the_merge_was_a_mistake(home: Home):
    take(home, MERGED, "2026-03-03T09:00  zieht zurück [merged]")
    assert one_with(home) == {}
    assert statuses(take(home, SEPARATED)) == ["parked"]
    assert statuses(take(home, "2026-03-04T09:00  führt K-17 und K-18 zusammen [anew]")) == ["recorded"]
    assert home.konto.log.parked() == []
    assert one_with(home) == {}


def test_a_retracted_separation_leaves_them_one(home: Home):
    take(home, MERGED, SEPARATED, "2026-03-06T09:00  zieht zurück [separated]")
    assert one_with(home) == {"K-18": "K-17"}


@pytest.mark.parametrize("order", list(permutations([MERGED, SEPARATED])), ids=["merge first", "separation first"])
def test_separated_they_may_be_merged_into_others(home: Home, order: tuple[str, ...]):
    take(home, *order)
    assert statuses(take(home, "2026-03-06T09:00  führt K-16 und K-18 zusammen")) == ["recorded"]
    assert one_with(home) == {"K-18": "K-16"}


# -- refused ------------------------------------------------------------------------------------------------


def refusal(home: Home, line: str) -> tuple[str, str]:
    """Rule and sentence."""
    (receipt,) = take(home, line)
    assert receipt.status == "refused"
    assert receipt.refused is not None
    return getattr(receipt.refused, "rule", ""), str(receipt.refused)


def test_a_duplicate_has_one_survivor_and_the_merge_that_stands_is_named_as_its_source_names_it(home: Home):
    take(home, MERGED)
    rule, sentence = refusal(home, "2026-03-03T09:00  führt K-16 und K-18 zusammen [other]")
    assert rule == "already_merged"
    assert "customer.merged merged (2026-03-02T08:00" in sentence
    assert one_with(home) == {"K-18": "K-17"}


def test_two_customers_are_not_merged_into_each_other(home: Home):
    take(home, MERGED)
    rule, sentence = refusal(home, "2026-03-03T09:00  führt K-18 und K-17 zusammen [back]")
    assert rule == "merged_in_a_circle"
    assert "customer.merged merged (2026-03-02T08:00" in sentence


def test_a_circle_is_refused_however_long_it_is_naming_the_merge_that_would_close_it(home: Home):
    take(home, MERGED, "2026-03-02T10:00  führt K-18 und K-19 zusammen [second]")
    rule, sentence = refusal(home, "2026-03-01T09:00  führt K-19 und K-17 zusammen [third]")
    assert rule == "merged_in_a_circle"
    assert "customer.merged merged" in sentence
    assert one_with(home) == {"K-18": "K-17", "K-19": "K-17"}


def test_a_circle_is_refused_within_one_batch_too(home: Home):
    receipts = take(home, MERGED, "2026-03-03T09:00  führt K-18 und K-17 zusammen [back]")
    assert statuses(receipts) == ["recorded", "refused"]


def test_a_customer_is_not_merged_with_themself_by_whatever_name(home: Home):
    take(home, "2026-03-02T09:00  K-17 empfiehlt uns")
    assert refusal(home, "2026-03-03T09:00  führt K-17 und K-17 zusammen [one]")[0] == "merged_with_itself"
    assert refusal(home, "2026-03-03T09:00  führt K-17 und crm:K-17 zusammen [two]")[0] == "merged_with_itself"


def test_once_separated_the_other_way_round_is_possible(home: Home):
    take(home, MERGED, SEPARATED)
    assert statuses(take(home, "2026-03-06T09:00  führt K-18 und K-17 zusammen")) == ["recorded"]
    assert one_with(home) == {"K-17": "K-18"}


def test_when_a_retraction_would_close_a_circle_the_merge_recorded_first_counts(home: Home):
    take(home, MERGED, SEPARATED, "2026-03-06T09:00  führt K-18 und K-17 zusammen [back]")
    take(home, "2026-03-07T09:00  zieht zurück [separated]")
    assert one_with(home) == {"K-18": "K-17"}


def test_a_merge_of_another_sources_customers_names_them_by_their_source(home: Home):
    take(home, "2026-03-01T09:00  K-17 empfiehlt uns", "2026-03-01T09:00  K-18 empfiehlt uns")
    (envelope,) = facts(MERGED)
    other = {**envelope, "source": "helpdesk", "data": {"customer": "crm:K-17", "duplicate": "crm:K-18"}}
    assert statuses(home.take_as_they_come([other], NOW)) == ["recorded"]
    assert one_with(home) == {"K-18": "K-17"}


def test_the_audit_of_who_stayed_has_the_alerts_of_the_duplicate_from_before(home: Home):
    """An alert keeps the customer of when it was raised."""
    home.take(facts('2026-03-01T09:00  verspricht K-18 "Angebot" bis 2026-03-31T12:00'))
    home.clock.now = NOW
    run_tick(home.konto, NOW)
    home.take(facts("2026-04-01T13:00  führt K-17 und K-18 zusammen [merged]"))
    ((stays,),) = home.rows("SELECT DISTINCT survivor FROM customers")
    konto = home.konto
    entries = audit.timeline(konto.log, konto.library, konto.asker, stays, Moment(LATER)).entries
    assert "overdue" in [getattr(each.fact.data, "rule", "") for each in entries if each.status == "alert"]
