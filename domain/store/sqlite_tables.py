"""Tables in a SQLite file that another file takes the place of by its name, while others read and write there.

The file that counts is the one with the highest number: `views-12-3.db` is the third of layout 12. A file is finished
before it gets such a name, and keeps it until a later one has the next. Whoever begins a transaction looks whether that
has happened, and goes over. SQLite finds its write-ahead log by name: that is why no two files ever have the same one.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteDatastore

from domain.store.base import Beside, Bookmarks, Claim, Cursor, Ready, Step, StoreBusy, TableStore
from domain.store.filling import InFile, remove
from domain.store.schema import NotPrepared
from domain.store.sqlite import LOOK_SECONDS, InFiles, SqliteCursor, SqliteStore, Tracked, claimed, existing, is_busy

READERS, READ_KILOBYTES = 4, 64_000
"""Tables lie customer by customer: a period is read all over them, and again with the next question."""
SHORT_S = 0.1
"""So long whoever tidies up waits for a reader; if that is not enough, the reader does it at the end."""
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)
"""What disks say that know no second name for a file."""


@dataclass
class _Opened:
    """A file that this process works with, until nobody does so any more."""

    file: str
    following: str | None
    """The name that takes its place; None: nothing does."""
    inode: int | None
    """Of the file, since somebody may remove tables by hand, and others get the same name."""
    store: SqliteStore
    users: int = 0
    is_left: bool = False

    def counts(self) -> bool:
        """Whether it is still the one. As older files go first, else its own name is gone or the next is there."""
        if self.inode is None or _inode(self.file) != self.inode:
            return False
        return self.following is None or _inode(self.following) is None


class SqliteTables(InFiles, TableStore):
    """The tables of one layout in a folder. `layout` None: those of versions that had only one file, `views.db`."""

    def __init__(self, folder: Path, layout: int | None, *, lock_timeout_s: int, keeps: bool = True) -> None:
        """`keeps`: False for whoever only looks in now and then, and then has nothing open."""
        self.folder, self.layout, self._keeps = folder, layout, keeps
        self._stem = "views" if layout is None else f"views-{layout}"
        self._lock_timeout_s = lock_timeout_s
        self._mutex = Lock()
        self._opened: _Opened | None = None
        self._is_tidy = False
        """Whether somebody of this process has looked for older files since it went over to this one."""
        self._others: dict[int | None, SqliteTables] = {}

    # -- which file -------------------------------------------------------------------------------------

    def _file(self, number: int) -> Path:
        return self.folder / ("views.db" if self.layout is None else f"{self._stem}-{number}.db")

    @property
    def file(self) -> Path:
        """The one that counts now. Raises NotPrepared where there is none."""
        return self._file(self._newest())

    def are_there(self) -> bool:
        return bool(self._numbers())

    def _newest(self) -> int:
        numbers = self._numbers()
        if not numbers:
            raise NotPrepared
        return numbers[-1]

    def _numbers(self) -> list[int]:
        if self.layout is None:
            return [0] if self._file(0).exists() else []
        name = re.compile(rf"{self._stem}-(\d+)\.db")
        return sorted(int(found[1]) for each in os.listdir(self.folder) if (found := name.fullmatch(each)))

    # -- going over -------------------------------------------------------------------------------------

    @contextmanager
    def _within(self, way: Callable[[_Opened], AbstractContextManager[Cursor]]) -> Iterator[Cursor]:
        """A transaction in the file that counts when it begins."""
        while True:
            opened, counts = self._hold(), False
            try:
                with way(opened) as cursor:
                    _steady(cursor)
                    if counts := opened.counts():
                        yield cursor
                        return
            except (PersistenceError, sqlite3.Error):
                if counts or opened.counts():
                    raise
            finally:
                self._let_go(opened)
            self._leave(opened)

    def _hold(self) -> _Opened:
        with self._mutex:
            if self._opened is None:
                number = self._newest()
                file = self._file(number)
                store = SqliteStore(
                    str(file),
                    synchronous="NORMAL",
                    lock_timeout_s=self._lock_timeout_s,
                    makes=False,
                    readers=READERS,
                    kilobytes=READ_KILOBYTES,
                )
                following = None if self.layout is None else str(self._file(number + 1))
                self._opened = _Opened(str(file), following, _inode(str(file)), store)
            self._opened.users += 1
            return self._opened

    def _let_go(self, opened: _Opened) -> None:
        """Whoever has gone over, or was the last to read what was there, tidies up: at the end, as it takes a while."""
        with self._mutex:
            opened.users -= 1
            if not self._keeps and not opened.users:
                opened.is_left, self._opened = True, None
            ended = opened.is_left and not opened.users
            was_tidy, self._is_tidy = self._is_tidy and not ended, True
        if ended:
            opened.store.close()
        if not was_tidy:
            self._tidy()

    def _leave(self, opened: _Opened) -> None:
        with self._mutex:
            if opened.is_left:
                return
            opened.is_left = True
            if self._opened is opened:
                self._opened, self._is_tidy = None, False
            ended = not opened.users
        if ended:
            opened.store.close()

    # -- transactions -----------------------------------------------------------------------------------

    def reading(self) -> AbstractContextManager[Cursor]:
        return self._within(lambda opened: opened.store.reading())

    def writing(self, *, keep: bool = True) -> AbstractContextManager[Cursor]:
        # Whoever waits for the lock of a file that another has taken the place of need not wait any more.
        return self._within(lambda opened: opened.store.writing(keep=keep, still=opened.counts))

    def bookmarks(self) -> Bookmarks:
        return Tracked(SQLiteDatastore("", originator_id_type="text"))  # only for its words: it opens nothing

    def size_bytes(self) -> int:
        """With files that are still to be removed."""
        return sum(each.stat().st_size for each in self._parts() if each.exists())

    def scrub(self, tables: Iterable[str]) -> None:
        with self._steadily() as store:
            store.scrub(tables)

    def settle(self) -> None:
        with self._steadily() as store:
            store.settle()

    @contextmanager
    def _steadily(self) -> Iterator[SqliteStore]:
        """The file that counts, which is not closed meanwhile."""
        opened = self._hold()
        try:
            yield opened.store
        finally:
            self._let_go(opened)

    def claim(self, name: str) -> AbstractContextManager[Claim | None]:
        return claimed(self.folder / f"{self._stem}.{name}.lock")

    def close(self) -> None:
        for other in self._others.values():
            other.close()
        with self._mutex:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.is_left = True
            if not opened.users:
                opened.store.close()

    # -- exchanging -------------------------------------------------------------------------------------

    def beside(self, file: Path, step_with: Callable[[Bookmarks], Step]) -> AbstractContextManager[Beside]:
        return nullcontext(InFile(file, lambda ready: self._take_over(file, ready)))

    def _take_over(self, file: Path, ready: Ready) -> bool:
        """Nothing is copied: the file gets the next name."""
        _kept(file)  # what takes long, before anybody waits
        if not self.are_there():
            if not ready(None):
                return False
            _kept(file)
            try:
                _renamed(file, self._file(1))
            except FileExistsError:
                return False  # somebody else was quicker
            return True
        # Nobody else can write or exchange until it has the next name; whoever waited finds that, and goes over.
        with self.writing(keep=False) as there:
            if not ready(there):
                return False
            _kept(file)
            _renamed(file, self._file(self._newest() + 1))
        self._tidy()
        return True

    def tidy(self) -> None:
        self._tidy()

    def forget(self, tables: Iterable[str]) -> None:
        """The file that counts was built from the log alone; older ones are emptied and removed."""
        until = monotonic() + self._lock_timeout_s
        while not self._tidy():
            if monotonic() > until:
                raise StoreBusy
            sleep(LOOK_SECONDS)

    def _tidy(self) -> bool:
        """Removes older files, as far as nobody reads in them; whether none is left.

        Whoever still has one open, at rest, holds neither room nor anybody's data by it: it is emptied before.
        """
        if self.layout is None or not self._older():
            return True
        with self.claim("tidy") as ours:
            if ours is None:
                return False
            numbers = self._numbers()
            for number in numbers[:-1]:
                try:
                    if not _emptied(self._file(number)):
                        return False
                    remove(self._file(number))
                except PermissionError:
                    return False  # where the system removes nothing that is open
            for part in self._older():
                with suppress(PermissionError):
                    part.unlink(missing_ok=True)  # of somebody who opened the file when it was removed
        return True

    def _older(self) -> list[Path]:
        """What lies there of files before the one that counts."""
        numbers = self._numbers()
        name = re.compile(rf"{self._stem}-(\d+)\.db")
        found = [(name.match(part.name), part) for part in self._parts()]
        return [part for number, part in found if number and numbers and int(number[1]) < numbers[-1]]

    def _parts(self) -> list[Path]:
        """All files of this layout, with what SQLite puts beside them."""
        name = re.compile(r"views\.db(-\w+)?" if self.layout is None else rf"{self._stem}-\d+\.db(-\w+)?")
        return [self.folder / each for each in sorted(os.listdir(self.folder)) if name.fullmatch(each)]

    # -- other layouts ----------------------------------------------------------------------------------

    def others(self) -> Sequence[TableStore]:
        layouts = {
            None if found[1] is None else int(found[1])
            for each in os.listdir(self.folder)
            if (found := re.fullmatch(r"views(?:-(\d+)-\d+)?\.db", each))
        }
        for layout in self._others.keys() - layouts:
            self._others.pop(layout).close()
        for layout in layouts - self._others.keys() - {self.layout}:
            self._others[layout] = SqliteTables(self.folder, layout, lock_timeout_s=self._lock_timeout_s, keeps=False)
        return sorted(self._others.values(), key=lambda store: store.layout or 0)

    def is_open(self) -> bool:
        if not self.are_there():
            return False
        with closing(sqlite3.connect(existing(self.file), uri=True, timeout=SHORT_S, isolation_level=None)) as asking:
            try:
                # Only whoever has a file for himself may do without its write-ahead log.
                asking.execute("PRAGMA journal_mode=DELETE")
                asking.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return True
                raise
        return False

    def empty(self) -> None:
        with self.writing() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_steps'")
            for (table,) in cursor.all():
                cursor.execute(f"DELETE FROM {table}")
        self.scrub(())
        self.forget(())

    def remove(self) -> None:
        self.close()
        for number in self._numbers():
            _emptied(self._file(number))
        for file in self._parts():
            file.unlink(missing_ok=True)
        # Of claims, which nobody holds any more. What lies beside `views.db` under such names is not its own.
        for file in self.folder.glob("views.follower*.lock" if self.layout is None else f"{self._stem}.*.lock"):
            file.unlink(missing_ok=True)


def _steady(cursor: Cursor) -> None:
    """From here on a reader sees what there is now, whatever becomes of the file."""
    assert isinstance(cursor, SqliteCursor)
    cursor.engine.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    cursor.engine.fetchone()


def _inode(file: str) -> int | None:
    """None: there is no such file."""
    try:
        return os.stat(file).st_ino
    except FileNotFoundError:
        return None


def _kept(file: Path) -> None:
    """Whole in itself, with a write-ahead log from its first reader on, and on the disk."""
    with closing(sqlite3.connect(existing(file), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _on_the_disk(file)


def _on_the_disk(place: Path) -> None:
    # Windows can neither open a folder nor write back what was opened for reading.
    if os.name == "nt" and place.is_dir():
        return
    stream = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR)
    try:
        os.fsync(stream)
    finally:
        os.close(stream)


def _renamed(file: Path, name: Path) -> None:
    """Raises FileExistsError rather than take the place of another file."""
    os.chmod(file, 0o600)
    if not name.exists():
        remove(name)  # a write-ahead log whose file somebody removed by hand would be taken for this one's
    try:
        os.link(file, name)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if name.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(name)) from None
        os.rename(file, name)
    else:
        os.unlink(file)
    _on_the_disk(name.parent)


def _emptied(file: Path) -> bool:
    """Whether nothing is left in it. Who reads there just now goes on with what the write-ahead log keeps for them."""
    if not file.exists():
        return True
    try:
        with (
            closing(sqlite3.connect(":memory:")) as nothing,
            closing(sqlite3.connect(existing(file), uri=True, timeout=SHORT_S, isolation_level=None)) as connection,
        ):
            nothing.backup(connection, sleep=SHORT_S)
            return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    except sqlite3.OperationalError as error:
        if is_busy(error):
            return False
        if not file.exists():
            return True  # somebody else was quicker
        raise
