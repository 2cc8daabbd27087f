"""Starts the API on this machine: `python -m api.serve`, run by `konto api` as its child."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from socket import socket
from threading import Thread

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from api.app import app
from api.callers import Pace
from domain.errors import Refused
from wiring import logs
from wiring import settings as settings_
from wiring.home import Konto, open_home
from wiring.listening import listener
from wiring.refusals import sentence
from wiring.settings import ApiSettings
from words import LANGUAGES, translator

STOP_WITHIN_SECONDS = 7
ANSWER_WITHIN_SECONDS = 5
START_WITHIN_SECONDS = 30
"""One of several processes that takes longer is given up, and the one that it was to take the place of goes on."""


def serve(home: Path, port: int | None) -> None:
    """Until the process is asked to stop. `port` None = as set, 0 = a free one."""
    with open_home(home, environment=_hurried(home)) as konto:
        settings = konto.settings
        logs.configure(settings.log)
        with listener(settings.api.host, settings.api.port if port is None else port) as found:
            if settings.api.processes == 1:
                door = _door(konto)
                _say(found)
                uvicorn.Server(_config(door)).run(sockets=[found])
                return
            konto.close()
            _say(found)
            # Starts another one for each that ends, and on SIGHUP one after the other anew.
            Multiprocess(_config(partial(answering, home), settings.api.processes), sockets=[found]).run()


def answering(home: Path) -> ASGIApp:
    """The API of one of several processes; each opens the home for itself."""
    Thread(target=_end_with_the_others, daemon=True).start()
    konto = open_home(home, environment=_hurried(home))
    atexit.register(konto.close)
    logs.configure(konto.settings.log)
    return _door(konto)


def _end_with_the_others() -> None:
    """Whoever started us may be killed and tell nobody; the port must not stay taken."""
    started_us = parent_process()
    assert started_us is not None
    started_us.join()
    signal.raise_signal(signal.SIGTERM)


def _door(konto: Konto) -> ASGIApp:
    settings = konto.settings.api
    door = app(konto, _pace(settings), body_within_s=settings.body_seconds)
    # All this stays: it need not be searched for garbage again and again.
    gc.freeze()
    return door


def _config(door: ASGIApp | partial[ASGIApp], processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        door,
        factory=isinstance(door, partial),
        workers=processes,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_WITHIN_SECONDS,
        timeout_worker_healthcheck=START_WITHIN_SECONDS,
    )


def _say(listening: socket) -> None:
    host, port = listening.getsockname()[:2]
    structlog.get_logger("konto").info("api", address=f"http://{host}:{port}/")


def _hurried(home: Path) -> Mapping[str, str]:
    """The environment, with less patience for a database that is away or busy than a service has by itself.

    Whoever asks over HTTP would rather hear soon when to try again.
    """
    store = settings_.read(home, os.environ).store
    return {
        **os.environ,
        "KONTO_STORE_PATIENCE_SECONDS": str(min(store.patience_seconds, ANSWER_WITHIN_SECONDS)),
        "KONTO_STORE_LOCK_TIMEOUT_SECONDS": str(min(store.lock_timeout_seconds, ANSWER_WITHIN_SECONDS)),
    }


def _pace(settings: ApiSettings) -> Pace:
    return Pace(settings.asked_a_minute, settings.wrong_a_minute, settings.feeds_a_minute)


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """uvicorn raises the signal again when it has shut down; this turns it into an orderly end."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m api.serve", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the store")
    parser.add_argument("--port", type=int, help="else as set; 0 takes a free one")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of refusals (default en)")
    asked = parser.parse_args(arguments)
    try:
        with _asked_to_end():
            serve(asked.home, asked.port)
    except Refused as refused:
        print(sentence(refused, translator(asked.lang)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
