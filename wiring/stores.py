"""Which stores a firm has: three files in its home, or three schemas of one PostgreSQL database.

The tables' one has the number of their layout in its name, so that those of another version lie beside it.
"""

from __future__ import annotations

from pathlib import Path

from domain.store import LastingStore, SqliteStore, SqliteTables, TableStore
from domain.store.schema import reached
from projections.follow import LAYOUT
from wiring.settings import StoreSettings

LOG, JOURNAL = "events.db", "journal.db"
JOURNAL_WAIT_SECONDS = 5
"""Whoever notes a look waits for others who note one, which takes a moment, and for nobody else."""
JOURNAL_CONNECTIONS = 2


def is_shared(settings: StoreSettings) -> bool:
    """Whether several machines may use it, so that preparing it is a step of its own."""
    return settings.url is not None


def log(home: Path, settings: StoreSettings) -> LastingStore:
    if settings.address is not None:
        return _postgres(settings, settings.db_schema)
    (home / LOG).touch(mode=0o600)
    # FULL for what must survive a power cut, NORMAL for what can be rebuilt.
    return SqliteStore(str(home / LOG), synchronous="FULL", lock_timeout_s=settings.lock_timeout_seconds)


def tables(home: Path, settings: StoreSettings) -> TableStore:
    timeout = settings.lock_timeout_seconds
    if settings.address is None:
        return SqliteTables(home, LAYOUT, lock_timeout_s=timeout)
    # Only here: whoever works with files need not load the driver.
    from domain.store.postgres_tables import PostgresTables

    return PostgresTables(
        settings.address,
        _views(settings),
        LAYOUT,
        lock_timeout_s=timeout,
        idle_timeout_s=settings.idle_timeout_seconds,
        pool_size=settings.connections,
    )


def _views(settings: StoreSettings) -> str:
    """What the names of all schemas with tables begin with."""
    return f"{settings.db_schema}_views"


def tables_schema(settings: StoreSettings) -> str:
    return f"{_views(settings)}_{LAYOUT}"


def journal(home: Path, settings: StoreSettings) -> LastingStore:
    """The access journal's, apart from the log's, whose writer an import holds for minutes."""
    if settings.address is not None:
        few = settings.model_copy(
            update={"connections": JOURNAL_CONNECTIONS, "lock_timeout_seconds": JOURNAL_WAIT_SECONDS}
        )
        return _postgres(few, journal_schema(settings))
    (home / JOURNAL).touch(mode=0o600)
    # What was committed survives the end of any process, and a power cut as soon as a checkpoint names it: to wait for
    # the disk at every page would take longer than to make the page.
    return SqliteStore(str(home / JOURNAL), synchronous="NORMAL", lock_timeout_s=JOURNAL_WAIT_SECONDS, wipes=True)


def journal_schema(settings: StoreSettings) -> str:
    return f"{settings.db_schema}_journal"


def _postgres(settings: StoreSettings, schema: str) -> LastingStore:
    from domain.store.postgres import PostgresStore

    assert settings.address is not None
    return PostgresStore(
        settings.address,
        schema,
        lock_timeout_s=settings.lock_timeout_seconds,
        idle_timeout_s=settings.idle_timeout_seconds,
        pool_size=settings.connections,
    )


def there_is_a_log(home: Path, settings: StoreSettings) -> bool:
    """Whether one was begun, with keys that it needs ever after."""
    if settings.address is None:
        return (home / LOG).exists()
    store = _postgres(settings, settings.db_schema)
    try:
        if reached(store) == 0:
            return False
        with store.reading() as cursor:
            return cursor.execute("SELECT 1 FROM installation LIMIT 1").one() is not None
    finally:
        store.close()
