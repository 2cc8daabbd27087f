"""An alert for programs: what it is about, to whom it went, and what became of it."""

from __future__ import annotations

from typing_extensions import TypedDict

from domain.alert import NOBODY, SHARED_INBOX
from projections import naming
from projections.alerts import AlertRow
from projections.subjects import own_name
from wiring.asking import Asking
from wiring.moments import written


class Alert(TypedDict):
    """`moment` is since when it holds, `raised` when it was noticed; `recipient` null: nobody is reachable."""

    alert: str
    rule: str
    level: int
    detail: str | None
    subject: str
    what: str | None
    customer: str | None
    customer_name: str | None
    recipient: str | None
    moment: str | None
    raised: str | None
    late: bool
    state: str
    state_since: str | None
    channel: str | None
    delivered: str | None
    delivered_to: str | None
    reason: str | None
    attempts: int
    acknowledged_by: str | None
    acknowledged: str | None
    snoozed_until: str | None
    escalated_from: str | None
    escalated_to: str | None


def as_json(asking: Asking, row: AlertRow) -> Alert:
    return {
        "alert": row.alert,
        "rule": row.rule,
        "level": row.level,
        "detail": row.detail or None,
        "subject": subject(asking, row),
        "what": row.what,
        "customer": row.customer_id,
        "customer_name": naming.named(row.customer_name, asking.t),
        "recipient": named(asking, row.recipient),
        "moment": written(row.moment),
        "raised": written(row.raised_at),
        "late": row.is_late,
        "state": row.state,
        "state_since": written(row.state_at),
        "channel": row.channel,
        "delivered": written(row.delivered_at),
        "delivered_to": named(asking, row.sent_to),
        "reason": row.reason,
        "attempts": row.attempts,
        "acknowledged_by": named(asking, row.acknowledged_by),
        "acknowledged": written(row.acknowledged_at),
        "snoozed_until": written(row.snoozed_until),
        "escalated_from": row.escalated_from,
        "escalated_to": named(asking, row.escalated_to),
    }


def named(asking: Asking, name: str | None) -> str | None:
    """The shared inbox by its address; None for nobody."""
    if name == SHARED_INBOX:
        return asking.konto.steering.people.at(asking.now).shared_inbox
    return None if name == NOBODY else name


def subject(asking: Asking, row: AlertRow) -> str:
    return row.subject or own_name(asking.konto.library, asking.konto.steering, row.subject_id, asking.now)
