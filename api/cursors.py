"""Where a page ended, in a form that only we can read: names and own ids never stand in an address."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.errors import Refused
from domain.ids import Ids
from projections.paging import Place
from words import N_

NOT_OURS = N_(
    "This is no cursor of ours, or it belongs to another question. Please ask as for the first page, or begin anew "
    "without it."
)


class Cursor(NamedTuple):
    """The moment of the first page, so that all pages tell of the same one, and the last row's place."""

    at: datetime
    place: Place


def written(ids: Ids, cursor: Cursor, question: str) -> str:
    """The same place gives the same text. `question` is what it may be used for."""
    text = json.dumps([cursor.at.isoformat(), list(cursor.place)], ensure_ascii=False)
    return urlsafe_b64encode(_cipher(ids).encrypt(text.encode(), [question.encode()])).rstrip(b"=").decode()


def read(ids: Ids, text: str, question: str) -> Cursor:
    """Raises Refused for what is none of ours, was changed, or belongs to another question."""
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        at, place = json.loads(_cipher(ids).decrypt(sealed, [question.encode()]))
    except (ValueError, InvalidTag):
        raise Refused("cursor", NOT_OURS, "cursor") from None
    found: Any = datetime.fromisoformat(at)
    return Cursor(found, place)


def _cipher(ids: Ids) -> AESSIV:
    """Needs no random bytes and binds the text to its question (RFC 5297)."""
    return AESSIV(bytes.fromhex(ids.of("cursor", "mac") + ids.of("cursor", "text")))
