"""The worker at work beside a test, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wiring.home import Konto
from wiring.services import Services

PATIENCE_SECONDS = 20.0


@contextmanager
def working(konto: Konto) -> Iterator[Services]:
    services = Services(konto)
    thread = threading.Thread(target=services.run, daemon=True)
    thread.start()
    try:
        yield services
    finally:
        services.stop()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
