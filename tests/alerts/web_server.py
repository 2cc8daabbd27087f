"""A web server on this machine that answers as a test tells it to: well, badly, slowly or not at all."""

from __future__ import annotations

import socket
import ssl
from typing import NamedTuple

from tests.alerts.door import CUT, DRIP, DRIP_SECONDS, FLOOD, HANG, Door


def answer(status: int, *headers: str, body: str = "") -> str:
    return "\r\n".join([f"HTTP/1.1 {status} So", *headers, f"Content-Length: {len(body)}", "", body])


class Request(NamedTuple):
    line: str
    headers: dict[str, str]
    body: bytes


class WebServer(Door):
    """`answers` are given in turn, the last one again and again."""

    def __init__(self, *answers: str, context: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.answers = list(answers) or [answer(200)]
        self.context = context
        self.requests: list[Request] = []
        self.names: list[str | None] = []
        """The hosts that were asked for while a TLS connection was made."""
        if context:
            context.sni_callback = lambda connection, name, context: self.names.append(name)

    def talk(self, guest: socket.socket) -> None:
        if self.context is None:
            return self._talk(guest)
        with self.context.wrap_socket(guest, server_side=True) as protected:
            self._talk(protected)

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
            self.closing.wait()
        elif reply == DRIP:
            self._drip(guest)
        elif reply == FLOOD:
            self._flood(guest)
        elif reply != CUT:
            guest.sendall(reply.encode("latin-1"))

    def _drip(self, guest: socket.socket) -> None:
        guest.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.closing.wait(DRIP_SECONDS):
            guest.sendall(b"a")

    def _flood(self, guest: socket.socket) -> None:
        guest.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self.closing.is_set():
            guest.sendall(b"X: " + b"a" * 30_000 + b"\r\n")
