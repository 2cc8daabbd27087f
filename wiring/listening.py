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
    """Port 0 = a free one. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError:
        raise PortTaken(port) from None


TAKEN = N_("Port {port} is in use. Choose another one with {remedy}.")
