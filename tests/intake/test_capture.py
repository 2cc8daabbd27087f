"""A sentence as one says it becomes exactly one fact, or a question back; nothing is guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.vocabulary import parse
from intake.capture.reader import read
from intake.capture.understood import Understood
from tests.intake.capture_firm import BERLIN, WEDNESDAY, firm

M, KERN, MILLER, SCHULZ, LENZ = "crm:K-1", "crm:K-2", "crm:K-3", "crm:K-4", "erp:7"
NOW = "2026-03-11T10:00:00+01:00"


def told(text: str, **options: Any) -> Understood:
    return read(text, firm(**options), id="c-1")


def promised(customer: str, what: str, kind: str = "other", due: str | None = None, **more: str) -> dict[str, Any]:
    data = {"promise": "c-1", "customer": customer, "what": what, "kind": kind, **more}
    return data if due is None else {**data, "due": due}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Angebot an Müller bis Freitag", promised(M, "Angebot", due="2026-03-13")),
        ("angebot an müller bis freitag", promised(M, "angebot", due="2026-03-13")),
        ("Müller: Angebot bis Freitag", promised(M, "Angebot", due="2026-03-13")),
        ("Bis Freitag Angebot an die Firma Müller", promised(M, "Angebot", due="2026-03-13")),
        ("Angebot Müller GmbH bis Monatsende.", promised(M, "Angebot", due="2026-03-31")),
        ("Rückruf Frau Kern morgen 10 Uhr", promised(KERN, "Rückruf", "callback", "2026-03-12T10:00:00+01:00")),
        ("Frau Kern morgen um 10 zurückrufen", promised(KERN, "zurückrufen", "callback", "2026-03-12T10:00:00+01:00")),
        ("Termin bei Schulz 20.3. 14 Uhr", promised(SCHULZ, "Termin", "appointment", "2026-03-20T14:00:00+01:00")),
        ("Aufmaß bei Müller bis Freitag", promised(M, "Aufmaß", "appointment", "2026-03-13")),
        ("Lieferung an K-1 KW 42", promised(M, "Lieferung", "delivery", "2026-10-18")),
        ("Unterlagen für Bäckerei Lenz Mitte des Monats", promised(LENZ, "Unterlagen", due="2026-03-15")),
        ("Angebot an Lenz binnen 14 Tagen", promised(LENZ, "Angebot", due="2026-03-25")),
        ("Angebot an Lenz in acht Tagen", promised(LENZ, "Angebot", due="2026-03-19")),
        ("Wartung bei Müller in 2 Wochen", promised(M, "Wartung", "appointment", "2026-03-25")),
        ("Nachbesserung bei Schulz bis Ende der Woche", promised(SCHULZ, "Nachbesserung", "quality", "2026-03-15")),
        ("Angebot für die Heizung an Müller bis Freitag", promised(M, "Angebot für die Heizung", due="2026-03-13")),
        ("Rückruf Müller wegen Lieferung bis morgen", promised(M, "Rückruf wegen Lieferung", "callback", "2026-03-12")),
        ("Angebot vom 3. März an Müller bis Freitag", promised(M, "Angebot vom 3. März", due="2026-03-13")),
        ("Ines: Angebot an Müller bis Freitag", promised(M, "Angebot", due="2026-03-13", by="ines")),
        ("Ines Huber: Angebot an Müller bis Freitag", promised(M, "Angebot", due="2026-03-13", by="ines")),
        ("Angebot an Müller ohne Termin", promised(M, "Angebot")),
        ("wir haben Müller ein Angebot bis Freitag zugesagt", promised(M, "Angebot", due="2026-03-13")),
        ("I promised Miller an offer by Friday", promised(MILLER, "offer", due="2026-03-13")),
        ("Rückruf Müller morgen, weil Angebot nicht geschickt",
         promised(M, "Rückruf, weil Angebot nicht geschickt", "callback", "2026-03-12")),
        ("offer to Miller by Friday", promised(MILLER, "offer", due="2026-03-13")),
        ("offer to Miller & Sons by Friday", promised("crm:K-8", "offer", due="2026-03-13")),
        ("call back Ms Kern tomorrow at 10", promised(KERN, "call back", "callback", "2026-03-12T10:00:00+01:00")),
        ("quote for Lenz within 14 days", promised(LENZ, "quote", due="2026-03-25")),
        ("delivery to Müller end of next week", promised(M, "delivery", "delivery", "2026-03-22")),
        ("visit at Schulz on 20 March at 2pm", promised(SCHULZ, "visit", "appointment", "2026-03-20T14:00:00+01:00")),
        ("Miller's invoice by the end of the month", promised(MILLER, "invoice", due="2026-03-31")),
        ("report to Miller, undated", promised(MILLER, "report")),
        ("<script>alert(1)</script> an Müller bis Freitag", promised(M, "<script>alert(1)</script>", due="2026-03-13")),
        ("{{7*7}} %s ${jndi:x} an Müller bis Freitag", promised(M, "{{7*7}} %s ${jndi:x}", due="2026-03-13")),
        ("'; DROP TABLE facts an Müller bis Freitag", promised(M, "'; DROP TABLE facts", due="2026-03-13")),
    ],
)  # fmt: skip
def test_a_promise_is_understood_as(text: str, data: dict[str, Any]):
    envelope = dict(told(text).envelope)
    assert (envelope.pop("type"), envelope.pop("data"), envelope.pop("time")) == ("promise.made", data, NOW)
    assert envelope.pop("zone", None) == ("Europe/Berlin" if len(data.get("due", "")) == 10 else None)
    assert envelope == {"specversion": "1.0", "source": "capture", "id": "c-1"}


@pytest.mark.parametrize(
    ("text", "type", "data"),
    [
        ("wir haben Schulz nein gesagt, weil keine Kapazität", "request.declined",
         {"customer": SCHULZ, "reason": "keine Kapazität"}),
        ("Wir haben Schulz den Umbau abgelehnt, weil keine Kapazität", "request.declined",
         {"customer": SCHULZ, "what": "Umbau", "reason": "keine Kapazität"}),
        ("we told Schulz no because we are full", "request.declined", {"customer": SCHULZ, "reason": "we are full"}),
        ("said no to Schulz because of illness", "request.declined", {"customer": SCHULZ, "reason": "illness"}),
        ("Ines: Absage an Schulz wegen Urlaub", "request.declined",
         {"customer": SCHULZ, "reason": "Urlaub", "by": "ines"}),
        ("Müller hat nachgefragt (wegen Angebot)", "contact.inbound",
         {"contact": "c-1", "customer": M, "chases": "crm:A-1"}),
        ("Müller hat zum zweiten Mal nach dem Angebot nachgefragt", "contact.inbound",
         {"contact": "c-1", "customer": M, "chases": "crm:A-1"}),
        ("Kern hat nachgefragt", "contact.inbound", {"contact": "c-1", "customer": KERN, "chases": "mail:7"}),
        ("Miller chased", "contact.inbound", {"contact": "c-1", "customer": MILLER, "chases": "crm:A-3"}),
        ("Miller asked again about the offer", "contact.inbound",
         {"contact": "c-1", "customer": MILLER, "chases": "crm:A-3"}),
        ("Frau Kern hat angerufen", "contact.inbound", {"contact": "c-1", "customer": KERN, "channel": "phone"}),
        ("Miller has e-mailed", "contact.inbound", {"contact": "c-1", "customer": MILLER, "channel": "email"}),
        ("Müller hat nach dem Liefertermin gefragt", "contact.inbound", {"contact": "c-1", "customer": M}),
        ("Müller hat sich beschwert: Rechnung falsch", "incident.reported",
         {"incident": "c-1", "customer": M, "kind": "complaint", "text": "Rechnung falsch"}),
        ("Müller hat sich beschwert: Heizung geht nicht, weil Ventil klemmt", "incident.reported",
         {"incident": "c-1", "customer": M, "kind": "complaint", "text": "Heizung geht nicht, weil Ventil klemmt"}),
        ("Ines: Müller hat sich beschwert: Rechnung falsch", "incident.reported",
         {"incident": "c-1", "customer": M, "kind": "complaint", "text": "Rechnung falsch", "by": "ines"}),
        ("Beschwerde von Frau Kern", "incident.reported", {"incident": "c-1", "customer": KERN, "kind": "complaint"}),
        ("Miller complained that the boiler doesn't work", "incident.reported",
         {"incident": "c-1", "customer": MILLER, "kind": "complaint", "text": "the boiler doesn't work"}),
        ("Angebot Müller erledigt", "promise.fulfilled", {"promise": "crm:A-1"}),
        ("wir haben das Angebot an Müller geschickt", "promise.fulfilled", {"promise": "crm:A-1"}),
        ("the offer to Miller has been sent", "promise.fulfilled", {"promise": "crm:A-3"}),
        ("Angebot an Müller ist geschickt", "promise.fulfilled", {"promise": "crm:A-1"}),
        ("Wartung Müller zu 80 % erledigt", "promise.fulfilled", {"promise": "crm:A-2", "degree": 0.8}),
        ("A-2 Müller erledigt", "promise.fulfilled", {"promise": "crm:A-2"}),
        ("sent the offer to Miller", "promise.fulfilled", {"promise": "crm:A-3"}),
        ("Angebot Müller zurückgenommen, weil zu teuer", "promise.withdrawn",
         {"promise": "crm:A-1", "reason": "zu teuer"}),
        ("Angebot an Müller verschoben auf nächsten Dienstag", "promise.renegotiated",
         {"promise": "crm:A-1", "due": "2026-03-17"}),
        ("Angebot Müller auf Dienstag verschoben, weil Ines krank ist", "promise.renegotiated",
         {"promise": "crm:A-1", "due": "2026-03-17", "reason": "Ines krank ist"}),
        ("Wartung Müller auf Wunsch des Kunden verschoben auf 20.3. 9 Uhr", "promise.renegotiated",
         {"promise": "crm:A-2", "due": "2026-03-20T09:00:00+01:00", "asked_by": "customer"}),
        ("offer to Miller moved to March 20 because of illness", "promise.renegotiated",
         {"promise": "crm:A-3", "due": "2026-03-20", "reason": "illness"}),
    ],
)  # fmt: skip
def test_what_has_happened_is_understood_as(text: str, type: str, data: dict[str, Any]):
    envelope = told(text).envelope
    assert (envelope["type"], envelope["data"], envelope["time"]) == (type, data, NOW)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Angebot Müller gestern geschickt", "2026-03-10T23:59:59+01:00"),
        ("Angebot Müller heute geschickt", NOW),
        ("Angebot Müller am Montag um 15 Uhr geschickt", "2026-03-09T15:00:00+01:00"),
        ("Müller hat sich gestern beschwert: Rechnung falsch", "2026-03-10T23:59:59+01:00"),
        ("Frau Kern hat am 9.3. um 8:15 Uhr angerufen", "2026-03-09T08:15:00+01:00"),
    ],
)
def test_what_happened_earlier_has_its_own_time(text: str, time: str):
    assert told(text).envelope["time"] == time


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Angebot an Müller", "no_due"),
        ("Angebot Müller verschoben", "no_due"),
        ("Müller bis Freitag", "no_what"),
        ("Angebot bis Freitag", "no_customer"),
        ("verschoben auf nächsten Dienstag", "no_customer"),
        ("Angebot an Huber bis Freitag", "unknown_customer"),
        ("Angebot an huber für Müller Straße bis Freitag", "unknown_customer"),
        ("Rückruf Frau Huber morgen", "unknown_customer"),
        ("offer to Nobody by Friday", "unknown_customer"),
        ("Angebot an Schmidt bis Freitag", "ambiguous_customer"),
        ("Otto: Angebot an Müller bis Freitag", "unknown_person"),
        ("Angebot an Müller nächsten Freitag", "ambiguous_date"),
        ("Angebot an Müller bis Mittwoch", "ambiguous_date"),
        ("Angebot an Müller bis gestern", "in_the_past"),
        ("Angebot an Müller bis Fretag", "unreadable_date"),
        ("Angebot Müller am 20.3.2026 geschickt", "in_the_future"),
        ("Angebot Müller am 20.3. geschickt", "ambiguous_date"),
        ("Müller hat bis Januar nachgefragt", "ambiguous_date"),
        ("Angebot Müller geschickt?", "a_question"),
        ("Angebot Müller noch nicht geschickt", "negated"),
        ("Müller hat sich nicht beschwert", "negated"),
        ("Angebot Müller teilweise erledigt", "partly"),
        ("Festpreis an Müller bis Freitag", "price"),
        ("Müller angerufen", "unclear_verb"),
        ("Ines hat Müller angerufen", "unclear_verb"),
        ("Müller hat gekündigt", "unclear_verb"),
        ("Termin Müller abgesagt", "unclear_verb"),
        ("Schulz hat das Angebot abgelehnt", "unclear_verb"),
        ("Müller hat uns Unterlagen bis Freitag zugesagt", "unclear_verb"),
        ("Schulz said no to our offer", "unclear_verb"),
        ("Müller hat Angebot auf Freitag verschoben", "unclear_verb"),
        ("Miller moved the offer to Friday", "unclear_verb"),
        ("Müller erledigt", "several_promises"),
        ("Müller hat nachgefragt", "several_promises"),
        ("Schulz hat nachgefragt", "several_promises"),
        ("Rechnung Müller erledigt", "unknown_promise"),
        ("Lenz erledigt", "several_promises"),
        ("Angebot Schulz erledigt", "no_promise"),
        ("", "empty"),
        ("  ?! ", "empty"),
        ("Angebot an Müller bis Freitag " + "x" * 10_000, "too_long"),
        ("Angebot an\0 Müller bis Freitag", "forbidden_character"),
        ("Angebot an \u202eMüller bis Freitag", "forbidden_character"),
        ("Angebot an \x1b[31mMüller bis Freitag", "forbidden_character"),
    ],
)
def test_it_is_asked_back(text: str, code: str):
    with pytest.raises(Refused) as asked:
        told(text)
    assert asked.value.code == code
    assert str(asked.value)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Angebot an Schmidt bis Freitag", ("Schmidt Nord (K-5)", "Schmidt Süd (K-6)")),
        ("Angebot an Mueller bis Freitag", ("Müller GmbH (K-1)",)),
        ("Müller erledigt", ("Angebot schicken (A-1)", "Wartung (A-2)")),
        ("Rechnung Müller erledigt", ("Angebot schicken (A-1)", "Wartung (A-2)")),
        ("Schulz hat nachgefragt", tuple(datetime(2026, 3, day, 9, tzinfo=BERLIN) for day in (9, 10))),
    ],
)
def test_a_question_names_all_that_can_be_meant(text: str, readings: tuple[object, ...]):
    with pytest.raises(Refused) as asked:
        told(text)
    assert asked.value.readings == readings


def test_whoever_asks_has_promised_it_unless_the_sentence_names_somebody():
    assert told("Angebot an Müller bis Freitag", by="lutz").envelope["data"]["by"] == "lutz"
    assert told("Ines: Angebot an Müller bis Freitag", by="lutz").envelope["data"]["by"] == "ines"
    assert told("Müller hat angerufen", by="lutz").envelope["data"]["to"] == "lutz"


def test_every_part_says_what_it_was_read_from():
    readings = {each.part: each for each in told("Ines: Angebot an Müller binnen 14 Tagen").readings}
    assert {part: each.said for part, each in readings.items()} == {
        "customer": "Müller",
        "by": "ines",
        "what": "Angebot",
        "kind": "Angebot",
        "due": "binnen 14 Tagen",
    }
    assert readings["due"].law == "BGB § 187 (1), § 188 (1)"
    assert readings["customer"].value == "Müller GmbH (K-1)"


def test_a_suggestion_counts_only_when_it_is_taken():
    understood = told("Angebot an Müller bis Samstag")
    assert understood.envelope["data"]["due"] == "2026-03-14"
    (suggestion,) = understood.suggestions
    taken = understood.taking(suggestion)
    assert taken.envelope == {**understood.envelope, "data": {**understood.envelope["data"], "due": "2026-03-16"}}
    assert understood.envelope["data"]["due"] == "2026-03-14"
    assert [each.law for each in taken.readings if each.part == "due"] == ["BGB § 193"]


WORDS = st.sampled_from(
    """Angebot an Müller bis Freitag hat nachgefragt Ines: 10 Uhr KW 42 53 binnen Tagen 14 0 9999 Jahren vor nach ab
    verschoben auf geschickt nicht nein gesagt told no offer to Miller by next week Ende des Monats 31.2. 3/4/2026
    halb um at 25 Montag Kern % <b> {x} {0} %s ? : ( ) sich beschwert wegen weil 2026-03-29 2:30 02:30 in Stunden
    Werktagen Arbeitstagen March 2199 3000 Januar""".split()  # noqa: SIM905
)


@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join)))
@example("Angebot an Müller bis Freitag\n")
@example("{found} an Müller bis {readings}")
def test_any_text_gives_a_possible_fact_or_a_refusal(text: str):
    with suppress(Refused):
        fact = parse(told(text).envelope, now=WEDNESDAY)
        assert fact.id == "c-1"


@given(st.lists(WORDS, max_size=12).map(" ".join))
@example("Freitag Miller weil Angebot")
def test_a_question_back_is_a_whole_sentence(text: str):
    with pytest.raises(Refused) as asked:
        told(f"{text}?")
    assert str(asked.value).endswith((".", "?"))
