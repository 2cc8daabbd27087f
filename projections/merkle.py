"""The tree over the stored bytes of the log: what a checkpoint attests, and what proofs are made of.

It is kept in tiles, whose layout `verifier.tiles` tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.store import Cursor, Row
from verifier.events import leaf
from verifier.tiles import WIDTH, Read, grown
from verifier.tree import HASH_BYTES

TABLES = (
    "CREATE TABLE IF NOT EXISTS tiles "
    "(level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number))",
)


def append(cursor: Cursor, rows: Sequence[Row]) -> None:
    """Events that follow those in the tree, in the order in which they were recorded."""
    tiles = grown(read(cursor), size(cursor), [leaf(row) for row in rows])
    cursor.executemany(
        "INSERT INTO tiles VALUES (?, ?, ?) ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes", tiles
    )


def size(cursor: Cursor) -> int:
    """How many events are in the tree."""
    sql = "SELECT number, LENGTH(hashes) FROM tiles WHERE level = 0 ORDER BY number DESC LIMIT 1"
    last = cursor.execute(sql).one()
    return 0 if last is None else last[0] * WIDTH + last[1] // HASH_BYTES


def read(cursor: Cursor) -> Read:
    def hashes(level: int, number: int) -> bytes:
        row = cursor.execute("SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, number)).one()
        if row is None:
            raise LookupError(level, number)
        return bytes(row[0])

    return hashes
