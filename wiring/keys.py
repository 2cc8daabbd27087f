"""The keys of an installation: one for the ids, one for the vault. Without them the log cannot be read.

They lie in the home, or, where several machines share a log, in the file that KONTO_KEYS_FILE names. The vault's may
lie elsewhere: wiring/masters.py. Which keys belong to a log it remembers itself: wiring/installation.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

from domain.errors import Refused

ELSEWHERE = "KONTO_KEYS_FILE"
KEY_BYTES = 32


class KeysMissing(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "keys_missing",
            "{file} is missing, but there is a log that was written with it. Please put it back from a backup.",
            file=str(file),
        )


class KeysElsewhere(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "keys_missing",
            "{file} is missing. konto migrate makes it once; please copy it from there to every machine, "
            "or name it in KONTO_KEYS_FILE.",
            file=str(file),
        )


class KeysDamaged(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__("keys_damaged", "{file} is damaged. Please put it back from a backup.", file=str(file))


def place(home: Path, environment: Mapping[str, str]) -> Path:
    named = environment.get(ELSEWHERE)
    return Path(named) if named else home / "keys.json"


class Kept(NamedTuple):
    """What lies in the file: always the secret of the ids, and the vault's key unless that lies elsewhere."""

    ids: bytes
    vault: bytes | None
    following: bytes | None
    """The one that takes its place, while that goes on."""

    @property
    def masters(self) -> tuple[bytes, ...]:
        return tuple(each for each in (self.vault, self.following) if each is not None)


def read(file: Path) -> Kept:
    """Raises KeysDamaged."""
    try:
        told = json.loads(file.read_text("utf-8"))
        ids = bytes.fromhex(told["ids"])
        vault, following = (bytes.fromhex(told[name]) if name in told else None for name in ("vault", "following"))
    except (ValueError, KeyError, TypeError):
        raise KeysDamaged(file) from None
    kept = Kept(ids, vault, following)
    if any(len(each) != KEY_BYTES for each in (ids, *kept.masters)):
        raise KeysDamaged(file)
    return kept


def make(file: Path, entropy: Callable[[int], bytes], *, with_vault: bool) -> None:
    """Of several processes that start together the first one's keys count."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ids = entropy(KEY_BYTES)
    create_once(file, _text(Kept(ids, entropy(KEY_BYTES) if with_vault else None, None)))


def write(file: Path, kept: Kept) -> None:
    """Complete or not at all, and kept when the power fails."""
    handle, draft = mkstemp(prefix=f"{file.name}.", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(_text(kept))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)
    # A rename is only kept when its folder is.
    with suppress(OSError):
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _text(kept: Kept) -> str:
    return json.dumps({name: key.hex() for name, key in kept._asdict().items() if key is not None})


def create_once(file: Path, text: str) -> None:
    """Complete or not at all, readable by its owner only, and never over an existing one."""
    # Not named by the process: one killed here would leave the name to the next with the same number.
    handle, draft = mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        os.unlink(draft)
