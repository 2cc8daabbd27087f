"""The worker of one machine: it follows the log, looks at the clock, and sends what waits.

Dramatiq's broker lives inside the process and is only a doorbell: what is to be sent stands in the
outbox, and a sweeper rings again for whatever still waits.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dramatiq
import structlog
from dramatiq.brokers.stub import StubBroker

from projections import alerts
from wiring.embedded import Konto
from wiring.merging import merge_equal_addresses
from workers import when_a_month_has_ended_set_the_firms_rates
from workers.channels import Channel, Channels, Folder, Mailer, Notifier
from workers.delivery import Sender
from workers.tick import Newly, tick

QUEUE = "alerts"
STOP_WITHIN_MS = 10_000

log = structlog.get_logger("worker")


def channels(konto: Konto) -> Channels:
    mail = konto.settings.mail
    if mail.host is None:
        post: Mailer | Folder = Folder(konto.home / "outgoing", mail.sender)
    else:
        post = Mailer(
            host=mail.host,
            port=mail.port,
            security=mail.security,
            sender=mail.sender,
            timeout_seconds=mail.timeout_seconds,
            user=mail.user,
            password=mail.password.get_secret_value() if mail.password else None,
        )
    found: dict[str, Channel] = {"email": post}
    for name, url in konto.settings.channels.items():
        found[name] = Notifier(name, url.get_secret_value())
    return found


def sender(konto: Konto) -> Sender:
    worker, board = konto.settings.worker, konto.settings.dashboard
    return Sender(
        log=konto.log,
        library=konto.library,
        steering=lambda: konto.steering,
        name_of=konto.name_of,
        channels=channels(konto),
        clock=konto.clock,
        catch_up=konto.catch_up,
        zone=ZoneInfo(konto.settings.zone),
        lease=timedelta(seconds=worker.lease_seconds),
        most_attempts=worker.attempts,
        page_of=lambda customer: f"{board.address}account?customer={customer}",
    )


def run_tick(konto: Konto, at: datetime | None = None) -> list[Newly]:
    """The same check for `konto tick` and for the schedule."""
    konto.catch_up()
    now = konto.clock()
    merge_equal_addresses(konto)
    set_rates(konto, min(at or now, now))
    newly = tick(konto.log, konto.views, konto.steering, konto.name_of, at=at or now, now=now)
    konto.catch_up()
    return newly


def set_rates(konto: Konto, at: datetime) -> int:
    """The firm's rates of the months that have ended; how many were set."""
    facts = when_a_month_has_ended_set_the_firms_rates.facts(konto.library, ZoneInfo(konto.settings.zone), at)
    if facts:
        konto.record(facts)
        konto.catch_up()
    return len(facts)


class EmbeddedWorker:
    """Three loops and the sending threads; `run` returns after `stop`."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self.sender = sender(konto)
        self.stopping = threading.Event()
        self.broker = StubBroker()
        self.broker.emit_after("process_boot")
        self.actor = dramatiq.actor(broker=self.broker, queue_name=QUEUE, max_retries=0)(self.deliver)
        self.rung: set[str] = set()
        """Alerts that lie in the queue: ringing for them again would only make it longer."""
        self.pool = dramatiq.Worker(self.broker, worker_threads=konto.settings.worker.threads)

    def deliver(self, alert: str) -> None:
        self.rung.discard(alert)
        self.sender.deliver(alert)

    def stop(self) -> None:
        self.stopping.set()

    def run(self) -> None:
        settings = self.konto.settings.worker
        self.pool.start()
        loops = [
            self._loop("follow", self._follow, settings.poll_seconds),
            self._loop("tick", self._tick, settings.tick_seconds),
            self._loop("sweep", self._sweep, settings.sweep_seconds),
        ]
        self.stopping.wait()
        for loop in loops:
            loop.join()
        self.pool.stop(timeout=STOP_WITHIN_MS)

    def _loop(self, name: str, once: Callable[[], None], pause_seconds: float) -> threading.Thread:
        def turn() -> None:
            while not self.stopping.is_set():
                try:
                    once()
                except Exception:
                    # The loop must go on; what went wrong is told, and the next turn tries again.
                    log.exception("loop_failed", loop=name)
                self.stopping.wait(pause_seconds)

        thread = threading.Thread(target=turn, name=name, daemon=True)
        thread.start()
        return thread

    def _follow(self) -> None:
        self.konto.catch_up()

    def _tick(self) -> None:
        self.konto.publish_changed_files(
            lambda refused: log.warning("document_refused", code=refused.code, place=refused.path)
        )
        newly = run_tick(self.konto)
        if newly:
            log.info("raised", alerts=len(newly))
        self._sweep()
        beat(self.konto.home, self.konto.clock())

    def _sweep(self) -> None:
        """Rings for everything that may be sent now; a lease keeps two from sending the same."""
        for alert in alerts.waiting(self.konto.views, self.konto.clock()):
            if alert not in self.rung:
                self.rung.add(alert)
                self.actor.send(alert)


def beat(home: Path, now: datetime) -> None:
    """Proof that the loop turns, for whoever asks how the worker is."""
    draft = home / f"worker.heartbeat.{os.getpid()}"
    draft.write_text(now.isoformat(), encoding="utf-8")
    draft.replace(home / "worker.heartbeat")
