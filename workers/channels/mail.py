"""E-mail by SMTP: our own Message-ID, mails about one thing kept together, the server's reply as the reason.

Who is to blame decides what happens next. A no to the recipient or to the message ends this message only; whatever
goes wrong before that, or breaks the conversation, concerns every other message as well.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Protocol, cast

from workers.channels.contract import Envelope, Failure, NotDelivered
from workers.channels.wire import Flooded, Limit, Wire, ascii_host, dial, trouble

POLICY = SMTP.clone(cte_type="7bit")
"""Not every server takes letters beyond ASCII as they are."""
MARK = "X-Vertrauenskonto"
OUR_HOST = "vertrauenskonto"
"""What our Message-IDs end with."""
ANSWERS = 3
"""A whole mail may take as long as so many answers of the server."""

REPLY = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?\r?\n", re.DOTALL)
READY = 220
CLOSING = 421
LOG_IN_FIRST = 530
TOO_BIG = 552


class Garbled(smtplib.SMTPException):
    """What the server said is no reply."""


# -- what is written ----------------------------------------------------------------------------------


def email(envelope: Envelope, sender: str) -> EmailMessage:
    message = envelope.message
    mail = EmailMessage(POLICY)
    # Names may hold what breaks a line in a header, such as U+2028.
    mail["Subject"] = " ".join(message.subject.split())
    mail["From"] = sender
    mail["To"] = _travelling(envelope.to_address)
    mail["Date"] = format_datetime(envelope.written)
    mail["Message-ID"] = envelope.message_id
    if envelope.thread:
        # No mail has this id, and none needs it: programs put together what refers to the same.
        mail["In-Reply-To"] = mail["References"] = f"<{envelope.thread}@{OUR_HOST}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[MARK] = "alert"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail


def _travelling(address: str) -> str:
    name, at, host = address.rpartition("@")
    return f"{name}{at}{ascii_host(host)}"


class Headers(Protocol):
    """A mail, or a mapping of the names of its headers to their values."""

    def items(self) -> Iterable[tuple[str, str]]: ...


def is_our_own(headers: Headers) -> bool:
    """A mail that we have sent ourselves is no contact with a customer."""
    found = {name.lower(): str(value) for name, value in headers.items()}
    return MARK.lower() in found or found.get("message-id", "").strip().endswith(f"@{OUR_HOST}>")


# -- how it is sent -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mailer:
    """`timeout_seconds` is for each answer of the server; a whole mail may take three times as long."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    timeout_seconds: float
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    name: str = "email"

    def send(self, envelope: Envelope) -> None:
        if not envelope.to_address:
            raise NotDelivered("no_address", "refused")
        mail = email(envelope, self.sender)
        try:
            server = self._connected()
            try:
                self._log_in(server)
                server.hand_over(mail, self.sender, _travelling(envelope.to_address))
            finally:
                server.leave()
        except (OSError, smtplib.SMTPException) as error:
            # Without its cause: in the server's own words there may stand whom we write to.
            raise NotDelivered(_reason(error), "channel") from None

    def _connected(self) -> Conversation:
        limit = Limit(self.timeout_seconds, self.timeout_seconds * ANSWERS)
        context = ssl.create_default_context() if self.security == "tls" else None
        return Conversation(self.host, self.port, limit, context)

    def _log_in(self, server: Conversation) -> None:
        server.introduce()
        if self.security == "starttls":
            server.protect(ssl.create_default_context())
        if self.user and self.password:
            try:
                server.login(self.user, self.password)
            except UnicodeError:
                raise NotDelivered("login_not_ascii", "channel") from None


class Conversation(smtplib.SMTP):
    """The library's client under one limit, which takes for a reply only what is one."""

    def __init__(self, host: str, port: int, limit: Limit, context: ssl.SSLContext | None) -> None:
        self._named = host
        self._limit = limit
        self._context = context
        # Else the library asks the network for this machine's name, and may wait long for it.
        super().__init__(host, port, local_hostname="[127.0.0.1]")
        self.local_hostname = _literal(self._wire.own_address())

    def _get_socket(self, host: str, port: int, timeout: float) -> Wire:
        wire = dial(host, port, self._limit)
        return wire.protected(host, self._context) if self._context else wire

    @property
    def _wire(self) -> Wire:
        return cast(Wire, self.sock)

    def getreply(self) -> tuple[int, bytes]:
        try:
            return self._reply()
        except BaseException:
            self.close()
            raise

    def _reply(self) -> tuple[int, bytes]:
        self.file = self.file or self._wire.makefile()
        texts = []
        while line := self.file.readline():
            reply = REPLY.fullmatch(line)
            if reply is None:
                raise Garbled
            texts.append((reply[3] or b"").strip())
            if reply[2] != b"-":
                return int(reply[1]), b"\n".join(texts)
        raise smtplib.SMTPServerDisconnected("cut off")

    def introduce(self) -> None:
        self.does_esmtp = False
        code, text = self.ehlo()
        if not _is_yes(code) and code != CLOSING:
            code, text = self.helo()
        if not _is_yes(code):
            raise smtplib.SMTPHeloError(code, text)

    def protect(self, context: ssl.SSLContext) -> None:
        """From here on under TLS. What was said before, by whomever, does not count."""
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError
        code, text = self.docmd("STARTTLS")
        if code != READY:
            raise smtplib.SMTPResponseException(code, text)
        self.sock = cast(socket.socket, self._wire.protected(self._named, context))
        self.file = None
        self.introduce()

    def hand_over(self, mail: EmailMessage, sender: str, to: str) -> None:
        """Returns when the server has said yes, and raises NotDelivered when it has said no."""
        options = []
        if not (sender + to).isascii():
            if not self.has_extn("smtputf8"):
                raise NotDelivered("smtp_not_supported", "refused")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        content = mail.as_bytes(policy=POLICY.clone(utf8=bool(options)))
        if self.has_extn("size"):
            options.append(f"size={len(content)}")
        _accept(self.mail(sender, options)[0], _blame_for_sender)
        _accept(self.rcpt(to)[0], _blame)
        try:
            code = self.data(content)[0]
        except smtplib.SMTPDataError as refused:
            raise NotDelivered(f"smtp_{refused.smtp_code}", _blame(refused.smtp_code)) from None
        _accept(code, _blame)

    def leave(self) -> None:
        """Whatever the server thinks of our farewell: it changes nothing, and nobody waits for it."""
        with suppress(Exception):
            self.putcmd("QUIT")
        with suppress(Exception):
            self.close()


def _literal(address: str) -> str:
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _is_yes(code: int) -> bool:
    return 200 <= code <= 299


def _accept(code: int, blame: Callable[[int], Failure]) -> None:
    if not _is_yes(code):
        raise NotDelivered(f"smtp_{code}", blame(code))


def _blame(code: int) -> Failure:
    """What a no to the recipient or to the message means."""
    if code in (CLOSING, LOG_IN_FIRST) or code < 400:
        return "channel"
    return "refused" if code >= 500 else "later"


def _blame_for_sender(code: int) -> Failure:
    """What a no to our own address means. With it we also say how long the mail is."""
    return "refused" if code == TOO_BIG else "channel"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    if isinstance(error, Garbled | Flooded):
        return "smtp_garbled"
    if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
        return "smtp_not_supported"
    # While sending, the library tells of a time-out as of a connection that broke.
    return trouble(error.__context__) if isinstance(error.__context__, OSError) else trouble(error)
