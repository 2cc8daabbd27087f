"""Delivery: each alert is checked once more and sent, and what became of it is recorded.

At least once: a repeat can only happen between the receiver's yes and our note of it, and then carries
the same Message-ID. The outbox in the database is the truth; whoever rings the doorbell may do so twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain import alert as alerts
from domain.alert import AlertDelivered, AlertFailed, AlertNoLongerNeeded, AlertSnoozed, AlertTooOld, event
from domain.fact import Data, Fact
from domain.log import Log
from domain.steering import Steering
from domain.store import Store, StoreBusy, StoreGone
from projections import alerts as table
from projections import outbox
from projections.alerts import WAITING, Matter, Raised
from projections.filters import Library
from projections.outbox import BACK_OFF, Parcel
from projections.taught import Taught
from workers.channels import Channels, Envelope, Failure, NotDelivered
from workers.composing import Composer
from workers.health import ChannelHealth
from workers.looking import Look
from workers.recipients import Addressee, NameOf, addressee
from workers.tick import LOOK_BACK, Key, holding, key_of

PAUSE_SECONDS = 1.0

WAITS: dict[Failure, Sequence[timedelta]] = {
    # A server that asks us to come later is asked soon, one that does not work at all is left alone for longer.
    "later": BACK_OFF,
    "channel": (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1)),
}
"""How long until the next attempt, by how it failed; the last value is used from then on."""


class Tried(NamedTuple):
    """How the attempt to send a message ended: delivered by a channel, or why not. None of both: put off."""

    channel: str = ""
    failure: NotDelivered | None = None
    put_off_until: datetime | None = None


NOBODY_REACHABLE = NotDelivered("nobody_reachable", "refused")
HAS_HEARD = NotDelivered("has_heard_already", "refused")


DAMAGED_WAITS_FOR = timedelta(hours=1)
FRESH_FOR = timedelta(seconds=1)
"""What was looked at longer ago is looked at once more before anything is sent."""


@dataclass
class _Run:
    """What one run of the sender knows: as of its last look at the tables, and what it has noted since."""

    look: Look
    told: Mapping[str, Raised]
    holding: Collection[Key]
    heard: dict[tuple[Matter, str], set[str]]
    """By which alerts somebody has heard of a matter."""
    damaged: frozenset[str]
    """Alerts of which something in the log cannot be read: what became of them could not be noted, and so they would
    leave again and again."""
    noted: set[str] = field(default_factory=set)

    def has_heard(self, raised: Raised, person: str) -> bool:
        """Whether they got the same in another role: as the owner, as a stand-in, as a manager."""
        return bool(self.heard.get((raised.matter, person), set()) - {raised.alert})

    def ended(self, raised: Raised, now: datetime) -> Data | None:
        """Checked once more: it may be too old by now, or over."""
        begun = max(raised.moment, raised.snoozed_until) if raised.snoozed_until else raised.moment
        if begun < now - LOOK_BACK:
            return AlertTooOld()
        return None if key_of(raised.occasion) in self.holding else AlertNoLongerNeeded()


@dataclass(frozen=True)
class Sender:
    """Sends one message after the other; `catch_up` brings the tables up to what was recorded."""

    log: Log
    library: Library
    steering: Callable[[], Steering]
    name_of: NameOf
    channels: Channels
    composer: Composer
    clock: Callable[[], datetime]
    catch_up: Callable[[], object]
    zone: ZoneInfo
    taught: Taught
    lease: timedelta
    most_attempts: int
    pause: Callable[[float], object]
    """Waits so many seconds."""
    beside: Callable[[], Sequence[Store]]
    """Tables of other layouts, by which another version of the product may be sending the same."""
    health: ChannelHealth = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "health", ChannelHealth(self.log, self.library.views, self.catch_up))

    def deliver(self, message: str) -> None:
        """Sends a message if it waits and nobody else is sending it."""
        self.deliver_several([message])

    def deliver_several(self, messages: Sequence[str], enough: Callable[[], bool] = lambda: False) -> None:
        """Sends those of these messages that wait and that nobody else is sending, until it is `enough`.

        At no time more than one is on its way whose fate is not noted.
        """
        others = self.beside()
        parcels = outbox.lease(self.library.views, messages, self.clock(), self.lease, others)
        if not parcels:
            return
        with self._holding(set(parcels), others) as held:
            try:
                run = None
                for place, parcel in enumerate(parcels):
                    if enough():
                        break
                    run = self._deliver(parcel, self._looked(run, parcels[place:]))
                    held.discard(parcel)
            finally:
                if held:
                    outbox.free(self.library.views, held, others)
                self.catch_up()

    def _looked(self, run: _Run | None, parcels: Sequence[Parcel]) -> _Run:
        """The same while nothing else was recorded and no time has passed, else a new look at all that is left."""
        now = self.clock()
        if run is not None and now - run.look.at <= FRESH_FOR and not self._has_news(run.noted):
            return run
        self.catch_up()
        self.health.look()
        views, steering = self.library.views, self.steering()
        told = table.several(views, [alert for parcel in parcels for alert, _ in parcel.alerts])
        look = Look(self.library, steering, now, self.zone, self.taught)
        heard: dict[tuple[Matter, str], set[str]] = {}
        for each in table.about(views, {raised.subject for raised in told.values()}):
            if each.sent_to is not None:
                heard.setdefault((each.matter, each.sent_to), set()).add(each.alert)
        _, damaged = self.log.whole(told)
        return _Run(look, told, holding(look, told.values()), heard, damaged)

    def _has_news(self, noted: Collection[str]) -> bool:
        """Whether anything was recorded that the tables do not know, beside what we have noted ourselves."""
        rows = self.log.rows(self.library.views.position(), len(noted) + 1)
        return any(row.stream not in noted for row in rows)

    def _deliver(self, parcel: Parcel, run: _Run) -> _Run:
        try:
            self._send(parcel, run, self.clock())
        except Exception as error:
            # A mistake of ours: it is told, and the alerts are shown as failing instead of tried without end.
            mistake = NotDelivered(type(error).__name__, "later")
            failed = {alert: self._failed(number, mistake) for alert, number in parcel.alerts}
            self._record([(run.told[alert], data) for alert, data in failed.items() if alert not in run.damaged])
            raise
        return run

    @contextmanager
    def _holding(self, parcels: set[Parcel], others: Sequence[Store]) -> Iterator[set[Parcel]]:
        """Keeps the leases alive while a slow server lets us wait; what is done with is taken out of the set."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                with suppress(StoreBusy, StoreGone):  # then nobody else can take the lease either
                    outbox.renew(self.library.views, set(parcels), self.clock(), self.lease, others)

        keeper = threading.Thread(target=renew, name="lease", daemon=True)
        keeper.start()
        try:
            yield parcels
        finally:
            done.set()
            keeper.join()

    def _send(self, parcel: Parcel, run: _Run, now: datetime) -> None:
        attempts = dict(parcel.alerts)
        # Somebody may have taken note of it, or put it off, since it was leased.
        told = {
            alert: run.told[alert]
            for alert in attempts
            if run.told[alert].state in WAITING and alert not in run.damaged
        }
        ended = {alert: data for alert, each in told.items() if (data := run.ended(each, now)) is not None}
        left = [each for alert, each in sorted(told.items()) if alert not in ended]
        outcome: dict[str, Data] = {}
        if left:
            reader = addressee(left[0].recipient, run.look.steering, self.name_of, now)
            tried = self._try(parcel, left, reader, run, now)
            if tried.put_off_until is not None:
                outbox.put_off(self.library.views, parcel.message, tried.put_off_until)
            elif tried.failure is not None or reader is None:
                failure = tried.failure or NOBODY_REACHABLE
                outcome = {each.alert: self._failed(attempts[each.alert], failure, tried.channel) for each in left}
            else:
                note = AlertDelivered(channel=tried.channel, message_id=parcel.message, to=reader.person)
                outcome = {each.alert: note for each in left}
                for each in left:
                    run.heard.setdefault((each.matter, reader.person), set()).add(each.alert)
        notes = [(told[alert], data) for alert, data in {**ended, **outcome}.items()]
        self._record(notes)
        run.noted |= {raised.alert for raised, _ in notes}
        if not run.damaged.isdisjoint(attempts):
            outbox.put_off(self.library.views, parcel.message, now + DAMAGED_WAITS_FOR)

    # -- sending ------------------------------------------------------------------------------------------

    def _try(self, parcel: Parcel, left: Sequence[Raised], reader: Addressee | None, run: _Run, now: datetime) -> Tried:
        if reader is None:
            return Tried(failure=NOBODY_REACHABLE)
        if len(left) == 1 and run.has_heard(left[0], reader.person):
            return Tried(failure=HAS_HEARD)
        return self._by_a_channel(self.composer.envelope(parcel.message, left, reader, now), reader, now)

    def _by_a_channel(self, envelope: Envelope, reader: Addressee, now: datetime) -> Tried:
        """By the reader's first channel that takes it."""
        failures: dict[str, NotDelivered] = {}
        silent: list[datetime] = []
        for name in reader.channels:
            channel = self.channels.get(name)
            if channel is None:
                continue
            if (until := self.health.silent_until(name, now)) is not None:
                silent.append(until)
                continue
            try:
                channel.send(envelope)
            except NotDelivered as failure:
                failures[name] = failure
                self._note_health(name, envelope, failure, now)
            else:
                self.health.worked(name, now)
                return Tried(channel.name)
        # While one of the channels may still work, it is tried again.
        lasting = {name: each for name, each in failures.items() if not each.final}
        if silent and not lasting:
            return Tried(put_off_until=min(silent))
        return Tried(*next(iter((lasting or failures).items()), ("", NotDelivered("no_channel", "refused"))))

    def _note_health(self, channel: str, envelope: Envelope, failure: NotDelivered, now: datetime) -> None:
        if failure.failure == "channel":
            self.health.failed(channel, envelope.message_id, failure.reason, now)
        elif failure.failure == "gone":
            self.health.gone(channel, failure.reason, now)
        else:
            # It answered: it is this message that it does not want, or not now.
            self.health.worked(channel, now)

    # -- noting -------------------------------------------------------------------------------------------

    def _failed(self, attempt: int, failure: NotDelivered, channel: str = "") -> AlertFailed:
        final = failure.final or (attempt >= self.most_attempts and not self.health.is_down(channel))
        waits = WAITS.get(failure.failure, BACK_OFF)
        wait = failure.again or waits[min(attempt, len(waits)) - 1]
        again_s = 0 if final else max(1, round(wait.total_seconds()))
        return AlertFailed(channel=channel, reason=failure.reason, attempt=attempt, final=final, again_s=again_s)

    def _record(self, notes: Sequence[tuple[Raised, Data]]) -> None:
        """Notes what became of it, however long others write: without the note it would go out once more."""
        while notes:
            try:
                self._note(notes)
            except StoreBusy:
                continue
            except StoreGone:
                # Perhaps after the note was kept; the next turn finds it then.
                self.pause(PAUSE_SECONDS)
                continue
            return

    def _note(self, notes: Sequence[tuple[Raised, Data]]) -> None:
        now = self.clock()
        with self.log.writing() as writer:
            writer.load(raised.alert for raised, _ in notes)
            for raised, data in notes:
                history = writer.history(raised.alert)
                for said in _left_to_say(history, raised, data):
                    number = len(history) + 1
                    fact = event(self.log.ids, raised.alert, raised.customer, said, at=now, now=now, number=number)
                    writer.append(fact, None, "")


def _left_to_say(history: Sequence[Fact], raised: Raised, data: Data) -> Sequence[Data]:
    """What somebody put off while its message was on its way comes as if it had been put off afterwards."""
    if _is_noted(history, data):
        return ()
    state = alerts.state(history)
    if state is None or state.sendings == raised.sendings or state.snoozed_until is None:
        return (data,)
    again = next(each.data for each in reversed(history) if isinstance(each.data, AlertSnoozed))
    if isinstance(data, AlertDelivered):
        return data, AlertSnoozed(by=again.by, until=again.until)
    return () if isinstance(data, AlertFailed) else (data,)


def _is_noted(history: Sequence[Fact], data: Data) -> bool:
    """Whether nothing is left to say: it stands there already, or ended meanwhile."""
    state = alerts.state(history)
    if state is None or state.is_over:
        return True
    if isinstance(data, AlertDelivered):
        return any(isinstance(each.data, AlertDelivered) and each.data == data for each in history)
    return not state.is_waiting or (isinstance(data, AlertFailed) and state.attempts >= data.attempt)
