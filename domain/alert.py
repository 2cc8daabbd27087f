"""An alert: who was warned of what, when, and what became of it. A stream of its own in the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple, get_args

from msgspec.structs import replace

from domain.fact import SEALED, Data, Fact, Instant, PersonalProse
from domain.ids import Ids

OURSELVES = "vertrauenskonto"
"""The source of the events that the product itself records."""

NOBODY = "nobody"
SHARED_INBOX = "shared-inbox"

Rule = Literal[
    "last_call",
    "chased",
    "overdue",
    "unanswered",
    "recovery_step_due",
    "at_risk",
    "channel_paused",
    "trust_low",
    "moved_again",
    "follow_up_due",
    "overload",
    "due_soon",
    "trust_falling",
    "supplier_card",
    "buffer_thin",
    "lapsed_cadence",
    "silent_customer",
    "feedback_silent",
    "reliability_drift",
]
"""The most urgent first: what can no longer be mended tomorrow stands before what can. Who the customer is, and what
they buy, has no place in it (practice P20)."""

RULES: tuple[Rule, ...] = get_args(Rule)
URGENCY = {rule: place for place, rule in enumerate(RULES)}

LASTING: frozenset[Rule] = frozenset(
    {
        "trust_low",
        "trust_falling",
        "buffer_thin",
        "silent_customer",
        "feedback_silent",
        "lapsed_cadence",
        "supplier_card",
        "overload",
        "reliability_drift",
    }
)
"""About a state that lasts and may come back: armed anew only after a while without it."""


# -- events -----------------------------------------------------------------------------------------


class AlertRaised(Data):
    """`moment` is when the condition became true, `position` how far the log had been read.

    `subject` is an internal id, `detail` what of it is meant where there is more than one: a step, a purpose.
    `escalated_from` is the alert that nobody acknowledged.
    """

    type_name: ClassVar[str] = "alert.raised"
    rank: ClassVar[int] = 0
    rule: Rule
    subject: str
    occurrence: int
    level: int
    recipient: str
    moment: Instant
    position: int
    detail: str = ""
    until: Instant | None = None
    """From then on nobody needs to be told any more."""
    team: str | None = None
    """Whose manager hears of it when nobody acknowledges it."""
    escalated_from: str | None = None


class AlertDelivered(Data):
    type_name: ClassVar[str] = "alert.delivered"
    rank: ClassVar[int] = 1
    channel: str
    message_id: str
    to: str
    """The internal id of who got it: the recipient, or their stand-in."""


class AlertFailed(Data):
    """A delivery that did not work; `final` = it is not tried again by itself.

    `again_s`: after so many seconds it is. 0 in events of before there were several kinds of failure.
    """

    type_name: ClassVar[str] = "alert.failed"
    rank: ClassVar[int] = 2
    channel: str
    reason: str
    attempt: int
    final: bool
    again_s: int = 0


class AlertNoLongerNeeded(Data):
    """The condition had ended when the message was about to be sent."""

    type_name: ClassVar[str] = "alert.no_longer_needed"
    rank: ClassVar[int] = 3


class AlertTooOld(Data):
    type_name: ClassVar[str] = "alert.too_old"
    rank: ClassVar[int] = 4


class AlertBundled(Data):
    """It goes out together with others, in this message, to this person."""

    type_name: ClassVar[str] = "alert.bundled"
    rank: ClassVar[int] = 5
    message: str
    to: str


class AlertAcknowledged(Data):
    """`by`: the internal id of who has seen it and takes care."""

    type_name: ClassVar[str] = "alert.acknowledged"
    rank: ClassVar[int] = 6
    by: str


class AlertSnoozed(Data):
    """Put off: told once more at `until`, if it still holds then."""

    type_name: ClassVar[str] = "alert.snoozed"
    rank: ClassVar[int] = 7
    by: str
    until: Instant
    reason: PersonalProse | None = None


class AlertEscalated(Data):
    """Nobody acknowledged it in time: `to` hears of it too, by an alert of their own."""

    type_name: ClassVar[str] = "alert.escalated"
    rank: ClassVar[int] = 8
    to: str


class AlertCleared(Data):
    """The condition has ended after the message was sent."""

    type_name: ClassVar[str] = "alert.cleared"
    rank: ClassVar[int] = 9


class AlertReturned(Data):
    """A lasting condition came back before it had been away for long enough to be told of anew."""

    type_name: ClassVar[str] = "alert.returned"
    rank: ClassVar[int] = 10


class AlertRetried(Data):
    """Somebody asked for what could not be delivered to be tried once more."""

    type_name: ClassVar[str] = "alert.retried"
    rank: ClassVar[int] = 11
    by: str


EVENTS = (
    AlertRaised,
    AlertDelivered,
    AlertFailed,
    AlertNoLongerNeeded,
    AlertTooOld,
    AlertBundled,
    AlertAcknowledged,
    AlertSnoozed,
    AlertEscalated,
    AlertCleared,
    AlertReturned,
    AlertRetried,
)


# -- what a policy says -------------------------------------------------------------------------------


class Whose(NamedTuple):
    """Who could be told: internal ids. `to_manager`: it is for whoever leads, not for the owner."""

    owner: str | None = None
    customer_owner: str | None = None
    team: str | None = None
    to_manager: bool = False


class Occasion(NamedTuple):
    """A reason to tell somebody: a rule holds for something from `since` on, UTC.

    `until`: it ends then even if nothing else happens. `subject` and `customer` are internal ids ("" where it is
    about no customer). Of a lasting condition the check counts the occurrences; a policy leaves them at 0.
    """

    rule: Rule
    subject: str
    customer: str
    since: datetime
    whose: Whose
    until: datetime | None = None
    occurrence: int = 0
    level: int = 1
    detail: str = ""

    def holds_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def subject_of(ids: Ids, kind: Literal["supplier", "team", "channel"], name: str) -> str:
    """What an alert is about where it is no promise, contact, incident, customer or person."""
    return f"{kind}-{ids.of(kind, name)}"


def stream_of(ids: Ids, occasion: Occasion, recipient: str) -> str:
    """The alert's identity: it is raised once, however often and by however many it is found."""
    occurrence = f"{occasion.occurrence}/{occasion.detail}" if occasion.detail else str(occasion.occurrence)
    parts = (occasion.rule, occasion.subject, occurrence, str(occasion.level), recipient)
    return "alert-" + ids.of("alert", *parts)


# -- its life -----------------------------------------------------------------------------------------


class AlertState(NamedTuple):
    """An alert after its events so far. `sendings`: how often it was meant to go out, from 1."""

    raised: AlertRaised
    is_waiting: bool = True
    """Something is still to be sent."""
    is_over: bool = False
    """The condition has ended, or it was too old."""
    message: str | None = None
    attempts: int = 0
    sendings: int = 1
    snoozed_until: datetime | None = None
    acknowledged_by: str | None = None
    escalated_to: str | None = None
    undeliverable: bool = False


def state(history: Iterable[Fact]) -> AlertState | None:
    """In order of recording; None for one that was never raised."""
    now: AlertState | None = None
    for fact in history:
        now = evolve(now, fact.data)
    return now


def _raised(data: AlertRaised) -> AlertState:
    nobody = data.recipient == NOBODY
    return AlertState(data, is_waiting=not nobody, undeliverable=nobody)


def evolve(now: AlertState | None, data: Data) -> AlertState | None:
    if now is None:
        return _raised(data) if isinstance(data, AlertRaised) else None
    match data:
        case AlertDelivered():
            return now._replace(is_waiting=False, message=None, attempts=0, undeliverable=False)
        case AlertFailed():
            waits = now.is_waiting and not data.final
            return now._replace(attempts=data.attempt, is_waiting=waits, undeliverable=data.final)
        case AlertNoLongerNeeded() | AlertTooOld() | AlertCleared():
            return now._replace(is_waiting=False, is_over=True, message=None)
        case AlertBundled():
            return now._replace(message=data.message)
        case AlertAcknowledged():
            return now._replace(acknowledged_by=data.by, is_waiting=False, message=None)
        case AlertSnoozed():
            return now._replace(
                is_waiting=True, sendings=now.sendings + 1, snoozed_until=data.until, message=None, attempts=0
            )
        case AlertEscalated():
            return now._replace(escalated_to=data.to)
        case AlertReturned():
            return now._replace(is_over=False)
        case AlertRetried():
            return now._replace(is_waiting=True, attempts=0, undeliverable=False, message=None)
        case _:
            return now


def message_id(alert: str, sendings: int) -> str:
    """The same for every attempt, so that a receiver recognises a repeat; another one after it was put off."""
    return alert if sendings == 1 else f"{alert}.{sendings}"


# -- as facts -----------------------------------------------------------------------------------------


def event(ids: Ids, stream: str, customer: str, data: Data, *, at: datetime, now: datetime, number: int = 0) -> Fact:
    """One event of an alert. It holds nothing personal, or the caller seals it.

    `number` is that of the event in its stream, for those that may come more than once.
    """
    nth = str(data.attempt) if isinstance(data, AlertFailed) and not number else str(number or "")
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


def sealed(fact: Fact) -> tuple[Fact, dict[str, str] | None]:
    """The event as the log holds it, and what goes into the vault: the reason for which it was put off."""
    if not isinstance(fact.data, AlertSnoozed) or fact.data.reason is None:
        return fact, None
    secrets = {"id": "", "reason": fact.data.reason}
    return replace(fact, data=fact.data.model_copy(update={"reason": SEALED})), secrets
