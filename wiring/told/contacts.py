"""A contact for programs: every field of its row."""

from __future__ import annotations

from typing import Any

from projections.contacts import ContactRow
from wiring.moments import written


def as_json(row: ContactRow) -> dict[str, Any]:
    return {
        "contact": row.id,
        "source": row.source,
        "customer": row.customer_id,
        "customer_name": row.customer_name,
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
