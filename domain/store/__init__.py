"""Where things are stored, on SQLite or PostgreSQL. Only this package knows eventsourcing.

`domain.store.postgres` and `postgres_tables` are imported by whoever opens such a store, since their driver is heavy.
"""

from domain.store.base import (
    ROW_FAILS,
    STORE_FAILS,
    VERSIONS,
    Answer,
    Beside,
    Bookmarks,
    Claim,
    Cursor,
    Doorbell,
    EventTable,
    LastingStore,
    OldBookmark,
    Row,
    Step,
    Store,
    StoreBusy,
    StoreGone,
    StoreTrouble,
    TableStore,
    created_name,
    indexed_table,
    key_apart,
)
from domain.store.filling import Filling, as_store
from domain.store.sqlite import SqliteStore
from domain.store.sqlite_tables import SqliteTables

__all__ = [
    "ROW_FAILS",
    "STORE_FAILS",
    "VERSIONS",
    "Answer",
    "Beside",
    "Bookmarks",
    "Claim",
    "Cursor",
    "Doorbell",
    "EventTable",
    "Filling",
    "LastingStore",
    "OldBookmark",
    "Row",
    "SqliteStore",
    "SqliteTables",
    "Step",
    "Store",
    "StoreBusy",
    "StoreGone",
    "StoreTrouble",
    "TableStore",
    "as_store",
    "created_name",
    "indexed_table",
    "key_apart",
]
