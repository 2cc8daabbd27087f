"""Rows of a CSV file, with their line numbers, as strictly as the format allows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from domain.errors import Refused
from intake import table
from intake.table import Row
from intake.text_lines import Line, TooLong, too_long
from words import N_

UNCLOSED = N_(
    "From here on a quotation mark is not closed, or a cell is longer than {limit} characters. "
    "Please check the quotation marks."
)
STRAY_QUOTE = N_(
    "After a closing quotation mark the delimiter “{delimiter}” should come. "
    "A quotation mark inside a quoted text is written twice."
)
LINE_ENDS = N_("A carriage return stands in the middle of the line. Please save the file with usual line ends.")

Lines = Iterable[Line | TooLong]


def rows(lines: Lines, delimiter: str, header_row: int) -> Iterator[Row]:
    return table.rows(_cells(lines, delimiter, header_row))


def _cells(lines: Lines, delimiter: str, header_row: int) -> Iterator[tuple[int, list[str]]]:
    text = _text_from(lines, header_row)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        start = header_row + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refused(str(error), start, delimiter) from None
        if cells:
            yield start, cells


def _text_from(lines: Lines, first: int) -> Iterator[str]:
    for line in lines:
        if isinstance(line, TooLong):
            raise too_long(line)
        if line.number >= first:
            yield line.text


def _refused(reason: str, line: int, delimiter: str) -> Refused:
    if "expected after" in reason:
        return Refused("stray_quote", STRAY_QUOTE, row=line, delimiter=delimiter)
    if "new-line character" in reason:
        return Refused("line_ends", LINE_ENDS, row=line)
    return Refused("unclosed_quote", UNCLOSED, row=line, limit=csv.field_size_limit())
