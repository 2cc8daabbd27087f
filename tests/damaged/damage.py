"""An entry of the log made unreadable, as a fault of the disk or somebody with a key to the database leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

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


def texts_damaged(konto: Konto, rows: Iterable[Row]) -> AbstractContextManager[None]:
    """The same of the texts that lie in the vault beside these entries, as far as there are any."""
    keys = [key for row in rows if (key := konto.log.key_of(row)) is not None]
    return _one_bit_changed(konto, "vault", "fact", "sealed", keys)


def keys_damaged(konto: Konto, rows: Iterable[Row]) -> AbstractContextManager[None]:
    """The same of the keys under which these entries' texts lie."""
    return keys_of_damaged(konto, sorted({customer_of(row) for row in rows}))


def waiting_damaged(konto: Konto, keys: Sequence[str]) -> AbstractContextManager[None]:
    """The same of these facts, which wait for what they refer to."""
    return _one_bit_changed(konto, "parked", "fact", "sealed", keys)


def holds_damaged(konto: Konto, customers: Sequence[str]) -> AbstractContextManager[None]:
    """The same of why these customers must not be erased."""
    return _one_bit_changed(konto, "holds", "customer", "sealed", customers)


def keys_of_damaged(konto: Konto, customers: Sequence[str]) -> AbstractContextManager[None]:
    """The same of these customers' keys."""
    return _one_bit_changed(konto, "vault_keys", "subject", "wrapped", customers)


@contextmanager
def _one_bit_changed(konto: Konto, table: str, key: str, column: str, of: Sequence[str]) -> Iterator[None]:
    with konto.log.store.reading() as cursor:
        found = cursor.among(f"SELECT {key}, {column} FROM {table} WHERE {key} IN ({{among}})", of)
        sound = {row[0]: bytes(row[1]) for row in found}
    assert sound

    def write(values: Mapping[str, bytes]) -> None:
        with konto.log.store.writing() as cursor:
            for name, value in values.items():
                cursor.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, name))
        konto.log.keys.let_go()

    write({name: bytes([value[0] ^ 1]) + value[1:] for name, value in sound.items()})
    try:
        yield
    finally:
        write(sound)


def entries(konto: Konto, which: Callable[[Row], bool] = lambda row: True) -> list[Row]:
    return [row for row in konto.log.rows(0, 10_000) if which(row)]


def newest(konto: Konto, stream: str, topic: str = "") -> Row:
    """The newest entry in streams that begin so."""
    return entries(konto, lambda row: row.stream.startswith(stream) and row.topic.startswith(topic))[-1]
