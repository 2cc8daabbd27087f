"""What became of every alert: the log of deliveries, the channels that do not work, and how the last days went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from dashboard.answers import alerting
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import PAGE_SIZE, Reader, Refusal
from dashboard.shapes.deliveries import (
    DeliveriesAsked,
    DeliveriesPage,
    DeliveryFigures,
    DeliveryFilter,
    DeliveryRow,
    PausedChannel,
)
from domain.alert import RULES
from domain.channel import ChannelState
from domain.roles import may
from projections import alerts, channels, delivery_log, outbox
from projections.alerts import UNSEEN, AlertRow
from wiring.home import Konto

STATES: Mapping[DeliveryFilter, tuple[str, ...]] = {
    "all": (),
    "unseen": UNSEEN,
    "waiting": ("raised", "failing"),
    "delivered": ("delivered",),
    "acknowledged": ("acknowledged",),
    "snoozed": ("snoozed",),
    "undeliverable": ("undeliverable",),
    "over": ("cleared", "no_longer_needed", "too_old"),
}
LATELY = timedelta(days=7)


def page(konto: Konto, reader: Reader, asked: DeliveriesAsked, page: int) -> DeliveriesPage | Refusal:
    if refused := refusal(konto, "alerts", reader):
        return refused
    found = delivery_log.page(
        konto.library,
        konto.asker,
        states=STATES[asked.state],
        rule=asked.rule,
        person=asked.person,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    counts = {name: sum(found.counts[state] for state in states) for name, states in STATES.items()}
    counts["all"] = sum(found.counts.values())
    raised = delivery_log.rules(konto.library, konto.asker)
    may_send = may(konto.asker, "deliveries")
    return DeliveriesPage(
        rows=tuple(_row(konto, reader, each) for each in found.rows),
        total=counts[asked.state],
        counts=counts,
        rules=tuple(rule for rule in RULES if rule in raised),
        people=tuple(delivery_log.people(konto.library, konto.asker)),
        figures=_figures(konto, konto.clock()),
        paused=tuple(_paused(each) for each in channels.paused(konto.views).values()) if may_send else (),
        may_send=may_send,
        may_answer=may(konto.asker, "acknowledge"),
    )


def _figures(konto: Konto, now: datetime) -> DeliveryFigures:
    lately = delivery_log.lately(konto.library, konto.asker, now - LATELY)
    waiting, since = outbox.waits(konto.views, now, alerts.seen_by(konto.library, konto.asker))
    return DeliveryFigures(now - LATELY, lately.raised, lately.delivered, waiting, since, lately.undeliverable)


def _paused(each: ChannelState) -> PausedChannel:
    return PausedChannel(each.channel, each.since, each.reason, None if each.gone else each.until)


def _row(konto: Konto, reader: Reader, row: AlertRow) -> DeliveryRow:
    return DeliveryRow(
        alert=row.alert,
        told=alerting.told(konto, reader, row),
        raised=row.raised_at,
        to=alerting.whom(reader, row.sent_to or row.recipient),
        channel=row.channel,
        state=alerting.STATES[row.state],
        delivered=row.delivered_at,
        reason=row.reason if row.state in ("failing", "undeliverable") else None,
        attempts=row.attempts,
        late=row.is_late,
        escalated=row.escalated_from is not None,
        passed_on_to=alerting.whom(reader, row.escalated_to),
        seen_by=row.acknowledged_by,
        seen_at=row.acknowledged_at,
        put_off_until=row.snoozed_until,
    )
