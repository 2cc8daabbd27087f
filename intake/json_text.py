"""JSON as it must be: every key once, every number a real one, every text whole, no nesting without end."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from domain.errors import Refused
from words import N_

DEEPEST = 64
LARGEST = 2**63

NOT_JSON = N_("This is no JSON: line {line}, character {character}. Please check brackets, commas and quotation marks.")
TWICE = N_("The field “{key}” stands here twice. Please keep one of them.")
NO_NUMBER = N_("{found} is no number that can be recorded.")
TOO_LARGE = N_("{found} is too large for a number.")
HALF_CHARACTER = N_("The text holds half a character ({code_point}). Please write the file as UTF-8 anew.")
TOO_DEEP = N_("Brackets are nested more than {limit} deep. That is not accepted.")

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)  # an unclosed text runs to the end
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str) -> Any:
    """The value that `text` holds. Raises Refused naming the path of what is wrong with it."""
    _refuse_too_deep(text)
    findings: list[_Wrong] = []

    def wrong(code: str, sentence: str, **params: Any) -> _Wrong:
        findings.append(_Wrong(code, sentence, params))
        return findings[-1]

    def pairs(fields: list[tuple[str, Any]]) -> Any:
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
        leaves = _walk(value, "")
        raise Refused.together([_refused(path, leaf) for path, leaf in leaves if isinstance(leaf, _Wrong)])
    if _HALF.search(text):
        _refuse_halves(value)
    return value


class _Wrong:
    """Stands in the parsed value where something is not acceptable, until its path is known."""

    def __init__(self, code: str, sentence: str, params: dict[str, Any]) -> None:
        self.code, self.sentence, self.params = code, sentence, params


def _refused(path: str, wrong: _Wrong) -> Refused:
    return Refused(wrong.code, wrong.sentence, path, **wrong.params)


def _walk(value: Any, path: str) -> list[tuple[str, Any]]:
    """Every leaf, and every key as a leaf of its own, with its path."""
    if isinstance(value, dict):
        found: list[tuple[str, Any]] = [(path, key) for key in value]
        for key, each in value.items():
            found += _walk(each, f"{path}.{key}" if path else key)
        return found
    if isinstance(value, list):
        return [leaf for n, each in enumerate(value) for leaf in _walk(each, f"{path}.{n}".lstrip("."))]
    return [(path, value)]


def _refuse_halves(value: Any) -> None:
    for path, leaf in _walk(value, ""):
        if not isinstance(leaf, str):
            continue
        for char in leaf:
            if "\ud800" <= char <= "\udfff":
                # The path may name the broken key itself.
                safe = path.encode("ascii", "backslashreplace").decode("ascii")
                raise Refused("encoding", HALF_CHARACTER, safe, code_point=f"U+{ord(char):04X}")


def _refuse_too_deep(text: str) -> None:
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
