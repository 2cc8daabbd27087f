"""Files as a firm has them: CSV, Excel, JSON and JSON Lines, packed with gzip or not, read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import Refused
from intake import csv_rows, excel_rows, json_rows, refused_table, text_lines
from intake.mapped import Mapped
from intake.table import Row
from intake.text_lines import OnBytes
from words import N_

__all__ = ["FileForm", "OnBytes", "Row", "read_facts", "read_rows"]

Format = Literal["csv", "excel", "json", "jsonl"]

ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "csv",
    ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".ods": "excel",
    ".json": "json",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip

UNKNOWN_KIND = N_(
    "What kind of file {file} is cannot be seen from its ending. Known are: {known}. "
    "Please rename it, or declare format in [file] of the mapping."
)


NO_FACT = N_(
    "This line of a file of refused facts holds none, because none could be made. Please mend the row where it "
    "came from."
)
OF_REFUSED = frozenset({"row", "code", "reason", "fact"})
"""The fields by which a line of such a file is known."""


class FileForm(BaseModel):
    """How a file is laid out, as a mapping declares it under [file] and [lookup.…]."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    format: Format | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] = 1
    rows: str | None = None

    def format_of(self, path: Path) -> Format:
        if self.format is not None:
            return self.format
        found = ENDINGS.get(_ending(path))
        if found is None:
            raise Refused("unknown_kind_of_file", UNKNOWN_KIND, file=path.name, known=", ".join(ENDINGS))
        return found


def read_rows(
    path: Path, *, form: FileForm | None = None, encoding: str | None = None, on_bytes: OnBytes | None = None
) -> Iterator[Row]:
    """The rows of a file, one after the other; what is wrong with the file as a whole is raised.

    `encoding` goes before the one that the mapping declares.
    """
    form = form or FileForm()
    between = refused_table.delimiter_of(path)
    if between is not None:
        # Our own file of refused rows says itself how it is written, whatever file they came from.
        text = text_lines.decoded(text_lines.chunks(path, on_bytes), encoding, file=path.name)
        yield from refused_table.undone(csv_rows.rows(text_lines.lines(text), between, 1))
        return
    kind = form.format_of(path)
    if kind == "excel":
        yield from excel_rows.rows(path, form.sheet, form.header_row)
        if on_bytes is not None:
            # A workbook is opened as a whole; there is nothing to tell in between.
            on_bytes(path.stat().st_size, path.stat().st_size)
        return
    text = text_lines.decoded(text_lines.chunks(path, on_bytes), encoding or form.encoding, file=path.name)
    if kind == "json":
        yield from json_rows.of_text(text, form.rows)
    elif kind == "jsonl":
        yield from json_rows.of_lines(text_lines.lines(text))
    else:
        delimiter = form.delimiter or ("\t" if _ending(path) == ".tsv" else ",")
        yield from csv_rows.rows(text_lines.lines(text), delimiter, form.header_row)


def read_facts(path: Path, *, encoding: str | None = None, on_bytes: OnBytes | None = None) -> Iterator[Mapped]:
    """The facts of a file that holds one envelope a line and needs no mapping."""
    text = text_lines.decoded(text_lines.chunks(path, on_bytes), encoding, file=path.name)
    for row in json_rows.of_lines(text_lines.lines(text)):
        if row.refused is not None:
            yield Mapped(row=row.number, refused=row.refused)
        elif row.values.keys() >= OF_REFUSED:
            yield _again(row)
        else:
            yield Mapped(row=row.number, envelope=dict(row.values))


def _again(row: Row) -> Mapped:
    """A line of a file of refused facts, which somebody may have mended."""
    fact = row.values["fact"]
    if not isinstance(fact, dict):
        return Mapped(row=row.number, refused=Refused("no_fact", NO_FACT, "fact", row=row.number))
    return Mapped(row=row.number, envelope=dict(fact))


def _ending(path: Path) -> str:
    name = path.name.casefold()
    return Path(name.removesuffix(".gz")).suffix
