"""Rows of an Excel workbook, as a CSV file would give them: whole numbers as text, dates as ISO texts."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from domain.errors import Refused
from intake import table
from intake.table import Row
from intake.text_lines import DAMAGED, refused_file
from words import N_

# Whatever a broken archive makes the standard library say.
DAMAGES = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip

LARGEST_UNPACKED = 512 << 20
LARGEST_WHOLE = 1e15
"""Up to here every whole number of Excel is exact."""

PROTECTED = N_("{file} is protected with a password. Please save it without one.")
WHICH_SHEET = N_('{file} has several sheets: {sheets}. Please declare in the mapping which one: sheet = "{first}".')
NO_SHEET = N_("{file} has no sheet “{sheet}”. Its sheets are: {sheets}.")
TOO_LARGE = N_("{file} is too large when unpacked. Please save it as CSV.")


def rows(path: Path, sheet: str | None, header_row: int) -> Iterator[Row]:
    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            found = _sheet(workbook, path, sheet)
            yield from table.rows(_cells(found, header_row))
    except PasswordError:
        raise Refused("password", PROTECTED, file=path.name) from None
    except CalamineError:
        raise Refused("damaged_file", DAMAGED, file=path.name) from None
    except OSError as error:
        raise _refused(path, error) from None


def _sheet(workbook: CalamineWorkbook, path: Path, wanted: str | None) -> CalamineSheet:
    names = workbook.sheet_names
    if wanted is not None:
        if wanted not in names:
            raise Refused("no_sheet", NO_SHEET, file=path.name, sheet=wanted, sheets=", ".join(names))
        return workbook.get_sheet_by_name(wanted)
    filled = [each for each in map(workbook.get_sheet_by_name, names) if each.start is not None]
    if len(filled) > 1:
        sheets = [each.name for each in filled]
        raise Refused("which_sheet", WHICH_SHEET, file=path.name, sheets=", ".join(sheets), first=sheets[0])
    if not filled:
        raise Refused("empty_file", table.EMPTY)
    return filled[0]


def _cells(sheet: CalamineSheet, header_row: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Numbered as Excel numbers them, from the header on; empty rows above it do not count as one."""
    # The iterator keeps empty rows above the filled area, as Excel shows them.
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number >= header_row and any(cell != "" for cell in cells):
            yield number, [_value(cell) for cell in cells]


def _value(cell: object) -> str | bool | float:
    match cell:
        case str() | bool():
            return cell
        case float() if cell.is_integer() and abs(cell) < LARGEST_WHOLE:
            return str(int(cell))
        case int():
            return str(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case float():
            return cell
        case _:
            return str(cell)


def _refuse_bombs(path: Path) -> None:
    """Unpacks once without keeping anything: a workbook may claim to be smaller than it is."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                # The old .xls is no zip, and not packed.
                return
        with zipfile.ZipFile(path) as parts:
            sizes = parts.infolist()
            if sum(part.file_size for part in sizes) > LARGEST_UNPACKED:
                raise Refused("too_large", TOO_LARGE, file=path.name)
            for part in sizes:
                with parts.open(part) as content:
                    while content.read(1 << 20):
                        pass
    except DAMAGES:
        raise Refused("damaged_file", DAMAGED, file=path.name) from None
    except OSError as error:
        raise _refused(path, error) from None


def _refused(path: Path, error: OSError) -> Refused:
    """An error without a number comes from a reader of the format, not from the system."""
    if error.errno is None or error.errno == errno.EINVAL:
        return Refused("damaged_file", DAMAGED, file=path.name)
    return refused_file(path, error)
