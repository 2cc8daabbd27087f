"""An incident for programs: every field of its row."""

from __future__ import annotations

from typing import Any

from domain.recovery import ORDER
from projections.incidents import IncidentRow
from wiring.moments import written


def as_json(row: IncidentRow) -> dict[str, Any]:
    return {
        "incident": row.id,
        "source": row.source,
        "customer": row.customer_id,
        "customer_name": row.customer_name,
        "state": row.state,
        "text": row.text,
        "kind": row.kind,
        "severity": row.severity,
        "admitted": row.admitted,
        "owner": row.owner,
        "team": row.team,
        "supplier": row.supplier,
        "product": row.product,
        "promise": row.promise_id,
        "waits_for": row.waits_for.split(",") if row.waits_for else [],
        "reported": written(row.reported_at),
        "resolved": written(row.resolved_at),
        "closed": written(row.closed_at),
        "next_step": row.next_step,
        "restored": row.restored,
        "steps": {step: {"due": written(row.due_of(step)), "done": written(row.done_at(step))} for step in ORDER},
    }
