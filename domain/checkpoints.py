"""Checkpoints of the log: signed texts that say how many events there were and what they were.

They lie beside the log and are no events of it; what a checkpoint text holds, `verifier.note` tells.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.instants import kept_instant, kept_instant_if_any
from domain.store import Cursor

TABLES = (
    "CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, at TEXT NOT NULL, note TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS checkpoint_copies "
    "(place TEXT PRIMARY KEY, size INTEGER NOT NULL, at TEXT, failing_since TEXT, trouble TEXT)",
)
"""`place` is one of the words for where a copy goes to, nobody's address."""


class Kept(NamedTuple):
    size: int
    """Events."""
    at: datetime
    note: str


class Copy(NamedTuple):
    """Up to which checkpoint a place has them, and since when it could not be given the newest."""

    place: str
    size: int = 0
    at: datetime | None = None
    failing_since: datetime | None = None
    trouble: str | None = None


def keep(cursor: Cursor, kept: Kept) -> None:
    """One of the same size takes the place of the other."""
    cursor.execute(
        "INSERT INTO checkpoints VALUES (?, ?, ?) "
        "ON CONFLICT (size) DO UPDATE SET at = excluded.at, note = excluded.note",
        (kept.size, kept.at.isoformat(), kept.note),
    )


def newest(cursor: Cursor, upto: datetime | None = None) -> Kept | None:
    """Of those that were made up to a moment, or of all."""
    until = "" if upto is None else "WHERE at <= ? "
    sql = f"SELECT size, at, note FROM checkpoints {until}ORDER BY size DESC LIMIT 1"
    row = cursor.execute(sql, () if upto is None else (upto.isoformat(),)).one()
    return None if row is None else _kept(row)


def since(cursor: Cursor, size: int) -> list[Kept]:
    """Those over so many events or more, the oldest first."""
    cursor.execute("SELECT size, at, note FROM checkpoints WHERE size >= ? ORDER BY size", (size,))
    return [_kept(row) for row in cursor.all()]


def copies(cursor: Cursor) -> dict[str, Copy]:
    """By place."""
    rows = cursor.execute("SELECT place, size, at, failing_since, trouble FROM checkpoint_copies").all()
    return {
        row[0]: Copy(row[0], row[1], kept_instant_if_any(row[2]), kept_instant_if_any(row[3]), row[4]) for row in rows
    }


def note_copy(cursor: Cursor, copy: Copy) -> None:
    at, since = (None if each is None else each.isoformat() for each in (copy.at, copy.failing_since))
    cursor.execute("DELETE FROM checkpoint_copies WHERE place = ?", (copy.place,))
    cursor.execute(
        "INSERT INTO checkpoint_copies VALUES (?, ?, ?, ?, ?)", (copy.place, copy.size, at, since, copy.trouble)
    )


def _kept(row: tuple[int, str, str]) -> Kept:
    return Kept(row[0], kept_instant(row[1]), row[2])
