"""Waiting for a database that went away, and doing again what it did not confirm.

A connection may break after the commit. Whatever is done again here decides by the facts' own keys, reads first
what is there, and so records nothing twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from domain.errors import Refused
from domain.store import StoreGone
from domain.store.schema import NotPrepared

T = TypeVar("T")

PAUSE_SECONDS = 0.5
AWAITED = ("store_gone", NotPrepared().code, "busy", "key_service_away")


def patiently(work: Callable[[], T], seconds: float, progress: Callable[[], object] = lambda: None) -> T:
    """What `work` gives; while the database is away it is tried again for so long.

    `progress` tells how far it has come: whoever got further since may be kept waiting anew.
    """
    came_to = progress()
    away_since: float | None = None
    while True:
        try:
            return work()
        except StoreGone:
            if away_since is None or progress() != came_to:
                away_since, came_to = time.monotonic(), progress()
            if time.monotonic() - away_since > seconds:
                raise
        time.sleep(PAUSE_SECONDS)


def until_prepared(work: Callable[[], T], seconds: float, waiting: Callable[[Exception], None]) -> T:
    """For services: waits for database and key service to be there and for `konto migrate` to have prepared the one.

    `waiting` hears once for what.
    """
    deadline = time.monotonic() + seconds
    told = ""
    while True:
        try:
            return work()
        except (StoreGone, Refused) as error:
            why = error.code if isinstance(error, Refused) else "store_gone"
            if why == "being_built":
                deadline = time.monotonic() + seconds  # whoever builds may take long; where they die, the next one does
            elif why not in AWAITED or time.monotonic() > deadline:
                raise
            if why != told:
                waiting(error)
                told = why
        time.sleep(PAUSE_SECONDS)
