"""Alerts: what was raised, to whom it went, and what became of it. What waits to be sent is in outbox.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from domain.alert import (
    LASTING,
    NOBODY,
    AlertAcknowledged,
    AlertCleared,
    AlertDelivered,
    AlertEscalated,
    AlertFailed,
    AlertNoLongerNeeded,
    AlertRaised,
    AlertRetried,
    AlertReturned,
    AlertSnoozed,
    AlertTooOld,
    Occasion,
    Rule,
    Whose,
)
from domain.fact import Data, Fact
from domain.roles import Asker
from domain.store import Cursor
from projections.customers import OWNER_NAME
from projections.filters import Condition, Library, reach
from projections.page import Page
from projections.paging import By, Place, behind, order_by
from projections.tables import Views, instant, micros, upsert

COLUMNS: Mapping[str, str] = {
    "alert": "TEXT PRIMARY KEY",
    "rule": "TEXT NOT NULL",
    "subject": "TEXT NOT NULL",
    "detail": "TEXT NOT NULL",
    "customer": "TEXT NOT NULL",
    "occurrence": "BIGINT NOT NULL",
    "level": "INTEGER NOT NULL",
    "recipient": "TEXT NOT NULL",
    "team": "TEXT",
    "moment": "BIGINT NOT NULL",
    "until": "BIGINT",
    "raised_for": "BIGINT NOT NULL",
    "raised_at": "BIGINT NOT NULL",
    "escalated_from": "TEXT",
    "state": "TEXT NOT NULL",
    "state_at": "BIGINT NOT NULL",
    "channel": "TEXT",
    "sent_to": "TEXT",
    "delivered_at": "BIGINT",
    "reason": "TEXT",
    "attempts": "INTEGER NOT NULL",
    "sendings": "INTEGER NOT NULL",
    "acknowledged_by": "TEXT",
    "acknowledged_at": "BIGINT",
    "snoozed_until": "BIGINT",
    "escalated_to": "TEXT",
    "over_at": "BIGINT",
}
"""`raised_for` is the moment that the check looked at, `raised_at` when it did; `over_at` when it was cleared, found
no longer needed or too old."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS alerts (" + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()) + ")",
    "CREATE INDEX IF NOT EXISTS alerts_raised ON alerts (raised_at)",
    "CREATE INDEX IF NOT EXISTS alerts_subject ON alerts (subject, rule)",
    "CREATE INDEX IF NOT EXISTS alerts_customer ON alerts (customer)",
    "CREATE INDEX IF NOT EXISTS alerts_cleared ON alerts (rule, over_at) WHERE state = 'cleared'",
    "CREATE INDEX IF NOT EXISTS alerts_active ON alerts (rule) WHERE over_at IS NULL",
)

STATES = (
    "raised",
    "failing",
    "delivered",
    "acknowledged",
    "snoozed",
    "undeliverable",
    "cleared",
    "no_longer_needed",
    "too_old",
)
OPEN = ("raised", "failing", "delivered", "acknowledged", "snoozed", "undeliverable")
"""The condition has not ended, as far as the last check knows."""
WAITING = ("raised", "failing", "snoozed")
"""Something is still to be sent."""
UNSEEN = ("raised", "failing", "delivered", "undeliverable")
"""Nobody has acknowledged it or put it off."""

LATE_AFTER = timedelta(days=1)
"""What is raised so much later than it became true comes late: nobody looked, or the fact was recorded late. A firm
that brings in its facts once a night is on time."""


# -- how facts change it ------------------------------------------------------------------------------


Stand = dict[str, Any]
"""How an alert stands: its row, by column."""


def apply(cursor: Cursor, page: Page) -> None:
    events = [fact for fact in page.facts if isinstance(fact.data, AlertRaised) or type(fact.data) in CHANGES]
    before = {fact.stream for fact in events if not isinstance(fact.data, AlertRaised)}
    stands = _stored(cursor, before)
    for fact in events:
        stand = evolve(stands.get(fact.stream), fact)
        if stand is not None:
            stands[fact.stream] = stand
    upsert(cursor, "alerts", tuple(COLUMNS), [tuple(stand.values()) for stand in stands.values()])


def _stored(cursor: Cursor, alerts: Iterable[str]) -> dict[str, Stand]:
    rows = cursor.among(f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE alert IN ({{among}})", alerts)
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def evolve(stand: Stand | None, fact: Fact) -> Stand | None:
    """How it stands after one more of its events; None for one that was never raised."""
    if isinstance(fact.data, AlertRaised):
        return _begun(fact, fact.data)
    change = CHANGES.get(type(fact.data))
    return stand if stand is None or change is None else stand | change(stand, fact)


def _begun(fact: Fact, raised: AlertRaised) -> Stand:
    nobody = raised.recipient == NOBODY
    at = micros(fact.recorded)
    known = {
        **raised.model_dump(include={"rule", "subject", "detail", "occurrence", "level", "recipient", "team"}),
        "alert": fact.stream,
        "customer": fact.customer,
        "moment": micros(raised.moment),
        "until": micros(raised.until),
        "raised_for": micros(fact.time),
        "raised_at": at,
        "escalated_from": raised.escalated_from,
        "state": "undeliverable" if nobody else "raised",
        "state_at": at,
        "reason": "nobody_reachable" if nobody else None,
        "attempts": 0,
        "sendings": 1,
    }
    return {name: known.get(name) for name in COLUMNS}


def _delivered(stand: Stand, fact: Fact) -> Stand:
    data = cast(AlertDelivered, fact.data)
    # Somebody may have acknowledged it while it was on its way.
    state = "delivered" if stand["acknowledged_by"] is None else "acknowledged"
    at = micros(fact.recorded)
    sent = {"channel": data.channel, "sent_to": data.to, "delivered_at": at, "reason": None}
    return {"state": state, "state_at": at, "snoozed_until": None, **sent}


def _failed(stand: Stand, fact: Fact) -> Stand:
    data = cast(AlertFailed, fact.data)
    state = "undeliverable" if data.final else "failing"
    failure = {"channel": data.channel, "reason": data.reason, "attempts": data.attempt}
    return {"state": state, "state_at": micros(fact.recorded), **failure}


def _over(state: str) -> Callable[[Stand, Fact], Stand]:
    def change(stand: Stand, fact: Fact) -> Stand:
        return {"state": state, "state_at": micros(fact.recorded), "over_at": micros(fact.time)}

    return change


def _acknowledged(stand: Stand, fact: Fact) -> Stand:
    data, at = cast(AlertAcknowledged, fact.data), micros(fact.recorded)
    seen = {"acknowledged_by": data.by, "acknowledged_at": at, "snoozed_until": None}
    return {"state": "acknowledged", "state_at": at, **seen}


def _snoozed(stand: Stand, fact: Fact) -> Stand:
    data = cast(AlertSnoozed, fact.data)
    again = {"snoozed_until": micros(data.until), "sendings": stand["sendings"] + 1, "attempts": 0}
    return {"state": "snoozed", "state_at": micros(fact.recorded), **again}


def _escalated(stand: Stand, fact: Fact) -> Stand:
    return {"escalated_to": cast(AlertEscalated, fact.data).to}


def _returned(stand: Stand, fact: Fact) -> Stand:
    told = "undeliverable" if stand["delivered_at"] is None else "delivered"
    state = told if stand["acknowledged_by"] is None else "acknowledged"
    return {"state": state, "state_at": micros(fact.recorded), "over_at": None}


def _retried(stand: Stand, fact: Fact) -> Stand:
    return {"state": "raised", "state_at": micros(fact.recorded), "attempts": 0}


CHANGES: Mapping[type[Data], Callable[[Stand, Fact], Stand]] = {
    AlertDelivered: _delivered,
    AlertFailed: _failed,
    AlertNoLongerNeeded: _over("no_longer_needed"),
    AlertTooOld: _over("too_old"),
    AlertCleared: _over("cleared"),
    AlertAcknowledged: _acknowledged,
    AlertSnoozed: _snoozed,
    AlertEscalated: _escalated,
    AlertReturned: _returned,
    AlertRetried: _retried,
}


# -- for the check and the sender ---------------------------------------------------------------------

Matter = tuple[str, str, int, str, int]
"""Rule, subject, occurrence, detail and level."""


class Raised(NamedTuple):
    """An alert as the check and the sender need it; internal ids, times UTC."""

    alert: str
    rule: Rule
    subject: str
    detail: str
    customer: str
    occurrence: int
    level: int
    recipient: str
    team: str | None
    moment: datetime
    until: datetime | None
    raised_for: datetime
    raised_at: datetime
    escalated_from: str | None
    state: str
    state_at: datetime
    sent_to: str | None
    delivered_at: datetime | None
    reason: str | None
    sendings: int
    acknowledged_by: str | None
    snoozed_until: datetime | None
    escalated_to: str | None
    over_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.escalated_from is None and self.raised_for - self.moment > LATE_AFTER

    @property
    def matter(self) -> Matter:
        """The same for all who hear of one thing."""
        return self.rule, self.subject, self.occurrence, self.detail, self.level

    @property
    def occasion(self) -> Occasion:
        return Occasion(
            rule=self.rule,
            subject=self.subject,
            customer=self.customer,
            since=self.moment,
            whose=Whose(team=self.team),
            until=self.until,
            occurrence=self.occurrence,
            level=self.level,
            detail=self.detail,
        )


_TIMES = ("moment", "until", "raised_for", "raised_at", "state_at", "delivered_at", "snoozed_until", "over_at")
_RAISED = ", ".join(f"a.{name}" for name in Raised._fields)


def raised(views: Views, alert: str) -> Raised | None:
    row = views.row(f"SELECT {_RAISED} FROM alerts a WHERE a.alert = ?", (alert,))
    return None if row is None else _raised(row)


def several(views: Views, alerts: Iterable[str]) -> dict[str, Raised]:
    with views.store.reading() as cursor:
        rows = cursor.among(f"SELECT {_RAISED} FROM alerts a WHERE a.alert IN ({{among}})", alerts)
        return {row[0]: _raised(row) for row in rows}


def already(views: Views, alerts: Iterable[str]) -> set[str]:
    """Which of these were raised before."""
    with views.store.reading() as cursor:
        return {row[0] for row in cursor.among("SELECT alert FROM alerts WHERE alert IN ({among})", alerts)}


def about(views: Views, subjects: Iterable[str]) -> list[Raised]:
    """All alerts about these subjects, in order of raising."""
    with views.store.reading() as cursor:
        rows = cursor.among(f"SELECT {_RAISED} FROM alerts a WHERE a.subject IN ({{among}})", subjects)
        found = [_raised(row) for row in rows]
    return sorted(found, key=lambda each: (each.raised_at, each.alert))


def active(views: Views, rules: Sequence[str] | None = None) -> list[Raised]:
    """All whose condition has not ended, as far as the last check knows."""
    among = "" if rules is None else f" AND a.rule IN ({','.join('?' * len(rules))})"
    rows = views.rows(f"SELECT {_RAISED} FROM alerts a WHERE a.over_at IS NULL{among}", tuple(rules or ()))
    return [_raised(row) for row in rows]


def lately_cleared(views: Views, rules: Sequence[str], since: datetime) -> list[Raised]:
    """Those about lasting states that ended since a moment."""
    lasting = [rule for rule in rules if rule in LASTING]
    if not lasting:
        return []
    rows = views.rows(
        f"SELECT {_RAISED} FROM alerts a WHERE a.state = 'cleared' AND a.over_at > ? "
        f"AND a.rule IN ({','.join('?' * len(lasting))})",
        (micros(since), *lasting),
    )
    return [_raised(row) for row in rows]


def _raised(row: Sequence[Any]) -> Raised:
    fields = dict(zip(Raised._fields, row, strict=True))
    for name in _TIMES:
        fields[name] = instant(fields[name])
    return Raised(**fields)


# -- questions ----------------------------------------------------------------------------------------


class AlertRow(NamedTuple):
    """An alert as lists show it. `subject` is its own id, `what` what it is called."""

    alert: str
    rule: str
    level: int
    detail: str
    subject_id: str
    """Internal."""
    subject: str | None
    what: str | None
    customer: str
    customer_id: str | None
    customer_name: str | None
    recipient: str | None
    sent_to: str | None
    moment: datetime
    raised_for: datetime
    raised_at: datetime
    state: str
    state_at: datetime
    channel: str | None
    delivered_at: datetime | None
    reason: str | None
    attempts: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    snoozed_until: datetime | None
    escalated_from: str | None
    escalated_to: str | None
    source: str | None = None
    """Of the promise that it is about."""

    @property
    def is_late(self) -> bool:
        return self.escalated_from is None and self.raised_for - self.moment > LATE_AFTER


_LISTED_TIMES = (
    "moment", "raised_for", "raised_at", "state_at", "delivered_at", "acknowledged_at", "snoozed_until",
)  # fmt: skip
_NAMED = "COALESCE(" + OWNER_NAME + ", {column})"
_LISTED = (
    "SELECT a.alert, a.rule, a.level, a.detail, a.subject, "
    "COALESCE(p.id, q.id, i.id, CASE WHEN a.subject = a.customer THEN c.id END), COALESCE(p.what, i.text), "
    f"a.customer, c.id, c.name, {_NAMED.format(column='a.recipient')}, {_NAMED.format(column='a.sent_to')}, "
    "a.moment, a.raised_for, a.raised_at, a.state, a.state_at, a.channel, a.delivered_at, a.reason, a.attempts, "
    f"{_NAMED.format(column='a.acknowledged_by')}, a.acknowledged_at, a.snoozed_until, a.escalated_from, "
    f"{_NAMED.format(column='a.escalated_to')}, p.source FROM alerts a "
    "LEFT JOIN promise_words p ON p.promise = a.subject LEFT JOIN contact_words q ON q.contact = a.subject "
    "LEFT JOIN incident_words i ON i.incident = a.subject LEFT JOIN customers c ON c.customer = a.customer "
)


LISTED_BY = (By("a.raised_at", down=True), By("a.raised_for", down=True), By("a.alert"))


def place(row: AlertRow) -> Place:
    return micros(row.raised_at), micros(row.raised_for), row.alert


def listed(
    library: Library,
    asker: Asker,
    *,
    states: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    among: Condition | None = None,
    after: Place | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[AlertRow]:
    """The newest first. `until`: raised by then. `among`: a condition on `alerts a`."""
    where = seen_by(library, asker).and_(behind(LISTED_BY, after))
    if states:
        where = where.and_(Condition(f"a.state IN ({','.join('?' * len(states))})", list(states)))
    if since is not None:
        where = where.and_(Condition("a.raised_at >= ?", [micros(since)]))
    if until is not None:
        where = where.and_(Condition("a.raised_at <= ?", [micros(until)]))
    if among is not None:
        where = where.and_(among)
    page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    rows = library.views.rows(f"{_LISTED} WHERE {where.sql} ORDER BY {order_by(LISTED_BY)}{page}", where.params)
    return [_alert_row(row) for row in rows]


def seen_by(library: Library, asker: Asker) -> Condition:
    """What the asker may see: as a condition on `alerts a`. Own = those that went to oneself."""
    own = reach(library, asker, "alerts", "a.recipient")
    if not own.params:
        return own
    read = reach(library, asker, "alerts", "a.sent_to")
    return Condition(f"({own.sql} OR {read.sql})", [*own.params, *read.params])


def count(library: Library, asker: Asker, start: datetime, end: datetime) -> int:
    """How many were raised in a period; `end` is exclusive."""
    where = seen_by(library, asker)
    row = library.views.row(
        f"SELECT COUNT(*) FROM alerts a WHERE a.raised_at >= ? AND a.raised_at < ? AND {where.sql}",
        (micros(start), micros(end), *where.params),
    )
    return int(row[0])


def _alert_row(row: Sequence[Any]) -> AlertRow:
    fields = dict(zip(AlertRow._fields, row, strict=True))
    for name in _LISTED_TIMES:
        fields[name] = instant(fields[name])
    return AlertRow(**fields)
