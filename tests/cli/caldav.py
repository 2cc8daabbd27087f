"""A real CalDAV server on this machine, with one user and one calendar."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from radicale import Application, config

HOST = "127.0.0.1"
USER, PASSWORD = "office", "correct-horse"
CALENDAR = "/office/fitters/"


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def reading_first(server: Application) -> Callable[..., Iterable[bytes]]:
    """The same, which hears whoever asks out before it says no: as the servers do that stand in front of it."""

    def answers(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return server({**environ, "wsgi.input": BytesIO(body)}, start)

    return answers


class Caldav:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://{HOST}:{port}{CALENDAR}"
        self.asked("MKCALENDAR", CALENDAR)

    def put(self, name: str, body: bytes) -> None:
        self.asked("PUT", f"{CALENDAR}{name}.ics", body)

    def delete(self, name: str) -> None:
        self.asked("DELETE", f"{CALENDAR}{name}.ics")

    def asked(self, method: str, path: str, body: bytes = b"") -> None:
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "text/calendar"}
        connection = HTTPConnection(HOST, self.port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert answer.status < 300, (method, path, answer.status, answer.read())
        connection.close()


@contextmanager
def caldav(folder: Path) -> Iterator[Caldav]:
    users = folder / "users"
    users.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    configuration = config.load()
    configuration.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(users), "htpasswd_encryption": "plain", "delay": "0"},
            "storage": {"filesystem_folder": str(folder / "collections")},
            "logging": {"level": "critical"},
        },
        "test",
    )
    server = make_server(HOST, 0, reading_first(Application(configuration)), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Caldav(server.server_port)
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
