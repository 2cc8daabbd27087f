"""The library's client for mailboxes under a limit: a server that sends a letter now and then holds nobody for ever.

A time-out of a socket counts from the last byte, so such a server never runs into it.
"""

from __future__ import annotations

import imaplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

from imapclient.imap4 import IMAP4WithTimeout
from imapclient.imapclient import IMAPClient
from imapclient.tls import IMAP4_TLS


class Watch:
    """Ends a connection in the middle of whatever takes too long; then `has_bitten`."""

    def __init__(self) -> None:
        self.connection: imaplib.IMAP4 | None = None
        self.has_bitten = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        timer = Timer(seconds, self._bite)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _bite(self) -> None:
        self.has_bitten = True
        connected: socket.socket | None = getattr(self.connection, "sock", None)
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


class WatchedClient(IMAPClient):
    def __init__(self, watch: Watch, *args: Any, **options: Any) -> None:
        self._watch = watch
        super().__init__(*args, **options)

    def _create_IMAP4(self) -> imaplib.IMAP4:
        told = (self.host, self.port)
        if self.ssl:
            return _Protected(self._watch, *told, self.ssl_context, self._timeout.connect)
        return _Open(self._watch, *told, self._timeout.connect)


class _Open(IMAP4WithTimeout):
    def __init__(self, watch: Watch, *args: Any) -> None:
        watch.connection = self
        super().__init__(*args)


class _Protected(IMAP4_TLS):
    def __init__(self, watch: Watch, *args: Any) -> None:
        watch.connection = self
        super().__init__(*args)
