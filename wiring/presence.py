"""Who is at work: leases for what one of several processes does, and heartbeats that prove that loops turn.

Both stand in the log's store, beside the log: tables that are built anew do not touch them.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.store import Store, StoreBusy, StoreGone
from projections.tables import instant, micros

FORGOTTEN_AFTER = timedelta(days=1)
CALENDAR = "calendar"
"""Stands where a part of the worker stands: when each calendar was read last, by its name."""


def own_name() -> str:
    """This process among all that serve the same firm."""
    return f"{socket.gethostname()}/{os.getpid()}"


class Lease:
    """The right of one process to do something, for a while, as long as it asks for it again in time."""

    def __init__(self, store: Store, name: str, holder: str, lasting: timedelta) -> None:
        self.store, self.name, self.holder, self.lasting = store, name, holder, lasting
        self.until: datetime | None = None

    def renew(self, now: datetime) -> bool:
        """Whether it is ours until then. A store that cannot be asked gives it to nobody."""
        try:
            with self.store.updating() as cursor:
                taken = cursor.execute(
                    "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
                    "SET holder = excluded.holder, until = excluded.until "
                    "WHERE leases.holder = excluded.holder OR leases.until <= ? RETURNING holder",
                    (self.name, self.holder, micros(now + self.lasting), micros(now)),
                ).one()
        except StoreBusy:
            # Whoever keeps us from writing keeps the others from taking it.
            return self.is_ours(now)
        self.until = now + self.lasting if taken else None
        return taken is not None

    def is_ours(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def release(self) -> None:
        self.until = None
        try:
            with self.store.updating() as cursor:
                cursor.execute("DELETE FROM leases WHERE name = ? AND holder = ?", (self.name, self.holder))
        except (StoreBusy, StoreGone):
            return  # then it runs out by itself


class Beat(NamedTuple):
    service: str
    instance: str
    at: datetime


def beat(store: Store, service: str, instance: str, now: datetime) -> None:
    with store.updating() as cursor:
        cursor.execute(
            "INSERT INTO heartbeats VALUES (?, ?, ?) ON CONFLICT (service, instance) DO UPDATE SET at = excluded.at",
            (service, instance, micros(now)),
        )
        cursor.execute("DELETE FROM heartbeats WHERE at < ?", (micros(now - FORGOTTEN_AFTER),))


def beats(store: Store) -> list[Beat]:
    """The newest of each service first."""
    with store.reading() as cursor:
        rows = cursor.execute("SELECT service, instance, at FROM heartbeats ORDER BY at DESC, instance").all()
    found = ((service, instance, instant(at)) for service, instance, at in rows)
    return [Beat(service, instance, at) for service, instance, at in found if at is not None]
