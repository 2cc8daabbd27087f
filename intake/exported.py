"""Our own export as a table: one row a fact, made so that no spreadsheet takes a customer's words for a formula.

Texts stand as they are; one that a spreadsheet would calculate, or that reads like something else, gets a
leading apostrophe, which reading takes away again. Everything else is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from domain.errors import Refused
from domain.vocabulary import FACTS
from intake import files, json_text
from intake.files import OnBytes
from intake.mapped import Mapped
from intake.refusal import in_column, in_row
from intake.table import CALCULATED, Row
from words import N_

SHELL = ("source", "id", "type", "time", "sequence", "zone", "recorded")
NUMBERS = frozenset({"sequence"})
NULL = "null"

NEEDS_MAPPING = N_("{file} needs a mapping that says what its columns mean: --mapping NAME. There are: {known}.")


@cache
def columns() -> tuple[str, ...]:
    """The columns of the table; the same for every export."""
    fields = dict.fromkeys(name for kind in FACTS.values() for name in kind.model_fields)
    return (*SHELL, *(f"data.{name}" for name in fields))


def row(envelope: dict[str, Any]) -> list[str]:
    """The cells of a fact."""
    values = {name: envelope[name] for name in SHELL if name in envelope}
    values |= {f"data.{name}": value for name, value in envelope["data"].items()}
    return [_cell(values[name]) if name in values else "" for name in columns()]


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if not value or value == NULL or value.startswith(CALCULATED):
        return f"'{value}"
    return value


def is_ours(names: tuple[str, ...] | list[str]) -> bool:
    """Whether these columns are those of an export, perhaps of an older version."""
    return set(SHELL) <= set(names) <= set(columns())


def facts(path: Path, rows: Iterator[Row]) -> Iterator[Mapped]:
    """The facts of an export."""
    for each in rows:
        if each.refused is not None:
            yield Mapped(row=each.number, refused=each.refused)
            continue
        try:
            yield Mapped(row=each.number, envelope=_envelope(each), columns={name: name for name in each.values})
        except Refused as refused:
            yield Mapped(row=each.number, refused=in_row(refused, each.number))


def _envelope(row: Row) -> dict[str, Any]:
    kind = _text(row.values["type"])
    found: dict[str, Any] = {"specversion": "1.0"}
    data: dict[str, Any] = {}
    for column, cell in row.values.items():
        if cell == "":
            continue
        name = column.removeprefix("data.")
        place, is_text = (data, _holds_text(kind, name)) if column != name else (found, name not in NUMBERS)
        try:
            place[name] = _value(cell, is_text)
        except Refused as refused:
            raise in_column(refused, column, cell) from None
    return {**found, "data": data}


def _value(cell: str | bool | float, is_text: bool) -> Any:
    if not isinstance(cell, str):
        # A spreadsheet has made a value of it.
        return json.dumps(cell) if is_text else cell
    if cell == NULL:
        return None
    return _text(cell) if is_text else json_text.parse(cell)


def _text(cell: str) -> str:
    return cell.removeprefix("'")


@cache
def _holds_text(kind: str, field: str) -> bool:
    """Whether a field is written as text; what nobody knows is, and is refused later by its name."""
    model = FACTS.get(kind)
    if model is None or field not in model.model_fields:
        return True
    return any(part in (str, date, datetime) for part in _parts(model.model_fields[field].annotation))


def _parts(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from (type(value) for value in get_args(annotation))
        return
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def read(path: Path, *, known: str, encoding: str | None = None, on_bytes: OnBytes | None = None) -> Iterator[Mapped]:
    """The facts of a file that no mapping was named for: our own export, or refused.

    `known` are the mappings that there are.
    """
    rows = files.read_rows(path, encoding=encoding, on_bytes=on_bytes)
    first = next(rows, None)
    if first is None or not is_ours(list(first.values)):
        raise Refused("mapping_needed", NEEDS_MAPPING, file=path.name, known=known)
    yield from facts(path, _and(first, rows))


def _and(first: Row, others: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from others
