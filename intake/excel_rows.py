"""Rows of an Excel workbook, as a CSV file would give them: whole numbers as text, dates as ISO texts."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from domain.errors import Refused
from intake import table, workbook_parts
from intake.error_words import MERGED
from intake.table import Row
from intake.text_lines import DAMAGED, refused_file
from words import N_

Numbered = tuple[int, Sequence[Any]]
Corner = tuple[int, int]
"""Row and column, counted from 0."""

# Whatever a broken archive makes the standard library say.
DAMAGES = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip

LARGEST_UNPACKED = 512 << 20
LARGEST_AREA = 10_000_000
"""Cells from the first one to the farthest: each takes 32 bytes while the workbook is open."""
LARGEST_WHOLE = 1e15
"""Up to here every whole number of Excel is exact."""

PROTECTED = N_("{file} is protected with a password. Please save it without one.")
WHICH_SHEET = N_('{file} has several sheets: {sheets}. Please declare in the mapping which one: sheet = "{first}".')
NO_SHEET = N_("{file} has no sheet “{sheet}”. Its sheets are: {sheets}.")
HIDDEN_SHEET = N_(
    "The only sheet of {file} with something in it, “{first}”, is hidden. If it is the right one, declare it in the "
    'mapping: sheet = "{first}".'
)
TOO_LARGE = N_("{file} is too large when unpacked. Please save it as CSV.")
TOO_FAR = N_(
    "The sheet “{sheet}” is filled as far as {cell}. Please delete what stands far outside of the table, or save the "
    "sheet as CSV."
)
HIDDEN = "hidden / ausgeblendet"
BINARY = N_("{file} is a binary workbook. Please save it as .xlsx.")


def rows(path: Path, sheet: str | None, header_row: int) -> Iterator[Row]:
    glances = _looked_at(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = [sheet] if sheet in workbook.sheet_names else workbook.sheet_names
            _refuse_far_cells(names, glances)
            found = _sheet(workbook, path, sheet)
            odd = glances.get(found.name, workbook_parts.Sheet()).odd
            yield from table.rows(_cells(found, header_row, odd))
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
    if not filled:
        raise Refused("empty_file", table.EMPTY)
    hidden = {each.name for each in workbook.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
    sheets = [each.name for each in filled]
    if len(filled) > 1:
        # What can be seen is most often what is meant.
        sheets.sort(key=hidden.__contains__)
        listed = ", ".join(f"{name} ({HIDDEN})" if name in hidden else name for name in sheets)
        raise Refused("which_sheet", WHICH_SHEET, file=path.name, sheets=listed, first=sheets[0])
    if sheets[0] in hidden:
        raise Refused("which_sheet", HIDDEN_SHEET, file=path.name, first=sheets[0])
    return filled[0]


def _cells(sheet: CalamineSheet, header_row: int, odd: Mapping[int, Mapping[int, str]]) -> Iterator[Numbered]:
    """Numbered as Excel numbers them, from the header on; empty rows above it do not count as one."""
    merged = _Merged(sheet)
    # The iterator keeps empty rows above the filled area, as Excel shows them.
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number < header_row:
            continue
        values = [_value(cell) for cell in cells]
        for column, word in odd.get(number, {}).items():
            if column <= len(values):
                values[column - 1] = word
        merged.reaches(number, values)
        if any(value != "" for value in values):
            yield number, merged.marked(number, values) if number > header_row else values


class _Merged:
    """Areas of merged cells: the first cell holds the value, and the others look as if they did."""

    def __init__(self, sheet: CalamineSheet) -> None:
        found = sorted(
            ((top, left), (bottom, right)) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        )
        self.to_come = deque(found)
        self.open: list[tuple[Corner, Corner]] = []

    def reaches(self, number: int, values: Sequence[Any]) -> None:
        """The row of this number is read; areas that begin in it count if there is something in them."""
        self.open = [area for area in self.open if area[1][0] >= number - 1]
        while self.to_come and self.to_come[0][0][0] < number:
            (top, left), end = self.to_come.popleft()
            if top == number - 1 and left < len(values) and values[left] != "":
                self.open.append(((top, left), end))

    def marked(self, number: int, values: list[Any]) -> list[Any]:
        for (top, left), (_, right) in self.open:
            for column in range(left, min(right + 1, len(values))):
                if (top, left) != (number - 1, column) and values[column] == "":
                    values[column] = MERGED
        return values


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


def _refuse_far_cells(names: Sequence[str], glances: Mapping[str, workbook_parts.Sheet]) -> None:
    for name in names:
        glance = glances.get(name)
        if glance is not None and glance.rows * glance.columns > LARGEST_AREA:
            raise Refused("too_large", TOO_FAR, sheet=name, cell=glance.farthest)


def _looked_at(path: Path) -> Mapping[str, workbook_parts.Sheet]:
    """Unpacks once without keeping anything: a workbook may claim to be smaller than it is."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                # The old .xls is no zip, and not packed.
                return {}
        with zipfile.ZipFile(path) as parts:
            sizes = parts.infolist()
            if sum(part.file_size for part in sizes) > LARGEST_UNPACKED:
                raise Refused("too_large", TOO_LARGE, file=path.name)
            if any(part.filename == "xl/workbook.bin" for part in sizes):
                raise Refused("wrong_kind_of_file", BINARY, file=path.name)
            return workbook_parts.sheets(parts)
    except DAMAGES:
        raise Refused("damaged_file", DAMAGED, file=path.name) from None
    except OSError as error:
        raise _refused(path, error) from None


def _refused(path: Path, error: OSError) -> Refused:
    """An error without a number comes from a reader of the format, not from the system."""
    if error.errno is None or error.errno == errno.EINVAL:
        return Refused("damaged_file", DAMAGED, file=path.name)
    return refused_file(path, error)
