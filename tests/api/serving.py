"""A home behind the real HTTP server, and somebody who asks it."""

from __future__ import annotations

import json
import random
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvicorn

from api.app import app
from api.callers import Pace
from domain.access_key import AccessScope
from tests.homes import Home
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


@contextmanager
def serving(home: Home, *, pace: Pace | None = None, body_within_s: float = 10.0) -> Iterator[Api]:
    listener = socket.create_server((HOST, 0))
    config = uvicorn.Config(
        app(home.konto, pace or Pace(100_000, 10), body_within_s=body_within_s), log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield Api(home, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        listener.close()
    assert not thread.is_alive()
