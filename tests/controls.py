"""One agreed example of every fact: used by tests, and shown in docs/reference/facts.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
"""Later than every example."""

SOURCE = "crm"


def _envelope(
    type: str, id: str, time: str, /, zone: str | None = None, source: str = SOURCE, **data: Any
) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "source": source, "id": id, "type": type, "time": time, "data": data}
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
    _envelope("customer.merged", "K-40/merged", "2026-03-17T11:00:00+01:00", customer="K-40", duplicate="K-204"),
    _envelope("customer.separated", "K-40/separated", "2026-03-19T08:30:00+01:00", customer="K-40", duplicate="K-204"),
    _envelope(
        "customer.left",
        "K-31/left",
        "2026-03-24T15:00:00+01:00",
        customer="K-31",
        reason="Has a maintenance contract with somebody else from April on.",
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
        "contact.inbound",
        "M-301",
        "2026-03-05T09:20:00+01:00",
        contact="M-301",
        customer="K-17",
        channel="email",
        thread="T-301",
        about="A-2026-101",
        to="jonas",
    ),
    _envelope(
        "contact.answered",
        "M-301/answered",
        "2026-03-05T11:05:00+01:00",
        contact="M-301",
        by="jonas",
        channel="email",
    ),
    _envelope(
        "contact.outbound",
        "C-77",
        "2026-03-09T08:30:00+01:00",
        contact="C-77",
        customer="K-17",
        purpose="follow_up",
        by="jonas",
        channel="phone",
        about="A-2026-101",
    ),
    _envelope(
        "incident.reported",
        "V-12",
        "2026-03-12T08:20:00+01:00",
        incident="V-12",
        customer="K-17",
        kind="complaint",
        severity="serious",
        promise="A-2026-103",
        by="ines",
        team="Kundendienst",
        supplier="Kesselwerk Nord",
        product="Mischventil M4",
        text="Three days without hot water, and nobody rang.",
    ),
    _envelope("incident.assigned", "V-12/assigned", "2026-03-12T08:40:00+01:00", incident="V-12", by="jonas"),
    _envelope(
        "incident.explained",
        "V-12/explained",
        "2026-03-12T09:10:00+01:00",
        incident="V-12",
        by="jonas",
        channel="phone",
    ),
    _envelope(
        "incident.apologised",
        "V-12/apologised",
        "2026-03-12T09:15:00+01:00",
        incident="V-12",
        by="jonas",
        channel="phone",
    ),
    _envelope("incident.paused", "V-12/paused", "2026-03-12T09:30:00+01:00", incident="V-12", cause="customer"),
    _envelope("incident.resumed", "V-12/resumed", "2026-03-12T14:00:00+01:00", incident="V-12", cause="customer"),
    _envelope(
        "incident.chance_asked",
        "V-12/chance",
        "2026-03-12T14:10:00+01:00",
        incident="V-12",
        by="jonas",
        channel="phone",
    ),
    _envelope(
        "incident.offered",
        "V-12/offered",
        "2026-03-12T14:12:00+01:00",
        incident="V-12",
        by="jonas",
        channel="phone",
        offer="The next yearly maintenance is on us.",
        amount=180.0,
    ),
    _envelope(
        "incident.offer_answered",
        "V-12/offer-answered",
        "2026-03-13T09:00:00+01:00",
        incident="V-12",
        channel="email",
        accepted=True,
    ),
    _envelope(
        "incident.talked",
        "V-12/talked",
        "2026-03-13T14:00:00+01:00",
        incident="V-12",
        by="jonas",
        channel="in_person",
    ),
    _envelope(
        "incident.resolved",
        "V-12/resolved",
        "2026-03-13T16:30:00+01:00",
        incident="V-12",
        reason="A valve of another maker is in, the water is hot.",
    ),
    _envelope(
        "incident.reopened",
        "V-12/reopened",
        "2026-03-16T08:10:00+01:00",
        incident="V-12",
        reason="The new valve drips.",
    ),
    _envelope(
        "incident.closed",
        "V-12/closed",
        "2026-03-18T17:00:00+01:00",
        incident="V-12",
        reason="Sealed anew, and dry for a day.",
    ),
    _envelope(
        "fact.retracted",
        "K-17/referral/1/retracted",
        "2026-03-23T08:00:00+01:00",
        retracts={"source": SOURCE, "id": "K-17/referral/1"},
        reason="It was another Ms Meier who recommended us.",
    ),
    _envelope(
        "document.published",
        "people/2026-04",
        "2026-03-31T18:00:00+02:00",
        kind="people",
        valid_from="2026-04-01T00:00:00+02:00",
        content='manager = "karin"\n\n[[persons]]\nid = "karin"\nname = "Karin Roth"\n',
    ),
    _envelope(
        "firm.rates_set",
        "rates/2026-02",
        "2026-03-01T00:00:00+01:00",
        source="vertrauenskonto",
        month="2026-02",
        rates={"kept": 0.81, "reactions": 0.12},
    ),
)

EXAMPLES: Mapping[str, Mapping[str, Any]] = {each["type"]: each for each in _EXAMPLES}
