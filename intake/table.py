"""The table in a file: a header that names the columns, and rows that fill them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from domain.errors import Refused
from intake.refusal import in_row, shown
from words import N_

MOST_COLUMNS = 2_000
MOST_SHOWN = 20
CALCULATED = ("=", "+", "-", "@", "\t", "\r", "'")
"""A cell that begins so is taken for a formula by a spreadsheet; with an apostrophe before it, it is not."""

DOUBLED = N_("The column “{column}” stands in the header twice. Please rename or remove one of them.")
NO_HEADER = N_("The first row should name the columns, but it is empty. Please check header_row in the mapping.")
TOO_MANY = N_("The header has {found} columns; at most {limit} are accepted. Please check the delimiter.")
SHORT = N_("The row has {found} cells, the header {expected}. Please check whether a delimiter or a line is missing.")
LONG = N_(
    "The row has {found} cells, the header {expected}. Please check whether a text with a delimiter "
    "lacks its quotation marks."
)
EMPTY = N_("The file is empty. Please check whether the export worked.")
HEADER_ONLY = N_("The file has a header and no rows. Please check whether the export worked.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file. `number` is the line on which it stands, the first line being 1."""

    number: int
    values: Mapping[str, Any]
    refused: Refused | None = None
    """Why the row cannot be read; `values` then holds what could be."""
    in_table: bool = False
    """Whether a header names the columns, so that every row has them all."""
    beyond: tuple[Any, ...] = ()
    """Cells for which the header has no column."""


@dataclass(frozen=True, slots=True)
class Header:
    columns: tuple[str, ...]
    used: tuple[int, ...] = field(default=())
    """Places of the columns that have a name; nameless ones are passed over."""

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Header:
        names = [str(cell).strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise Refused("no_header", NO_HEADER)
        if len(names) > MOST_COLUMNS:
            raise Refused("too_many_columns", TOO_MANY, found=len(names), limit=MOST_COLUMNS)
        seen: set[str] = set()
        for name in names:
            if name and name in seen:
                raise Refused("doubled_column", DOUBLED, name, column=name)
            seen.add(name)
        return cls(tuple(names), tuple(place for place, name in enumerate(names) if name))

    def row(self, number: int, cells: Sequence[Any]) -> Row | None:
        """The row, or None where every cell is empty."""
        wanted = len(self.columns)
        if len(cells) == wanted == len(self.used):
            # The common case, in one step.
            values = dict(zip(self.columns, cells, strict=True))
            return Row(number, values, None, True) if any(cells) else None
        if not any(cell not in ("", None) for cell in cells):
            return None
        values = {name: cell for name, cell in zip_longest(self.columns, cells[:wanted], fillvalue="") if name}
        refused, beyond = None, ()
        if len(cells) < wanted:
            refused = Refused("short_row", SHORT, row=number, found=len(cells), expected=wanted, value=_said(cells))
        elif any(cell not in ("", None) for cell in cells[wanted:]):
            beyond = tuple(cells[wanted:])
            refused = Refused("long_row", LONG, row=number, found=len(cells), expected=wanted, value=_said(cells))
        return Row(number, values, refused, True, beyond)


def _said(cells: Sequence[Any]) -> str:
    return shown(" | ".join(map(str, cells[:MOST_SHOWN])))


def rows(numbered: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[Row]:
    """The rows under the first one, which is the header."""
    first = next(numbered, None)
    if first is None:
        raise Refused("empty_file", EMPTY)
    try:
        header = Header.of(first[1])
    except Refused as refused:
        raise in_row(refused, first[0]) from None
    filled = False
    for number, cells in numbered:
        row = header.row(number, cells)
        if row is not None:
            filled = True
            yield row
    if not filled:
        raise Refused("header_only", HEADER_ONLY)
