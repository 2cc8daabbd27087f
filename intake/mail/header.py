"""The header of a mail: who wrote it to whom and when, and in answer to what.

It is read by the standard library, but not all at once: its full reader takes a time that grows with the square of a
header's length, and anybody can send one. So only headers that name people go through it, and only up to a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple, cast

from domain.errors import Refused
from domain.fact import EARLIEST

MOST_BYTES = 256 * 1024
"""A longer header is none that a mail program wrote."""
LONGEST_SENDER = 1_000
LONGEST_RECIPIENTS = 4_000
"""Characters; of a longer list the first ones are read."""
LONGEST_ID = 250
MOST_REFERENCES = 50
"""The first one, with which the thread began, and the last ones."""
ON_THE_WAY = timedelta(days=7)
"""Servers give a mail up after five days; one that claims to have been under way for longer has a wrong clock."""

BEFORE_COLON = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
"""RFC 822 allowed blanks there; to the library the header would end."""
IN_BRACKETS = re.compile(r"<([^<>]*)>")
ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+")
_parse = BytesHeaderParser(policy=policy.compat32).parsebytes

TOO_LONG = "The header of this mail is longer than {limit} bytes, so it is none that a mail program wrote."
NO_SENDER = "This mail does not say who wrote it. Please look at it in your mailbox."
SEVERAL_SENDERS = "This mail names several senders, and nobody can know whose it is. Please look at it in your mailbox."
UNREADABLE_SENDER = "The sender of this mail cannot be read. Please look at it in your mailbox."


class Address(NamedTuple):
    """`address` is written so that two of the same person are equal."""

    address: str
    name: str | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Fields:
    """The header line by line as written; names in any letters."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)

    def all(self, name: str) -> list[str]:
        return [value for written, value in self.lines if written.lower() == name]

    def get(self, name: str) -> str:
        """The first of this name, in one line; empty where there is none."""
        return " ".join(next(iter(self.all(name)), "").split())


@dataclass(frozen=True, slots=True)
class Header:
    """Ids are those of Message-ID, without brackets."""

    id: str
    time: datetime
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    ancestors: tuple[str, ...]
    """The mails before it in its thread, the one that it answers last."""
    subject: str
    fields: Fields


def read(header: bytes, received: datetime) -> Header:
    """`received`: when the mailbox took it in. Raises Refused where nobody can say who wrote it."""
    fields = fields_of(header)
    return Header(
        id=own_id(fields),
        time=moment(fields, received),
        sender=_sender(fields),
        reply_to=next(iter(_people(fields.get("reply-to"), LONGEST_SENDER)), None),
        to=_recipients(fields, "to"),
        cc=_recipients(fields, "cc"),
        ancestors=_ancestors(fields),
        subject=_decoded(fields.get("subject")),
        fields=fields,
    )


def fields_of(header: bytes) -> Fields:
    if len(header) > MOST_BYTES:
        raise Refused("header_too_long", TOO_LONG, limit=MOST_BYTES)
    parsed = _parse(BEFORE_COLON.sub(rb"\1:", header))
    return Fields(tuple((name, _text(str(value))) for name, value in parsed.raw_items()))


def _text(value: str) -> str:
    """What was not written in ASCII, although it should be, is UTF-8 or else what Windows writes."""
    if value.isascii():
        return value
    written = value.encode("utf-8", "surrogateescape")
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("cp1252", "replace")


# -- who ------------------------------------------------------------------------------------------------


def _sender(fields: Fields) -> Address:
    written = fields.all("from")
    if not written or not written[0].strip():
        raise Refused("no_sender", NO_SENDER)
    if len(written) > 1:
        raise Refused("several_senders", SEVERAL_SENDERS)
    found = _people(fields.get("from"), LONGEST_SENDER)
    if not found:
        raise Refused("unreadable_sender", UNREADABLE_SENDER)
    if len({each.address for each in found}) > 1:
        raise Refused("several_senders", SEVERAL_SENDERS)
    return found[0]


def _recipients(fields: Fields, name: str) -> tuple[Address, ...]:
    written = ", ".join(" ".join(each.split()) for each in fields.all(name))
    if len(written) > LONGEST_RECIPIENTS:
        written = written[:LONGEST_RECIPIENTS].rpartition(",")[0]
    return tuple(dict.fromkeys(_people(written, LONGEST_RECIPIENTS)))


def _people(written: str, longest: int) -> list[Address]:
    """Everybody named; none where it cannot be read. Members of a group are named like others."""
    if not written or len(written) > longest:
        return []
    try:
        header = cast(AddressHeader, policy.default.header_factory("to", written))
        named = [(each.addr_spec, each.display_name) for each in header.addresses]
    except Exception:
        # The library stumbles over what others write in ways that it names nowhere, such as IndexError. Whom a header
        # means that holds a single address is known all the same.
        found = ADDRESS.findall(written)
        return [Address(normal(found[0]))] if len(found) == 1 else []
    return [
        Address(normal(address), " ".join(name.split()) or None)
        for address, name in named
        if ADDRESS.fullmatch(address)
    ]


def normal(address: str) -> str:
    """In small letters, the domain as it travels: müller.example is xn--mller-kva.example."""
    name, _, domain = address.strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{name}@{domain}"


# -- when -----------------------------------------------------------------------------------------------


def moment(fields: Fields, received: datetime) -> datetime:
    """When it was written where that can be, else when a server of ours took it."""
    stamp = _date(fields.get("received").rpartition(";")[2])
    arrived = min(received, stamp) if stamp else received
    written = _date(fields.get("date"))
    if written is None or written > arrived or (stamp and written < arrived - ON_THE_WAY):
        return arrived
    return written


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found if found >= EARLIEST else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# -- in answer to what ----------------------------------------------------------------------------------


def own_id(fields: Fields) -> str:
    """The Message-ID; of a mail without one a digest of what stays the same in every copy of it."""
    found = ids_in(fields.get("message-id"))
    if found:
        return found[0]
    stable = [" ".join(value.split()) for name in ("date", "from", "to", "cc", "subject") for value in fields.all(name)]
    return _digest("\0".join(stable))


def ids_in(text: str) -> list[str]:
    """The ids in a header; whoever leaves out the brackets means one a word."""
    found = ["".join(each.split()) for each in IN_BRACKETS.findall(text)] or text.replace("<", " ").split()
    return [_plain(each) for each in found if each]


def _plain(id: str) -> str:
    if len(id) <= LONGEST_ID and id.isascii() and id.isprintable():
        return id
    return _digest(id)


def _digest(text: str) -> str:
    return "digest/" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _ancestors(fields: Fields) -> tuple[str, ...]:
    before = ids_in(fields.get("references"))
    # Some programs name several; the last one is what was open on the screen.
    parents = ids_in(fields.get("in-reply-to"))[-1:]
    chain = list(dict.fromkeys([*(each for each in before if each not in parents), *parents]))
    return tuple(chain[:1] + chain[1:][-MOST_REFERENCES:])


def _decoded(text: str) -> str:
    # What cannot be decoded, such as by a character set that there is not, stays as it came.
    with suppress(ValueError, LookupError, MessageError):
        text = str(make_header(decode_header(text[:2_000])))
    return " ".join(text.split())
