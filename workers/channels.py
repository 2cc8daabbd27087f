"""The ways by which a message leaves the house. Each either has delivered it or says why not."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from workers.messages import Message


class NotDelivered(Exception):
    """`final`: trying again as it is will not help."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Envelope(NamedTuple):
    """`message_id` is the same for every attempt, so that a receiver can recognise a repeat."""

    to_name: str
    to_address: str
    message_id: str
    message: Message
    written: datetime


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, envelope: Envelope) -> None:
        """Raises NotDelivered."""


@dataclass(frozen=True)
class Mailer:
    """E-mail by SMTP, with our own Message-ID and with the server's reply as the reason."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    timeout_seconds: float
    user: str | None = None
    password: str | None = None
    name: str = "email"

    def send(self, envelope: Envelope) -> None:
        mail = email(envelope, self.sender)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            # Also a wrong password: that is ours to put right, and then the message goes out.
            raise NotDelivered(_reason(error), final=False) from error
        try:
            server.send_message(mail, self.sender, [envelope.to_address])
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            raise NotDelivered(_reason(error), final=_is_final(error)) from error
        # The server has said yes. Its farewell changes nothing about that, and the sooner we note it the better.
        with suppress(OSError, smtplib.SMTPException):
            server.putcmd("QUIT")
        server.close()

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user and self.password:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _reason(error: Exception) -> str:
    if code := _code(error):
        return f"smtp_{code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "smtp_not_supported"
    # While waiting for a reply the library tells of a time-out as of a connection that broke.
    timed_out = any(isinstance(each, TimeoutError) for each in (error, error.__context__))
    return "timeout" if timed_out else "no_connection"


def _is_final(error: Exception) -> bool:
    """A no to this recipient or this message; a no to our own address is ours to put right."""
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False
    return isinstance(error, smtplib.SMTPNotSupportedError) or _code(error) >= 500


def _code(error: Exception) -> int:
    """The server's reply; 0 where there was none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


@dataclass(frozen=True)
class Folder:
    """Without a mail server each message becomes a file that can be opened and read."""

    folder: Path
    sender: str
    name: str = "folder"

    def send(self, envelope: Envelope) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{envelope.message_id.strip('<>').partition('@')[0]}.eml"
        draft = file.with_suffix(".part")
        draft.write_bytes(bytes(email(envelope, self.sender)))
        draft.replace(file)


@dataclass(frozen=True)
class Notifier:
    """Whatever else the notification library reaches: chats, text messages, webhooks."""

    name: str
    url: str

    def send(self, envelope: Envelope) -> None:
        import apprise  # heavy, and most firms only use e-mail

        target = apprise.Apprise()
        if not target.add(self.url):
            raise NotDelivered("unknown_address", final=True)
        if not target.notify(title=envelope.message.title, body=envelope.message.text):
            raise NotDelivered("not_accepted", final=False)


def email(envelope: Envelope, sender: str) -> EmailMessage:
    mail = EmailMessage()
    # Names may hold what breaks a line in a header, such as U+2028.
    mail["Subject"] = " ".join(envelope.message.title.split())
    mail["From"] = sender
    mail["To"] = envelope.to_address
    mail["Date"] = format_datetime(envelope.written)
    mail["Message-ID"] = envelope.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(envelope.message.text)
    return mail


Channels = Mapping[str, Channel]
"""By the name that the people document uses; "email" is always there."""
