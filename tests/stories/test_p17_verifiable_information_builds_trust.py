"""P17: Verifiable information builds trust (004): whatever was fulfilled can carry its evidence."""

from __future__ import annotations

import pytest

from domain.vocabulary import parse
from projections.audit import timeline
from tests.homes import Home
from tests.notation import Data, Given, at
from tests.stories.asking import asked

EVIDENCE = "abnahme-4711.pdf sha256:9f86d081884c7d659a2feaa0c55ad015"


@pytest.fixture
def told(given: Given) -> list[Data]:
    made, kept = given(
        '2026-03-02T09:00  verspricht K-17 lutz "Therme" bis 2026-03-06T12:00\n2026-03-06T11:00  erfüllt'
    ).envelopes
    return [made, {**kept, "data": {**kept["data"], "evidence": EVIDENCE}}]


def test_evidence_stays_with_the_fact_and_is_shown_beside_it(home: Home, told: list[Data]) -> None:
    home.take(told)
    (customer,) = home.konto.library.customer_ids("K-17")
    entries = timeline(home.konto.log, *asked(home, "2026-03-20")[:2], customer, asked(home, "2026-03-20")[2]).entries
    assert [getattr(entry.fact.data, "evidence", None) for entry in entries] == [None, EVIDENCE]


def test_it_is_personal_so_the_log_itself_holds_only_what_proves_that_it_was_not_changed(
    home: Home, told: list[Data]
) -> None:
    home.take(told)
    assert b"abnahme" not in b"".join(row.state for row in home.konto.log.rows(0, 10))


def test_the_same_fulfilment_with_other_evidence_is_refused(home: Home, told: list[Data]) -> None:
    """What was once shown to the customer cannot be swapped afterwards."""
    home.take(told)
    kept = told[1]
    swapped = {**kept, "data": {**kept["data"], "evidence": "another.pdf"}}
    (receipt,) = home.konto.record([parse(swapped, now=at("2026-03-20"))])
    assert receipt.status == "refused"
