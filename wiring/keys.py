"""The keys of an installation: one for the ids, one for the vault. Without them the log cannot be read.

They lie in the home, or, where several machines share a log, in the file that KONTO_KEYS_FILE names.
Which keys belong to a log it remembers itself: wiring/installation.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from domain.errors import Refused
from domain.ids import Ids
from domain.vault import MasterKey

ELSEWHERE = "KONTO_KEYS_FILE"


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


def read(file: Path, entropy: Callable[[int], bytes]) -> tuple[Ids, MasterKey]:
    try:
        keys = json.loads(file.read_text("utf-8"))
        return Ids(bytes.fromhex(keys["ids"])), MasterKey(bytes.fromhex(keys["vault"]), entropy)
    except (ValueError, KeyError, TypeError):
        raise KeysDamaged(file) from None


def make(file: Path, entropy: Callable[[int], bytes]) -> None:
    """Of several processes that start together the first one's keys count."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_once(file, json.dumps({"ids": entropy(32).hex(), "vault": entropy(32).hex()}))


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
