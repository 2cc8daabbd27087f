"""An entry of the log made unreadable, as a fault of the disk or somebody with a key to the database leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from domain.store import Row
from domain.stored import customer_of
from wiring.home import Konto

GARBAGE = b'{"v":1,"no":'


def put(konto: Konto, position: int, state: bytes) -> None:
    column = konto.log.events.position
    with konto.log.store.writing() as cursor:
        cursor.execute(f"UPDATE stored_events SET state = ? WHERE {column} = ?", (state, position))


@contextmanager
def damaged(konto: Konto, rows: Iterable[Row]) -> Iterator[None]:
    """While it lasts; afterwards they are what they were."""
    rows = list(rows)
    for row in rows:
        put(konto, row.position, GARBAGE)
    try:
        yield
    finally:
        for row in rows:
            put(konto, row.position, bytes(row.state))


@contextmanager
def texts_damaged(konto: Konto, rows: Iterable[Row]) -> Iterator[None]:
    """The same of the texts that lie in the vault beside these entries, as far as there are any."""
    keys = [key for row in rows if (key := konto.log.key_of(row)) is not None]
    with konto.log.store.reading() as cursor:
        rows_of_vault = cursor.among("SELECT fact, sealed FROM vault WHERE fact IN ({among})", keys)
        sealed = {row[0]: bytes(row[1]) for row in rows_of_vault}
    assert sealed
    _seal(konto, {key: bytes([text[0] ^ 1]) + text[1:] for key, text in sealed.items()})
    try:
        yield
    finally:
        _seal(konto, sealed)


@contextmanager
def keys_damaged(konto: Konto, rows: Iterable[Row]) -> Iterator[None]:
    """The same of the keys under which these entries' texts lie."""
    whose = sorted({customer_of(row) for row in rows} - {""})
    with konto.log.store.reading() as cursor:
        found = cursor.among("SELECT subject, wrapped FROM vault_keys WHERE subject IN ({among})", whose)
        wrapped = {row[0]: bytes(row[1]) for row in found}
    assert wrapped
    _wrap(konto, {each: bytes([key[0] ^ 1]) + key[1:] for each, key in wrapped.items()})
    try:
        yield
    finally:
        _wrap(konto, wrapped)


def _wrap(konto: Konto, wrapped: dict[str, bytes]) -> None:
    with konto.log.store.writing() as cursor:
        for subject, key in wrapped.items():
            cursor.execute("UPDATE vault_keys SET wrapped = ? WHERE subject = ?", (key, subject))
    konto.log.keys.let_go()


def _seal(konto: Konto, sealed: dict[str, bytes]) -> None:
    with konto.log.store.writing() as cursor:
        for key, text in sealed.items():
            cursor.execute("UPDATE vault SET sealed = ? WHERE fact = ?", (text, key))


def entries(konto: Konto, which: Callable[[Row], bool] = lambda row: True) -> list[Row]:
    return [row for row in konto.log.rows(0, 10_000) if which(row)]


def newest(konto: Konto, stream: str, topic: str = "") -> Row:
    """The newest entry in streams that begin so."""
    return entries(konto, lambda row: row.stream.startswith(stream) and row.topic.startswith(topic))[-1]
