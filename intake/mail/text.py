"""What somebody wrote in a mail: the plain text, without what they quote of others and without a signature."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser

MOST_BYTES = 64 * 1024
"""So much of a mail is read for its text."""
LONGEST = 4_000

QUOTED = re.compile(
    r"^(?:>|-{3,} ?(?:urspr(?:ü|ue)ngliche|original|weitergeleitete|forwarded).*|_{10,}$|-- $"
    r"|(?:von|from|gesendet|sent): .*|(?:am|on) .{5,120}(?:schrieb|wrote).*:?\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_parse = BytesParser(policy=policy.compat32).parsebytes


def own_words(mail: bytes) -> str:
    """Empty where there is no plain text to be read."""
    for part in _parse(mail[:MOST_BYTES]).walk():
        if part.get_content_type() != "text/plain" or part.get_content_disposition() == "attachment":
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return _unquoted(_decoded(content, part.get_content_charset() or "utf-8"))
    return ""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):  # there is no such character set, or no set could be called so
        return content.decode("utf-8", "replace")


def _unquoted(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    quoted = QUOTED.search(text)
    return (text[: quoted.start()] if quoted else text).strip()[:LONGEST]
