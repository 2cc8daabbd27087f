"""A refusal in the reader's words: where it is, what was found, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from domain.documents import DocumentRefused
from domain.errors import Refused
from intake import refusal
from intake.mapped import Mapped
from words import N_, Translator

IN_DOCUMENT = N_("{in_file}, line {line}, {key}: ")
IN_LINE = N_("{in_file}, line {line}: ")
AT_KEY = N_("{key}: ")


def sentence(refused: Refused, t: Translator) -> str:
    """One line: the place, then the sentence."""
    return printable(_place(refused, t) + _filled(t.gettext(refused.text), refused.params))


def _place(refused: Refused, t: Translator) -> str:
    if isinstance(refused, DocumentRefused) and refused.params.get("in_file"):
        key = refused.path
        text = IN_DOCUMENT if key else IN_LINE
        return t.gettext(text).format(in_file=refused.params["in_file"], line=refused.line, key=key)
    text, params = refusal.place(refused)
    if text:
        return _filled(t.gettext(text), params)
    if refused.path and refused.path.startswith("--"):
        return t.gettext(AT_KEY).format(key=refused.path)
    return ""


def _filled(template: str, params: dict[str, Any]) -> str:
    return template.format(**params)


def printable(text: str) -> str:
    """With control characters as their code, so that nobody else's text steers a terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\u00a0\u202f" else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


NAME_THEIR_LINE = frozenset({"encoding", "not_json"})
"""Refusals whose sentence says the line itself."""


def errors(refusals: Iterable[tuple[Mapped | None, Refused]], t: Translator) -> Iterator[dict[str, Any]]:
    """What is wrong with a file, as the command line says it in JSON: row, column, value, hint."""
    for origin, first in refusals:
        for refused in (first, *first.also):
            yield {
                "row": origin.row if origin is not None else refused.params.get("row", refused.params.get("line")),
                "column": _column(origin, refused),
                "value": _value(origin, refused),
                "code": refused.code,
                "hint": printable(_filled(t.gettext(refused.text), refused.params)),
            }


def _column(origin: Mapped | None, refused: Refused) -> str | None:
    named = refused.params.get("column")
    if named is None and origin is not None:
        named = origin.columns.get(refused.path)
    return named or refused.path or None


def _value(origin: Mapped | None, refused: Refused) -> Any:
    """What was found there: as the row has it, else as the fact would have had it."""
    for name in ("value", "found"):
        if name in refused.params:
            return refused.params[name]
    found: Any = None if origin is None or not refused.path else origin.envelope
    for part in refused.path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found if isinstance(found, str | int | float | bool) else None


def row_sentence(error: dict[str, Any], t: Translator) -> str:
    """An entry of `errors` as one line."""
    row, column = error["row"], error["column"]
    if row is None or error["code"] in NAME_THEIR_LINE:
        return str(error["hint"])
    text = refusal.ROW_AND_COLUMN if column else refusal.ROW
    return printable(t.gettext(text).format(row=row, column=column) + error["hint"])
