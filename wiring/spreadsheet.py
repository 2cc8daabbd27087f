"""A table that somebody takes along into a spreadsheet, in which nothing is calculated."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from intake.table import CALCULATED


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """With a byte-order mark and semicolons, as spreadsheets of our readers expect."""
    text = StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(heads)
    lines.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A spreadsheet would calculate what begins like a formula; an apostrophe keeps it a text."""
    return f"'{cell}" if cell.startswith(CALCULATED) else cell
