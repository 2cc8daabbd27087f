"""The rows of a table that were refused, as a table for a spreadsheet: the reasons first, then the row as it came.

Whoever has mended it imports the same file again, with the same mapping. What a spreadsheet would calculate or shorten
has a leading apostrophe, which reading takes away again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from intake.table import CALCULATED, Row

COLUMNS = ("konto:row", "konto:column", "konto:value", "konto:hint")
DELIMITER = ";"
BETWEEN = " | "

SHORTENED = re.compile(r"0[0-9]+|[0-9]{12,}", re.ASCII)
"""A spreadsheet takes the zeros away, and rounds long numbers."""
BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?"?konto:row"?(.)')


def delimiter_of(path: Path) -> str | None:
    """What stands between the columns of such a file; None where it is none, or cannot be read."""
    try:
        with path.open("rb") as file:
            found = BEGINNING.match(file.read(64))
    except OSError:
        return None
    return found[1].decode("latin-1") if found else None


def text(rows: Iterable[tuple[Row, Sequence[Mapping[str, Any]]]], *, decimal: str) -> Iterator[str]:
    """The lines of the table: each row with what is wrong with it, as the command line lists it.

    `decimal` is the sign with which the mapping reads numbers.
    """
    names: list[str] | None = None
    for row, errors in rows:
        if names is None:
            names = list(row.values)
            yield _line([*COLUMNS, *names])
        reasons = [
            BETWEEN.join(dict.fromkeys(_said(each[name]) for each in errors)) for name in ("column", "value", "hint")
        ]
        cells = [*(row.values.get(name) for name in names[: _width(row, len(names))]), *row.beyond]
        yield _line(_defused(cell, decimal) for cell in [str(row.number), *reasons, *cells])


def _width(row: Row, columns: int) -> int:
    """A row that is too short stays so, lest what is missing be taken for empty."""
    if row.refused is None or row.refused.code != "short_row":
        return columns
    return int(row.refused.params["found"])


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _line(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, delimiter=DELIMITER, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _defused(cell: Any, decimal: str) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return repr(cell).replace(".", decimal)
    said = _said(cell)
    return f"'{said}" if said.startswith(CALCULATED) or SHORTENED.fullmatch(said) else said


def undone(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows as they were before they were refused: without the reasons and the apostrophes."""
    for row in rows:
        values = {name: _plain(cell) for name, cell in row.values.items() if name not in COLUMNS}
        yield replace(row, values=values)


def _plain(cell: Any) -> Any:
    return cell.removeprefix("'") if isinstance(cell, str) else cell
