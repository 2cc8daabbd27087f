"""Signed notes and the checkpoints written on them: the texts of C2SP (signed-note, tlog-checkpoint), by Ed25519.

A checkpoint says how many entries a log has and the root of the tree over them, so that nobody can change one of
them afterwards without this text saying otherwise.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.tree import HASH_BYTES

ED25519 = b"\x01"
SIGNATURE_BYTES = 64
ID_BYTES = 4
DASH = "\N{EM DASH}"
MOST_BYTES = 1_000_000
"""Longer texts are no notes of ours and are not read at all."""
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


class BadNote(Exception):
    """A text that is no signed note, no checkpoint, or not signed by whom it should be; the message says which."""


@dataclass(frozen=True)
class PublicKey:
    name: str
    key: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """As a verifier is told of it: name, id and key in one line."""
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.key)}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    name: str
    seed: bytes = field(repr=False)
    """32 bytes."""

    @property
    def public(self) -> PublicKey:
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(self.name, raw)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def signature(self, text: str) -> str:
        """The line below a text that says who signed it."""
        signed = self.public.id + self._private.sign(text.encode())
        return f"{DASH} {self.name} {_base64(signed)}\n"


def public_key(line: str) -> PublicKey:
    """Out of one line; raises BadNote."""
    name, _, rest = line.strip().partition("+")
    id, _, key = rest.partition("+")
    raw = _raw(key, "key")
    if not _NAME.fullmatch(name) or len(raw) != 1 + HASH_BYTES or raw[:1] != ED25519:
        raise BadNote("key")
    found = PublicKey(name, raw[1:])
    if found.id.hex() != id:
        raise BadNote("key")
    return found


def signed(text: str, keys: Iterable[SigningKey]) -> str:
    """A text, which ends with a line break, with a signature for each key."""
    _must_be_a_text(text)
    return text + "\n" + "".join(key.signature(text) for key in keys)


def opened(note: str, keys: Sequence[PublicKey]) -> tuple[str, tuple[PublicKey, ...]]:
    """The text, and which of these keys have signed it: at least one, else BadNote.

    Signatures by others are passed over; a wrong one by one of these is not.
    """
    if len(note) > MOST_BYTES:
        raise BadNote("text")
    text, blank, below = note.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise BadNote("text")
    text += "\n"
    _must_be_a_text(text)
    known: Mapping[tuple[str, bytes], PublicKey] = {(key.name, key.id): key for key in keys}
    by: dict[PublicKey, None] = {}
    for name, id, signature in map(_signature, below.splitlines()):
        key = known.get((name, id))
        if key is None:
            continue
        if not key.has_signed(text, signature):
            raise BadNote("signature")
        by[key] = None
    if not by:
        raise BadNote("signature")
    return text, tuple(by)


def unchecked(note: str) -> str:
    """The text, whoever signed it, or nobody."""
    return note.rpartition("\n\n")[0] + "\n"


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not _NAME.fullmatch(parts[1]):
        raise BadNote("text")
    raw = _raw(parts[2], "text")
    if len(raw) <= ID_BYTES:
        raise BadNote("text")
    return parts[1], raw[:ID_BYTES], raw[ID_BYTES:]


def _must_be_a_text(text: str) -> None:
    if not text.endswith("\n") or _FORBIDDEN.search(text):
        raise BadNote("text")


# -- checkpoints --------------------------------------------------------------------------------------


class Checkpoint(NamedTuple):
    origin: str
    """Which log."""
    size: int
    root: bytes
    told: tuple[str, ...] = ()
    """Lines beside, such as when it was made."""

    def text(self) -> str:
        lines = (self.origin, str(self.size), _base64(self.root), *self.told)
        return "".join(f"{line}\n" for line in lines)

    def said(self, name: str) -> str | None:
        """What a line beside says of a name."""
        return next((line.removeprefix(f"{name} ") for line in self.told if line.startswith(f"{name} ")), None)


def checkpoint(text: str) -> Checkpoint:
    """Out of the text of a note; raises BadNote."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise BadNote("checkpoint")
    root = _raw(lines[2], "checkpoint")
    if len(root) != HASH_BYTES:
        raise BadNote("checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str, what: str) -> bytes:
    """Exactly what `_base64` writes: another spelling of the same bytes is refused."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(what) from None
    if _base64(raw) != text:
        raise BadNote(what)
    return raw
