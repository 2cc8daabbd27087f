"""Mails that lie in files: a message as mail programs save it (.eml), or many in one (mbox)."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from domain.errors import Refused
from intake.mail import text
from intake.mail.header import MOST_BYTES
from intake.mail.letter import Found
from intake.mail.signs import invites
from intake.text_lines import refused_file

MOST_SEARCHED_BYTES = 4 * 1024 * 1024
"""So far into a mail an invitation is looked for."""
OUTLOOK = b"\xd0\xcf\x11\xe0"
IN_MBOX = b"From "
INVITATION = re.compile(
    rb"^content-type:[ \t]*text/calendar\b(?:[^\r\n]|\r?\n[ \t])*?method=\"?([a-z]+)", re.IGNORECASE | re.MULTILINE
)
FIELD = re.compile(rb"\A\s*(?:[!-9;-~]+:|[!-9;-~]+[ \t]+:)")

OUTLOOKS_OWN = "{file} is saved in a form that only Outlook reads (.msg). Please save the mail as .eml."
NO_MAIL = "{file} holds no mail: it does not begin with a header such as “From: …”. Please save the mail as .eml."


def found_in(file: Path, now: datetime, *, with_text: bool = False) -> Iterator[Found]:
    """Each mail of a file. Raises Refused where it holds none."""
    try:
        with file.open("rb") as stream:
            beginning = stream.read(1024)
            if beginning.startswith(OUTLOOK):
                raise Refused("not_a_mail", OUTLOOKS_OWN, file=file.name)
            if beginning.startswith(IN_MBOX):
                yield from _in_mbox(file, now, with_text)
            elif FIELD.match(beginning):
                stream.seek(0)
                yield _found(stream, file.name, now, with_text)
            else:
                raise Refused("not_a_mail", NO_MAIL, file=file.name)
    except OSError as error:
        raise refused_file(file, error) from None


def _in_mbox(file: Path, now: datetime, with_text: bool) -> Iterator[Found]:
    box = mailbox.mbox(file, create=False)
    try:
        for number, key in enumerate(box.keys(), 1):
            with box.get_file(key) as stream:
                yield _found(cast(IO[bytes], stream), f"{file.name} {number}", now, with_text)
    finally:
        box.close()


def _found(stream: IO[bytes], place: str, now: datetime, with_text: bool) -> Found:
    content = stream.read(MOST_SEARCHED_BYTES)
    return Found(
        place=place,
        header=header_of(content),
        received=now,
        invites=any(invites(method.decode("ascii")) for method in INVITATION.findall(content)),
        text=text.own_words(content) if with_text else "",
    )


def header_of(content: bytes) -> bytes:
    """Up to the first empty line; where there is none within the limit, a piece that is too long."""
    end = re.search(rb"\r?\n\r?\n|\r\r", content)
    return content[: min(end.end() if end else len(content), MOST_BYTES + 1)]
