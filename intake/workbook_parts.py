"""What lies in a workbook besides values: how far its sheets reach, and cells that show a word for no value.

The reader of workbooks makes room for the whole area that a sheet fills, so that one stray cell at the far corner asks
for hundreds of gigabytes; and it gives formulas that went wrong as empty cells. So the parts are looked at before.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import PurePosixPath
from xml.etree import ElementTree

from intake.error_words import UNCALCULATED

CHUNK = 1 << 20
LONGEST_TAG = 4096
LARGEST_INDEX = 4 << 20

TOKEN = re.compile(
    rb"<(?:\w+:)?row(?=[\s/>])(?P<row>[^<>]*)>"
    rb"|<(?:\w+:)?c(?=[\s/>])(?P<cell>[^<>]*)>"
    rb"|<(?:\w+:)?v>(?P<word>#[^<>]{1,20})</"
    rb"|(?P<bare></(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^<>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*"
    rb"</(?:\w+:)?c>"
)
"""Rows, cells, the word of an error, and the end of a cell whose formula has no result."""
PLACE = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,7})["']""")
IS_ERROR = re.compile(rb"""\st=["']e["']""")

ODS_TOKEN = re.compile(
    rb"<table:table(?=\s)(?P<table>[^<>]*)>|<table:table-row(?=[\s/>])(?P<row>[^<>]*)>"
    rb"|<table:(?:covered-)?table-cell(?=[\s/>])(?P<cell>[^<>]*)>"
    rb"|<text:p>(?P<word>(?:#|Err:)[^<>]{1,20})</"
)
ODS_NAME = re.compile(rb'\stable:name="([^"]*)"')
ODS_REPEATED = re.compile(rb'\stable:number-(?:rows|columns)-repeated="([0-9]{1,7})"')


@dataclass
class Sheet:
    """`odd`: by row and column, counted from 1, the word that stands where there is no value."""

    rows: int = 0
    columns: int = 0
    odd: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def farthest(self) -> str:
        return f"{_letters(self.columns)}{self.rows}"

    def filled(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _letters(column: int) -> str:
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def sheets(parts: zipfile.ZipFile) -> Mapping[str, Sheet]:
    """By name; empty where the archive is no workbook of a kind that is known here. Reads every part to its end."""
    found: dict[str, Sheet] = {}
    names = _names(parts)
    for part in parts.infolist():
        with parts.open(part) as content:
            chunks = iter(lambda content=content: content.read(CHUNK), b"")  # type: ignore[misc]
            if part.filename in names:
                found[names[part.filename]] = _sheet(chunks)
            elif part.filename == "content.xml":
                found.update(_ods_sheets(chunks))
            else:
                for _ in chunks:
                    pass
    return found


# -- Excel ----------------------------------------------------------------------------------------


def _names(parts: zipfile.ZipFile) -> dict[str, str]:
    """Which part holds which sheet."""
    targets = {
        link.get("Id"): str(PurePosixPath("xl", link.get("Target", "").removeprefix("/xl/")))
        for link in _elements(parts, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    found = {}
    for sheet in _elements(parts, "xl/workbook.xml", "sheet"):
        id = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        if id in targets:
            found[targets[id]] = sheet.get("name", "")
    return found


def _elements(parts: zipfile.ZipFile, part: str, name: str) -> Iterator[ElementTree.Element]:
    if part not in parts.namelist() or parts.getinfo(part).file_size > LARGEST_INDEX:
        return
    try:
        root = ElementTree.fromstring(parts.read(part))
    except ElementTree.ParseError:
        return
    yield from (each for each in root.iter() if each.tag.rpartition("}")[2] == name)


def _tokens(chunks: Iterator[bytes], pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """What the pattern finds in a text that comes in pieces; nothing it finds is longer than LONGEST_TAG."""
    rest = b""
    for chunk in chunks:
        text, end = rest + chunk, 0
        for token in pattern.finditer(text):
            yield token
            end = token.end()
        rest = text[max(end, len(text) - LONGEST_TAG) :]


def _sheet(chunks: Iterator[bytes]) -> Sheet:
    sheet = Sheet()
    row = column = 0
    is_error = False
    for token in _tokens(chunks, TOKEN):
        match token.lastgroup:
            case "row":
                place = PLACE.search(token["row"])
                row, column = int(place[2]) if place else row + 1, 0
            case "cell":
                attributes = token["cell"]
                place = PLACE.search(attributes)
                column = _number(place[1]) if place and place[1] else column + 1
                row = int(place[2]) if place else row
                if not attributes.endswith(b"/"):
                    sheet.filled(row, column)
                is_error = IS_ERROR.search(attributes) is not None
            case "word" if is_error:
                sheet.odd[row][column] = token["word"].decode("utf-8", "replace")
            case "bare":
                sheet.odd[row][column] = UNCALCULATED
            case _:
                pass
    return sheet


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# -- OpenDocument ---------------------------------------------------------------------------------


def _ods_sheets(chunks: Iterator[bytes]) -> dict[str, Sheet]:
    found: dict[str, Sheet] = {}
    sheet = Sheet()
    row = column = row_ends = column_ends = 0
    is_error = False
    for token in _tokens(chunks, ODS_TOKEN):
        match token.lastgroup:
            case "table":
                name = ODS_NAME.search(token["table"])
                sheet = found[unescape(name[1].decode("utf-8", "replace")) if name else ""] = Sheet()
                row = row_ends = 0
            case "row":
                row, row_ends = row_ends + 1, row_ends + _repeated(token["row"])
                column = column_ends = 0
            case "cell":
                attributes = token["cell"]
                column, column_ends = column_ends + 1, column_ends + _repeated(attributes)
                if b"office:value-type=" in attributes:
                    sheet.filled(row_ends, column_ends)
                is_error = b'calcext:value-type="error"' in attributes
            case "word" if is_error:
                sheet.odd[row][column] = token["word"].decode("utf-8", "replace")
            case _:
                pass
    return found


def _repeated(attributes: bytes) -> int:
    said = ODS_REPEATED.search(attributes)
    return int(said[1]) if said else 1
