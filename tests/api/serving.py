"""A home behind the real HTTP server, and somebody who asks it."""

from __future__ import annotations

import atexit
import json
import logging
import random
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import app
from api.callers import Pace
from domain.access_key import AccessScope
from tests.homes import Home
from tests.waiting import wait_for
from wiring import access

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0
STOP_WITHIN_SECONDS = 12.0


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Api:
    home: Home
    port: int

    def key(self, *scopes: AccessScope, seed: int = 1, **more: Any) -> str:
        return access.create(self.home.konto, random.Random(seed).randbytes, scopes=scopes, **more).text

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`body`: bytes as they are, anything else as JSON."""
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        more = {**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, sent, more)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()


class Served:
    """A real server that is there to the end of the run; each home in its turn stands behind it.

    To start one and to end it takes longer than what most tests ask.
    """

    def __init__(self) -> None:
        self.app: ASGIApp = nobody
        self.asked = 0
        self._listener = socket.create_server((HOST, 0))
        self._server = uvicorn.Server(uvicorn.Config(self, log_config=None, access_log=False, lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)
        self._thread.start()
        atexit.register(self.close)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.asked -= 1

    def close(self) -> None:
        # What it says of its end would go to a stream that the test run has closed by now.
        logging.getLogger("uvicorn.error").disabled = True
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        self._listener.close()


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("Somebody asks although no test does.")


_FREE: list[Served] = []


@contextmanager
def serving(home: Home, *, pace: Pace | None = None, body_within_s: float = 10.0) -> Iterator[Api]:
    """Until the last answer has been given."""
    server = _FREE.pop() if _FREE else Served()
    server.app = app(home.konto, pace or Pace(100_000, 10), body_within_s=body_within_s)
    try:
        yield Api(home, server.port)
    finally:
        wait_for(lambda: server.asked == 0, PATIENCE_SECONDS)
        server.app = nobody
    _FREE.append(server)
