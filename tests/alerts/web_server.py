"""A web server on this machine that answers as a test tells it to: well, badly, slowly or not at all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

HOST = "127.0.0.1"

CUT = "(goes away)"
HANG = "(says nothing)"
DRIP = "(a letter at a time, without end)"
FLOOD = "(header after header, without end)"
DRIP_SECONDS = 0.05


def answer(status: int, *headers: str, body: str = "") -> str:
    return "\r\n".join([f"HTTP/1.1 {status} So", *headers, f"Content-Length: {len(body)}", "", body])


class Request(NamedTuple):
    line: str
    headers: dict[str, str]
    body: bytes


class WebServer:
    """`answers` are given in turn, the last one again and again."""

    def __init__(self, *answers: str, context: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers) or [answer(200)]
        self.context = context
        self.requests: list[Request] = []
        self.names: list[str | None] = []
        """The hosts that were asked for while a TLS connection was made."""
        self.port = 0
        self._closing = threading.Event()
        if context:
            context.sni_callback = lambda connection, name, context: self.names.append(name)

    @contextmanager
    def open(self) -> Iterator[WebServer]:
        with socket.create_server((HOST, 0)) as door:
            self.port = door.getsockname()[1]
            serving = threading.Thread(target=self._serve, args=(door,), daemon=True)
            serving.start()
            try:
                yield self
            finally:
                self._closing.set()
                with suppress(OSError), socket.socket() as last:
                    last.connect((HOST, self.port))
                serving.join(2)

    def _serve(self, door: socket.socket) -> None:
        while not self._closing.is_set():
            guest, _ = door.accept()
            with suppress(OSError), self._greeted(guest) as protected:
                self._talk(protected)

    def _greeted(self, guest: socket.socket) -> socket.socket:
        if self.context is None:
            return guest
        try:
            return self.context.wrap_socket(guest, server_side=True)
        except OSError:
            guest.close()
            raise

    def _talk(self, guest: socket.socket) -> None:
        with guest.makefile("rb") as lines:
            if not (first := lines.readline()):
                return
            headers = {}
            while (line := lines.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = lines.read(int(headers.get("content-length", "0")))
        self.requests.append(Request(first.decode().strip(), headers, body))
        reply = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if reply == HANG:
            self._closing.wait()
        elif reply == DRIP:
            self._drip(guest)
        elif reply == FLOOD:
            self._flood(guest)
        elif reply != CUT:
            guest.sendall(reply.encode("latin-1"))

    def _drip(self, guest: socket.socket) -> None:
        guest.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not self._closing.wait(DRIP_SECONDS):
            guest.sendall(b"a")

    def _flood(self, guest: socket.socket) -> None:
        guest.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self._closing.is_set():
            guest.sendall(b"X: " + b"a" * 30_000 + b"\r\n")
