"""Tables that are filled anew in a file beside the live ones, which nobody else reads and which need not survive.

Rows only ever come to the end of a table; keys and indexes are made when all of them are there, each in one go. That is
several times as fast as to keep them up to date row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from eventsourcing.sqlite import SQLiteCursor

from domain.store.base import Beside, Bookmarks, Cursor, Ready, Step, Store, created_name, indexed_table
from domain.store.schema import REGISTER
from domain.store.sqlite import SqliteCursor, SqliteStore

CACHE_KILOBYTES = 64_000


class Filling:
    """The tables of a step in a new file. What the step is follows from the bookmarks of such a store.

    `keyed` have their keys from the beginning: they are small, and rows in them are changed again.
    """

    def __init__(self, file: Path, step_with: Callable[[Bookmarks], Step], keyed: Collection[str]) -> None:
        self.file = file
        store = SqliteStore(str(file), synchronous="OFF", lock_timeout_s=0)
        self.bookmarks = store.bookmarks()
        step = step_with(self.bookmarks)
        store.close()
        remove(file)
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in (
            "journal_mode=MEMORY",  # what a part of it wrote can be taken back
            "synchronous=OFF",
            "locking_mode=EXCLUSIVE",
            f"cache_size=-{CACHE_KILOBYTES}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self.tables = [created_name(each) for each in step.statements if indexed_table(each) is None]
        self._later = [each for each in step.statements if indexed_table(each) not in (None, *keyed)]
        self.cursor: Cursor = SqliteCursor(SQLiteCursor(self._connection.cursor()))
        self.cursor.execute("BEGIN")
        self.cursor.execute(REGISTER)
        self.cursor.execute("INSERT INTO schema_steps VALUES (?, ?)", (step.number, step.name))
        for statement in step.statements:
            if statement not in self._later:
                self.cursor.execute(statement)

    def add(self, other: Path, tables: Mapping[str, str]) -> None:
        """The rows of these tables in another such file, each with what is done with a row that is there already."""
        self.cursor.execute("COMMIT")
        self.cursor.execute("ATTACH DATABASE ? AS other", (str(other),))
        self.cursor.execute("BEGIN")
        for table, conflict in tables.items():
            # Without a key and a condition whole rows go over as they are.
            where = f" WHERE 1 = 1 {conflict}" if conflict else ""
            self.cursor.execute(f"INSERT INTO {table} SELECT * FROM other.{table}{where}")
        self.cursor.execute("COMMIT")
        self.cursor.execute("DETACH DATABASE other")
        self.cursor.execute("BEGIN")

    def keep(self) -> None:
        """Leaves the file as it is, for somebody else to read."""
        self.cursor.execute("COMMIT")
        self._connection.close()

    def finish(self) -> None:
        """Makes the keys and indexes that are missing: the file is a store like any other from then on."""
        for statement in self._later:
            self.cursor.execute(statement)
        self.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leaves nothing."""
        self._connection.close()
        remove(self.file)


@contextmanager
def as_store(file: Path) -> Iterator[Store]:
    """A finished file."""
    store = SqliteStore(str(file), synchronous="OFF", lock_timeout_s=0)
    try:
        yield store
    finally:
        store.close()


@dataclass(frozen=True)
class InFile(Beside):
    """Such tables where they were built, until `put` brings them to where they belong."""

    file: Path
    put: Callable[[Ready], bool]

    def opened(self) -> AbstractContextManager[Store]:
        return as_store(self.file)

    def take_over(self, ready: Ready) -> bool:
        return self.put(ready)


def remove(file: Path) -> None:
    """With what SQLite may have put beside it."""
    for name in (file, *(file.with_name(f"{file.name}-{part}") for part in ("wal", "shm", "journal"))):
        name.unlink(missing_ok=True)
