"""Delivery: each alert is checked once more and sent, and what became of it is recorded.

At least once: a repeat can only happen between the receiver's yes and our note of it, and then carries
the same Message-ID. The outbox in the database is the truth; whoever rings the doorbell may do so twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from domain.alert import ENDS, AlertDelivered, AlertFailed, AlertNoLongerNeeded, AlertTooOld, Rule, event
from domain.errors import Refused
from domain.fact import Data, in_order
from domain.log import Log
from domain.people import LOCAL_USER
from domain.steering import Steering
from domain.store import StoreBusy, StoreGone
from projections import alerts, customers, open_promises
from projections.alerts import Raised
from projections.filters import Library, Moment
from projections.open_promises import OpenPromise
from words import translator
from workers.channels import Channels, Envelope, NotDelivered
from workers.messages import Message, Subject, message
from workers.recipients import Addressee, NameOf, addressee
from workers.tick import LOOK_BACK, warnings_for

PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Sender:
    """Sends one alert after the other; `catch_up` brings the tables up to what was recorded."""

    log: Log
    library: Library
    steering: Callable[[], Steering]
    name_of: NameOf
    channels: Channels
    clock: Callable[[], datetime]
    catch_up: Callable[[], object]
    zone: ZoneInfo
    lease: timedelta
    most_attempts: int
    page_of: Callable[[str], str]
    """The address of the page about a customer, by internal id."""
    pause: Callable[[float], object]
    """Waits so many seconds."""

    def deliver(self, alert: str) -> None:
        """Sends an alert if it waits and nobody else is sending it."""
        now = self.clock()
        attempt = alerts.lease(self.library.views, alert, now, self.lease)
        raised = alerts.raised(self.library.views, alert)
        if attempt is None or raised is None:
            return
        with self._holding(alert):
            try:
                outcome = self._outcome(raised, attempt, now)
            except Exception as error:
                # A mistake of ours: it is told, and the alert is shown as failing instead of tried without end.
                self._record(raised, self._failed(attempt, NotDelivered(type(error).__name__, final=False)))
                raise
            else:
                self._record(raised, outcome)
            finally:
                self.catch_up()

    @contextmanager
    def _holding(self, alert: str) -> Iterator[None]:
        """Keeps the lease alive while a slow server lets us wait."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                with suppress(StoreBusy, StoreGone):  # then nobody else can take the lease either
                    alerts.renew(self.library.views, alert, self.clock(), self.lease)

        keeper = threading.Thread(target=renew, name="lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _outcome(self, raised: Raised, attempt: int, now: datetime) -> Data:
        if raised.moment < now - LOOK_BACK:
            return AlertTooOld()
        self.catch_up()
        promise = still_true(self.library, raised, now)
        if promise is None:
            return AlertNoLongerNeeded()
        reader = addressee(raised.recipient, self.steering(), self.name_of, now)
        if reader is None:
            return self._failed(attempt, NotDelivered("nobody_reachable", final=True))
        text = self.text(raised.rule, promise, now, reader.language)
        return self._send(raised, attempt, reader, text, now)

    def _send(self, raised: Raised, attempt: int, reader: Addressee, text: Message, now: datetime) -> Data:
        """By the reader's first channel that takes it."""
        message_id = f"<{raised.alert}@vertrauenskonto>"
        envelope = Envelope(reader.name, reader.email or "", message_id, text, now)
        failures: dict[str, NotDelivered] = {}
        for name in reader.channels:
            channel = self.channels.get(name)
            if channel is None:
                continue
            try:
                channel.send(envelope)
            except NotDelivered as error:
                failures[name] = error
            else:
                return AlertDelivered(channel=channel.name, message_id=message_id, to=reader.person)
        # While one of the channels may still work, it is tried again.
        for name, failure in failures.items():
            if not failure.final:
                return self._failed(attempt, failure, name)
        name, failure = next(iter(failures.items()), ("", NotDelivered("no_channel", final=True)))
        return self._failed(attempt, failure, name)

    def _failed(self, attempt: int, failure: NotDelivered, channel: str = "") -> AlertFailed:
        final = failure.final or attempt >= self.most_attempts
        return AlertFailed(channel=channel, reason=failure.reason, attempt=attempt, final=final)

    def _record(self, raised: Raised, data: Data) -> None:
        """Notes what became of it, however long others write: without the note it would go out once more."""
        now = self.clock()
        fact = event(self.log.ids, raised.alert, raised.customer, data, at=now, now=now)
        while True:
            try:
                with self.log.writing() as writer:
                    before = writer.history(raised.alert)
                    if not any(isinstance(each.data, ENDS) or each.key == fact.key for each in before):
                        writer.append(fact, None, "")
            except StoreBusy:
                continue
            except StoreGone:
                # Perhaps after the note was kept; the next turn finds it then.
                self.pause(PAUSE_SECONDS)
                continue
            return

    def text(self, rule: str, promise: OpenPromise, now: datetime, language: str) -> Message:
        """The message as its reader gets it."""
        return message(
            cast(Rule, rule),
            self._subject(promise),
            now=now,
            zone=self.zone,
            t=translator(language),
            address=self.page_of(promise.customer),
        )

    def _subject(self, promise: OpenPromise) -> Subject:
        facts = self.log.histories([promise.promise]).get(promise.promise, [])
        words: dict[str, Any] = {"what": None, "plan_b": None, "kind": "other"}
        for fact in in_order(self.log.opened(facts)):
            for name in words:
                if name in type(fact.data).model_fields and fact.data.says(name):
                    words[name] = getattr(fact.data, name)
        try:
            called = customers.party(self.library, LOCAL_USER, promise.customer).called
        except Refused:
            called = ""
        return Subject(
            customer=called,
            what=words["what"],
            kind=words["kind"],
            due=promise.due,
            last_moment=promise.last_moment,
            plan_b=words["plan_b"],
        )


def still_true(library: Library, raised: Raised, now: datetime) -> OpenPromise | None:
    """The promise, if what was raised holds for it now, with the same due."""
    promise = open_promises.one(library.views, Moment(now), raised.subject)
    if promise is None or promise.occurrence != raised.occurrence:
        return None
    holds = any(warning.rule == raised.rule for warning in warnings_for(promise, now))
    return promise if holds else None
