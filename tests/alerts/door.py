"""A door on this machine at which a test's own server lets in one guest after the other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

HOST = "127.0.0.1"

CUT = "(goes away)"
HANG = "(says nothing)"
DRIP = "(a letter at a time, without end)"
FLOOD = "(line after line, without end)"
DRIP_SECONDS = 0.05


class Door:
    """Whoever inherits from it says how to `talk` with a guest; `closing` is set when the test is over."""

    def __init__(self) -> None:
        self.port = 0
        self.closing = threading.Event()

    def talk(self, guest: socket.socket) -> None:
        raise NotImplementedError

    @contextmanager
    def open(self) -> Iterator[Self]:
        self.closing.clear()
        with socket.create_server((HOST, 0)) as door:
            self.port = door.getsockname()[1]
            serving = threading.Thread(target=self._serve, args=(door,), daemon=True)
            serving.start()
            try:
                yield self
            finally:
                self.closing.set()
                with suppress(OSError), socket.socket() as last:
                    last.connect((HOST, self.port))
                serving.join(2)

    def _serve(self, door: socket.socket) -> None:
        while not self.closing.is_set():
            guest, _ = door.accept()
            with guest, suppress(OSError):
                self.talk(guest)
