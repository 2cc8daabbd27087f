"""Rows out of JSON: one object a line, or a list somewhere in one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from domain.errors import Refused
from intake import json_text, table
from intake.refusal import in_row
from intake.table import Row
from intake.text_lines import Line, TooLong, too_long
from words import N_

LARGEST_DOCUMENT = 64 << 20

NO_OBJECT = N_('A JSON object such as {{"id": 1}} is needed here.')
NO_ROWS = N_("“{rows}” leads to no list of objects in this document. Please check rows in [file] of the mapping.")
TOO_LARGE = N_("The document is larger than {limit} MB. Please export it as JSON Lines, one object a line.")


def of_lines(lines: Iterable[Line | TooLong]) -> Iterator[Row]:
    """One row a line, empty lines passed over."""
    filled = False
    for line in lines:
        if isinstance(line, Line) and not line.text.strip():
            continue
        filled = True
        yield _of_line(line)
    if not filled:
        raise Refused("empty_file", table.EMPTY)


def _of_line(line: Line | TooLong) -> Row:
    if isinstance(line, TooLong):
        return Row(line.number, {}, too_long(line))
    try:
        value = json_text.parse(line.text)
    except Refused as refused:
        if "line" in refused.params:
            refused.params["line"] = line.number
        return Row(line.number, {}, in_row(refused, line.number))
    if not isinstance(value, dict):
        return Row(line.number, {}, Refused("wrong_type", NO_OBJECT, row=line.number))
    return Row(line.number, value)


def of_text(parts: Iterable[str], path_to_rows: str | None) -> Iterator[Row]:
    held: list[str] = []
    size = 0
    for part in parts:
        size += len(part)
        if size > LARGEST_DOCUMENT:
            raise Refused("too_large", TOO_LARGE, limit=LARGEST_DOCUMENT >> 20)
        held.append(part)
    text = "".join(held)
    if not text.strip():
        raise Refused("empty_file", table.EMPTY)
    # An object whose fields are the rows, each under its id, may have many.
    yield from of_document(json_text.parse(text, most_fields=LARGEST_DOCUMENT), path_to_rows)


def of_document(document: Any, path_to_rows: str | None) -> Iterator[Row]:
    """The rows of a parsed document: what `path_to_rows` leads to, else the list or the object that it is.

    `number` counts the objects from 1.
    """
    found = document
    if path_to_rows is not None:
        try:
            found = jmespath.search(path_to_rows, document)
        except JMESPathError:
            found = None
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        if path_to_rows is None:
            raise Refused("wrong_type", NO_OBJECT)
        raise Refused("no_rows", NO_ROWS, rows=path_to_rows)
    for number, value in enumerate(found, start=1):
        if isinstance(value, dict):
            yield Row(number, value)
        else:
            yield Row(number, {}, Refused("wrong_type", NO_OBJECT, row=number))
