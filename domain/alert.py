"""An alert: who was warned of what, when, and what became of it. A stream of its own in the log."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

from domain.fact import Data, Fact, Instant
from domain.ids import Ids

OURSELVES = "vertrauenskonto"
"""The source of the events that the product itself records."""

NOBODY = "nobody"
SHARED_INBOX = "shared-inbox"

Rule = Literal["due_soon", "last_call", "overdue"]


class AlertRaised(Data):
    """`moment` is when the condition became true, `position` how far the log had been read."""

    type_name: ClassVar[str] = "alert.raised"
    rank: ClassVar[int] = 0
    rule: Rule
    subject: str
    occurrence: int
    level: int
    recipient: str
    moment: Instant
    position: int


class AlertDelivered(Data):
    type_name: ClassVar[str] = "alert.delivered"
    rank: ClassVar[int] = 1
    channel: str
    message_id: str
    to: str
    """The internal id of who got it: the recipient, or their stand-in."""


class AlertFailed(Data):
    """A delivery that did not work; `final` = it is not tried again by itself."""

    type_name: ClassVar[str] = "alert.failed"
    rank: ClassVar[int] = 2
    channel: str
    reason: str
    attempt: int
    final: bool


class AlertNoLongerNeeded(Data):
    """The condition had ended when the message was about to be sent."""

    type_name: ClassVar[str] = "alert.no_longer_needed"
    rank: ClassVar[int] = 3


class AlertTooOld(Data):
    type_name: ClassVar[str] = "alert.too_old"
    rank: ClassVar[int] = 4


EVENTS = (AlertRaised, AlertDelivered, AlertFailed, AlertNoLongerNeeded, AlertTooOld)
ENDS = (AlertDelivered, AlertNoLongerNeeded, AlertTooOld)
"""After these nothing more is sent."""


class Warning(NamedTuple):
    """What a policy says: this rule holds for this promise since `moment`."""

    rule: Rule
    subject: str
    customer: str
    occurrence: int
    moment: datetime
    level: int = 1


def stream_of(ids: Ids, warning: Warning, recipient: str) -> str:
    """The alert's identity: it is raised once, however often and by however many it is found."""
    parts = (warning.rule, warning.subject, str(warning.occurrence), str(warning.level), recipient)
    return "alert-" + ids.of("alert", *parts)


def event(ids: Ids, stream: str, customer: str, data: Data, *, at: datetime, now: datetime) -> Fact:
    """One event of an alert, sealed as it is: it holds nothing personal."""
    nth = str(data.attempt) if isinstance(data, AlertFailed) else ""
    return Fact(
        source=OURSELVES,
        id="",
        time=at,
        data=data,
        recorded=now,
        key=ids.of("alert-event", stream, data.type_name, nth),
        customer=customer,
        stream=stream,
    )
