"""What every way out of the house has in common: what it is given, and what it says where that failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from workers.messages import Message

Failure = Literal["refused", "later", "channel", "gone"]
"""Why it did not work: a no to this message or recipient; not now; the whole way does not work (no connection, no
reply in time, a wrong password, a broken server); the receiver wants nothing more of us."""


class NotDelivered(Exception):
    """`reason` is a code such as smtp_550, http_503, timeout; it holds nothing personal.

    `again`: the receiver said when to try again.
    """

    def __init__(self, reason: str, failure: Failure, again: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.failure: Failure = failure
        self.again = again

    @property
    def final(self) -> bool:
        """Trying again as it is will not help."""
        return self.failure in ("refused", "gone")


class Envelope(NamedTuple):
    """`message_id` is the same for every attempt, so that a receiver can recognise a repeat.

    `thread` is the same for everything about one promise, contact, incident or customer; "" where there is no such.
    """

    to_name: str
    to_address: str
    message_id: str
    message: Message
    written: datetime
    thread: str = ""
    kind: str = "alert"
    """What it is, for programs."""


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    def send(self, envelope: Envelope) -> None:
        """Raises NotDelivered."""
