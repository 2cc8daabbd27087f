"""Waiting for what another thread or process brings about: never longer than needed, never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def wait_for(condition: Callable[[], object], within_seconds: float = PATIENCE_SECONDS) -> float:
    """Seconds until it held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - began
