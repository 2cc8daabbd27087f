"""What runs until it is asked to stop: following the log, looking at the clock, sending.

One process does all of it, or each of several does a part: of followers one works and the others stand by, of
schedulers one holds the lease, of senders each takes what rings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from domain.errors import Refused
from projections import alerts
from wiring.home import Konto
from wiring.presence import Lease, beat, own_name
from wiring.queues import Doorbell
from wiring.settings import ROLES
from wiring.worker import run_tick, sender
from words import N_

log = structlog.get_logger("konto")

STOP_WITHIN = timedelta(seconds=10)
LOOK_SECONDS = 1.0
"""How often a loop with a longer rhythm looks whether its time has come."""
RING_AGAIN_AFTER_S = 10.0
"""What rang and was not taken from the outbox since then is rung for once more: the queue may have been emptied."""
RINGS_AT_ONCE = 1_000
BEAT_EVERY = timedelta(seconds=10)


class NeedsQueue(Refused):
    def __init__(self) -> None:
        super().__init__(
            "needs_queue",
            N_("Scheduling and sending can only be apart with a queue between them. Please set [queue] url."),
            "--only",
        )


@dataclass
class Turns:
    """When each loop last came to its end, and how often it failed."""

    last: dict[str, datetime] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    works: dict[str, bool] = field(default_factory=dict)
    """False: it stands by, since another process does it."""


class Services:
    """The loops of one process; `run` returns after `stopping` was set."""

    def __init__(self, konto: Konto, roles: Iterable[str] = ROLES, *, instance: str | None = None) -> None:
        self.konto = konto
        self.roles = frozenset(roles)
        if konto.settings.queue.address is None and len(self.roles & {"schedule", "send"}) == 1:
            raise NeedsQueue
        self.instance = instance or own_name()
        self.stopping = threading.Event()
        self.turns = Turns()
        worker = konto.settings.worker
        self.sender = sender(konto)
        self.bell = Doorbell(konto.settings.queue, self.deliver, threads=worker.threads)
        self.lease = Lease(konto.log.store, "schedule", self.instance, timedelta(seconds=worker.lease_seconds))
        self.rung: dict[str, float] = {}
        """Alerts that lie in the queue, and since when on the machine's running clock, which nobody sets."""
        self.next_tick_s = 0.0
        self._beaten: dict[str, datetime] = {}

    def run(self) -> None:
        worker = self.konto.settings.worker
        loops = [self._loop("beat", self._beat, LOOK_SECONDS)]
        if "follow" in self.roles:
            loops.append(self._loop("follow", self._follow, worker.poll_seconds))
        if "schedule" in self.roles:
            loops.append(self._loop("lease", self._hold, worker.lease_seconds / 3))
            loops.append(self._loop("schedule", self._tick, LOOK_SECONDS))
            loops.append(self._loop("sweep", self._sweep, worker.sweep_seconds))
        if "send" in self.roles:
            self.bell.start()
        log.info("started", roles=sorted(self.roles), instance=self.instance)
        self.stopping.wait()
        deadline_s = time.monotonic() + STOP_WITHIN.total_seconds()
        self.bell.stop(STOP_WITHIN)
        for loop in loops:
            # Together, not each: whoever asked is not to wait for so many times as long.
            loop.join(max(0.1, deadline_s - time.monotonic()))
        if "schedule" in self.roles:
            self.lease.release()
        log.info("stopped", instance=self.instance)

    def stop(self) -> None:
        self.stopping.set()

    def _loop(self, name: str, once: Callable[[], None], pause_seconds: float) -> threading.Thread:
        def turn() -> None:
            while not self.stopping.is_set():
                try:
                    once()
                    self._turned(name)
                except Exception:
                    # The loop must go on; what went wrong is told, and the next turn tries again.
                    self.turns.failed[name] = self.turns.failed.get(name, 0) + 1
                    log.exception("loop_failed", loop=name)
                self.stopping.wait(pause_seconds)

        thread = threading.Thread(target=turn, name=name, daemon=True)
        thread.start()
        return thread

    def _turned(self, name: str) -> None:
        self.turns.last[name] = self.konto.clock()
        self.turns.count[name] = self.turns.count.get(name, 0) + 1

    # -- follow -----------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """As long as we are the one who follows; else a look whether the other one is gone."""
        with self.konto.views.store.claim("follower") as claim:
            self.turns.works["follow"] = claim is not None
            if claim is None:
                return
            with closing(self.konto.log.store.doorbell()) as news:
                while not self.stopping.is_set() and claim.holds():
                    # A page is a turn: after a large import there are many.
                    self.konto.catch_up(lambda position, head: self._turned("follow"))
                    self._turned("follow")
                    news.wait(self.konto.settings.worker.poll_seconds)

    # -- schedule ---------------------------------------------------------------------------------------

    def _hold(self) -> None:
        self.turns.works["schedule"] = self.lease.renew(self.konto.clock())

    def _tick(self) -> None:
        now = self.konto.clock()
        if not self.lease.is_ours(now):
            self.next_tick_s = 0.0  # whoever takes over looks at once
            return
        if time.monotonic() < self.next_tick_s:
            return
        began_s = time.monotonic()
        self.konto.publish_changed_files(
            lambda refused: log.warning("document_refused", code=refused.code, place=refused.path)
        )
        newly = run_tick(self.konto)
        if newly:
            log.info("raised", alerts=len(newly))
            self._sweep()
        self.next_tick_s = began_s + self.konto.settings.worker.tick_seconds

    def _sweep(self) -> None:
        """Rings for everything that may be sent now; a lease keeps two from sending the same."""
        now = self.konto.clock()
        if not self.lease.is_ours(now):
            return
        waiting = alerts.waiting(self.konto.views, now, RINGS_AT_ONCE)
        self.rung = {alert: rung for alert, rung in self.rung.items() if alert in waiting}
        for alert in waiting:
            if time.monotonic() >= self.rung.get(alert, -RING_AGAIN_AFTER_S) + RING_AGAIN_AFTER_S:
                self.bell.ring(alert)
                self.rung[alert] = time.monotonic()

    # -- send -------------------------------------------------------------------------------------------

    def deliver(self, alert: str) -> None:
        log.debug("rang", alert=alert)
        self.sender.deliver(alert)
        held = alerts.held(self.konto.views, alert, self.konto.clock())
        if held is not None:
            # Somebody else has it: they send it, or died with it, and then it is ours as soon as their lease ends.
            self.bell.ring(alert, held)

    # -- alive ------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Tells of each part of ours that has turned since it was told last."""
        now = self.konto.clock()
        if "send" in self.roles and self.bell.answers():
            self.turns.last["send"] = now
            self.turns.works["send"] = True
        for role in self.roles:
            turned, told = self.turns.last.get(role), self._beaten.get(role)
            if turned is not None and (told is None or turned - told >= BEAT_EVERY):
                beat(self.konto.log.store, role, self.instance, turned)
                self._beaten[role] = turned
