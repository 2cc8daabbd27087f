"""Starts the API on this machine: `python -m api.serve`, run by `konto api` as its child."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from api.app import app
from api.callers import Pace
from domain.errors import Refused
from wiring import logs
from wiring import settings as settings_
from wiring.home import open_home
from wiring.listening import listener
from wiring.refusals import sentence
from wiring.settings import ApiSettings
from words import LANGUAGES, translator

STOP_WITHIN_SECONDS = 8
ANSWER_WITHIN_SECONDS = 5


def serve(home: Path, port: int | None) -> None:
    """Until the process is asked to stop. `port` None = as set, 0 = a free one."""
    with open_home(home, environment=_hurried(home)) as konto:
        settings = konto.settings
        logs.configure(settings.log)
        door = app(konto, _pace(settings.api), body_within_s=settings.api.body_seconds)
        # All this stays: it need not be searched for garbage again and again.
        gc.freeze()
        with listener(settings.api.host, settings.api.port if port is None else port) as found:
            host, taken = found.getsockname()[:2]
            structlog.get_logger("konto").info("api", address=f"http://{host}:{taken}/")
            server = uvicorn.Server(
                uvicorn.Config(
                    door,
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    proxy_headers=False,
                    timeout_graceful_shutdown=STOP_WITHIN_SECONDS,
                )
            )
            server.run(sockets=[found])


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
