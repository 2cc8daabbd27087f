"""The doorbell between those who notice that something is to be sent and those who send it.

Inside one process it is Dramatiq's stub broker, for several workers a Redis or Valkey database of its own. What rings
is a message's id and nothing else; what is lost here is rung again from the outbox.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Middleware, Retries, ShutdownNotifications, TimeLimit

from wiring.settings import QueueSettings

QUEUE = "alerts"
LONGEST_MS = 120_000
"""So long a delivery may take; mail and web servers have shorter time-outs of their own."""
ANSWER_WITHIN_S = 5.0
MILLION = 1_000_000


def broker(settings: QueueSettings) -> dramatiq.Broker:
    middleware: list[Middleware] = [AgeLimit(), TimeLimit(), ShutdownNotifications(), Retries(max_retries=0)]
    if settings.address is None:
        made: dramatiq.Broker = StubBroker(middleware=middleware)
    else:
        # Only here: whoever runs one process need not load it.
        from dramatiq.brokers.redis import RedisBroker

        made = RedisBroker(
            client=client(settings),
            middleware=middleware,
            namespace=settings.namespace,
            # Its default looks for dead workers so rarely that on a quiet system a message waits for hours.
            maintenance_chance=MILLION,
            heartbeat_timeout=round(settings.heartbeat_seconds * 1000),
        )
    made.emit_after("process_boot")  # without it no time limit is kept
    return made


def client(settings: QueueSettings) -> Any:
    """A connection to the queue's database, which tells within seconds that nobody is there."""
    import redis

    assert settings.address is not None
    address = settings.address.replace("valkey://", "redis://", 1)
    return redis.Redis.from_url(
        address, socket_connect_timeout=ANSWER_WITHIN_S, socket_timeout=ANSWER_WITHIN_S, health_check_interval=10
    )


class QueueGone(Exception):
    """The queue's server does not answer."""


def waiting(settings: QueueSettings) -> int:
    """How many messages lie in a queue of several workers. Raises QueueGone."""
    import redis

    try:
        return int(client(settings).hlen(f"{settings.namespace}:{QUEUE}.msgs"))
    except redis.RedisError as error:
        raise QueueGone(type(error).__name__) from error


class Doorbell:
    """`ring` asks for a message to be sent; `start` lets this process answer."""

    def __init__(self, settings: QueueSettings, answer: Callable[[str], None], *, threads: int) -> None:
        self.broker = broker(settings)
        self.actor = dramatiq.actor(
            broker=self.broker, queue_name=QUEUE, actor_name="deliver", time_limit=LONGEST_MS, max_retries=0
        )(answer)
        self.threads = threads
        self.pool: dramatiq.Worker | None = None

    def ring(self, message: str, after: timedelta | None = None) -> None:
        delay = None if after is None else round(after.total_seconds() * 1000)
        self.actor.send_with_options(args=(message,), delay=delay)

    def start(self) -> None:
        self.pool = dramatiq.Worker(self.broker, worker_threads=self.threads)
        self.pool.start()

    def answers(self) -> bool:
        """Whether somebody of this process listens."""
        if self.pool is None:
            return False
        return all(each.is_alive() for each in (*self.pool.workers, *self.pool.consumers.values()))

    def stop(self, within: timedelta) -> None:
        """What is being sent is finished, what only waits goes back to the queue."""
        if self.pool is not None:
            self.pool.stop(timeout=round(within.total_seconds() * 1000))
        self.broker.close()
