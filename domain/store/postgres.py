"""A store in one schema of a PostgreSQL database: for a firm on several machines.

One advisory lock a store lets one writer in at a time, as a file does; the library locks its own table
on top, so that positions are in the order of commits and a bookmark is safe (its switch for database
functions skips that and is refused by the settings).
"""

from __future__ import annotations

import hashlib
import select
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock
from time import monotonic, sleep
from typing import Any, LiteralString, Self
from weakref import WeakKeyDictionary

import psycopg
import psycopg_pool
from eventsourcing.persistence import InterfaceError, OperationalError, Tracking
from eventsourcing.persistence import InternalError as StoreInternalError
from eventsourcing.postgres import (
    ConnectionPool,
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresTrackingRecorder,
)
from psycopg import errors
from psycopg.rows import dict_row, tuple_row
from psycopg.sql import Composable

from domain.store.base import (
    Answer,
    Bookmarks,
    Claim,
    Cursor,
    Doorbell,
    EventTable,
    LastingStore,
    Question,
    Row,
    StoreBusy,
    StoreGone,
    in_portions,
)
from domain.store.dialect import COPIED, adapt, postgres_ddl, postgres_sql

WRITERS_LOCK = "SELECT pg_advisory_xact_lock(%s)"
FEW_VALUES, VALUES_AT_ONCE = 8, 10_000
FEW_ROWS = 8
"""Up to so many rows an INSERT is quicker than a COPY."""
CONNECT_WITHIN_S = 5
CALLED = "vertrauenskonto"
"""The name under which the server lists our connections."""
OLD_READERS_S = 0.05
"""So often it is looked whether they have ended."""
RANDOM_PAGE_COST = 1.1
"""Against one page after the other; the server's own default is that of disks that turn."""
STALE_S = 600.0
"""A connection nobody needed for so long is closed."""

ASKED_AGAIN_S = 1.0
"""So often a connection that is taken again and again is asked whether the server is still there."""

Connection = psycopg.Connection[dict[str, Any]]
ASKED: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
"""When each was asked last."""


Part = tuple[str, Sequence[Sequence[Any]]]
"""A table and whole rows for it."""


class PostgresCursor(Cursor):
    for_update = " FOR UPDATE"

    def __init__(self, connection: Connection, pipeline: ExitStack | None = None) -> None:
        """`pipeline`: what to close so that statements go out one by one again."""
        self.connection = connection
        self.engine = connection.cursor(row_factory=tuple_row)
        self._pipeline = pipeline
        self._together: list[Part] | None = None
        """Tables and rows that go into them in one statement; None: each goes at once."""
        self._ahead: dict[tuple[str, tuple[str, ...]], list[psycopg.Cursor[Any]]] = {}
        """What was asked ahead, by question."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Self:
        # Only a statement with values has its percent signs read.
        self.engine.execute(own_sql(postgres_sql(sql) if params else sql), params or None)
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.engine.executemany(own_sql(postgres_sql(sql)), rows)

    def ask(self, sql: str) -> Answer:
        return self._sent(sql).fetchall

    @contextmanager
    def ahead(self, questions: Sequence[Question]) -> Iterator[None]:
        for sql, values in questions:
            asked = [self._sent(sql.format(among=places), params) for places, params in self._asked(list(values))]
            self._ahead[sql, tuple(values)] = asked
        try:
            yield
        finally:
            self._ahead.clear()

    def among(self, sql: str, values: Iterable[str]) -> Iterator[Any]:
        values = tuple(values)
        asked = self._ahead.pop((sql, values), None)
        if asked is None:
            return super().among(sql, values)
        return (row for each in asked for row in each.fetchall())

    def _sent(self, sql: str, params: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        """With a cursor of its own, which keeps the rows."""
        return PostgresCursor(self.connection).execute(sql, params).engine

    def insert(self, table: str, rows: Sequence[Sequence[Any]], types: Sequence[str] = ()) -> None:
        if not rows:
            return
        if self._together is not None:
            self._together.append((table, rows))
            return
        if len(rows) <= FEW_ROWS:
            self._insert_together([(table, rows)])
            return
        self._send_singly()
        form = " (FORMAT BINARY)" if types else ""
        with self.engine.copy(own_sql(f"COPY {table} FROM STDIN{form}")) as copy:
            if types:
                copy.set_types([COPIED[each] for each in types])
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def together(self, rows: int) -> Iterator[None]:
        if rows > FEW_ROWS:  # each table is copied, which needs the connection for itself
            self._send_singly()
            yield
            return
        parts: list[Part] = []
        self._together = parts
        try:
            yield
        finally:
            self._together = None
        self._insert_together(parts)

    def _insert_together(self, parts: Sequence[Part]) -> None:
        """Few rows, of one or several tables, as one statement."""
        if not parts:
            return
        *others, last = [_insert(table, rows) for table, rows in parts]
        named = ", ".join(f"part_{number} AS ({each})" for number, each in enumerate(others))
        values = [value for _, rows in parts for row in rows for value in row]
        self.execute(f"WITH {named} {last}" if named else last, values)

    def tell(self, channel: str) -> None:
        """Whoever listens hears of it when this transaction is committed."""
        self.execute(f'NOTIFY "{channel}"')

    def _send_singly(self) -> None:
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None

    def all(self) -> list[Any]:
        return self.engine.fetchall()

    def one(self) -> Any:
        return self.engine.fetchone()

    def portions(self, size: int) -> Iterator[list[Any]]:
        while rows := self.engine.fetchmany(size):
            yield rows

    def _asked(self, values: list[str]) -> Iterator[tuple[str, Sequence[Any]]]:
        if len(values) <= FEW_VALUES:  # looked up by an index in a third of the time
            if values:
                yield ",".join("?" * len(values)), values
            return
        # One list as one value: the same statement for any number of them.
        for part in in_portions(values, VALUES_AT_ONCE):
            yield "SELECT unnest(?::text[])", (part,)


def _insert(table: str, rows: Sequence[Sequence[Any]]) -> str:
    row = f"({','.join('?' * len(rows[0]))})"
    return f"INSERT INTO {table} VALUES {','.join([row] * len(rows))}"


def own_sql(sql: str) -> LiteralString:
    """Statements are ours; values never stand in them."""
    return sql  # type: ignore[return-value, unused-ignore]


class _Datastore(PostgresDatastore):
    """The library's, on a whole address, and with connections as we want them."""

    def __init__(self, url: str, schema: str, *, lock_timeout_s: int, idle_timeout_s: int, pool_size: int) -> None:
        super().__init__("", "", "", "", "", schema=schema, lock_timeout=lock_timeout_s, originator_id_type="text")
        self.pool = ConnectionPool(
            url,
            connection_class=psycopg.Connection[dict[str, Any]],
            kwargs={"row_factory": dict_row, "application_name": CALLED},
            min_size=1,
            max_size=pool_size,
            open=False,
            configure=configuring(schema, lock_timeout_s, idle_timeout_s),
            # After a restart of the server the pool's connections are dead; whoever takes one is not to notice.
            check=_check,
            timeout=lock_timeout_s,
            max_idle=STALE_S,
            num_workers=1,
        )

    def register_type_adapters(self) -> None:
        """Ours inserts without the library's own type, and so asks nothing of the database at its start."""


def _check(connection: Connection) -> None:
    """Raises where it is dead. A server that ended has told so by closing its end, which is seen without asking it.

    One whose machine went away tells nothing: that is why it is asked where that was not done for a while.
    """
    now = monotonic()
    if now > ASKED.get(connection, 0.0) + ASKED_AGAIN_S or _has_news(connection.fileno()):
        ConnectionPool.check_connection(connection)
        ASKED[connection] = now


def _has_news(socket: int) -> bool:
    if sys.platform == "win32":
        return bool(select.select([socket], [], [], 0)[0])
    poll = select.poll()  # `select` takes no number above a thousand
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def configuring(schema: str, lock_timeout_s: int, idle_timeout_s: int) -> Any:
    def configure(connection: Connection) -> None:
        connection.autocommit = True
        adapt(connection)
        connection.execute(
            own_sql(
                f'SET search_path TO "{schema}"; SET lock_timeout TO {lock_timeout_s * 1000}; '
                f"SET idle_in_transaction_session_timeout TO {idle_timeout_s * 1000}; SET TIME ZONE 'UTC'; "
                # Of a long table a thousand rows are looked up by their keys rather than by reading all of it.
                f"SET random_page_cost TO {RANDOM_PAGE_COST}"
            )
        )

    return configure


@contextmanager
def _gathered(connection: Connection, *, keep: bool) -> Iterator[ExitStack]:
    """A transaction whose statements are sent without waiting for each, until what is given is closed."""
    try:
        with ExitStack() as sending:
            pipeline = sending.enter_context(connection.pipeline())
            try:
                # By itself: `connection.transaction` waits for an answer at its beginning and at its end.
                with psycopg.Transaction(connection, force_rollback=not keep):
                    yield sending
            except BaseException:
                if pipeline.level:
                    with suppress(psycopg.Error):  # whatever was still on its way is not told of again
                        pipeline.sync()
                raise
    except BaseException:
        # After a statement that failed the server has not heard of the rollback either.
        with suppress(psycopg.Error):  # a connection that was lost has taken the transaction with it
            connection.rollback()
        raise


class PostgresStore(LastingStore):
    """One schema. Each process has few connections: one that writes, the others read."""

    engine = "postgres"

    def __init__(
        self, url: str, schema: str, *, lock_timeout_s: int, idle_timeout_s: int = 60, pool_size: int = 3
    ) -> None:
        self.url, self.schema = url, schema
        self._data = _Datastore(
            url, schema, lock_timeout_s=lock_timeout_s, idle_timeout_s=idle_timeout_s, pool_size=pool_size
        )
        # Of this process one waits in the database, so that the others' connections are free for reading.
        self._one_writer = Lock()
        self._lock_timeout_s, self._idle_timeout_s = lock_timeout_s, idle_timeout_s

    def _reach(self) -> None:
        """Says at once, and why, where the database cannot be reached; the pool would go on trying for long."""
        if self.url not in REACHED:
            with self._own_connection():
                REACHED.add(self.url)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        self._reach()
        try:
            with self._data.get_connection() as connection:
                yield connection
        except (OperationalError, InterfaceError, StoreInternalError) as error:
            cause = error.__cause__
            if isinstance(cause, errors.LockNotAvailable):
                raise StoreBusy from error
            if _is_gone(cause):
                raise StoreGone(str(error)) from cause
            raise

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        with self._connection() as connection:
            yield PostgresCursor(connection)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Cursor]:
        with self._alone() as connection, connection.transaction(force_rollback=not keep):
            connection.execute(WRITERS_LOCK, (self._key("writer"),))
            yield PostgresCursor(connection)

    @contextmanager
    def gathering(self, *, keep: bool = True) -> Iterator[Cursor]:
        with self._alone() as connection, _gathered(connection, keep=keep) as pipeline:
            connection.execute(WRITERS_LOCK, (self._key("writer"),))
            yield PostgresCursor(connection, pipeline)

    @contextmanager
    def snapshot(self) -> Iterator[Cursor]:
        with self._own_connection() as connection:
            configuring(self.schema, self._lock_timeout_s, self._idle_timeout_s)(connection)
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresCursor(connection)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        if not self._one_writer.acquire(timeout=self._lock_timeout_s):
            raise StoreBusy
        try:
            with self._connection() as connection:
                yield connection
        finally:
            self._one_writer.release()

    @contextmanager
    def sharing(self, part: str, *, wait: bool = True) -> Iterator[Cursor | None]:
        # One lock after the other, everywhere in this order: the writer's, which parts share, the part's, `alone`.
        if not self._one_writer.acquire(blocking=wait, timeout=self._lock_timeout_s if wait else -1):
            if wait:
                raise StoreBusy
            yield None
            return
        try:
            with self._connection() as connection, connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (self._key("writer"),))
                yield PostgresCursor(connection) if self._has(connection, part, wait=wait) else None
        finally:
            self._one_writer.release()

    def _has(self, connection: Connection, part: str, *, wait: bool) -> bool:
        if wait:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._key(part),))
            return True
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS ours", (self._key(part),)).fetchone()
        return row is not None and bool(row["ours"])

    def alone(self, cursor: Cursor, name: str) -> None:
        cursor.execute("SELECT pg_advisory_xact_lock(?)", (self._key(name),))

    @contextmanager
    def updating(self) -> Iterator[Cursor]:
        with self._connection() as connection, connection.transaction():
            yield PostgresCursor(connection)

    def tables(self) -> set[str]:
        with self.reading() as cursor:
            sql = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = ?"
            return {row[0] for row in cursor.execute(sql, (self.schema,)).all()}

    def ddl(self, statement: str) -> str:
        return postgres_ddl(statement)

    def prepare(self, cursor: Cursor) -> None:
        # Asked first: whoever finds it made needs no right to make one.
        sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?"
        if cursor.execute(sql, (self.schema,)).one() is None:
            cursor.execute(f'CREATE SCHEMA "{self.schema}"')

    def event_table(self) -> EventTable:
        return _Events(self)

    def bookmarks(self) -> Bookmarks:
        return _Tracking(self)

    def size_bytes(self) -> int:
        with self.reading() as cursor:
            cursor.execute(
                "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0) FROM pg_catalog.pg_class c "
                "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'",
                (self.schema,),
            )
            return int(cursor.one()[0])

    def scrub(self, tables: Iterable[str]) -> None:
        """Table by table into new files. The server's own log and its archives keep what was while they last."""
        with self._own_connection() as connection:
            connection.execute(own_sql(f"SET lock_timeout TO {self._lock_timeout_s * 1000}"))
            self._await_old_readers(connection)
            try:
                for table in sorted(tables):
                    connection.execute(own_sql(f'VACUUM (FULL, ANALYZE) "{self.schema}"."{table}"'))
                # The planner keeps frequent values. Where we may not touch its table the server warns and goes on.
                connection.execute("VACUUM (FULL) pg_catalog.pg_statistic")
            except errors.LockNotAvailable as error:
                raise StoreBusy from error

    def _await_old_readers(self, connection: Connection) -> None:
        """Rows that somebody's transaction may still see are kept for it."""
        until = monotonic() + self._lock_timeout_s
        sql = (
            "SELECT COUNT(*) AS n FROM pg_catalog.pg_stat_activity WHERE datname = current_database() "
            "AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND xact_start < %s"
        )
        row = connection.execute("SELECT clock_timestamp() AS now").fetchone()
        assert row is not None
        while (found := connection.execute(sql, (row["now"],)).fetchone()) is not None and found["n"]:
            if monotonic() > until:
                raise StoreBusy
            sleep(OLD_READERS_S)

    def settle(self) -> None:
        """The server has it on the disk before it says that it is committed."""

    @contextmanager
    def claim(self, name: str) -> Iterator[Claim | None]:
        with self._own_connection() as connection:
            sql = "SELECT pg_try_advisory_lock(%s)"
            row = connection.execute(sql, (self._key(name),)).fetchone()
            yield _Session(connection) if row is not None and row["pg_try_advisory_lock"] else None

    def doorbell(self) -> Doorbell:
        return _Notified(self)

    @contextmanager
    def _own_connection(self) -> Iterator[Connection]:
        """One beside the pool, for what lasts as long as the connection does."""
        try:
            connection = self._connected()
        except psycopg.OperationalError as error:
            raise StoreGone(str(error)) from error
        with connection:
            yield connection

    def _connected(self) -> Connection:
        return psycopg.connect(
            self.url,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=CONNECT_WITHIN_S,
            application_name=CALLED,
        )

    def _key(self, name: str) -> int:
        """Advisory locks are numbers that hold for the whole database."""
        return int.from_bytes(hashlib.sha256(f"{self.schema}/{name}".encode()).digest()[:8], "big", signed=True)

    def close(self) -> None:
        self._data.close()


def _is_gone(error: BaseException | None) -> bool:
    """Whether it is the connection that failed, and not what was asked."""
    if isinstance(error, psycopg_pool.PoolTimeout | psycopg_pool.PoolClosed | psycopg.InterfaceError):
        return True
    if isinstance(error, errors.IdleInTransactionSessionTimeout):
        return True
    # Without a state the server never answered; 08 and 57P are its words for a lost connection and its own end.
    state = error.sqlstate if isinstance(error, psycopg.Error) else ""
    return state is None or state.startswith(("08", "57P"))


class _Session(Claim):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holds(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


class _Notified(Doorbell):
    """LISTEN as a hint: a lost connection only makes us look as often as without it."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._connection: Connection | None = None

    def wait(self, seconds: float) -> bool:
        try:
            if self._connection is None:
                self._connection = self._store._connected()
                self._connection.execute(own_sql(f'LISTEN "{CHANNEL}"'))
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


REACHED: set[str] = set()
"""Addresses that this process has had an answer from. Where that ends, the pool waits for it to come back."""

CHANNEL = "stored_events"
"""On which the library tells of new events; the same for all schemas of a database."""


class _Events(EventTable):
    position = "notification_id"

    def __init__(self, store: PostgresStore) -> None:
        super().__init__(store)
        self._recorder = PostgresApplicationRecorder(store._data)
        # Before it: a SET LOCAL of the lock timeout, which our connections have anyway.
        lock = self._recorder.lock_table_statements[-1]
        assert isinstance(lock, Composable)
        self._lock = lock.as_string()

    def statements(self) -> list[str]:
        # Without the type and the function that only the library's refused switch uses.
        made = (statement.as_string() for statement in self._recorder.sql_create_statements)
        return [
            sql.replace('"text"', 'text COLLATE "C"')
            for sql in made
            if sql.startswith(("CREATE TABLE", "CREATE UNIQUE"))
        ]

    def insert(self, cursor: Cursor, rows: Sequence[tuple[str, int, str, bytes]]) -> None:
        # As the library does it before its own insert, which is many times slower for many rows.
        cursor.execute(self._lock)
        assert isinstance(cursor, PostgresCursor)
        cursor.tell(CHANNEL)
        cursor.insert(f"stored_events ({EVENT})", rows, ("TEXT", "INTEGER", "TEXT", "BLOB"))

    def copy(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        super().copy(cursor, rows)
        # What is recorded from now on follows them.
        cursor.execute("SELECT setval('stored_events_notification_id_seq', ?)", (rows[-1].position,))


EVENT = "originator_id, originator_version, topic, state"


class _Tracking(Bookmarks):
    def __init__(self, store: PostgresStore) -> None:
        self._recorder = PostgresTrackingRecorder(store._data, tracking_table_name="tracking")

    def statements(self) -> list[str]:
        return [statement.as_string() for statement in self._recorder.sql_create_statements]

    def advance(self, cursor: Cursor, follower: str, position: int) -> None:
        assert isinstance(cursor, PostgresCursor)
        with cursor.connection.cursor() as own:
            self._recorder._insert_tracking(own, Tracking(follower, position))
