"""What is a fact and what is none: each bad input is refused with its code, its field and a plain sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from domain.errors import Refused
from domain.fact import Fact, content, end_of, in_order
from domain.lives import LIVES, THINGS
from domain.vocabulary import FACTS, parse
from tests.controls import EXAMPLES
from tests.notation import struct_replace

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
MADE = {"promise": "P-1", "customer": "K-17"}


def envelope(type: str = "promise.made", data: Any = None, **changes: Any) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "source": "crm",
        "id": "1",
        "type": type,
        "time": "2026-03-02T09:00:00+01:00",
        "data": MADE if data is None else data,
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def fact(type: str = "promise.made", data: Any = None, **changes: Any) -> Fact:
    return parse(envelope(type, data, **changes), now=NOW)


def refusals(type: str = "promise.made", data: Any = None, **changes: Any) -> list[tuple[str, str]]:
    """Code and path of every finding; each of them can be said."""
    with pytest.raises(Refused) as refused:
        fact(type, data, **changes)
    findings = [refused.value, *refused.value.also]
    assert all(str(each) for each in findings)
    return [(each.code, each.path) for each in findings]


def made(**data: Any) -> list[tuple[str, str]]:
    return refusals(data=MADE | data)


# -- the envelope -----------------------------------------------------------------------------------


@pytest.mark.parametrize("type", sorted(FACTS))
def test_the_agreed_example_of_every_fact_is_one(type: str) -> None:
    example = {**EXAMPLES[type], "time": "2026-03-31T18:00:00+02:00"}
    assert parse(example, now=NOW).type == type


@pytest.mark.parametrize("name", ["specversion", "source", "id", "type", "time", "data"])
def test_each_of_the_six_attributes_is_needed(name: str) -> None:
    assert refusals(**{name: ...}) == [("missing", name)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"specversion": "0.3"}, ("unknown_value", "specversion")),
        ({"specversion": 1.0}, ("unknown_value", "specversion")),
        ({"colour": "red"}, ("unknown_field", "colour")),
        ({"type": "promise.forgotten"}, ("unknown_type", "type")),
        ({"type": "{type}"}, ("unknown_type", "type")),
        ({"type": 5}, ("wrong_type", "type")),
        ({"data": []}, ("wrong_type", "data")),
        ({"data": "{}"}, ("wrong_type", "data")),
        ({"id": ""}, ("empty", "id")),
        ({"id": 7}, ("wrong_type", "id")),
        ({"source": None}, ("wrong_type", "source")),
        ({"id": "x" * 301}, ("too_long", "id")),
        ({"sequence": "5"}, ("wrong_type", "sequence")),
        ({"sequence": 5.0}, ("wrong_type", "sequence")),
        ({"sequence": True}, ("wrong_type", "sequence")),
        ({"sequence": 2**63}, ("out_of_range", "sequence")),
        ({"zone": "Mars/Olympus"}, ("unknown_zone", "zone")),
        ({"zone": "../../etc/passwd"}, ("unknown_zone", "zone")),
    ],
)
def test_an_envelope_that_is_none_is_refused_with_its_field(changes: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert refusals(**changes) == [refusal]


def test_all_findings_of_a_fact_are_named_together() -> None:
    found = made(kind="gift", amount="5", colour="red", internal=0)
    assert sorted(found) == [
        ("unknown_field", "data.colour"),
        ("unknown_value", "data.kind"),
        ("wrong_type", "data.amount"),
        ("wrong_type", "data.internal"),
    ]


def test_a_refusal_shows_what_was_found_with_its_umlauts() -> None:
    with pytest.raises(Refused) as refused:
        fact(data=MADE | {"kind": "Rückruf"})
    assert "'Rückruf'" in str(refused.value)


# -- times ------------------------------------------------------------------------------------------

NO_TIMES = [
    ("2026-03-02T09:00:00", "zone_missing"),
    ("2026-03-02T09:00", "zone_missing"),
    ("2026-03-29T02:30:00", "zone_missing"),
    (1772438400, "wrong_type"),
    (1772438400.5, "wrong_type"),
    (True, "wrong_type"),
    (None, "wrong_type"),
    ("0001-01-01T00:00:00Z", "out_of_range"),
    ("1899-12-31T23:59:59Z", "out_of_range"),
    ("2200-01-01T00:00:00Z", "out_of_range"),
    ("9999-12-31T23:59:59Z", "out_of_range"),
    ("2026-02-30T09:00:00Z", "nonexistent_date"),
    ("2025-02-29T09:00:00Z", "nonexistent_date"),
    ("2026-13-01T09:00:00Z", "nonexistent_date"),
    ("2026-03-02T24:00:00Z", "out_of_range"),
    ("2026-03-02T24:00:00+01:00", "out_of_range"),
    ("2026-03-02T12:60:00Z", "out_of_range"),
    ("2026-03-02T23:59:60Z", "out_of_range"),
    ("2026-03-02T09:00:00+25:00", "out_of_range"),
    ("2026-03-02T09:00:00+01:60", "not_a_time"),
    ("2026-03-02T09:00:00+0100", "not_a_time"),
    ("2026-03-02 09:00:00Z", "not_a_time"),
    ("02.03.2026 09:00", "not_a_time"),
    ("２０２６-03-02T09:00:00Z", "not_a_time"),
    ("", "not_a_time"),
    ("soon", "not_a_time"),
]


@pytest.mark.parametrize(("time", "code"), [*NO_TIMES, ("2026-03-02", "not_a_time")])
def test_a_time_that_is_none_or_leaves_open_which_moment_is_meant_is_refused(time: Any, code: str) -> None:
    assert refusals(time=time) == [(code, "time")]


@pytest.mark.parametrize(("due", "code"), [each for each in NO_TIMES if each[0] is not None])
def test_a_due_is_as_strict_as_a_time(due: Any, code: str) -> None:
    assert made(due=due) == [(code, "data.due")]


@pytest.mark.parametrize(
    ("due", "code"),
    [
        ("2026-02-30", "nonexistent_date"),
        ("0001-01-01", "out_of_range"),
        ("2200-01-01", "out_of_range"),
        ("2026-3-5", "not_a_time"),
        ("20260305", "not_a_time"),
    ],
)
def test_a_due_may_be_a_date_that_exists(due: str, code: str) -> None:
    assert made(due=due) == [(code, "data.due")]
    data: Any = fact(data=MADE | {"due": "2026-03-05"}).data
    assert data.due == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T09:00:00+01:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02t08:00:00z", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T08:00Z", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T08:00:00.1234567Z", datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-02T08:00:00-00:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2024-02-29T00:00:00+14:00", datetime(2024, 2, 28, 10, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_an_instant(text: str, moment: datetime) -> None:
    assert fact(time=text).time == moment


def test_up_to_5_minutes_ahead_is_a_wrong_clock_more_is_the_future() -> None:
    assert fact(time=(NOW + timedelta(minutes=5)).isoformat()).time == NOW + timedelta(minutes=5)
    ahead = NOW + timedelta(minutes=5, microseconds=1)
    assert refusals(time=ahead.isoformat()) == [("in_the_future", "time")]


def test_a_due_may_lie_in_the_future() -> None:
    data: Any = fact(data=MADE | {"due": "2199-12-31"}).data
    assert data.due == date(2199, 12, 31)


# -- values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"colour": "red"}, ("unknown_field", "data.colour")),
        ({"kind": "gift"}, ("unknown_value", "data.kind")),
        ({"kind": None}, ("unknown_value", "data.kind")),
        ({"binding": "perhaps"}, ("unknown_value", "data.binding")),
        ({"severity": "Normal"}, ("unknown_value", "data.severity")),
        ({"channel": "fax"}, ("unknown_value", "data.channel")),
        ({"internal": 1}, ("wrong_type", "data.internal")),
        ({"internal": "true"}, ("wrong_type", "data.internal")),
        ({"amount": "5"}, ("wrong_type", "data.amount")),
        ({"amount": True}, ("wrong_type", "data.amount")),
        ({"amount": float("nan")}, ("not_a_number", "data.amount")),
        ({"amount": float("inf")}, ("not_a_number", "data.amount")),
        ({"amount": float("1e400")}, ("not_a_number", "data.amount")),
        ({"amount": 2**63}, ("out_of_range", "data.amount")),
        ({"amount": -0.01}, ("out_of_range", "data.amount")),
        ({"amount": 10**400}, ("wrong_type", "data.amount")),
        ({"currency": "eur"}, ("wrong_form", "data.currency")),
        ({"currency": "EURO"}, ("wrong_form", "data.currency")),
        ({"customer": 17}, ("wrong_type", "data.customer")),
        ({"customer": 10**5000}, ("wrong_type", "data.customer")),
        ({"customer": ["K-17"]}, ("wrong_type", "data.customer")),
        ({"customer": ""}, ("empty", "data.customer")),
        ({"customer": "   "}, ("empty", "data.customer")),
        ({"team": "x" * 201}, ("too_long", "data.team")),
        ({"what": "x" * 501}, ("too_long", "data.what")),
        ({"plan_b": "x" * 10_001}, ("too_long", "data.plan_b")),
        ({"kind": "price"}, ("amount_missing", "data.amount")),
        ({"kind": "price", "amount": 5.0}, ("amount_missing", "data.currency")),
        ({"kind": "price", "currency": "EUR"}, ("amount_missing", "data.amount")),
    ],
)
def test_a_promise_is_read_strictly(data: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert made(**data) == [refusal]


@pytest.mark.parametrize(
    ("type", "data", "refusal"),
    [
        ("promise.fulfilled", {"degree": -0.01}, ("out_of_range", "data.degree")),
        ("promise.fulfilled", {"degree": float("nan")}, ("not_a_number", "data.degree")),
        ("promise.fulfilled", {"degree": "1"}, ("wrong_type", "data.degree")),
        ("promise.renegotiated", {}, ("missing", "data.due")),
        ("promise.renegotiated", {"due": None}, ("wrong_type", "data.due")),
        ("promise.renegotiated", {"due": "2026-03-05", "asked_by": "boss"}, ("unknown_value", "data.asked_by")),
        ("promise.renegotiated", {"due": "2026-03-05", "agreed": "yes"}, ("wrong_type", "data.agreed")),
        ("promise.paused", {}, ("missing", "data.cause")),
        ("promise.paused", {"cause": "rain"}, ("unknown_value", "data.cause")),
        ("promise.assigned", {}, ("nobody_named", "data.by")),
        ("promise.changed", {"due": "2026-03-05"}, ("unknown_field", "data.due")),
    ],
)
def test_what_happens_to_a_promise_is_read_strictly(type: str, data: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert refusals(type, {"promise": "P-1", **data}) == [refusal]


@pytest.mark.parametrize("type", [name for name in FACTS if name.partition(".")[0] in THINGS])
def test_every_fact_about_a_promise_a_contact_or_an_incident_names_it(type: str) -> None:
    thing = type.partition(".")[0]
    data = {name: value for name, value in EXAMPLES[type]["data"].items() if name != thing}
    assert refusals(type, data) == [("missing", f"data.{thing}")]


CONTACT, INCIDENT = {"contact": "C-1"}, {"incident": "V-1"}
TWO = {"customer": "K-17", "duplicate": "K-18"}
RATES = {"month": "2026-02"}


def rates(**changes: float) -> dict[str, float]:
    return {"kept": 0.8, "reactions": 0.1, **changes}


@pytest.mark.parametrize(
    ("type", "data", "refusal"),
    [
        ("contact.inbound", CONTACT, ("missing", "data.customer")),
        ("contact.inbound", {**CONTACT, "customer": "K", "needs_answer": "no"}, ("wrong_type", "data.needs_answer")),
        ("contact.inbound", {**CONTACT, "customer": "K", "channel": "fax"}, ("unknown_value", "data.channel")),
        ("contact.inbound", {**CONTACT, "customer": "K", "chases": ""}, ("empty", "data.chases")),
        ("contact.inbound", {**CONTACT, "customer": "K", "by": "ines"}, ("unknown_field", "data.by")),
        ("contact.answered", {**CONTACT, "automatic": 1}, ("wrong_type", "data.automatic")),
        ("contact.answered", {**CONTACT, "customer": "K"}, ("unknown_field", "data.customer")),
        ("contact.outbound", CONTACT, ("missing", "data.customer")),
        ("contact.outbound", {**CONTACT, "customer": "K", "purpose": "sale"}, ("unknown_value", "data.purpose")),
        ("contact.outbound", {**CONTACT, "customer": "K", "purpose": None}, ("unknown_value", "data.purpose")),
        ("incident.reported", INCIDENT, ("missing", "data.customer")),
        ("incident.reported", {**INCIDENT, "customer": "K", "kind": "lie"}, ("unknown_value", "data.kind")),
        ("incident.reported", {**INCIDENT, "customer": "K", "severity": "high"}, ("unknown_value", "data.severity")),
        ("incident.reported", {**INCIDENT, "customer": "K", "admitted": "yes"}, ("wrong_type", "data.admitted")),
        ("incident.assigned", INCIDENT, ("nobody_named", "data.by")),
        ("incident.paused", INCIDENT, ("missing", "data.cause")),
        ("incident.resumed", {**INCIDENT, "cause": "boss"}, ("unknown_value", "data.cause")),
        ("incident.offered", {**INCIDENT, "amount": -1.0}, ("out_of_range", "data.amount")),
        ("incident.offered", {**INCIDENT, "offer": "two\nlines"}, ("forbidden_character", "data.offer")),
        ("incident.offer_answered", INCIDENT, ("missing", "data.accepted")),
        ("incident.offer_answered", {**INCIDENT, "accepted": None}, ("wrong_type", "data.accepted")),
        ("incident.talked", {**INCIDENT, "channel": "carrier pigeon"}, ("unknown_value", "data.channel")),
        ("incident.closed", {**INCIDENT, "cause": "customer"}, ("unknown_field", "data.cause")),
        ("customer.merged", {"customer": "K-17"}, ("missing", "data.duplicate")),
        ("customer.merged", {"duplicate": "K-18"}, ("missing", "data.customer")),
        ("customer.merged", {**TWO, "reason": "same"}, ("unknown_field", "data.reason")),
        ("customer.separated", {"customer": "K-17"}, ("missing", "data.duplicate")),
        ("customer.left", {}, ("missing", "data.customer")),
        ("customer.left", {"customer": "K-17", "reason": 5}, ("wrong_type", "data.reason")),
        ("fact.retracted", {"retracts": "K-17"}, ("wrong_type", "data.retracts")),
        ("fact.retracted", {"retracts": {"source": "crm"}}, ("missing", "data.retracts.id")),
        ("fact.retracted", {"retracts": {"source": "", "id": "1"}}, ("empty", "data.retracts.source")),
        ("fact.retracted", {"retracts": {"source": "crm", "id": 1}}, ("wrong_type", "data.retracts.id")),
        ("fact.retracted", {"retracts": {"source": "crm", "id": "1", "x": 1}}, ("unknown_field", "data.retracts.x")),
        ("firm.rates_set", {"rates": rates(), "month": "2026-13"}, ("wrong_form", "data.month")),
        ("firm.rates_set", {"rates": rates(), "month": "2026-2"}, ("wrong_form", "data.month")),
        ("firm.rates_set", {**RATES, "rates": 0.8}, ("wrong_type", "data.rates")),
        ("firm.rates_set", {**RATES, "rates": {"kept": 0.8}}, ("missing", "data.rates.reactions")),
        ("firm.rates_set", {**RATES, "rates": rates(kept=1.01)}, ("out_of_range", "data.rates.kept")),
        ("firm.rates_set", {**RATES, "rates": rates(reactions=-0.1)}, ("out_of_range", "data.rates.reactions")),
        ("firm.rates_set", {**RATES, "rates": rates(kept=float("nan"))}, ("not_a_number", "data.rates.kept")),
    ],
)  # fmt: skip
def test_contacts_incidents_identities_and_retractions_are_read_strictly(
    type: str, data: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert refusals(type, data) == [refusal]


def test_a_contact_asks_by_an_answer_by_a_person_and_with_nothing_else_unless_it_says_so() -> None:
    asked: Any = fact("contact.inbound", {**CONTACT, "customer": "K-17"}).data
    assert (asked.needs_answer, asked.chases, asked.thread, asked.channel) == (True, None, None, None)
    answered: Any = fact("contact.answered", CONTACT).data
    assert answered.automatic is False
    approached: Any = fact("contact.outbound", {**CONTACT, "customer": "K-17"}).data
    assert approached.purpose == "other"


def test_an_incident_is_of_another_kind_normal_and_not_admitted_unless_it_says_so() -> None:
    data: Any = fact("incident.reported", {**INCIDENT, "customer": "K-17"}).data
    assert (data.kind, data.severity, data.admitted, data.promise) == ("other", "normal", False, None)


@pytest.mark.parametrize("data", [{"by": "lutz"}, {"team": "Süd"}, {"by": None}, {"by": "lutz", "team": None}])
def test_an_incident_is_handed_to_somebody_or_taken_from_somebody(data: dict[str, Any]) -> None:
    assert fact("incident.assigned", {**INCIDENT, **data}).type == "incident.assigned"


def test_whose_fact_a_merge_is_is_said_by_the_duplicate() -> None:
    assert {name for name, kind in FACTS.items() if kind.whose != "customer"} == {
        "customer.merged",
        "customer.separated",
    }


def test_facts_of_one_instant_follow_the_order_of_a_life() -> None:
    """From the report to the end, and the retraction last of all."""
    told = [fact(type, EXAMPLES[type]["data"]) for type in FACTS if type.startswith("incident.")]
    last = fact("fact.retracted", EXAMPLES["fact.retracted"]["data"])
    assert [each.type.partition(".")[2] for each in in_order([last, *told[::-1]])] == [
        "reported",
        "assigned",
        "paused",
        "resumed",
        "explained",
        "apologised",
        "chance_asked",
        "offered",
        "offer_answered",
        "talked",
        "resolved",
        "reopened",
        "closed",
        "retracted",
    ]


# -- the agreed examples ----------------------------------------------------------------------------


def test_the_agreed_examples_tell_one_story() -> None:
    """What is retracted is among them, and of each thing they tell nothing before it began."""
    told = {(each["source"], each["id"]) for each in EXAMPLES.values()}
    assert len(told) == len(EXAMPLES)
    retracts = EXAMPLES["fact.retracted"]["data"]["retracts"]
    assert (retracts["source"], retracts["id"]) in told
    for begins, thing in (("contact.inbound", "contact"), ("incident.reported", "incident")):
        named = {each["data"][thing] for type, each in EXAMPLES.items() if type in LIVES[thing].verbs}
        later = [each["time"] for type, each in EXAMPLES.items() if type in LIVES[thing].verbs]
        assert EXAMPLES[begins]["data"][thing] in named
        assert min(later) == EXAMPLES[begins]["time"]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"score": 5.01}, ("off_scale", "data.score")),
        ({"score": 0.99}, ("off_scale", "data.score")),
        ({"score": 11, "scale_min": 0, "scale_max": 10}, ("off_scale", "data.score")),
        ({"score": 3, "scale_min": 3, "scale_max": 3}, ("scale", "data.scale_max")),
        ({"score": 3, "scale_min": 5, "scale_max": 1}, ("scale", "data.scale_max")),
        ({"score": float("nan")}, ("not_a_number", "data.score")),
        ({"score": "4"}, ("wrong_type", "data.score")),
        ({"score": 1e308, "scale_min": -1e308, "scale_max": 1e308}, ("out_of_range", "data.score")),
        ({}, ("missing", "data.score")),
    ],
)
def test_a_score_lies_on_its_scale(data: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert refusals("feedback.given", {"customer": "K-17", **data})[0] == refusal


def test_feedback_names_a_customer_or_what_it_is_about() -> None:
    assert refusals("feedback.given", {"score": 3}) == [("nobody_named", "data.customer")]
    assert fact("feedback.given", {"score": 3, "about": "P-1"}).type == "feedback.given"


@pytest.mark.parametrize(
    ("score", "low", "high", "normalised"),
    [(1, 1, 5, 0), (3, 1, 5, 0.5), (5, 1, 5, 1), (9, 0, 10, 0.9), (0, -1, 1, 0.5)],
)
def test_a_score_is_normalised_between_0_and_1(score: float, low: float, high: float, normalised: float) -> None:
    data: Any = fact("feedback.given", {"customer": "K", "score": score, "scale_min": low, "scale_max": high}).data
    assert data.normalised == normalised


@pytest.mark.parametrize(
    ("value", "code"),
    [(0.49, "out_of_range"), (2.01, "out_of_range"), ("1", "wrong_type"), (float("nan"), "not_a_number")],
)
def test_a_sensitivity_lies_between_0_5_and_2_or_is_left_to_be_learned(value: Any, code: str) -> None:
    assert refusals("customer.sensitivity_set", {"customer": "K-17", "value": value}) == [(code, "data.value")]
    for fine in (0.5, 1, 2, None):
        assert fact("customer.sensitivity_set", {"customer": "K-17", "value": fine}).type
    assert refusals("customer.sensitivity_set", {"customer": "K-17"}) == [("missing", "data.value")]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"email": "nobody"}, ("not_an_address", "data.email")),
        ({"email": "a@b, c@d"}, ("not_an_address", "data.email")),
        ({"email": "•"}, ("not_an_address", "data.email")),
        ({"email": "a@b.de\r\nBcc: c@d.de"}, ("forbidden_character", "data.email")),
        ({"kind": "A"}, ("unknown_value", "data.kind")),
        ({"language": "deutsch!"}, ("wrong_form", "data.language")),
        ({"timezone": "Berlin"}, ("unknown_zone", "data.timezone")),
        ({"since": "gestern"}, ("not_a_time", "data.since")),
        ({"revenue": 5}, ("unknown_field", "data.revenue")),
        ({"class": "A"}, ("unknown_field", "data.class")),
    ],
)
def test_a_customer_is_read_strictly_and_has_no_class_and_no_revenue(
    data: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert refusals("customer.registered", {"customer": "K-17", **data}) == [refusal]


# -- texts ------------------------------------------------------------------------------------------

FORBIDDEN = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202a", "\u202e", "\u2066", "\u2069"]


@pytest.mark.parametrize("char", [*FORBIDDEN, "\n", "\r", "\t", "\u2028", "\u2029"])
def test_a_name_holds_no_control_character_no_line_break_and_no_direction_override(char: str) -> None:
    with pytest.raises(Refused) as refused:
        fact("customer.registered", {"customer": "K-17", "name": f"Mei{char}er"})
    assert (refused.value.code, refused.value.path) == ("forbidden_character", "data.name")
    assert f"U+{ord(char):04X}" in str(refused.value)


@pytest.mark.parametrize("char", FORBIDDEN)
def test_a_text_holds_no_control_character_and_no_direction_override(char: str) -> None:
    assert refusals("promise.broken", {"promise": "P-1", "reason": f"krank{char}"}) == [
        ("forbidden_character", "data.reason")
    ]


def test_a_text_may_have_several_lines_as_any_system_breaks_them() -> None:
    text = "Guten Tag,\r\n\tes dauert länger.\nGruß\u2028Ines"
    data: Any = fact("promise.broken", {"promise": "P-1", "reason": text}).data
    assert data.reason == text


@pytest.mark.parametrize("name", ["\u200b", "\u00ad\u200d", "\u200e", "\ufeff \u2060", "\u3164", "\u2800"])
def test_a_name_of_only_invisible_characters_is_refused(name: str) -> None:
    assert refusals("customer.registered", {"customer": "K-17", "name": name}) == [("forbidden_character", "data.name")]


def test_a_lone_surrogate_is_refused() -> None:
    assert made(what="a\ud800b") == [("forbidden_character", "data.what")]


@pytest.mark.parametrize("text", ["", "   ", "\r\n", "\u200b"])
def test_a_reason_in_which_nothing_can_be_read_is_none(text: str) -> None:
    data: Any = fact("request.declined", {"customer": "K-17", "reason": text, "alternative": "B"}).data
    assert data.reason is None
    assert data.alternative == "B"


@pytest.mark.parametrize(
    "name",
    [
        "=HYPERLINK(1)",
        "+49 711",
        "@x",
        "'; DROP TABLE",
        "<script>",
        "{{7*7}}",
        "%s",
        "${jndi:x}",
        "👩‍🔧 Wolf",
        "Đặng",
        "محمد",
    ],
)
def test_whatever_else_people_are_called_is_kept_as_it_is(name: str) -> None:
    data: Any = fact("customer.registered", {"customer": name, "name": name}).data
    assert (data.customer, data.name) == (name, name)


@settings(max_examples=150, deadline=None)
@whatever(
    st.sampled_from(sorted(FACTS)),
    st.dictionaries(
        st.sampled_from(sorted({name for kind in FACTS.values() for name in kind.model_fields} | {"{x}"})),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.sampled_from(["source", "id", "kept", "reactions"]), st.none() | st.text() | st.floats()),
    ),
    st.none() | st.text(max_size=12) | st.integers(),
)
def test_whatever_comes_in_is_a_fact_or_is_refused_in_a_sentence(type: str, data: dict[str, Any], time: Any) -> None:
    try:
        found = parse(envelope(type, data, time=time or "2026-03-02T09:00:00Z"), now=NOW)
    except Refused as refused:
        said = [(str(each), each.code) for each in (refused, *refused.also)]
        assert all(sentence and code for sentence, code in said)
    else:
        assert found.type == type


# -- comparing --------------------------------------------------------------------------------------


def test_contents_are_compared_as_parsed_instants_and_defaults_filled_in() -> None:
    short = fact(data=MADE | {"due": "2026-03-05T10:00:00+01:00"})
    long = fact(
        data=MADE
        | {"due": "2026-03-05T09:00:00Z", "kind": "other", "binding": "firm", "internal": False, "what": None},
        time="2026-03-02T08:00:00Z",
    )
    assert content(short) == content(long)
    assert content(short) != content(fact(data=MADE | {"due": "2026-03-05T10:00:01+01:00"}))


def test_a_handover_that_clears_the_team_says_something_else_than_one_that_leaves_it() -> None:
    leaves = fact("promise.assigned", {"promise": "P-1", "by": "lutz"})
    clears = fact("promise.assigned", {"promise": "P-1", "by": "lutz", "team": None})
    assert content(leaves) != content(clears)


# -- order and ends ---------------------------------------------------------------------------------


def numbered(*sequences: int | None) -> list[Fact]:
    bare = fact("promise.changed", {"promise": "P-1", "severity": "minor"})
    return [struct_replace(bare, id=f"{place}", sequence=each) for place, each in enumerate(sequences)]


def test_at_the_same_instant_facts_with_a_sequence_follow_it_the_others_keep_their_place() -> None:
    assert [each.sequence for each in in_order(numbered(3, 1, 2))] == [1, 2, 3]
    assert [each.sequence for each in in_order(numbered(3, None, 2))] == [2, None, 3]
    assert [each.id for each in in_order(numbered(None, None, None)[::-1])] == ["0", "1", "2"]


def test_a_sequence_means_nothing_between_different_instants() -> None:
    early, late = numbered(9, 1)
    late = struct_replace(late, time=early.time + timedelta(microseconds=1))
    assert in_order([late, early]) == [early, late]


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 4), "Europe/Berlin", "2026-03-04T23:00"),
        (date(2026, 7, 4), "Europe/Berlin", "2026-07-04T22:00"),
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-29T22:00"),
        (date(2026, 3, 4), "America/Sao_Paulo", "2026-03-05T03:00"),
        (date(2017, 10, 14), "America/Sao_Paulo", "2017-10-15T03:00"),  # midnight itself is left out
        (date(2018, 2, 17), "America/Sao_Paulo", "2018-02-18T03:00"),  # 23 to 24 comes twice
        (date(2026, 3, 4), "Pacific/Auckland", "2026-03-04T11:00"),
        (date(2026, 12, 31), "UTC", "2027-01-01T00:00"),
    ],
)
def test_a_date_ends_at_24_00_of_its_zone(day: date, zone: str, end: str) -> None:
    assert end_of(day, zone) == datetime.fromisoformat(end + "+00:00")
