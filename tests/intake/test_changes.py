"""A source that tells the same thing anew with other content: moved, described better, handed over, or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import Refused, SameKeyOtherContent
from domain.vocabulary import parse
from intake import mapping
from intake.changes import changed_facts, last_word, with_time_of
from intake.mapped import Mapped
from intake.table import Row

MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 17, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 17, tzinfo=UTC)
ALL = '["promise.renegotiated", "promise.changed", "promise.assigned"]'
ROW = {"Nr": "1", "Kunde": "K", "Am": "2026-03-02T09:00", "Bis": "2026-03-06", "Was": "Bad", "Wer": "ines"}


def told(row: dict[str, Any], on_change: str | None = ALL, *, now: datetime = TUESDAY, more: str = "") -> Mapped:
    """What a CRM says about a promise at a moment."""
    rule = "" if on_change is None else f"on_change = {on_change}\n"
    text = f"""
source = "crm"
zone = "Europe/Berlin"
[[fact]]
type = "promise.made"
id = "{{Nr}}/made"
time = "Am"
{rule}
[fact.data]
promise = "Nr"
customer = "Kunde"
due = "Bis"
what = "Was"
by = "Wer"
amount = "Preis"
severity = "Dringend"
{more}
"""
    rows = iter([Row(1, row)])
    (found,) = mapping.facts(rows, mapping.parse(text, "m"), folder=None, now=now)  # type: ignore[arg-type]
    assert found.refused is None
    return found


def said(row: dict[str, Any]) -> dict[str, Any]:
    envelope = told(row).envelope
    assert envelope is not None
    return envelope


def test_the_same_words_are_no_change_however_they_are_written():
    assert changed_facts(told(ROW), said(ROW)) == []
    before = said({**ROW, "Bis": "2026-03-06T17:00"})
    before["data"]["due"] = "2026-03-06T17:00:00+01:00"
    assert changed_facts(told({**ROW, "Bis": "2026-03-06T16:00:00Z"}), before) == []
    assert changed_facts(told({**ROW, "Dringend": "normal"}), said(ROW)) == [], "a default is what was meant before"


def test_another_due_is_a_promise_moved_at_the_moment_of_intake():
    (fact,) = changed_facts(told({**ROW, "Bis": "2026-03-10"}), said(ROW))
    assert fact == {
        "specversion": "1.0", "source": "crm", "id": "1/made/promise.renegotiated/2026-03-03T17:00:00Z",
        "type": "promise.renegotiated", "time": "2026-03-03T17:00:00Z", "zone": "Europe/Berlin",
        "data": {"promise": "1", "due": "2026-03-10"},
    }  # fmt: skip
    parse(fact, now=TUESDAY)


def test_a_described_field_and_another_owner_become_facts_of_their_own():
    facts = changed_facts(told({**ROW, "Was": "Bad und WC", "Wer": "lutz", "Bis": "2026-03-10"}), said(ROW))
    assert [(fact["type"], fact["data"]) for fact in facts] == [
        ("promise.renegotiated", {"promise": "1", "due": "2026-03-10"}),
        ("promise.changed", {"promise": "1", "what": "Bad und WC"}),
        ("promise.assigned", {"promise": "1", "by": "lutz"}),
    ]
    for fact in facts:
        parse(fact, now=TUESDAY)


def test_what_is_no_longer_said_is_cleared_and_a_due_cannot_vanish():
    facts = changed_facts(told({**ROW, "Was": "", "Wer": ""}), said({**ROW, "Dringend": "serious"}))
    assert [fact["data"] for fact in facts] == [
        {"promise": "1", "severity": "normal", "what": None}, {"promise": "1", "by": None},
    ]  # fmt: skip
    for fact in facts:
        parse(fact, now=TUESDAY)
    with pytest.raises(Refused) as caught:
        changed_facts(told({**ROW, "Bis": ""}), said(ROW))
    assert caught.value.code == "due_gone"


@pytest.mark.parametrize(
    ("on_change", "after", "fields"),
    [
        (None, {"Bis": "2026-03-10"}, "data.due"),
        ('["promise.changed"]', {"Bis": "2026-03-10"}, "data.due"),
        ('["promise.renegotiated"]', {"Was": "WC", "Bis": "2026-03-10"}, "data.due, data.what"),
        (ALL, {"Kunde": "L"}, "data.customer"),
        (ALL, {"Preis": "5"}, "data.amount"),
        (ALL, {"Am": "2026-03-02T10:00"}, "time"),
    ],
)
def test_a_difference_that_the_mapping_does_not_cover_is_refused_with_its_fields(on_change, after, fields):
    with pytest.raises(SameKeyOtherContent) as caught:
        changed_facts(told({**ROW, **after}, on_change), said(ROW))
    assert caught.value.params["fields"] == fields


def test_the_mapping_may_say_when_the_customer_was_told_and_why():
    rule = """
[fact.on_change]
become = ["promise.renegotiated"]
time = "Geändert"
[fact.on_change.data]
reason = "Grund"
asked_by = { value = "Von", values = { Kunde = "customer", wir = "us" } }
"""
    row = {**ROW, "Bis": "2026-03-10", "Geändert": "2026-03-03T08:30", "Grund": "Material fehlt", "Von": "Kunde"}
    (fact,) = changed_facts(told(row, None, more=rule), said(ROW))
    assert fact["time"] == "2026-03-03T07:30:00Z"
    assert fact["data"] == {
        "promise": "1", "due": "2026-03-10", "reason": "Material fehlt", "asked_by": "customer",
    }  # fmt: skip
    (fact,) = changed_facts(told({**row, "Geändert": ""}, None, more=rule), said(ROW))
    assert fact["time"] == "2026-03-03T17:00:00Z", "where it is empty, the moment of intake"


def test_a_date_moved_there_and_back_is_moved_twice_and_then_stays_quiet():
    first = said(ROW)
    later = changed_facts(told({**ROW, "Bis": "2026-03-10"}, now=TUESDAY), first)
    assert changed_facts(told({**ROW, "Bis": "2026-03-10"}, now=WEDNESDAY), last_word(first, later)) == []
    back = changed_facts(told(ROW, now=WEDNESDAY), last_word(first, later))
    assert [fact["data"]["due"] for fact in back] == ["2026-03-06"]
    assert changed_facts(told(ROW, now=WEDNESDAY), last_word(first, [*back, *later])) == []
    assert len({fact["id"] for fact in (*later, *back)}) == 2


def test_a_promise_moved_by_hand_is_not_moved_back_by_an_export_that_still_shows_the_old_date():
    by_hand = {
        "source": "konto", "id": "x", "type": "promise.renegotiated", "time": "2026-03-03T09:00:00Z",
        "data": {"promise": "1", "due": "2026-03-20"},
    }  # fmt: skip
    assert changed_facts(told(ROW), last_word(said(ROW), [by_hand])) == []


def test_a_customer_described_anew_has_changed():
    text = """
source = "crm"
[[fact]]
type = "customer.registered"
id = "customer/{Nr}"
time = "Am"
on_change = ["customer.changed"]
[fact.data]
customer = "Nr"
name = "Name"
email = "Mail"
"""

    def customer(**row: str) -> Mapped:
        rows = iter([Row(1, {"Nr": "K", "Am": "2026-03-02T09:00:00Z", **row})])
        return next(mapping.facts(rows, mapping.parse(text, "m"), folder=None, now=TUESDAY))  # type: ignore[arg-type]

    before = customer(Name="Müller", Mail="a@b.example").envelope
    assert before is not None
    (fact,) = changed_facts(customer(Name="Müller GmbH", Mail=""), before)
    assert (fact["type"], fact["data"]) == ("customer.changed", {"customer": "K", "name": "Müller GmbH", "email": None})
    parse(fact, now=TUESDAY)


def test_todays_date_without_a_time_is_the_same_fact_tomorrow():
    today = told({**ROW, "Am": "2026-03-02"}, None, now=MONDAY)
    assert today.envelope is not None
    assert today.envelope["time"] == "2026-03-02T17:00:00Z"
    tomorrow = told({**ROW, "Am": "2026-03-02"}, None, now=TUESDAY)
    assert tomorrow.envelope is not None
    assert tomorrow.envelope["time"] == "2026-03-02T22:59:59Z"
    assert changed_facts(tomorrow, today.envelope) == []
    assert with_time_of(tomorrow, MONDAY).envelope == today.envelope
    assert with_time_of(tomorrow, TUESDAY) == tomorrow, "another day is another time"
    exact = told(ROW)
    assert with_time_of(exact, MONDAY) == exact
