"""How a store's tables come to be: in numbered steps, each taken once, under the writer's lock.

The log only ever gets new steps. Tables that can be rebuilt from it have one step with the number of
their layout: another number is built beside them (`sqlite_tables.py`, `postgres_tables.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Refused
from domain.store.base import Cursor, LastingStore, Step, Store

__all__ = ["REGISTER", "NotPrepared", "Step", "TooNew", "migrate", "reached", "require"]

REGISTER = "CREATE TABLE IF NOT EXISTS schema_steps (step INTEGER PRIMARY KEY, name TEXT NOT NULL)"


class NotPrepared(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not_prepared", "The database is not prepared for this version yet. Please run once: konto migrate"
        )


class TooNew(Refused):
    def __init__(self) -> None:
        super().__init__(
            "newer_schema",
            "The store was prepared by a newer version of Vertrauenskonto. "
            "Please use that version, or put back a backup from before.",
        )


def require(store: Store, steps: Sequence[Step]) -> None:
    """Raises NotPrepared or TooNew."""
    if _is_behind(reached(store), steps):
        raise NotPrepared


def migrate(store: LastingStore, steps: Sequence[Step]) -> list[str]:
    """The names of the steps taken; none where the store has them all, which asks nobody to wait. Raises TooNew."""
    if not _is_behind(reached(store), steps):
        return []
    with store.writing() as cursor:
        store.prepare(cursor)
        cursor.execute(store.ddl(REGISTER))
        before = _last(cursor)
        if not _is_behind(before, steps):
            return []  # somebody else was quicker
        taken = [step for step in steps if step.number > before]
        for step in taken:
            for statement in step.statements:
                cursor.execute(store.ddl(statement))
            cursor.execute("INSERT INTO schema_steps VALUES (?, ?)", (step.number, step.name))
        return [step.name for step in taken]


def reached(store: Store) -> int:
    """The number of the last step taken, 0 for a store without any."""
    if "schema_steps" not in store.tables():
        return 0
    with store.reading() as cursor:
        return _last(cursor)


def _last(cursor: Cursor) -> int:
    return int(cursor.execute("SELECT MAX(step) FROM schema_steps").one()[0] or 0)


def _is_behind(step: int, steps: Sequence[Step]) -> bool:
    last = steps[-1].number
    if step > last:
        raise TooNew
    return step < last
