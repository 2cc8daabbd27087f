"""Writes small workbooks for the tests, new, old and of LibreOffice: just enough of the formats, with the standard
library."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIDDEN = ' state="hidden"'
DAY, MOMENT = 1, 2
"""Places of the two date formats in the styles: 14 and 22 are Excel's own numbers for them."""


@dataclass(frozen=True)
class Formula:
    """A cell that is reckoned; without a `result` it never was."""

    result: Any = None


@dataclass(frozen=True)
class Wrong:
    """A cell in which a formula went wrong."""

    word: str


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    hidden: Sequence[str] = (),
    merged: Mapping[str, str] | None = None,
    from_1904: bool = False,
    stray: Mapping[str, str] | None = None,
) -> Path:
    """`merged`: by sheet the area, such as A2:A4. `stray`: by sheet a cell far away, such as XFD1048576.
    `from_1904`: days are counted as old Macs did."""
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _types(len(names)))
        parts.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
        parts.writestr("xl/workbook.xml", _book(names, hidden, from_1904))
        links = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
        parts.writestr("xl/_rels/workbook.xml.rels", _links([*links, ("styles", "styles.xml")]))
        formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22))
        parts.writestr("xl/styles.xml", f'{HEAD}<styleSheet xmlns="{SHEETS}"><cellXfs>{formats}</cellXfs></styleSheet>')
        for n, name in enumerate(names, start=1):
            rows = "".join(_row(y, row) for y, row in enumerate(sheets[name], start=1))
            far = (stray or {}).get(name)
            if far is not None:
                rows += f'<row r="{far.lstrip(LETTERS)}"><c r="{far}"><v>1</v></c></row>'
            area = (merged or {}).get(name)
            after = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>' if area else ""
            sheet = f'{HEAD}<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData>{after}</worksheet>'
            parts.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
    return path


def _types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{kind}.{name}+xml"/>'
        for part, name in [
            ("workbook.xml", "sheet.main"),
            ("styles.xml", "styles"),
            *((f"worksheets/sheet{n}.xml", "worksheet") for n in range(1, count + 1)),
        ]
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    default = f'<Default Extension="rels" ContentType="{rels}"/>'
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{default}{overrides}</Types>'


def _links(links: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(links, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def _book(names: Sequence[str], hidden: Sequence[str], from_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}"{HIDDEN if name in hidden else ""} r:id="r{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    how = '<workbookPr date1904="1"/>' if from_1904 else ""
    return f'{HEAD}<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}">{how}<sheets>{sheets}</sheets></workbook>'


def _row(y: int, cells: Sequence[Any]) -> str:
    inside = "".join(_cell(f"{_column(x)}{y}", cell) for x, cell in enumerate(cells) if cell is not None)
    return f'<row r="{y}">{inside}</row>'


def _column(x: int) -> str:
    return LETTERS[x] if x < 26 else LETTERS[x // 26 - 1] + LETTERS[x % 26]


def _cell(place: str, value: Any) -> str:
    match value:
        case Wrong(word):
            return f'<c r="{place}" t="e"><f>X</f><v>{word}</v></c>'
        case Formula(None):
            return f'<c r="{place}"><f>A1+1</f></c>'
        case Formula(result):
            return f'<c r="{place}"><f>A1+1</f><v>{result}</v></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value}</v></c>'
        case datetime():
            return f'<c r="{place}" s="{MOMENT}"><v>{_days(value)}</v></c>'
        case date():
            return f'<c r="{place}" s="{DAY}"><v>{_days(datetime(value.year, value.month, value.day))}</v></c>'  # noqa: DTZ001
        case _:
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _days(moment: datetime) -> float:
    return (moment - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001


# -- LibreOffice ----------------------------------------------------------------------------------

OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def open_document(path: Path, name: str, rows: Sequence[Sequence[Any]]) -> Path:
    """An .ods file with one sheet, which ends as LibreOffice ends one: with a million empty rows."""
    inside = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    end = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    table = f'<table:table table:name="{escape(name)}">{inside}{end}</table:table>'
    spaces = "".join(f' xmlns:{each}="{OASIS}{each}:1.0"' for each in ("office", "table", "text"))
    content = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        parts.writestr("mimetype", kind, zipfile.ZIP_STORED)
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        space = f'xmlns:manifest="{OASIS}manifest:1.0"'
        parts.writestr("META-INF/manifest.xml", f"{HEAD}<manifest:manifest {space}>{entry}</manifest:manifest>")
        parts.writestr(
            "content.xml",
            f'{HEAD}<office:document-content{spaces} xmlns:calcext="{CALCEXT}">{content}</office:document-content>',
        )
    return path


def _ods_cell(value: Any) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case Wrong(word):
            kind, shown = 'office:value-type="string" calcext:value-type="error"', word
        case int() | float():
            kind, shown = f'office:value-type="float" office:value="{value}"', str(value)
        case date():
            kind, shown = f'office:value-type="date" office:date-value="{value.isoformat()}"', value.isoformat()
        case _:
            kind, shown = 'office:value-type="string"', escape(str(value))
    return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"


# -- the old Excel --------------------------------------------------------------------------------

FREE, END, TABLE_OF_SECTORS = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def old_workbook(path: Path, name: str, rows: Sequence[Sequence[Any]], *, password: bool = False) -> Path:
    """An .xls file with one sheet, of texts and numbers."""
    cells = b"".join(
        _old_cell(y, x, cell) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell is not None
    )
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    begin += _record(0x002F, struct.pack("<HHH", 1, 1, 1)) if password else b""
    title = name.encode("latin-1")
    start = len(begin) + 4 + 8 + len(title) + 4
    sheets = _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(title), 0) + title)
    of_sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    stream = begin + sheets + _record(0x000A, b"") + of_sheet + cells + _record(0x000A, b"")
    path.write_bytes(_compound("Workbook", stream))
    return path


def protected(path: Path) -> Path:
    """What Excel makes of an .xlsx that is saved with a password."""
    path.write_bytes(_compound("EncryptedPackage", b"secret"))
    return path


def _old_cell(y: int, x: int, value: Any) -> bytes:
    if isinstance(value, int | float):
        return _record(0x0203, struct.pack("<HHHd", y, x, 0, value))
    text = str(value)
    return _record(0x0204, struct.pack("<HHHHB", y, x, 0, len(text), 1) + text.encode("utf-16-le"))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(name: str, stream: bytes) -> bytes:
    """A file of sectors as Microsoft had it: a header, the table of sectors, the directory, and one stream."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // SECTOR)
    chain = [TABLE_OF_SECTORS, END, *range(3, count + 2), END]
    directory = _entry("Root Entry", 5, child=1, start=END, size=0) + _entry(
        name, 2, child=FREE, start=2, size=len(stream)
    )
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    sectors = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff") + directory.ljust(SECTOR, b"\0")
    return head + sectors + stream.ljust(count * SECTOR, b"\0")


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    return head + struct.pack("<3I", FREE, FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
