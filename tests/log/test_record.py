"""How facts get into the log: once each, never half, and in the words of whoever is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest

from domain.fact import Fact
from domain.record import Receipt
from domain.vocabulary import parse
from projections import customers
from tests.homes import Home
from tests.notation import Data, at, envelopes
from tests.processes import at_once
from wiring.home import open_home
from wiring.importing import CHUNK, import_file
from words import translator

NOW = at("2026-04-01T12:00")


def facts(text: str) -> list[Data]:
    return list(envelopes(text))


def statuses(receipts: list[Receipt]) -> list[str]:
    return [receipt.status for receipt in receipts]


def in_the_log(home: Home) -> list[Fact]:
    return home.konto.log.opened([fact for fact in home.konto.log.page(0, 1000) if fact.customer])


def told_in_the_log(home: Home) -> list[tuple[str, str]]:
    return [(fact.type, fact.id) for fact in in_the_log(home)]


MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00'
KEPT = '2026-03-03T09:00  erfüllt "Angebot" [kept]'


# -- the same fact again ------------------------------------------------------------------------------


def test_the_same_fact_twice_is_recorded_once(home: Home):
    first = home.take_as_they_come(facts(MADE), NOW)
    again = home.take_as_they_come(facts(MADE), NOW + timedelta(days=1))
    assert statuses(first + again) == ["recorded", "already"]
    assert told_in_the_log(home) == [("promise.made", "001")]


def test_the_same_fact_twice_in_one_batch_is_recorded_once(home: Home):
    assert statuses(home.take_as_they_come(facts(MADE) * 2, NOW)) == ["recorded", "already"]
    assert told_in_the_log(home) == [("promise.made", "001")]


def test_the_same_key_with_other_content_is_refused_and_the_differing_fields_are_named(home: Home):
    (envelope,) = facts(MADE)
    other = {**envelope, "time": at("2026-03-02T09:01").isoformat(), "data": {**envelope["data"], "by": "lutz"}}
    home.take_as_they_come([envelope], NOW)
    (receipt,) = home.take_as_they_come([other], NOW)
    assert receipt.status == "refused"
    assert receipt.refused is not None
    assert receipt.refused.code == "other_content"
    assert receipt.refused.params["fields"] == "data.by, time"
    assert receipt.before is not None
    assert receipt.before.data.by == "ines"  # type: ignore[attr-defined]
    assert [fact.data.by for fact in in_the_log(home)] == ["ines"]  # type: ignore[attr-defined]


def test_the_same_instant_under_another_offset_is_the_same_content(home: Home):
    (envelope,) = facts(MADE)
    assert envelope["time"] == "2026-03-02T08:00:00+00:00"
    data = {**envelope["data"], "due": "2026-03-04T10:00:00+02:00"}
    repeat = {**envelope, "time": "2026-03-02T09:00:00+01:00", "data": data}
    assert statuses(home.take_as_they_come([envelope, repeat], NOW)) == ["recorded", "already"]


def test_a_default_written_out_is_the_same_content(home: Home):
    (envelope,) = facts(MADE)
    repeat = {**envelope, "data": {**envelope["data"], "severity": "normal", "internal": False, "team": None}}
    assert statuses(home.take_as_they_come([envelope, repeat], NOW)) == ["recorded", "already"]


def test_two_sources_may_use_the_same_id_for_different_facts(home: Home):
    (envelope,) = facts(MADE)
    other = {**envelope, "source": "helpdesk", "data": {**envelope["data"], "by": "lutz"}}
    assert statuses(home.take_as_they_come([envelope, other], NOW)) == ["recorded", "recorded"]


def test_a_refused_fact_is_refused_again_in_the_same_batch_and_may_come_corrected(home: Home):
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-01T09:00  erfüllt "Angebot" [kept]
    """
    made, early = facts(test_a_refused_fact_is_refused_again_in_the_same_batch_and_may_come_corrected.__doc__ or "")
    corrected = {**early, "time": at("2026-03-03T09:00").isoformat()}
    receipts = home.take_as_they_come([made, early, early, corrected], NOW)
    assert statuses(receipts) == ["recorded", "refused", "refused", "recorded"]
    assert str(receipts[1].refused) == str(receipts[2].refused)


def test_two_processes_that_record_the_same_facts_at_once_record_each_once(tmp_path: Path):
    lines = [f'2026-03-02T{hour:02}:{minute:02}  verspricht K-{minute} ines "P-{hour}-{minute}" bis 2026-03-20'
             for hour in range(8, 10) for minute in range(20)]  # fmt: skip
    told = facts("\n".join(lines))
    open_home(tmp_path / "home", environment={}).close()
    answers = at_once(record_one_by_one, [(str(tmp_path / "home"), told)] * 2)
    assert sorted(chain(*answers)) == sorted(["recorded"] * len(told) + ["already"] * len(told))
    konto = open_home(tmp_path / "home", environment={})
    opened = konto.log.opened(konto.log.page(0, 1000))
    konto.close()
    assert sorted(fact.id for fact in opened) == sorted(envelope["id"] for envelope in told)
    assert [fact.position for fact in opened] == list(range(1, len(told) + 1))


def record_one_by_one(folder: str, told: list[Data]) -> list[str]:
    konto = open_home(Path(folder), environment={}, clock=lambda: NOW)
    try:
        return [konto.record([parse(envelope, now=NOW)])[0].status for envelope in told]
    finally:
        konto.close()


# -- parked -------------------------------------------------------------------------------------------


def test_a_fact_about_an_unknown_promise_is_parked_and_recorded_when_the_promise_comes(home: Home):
    made, kept = facts(f"{MADE}\n{KEPT}")
    assert statuses(home.take_as_they_come([kept], NOW)) == ["parked"]
    assert in_the_log(home) == []
    (parked,) = home.konto.log.parked()
    assert (parked.fact.id, parked.fact.type, parked.since, parked.reason) == ("kept", "promise.fulfilled", NOW, "")

    later = NOW + timedelta(days=3)
    assert statuses(home.take_as_they_come([made], later)) == ["recorded"]
    assert home.konto.log.parked() == []
    assert told_in_the_log(home) == [("promise.made", "001"), ("promise.fulfilled", "kept")]
    assert {fact.recorded for fact in in_the_log(home)} == {later}
    assert [row.state for row in home.listed("2026-04-10")] == ["kept"]


def test_a_fact_parked_in_the_same_batch_counts_as_recorded_at_once(home: Home):
    made, kept = facts(f"{MADE}\n{KEPT}")
    assert statuses(home.take_as_they_come([kept, made], NOW)) == ["recorded", "recorded"]
    assert home.konto.log.parked() == []


def test_a_parked_fact_told_again_is_already_there_and_other_content_is_refused(home: Home):
    (kept,) = facts(KEPT)
    other = {**kept, "data": {**kept["data"], "degree": 0.5}}
    home.take_as_they_come([kept], NOW)
    (again,), (changed,) = home.take_as_they_come([kept], NOW), home.take_as_they_come([other], NOW)
    assert again.status == "already"
    assert (changed.status, changed.refused and changed.refused.code) == ("refused", "other_content")
    assert len(home.konto.log.parked()) == 1


def test_parked_facts_are_recorded_in_the_order_in_which_they_happened(home: Home):
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-03T10:00  erfüllt "Angebot" [kept]
    2026-03-02T10:00  verschiebt "Angebot" auf 2026-03-05T09:00 [moved]
    2026-03-02T10:00  pausiert "Angebot" wegen Teil [paused]
    """
    text = test_parked_facts_are_recorded_in_the_order_in_which_they_happened.__doc__ or ""
    made, *others = facts(text)
    assert statuses(home.take_as_they_come(others, NOW)) == ["parked"] * 3
    home.take_as_they_come([made], NOW)
    assert [id for _, id in told_in_the_log(home)] == ["001", "paused", "moved", "kept"]


def test_what_proves_impossible_stays_parked_with_the_reason_since_it_came(home: Home):
    """
    2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-04T09:00
    2026-03-01T09:00  erfüllt "Angebot" [early]
    2026-03-03T10:00  erfüllt "Angebot" [kept]
    2026-03-03T11:00  bricht "Angebot" [broken]
    """
    made, *others = facts(test_what_proves_impossible_stays_parked_with_the_reason_since_it_came.__doc__ or "")
    home.take_as_they_come(others, NOW)
    home.take_as_they_come([made], NOW + timedelta(days=1))
    assert told_in_the_log(home) == [("promise.made", "001"), ("promise.fulfilled", "kept")]
    parked = {each.fact.id: each for each in home.konto.log.parked()}
    assert set(parked) == {"early", "broken"}
    assert {each.since for each in parked.values()} == {NOW}
    assert "lies before the promise was made" in parked["early"].reason
    assert "already settled: promise.fulfilled kept" in parked["broken"].reason


def test_what_proves_impossible_in_the_batch_it_came_with_is_refused(home: Home):
    made, kept = facts(f"{MADE}\n{KEPT}")
    early = {**kept, "time": at("2026-03-01T09:00").isoformat()}
    assert statuses(home.take_as_they_come([early, made], NOW)) == ["refused", "recorded"]
    assert home.konto.log.parked() == []


def test_a_file_is_judged_the_same_wherever_it_is_cut_into_chunks(home: Home, tmp_path: Path):
    made, kept = facts(f"{MADE}\n{KEPT}")
    early = {**kept, "id": "early", "time": at("2026-03-01T09:00").isoformat()}
    others = [{**made, "id": f"other-{n}", "data": {"promise": f"P-{n}", "customer": "K-1"}} for n in range(CHUNK)]
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in [early, kept, *others, made]), encoding="utf-8")
    home.clock.now = NOW
    summary = import_file(home.konto, file, valid_only=True)
    assert (summary.recorded, summary.parked, summary.refused) == (CHUNK + 2, 0, 1)
    assert [(origin.row, refused.code) for origin, refused in summary.refusals] == [(1, "rule")]
    assert home.konto.log.parked() == []


# -- what a fact refers to ----------------------------------------------------------------------------


def test_feedback_may_name_only_what_it_is_about(home: Home):
    made, kept = facts(f"{MADE}\n{KEPT}")
    (feedback,) = facts("2026-03-05T09:00  Rückmeldung ? 5, über Angebot [praise]")
    assert "customer" not in feedback["data"]
    assert statuses(home.take_as_they_come([feedback], NOW)) == ["parked"]
    assert statuses(home.take_as_they_come([made, kept], NOW)) == ["recorded", "recorded"]
    customer = in_the_log(home)[0].customer
    assert [(fact.id, fact.customer, fact.stream) for fact in in_the_log(home)][1] == ("praise", customer, customer)


def test_feedback_that_names_its_customer_may_come_before_what_it_is_about(home: Home):
    (feedback,) = facts("2026-03-01T09:00  Rückmeldung K-17 5, über Angebot [praise]")
    assert statuses(home.take_as_they_come([feedback, *facts(MADE)], NOW)) == ["recorded", "recorded"]


def made_for(customer: str, promise: str, source: str) -> Data:
    (envelope,) = facts(f'2026-03-02T09:00  verspricht {customer} ines "{promise}" bis 2026-03-04T09:00')
    return {**envelope, "source": source, "id": f"{promise}/made"}


def test_another_sources_customer_is_named_with_that_source_in_front(home: Home):
    home.take_as_they_come([made_for("K-17", "A", "crm"), made_for("crm:K-17", "B", "helpdesk")], NOW)
    first, second = in_the_log(home)
    assert first.customer == second.customer
    assert home.rows("SELECT source, id FROM customers") == [("crm", "K-17")]


def test_the_text_before_a_colon_names_a_source_only_if_that_source_is_known(home: Home):
    home.take_as_they_come([made_for("K-17", "A", "crm"), made_for("shop:K-17", "B", "helpdesk")], NOW)
    first, second = in_the_log(home)
    assert first.customer != second.customer
    assert home.rows("SELECT source, id FROM customers ORDER BY source") == [("crm", "K-17"), ("helpdesk", "shop:K-17")]


def test_two_sources_with_the_same_customer_id_have_two_customers(home: Home):
    home.take_as_they_come([made_for("K-17", "A", "crm"), made_for("K-17", "B", "helpdesk")], NOW)
    assert home.rows("SELECT source, id FROM customers ORDER BY source") == [("crm", "K-17"), ("helpdesk", "K-17")]


def test_a_fact_about_an_unknown_customer_registers_them(home: Home):
    home.take_as_they_come(facts("2026-03-02T09:00  K-99 empfiehlt uns"), NOW)
    party = customers.find(home.konto.library, home.konto.asker, "K-99")
    assert (party.id, party.kind, party.called(translator("en"))) == ("K-99", "customer", "K-99")


# -- contradictions -----------------------------------------------------------------------------------


def test_of_two_contradicting_facts_the_first_recorded_stands_and_the_other_is_told_which(home: Home):
    made, kept = facts(f"{MADE}\n{KEPT}")
    (earlier,) = facts('2026-03-02T12:00  nimmt "Angebot" zurück [taken back]')
    receipts = home.take_as_they_come([made, kept, earlier], NOW)
    assert statuses(receipts) == ["recorded", "recorded", "refused"]
    refused = receipts[2].refused
    assert refused is not None
    assert refused.code == "rule"
    assert "promise.fulfilled kept" in refused.params["earlier"]
    assert [row.state for row in home.listed("2026-03-10")] == ["kept"]


def test_what_is_refused_leaves_no_trace(home: Home):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-01T09:00
    2026-03-02T09:00  verspricht K-2 ines "B" bis 2026-03-01
    """

    def everything() -> dict[str, list[tuple[object, ...]]]:
        tables = ("stored_events", "received", "vault", "vault_keys", "parked", "sources")
        with home.konto.log.store.reading() as cursor:
            return {name: [tuple(row) for row in cursor.execute(f"SELECT * FROM {name}").all()] for name in tables}

    before = everything()
    told = [{**each, "source": "new"} for each in facts(test_what_is_refused_leaves_no_trace.__doc__ or "")]
    assert statuses(home.take_as_they_come(told, NOW)) == ["refused", "refused"]
    assert everything() == before


def test_nothing_of_a_transaction_that_fails_is_kept_and_its_keys_are_forgotten(home: Home):
    def fail() -> None:
        with home.konto.log.writing() as writer:
            fact = parse(facts(MADE)[0], now=NOW)
            writer.key("customer-somebody")
            writer.park(fact, "nothing", "", NOW)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert home.konto.log.parked() == []
    assert statuses(home.take_as_they_come(facts(f"{MADE}\n{KEPT}"), NOW)) == ["recorded", "recorded"]
    reopened = open_home(home.konto.home, environment={})
    assert [fact.id for fact in reopened.log.opened(reopened.log.page(0, 10))] == ["001", "kept"]
    reopened.close()


# -- both times ---------------------------------------------------------------------------------------


def test_a_fact_carries_when_it_happened_and_when_it_was_recorded(home: Home):
    home.take_as_they_come(facts(MADE), NOW)
    (fact,) = in_the_log(home)
    assert (fact.time, fact.recorded) == (at("2026-03-02T09:00"), NOW)
