"""An appointment as a calendar tells of it: when, what, with whom, and when somebody was told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple

LONGEST_NAME = 160
NAMELESS = "nameless-"
"""Begins the names of entries without a UID: they cannot be recognised once they are moved."""
AGAIN = re.compile(r"(.+?)(?:\+(\d{1,3}))?", re.DOTALL)
INSTANCE = re.compile(r"(.+?)(?:/(\d{8}(?:T\d{6}Z)?))?", re.DOTALL)


SPLIT = re.compile(r"_R\d{8}(?:T\d{6})?(?=@google\.com$)")
"""Where a series is changed from some day on, Google gives the rest a name of its own, made of the first one's."""


class Guest(NamedTuple):
    """Somebody who takes part; `address` in small letters."""

    address: str
    declined: bool = False


class Appointment(NamedTuple):
    """`start` is an instant in UTC, or a date where it is about the whole day.

    `instance` tells one of a recurring appointment from the others, by when it was to begin at first; "" = a single
    one, or all of them where `cancelled`. `told`: when this was sent or written, as the calendar says.
    """

    line: int
    uid: str
    instance: str
    start: datetime | date
    what: str | None
    organizer: str | None
    guests: tuple[Guest, ...]
    private: bool
    free: bool
    tentative: bool
    cancelled: bool
    method: str
    """What the calendar is for, as RFC 5546 has it: "" or PUBLISH = to be read, REQUEST = an invitation, REPLY, …"""
    sequence: int
    created: datetime | None
    told: datetime | None

    @property
    def name(self) -> str:
        return name(self.uid, self.instance)

    @property
    def settles_nothing(self) -> bool:
        """An answer to an invitation, a proposal of another time, a question: nothing is agreed by it."""
        return self.method in ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH")


class Name(NamedTuple):
    """What a promise's own id says: of which appointment it is, and whether it was taken back before."""

    uid: str
    instance: str
    again: int


def name(uid: str, instance: str, again: int = 1) -> str:
    """The own id of the promise; `again` counts those that were made anew after one was taken back."""
    return uid + (f"/{instance}" if instance else "") + (f"+{again}" if again > 1 else "")


def named(id: str) -> Name:
    whole = AGAIN.fullmatch(id)
    assert whole is not None
    rest = INSTANCE.fullmatch(whole[1])
    assert rest is not None
    return Name(rest[1], rest[2] or "", int(whole[2] or 1))


def short(uid: str) -> str:
    """As it is, unless it is too long or odd for an id."""
    if len(uid) <= LONGEST_NAME and uid.isprintable():
        return uid
    return "long-" + sha256(uid.encode()).hexdigest()


def series_of(uid: str) -> str:
    """The same for all parts of a series that was split."""
    return SPLIT.sub("", uid)


def instance_of(start: datetime | date) -> str:
    if isinstance(start, datetime):
        return start.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return start.strftime("%Y%m%d")
