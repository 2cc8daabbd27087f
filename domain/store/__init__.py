"""Where things are stored, on SQLite or PostgreSQL. Only this package knows eventsourcing.

`domain.store.postgres` is imported by whoever opens such a store, since its driver is heavy.
"""

from domain.store.base import (
    STORE_FAILS,
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
from domain.store.exchange import SqliteTables
from domain.store.filling import Filling
from domain.store.sqlite import SqliteStore

__all__ = [
    "STORE_FAILS",
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
    "created_name",
    "indexed_table",
    "key_apart",
]
