"""One agreed example of every fact: used by tests, and shown in docs/reference/facts.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
"""Later than every example."""

SOURCE = "crm"


def _envelope(type: str, id: str, time: str, /, zone: str | None = None, **data: Any) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "source": SOURCE, "id": id, "type": type, "time": time, "data": data}
    return envelope if zone is None else {**envelope, "zone": zone}


_EXAMPLES = (
    _envelope(
        "customer.registered",
        "K-17",
        "2026-03-02T08:30:00+01:00",
        customer="K-17",
        name="Helga Meier",
        email="helga.meier@example.com",
        phone="+49 711 555 0117",
        language="de",
        owner="ines",
        team="Kundendienst",
        since="2024-05-06",
    ),
    _envelope("customer.changed", "K-17/phone", "2026-03-05T10:00:00+01:00", customer="K-17", phone="+49 711 555 0118"),
    _envelope("customer.owner_assigned", "K-17/owner/2", "2026-03-16T09:00:00+01:00", customer="K-17", owner="jonas"),
    _envelope(
        "customer.sensitivity_set",
        "K-17/sensitivity",
        "2026-03-16T09:05:00+01:00",
        customer="K-17",
        value=1.5,
        reason="Small children in the house: every hour without hot water counts.",
    ),
    _envelope(
        "promise.made",
        "A-2026-101/made",
        "2026-03-02T09:00:00+01:00",
        zone="Europe/Berlin",
        promise="A-2026-101",
        customer="K-17",
        due="2026-03-04",
        what="Send the quotation for the new boiler",
        kind="delivery",
        by="ines",
        team="Kundendienst",
        channel="phone",
    ),
    _envelope(
        "promise.changed",
        "A-2026-101/plan-b",
        "2026-03-02T15:10:00+01:00",
        promise="A-2026-101",
        plan_b="Send the price of last year's model with a note.",
    ),
    _envelope("promise.assigned", "A-2026-101/assigned", "2026-03-03T08:00:00+01:00", promise="A-2026-101", by="jonas"),
    _envelope(
        "promise.paused", "A-2026-101/paused", "2026-03-03T09:00:00+01:00", promise="A-2026-101", cause="customer"
    ),
    _envelope(
        "promise.resumed", "A-2026-101/resumed", "2026-03-03T11:00:00+01:00", promise="A-2026-101", cause="customer"
    ),
    _envelope(
        "promise.renegotiated",
        "A-2026-101/moved",
        "2026-03-03T13:30:00+01:00",
        zone="Europe/Berlin",
        promise="A-2026-101",
        due="2026-03-06",
        reason="The supplier names the price on Thursday.",
        alternative="The price without the flue comes today.",
    ),
    _envelope(
        "promise.fulfilled",
        "A-2026-101/fulfilled",
        "2026-03-06T10:15:00+01:00",
        promise="A-2026-101",
        degree=1.0,
        evidence="quotation-2026-101.pdf",
    ),
    _envelope(
        "promise.withdrawn",
        "A-2026-102/withdrawn",
        "2026-03-04T09:00:00+01:00",
        promise="A-2026-102",
        reason="The old pipe cannot be reused after all.",
        alternative="Rohrbau Kern could do it in the same week.",
    ),
    _envelope(
        "promise.broken",
        "A-2026-103/broken",
        "2026-03-09T17:00:00+01:00",
        promise="A-2026-103",
        reason="The part is no longer made.",
    ),
    _envelope(
        "promise.released",
        "A-2026-104/released",
        "2026-03-05T12:00:00+01:00",
        promise="A-2026-104",
        reason="The customer no longer needs it.",
    ),
    _envelope(
        "request.declined",
        "R-88",
        "2026-03-10T14:00:00+01:00",
        customer="K-17",
        what="Solar panels on the roof",
        reason="We have nobody who is trained for roofs.",
        alternative="Solarbau Lenz does it well.",
        by="ines",
    ),
    _envelope(
        "feedback.requested",
        "A-2026-101/asked",
        "2026-03-09T09:00:00+01:00",
        customer="K-17",
        about="A-2026-101",
    ),
    _envelope(
        "feedback.given",
        "review-4711",
        "2026-03-11T19:20:00+01:00",
        about="A-2026-101",
        score=5,
        text="Quick and friendly.",
    ),
    _envelope(
        "referral.given", "K-17/referral/1", "2026-03-20T10:00:00+01:00", customer="K-17", referred="Familie Wolf"
    ),
    _envelope(
        "document.published",
        "people/2026-04",
        "2026-03-31T18:00:00+02:00",
        kind="people",
        valid_from="2026-04-01T00:00:00+02:00",
        content='manager = "karin"\n\n[[persons]]\nid = "karin"\nname = "Karin Roth"\n',
    ),
)

EXAMPLES: Mapping[str, Mapping[str, Any]] = {each["type"]: each for each in _EXAMPLES}
