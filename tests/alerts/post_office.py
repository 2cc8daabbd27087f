"""A real mail server on this machine that answers as a test tells it to."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
YES = "250 OK"


class Mail(NamedTuple):
    """What was accepted; `to` are the recipients of the envelope, whatever the headers say."""

    to: list[str]
    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The plain text, as somebody without pictures reads it."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class PostOffice:
    """`replies` are given to the next messages in turn, then yes; `recipients` to the next recipients."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[Mail] = []
        self.replies: list[str] = []
        self.recipients: list[str] = []
        self.farewell = "221 Bye"
        self.pause_seconds = 0.0
        self.busy = threading.Event()
        """Set while a message is being looked at."""

    @contextmanager
    def open(self) -> Iterator[None]:
        controller = Controller(self, hostname=HOST, port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    # What aiosmtpd asks.

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        reply = self.recipients.pop(0) if self.recipients else YES
        if reply == YES:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.busy.set()
        await asyncio.sleep(self.pause_seconds)
        self.busy.clear()
        reply = self.replies.pop(0) if self.replies else YES
        if reply == YES:
            message = email.message_from_bytes(envelope.content, policy=default)
            self.mails.append(Mail(list(envelope.rcpt_tos), message))
        return reply

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:
        return self.farewell


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])
