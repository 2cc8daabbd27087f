"""A mail as it lies in a mailbox or a file, and what it is worth: a letter, or nothing that we record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from domain.errors import Refused
from intake.mail.header import Address, Fields, Header, read
from intake.mail.signs import IsOurOwn, Reason, sign

NOT_GIVEN_OUT = "The mail server does not give out this mail in a readable form. Please look at it in your mailbox."


class Found(NamedTuple):
    """A mail as it lies there; nothing of it is parsed yet."""

    place: str
    """Where somebody would look for it, such as INBOX 17."""
    header: bytes | None
    """None: the server did not give it out."""
    received: datetime
    in_sent: bool = False
    """It lies where the mail programs put what we send."""
    is_draft: bool = False
    invites: bool = False
    """One of its parts is an invitation of a calendar."""
    text: str = ""
    """What the writer wrote, without what they quote; only where a setting allows it."""


@dataclass(frozen=True)
class Ourselves:
    """Whose addresses are ours. `persons` gives the people document's own writing of an address."""

    persons: Mapping[str, str]
    others: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def __contains__(self, address: Address) -> bool:
        if address.address in self.persons or address.address in self.others:
            return True
        return any(f".{address.domain}".endswith(f".{domain}") for domain in self.domains)

    def person(self, address: Address) -> str | None:
        """Who of us that is; a shared address is nobody."""
        return self.persons.get(address.address)


class Letter(NamedTuple):
    """From one person to others. `form`: one of our web pages wrote it for them."""

    header: Header
    place: str
    ours: bool
    writer: Address
    outside: tuple[Address, ...]
    """Whom it is addressed to who are not of us."""
    copies: tuple[Address, ...]
    """Who else was to know of it who is not of us."""
    to: str | None
    """Who of us it is addressed to."""
    only_to_know: bool
    """It is addressed to somebody else, and we were to know of it."""
    form: bool
    text: str


def letter(found: Found, ourselves: Ourselves, is_our_own: IsOurOwn) -> Letter | Reason:
    """Raises Refused where the mail is broken."""
    if found.header is None:
        raise Refused("not_given_out", NOT_GIVEN_OUT)
    header = read(found.header, found.received)
    reason = sign(header.fields, is_our_own=is_our_own, own_domains=ourselves.domains)
    if reason is not None:
        return reason
    if found.is_draft:
        return "draft"
    if found.invites:
        return "invitation"
    ours = found.in_sent or header.sender in ourselves
    outside, copies = ([each for each in those if each not in ourselves] for those in (header.to, header.cc))
    strangers = outside or copies
    writer, form = header.sender, False
    if (
        ours
        and not found.in_sent
        and not strangers
        and header.reply_to is not None
        and header.reply_to not in ourselves
    ):
        # A form on our web page writes in our name and says to whom an answer goes.
        ours, writer, form = False, header.reply_to, True
    if ours and not strangers:
        return "among_ourselves"
    return Letter(
        # Of very many letters at once only what is still needed is kept.
        header=replace(header, fields=Fields(())),
        place=found.place,
        ours=ours,
        writer=writer,
        outside=tuple(outside),
        copies=tuple(copies),
        to=next((name for each in header.to if (name := ourselves.person(each))), None),
        only_to_know=_only_to_know(header, ourselves),
        form=form,
        text=found.text,
    )


def _only_to_know(header: Header, ourselves: Ourselves) -> bool:
    """Known addresses of ours stand among the copies only; where none is known, it is us who are meant."""
    return not any(each in ourselves for each in header.to) and any(each in ourselves for each in header.cc)
