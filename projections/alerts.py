"""Alerts and the outbox: what was raised, what became of it, and what waits to be sent.

The outbox is the truth about what is still to be sent, the queue only a doorbell. A lease says who is
sending at this moment; everything else follows from the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.alert import NOBODY, AlertDelivered, AlertFailed, AlertRaised
from domain.people import Asker
from domain.store import Cursor
from projections.customers import OWNER_NAME
from projections.filters import Condition, Library, reach
from projections.page import Page
from projections.tables import MICROSECOND, Views, delete, instant, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS alerts (alert TEXT PRIMARY KEY, rule TEXT NOT NULL, subject TEXT NOT NULL, "
    "customer TEXT NOT NULL, occurrence INTEGER NOT NULL, level INTEGER NOT NULL, recipient TEXT NOT NULL, "
    "moment BIGINT NOT NULL, raised_at BIGINT NOT NULL, state TEXT NOT NULL, state_at BIGINT NOT NULL, "
    "channel TEXT, sent_to TEXT, reason TEXT, attempts INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS alerts_raised ON alerts (raised_at)",
    "CREATE INDEX IF NOT EXISTS alerts_subject ON alerts (subject)",
    "CREATE TABLE IF NOT EXISTS outbox (alert TEXT PRIMARY KEY, due BIGINT NOT NULL, "
    "lease_until BIGINT NOT NULL, attempts INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due)",
)

STATES = ("raised", "failing", "delivered", "undeliverable", "no_longer_needed", "too_old")

ENDS = {
    "alert.delivered": "delivered",
    "alert.no_longer_needed": "no_longer_needed",
    "alert.too_old": "too_old",
}

BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""How long until the next attempt; the last value is used from then on."""


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    for fact in page.facts:
        match fact.data:
            case AlertRaised() as raised:
                cursor.insert("alerts", [_row(fact.stream, fact.customer, raised, micros(fact.recorded))])
                if raised.recipient != NOBODY:
                    # A check for a moment ahead is sent when that moment has come, if it holds then.
                    due = max(filter(None, (fact.recorded, raised.moment)))
                    cursor.insert("outbox", [(fact.stream, micros(due), 0, 0)])
            case AlertFailed() as failed:
                _failed(cursor, fact.stream, failed, fact.recorded)
            case AlertDelivered() as delivered:
                cursor.execute(
                    "UPDATE alerts SET channel = ?, sent_to = ? WHERE alert = ?",
                    (delivered.channel, delivered.to, fact.stream),
                )
        if fact.type in ENDS:
            cursor.execute(
                "UPDATE alerts SET state = ?, state_at = ? WHERE alert = ?",
                (ENDS[fact.type], micros(fact.recorded), fact.stream),
            )
            delete(cursor, "outbox", "alert", [fact.stream])


def _row(stream: str, customer: str, raised: AlertRaised, at: int | None) -> tuple[Any, ...]:
    nobody = raised.recipient == NOBODY
    return (
        stream, raised.rule, raised.subject, customer, raised.occurrence, raised.level, raised.recipient,
        micros(raised.moment), at, "undeliverable" if nobody else "raised", at,
        None, None, "nobody_reachable" if nobody else None, 0,
    )  # fmt: skip


def _failed(cursor: Cursor, stream: str, failed: AlertFailed, at: datetime | None) -> None:
    assert at is not None
    cursor.execute(
        "UPDATE alerts SET state = ?, state_at = ?, channel = ?, reason = ?, attempts = ? WHERE alert = ?",
        (
            "undeliverable" if failed.final else "failing",
            micros(at),
            failed.channel,
            failed.reason,
            failed.attempt,
            stream,
        ),
    )
    if failed.final:
        delete(cursor, "outbox", "alert", [stream])
        return
    wait = BACK_OFF[min(failed.attempt, len(BACK_OFF)) - 1]
    cursor.execute(
        "UPDATE outbox SET due = ?, lease_until = 0, attempts = ? WHERE alert = ?",
        (micros(at + wait), failed.attempt, stream),
    )


# -- sending --------------------------------------------------------------------------------------------


def waiting(views: Views, now: datetime, limit: int = 100) -> list[str]:
    """Alerts that may be sent now and that nobody is sending, the longest waiting first."""
    rows = views.rows(
        "SELECT alert FROM outbox WHERE due <= ? AND lease_until <= ? ORDER BY due, alert LIMIT ?",
        (micros(now), micros(now), limit),
    )
    return [row[0] for row in rows]


def lease(views: Views, alert: str, now: datetime, lasting: timedelta) -> int | None:
    """The number of this attempt, if it is ours to send; nobody else sends it while the lease lasts."""
    with views.store.updating() as cursor:
        row = cursor.execute(
            "UPDATE outbox SET lease_until = ? WHERE alert = ? AND due <= ? AND lease_until <= ? RETURNING attempts",
            (micros(now + lasting), alert, micros(now), micros(now)),
        ).one()
    return None if row is None else int(row[0]) + 1


def renew(views: Views, alert: str, now: datetime, lasting: timedelta) -> None:
    with views.store.updating() as cursor:
        cursor.execute("UPDATE outbox SET lease_until = ? WHERE alert = ?", (micros(now + lasting), alert))


def held(views: Views, alert: str, now: datetime) -> timedelta | None:
    """How long somebody still has an alert that is due; None = nobody, or it waits no longer."""
    row = views.row("SELECT due, lease_until FROM outbox WHERE alert = ?", (alert,))
    at = micros(now)
    assert at is not None
    return None if row is None or row[0] > at or row[1] <= at else (row[1] - at) * MICROSECOND


def leases(cursor: Cursor) -> list[Any]:
    """Who is sending what until when: all that does not follow from the log."""
    # All rows: whoever wants to lease one in this moment waits, and then finds it in the new table or not at all.
    rows = cursor.execute(f"SELECT lease_until, alert FROM outbox{cursor.for_update}").all()
    return [row for row in rows if row[0] > 0]


def take_over(cursor: Cursor, leases: Sequence[Any]) -> None:
    cursor.executemany("UPDATE outbox SET lease_until = ? WHERE alert = ?", [tuple(lease) for lease in leases])


class Raised(NamedTuple):
    """What the sender needs to know of an alert; internal ids, times UTC."""

    alert: str
    rule: str
    subject: str
    customer: str
    occurrence: int
    level: int
    recipient: str
    moment: datetime


def raised(views: Views, alert: str) -> Raised | None:
    row = views.row(
        "SELECT alert, rule, subject, customer, occurrence, level, recipient, moment FROM alerts WHERE alert = ?",
        (alert,),
    )
    if row is None:
        return None
    fields = dict(zip(Raised._fields, row, strict=True))
    return Raised(**{**fields, "moment": _known(fields["moment"])})


def _known(us: int) -> datetime:
    at = instant(us)
    assert at is not None
    return at


# -- questions ----------------------------------------------------------------------------------------


class AlertRow(NamedTuple):
    """An alert as lists show it."""

    alert: str
    rule: str
    level: int
    subject: str
    """The promise's own id."""
    what: str | None
    customer: str
    customer_id: str
    customer_name: str | None
    recipient: str | None
    moment: datetime
    raised_at: datetime
    state: str
    state_at: datetime
    channel: str | None
    reason: str | None
    attempts: int


def listed(
    library: Library,
    asker: Asker,
    *,
    states: Sequence[str] = (),
    since: datetime | None = None,
    limit: int | None = None,
) -> list[AlertRow]:
    """The newest first."""
    where = reach(library, asker, "alerts", "a.recipient")
    if states:
        where = where.and_(Condition(f"a.state IN ({','.join('?' * len(states))})", list(states)))
    if since is not None:
        where = where.and_(Condition("a.raised_at >= ?", [micros(since)]))
    page = "" if limit is None else f" LIMIT {int(limit)}"
    rows = library.views.rows(
        f"SELECT a.alert, a.rule, a.level, w.id, w.what, a.customer, c.id, c.name, "
        f"COALESCE({OWNER_NAME.format(column='a.recipient')}, a.recipient), a.moment, a.raised_at, a.state, "
        f"a.state_at, a.channel, a.reason, a.attempts FROM alerts a "
        f"JOIN promise_words w ON w.promise = a.subject JOIN customers c ON c.customer = a.customer "
        f"WHERE {where.sql} ORDER BY a.raised_at DESC, a.alert{page}",
        where.params,
    )
    return [_alert_row(row) for row in rows]


def count(library: Library, asker: Asker, start: datetime, end: datetime) -> int:
    """How many were raised in a period; `end` is exclusive."""
    where = reach(library, asker, "alerts", "a.recipient")
    row = library.views.row(
        f"SELECT COUNT(*) FROM alerts a WHERE a.raised_at >= ? AND a.raised_at < ? AND {where.sql}",
        (micros(start), micros(end), *where.params),
    )
    return int(row[0])


def _alert_row(row: Sequence[Any]) -> AlertRow:
    fields = dict(zip(AlertRow._fields, row, strict=True))
    for name in ("moment", "raised_at", "state_at"):
        fields[name] = _known(fields[name])
    return AlertRow(**fields)
