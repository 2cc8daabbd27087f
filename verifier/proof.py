"""That one event stands in the log as a checkpoint attests, in one text (C2SP tlog-proof) that needs no database."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import NamedTuple

from verifier.events import Event, Unreadable, event_of, leaf, line
from verifier.note import BadNote, Checkpoint, PublicKey, checkpoint, opened
from verifier.tree import HASH_BYTES, BadProof, check_inclusion

FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,17})")


class Proof(NamedTuple):
    event: Event
    place: int
    """Its place in the tree, from 0."""
    path: Sequence[bytes]
    note: str
    """The checkpoint."""

    def text(self) -> str:
        hashes = [_base64(step) for step in self.path]
        lines = (FIRST, f"extra {_base64(line(self.event).encode())}", f"index {self.place}", *hashes, "")
        return "".join(f"{each}\n" for each in lines) + self.note


class Shown(NamedTuple):
    """What a proof has shown."""

    event: Event
    checkpoint: Checkpoint


def shown(text: str, keys: Sequence[PublicKey]) -> Shown:
    """Raises BadProof, or BadNote for its checkpoint."""
    above, blank, note = text.partition("\n\n")
    first, *lines = above.split("\n")
    if not blank or first != FIRST or len(lines) < 2 or not lines[0].startswith("extra "):
        raise BadProof("text")
    index = _INDEX.fullmatch(lines[1])
    if index is None:
        raise BadProof("text")
    path = [_raw(each) for each in lines[2:]]
    if any(len(step) != HASH_BYTES for step in path):
        raise BadProof("text")
    try:
        event = event_of(_raw(lines[0].removeprefix("extra ")))
    except Unreadable:
        raise BadProof("text") from None
    attested = checkpoint(opened(note, keys)[0])
    if attested.origin not in {key.name for key in keys}:
        raise BadNote("checkpoint")
    check_inclusion(leaf(event), int(index[1]), attested.size, path, attested.root)
    return Shown(event, attested)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadProof("text") from None
    if _base64(raw) != text:
        raise BadProof("text")
    return raw
