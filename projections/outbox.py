"""The outbox: which alerts wait to be sent, which of them make up a message, and who is sending it just now.

It is the truth about what is still to be sent, the queue only a doorbell. What waits, since when and with whom it is
bundled follows from the log. When a message may leave, and who holds it, is decided anew at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.alert import (
    NOBODY,
    URGENCY,
    AlertAcknowledged,
    AlertBundled,
    AlertCleared,
    AlertDelivered,
    AlertFailed,
    AlertNoLongerNeeded,
    AlertRaised,
    AlertRetried,
    AlertSnoozed,
    AlertTooOld,
)
from domain.channel import ChannelResumed
from domain.fact import Fact
from domain.store import Cursor, Store
from projections.filters import Condition
from projections.page import Page
from projections.tables import MICROSECOND, Views, delete, instant, micros

TABLES = (
    "CREATE TABLE IF NOT EXISTS outbox (alert TEXT PRIMARY KEY, recipient TEXT NOT NULL, urgency INTEGER NOT NULL, "
    "due BIGINT NOT NULL, attempts INTEGER NOT NULL, sendings INTEGER NOT NULL, message TEXT, "
    "reader TEXT, released_at BIGINT NOT NULL, not_before BIGINT NOT NULL, lease_until BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due)",
    "CREATE INDEX IF NOT EXISTS outbox_message ON outbox (message)",
    "CREATE TABLE IF NOT EXISTS messages (message TEXT PRIMARY KEY, person TEXT NOT NULL, channel TEXT NOT NULL, "
    "sent_at BIGINT NOT NULL, alerts INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS messages_sent ON messages (sent_at, person)",
)

FROM_THE_LOG = ("alert", "recipient", "urgency", "due", "attempts", "sendings")
"""The columns that a rebuild must find again. Of `message` only bundles follow from the log."""

BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""How long until the next attempt where the failure does not say; the last value is used from then on."""


# -- how facts change it ------------------------------------------------------------------------------

ENDS = (AlertNoLongerNeeded, AlertTooOld, AlertCleared, AlertAcknowledged)


def apply(cursor: Cursor, page: Page) -> None:
    fresh: list[tuple[Any, ...]] = []
    for fact in page.facts:
        if isinstance(fact.data, AlertRaised):
            if fact.data.recipient != NOBODY:
                fresh.append(_row(fact, fact.data))
        elif isinstance(fact.data, ChannelResumed):
            cursor.execute("UPDATE outbox SET not_before = 0")  # who waited for it is looked at anew
        elif fact.stream.startswith("alert-"):
            cursor.insert("outbox", fresh)
            fresh = []
            _change(cursor, fact)
    cursor.insert("outbox", fresh)


def _row(fact: Fact, raised: AlertRaised) -> tuple[Any, ...]:
    # A check for a moment ahead is sent when that moment has come, if it holds then.
    due = max(filter(None, (fact.recorded, raised.moment)))
    return (fact.stream, raised.recipient, URGENCY[raised.rule], micros(due), 0, 1, None, None, 0, 0, 0)


def _change(cursor: Cursor, fact: Fact) -> None:
    assert fact.recorded is not None
    match fact.data:
        case AlertDelivered() as delivered:
            _sent(cursor, delivered, fact.recorded)
            delete(cursor, "outbox", "alert", [fact.stream])
        case AlertFailed() as failed if failed.final:
            delete(cursor, "outbox", "alert", [fact.stream])
        case AlertFailed() as failed:
            _again(cursor, fact.stream, failed, fact.recorded)
        case AlertBundled() as bundled:
            cursor.execute(
                "UPDATE outbox SET message = ?, reader = ?, released_at = ? WHERE alert = ?",
                (bundled.message, bundled.to, micros(fact.recorded), fact.stream),
            )
        case AlertSnoozed() as snoozed:
            _put_in(cursor, fact.stream, snoozed.until)
        case AlertRetried():
            _put_in(cursor, fact.stream, fact.recorded)
        case data if isinstance(data, ENDS):
            delete(cursor, "outbox", "alert", [fact.stream])


def _sent(cursor: Cursor, delivered: AlertDelivered, at: datetime) -> None:
    cursor.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, 1) ON CONFLICT (message) DO UPDATE SET alerts = messages.alerts + 1",
        (delivered.message_id, delivered.to, delivered.channel, micros(at)),
    )


def _again(cursor: Cursor, alert: str, failed: AlertFailed, at: datetime) -> None:
    """A bundle stays together: it is the same message at every attempt."""
    wait = timedelta(seconds=failed.again_s) or BACK_OFF[min(failed.attempt, len(BACK_OFF)) - 1]
    cursor.execute(
        "UPDATE outbox SET due = ?, lease_until = 0, attempts = ? WHERE alert = ?",
        (micros(at + wait), failed.attempt, alert),
    )


def _put_in(cursor: Cursor, alert: str, due: datetime) -> None:
    """Again, whether it lies there or not."""
    delete(cursor, "outbox", "alert", [alert])
    # Alerts are brought up to the page before the outbox is.
    row = cursor.execute("SELECT recipient, rule, sendings FROM alerts WHERE alert = ?", (alert,)).one()
    assert row is not None, "an alert is raised before anything else"
    recipient, rule, sendings = row
    cursor.insert("outbox", [(alert, recipient, URGENCY[rule], micros(due), 0, sendings, None, None, 0, 0, 0)])


# -- releasing ----------------------------------------------------------------------------------------


class Waiting(NamedTuple):
    """An alert that is in no message yet."""

    alert: str
    recipient: str
    urgency: int
    due: datetime
    sendings: int
    until: datetime | None


def to_release(views: Views, now: datetime) -> list[Waiting]:
    """The most urgent first."""
    rows = views.rows(
        "SELECT o.alert, o.recipient, o.urgency, o.due, o.sendings, a.until FROM outbox o "
        "JOIN alerts a ON a.alert = o.alert WHERE o.message IS NULL AND o.due <= ? AND o.not_before <= ? "
        "ORDER BY o.urgency, a.moment, o.alert",
        (micros(now), micros(now)),
    )
    return [Waiting._make((*row[:3], _known(row[3]), row[4], instant(row[5]))) for row in rows]


def release(views: Views, messages: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Message, alert and reader of each that may leave as a message of its own."""
    rows = [(message, reader, micros(now), alert) for message, alert, reader in messages]
    with views.store.updating() as cursor:
        cursor.executemany(
            "UPDATE outbox SET message = ?, reader = ?, released_at = ? WHERE alert = ? AND message IS NULL", rows
        )


def defer(views: Views, alerts: Iterable[tuple[str, datetime]]) -> None:
    """Each not before a moment."""
    with views.store.updating() as cursor:
        cursor.executemany(
            "UPDATE outbox SET not_before = ? WHERE alert = ? AND message IS NULL",
            [(micros(until), alert) for alert, until in alerts],
        )


def sent_since(views: Views, since: datetime, now: datetime) -> dict[str, list[datetime]]:
    """When each person got messages since a moment, in order; those on their way count as sent now."""
    found: dict[str, list[datetime]] = {}
    rows = views.rows("SELECT person, sent_at FROM messages WHERE sent_at > ? ORDER BY sent_at", (micros(since),))
    on_their_way = views.rows("SELECT DISTINCT reader, message FROM outbox WHERE reader IS NOT NULL")
    for person, at in (*rows, *((row[0], micros(now)) for row in on_their_way)):
        found.setdefault(person, []).append(_known(at))
    return found


# -- sending ------------------------------------------------------------------------------------------


class Parcel(NamedTuple):
    """A message that is ours to send, with its alerts, each with the number of this attempt."""

    message: str
    alerts: tuple[tuple[str, int], ...]


def ready(views: Views, now: datetime, limit: int = 100) -> list[str]:
    """Messages that may be sent now and that nobody is sending, the most urgent first."""
    rows = views.rows(
        "SELECT message, MIN(urgency), MIN(due) FROM outbox WHERE message IS NOT NULL "
        "GROUP BY message HAVING MAX(due) <= ? AND MAX(not_before) <= ? AND MAX(lease_until) <= ? "
        # What has failed several times lets the others go first: it may be the reason why nothing works.
        "ORDER BY CASE WHEN MAX(attempts) < 3 THEN 0 ELSE 1 END, 2, 3, message LIMIT ?",
        (micros(now), micros(now), micros(now), limit),
    )
    return [row[0] for row in rows]


def lease(
    views: Views, messages: Sequence[str], now: datetime, lasting: timedelta, others: Sequence[Store] = ()
) -> list[Parcel]:
    """Those of these messages that are ours to send, in this order; nobody else sends them while the lease lasts.

    `others`: tables of other layouts, by which another version may send the same. There its alerts are leased as well,
    and what somebody sends by them is not ours.
    """
    us = micros(now)
    found: dict[str, list[tuple[str, int]]] = {}
    with views.store.updating() as cursor:
        for message in messages:
            for row in cursor.execute(
                "UPDATE outbox SET lease_until = ? WHERE message = ? AND due <= ? AND not_before <= ? "
                "AND lease_until <= ? RETURNING alert, attempts",
                (micros(now + lasting), message, us, us, us),
            ).all():
                found.setdefault(message, []).append((row[0], int(row[1]) + 1))
    parcels = [Parcel(message, tuple(sorted(alerts))) for message, alerts in found.items()]
    for other in others:
        ours = _leased_beside(other, parcels, now, lasting)
        if taken := [parcel.message for parcel in parcels if parcel not in ours]:
            _until(views, taken, 0)
        parcels = ours
    return parcels


def _leased_beside(other: Store, parcels: Sequence[Parcel], now: datetime, lasting: timedelta) -> list[Parcel]:
    ours = []
    with other.updating() as cursor:
        for parcel in parcels:
            alerts = [alert for alert, _ in parcel.alerts]
            sql = f"SELECT lease_until FROM outbox WHERE alert IN ({{among}}){cursor.for_update}"
            if all(row[0] <= (micros(now) or 0) for row in cursor.among(sql, alerts)):
                _hold_beside(cursor, alerts, micros(now + lasting))
                ours.append(parcel)
    return ours


def _hold_beside(cursor: Cursor, alerts: Iterable[str], until: int | None) -> None:
    cursor.executemany("UPDATE outbox SET lease_until = ? WHERE alert = ?", [(until, alert) for alert in alerts])


def renew(
    views: Views, parcels: Collection[Parcel], now: datetime, lasting: timedelta, others: Sequence[Store] = ()
) -> None:
    _hold(views, parcels, micros(now + lasting), others)


def free(views: Views, parcels: Collection[Parcel], others: Sequence[Store] = ()) -> None:
    """They go back without an attempt."""
    _hold(views, parcels, 0, others)


def _hold(views: Views, parcels: Collection[Parcel], until: int | None, others: Sequence[Store]) -> None:
    _until(views, [parcel.message for parcel in parcels], until)
    for other in others:
        with other.updating() as cursor:
            _hold_beside(cursor, (alert for parcel in parcels for alert, _ in parcel.alerts), until)


def _until(views: Views, messages: Collection[str], until: int | None) -> None:
    with views.store.updating() as cursor:
        cursor.executemany("UPDATE outbox SET lease_until = ? WHERE message = ?", [(until, each) for each in messages])


def put_off(views: Views, message: str, until: datetime) -> None:
    """It goes back without an attempt, and waits until a moment."""
    with views.store.updating() as cursor:
        cursor.execute("UPDATE outbox SET lease_until = 0, not_before = ? WHERE message = ?", (micros(until), message))


def held(views: Views, message: str, now: datetime) -> timedelta | None:
    """How long somebody still has a message that is due; None = nobody, or it waits no longer."""
    at = micros(now)
    assert at is not None
    row = views.row("SELECT MAX(due), MAX(lease_until) FROM outbox WHERE message = ?", (message,))
    return None if row[0] is None or row[0] > at or row[1] <= at else (row[1] - at) * MICROSECOND


KEPT = ("message", "reader", "released_at", "not_before", "lease_until")
"""All that does not follow from the log."""


def decisions(cursor: Cursor) -> list[Any]:
    """Which messages may leave and who is sending what until when."""
    # All rows: whoever wants to lease one in this moment waits, and then finds it in the new table or not at all.
    rows = cursor.execute(f"SELECT {', '.join(KEPT)}, alert FROM outbox{cursor.for_update}").all()
    return [tuple(row) for row in rows if any(row[:-1])]


def decisions_beside(others: Iterable[Store]) -> list[Any]:
    """The same of tables of other layouts, those named last counting most."""
    found: dict[str, Any] = {}
    for other in others:
        with other.reading() as cursor:
            found |= {row[-1]: row for row in decisions(cursor)}
    return list(found.values())


def take_over(cursor: Cursor, decisions: Sequence[Any]) -> None:
    changes = ", ".join(f"{name} = ?" for name in KEPT)
    cursor.executemany(f"UPDATE outbox SET {changes} WHERE alert = ?", list(decisions))


def bring_along(views: Views, others: Sequence[Store]) -> None:
    """What was released by tables of other layouts and not yet by ours."""
    released = [row for row in decisions_beside(others) if row[KEPT.index("message")] is not None]
    changes = ", ".join(f"{name} = ?" for name in KEPT)
    with views.store.writing() as cursor:
        cursor.executemany(f"UPDATE outbox SET {changes} WHERE alert = ? AND message IS NULL", released)


def waits(views: Views, now: datetime, seen: Condition | None = None) -> tuple[int, datetime | None]:
    """How many alerts could be sent now, and since when the longest waiting one could.

    `seen`: a condition on `alerts a`, for somebody who may not see all of them.
    """
    among = f" AND alert IN (SELECT a.alert FROM alerts a WHERE {seen.sql})" if seen else ""
    row = views.row(
        "SELECT COUNT(*), MIN(CASE WHEN not_before > due THEN not_before ELSE due END) FROM outbox "
        f"WHERE due <= ? AND not_before <= ?{among}",
        (micros(now), micros(now), *(seen.params if seen else ())),
    )
    return int(row[0]), instant(row[1])


def _known(us: int) -> datetime:
    at = instant(us)
    assert at is not None
    return at
