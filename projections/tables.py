"""The read store: tables that can be rebuilt from the log at any time, and how times stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from domain.store import Cursor, Store
from projections import shares
from projections.shares import Marks

LATELY = 16_384
"""Instants of which it is known where they stand: whoever folds a promise asks for the same few again and again."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ALWAYS = 2**63 - 1
"""Later than every instant: a row that still holds."""

ERASED = "erased"
"""The name of the bookmark that tells how many had been erased when all tables were built."""


@lru_cache(maxsize=LATELY)
def micros(at: datetime | None) -> int | None:
    """Microseconds since 1970, UTC."""
    return None if at is None else (at - EPOCH) // MICROSECOND


def instant(value: int | None) -> datetime | None:
    return None if value is None or value == ALWAYS else EPOCH + value * MICROSECOND


def until(at: datetime | None) -> int:
    value = micros(at)
    return ALWAYS if value is None else value


class Views:
    """The store of the read models with its bookmarks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.bookmarks = store.bookmarks()

    def position(self) -> int:
        """Up to which all tables were brought; some may have come further (`projections/shares.py`)."""
        return self.marks().least

    def marks(self) -> Marks:
        with self.store.reading() as cursor:
            return self.marks_in(cursor)

    def marks_in(self, cursor: Cursor) -> Marks:
        return shares.read(self.bookmarks, cursor)

    def erased(self) -> int:
        """How many had been erased when these tables were built."""
        with self.store.reading() as cursor:
            return self.bookmarks.all(cursor).get(ERASED, 0)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        with self.store.reading() as cursor:
            return cursor.execute(sql, params).all()

    def row(self, sql: str, params: Sequence[Any] = ()) -> Any:
        with self.store.reading() as cursor:
            return cursor.execute(sql, params).one()


def upsert(cursor: Cursor, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The first column is the key."""
    if not rows:
        return
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    cursor.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({','.join('?' * len(columns))}) "
        f"ON CONFLICT ({columns[0]}) DO UPDATE SET {changes}",
        rows,
    )


def delete(cursor: Cursor, table: str, column: str, values: Iterable[str]) -> None:
    cursor.execute_among(f"DELETE FROM {table} WHERE {column} IN ({{among}})", values)
