"""A connection under one limit: neither a drip of bytes nor a flood of them can hold us.

A time-out of a socket counts from the last byte, so a server that sends one now and then never runs into it.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MOST_BYTES = 65_536
"""So much of what a server says is read, unless more is asked for; an honest one says far less."""


class Forbidden(OSError):
    """The name leads to no address that may be connected to."""


class Flooded(OSError):
    """The server says more than anybody has to read."""


class Limit:
    """How long a server may take: for each of its answers, and for all of them together."""

    def __init__(self, each_seconds: float, all_seconds: float) -> None:
        self._each_s = each_seconds
        self._end = time.monotonic() + all_seconds

    def left_seconds(self) -> float:
        """How long the next wait may last. Raises TimeoutError when the time is up."""
        left = min(self._each_s, self._end - time.monotonic())
        if left <= 0:
            raise TimeoutError
        return left


class Wire:
    """As much of a socket as the libraries for mail and web ask for."""

    def __init__(self, connection: socket.socket, limit: Limit, most_bytes: int = MOST_BYTES) -> None:
        self._connection = connection
        self._limit = limit
        self._unread = most_bytes

    def protected(self, host: str, context: ssl.SSLContext) -> Wire:
        """The same connection under TLS, the certificate checked against the host's name."""
        self._connection.settimeout(self._limit.left_seconds())
        return Wire(context.wrap_socket(self._connection, server_hostname=host), self._limit, self._unread)

    def own_address(self) -> str:
        return str(self._connection.getsockname()[0])

    def sendall(self, data: ReadableBuffer) -> None:
        self._connection.settimeout(self._limit.left_seconds())
        self._connection.sendall(data)

    def makefile(self, mode: str = "rb") -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def receive(self, buffer: WriteableBuffer) -> int:
        self._connection.settimeout(self._limit.left_seconds())
        got = self._connection.recv_into(buffer)
        self._unread -= got
        if self._unread < 0:
            raise Flooded
        return got

    def close(self) -> None:
        self._connection.close()


class _Incoming(io.RawIOBase):
    """What comes in; closing it leaves the connection open."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._wire.receive(buffer)


def anywhere(address: str) -> bool:
    return True


def dial(
    host: str,
    port: int,
    limit: Limit,
    allowed: Callable[[str], bool] = anywhere,
    most_bytes: int = MOST_BYTES,
) -> Wire:
    """A connection to the first address of the host that is allowed and answers. Raises OSError.

    The address that is checked is the one that is connected to: what the name leads to a moment later does not count.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError("no name of a host") from None
    error: OSError = Forbidden()
    for family, kind, protocol, _, address in found:
        if not allowed(str(address[0])):
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(limit.left_seconds())
            connection.connect(address)
        except OSError as failed:
            connection.close()
            error = failed
        else:
            return Wire(connection, limit, most_bytes)
    raise error


def trouble(error: BaseException) -> str:
    """Why there is no connection, as a code."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    return "no_connection"


def ascii_host(host: str) -> str:
    """The name as it travels: müller.example is xn--mller-kva.example."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
