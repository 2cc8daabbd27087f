"""Columns of another file, found by a key: which customer an order belongs to, when it was placed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from sys import intern
from typing import Any

from domain.errors import Refused
from intake.expressions import Context, Expression
from intake.files import FileForm, read_rows
from intake.reading import Reading
from intake.table import Row
from words import N_

MISSING_COLUMN = N_("The column “{column}” is missing. Its columns are: {found}.")
DOUBLED_KEY = N_("“{key}” stands in the column “{column}” twice, so that it is not clear which row is meant.")
MISSING_FILE = N_("{file} is needed as well, for the look-up “{lookup}”. Please put it beside the imported file.")


class Lookup:
    """A file to look into; `open` reads the columns that the mapping needs, and nothing else is kept."""

    def __init__(
        self,
        name: str,
        file: str,
        key: str,
        by: Expression,
        form: FileForm,
        reading: Reading,
        columns: Collection[str] | None,
    ) -> None:
        self.name, self.file, self.key, self.by, self.form = name, file, key, by, form
        self._reading = reading
        self._columns = columns
        """None = all."""

    def open(self, folder: Path) -> LookedUp:
        path = folder / self.file
        if not path.is_file():
            raise Refused("file_not_found", MISSING_FILE, file=self.file, lookup=self.name)
        try:
            return self._read(path)
        except Refused as refused:
            refused.params.setdefault("in_file", self.file)
            raise

    def _read(self, path: Path) -> LookedUp:
        columns: tuple[str, ...] = ()
        found: dict[str, tuple[Any, ...]] = {}
        for number, row in enumerate(read_rows(path, form=self.form)):
            if row.refused is not None:
                raise row.refused
            if number == 0:
                columns = self._columns_in(row)
            key = row.values.get(self.key)
            if self._reading.is_null(key):
                continue
            text = self._reading.text(key)
            if text in found:
                raise Refused("doubled_key", DOUBLED_KEY, key=text[:60], column=self.key, row=row.number)
            found[text] = tuple(_kept(row.values.get(name), self._reading) for name in columns)
        return LookedUp(self, columns, found)

    def _columns_in(self, row: Row) -> tuple[str, ...]:
        wanted = tuple(row.values) if self._columns is None else tuple(sorted(self._columns))
        if row.in_table:
            for name in (self.key, *wanted):
                if name not in row.values:
                    raise Refused(
                        "missing_column", MISSING_COLUMN, name, column=name, found=", ".join(row.values)[:400]
                    )
        return wanted


def _kept(value: Any, reading: Reading) -> Any:
    if reading.is_null(value):
        return None
    return intern(value) if isinstance(value, str) else value


class LookedUp:
    """The rows that were read, by key."""

    def __init__(self, lookup: Lookup, columns: tuple[str, ...], rows: Mapping[str, tuple[Any, ...]]) -> None:
        self._by, self._reading = lookup.by, lookup._reading
        self._columns, self._rows = columns, rows

    def row_for(self, context: Context) -> dict[str, Any] | None:
        """The row whose key is what the context says; None where there is none."""
        key = self._by(context)
        if self._reading.is_null(key):
            return None
        found = self._rows.get(self._reading.text(key))
        return None if found is None else dict(zip(self._columns, found, strict=True))
