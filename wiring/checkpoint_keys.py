"""The key that signs checkpoints, in a file beside the other keys, made at first use.

Exchanging it takes two steps, so that no checkpoint is ever without a key that earlier ones vouch for: the new key is
noted first; the next checkpoint names it, signed by both; then the old one's secret is thrown away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkstemp

from domain.errors import Refused
from verifier.note import BadNote, PublicKey, SigningKey, public_key
from wiring.keys import create_once

FILE = "checkpoint-keys.json"
SEED_BYTES = 32


class CheckpointKeysDamaged(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__("keys_damaged", "{file} is damaged. Please put it back from a backup.", file=str(file))


@dataclass(frozen=True)
class Keys:
    origin: str
    """The log's name, which is that of its keys as well."""
    signing: SigningKey
    following: SigningKey | None = None
    """Signs from the next checkpoint on."""
    earlier: tuple[PublicKey, ...] = ()

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """All that ever counted, the oldest first."""
        newest = (self.signing.public, *((self.following.public,) if self.following else ()))
        return (*self.earlier, *newest)

    @property
    def signers(self) -> tuple[SigningKey, ...]:
        return (self.signing, self.following) if self.following else (self.signing,)


def of_log(file: Path, origin: str, entropy: Callable[[int], bytes]) -> Keys:
    """Those in the file; of several processes that start together the first one's count."""
    if not file.exists():
        create_once(file, _text(Keys(origin, SigningKey(origin, entropy(SEED_BYTES)))))
    return read(file)


def read(file: Path) -> Keys:
    try:
        told = json.loads(file.read_text("utf-8"))
        origin = str(told["origin"])
        signing, following = (
            SigningKey(origin, bytes.fromhex(told[name])) if told[name] else None for name in ("signing", "following")
        )
        if signing is None or any(len(each.seed) != SEED_BYTES for each in (signing, following) if each):
            raise CheckpointKeysDamaged(file)
        return Keys(origin, signing, following, tuple(public_key(line) for line in told["earlier"]))
    except (ValueError, KeyError, TypeError, BadNote):
        raise CheckpointKeysDamaged(file) from None


def with_following(keys: Keys, entropy: Callable[[int], bytes]) -> Keys:
    return keys if keys.following else replace(keys, following=SigningKey(keys.origin, entropy(SEED_BYTES)))


def handed_over(keys: Keys) -> Keys:
    """After a checkpoint by both."""
    if keys.following is None:
        return keys
    return Keys(keys.origin, keys.following, None, (*keys.earlier, keys.signing.public))


def write(file: Path, keys: Keys) -> None:
    """Complete or not at all."""
    handle, draft = mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(_text(keys))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)


def _text(keys: Keys) -> str:
    return json.dumps(
        {
            "origin": keys.origin,
            "signing": keys.signing.seed.hex(),
            "following": keys.following.seed.hex() if keys.following else None,
            "earlier": [str(key) for key in keys.earlier],
        }
    )
