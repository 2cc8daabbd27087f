"""A port to answer at, or a sentence that says whose turn it is."""

from __future__ import annotations

import socket

from domain.errors import Refused
from words import N_


class PortTaken(Refused):
    """`remedy`: where another one is named."""

    def __init__(self, port: int, remedy: str = "--port") -> None:
        super().__init__("port_taken", TAKEN, port=port, remedy=remedy)


def listener(host: str, port: int) -> socket.socket:
    """Port 0 = a free one. Raises PortTaken.

    It says that it is TCP: asyncio lets only such sockets answer at once, and any other wait for the reader's
    acknowledgement, which comes 40 ms later.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family)
    except OSError:
        raise PortTaken(port) from None
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=found.detach())


TAKEN = N_("Port {port} is in use. Choose another one with {remedy}.")
