"""How fast alerts leave: against a bare queue with an empty task, and how long from a recorded fact to the mail server.

The queue is a real server of the Redis protocol. The channel that takes the messages does nothing, so that only our
own work is measured; for the way of a single fact it is a real mail server.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count as count_up
from pathlib import Path
from statistics import quantiles
from time import perf_counter, sleep
from typing import Any

import dramatiq

from bench.pair import Pair
from domain.vocabulary import parse
from drills.firm import prepared, record_overdue
from projections import outbox
from tests.alerts.post_office import PostOffice
from tests.servers.valkey import ValkeyServer
from wiring import queues
from wiring.home import Konto
from wiring.ringing import TOGETHER
from wiring.services import Services
from wiring.settings import QueueSettings
from wiring.worker import dispatch, run_tick
from workers.channels import Envelope

FACTS_FOR_AN_ALERT = 100
LEAST, MOST_SINGLY = 100, 100
PROMISED_S = 1.0
"""So long it may take from a fact to the mail server, for 99 of 100."""
LOOK_S = 0.002
PATIENCE_S = 300.0


def delivery(folder: Path, count: int) -> Pair:
    """Alerts from the queue to their note, by one sender, against as many empty tasks of the bare queue."""
    alerts, numbers = max(LEAST, count // FACTS_FOR_AN_ALERT), count_up()
    server = ValkeyServer(folder / "queue")
    server.start()
    atexit.register(server.stop)
    return Pair(
        lambda: sent(folder / f"round-{next(numbers)}", server.fresh_database(), alerts),
        lambda: bare(server.fresh_database(), alerts),
        alerts,
    )


def latency(folder: Path, count: int) -> Pair:
    """From a recorded fact to the mail server's yes, 99 of 100, against the second that is promised."""
    numbers = count_up()
    facts = max(LEAST, min(MOST_SINGLY, count // FACTS_FOR_AN_ALERT))
    return Pair(
        lambda: percentile_99(from_fact_to_mail(folder / f"round-{next(numbers)}", facts)), lambda: PROMISED_S, 1
    )


class Taken:
    """A channel that takes everything at once."""

    name = "email"

    def send(self, envelope: Envelope) -> None:
        return None


def sent(folder: Path, address: str, alerts: int) -> float:
    """Seconds from the first ring until all these alerts are noted as delivered."""
    konto = prepared(folder, PostOffice(), queue=address, tick_s=3_600, lease_s=15)
    record_overdue(konto, range(alerts), datetime.now(UTC))
    run_tick(konto)
    dispatch(konto).release(konto.clock())
    services = Services(konto, ("send",))
    services.sender = replace(services.sender, channels={"email": Taken()})
    waiting = outbox.ready(konto.views, konto.clock(), limit=2 * alerts)[:alerts]
    started = perf_counter()
    services.bell.start()
    for first in waiting[::TOGETHER]:
        services.bell.ring(first)
    _until(lambda: _delivered(konto) >= len(waiting), look_s=0.02)
    seconds = perf_counter() - started
    services.bell.stop(timedelta(seconds=10))
    konto.close()
    return seconds


def _delivered(konto: Konto) -> int:
    return int(konto.views.row("SELECT COUNT(*) FROM messages")[0])


def bare(address: str, messages: int, threads: int = 1) -> float:
    """Seconds in which a bare queue does as many empty tasks, rung and done by one process, as ours."""
    broker = queues.broker(QueueSettings(url=address))  # type: ignore[arg-type]
    done = threading.Semaphore(0)
    actor: Any = dramatiq.actor(broker=broker, queue_name="bare", actor_name="nothing")(lambda number: done.release())
    worker = dramatiq.Worker(broker, worker_threads=threads)
    started = perf_counter()
    worker.start()
    for number in range(messages):
        actor.send(number)
    for _ in range(messages):
        assert done.acquire(timeout=PATIENCE_S)
    seconds = perf_counter() - started
    worker.stop()
    broker.close()
    return seconds


def from_fact_to_mail(folder: Path, facts: int) -> list[float]:
    """Seconds from each recorded fact, one after the other on an idle machine, until the mail server has its mail."""
    office = PostOffice()
    with office.open():
        konto = prepared(folder, office, tick_s=60, lease_s=15)
        worker = Services(konto)
        running = threading.Thread(target=worker.run)
        running.start()
        sleep(2)
        found = []
        for number in range(facts):
            fact = parse(_chased(number, konto.clock()), now=konto.clock())
            arrived = len(office.mails)
            started = perf_counter()
            konto.record([fact])
            _until(lambda arrived=arrived: len(office.mails) > arrived)  # type: ignore[misc]
            found.append(perf_counter() - started)
            sleep(0.1)
        worker.stop()
        running.join()
        konto.close()
    return found


def percentile_99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98]


def _chased(number: int, now: datetime) -> dict[str, Any]:
    data = {"contact": f"F-{number}", "customer": f"K-{number}", "chases": "F-0", "to": "ines@example.com"}
    return {"specversion": "1.0", "source": "crm", "id": f"chased/{number}", "type": "contact.inbound",
            "time": now.isoformat(), "data": data}  # fmt: skip


def _until(condition: Callable[[], object], look_s: float = LOOK_S) -> None:
    end = perf_counter() + PATIENCE_S
    while not condition():
        assert perf_counter() < end, "it did not happen in time"
        sleep(look_s)
