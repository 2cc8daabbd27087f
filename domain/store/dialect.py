"""Our SQL in PostgreSQL's words. Everything else is the same on both engines."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.types.numeric import Int8Dumper

TYPES = {"TEXT": 'TEXT COLLATE "C"', "INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA"}
"""What columns are called there. Texts sort by their code points, as in SQLite."""

COPIED = {"TEXT": "text", "INTEGER": "int8", "BLOB": "bytea"}
"""What their values are called where rows are copied in binary form."""

_TYPE = re.compile(rf"\b({'|'.join(TYPES)})\b")


@lru_cache(maxsize=4096)
def postgres_sql(sql: str) -> str:
    """A statement with values: `?` places as the driver writes them. No text in our SQL holds a question mark."""
    return sql.replace("%", "%%").replace("?", "%s")


def postgres_ddl(statement: str) -> str:
    return _TYPE.sub(lambda found: TYPES[found[1]], statement)


def adapt(connection: Connection[Any]) -> None:
    """Values as SQLite gives and takes them: sums are whole numbers, true is 1."""
    connection.adapters.register_loader("numeric", _Number)
    connection.adapters.register_dumper(bool, _Flag)


class _Number(Loader):
    """Sums of whole numbers and means come as `numeric`."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


class _Flag(Dumper):
    oid = Int8Dumper.oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"
