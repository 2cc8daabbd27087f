"""A mail server of few manners: at each step it says what a test tells it to, or nothing, or slowly, or goes away."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from tests.alerts.door import CUT, DRIP, DRIP_SECONDS, FLOOD, HANG, Door

SLOW = "(slowly) "
"""In front of a reply: every letter after a pause, but to the end."""

POLITE = {
    "GREETING": "220 ready",
    "EHLO": "250-at your service\r\n250-SIZE 1000000\r\n250 8BITMIME",
    "HELO": "250 at your service",
    "AUTH": "235 welcome",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "END": "250 taken",
    "QUIT": "221 bye",
}


@dataclass
class RudePostOffice(Door):
    """`script` holds what is said at a step other than the polite reply; CRLF at its end is added.

    A reply that ends with \\0 is sent without its line's end, and the connection is cut.
    """

    script: Mapping[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    """Every mail to which the server has said yes or, being rude, something else."""
    heard: list[str] = field(default_factory=list)
    context: ssl.SSLContext | None = None
    """Under which it speaks after STARTTLS."""

    def __post_init__(self) -> None:
        super().__init__()

    def talk(self, guest: socket.socket) -> None:
        if self._say(guest, "GREETING"):
            self._talk_on(guest)

    def _talk_on(self, guest: socket.socket) -> None:
        lines = guest.makefile("rb")
        going_on = True
        while going_on and (line := lines.readline()):
            self.heard.append(line.decode("utf-8", "replace").strip())
            verb = self.heard[-1].partition(" ")[0].upper()
            going_on = self._say(guest, verb)
            if verb == "DATA" and going_on and self._reply("DATA").startswith("354"):
                self.taken.append(_mail(lines))
                going_on = self._say(guest, "END")
            if verb == "STARTTLS" and going_on and self.context:
                with self.context.wrap_socket(guest, server_side=True) as protected:
                    return self._talk_on(protected)
            if verb == "QUIT":
                return

    def _reply(self, step: str) -> str:
        return self.script.get(step) or POLITE.get(step, "502 what?")

    def _say(self, guest: socket.socket, step: str) -> bool:
        """Whether the conversation goes on."""
        reply = self._reply(step)
        if reply == CUT:
            return False
        if reply == HANG:
            self.closing.wait()
            return False
        if reply in (DRIP, FLOOD):
            self._without_end(guest, reply)
            return False
        if reply.startswith(SLOW):
            self._drip(guest, reply.removeprefix(SLOW) + "\r\n")
        elif reply.endswith("\0"):
            guest.sendall(reply[:-1].encode("latin-1"))
            return False
        else:
            guest.sendall(reply.encode("latin-1") + b"\r\n")
        return True

    def _without_end(self, guest: socket.socket, how: str) -> None:
        while not self.closing.is_set():
            if how == FLOOD:
                guest.sendall(b"250-and another thing\r\n" * 100)
            else:
                self._drip(guest, "2")

    def _drip(self, guest: socket.socket, text: str) -> None:
        for letter in text:
            guest.sendall(letter.encode("latin-1"))
            self.closing.wait(DRIP_SECONDS)


def _mail(lines: Iterable[bytes]) -> bytes:
    """Up to the line that is only a dot."""
    return b"".join(takewhile(lambda line: line != b".\r\n", lines))
