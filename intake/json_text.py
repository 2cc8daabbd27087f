"""JSON as it must be: every key once, every number a real one, every text whole, no nesting without end."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from domain.errors import MOST_FINDINGS, Refused
from words import N_

DEEPEST = 64
SHOWN = 60
"""Characters of a key that go into a path."""
LARGEST = 2**63
MOST_FIELDS = 2_000
"""Of one object, as many as a table may have columns."""

NOT_JSON = N_("This is no JSON: line {line}, character {character}. Please check brackets, commas and quotation marks.")
TWICE = N_("The field “{key}” stands here twice. Please keep one of them.")
NO_NUMBER = N_("{found} is no number that can be recorded.")
TOO_LARGE = N_("{found} is too large for a number.")
HALF_CHARACTER = N_(
    "Line {line}, character {character}: the text holds half a character ({code_point}). Please write it as UTF-8 anew."
)
TOO_MANY_FIELDS = N_("There are {found} fields here; at most {limit} are accepted.")
TOO_DEEP = N_("Brackets are nested more than {limit} deep. That is not accepted.")

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)  # an unclosed text runs to the end
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def parse(text: str, *, most_fields: int = MOST_FIELDS) -> Any:
    """The value that `text` holds. Raises Refused naming the path of what is wrong with it."""
    refuse_too_deep(text)
    value = _at_once(text, most_fields)
    return _with_care(text, most_fields) if value is _UNUSUAL else value


_UNUSUAL = object()
_decode = msgspec.json.Decoder().decode


def _at_once(text: str, most_fields: int) -> Any:
    """The value, or _UNUSUAL where anything about the text would have to be looked at more closely.

    A decoder that says nothing of repeated keys keeps the last of them. But where no text holds a quotation mark of
    its own, each key and each text has two, and whatever was dropped shows in their number.
    """
    if '\\"' in text or "\\\\" in text:
        return _UNUSUAL
    try:
        value = _decode(text)
        return value if text.count('"') == _quotation_marks(value, most_fields) else _UNUSUAL
    except (msgspec.MsgspecError, UnicodeError, RecursionError, _Unusual):
        return _UNUSUAL


class _Unusual(Exception):
    """A number or an object that is too large."""


def _quotation_marks(value: Any, most_fields: int) -> int:
    """How many a text has that holds this value and nothing else."""
    kind = type(value)
    if kind is str:
        return 2
    if kind is int and not -LARGEST <= value < LARGEST:
        raise _Unusual
    if kind is dict:
        if len(value) > most_fields:
            raise _Unusual
        return 2 * len(value) + _quotation_marks(list(value.values()), most_fields)
    if kind is not list:
        return 0
    found = 0
    for each in value:
        found += 2 if type(each) is str else _quotation_marks(each, most_fields)
    return found


def _with_care(text: str, most_fields: int) -> Any:
    findings: list[_Wrong] = []

    def wrong(code: str, sentence: str, **params: Any) -> _Wrong:
        if len(findings) < MOST_FINDINGS:
            findings.append(_Wrong(code, sentence, params))
        return findings[-1]

    def pairs(fields: list[tuple[str, Any]]) -> Any:
        if len(fields) > most_fields:
            return wrong("too_many_fields", TOO_MANY_FIELDS, found=len(fields), limit=most_fields)
        found = dict(fields)
        if len(found) != len(fields):
            seen: set[str] = set()
            twice = next(key for key, _ in fields if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            found[twice] = wrong("duplicate_key", TWICE, key=twice[:60])
        return found

    def real(digits: str) -> Any:
        number = float(digits)
        return number if math.isfinite(number) else wrong("out_of_range", TOO_LARGE, found=digits[:40])

    def whole(digits: str) -> Any:
        if len(digits) > 20 or not -LARGEST <= int(digits) < LARGEST:
            return wrong("out_of_range", TOO_LARGE, found=digits[:40])
        return int(digits)

    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_float=real,
            parse_int=whole,
            parse_constant=lambda name: wrong("not_a_number", NO_NUMBER, found=name),
        )
    except json.JSONDecodeError as error:
        raise Refused("not_json", NOT_JSON, line=error.lineno, character=error.colno) from None
    if findings:
        wrongs = ((path, leaf) for path, leaf in _walk(value, "") if isinstance(leaf, _Wrong))
        raise Refused.together([_refused(path, leaf) for path, leaf in islice(wrongs, MOST_FINDINGS)])
    if _HALF.search(text):
        _refuse_halves(value, text)
    return value


class _Wrong:
    """Stands in the parsed value where something is not acceptable, until its path is known."""

    def __init__(self, code: str, sentence: str, params: dict[str, Any]) -> None:
        self.code, self.sentence, self.params = code, sentence, params


def _refused(path: str, wrong: _Wrong) -> Refused:
    return Refused(wrong.code, wrong.sentence, path, **wrong.params)


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every leaf, and every key as a leaf of its own, with its path."""
    if isinstance(value, dict):
        yield from ((path, key) for key in value)
        for key, each in value.items():
            yield from _walk(each, f"{path}.{key[:SHOWN]}" if path else key[:SHOWN])
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _walk(each, f"{path}.{n}".lstrip("."))
    else:
        yield path, value


def _refuse_halves(value: Any, text: str) -> None:
    for path, leaf in _walk(value, ""):
        if not isinstance(leaf, str):
            continue
        for char in leaf:
            if "\ud800" <= char <= "\udfff":
                # The path may name the broken key itself.
                safe = path.encode("ascii", "backslashreplace").decode("ascii")
                line, character = _place_of_half(text)
                raise Refused(
                    "encoding", HALF_CHARACTER, safe, line=line, character=character, code_point=f"U+{ord(char):04X}"
                )


def _place_of_half(text: str) -> tuple[int, int]:
    """Line and character of the first escape that is one half without the other, both from 1."""
    first: re.Match[str] | None = None
    for escape in _ESCAPED.finditer(text):
        code = int(escape[1] or "0", 16)
        follows = first is not None and escape.start() == first.end()
        if first is not None and not (follows and 0xDC00 <= code <= 0xDFFF):
            break
        if first is not None:
            first = None
        elif 0xD800 <= code <= 0xDFFF:
            first = escape
            if code >= 0xDC00:
                break
    place = first.start() if first is not None else 0
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def refuse_too_deep(text: str) -> None:
    """Before anything is built of it."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for token in _BRACKETS.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Refused("too_deep", TOO_DEEP, limit=DEEPEST)
        elif mark in "]}":
            depth -= 1
