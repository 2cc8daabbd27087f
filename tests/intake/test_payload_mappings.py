"""Bodies as helpdesks and CRMs send them become facts by a mapping alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.vocabulary import parse
from intake import files, mapping

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = ROOT.parent / "shared" / "data" / "payloads"
NOW = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the real records lie in ../shared/data, which is absent"),
]


def facts(name: str, text: str, folder: Path = PAYLOADS) -> list[dict[str, Any]]:
    built = mapping.parse(text, name)
    rows = files.read_rows(PAYLOADS / f"{name}.json", form=built.form)
    found = list(mapping.facts(rows, built, folder=folder, now=NOW))
    assert [each.refused for each in found if each.refused] == []
    made = [each.envelope for each in found if each.envelope is not None]
    for envelope in made:
        parse(envelope, now=NOW)
    return [{key: each[key] for key in ("id", "time", "data")} for each in made]


def test_a_ticket_with_its_customer_inside():
    text = """
source = "zammad"
[file]
rows = "ticket"
[[fact]]
type = "customer.registered"
id = "customer/{customer.id}"
time = "customer.created_at"
[fact.data]
customer = "customer.id"
name = { text = "{customer.firstname} {customer.lastname}" }
email = "customer.email"
phone = "customer.phone"
"""
    assert facts("zammad_ticket", text) == [
        {
            "id": "customer/8", "time": "2020-11-13T12:57:48.779000Z",
            "data": {"customer": "8", "name": "Emily Adams", "email": "emily@example.com", "phone": "0061 2 1234 7777"},
        }
    ]  # fmt: skip


def test_dates_in_words_without_time_or_zone():
    text = """
source = "zendesk"
zone = "Europe/Berlin"
time_format = "%B %d, %Y"
[[fact]]
type = "promise.made"
id = "{ticket_id}/made"
time = "created_at"
[fact.data]
promise = "ticket_id"
customer = "requester_full_name"
what = "ticket_title"
[fact.data.severity]
value = "ticket_priority"
values = { Low = "minor", Normal = "normal", High = "serious", Urgent = "serious" }
"""
    assert facts("zendesk_trigger", text) == [
        {
            "id": "7/made", "time": "2025-02-03T22:59:59Z",
            "data": {"promise": "7", "customer": "testerzulip", "what": "Hello world", "severity": "normal"},
        }
    ]  # fmt: skip


def test_a_body_that_names_only_an_id_finds_the_rest_in_an_export(tmp_path):
    (tmp_path / "deals.csv").write_text("Record ID,Contact\n332507367156,ines@example.com\n", encoding="utf-8")
    text = """
source = "hubspot"
time_format = "unix_ms"
[lookup.deal]
file = "deals.csv"
key = "Record ID"
by = "objectId"
[[fact]]
type = "promise.made"
when = "propertyName == 'amount'"
id = "{eventId}"
time = "occurredAt"
[fact.data]
promise = "objectId"
customer = "deal.Contact"
amount = "propertyValue"
[fact.constants]
kind = "price"
currency = "EUR"
"""
    assert facts("hubspot_deal_change", text, tmp_path) == [
        {
            "id": "2995724042", "time": "2026-06-25T07:19:32.438000Z",
            "data": {
                "kind": "price", "currency": "EUR", "promise": "332507367156",
                "customer": "ines@example.com", "amount": 2000,
            },
        }
    ]  # fmt: skip
    assert facts("hubspot_batch", text, tmp_path) == []


def test_only_the_change_that_is_meant_becomes_a_fact():
    text = """
source = "pipedrive"
[[fact]]
type = "customer.owner_assigned"
when = "meta.entity == 'lead' && meta.action == 'change'"
id = "{meta.id}/{meta.timestamp}"
time = "meta.timestamp"
[fact.data]
customer = "data.person_id"
owner = "data.owner_id"
"""
    assert facts("pipedrive_v2_lead_change", text) == [
        {
            "id": "123456789-1234-1234-1234-123456789012/2025-06-19T16:07:36.754Z",
            "time": "2025-06-19T16:07:36.754000Z",
            "data": {"customer": "12", "owner": "12345678"},
        }
    ]  # fmt: skip
