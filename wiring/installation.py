"""What a log remembers of its installation: with which keys it was begun, and whether it lies elsewhere by now."""

from __future__ import annotations

from pathlib import Path

from domain.errors import Refused
from domain.log import Log
from domain.store import Cursor

KEYS, MOVED_TO = "keys", "moved_to"


class OtherKeys(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "other_keys",
            "{file} does not belong to this log, which was begun with other keys. Please use those.",
            file=str(file),
        )


class Moved(Refused):
    def __init__(self, place: str) -> None:
        super().__init__(
            "moved",
            "This log was moved to {place}. Please set its address as [store] url; the files here are only a copy now.",
            place=place,
        )


def check(log: Log, keys_file: Path) -> None:
    """Notes in a new log which keys it was begun with. Raises OtherKeys or Moved."""
    with log.store.reading() as cursor:
        known = noted(cursor)
    if KEYS not in known:
        with log.store.writing() as cursor:
            note(cursor, KEYS, mark(log))
            known = noted(cursor)
    if known[KEYS] != mark(log):
        raise OtherKeys(keys_file)
    if MOVED_TO in known:
        raise Moved(known[MOVED_TO])


def mark(log: Log) -> str:
    """Tells the keys apart and reveals nothing of them."""
    return log.ids.of(KEYS, "mark")


def noted(cursor: Cursor) -> dict[str, str]:
    return {name: value for name, value in cursor.execute("SELECT name, value FROM installation").all()}


def note(cursor: Cursor, name: str, value: str) -> None:
    """Once: what was noted before stays."""
    cursor.execute("INSERT INTO installation VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, value))
