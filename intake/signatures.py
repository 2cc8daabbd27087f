"""Whether a webhook comes from whom it says, and now: over the bytes as they came, by the sender's own scheme."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from typing import Literal, NamedTuple, get_args

from standardwebhooks import Webhook

from domain.errors import Refused
from words import N_

Scheme = Literal["standard", "hubspot", "zammad"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)

WINDOW = timedelta(minutes=5)
"""So far the moment of sending may lie from now; what is older may be somebody's recording."""


class Received(NamedTuple):
    """A webhook as it came. `address` is the one that the sender called, as it is written there."""

    method: str
    address: str
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes


class WrongSignature(Refused):
    def __init__(self) -> None:
        super().__init__("signature", NOT_SIGNED)


class WrongMoment(Refused):
    def __init__(self) -> None:
        super().__init__("timestamp", NOT_NOW, minutes=WINDOW.seconds // 60)


def verify(scheme: Scheme, secrets: Sequence[str], received: Received, now: datetime) -> None:
    """Any of the secrets will do: while one is exchanged there are two. Raises WrongSignature or WrongMoment."""
    # All of them are tried, so that the time it takes tells nothing.
    if not any([_BY_SCHEME[scheme](secret, received, now) for secret in secrets]):
        raise WrongSignature


def _standard(secret: str, received: Received, now: datetime) -> bool:
    """Standard Webhooks 1.0: one of several signatures behind version marks, over id, second and body."""
    id, second = _header(received, "webhook-id"), _header(received, "webhook-timestamp")
    sent = _moment(second, "s", now)
    try:
        body = received.body.decode()
    except UnicodeDecodeError:
        raise WrongSignature from None
    expected = Webhook(secret).sign(id, sent, body)
    given = _header(received, "webhook-signature").split()
    return any([_same(each, expected) for each in given])


def _hubspot(secret: str, received: Received, now: datetime) -> bool:
    """HubSpot's v3: HMAC-SHA256 over method, address, body and millisecond, in Base64.

    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
    """
    millisecond = _header(received, "x-hubspot-request-timestamp")
    _moment(millisecond, "ms", now)
    text = f"{received.method}{_decoded(received.address)}".encode() + received.body + millisecond.encode()
    expected = b64encode(hmac.digest(secret.encode(), text, sha256)).decode()
    return _same(_header(received, "x-hubspot-signature-v3"), expected)


def _zammad(secret: str, received: Received, now: datetime) -> bool:
    """Zammad's: HMAC-SHA1 over the body, hexadecimal, as GitHub's was. It names no moment.

    That something old is told again does no harm: a fact of the same id is recorded once.
    https://admin-docs.zammad.org/en/latest/manage/webhook.html
    """
    expected = "sha1=" + hmac.digest(secret.encode(), received.body, sha1).hex()
    return _same(_header(received, "x-hub-signature"), expected)


_BY_SCHEME: Mapping[Scheme, Callable[[str, Received, datetime], bool]] = {
    "standard": _standard,
    "hubspot": _hubspot,
    "zammad": _zammad,
}


def _header(received: Received, name: str) -> str:
    value = received.headers.get(name, "")
    if not value:
        raise WrongSignature
    return value


def _moment(text: str, unit: Literal["s", "ms"], now: datetime) -> datetime:
    """Digits alone, within the window around now."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise WrongMoment
    try:
        sent = datetime.fromtimestamp(int(text) / (1 if unit == "s" else 1_000), UTC)
    except (ValueError, OverflowError, OSError):
        raise WrongMoment from None
    if abs(sent - now) > WINDOW:
        raise WrongMoment
    return sent


DECODED = {f"%{ord(char):02X}": char for char in ":/?@!$'()*,;"}
"""What HubSpot writes plainly before it signs."""


def _decoded(address: str) -> str:
    for code, char in DECODED.items():
        address = address.replace(code, char).replace(code.lower(), char)
    return address


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


NOT_SIGNED = N_(
    "The signature is missing or does not fit. Please check the secret on both sides, and that nothing in between "
    "writes the body anew."
)
NOT_NOW = N_(
    "The moment of sending is missing or lies more than {minutes} minutes from now. Please check the clocks on both "
    "sides; what is sent again needs a new moment."
)
