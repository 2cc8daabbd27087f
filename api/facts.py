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

NOT_UTF_8 = N_("The body is not written in UTF-8: byte {byte}. Please encode it so.")
NEITHER = N_("A fact is an object, and several are a list of objects. What came is neither.")
NO_OBJECT = N_("A fact is an object.")

STATUS: Mapping[str, int] = {"recorded": 201, "already": 200, "parked": 202}
"""Of a single fact that was not refused."""

Told = dict[str, Any]


def content(body: bytes) -> Any:
    """What a body says. Raises Refused with every finding."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("encoding", NOT_UTF_8, byte=error.start) from None
    return json_text.parse(text)


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
    return {"status": "refused", "source": source, "id": id, "problem": as_json(refused, t)}
