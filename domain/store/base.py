"""What every store can do, whatever the engine: transactions, the log's events, bookmarks, locks.

The library's recorders keep the log (`stored_events`) and the bookmarks (`tracking`); what of ours
must commit together with them goes through the same cursor.
"""

from __future__ import annotations

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from eventsourcing.persistence import DataError, IntegrityError, PersistenceError

from domain.errors import Refused
from verifier.events import Event

StoreTrouble = PersistenceError
"""What the engine itself could not do: a full disk, a damaged file, missing rights."""


STORE_FAILS = (PersistenceError, sqlite3.Error, OSError)
"""The same as it comes out of a transaction: SQLite's own errors, others as the library tells them."""


ROW_FAILS = (sqlite3.DataError, sqlite3.IntegrityError, DataError, IntegrityError)
"""Of these what is wrong with a row itself, however well the machine is."""


class StoreGone(StoreTrouble):
    """The database cannot be reached, or went away in the middle: whether the last commit counts is unknown."""


class OldBookmark(Exception):
    """Another follower has moved the bookmark: the loser stands by."""


class StoreBusy(Refused):
    def __init__(self) -> None:
        super().__init__(
            "busy",
            "Somebody else is writing to the store for longer than we wait. Please try again in a moment.",
        )


Row = Event
"""An event as stored. `position` orders the whole log, `version` its stream."""


Answer = Callable[[], list[Any]]
"""The rows of a question that was asked already."""
Question = tuple[str, Sequence[str]]
"""SQL with `IN ({among})`, and among what."""


class Cursor(ABC):
    """SQL with `?` places, whatever the engine."""

    for_update = ""
    """Behind a SELECT: nobody changes these rows before this transaction has ended."""

    @abstractmethod
    def execute(self, sql: str, params: Sequence[Any] = ()) -> Self: ...

    @abstractmethod
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None: ...

    @abstractmethod
    def insert(self, table: str, rows: Sequence[Sequence[Any]], types: Sequence[str] = ()) -> None:
        """Whole rows, in the order of the table's columns.

        With the columns' types, as our CREATE statements name them, many rows go the quickest way.
        """

    def together(self, rows: int) -> AbstractContextManager[Any]:
        """For inserts of at most so many rows a table, and what else gives no rows: sent in one go, where it helps."""
        return nullcontext()

    @abstractmethod
    def all(self) -> list[Any]: ...

    @abstractmethod
    def one(self) -> Any: ...

    @abstractmethod
    def portions(self, size: int) -> Iterator[list[Any]]:
        """The rows of the last query, so many at a time."""

    def among(self, sql: str, values: Iterable[str]) -> Iterator[Any]:
        """Rows of a query with `IN ({among})` and no other places, asked in portions that the engine takes."""
        for places, params in self._asked(list(values)):
            yield from self.execute(sql.format(among=places), params).all()

    def ask(self, sql: str) -> Answer:
        """A question without places. Where the engine is far, it is on its way until the rows are wanted."""
        rows = self.execute(sql).all()
        return lambda: rows

    @contextmanager
    def ahead(self, questions: Sequence[Question]) -> Iterator[None]:
        """What `among` is about to be asked: where the engine is far, all of it is on its way at once.

        Nothing that the answers depend on is written within.
        """
        yield

    def execute_among(self, sql: str, values: Iterable[str]) -> None:
        """The same for a statement that gives no rows."""
        for places, params in self._asked(list(values)):
            self.execute(sql.format(among=places), params)

    @abstractmethod
    def _asked(self, values: list[str]) -> Iterator[tuple[str, Sequence[Any]]]:
        """What stands behind IN for each portion of the values, and what is given with it."""


def in_portions(values: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


class Step(NamedTuple):
    """What makes tables, taken once."""

    number: int
    name: str
    statements: Sequence[str]


VERSIONS = (
    "SELECT originator_id, MAX(originator_version) FROM stored_events "
    "WHERE originator_id IN ({among}) GROUP BY originator_id"
)


class EventTable(ABC):
    """The library's `stored_events`, written in bulk."""

    position: str
    """The column that orders the log."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def _row(self) -> str:
        return f"{self.position}, originator_id, originator_version, topic, state"

    @abstractmethod
    def statements(self) -> list[str]:
        """What makes the table."""

    @abstractmethod
    def insert(self, cursor: Cursor, rows: Sequence[tuple[str, int, str, bytes]]) -> None:
        """Stream, version, topic and state of events that follow what is there, under the writer's lock."""

    def copy(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Events of another store, at the very positions that they have there, into an empty one."""
        cursor.insert(f"stored_events ({self._row})", rows)

    def at(self, cursor: Cursor, positions: Sequence[int]) -> list[Row]:
        """The events at these positions, in their order; some hundreds at a time."""
        among = ",".join(map(str, positions))
        sql = f"SELECT {self._row} FROM stored_events WHERE {self.position} IN ({among}) ORDER BY {self.position}"
        return [Row(*row) for row in cursor.execute(sql).all()]

    def after(self, position: int, limit: int) -> list[Row]:
        with self._store.reading() as cursor:
            return self.after_in(cursor, position, limit)

    def after_in(self, cursor: Cursor, position: int, limit: int) -> list[Row]:
        """The same within a transaction."""
        sql = f"SELECT {self._row} FROM stored_events WHERE {self.position} > ? ORDER BY {self.position} LIMIT ?"
        return [Row(*row) for row in cursor.execute(sql, (position, limit)).all()]

    def of_streams(self, cursor: Cursor, streams: Iterable[str], upto: int | None = None) -> Iterator[Row]:
        """In order of version within each stream, up to a position."""
        for row in cursor.among(self.of_streams_sql(upto), streams):
            yield Row(*row)

    def of_streams_sql(self, upto: int | None = None) -> str:
        until = "" if upto is None else f"AND {self.position} <= {int(upto)} "
        return (
            f"SELECT {self._row} FROM stored_events WHERE originator_id IN ({{among}}) {until}"
            "ORDER BY originator_id, originator_version"
        )

    def versions(self, cursor: Cursor, streams: Iterable[str]) -> dict[str, int]:
        """The last version of each stream that exists."""
        return {row[0]: row[1] for row in cursor.among(VERSIONS, streams)}

    def last(self, cursor: Cursor, streams: Iterable[str], upto: int | None = None) -> int:
        """The position of the newest event of these streams, up to a position; 0 where there is none."""
        until = "" if upto is None else f" AND {self.position} <= {int(upto)}"
        sql = f"SELECT MAX({self.position}) FROM stored_events WHERE originator_id IN ({{among}}){until}"
        return max((row[0] or 0 for row in cursor.among(sql, streams)), default=0)

    def count(self, cursor: Cursor, upto: int) -> int:
        """How many events there are up to a position. Reads all of them."""
        sql = f"SELECT COUNT(*) FROM stored_events WHERE {self.position} <= ?"
        return int(cursor.execute(sql, (upto,)).one()[0])

    def head(self) -> int:
        with self._store.reading() as cursor:
            return int(cursor.execute(f"SELECT MAX({self.position}) FROM stored_events").one()[0] or 0)


class Bookmarks(ABC):
    """How far a follower has read: the library's `tracking`."""

    @abstractmethod
    def statements(self) -> list[str]:
        """What makes the table."""

    @abstractmethod
    def advance(self, cursor: Cursor, follower: str, position: int) -> None:
        """Further on, wherever it lay before."""

    def put(self, cursor: Cursor, positions: Mapping[str, int], instead_of: Iterable[str] = ()) -> None:
        """Wherever they lay, and in the place of these others: for tables that were built anew."""
        cursor.execute_among("DELETE FROM tracking WHERE application_name IN ({among})", {*positions, *instead_of})
        cursor.insert("tracking", list(positions.items()))

    def all(self, cursor: Cursor) -> dict[str, int]:
        """By follower; one that never read anything has none."""
        sql = "SELECT application_name, MAX(notification_id) FROM tracking GROUP BY application_name"
        return {row[0]: int(row[1]) for row in cursor.execute(sql).all()}


class Claim(ABC):
    """That we and nobody else do something, for as long as we hold it."""

    @abstractmethod
    def holds(self) -> bool:
        """Whether it is still ours: with a lost connection goes what it held."""


class Doorbell(ABC):
    """Says when there may be something new. Only a hint: whoever waits looks for himself as well."""

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Returns at the latest after so long; whether it rang."""

    @abstractmethod
    def close(self) -> None: ...


class Store(ABC):
    """A place for tables, with one writer at a time."""

    engine: Literal["sqlite", "postgres"]

    @abstractmethod
    def reading(self) -> AbstractContextManager[Cursor]:
        """Each query sees what was committed when it began; nothing is held in between."""

    @abstractmethod
    def writing(self, *, keep: bool = True) -> AbstractContextManager[Cursor]:
        """One transaction that holds the writer's lock from its first line on. `keep=False` rolls back."""

    @contextmanager
    def sharing(self, part: str, *, wait: bool = True) -> Iterator[Cursor | None]:
        """One transaction for whoever works on one part of what is here; others may write their parts meanwhile.

        Nobody else has this part before it has ended, and nobody is `writing`. None where somebody has it and we do
        not `wait`.
        """
        with self.writing() as cursor:  # unless the engine can do better
            yield cursor

    @abstractmethod
    def alone(self, cursor: Cursor, name: str) -> None:
        """From here on to the end of this transaction nobody else who asks for the same name goes on."""

    def writing_much(self) -> AbstractContextManager[None]:
        """While it lasts, whoever writes may take more memory for it."""
        return nullcontext()

    @abstractmethod
    def updating(self) -> AbstractContextManager[Cursor]:
        """One transaction on single rows, which waits only for whoever changes the same ones, where the engine can."""

    @abstractmethod
    def tables(self) -> set[str]:
        """The names of all tables that are there."""

    @abstractmethod
    def bookmarks(self) -> Bookmarks: ...

    @abstractmethod
    def size_bytes(self) -> int:
        """How much room its tables take."""

    @abstractmethod
    def scrub(self, tables: Iterable[str]) -> None:
        """Takes off the disk what was deleted from these tables, or changed in them.

        Changes no row and no position. Raises StoreBusy where somebody goes on reading what was there before.
        """

    @abstractmethod
    def settle(self) -> None:
        """What was committed survives a power cut from now on, if it did not do so already."""

    @abstractmethod
    def claim(self, name: str) -> AbstractContextManager[Claim | None]:
        """One of all processes gets the claim of this name, the others None; nobody waits."""

    @abstractmethod
    def close(self) -> None: ...


class LastingStore(Store):
    """One whose tables come to be step by step and stay: the log's, the access journal's."""

    def gathering(self, *, keep: bool = True) -> AbstractContextManager[Cursor]:
        """As `writing`; where the engine is far, statements go out together when somebody wants rows, or at the end.

        Until then the lock may not be held yet, and what goes wrong with a statement is told then.
        """
        return self.writing(keep=keep)

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Cursor]:
        """Everything asked within sees one moment, whatever others write meanwhile. Nobody waits for it."""

    @abstractmethod
    def ddl(self, statement: str) -> str:
        """Our CREATE statement in the engine's own types."""

    @abstractmethod
    def prepare(self, cursor: Cursor) -> None:
        """What the engine needs before the first table is made."""

    @abstractmethod
    def event_table(self) -> EventTable: ...

    @abstractmethod
    def doorbell(self) -> Doorbell:
        """Rings when facts were recorded."""


Ready = Callable[[Cursor | None], bool]
"""Asked under the writer's lock with a cursor on the tables that are there (None: there are none yet).

It may still change those that are to take their place. Where it says no, all stays as it was.
"""


class Beside(ABC):
    """Tables that are built, and that nobody else uses yet."""

    @abstractmethod
    def opened(self) -> AbstractContextManager[Store]:
        """For whoever brings in meanwhile what was recorded."""

    @abstractmethod
    def take_over(self, ready: Ready) -> bool:
        """Puts them in the place of those that are there, in one moment, where `ready` agrees; whether it did."""


class TableStore(Store):
    """Tables that can be built from the log at any time, and others be put in their place.

    Each layout has its own, so that two versions of the product work side by side. Claims belong to a layout, however
    often its tables are exchanged: each has a follower of its own.
    """

    layout: int | None
    """None: that of versions whose tables had no number in their name."""

    @abstractmethod
    def are_there(self) -> bool:
        """Whether tables of this layout were put here; before that nothing can be read or written."""

    @abstractmethod
    def beside(self, file: Path, step_with: Callable[[Bookmarks], Step]) -> AbstractContextManager[Beside]:
        """The tables of a file, which are those of a step, brought to where they can take the place of ours.

        What is left of them at the end is gone.
        """

    @abstractmethod
    def tidy(self) -> None:
        """Removes what is left of tables that others took the place of, as far as nobody reads there any more."""

    @abstractmethod
    def forget(self, tables: Iterable[str]) -> None:
        """What stood in these tables before they were taken over is on the disk no longer.

        Raises StoreBusy where somebody goes on reading it.
        """

    @abstractmethod
    def others(self) -> Sequence[TableStore]:
        """Tables of other layouts that lie beside these, the newest last. They are closed with these."""

    @abstractmethod
    def is_open(self) -> bool:
        """Whether somebody has them open, as far as the engine can tell."""

    @abstractmethod
    def empty(self) -> None:
        """Leaves no row, also not on the disk: whoever follows these tables fills them again from the log."""

    @abstractmethod
    def remove(self) -> None:
        """The tables are gone. For those that nobody uses any more."""


def created_name(statement: str) -> str:
    """The table or index that CREATE … IF NOT EXISTS makes."""
    return statement.partition(" IF NOT EXISTS ")[2].split()[0]


def indexed_table(statement: str) -> str | None:
    """The table that a CREATE INDEX is on; None where a table is made."""
    return None if statement.startswith("CREATE TABLE") else statement.partition(" ON ")[2].split()[0]


KEY = re.compile(r"(, )?PRIMARY KEY( \(([^)]*)\))?")


def key_apart(statement: str) -> list[str]:
    """A table without its key, and the key as an index of its own, so that rows may be there before it is."""
    found = KEY.search(statement)
    if found is None:
        return [statement]
    if found[3]:
        columns, table = found[3], statement[: found.start()] + statement[found.end() :]
    else:
        columns = re.split(r"[,(] ?", statement[: found.start()])[-1].split()[0]
        table = f"{statement[: found.start()]}NOT NULL{statement[found.end() :]}"
    name = created_name(statement)
    return [table, f"CREATE UNIQUE INDEX IF NOT EXISTS {name}_key ON {name} ({columns})"]
