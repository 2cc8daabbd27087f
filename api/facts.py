"""`POST /facts`: one fact or a list of them, each with what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.calls import Answer, Call
from api.problems import as_json
from domain.errors import Refused
from domain.fact import Fact
from domain.record import Receipt
from domain.roles import allowed
from domain.vocabulary import parse
from intake import json_text
from projections.own_facts import must_be_own
from wiring.home import Konto
from words import N_, Translator

MOST_FACTS = 10_000
"""In one list."""
MOST_BRACKETS = 200_000
"""Objects and lists in one body: what they take in memory is many times what they take on the wire."""
FINDINGS_EACH = 5
"""Of each fact of a list."""

NOT_UTF_8 = N_("Line {line}, byte {byte}: the body is not written in UTF-8. Please encode it so.")
TOO_MANY_FACTS = N_("The list holds {found} facts; at most {limit} are taken at once. Please send it in several parts.")
TOO_MANY_PARTS = N_("The body holds more than {limit} objects and lists. Please send it in several parts.")
NEITHER = N_("A fact is an object, and several are a list of objects. What came is neither.")
NO_OBJECT = N_("A fact is an object.")

STATUS: Mapping[str, int] = {"recorded": 201, "already": 200, "parked": 202}
"""Of a single fact that was not refused."""

Told = dict[str, Any]


def content(body: bytes) -> Any:
    """What a body says. Raises Refused with what was found first."""
    if body.count(b"{") + body.count(b"[") > MOST_BRACKETS:
        # Brackets in texts count as well; a body with so many of them still fits in two.
        json_text.refuse_too_deep(body[:1_000_000].decode("latin-1"))
        raise Refused("too_large", TOO_MANY_PARTS, limit=MOST_BRACKETS)
    if b"\x00" in body[:4] and body[:1] not in (b"\xff", b"\xfe"):
        # UTF-16 or UTF-32 without a mark, which may pass for UTF-8.
        raise Refused("encoding", NOT_UTF_8, line=1, byte=body.index(b"\x00") + 1)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Refused("encoding", NOT_UTF_8, line=line, byte=error.start + 1) from None
    return json_text.parse(text.removeprefix("\ufeff"))


def of_facts(call: Call) -> Answer:
    """Of a list each fact is taken by itself; a single one that is refused is raised."""
    konto, t, found = call.asking.konto, call.asking.t, content(call.body)
    if allowed(konto.asker, "record") == "own":
        konto.catch_up()  # whose customers are whose stands in the tables
    if isinstance(found, list):
        return 200, _several(konto, found, t)
    if not isinstance(found, dict):
        raise Refused("wrong_type", NEITHER)
    (receipt,) = konto.record([_read(konto, found)])
    if receipt.refused is not None:
        raise receipt.refused
    return STATUS[receipt.status], _told(receipt)


def _several(konto: Konto, envelopes: Sequence[Any], t: Translator) -> list[Told]:
    """In order; those that are facts go to the log together."""
    if len(envelopes) > MOST_FACTS:
        raise Refused("too_large", TOO_MANY_FACTS, found=len(envelopes), limit=MOST_FACTS)
    read: list[Fact | Refused] = []
    for each in envelopes:
        try:
            if not isinstance(each, dict):
                raise Refused("wrong_type", NO_OBJECT)
            read.append(_read(konto, each))
        except Refused as refused:
            read.append(refused)
    receipts = iter(konto.record([each for each in read if isinstance(each, Fact)]))
    answers = []
    for envelope, each in zip(envelopes, read, strict=True):
        if isinstance(each, Refused):
            answers.append(_refused(envelope, each, t))
        else:
            receipt = next(receipts)
            answers.append(_refused(envelope, receipt.refused, t) if receipt.refused else _told(receipt))
    return answers


def _read(konto: Konto, envelope: Mapping[str, Any]) -> Fact:
    """Raises Refused, also for what the asker may not tell of."""
    fact = parse(envelope, now=konto.clock())
    must_be_own(konto.library, konto.asker, fact)
    return fact


def _told(receipt: Receipt) -> Told:
    return {"status": receipt.status, "source": receipt.fact.source, "id": receipt.fact.id}


def _refused(envelope: Any, refused: Refused, t: Translator) -> Told:
    named = envelope if isinstance(envelope, dict) else {}
    source, id = (value if isinstance(value := named.get(name), str) else None for name in ("source", "id"))
    return {"status": "refused", "source": source, "id": id, "problem": as_json(refused, t, most=FINDINGS_EACH)}
