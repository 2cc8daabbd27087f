"""Tables in a schema of a PostgreSQL database that another schema takes the place of by its name.

What is ready beside lies in a schema whose name ends in `_next`. For the exchange both schemas are renamed in one
transaction, under the writer's lock; the one that counted ends in `_old` from then on, and is dropped. No reader waits:
a statement that has begun ends in the old tables, and the next one finds the new ones by the same names. Services
may make no tables: they put in the rows one by one instead.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from types import NoneType
from typing import Any

from domain.store.base import Beside, Bookmarks, Cursor, Ready, Step, Store, StoreBusy, TableStore, indexed_table
from domain.store.filling import InFile
from domain.store.postgres import PostgresCursor, PostgresStore, own_sql
from domain.store.schema import REGISTER

ROWS_AT_ONCE = 5_000
INDEX_MEMORY = "256MB"
"""In which an index of rows that are all there is sorted."""
OF_OTHERS = 1
"""So many connections to the tables of another layout."""
BESIDE = 2
"""So many to tables that nobody else uses yet: one writes, one reads."""


class PostgresTables(PostgresStore, TableStore):
    """The tables of one layout, in a schema of its own. `layout` None: those of versions that had only one."""

    def __init__(
        self,
        url: str,
        name: str,
        layout: int | None,
        *,
        lock_timeout_s: int,
        idle_timeout_s: int = 60,
        pool_size: int = 3,
    ) -> None:
        schema = name if layout is None else f"{name}_{layout}"
        super().__init__(url, schema, lock_timeout_s=lock_timeout_s, idle_timeout_s=idle_timeout_s, pool_size=pool_size)
        self.name, self.layout = name, layout
        self._next, self._old = f"{schema}_next", f"{schema}_old"
        self._dropped = False
        """Whether what stood in the tables before went with their schema, at the last exchange of this process."""
        self._others: dict[str, PostgresTables] = {}

    def are_there(self) -> bool:
        with self.reading() as cursor:
            return self._are_there(cursor)

    def _are_there(self, cursor: Cursor) -> bool:
        sql = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = 'schema_steps'"
        return cursor.execute(sql, (self.schema,)).one() is not None

    # -- exchanging -------------------------------------------------------------------------------------

    @contextmanager
    def beside(self, file: Path, step_with: Callable[[Bookmarks], Step]) -> Iterator[Beside]:
        if not self._may_rename():
            yield InFile(file, lambda ready: self._put_rows(file, step_with(self.bookmarks()), ready))
            return
        with self.claim("exchange") as ours:
            if ours is None:
                raise StoreBusy
            for schema in (self._next, self._old):  # of somebody who was killed
                self._drop(schema)
            following = PostgresStore(
                self.url,
                self._next,
                lock_timeout_s=self._lock_timeout_s,
                idle_timeout_s=self._idle_timeout_s,
                pool_size=BESIDE,
            )
            try:
                self._load(following, file, step_with(following.bookmarks()))
                yield _InSchema(following, self._rename)
            finally:
                following.close()
                self._drop(self._next)

    def _may_rename(self) -> bool:
        """There are tables, they are ours, and we may make schemas."""
        with self.reading() as cursor:
            sql = (
                "SELECT pg_get_userbyid(nspowner) = current_user "
                "AND has_database_privilege(current_database(), 'CREATE') "
                "FROM pg_catalog.pg_namespace WHERE nspname = ?"
            )
            row = cursor.execute(sql, (self.schema,)).one()
            return row is not None and bool(row[0]) and self._are_there(cursor)

    def _load(self, following: PostgresStore, file: Path, step: Step) -> None:
        with following.writing() as cursor:
            following.prepare(cursor)
            self._make(cursor, file, step, self._next)
            _analyze(cursor, file)

    def _rename(self, ready: Ready) -> bool:
        with self.writing() as there:
            # Single rows are changed without the writer's lock. Whoever waits for this one finds the new tables.
            there.execute(f"LOCK TABLE {', '.join(sorted(self.tables()))} IN EXCLUSIVE MODE")
            if not ready(there):
                return False
            there.execute(f'ALTER SCHEMA "{self.schema}" RENAME TO "{self._old}"')
            there.execute(f'ALTER SCHEMA "{self._next}" RENAME TO "{self.schema}"')
        self._dropped = True
        with suppress(StoreBusy):  # somebody still reads there: the next one who tidies up does it
            self._drop(self._old)
        return True

    def _put_rows(self, file: Path, step: Step, ready: Ready) -> bool:
        """In one transaction: row by row where there are tables, since services have no right to make any."""
        with self.writing() as cursor:
            new = not self._are_there(cursor)
            if not ready(None if new else cursor):
                return False
            if new:
                self.prepare(cursor)
                self._make(cursor, file, step, self.schema)
            else:
                for table in _tables(file):
                    cursor.execute(f"DELETE FROM {table}")
                _copy(cursor, file)
        self._dropped = False
        with self.reading() as cursor:
            _analyze(cursor, file)
        return True

    def _make(self, cursor: Cursor, file: Path, step: Step, schema: str) -> None:
        """The tables of a file in an empty schema: first the rows, then what finds them."""
        cursor.execute(f"SET LOCAL maintenance_work_mem TO '{INDEX_MEMORY}'")
        for statement in [each for each in step.statements if indexed_table(each) is None]:
            cursor.execute(self.ddl(statement))
        _copy(cursor, file, new=True)
        for statement in [each for each in step.statements if indexed_table(each) is not None]:
            cursor.execute(self.ddl(statement))
        cursor.execute(self.ddl(REGISTER))
        cursor.execute("INSERT INTO schema_steps VALUES (?, ?)", (step.number, step.name))
        self._give_rights(cursor, schema)

    def _give_rights(self, cursor: Cursor, schema: str) -> None:
        """Whoever may read and write the tables there are may do the same here: services have fewer rights."""
        for kind, right, grantee in cursor.execute(RIGHTS, (self._siblings, schema) * 3).all():
            whom = "PUBLIC" if grantee is None else f'"{grantee}"'
            what = f'SCHEMA "{schema}"' if kind == "schema" else f'ALL TABLES IN SCHEMA "{schema}"'
            cursor.execute(f"GRANT {right} ON {what} TO {whom}")

    @property
    def _siblings(self) -> str:
        """Which schemas hold tables of this log, as a regular expression."""
        return f"^{self.name}(_[0-9]+)?$"

    def _drop(self, schema: str) -> None:
        with self.reading() as cursor:
            if cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", (schema,)).one():
                cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')

    def tidy(self) -> None:
        if self._may_rename():
            with suppress(StoreBusy):
                self._drop_what_was_left()

    def _drop_what_was_left(self) -> None:
        with self.claim("exchange") as ours:
            if ours is not None:  # else somebody is still at it
                self._drop(self._next)
        self._drop(self._old)

    def forget(self, tables: Iterable[str]) -> None:
        self._drop_what_was_left()
        # What was dropped is off the disk; of its columns' frequent values the planner's own table still tells.
        self.scrub(() if self._dropped else tables)

    # -- other layouts ----------------------------------------------------------------------------------

    def others(self) -> Sequence[TableStore]:
        sql = "SELECT schemaname FROM pg_catalog.pg_tables WHERE tablename = 'schema_steps' AND schemaname ~ ?"
        with self.reading() as cursor:
            schemas = {row[0] for row in cursor.execute(sql, (self._siblings,)).all()} - {self.schema}
        for schema in self._others.keys() - schemas:
            self._others.pop(schema).close()
        for schema in schemas - self._others.keys():
            self._others[schema] = PostgresTables(
                self.url,
                self.name,
                None if schema == self.name else int(schema.rpartition("_")[2]),
                lock_timeout_s=self._lock_timeout_s,
                pool_size=OF_OTHERS,
            )
        return sorted(self._others.values(), key=lambda store: store.layout or 0)

    def is_open(self) -> bool:
        return False  # a server's connections do not tell for which schema they are

    def empty(self) -> None:
        tables = self.tables() - {"schema_steps"}
        with self.writing() as cursor:
            for table in sorted(tables):
                cursor.execute(f"DELETE FROM {table}")
        self._dropped = False
        self.forget(tables)

    def remove(self) -> None:
        """The first schema stays, empty: by hand somebody may have said there who has which rights by default."""
        self._drop_what_was_left()
        tables = self.tables()
        with self.writing() as cursor:
            for table in sorted(tables):
                cursor.execute(f'DROP TABLE "{self.schema}"."{table}" CASCADE')
            if self.layout is not None:
                cursor.execute(f'DROP SCHEMA "{self.schema}" CASCADE')
        self.close()

    def close(self) -> None:
        for other in self._others.values():
            other.close()
        super().close()


class _InSchema(Beside):
    def __init__(self, store: PostgresStore, put: Callable[[Ready], bool]) -> None:
        self._store, self._put = store, put

    def opened(self) -> AbstractContextManager[Store]:
        return nullcontext(self._store)

    def take_over(self, ready: Ready) -> bool:
        return self._put(ready)


def _tables(file: Path) -> list[str]:
    """What is in the file, but for how it came to be."""
    with closing(sqlite3.connect(file)) as source:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_steps' ORDER BY name"
        return [name for (name,) in source.execute(sql)]


def _copy(cursor: Cursor, file: Path, *, new: bool = False) -> None:
    """All rows of all tables. `new`: those that this transaction made, whose rows nobody need look at again."""
    assert isinstance(cursor, PostgresCursor)
    how = " WITH (FREEZE)" if new else ""
    with closing(sqlite3.connect(file)) as source:
        for table in _tables(file):
            found = source.execute(f"SELECT * FROM {table}")
            with cursor.engine.copy(own_sql(f"COPY {table} FROM STDIN{how}")) as copy:
                while rows := found.fetchmany(ROWS_AT_ONCE):
                    copy.write("".join([_line(row) for row in rows]))


def _analyze(cursor: Cursor, file: Path) -> None:
    """The server's own look at new rows comes minutes later. Of tables that are not ours it only warns."""
    for table in _tables(file):
        cursor.execute(f"ANALYZE {table}")


def _line(row: Sequence[Any]) -> str:
    """A row from a file as COPY reads it."""
    return "\t".join([_WRITTEN[type(value)](value) for value in row]) + "\n"


def _text(value: str) -> str:
    return value.translate(_ESCAPED) if _SPECIAL.search(value) else value


_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    NoneType: lambda _: r"\N",
    str: _text,
    int: int.__repr__,
    float: float.__repr__,
    bytes: lambda value: rf"\\x{value.hex()}",
}
"""What SQLite gives back."""


RIGHTS = """
SELECT DISTINCT kind, right_, r.rolname FROM (
  SELECT 'schema' AS kind, a.privilege_type AS right_, a.grantee FROM pg_catalog.pg_namespace n,
    aclexplode(n.nspacl) a WHERE n.nspname ~ ? AND n.nspname <> ? AND a.grantee <> n.nspowner
  UNION ALL
  SELECT 'table', a.privilege_type, a.grantee FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
    WHERE n.nspname ~ ? AND n.nspname <> ? AND c.relkind = 'r' AND a.grantee <> c.relowner
  UNION ALL
  SELECT 'table', a.privilege_type, a.grantee FROM pg_catalog.pg_default_acl d
    JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
    WHERE n.nspname ~ ? AND n.nspname <> ? AND d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
) found LEFT JOIN pg_catalog.pg_roles r ON r.oid = found.grantee
"""
"""What others than its owner may do in the schemas whose names fit, and by default with tables there; no role: all."""
