"""The time-driven check: what became true lately and still holds is raised, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.alert import AlertRaised, Warning, event, stream_of
from domain.log import Log
from domain.steering import Steering
from projections import open_promises
from projections.filters import Moment
from projections.open_promises import OpenPromise
from projections.tables import Views
from workers import (
    when_a_promise_is_due_soon_remind_its_owner,
    when_a_promise_is_overdue_tell_its_owner,
    when_notice_is_about_to_come_too_late_make_a_last_call,
)
from workers.recipients import NameOf, recipient_of

LOOK_BACK = timedelta(days=7)
"""What became true earlier is listed on the pages, never sent."""

POLICIES: tuple[Callable[[OpenPromise, datetime], Warning | None], ...] = (
    when_a_promise_is_due_soon_remind_its_owner.warning,
    when_notice_is_about_to_come_too_late_make_a_last_call.warning,
    when_a_promise_is_overdue_tell_its_owner.warning,
)


class Newly(NamedTuple):
    """An alert raised by this tick."""

    alert: str
    warning: Warning
    recipient: str


def tick(log: Log, views: Views, steering: Steering, name_of: NameOf, *, at: datetime, now: datetime) -> list[Newly]:
    """Raises what holds at `at`; `now` is the moment of recording. The views must be up to date."""
    position = views.position()
    found = [
        Newly(stream_of(log.ids, warning, recipient), warning, recipient)
        for promise in open_promises.at(views, Moment(at), since=at - LOOK_BACK)
        if (warnings := due_warnings(promise, at))
        for recipient in [recipient_of(promise, steering, name_of, at)]
        for warning in warnings
    ]
    if not found:
        return []
    newly = []
    with log.writing() as writer:
        writer.load_versions(each.alert for each in found)
        for each in found:
            if writer.length(each.alert) == 0:
                warning = each.warning
                data = AlertRaised(
                    rule=warning.rule,
                    subject=warning.subject,
                    occurrence=warning.occurrence,
                    level=warning.level,
                    recipient=each.recipient,
                    moment=warning.moment,
                    position=position,
                )
                writer.append(event(log.ids, each.alert, warning.customer, data, at=at, now=now), None, "")
                newly.append(each)
    return newly


def due_warnings(promise: OpenPromise, at: datetime) -> list[Warning]:
    return [warning for warning in warnings_for(promise, at) if at - LOOK_BACK <= warning.moment]


def warnings_for(promise: OpenPromise, at: datetime) -> Iterable[Warning]:
    """What holds for a promise at a moment, however long."""
    return [warning for policy in POLICIES if (warning := policy(promise, at)) is not None]
