"""An incident for programs: every field of its row."""

from __future__ import annotations

from typing_extensions import TypedDict

from domain.recovery import ORDER
from projections import naming
from projections.incidents import IncidentRow
from wiring.moments import written
from words import Translator


class Step(TypedDict):
    due: str | None
    done: str | None


class Incident(TypedDict):
    """`steps` are those of recovery in their order; `next_step` is the one that comes next."""

    incident: str
    source: str
    customer: str
    customer_name: str | None
    state: str
    text: str | None
    kind: str
    severity: str
    admitted: bool
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    promise: str | None
    waits_for: list[str]
    reported: str | None
    resolved: str | None
    closed: str | None
    next_step: str | None
    restored: bool
    steps: dict[str, Step]


def as_json(row: IncidentRow, t: Translator) -> Incident:
    return {
        "incident": row.id,
        "source": row.source,
        "customer": row.customer_id,
        "customer_name": naming.named(row.customer_name, t),
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
