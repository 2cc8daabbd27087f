"""Which access keys were ever made. What a key may do, and whether it still counts, the log itself says."""

from __future__ import annotations

from domain.access_key import AccessKey, KeyCreated, state, stream_of
from domain.log import Log
from domain.roles import Asker, allowed
from domain.store import Cursor
from projections.page import Page
from projections.tables import Views

TABLES = ("CREATE TABLE IF NOT EXISTS access_keys (name TEXT PRIMARY KEY)",)


def apply(cursor: Cursor, page: Page) -> None:
    made = [fact for fact in page.facts if isinstance(fact.data, KeyCreated)]
    cursor.insert("access_keys", [(fact.stream.removeprefix(stream_of("")),) for fact in made])


def listed(log: Log, views: Views, asker: Asker) -> list[AccessKey]:
    """All of them, also those that count no more, in the order in which they were made.

    Without those of which something cannot be read: they open nothing, whatever it was.
    """
    allowed(asker, "keys")
    streams = {stream_of(row[0]): row[0] for row in views.rows("SELECT name FROM access_keys")}
    histories, _ = log.whole(streams)
    found = [state(name, log.opened(histories[stream])) for stream, name in streams.items() if stream in histories]
    return sorted((each for each in found if each is not None), key=lambda each: (each.created, each.name))
