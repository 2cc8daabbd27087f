"""The library's own recorder in a PostgreSQL of ours, for comparing with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore


def recorder_at(url: str, **more: Any) -> PostgresApplicationRecorder:
    """`more` goes to its datastore."""
    parts = urlsplit(url)
    store = PostgresDatastore(
        parts.path[1:],
        parts.hostname or "",
        parts.port or 0,
        parts.username or "",
        parts.password or "",
        originator_id_type="text",
        **more,
    )
    return PostgresApplicationRecorder(store)
