"""A promise for programs: every field of its row."""

from __future__ import annotations

from typing_extensions import TypedDict

from projections import naming
from projections.promises import PromiseRow
from wiring.moments import written
from words import Translator


class Promise(TypedDict):
    """Times in RFC 3339, UTC; `promise` and `customer` are their source's own ids, `degree` 1.0 = as promised."""

    promise: str
    source: str
    customer: str
    customer_name: str | None
    state: str
    what: str | None
    kind: str
    severity: str
    binding: str
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    made: str | None
    due: str | None
    due_day: str | None
    first_due: str | None
    due_soon: str | None
    last_call: str | None
    last_moment: str | None
    waits_for: list[str]
    plan_b: bool
    moves: int
    settled: str | None
    degree: float | None


def as_json(row: PromiseRow, t: Translator) -> Promise:
    return {
        "promise": row.id,
        "source": row.source,
        "customer": row.customer_id,
        "customer_name": naming.named(row.customer_name, t),
        "state": row.state,
        "what": row.what,
        "kind": row.kind,
        "severity": row.severity,
        "binding": row.binding,
        "owner": row.owner,
        "team": row.team,
        "supplier": row.supplier,
        "product": row.product,
        "made": written(row.made_at),
        "due": written(row.due),
        "due_day": row.due_day,
        "first_due": written(row.first_due),
        "due_soon": written(row.due_soon),
        "last_call": written(row.last_call),
        "last_moment": written(row.last_moment),
        "waits_for": row.waits_for.split(",") if row.waits_for else [],
        "plan_b": row.plan_b,
        "moves": row.moves,
        "settled": written(row.settled_at),
        "degree": row.degree,
    }
