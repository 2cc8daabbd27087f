"""Writes small Excel workbooks for the tests: just enough of the format, with the standard library."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DAY, MOMENT = 1, 2
"""Places of the two date formats in the styles: 14 and 22 are Excel's own numbers for them."""


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _types(len(names)))
        parts.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
        parts.writestr("xl/workbook.xml", _book(names))
        links = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
        parts.writestr("xl/_rels/workbook.xml.rels", _links([*links, ("styles", "styles.xml")]))
        formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22))
        parts.writestr("xl/styles.xml", f'{HEAD}<styleSheet xmlns="{SHEETS}"><cellXfs>{formats}</cellXfs></styleSheet>')
        for n, name in enumerate(names, start=1):
            rows = "".join(_row(y, row) for y, row in enumerate(sheets[name], start=1))
            sheet = f'{HEAD}<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>'
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


def _book(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names, start=1)
    )
    return f'{HEAD}<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _row(y: int, cells: Sequence[Any]) -> str:
    inside = "".join(_cell(f"{chr(65 + x)}{y}", cell) for x, cell in enumerate(cells) if cell is not None)
    return f'<row r="{y}">{inside}</row>'


def _cell(place: str, value: Any) -> str:
    match value:
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
