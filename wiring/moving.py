"""Moving a firm from the files of its home into PostgreSQL, and the proof that nothing of it changed.

The copy is one transaction: all of it is there or nothing. Until everything was compared the files count; then they
note where the log lies now, and nobody writes to them any more. Done twice, the second time only compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from domain.account import Rulebooks, balance
from domain.errors import Refused
from domain.journal import STEPS, Journal
from domain.log import Log
from domain.store import Cursor, TableStore
from domain.store.schema import migrate
from projections import statements
from projections.anew import rebuild
from projections.follow import TABLE_NAMES
from projections.tables import Views
from wiring import checking, installation, stores
from wiring.home import Konto

PAGE = 5_000
BESIDE = "views.move.db"
"""Where the tables are built before they are moved, too."""
COPIED: Mapping[str, tuple[str, Any]] = {
    "received": ("fact", ""),
    "vault": ("fact", ""),
    "vault_keys": ("subject", ""),
    "master_keys": ("id", ""),
    "parked": ("fact", ""),
    "sources": ("source", ""),
    "checkpoints": ("size", -1),
    "erasures": ("customer", ""),
    "holds": ("customer", ""),
}
"""Tables of the log beside its events, by what their rows are in order, and what lies before the first of them.

Leases, heartbeats and how far copies of checkpoints went stay behind.
"""

Progress = Callable[[int, int], None]


class NotFromFiles(Refused):
    def __init__(self) -> None:
        super().__init__("already_moved", "This firm lies in PostgreSQL already; only files are moved.", "--to")


class NotToPostgres(Refused):
    def __init__(self) -> None:
        super().__init__(
            "wrong_value",
            "Where to is written as postgresql://user:password@host:5432/database, or as @FILE with that in it.",
            "--to",
        )


class NotEmpty(Refused):
    def __init__(self, table: str) -> None:
        super().__init__(
            "not_empty",
            "Another log lies there already: {table} differs. Please name an empty database or another db_schema.",
            "--to",
            table=table,
        )


class NotEqual(Refused):
    def __init__(self, what: str) -> None:
        super().__init__(
            "not_equal", "After copying, {what} differs; the files go on to count. Please report this.", what=what
        )


@dataclass(frozen=True)
class Proof:
    """What was compared and found equal; `rows` by table, `digest` over every stored byte of the log."""

    rows: Mapping[str, int]
    digest: str
    customers: int
    balance_points: int
    """All balances together, in hundredths."""


def move(konto: Konto, address: str, *, progress: Progress | None = None) -> Proof:
    """Raises NotToPostgres, NotFromFiles, NotEmpty, NotEqual."""
    if stores.is_shared(konto.settings.store):
        raise NotFromFiles
    if urlsplit(address).scheme not in ("postgresql", "postgres"):
        raise NotToPostgres
    settings = konto.settings.store.model_copy(update={"url": SecretStr(address)})
    log_store, tables = stores.log(konto.home, settings), stores.tables(konto.home, settings)
    journal = Journal(stores.journal(konto.home, settings))
    try:
        log = Log(log_store, konto.log.ids, konto.log.master)
        migrate(log.store, log.steps())
        migrate(journal.store, STEPS)
        # Held until the end: what is recorded meanwhile would stay behind.
        with konto.log.store.writing() as held, konto.journal.held():
            konto.catch_up()
            copy_log(konto.log, log, progress)
            copy_journal(konto.journal, journal)
            proof = _compared(konto, log, tables, progress)
            installation.note(held, installation.MOVED_TO, place_of(address))
        return proof
    finally:
        log_store.close()
        tables.close()
        journal.store.close()


def place_of(address: str) -> str:
    """Without user and password."""
    parts = urlsplit(address)
    return f"PostgreSQL, {parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


def copy_log(old: Log, new: Log, progress: Progress | None) -> None:
    """As it is at one moment, all in one transaction; nothing where one is there already."""
    head = old.head()
    with new.store.writing() as target, old.store.snapshot() as source:
        if new.head():
            return  # an earlier try came so far; what is there is compared like everything else
        position = 0
        while rows := old.events.after_in(source, position, PAGE):
            new.events.copy(target, rows)
            position = rows[-1].position
            if progress:
                progress(min(position, head), head)
        for table in COPIED:
            for rows_of_table in pages(source, table):
                target.insert(table, rows_of_table)
        installation.note(target, installation.KEYS, installation.noted(source)[installation.KEYS])


def copy_journal(old: Journal, new: Journal) -> None:
    """Up to what is its newest entry now."""
    head, cut = old.heads()
    with new.replaced() as target:
        target.insert("journal_head", [(1, head.number, head.hash, cut.number, cut.hash)])
        for entries in old.pages(head.number):
            target.insert("journal", [tuple(entry) for entry in entries])
    if not new.verify([head]).is_ok:
        raise NotEqual("journal")


# -- the proof ----------------------------------------------------------------------------------------


def _compared(konto: Konto, log: Log, tables: TableStore, progress: Progress | None) -> Proof:
    old, new = _digests(konto.log), _digests(log)
    for name in old:
        if old[name] != new[name]:
            raise NotEmpty(name)
    rebuild(log, tables, konto.home / BESIDE, progress=progress)
    views = Views(tables)
    for finding in checking.differences(views, konto.views):
        raise NotEqual(finding.params["table"])
    rows = {name: count for name, (count, _) in old.items()}
    with views.store.reading() as cursor:
        counts = {table: int(cursor.execute(f"SELECT COUNT(*) FROM {table}").one()[0]) for table in TABLE_NAMES}
    whole = hashlib.sha256("".join(digest for _, digest in new.values()).encode()).hexdigest()
    now, rulebooks = konto.clock(), konto.steering.rulebooks
    before, after = _balances(konto.views, now, rulebooks), _balances(views, now, rulebooks)
    if before != after:
        raise NotEqual("balances")
    return Proof({**rows, **counts}, whole, len(after), sum(after.values()))


def _balances(views: Views, now: datetime, rulebooks: Rulebooks) -> dict[str, int]:
    """Of every customer who has an account, in hundredths."""
    return {
        row[0]: balance(statements.lines_of(views, row[0]), now, rulebooks)
        for row in views.rows("SELECT DISTINCT customer FROM lines")
    }


def _digests(log: Log) -> dict[str, tuple[int, str]]:
    """Of each table of the log: how many rows, and a SHA-256 over all of them in order."""
    found = {"stored_events": _digest(_events(log))}
    with log.store.reading() as cursor:
        for table in COPIED:
            found[table] = _digest(row for page in pages(cursor, table) for row in page)
    return found


def _events(log: Log) -> Iterator[tuple[Any, ...]]:
    position = 0
    while rows := log.rows(position, PAGE):
        yield from rows
        position = rows[-1].position


def pages(cursor: Cursor, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in order of their key, so many at a time; the key is the first column."""
    key, last = COPIED[table]
    while rows := cursor.execute(f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?", (last, PAGE)).all():
        yield [tuple(row) for row in rows]
        last = rows[-1][0]


def _digest(rows: Iterator[tuple[Any, ...]]) -> tuple[int, str]:
    count, hashed = 0, hashlib.sha256()
    for row in rows:
        count += 1
        for value in row:
            part = value if isinstance(value, bytes) else repr(value).encode()
            hashed.update(len(part).to_bytes(8, "big") + part)
    return count, hashed.hexdigest()
