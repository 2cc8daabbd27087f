"""A refusal that says where in a file it happened: in which row, in which column, with which value."""

from __future__ import annotations

from typing import Any

from domain.errors import Refused
from words import N_

ROW_AND_COLUMN = N_("Row {row}, column “{column}”: ")
ROW = N_("Row {row}: ")
IN_MAPPING = N_("{mapping}, line {mapping_line} ({key}): ")
IN_FILE = N_("{in_file}: ")
IN_FILE_ROW = N_("{in_file}, row {row}: ")

SHOWN = 60
"""Characters of a value that are shown; the file holds the rest."""


def in_column(refused: Refused, column: str, value: object) -> Refused:
    """The same refusal, naming the column and what was found in it, unless it names one already."""
    if "column" not in refused.params:
        refused.path = refused.path or column
        refused.params.update(column=column, value=shown(value))
    return refused


def in_row(refused: Refused, row: int) -> Refused:
    """The same refusal and everything found with it, naming the row."""
    for each in (refused, *refused.also):
        each.params.setdefault("row", row)
    return refused


def place(refused: Refused) -> tuple[str, dict[str, Any]]:
    """The words that go before the sentence of a refusal, as a text to translate and its params."""
    if "mapping" in refused.params:
        return IN_MAPPING, {**refused.params, "key": refused.path or "…"}
    if "in_file" in refused.params:
        return (IN_FILE_ROW if "row" in refused.params else IN_FILE), refused.params
    if "row" not in refused.params:
        return "", {}
    return (ROW_AND_COLUMN if refused.params.get("column") else ROW), refused.params


def shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
