"""A contact for programs: every field of its row."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from projections import naming
from projections.contacts import ContactRow
from wiring.moments import written
from words import Translator


class Contact(TypedDict):
    """`state` null: nothing was asked. The target and the answer are those of the question it belongs to."""

    contact: str
    source: str
    customer: str
    customer_name: str | None
    state: str | None
    direction: Literal["inbound", "outbound"]
    purpose: str | None
    channel: str | None
    needs_answer: bool
    chases: bool
    time: str | None
    owner: str | None
    team: str | None
    asked: str | None
    target: str | None
    given_up: str | None
    answered: str | None
    answered_business_hours: float | None


def as_json(row: ContactRow, t: Translator) -> Contact:
    return {
        "contact": row.id,
        "source": row.source,
        "customer": row.customer_id,
        "customer_name": naming.named(row.customer_name, t),
        "state": row.state,
        "direction": "inbound" if row.inbound else "outbound",
        "purpose": row.purpose,
        "channel": row.channel,
        "needs_answer": row.needs_answer,
        "chases": row.chases,
        "time": written(row.at),
        "owner": row.owner,
        "team": row.team,
        "asked": written(row.asked_at),
        "target": written(row.target_at),
        "given_up": written(row.given_up_at),
        "answered": written(row.answered_at),
        "answered_business_hours": None if row.answered_s is None else row.answered_s / 3600,
    }
