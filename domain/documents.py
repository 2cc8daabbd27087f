"""The three TOML documents that steer the product: how they are read, checked and kept in versions."""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Generic, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Refused
from domain.fact import DIRECTION_OVERRIDES
from domain.vocabulary import SENTENCES

T = TypeVar("T")
Place = tuple[str | int, ...]
"""The way to a value: names of tables and keys, positions in lists from 0."""

LONGEST_CHARACTERS = 1_000_000
ENDS_A_LONG_VALUE = re.compile(r"]|\"{3}|'{3}")

Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in TOML, a tuple in Python; its items stay strict."""


class DocumentRefused(Refused):
    """One finding in a document, with its line; the first one raised carries the others in `also`."""

    def __init__(self, code: str, text: str, place: Place = (), line: int = 0, **params: Any) -> None:
        super().__init__(code, text, ".".join(str(part) for part in place), **params)
        self.place = place
        self.line = line
        """Counted from 1; 0 until the document's text is at hand."""

    def __str__(self) -> str:
        return f"{self.line}: {super().__str__()}"

    @property
    def findings(self) -> tuple[DocumentRefused, ...]:
        return (self, *(each for each in self.also if isinstance(each, DocumentRefused)))

    def locate(self, lines: Mapping[Place, int]) -> None:
        """Find the line in the document's text."""
        written = self.place
        while written not in lines:
            written = written[:-1]
        self.line = lines[written]
        if self.code != "missing":
            # What follows is no key but one of several forms that a value may have.
            self.path = ".".join(str(part) for part in written)


class Part(BaseModel):
    """A table of a document: unknown keys, wrong types and endless numbers are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Document(Part):
    """A whole document."""

    def contradictions(self) -> Iterator[DocumentRefused]:
        """What does not fit together although every single value is well-formed."""
        return iter(())


D = TypeVar("D", bound=Document)


def load(text: str, model: type[D]) -> D:
    """The document as validated data, which nobody can change. Raises DocumentRefused with every finding, in order of
    lines."""
    return cast(D, _loaded(text, model))


@lru_cache(maxsize=32)
def _loaded(text: str, model: type[Document]) -> Document:
    """Each once while it is asked for: the same versions count for every follower, page and table."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    data = _toml(text)
    findings: list[DocumentRefused] = []
    try:
        document = model.model_validate(data)
    except ValidationError as error:
        findings = [_finding(each, model) for each in error.errors(include_url=False)]
    else:
        findings = list(document.contradictions())
    if not findings:
        return document
    lines = lines_of(text)
    for finding in findings:
        finding.locate(lines)
    findings.sort(key=lambda finding: finding.line)
    raise DocumentRefused.together(list(findings))


def nearest(found: str, known: list[str]) -> str:
    """The known name that was probably meant, else all of them."""
    close = get_close_matches(found, known, n=1)
    return close[0] if close else ", ".join(known)


# -- versions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Versions(Generic[T]):
    """A document through time. The first version counts from the beginning, each later one from its start."""

    first: T
    later: tuple[tuple[datetime, T], ...] = ()

    def published(self, valid_from: datetime | None, version: T) -> Self:
        """With one more version; of two with the same start the one published later counts.

        None = from the beginning, as for a version published before the log's first fact.
        """
        if valid_from is None:
            return type(self)(version, self.later)
        others = [each for each in self.later if each[0] != valid_from]
        return type(self)(self.first, tuple(sorted([*others, (valid_from, version)], key=lambda each: each[0])))

    def at(self, instant: datetime) -> T:
        """The version that counts at an instant; a version counts from the very instant it starts."""
        if not self.later:
            return self.first
        place = bisect_right(self.later, instant, key=lambda each: each[0])
        return self.later[place - 1][1] if place else self.first

    @property
    def latest(self) -> T:
        """The version that starts last, perhaps only in the future."""
        return self.later[-1][1] if self.later else self.first

    def starts(self) -> tuple[datetime, ...]:
        """The instants at which another version begins to count."""
        return tuple(start for start, _ in self.later)


# -- findings ---------------------------------------------------------------------------------------


def _finding(error: ErrorDetails, model: type[Document]) -> DocumentRefused:
    place: Place = error["loc"]
    context = dict(error.get("ctx") or {})
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        found = str(place[-1])
        return DocumentRefused("unknown_field", UNKNOWN_KEY, place, found=found, known=nearest(found, known))
    if error["type"] == "missing":
        return DocumentRefused("missing", MISSING_KEY, place, found=str(place[-1]))
    if error["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return DocumentRefused("wrong_type", NO_TABLE, place, found=_shown(error["input"]))
    if error["type"] == "tuple_type":
        return DocumentRefused("wrong_type", NO_LIST, place, found=_shown(error["input"]))
    if "sentence" in context:
        # A finding of our own: its type is the code.
        code, sentence = error["type"], str(context.pop("sentence"))
    else:
        code, sentence = SENTENCES.get(error["type"], ("wrong_form", DOES_NOT_FIT))
    context.setdefault("found", _shown(error["input"]))
    return DocumentRefused(code, sentence, place, **context)


def _known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that the table at a place may have."""
    for part in place:
        if isinstance(part, str) and (named := _fields(model).get(part)) is not None:
            model = named
    return sorted(each.alias or name for name, each in model.model_fields.items())


def _fields(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """The fields of a table that hold tables themselves, alone, in lists or by name."""
    found = {}
    for name, each in model.model_fields.items():
        inside = _table_in(each.annotation)
        if inside is not None:
            found[each.alias or name] = inside
    return found


def _table_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        inside = _table_in(argument)
        if inside is not None:
            return inside
    return None


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)[:60]


# -- lines ------------------------------------------------------------------------------------------


def _toml(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_CHARACTERS:
        raise DocumentRefused("too_long", TOO_LONG, line=1, limit=LONGEST_CHARACTERS)
    for number, line in enumerate(text.split("\n"), 1):
        for char in line:
            if char in DIRECTION_OVERRIDES or "\ud800" <= char <= "\udfff":
                code_point = f"U+{ord(char):04X}"
                raise DocumentRefused("forbidden_character", FORBIDDEN_CHARACTER, line=number, code_point=code_point)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise DocumentRefused("not_toml", TOO_DEEP, line=1) from None
    except ValueError as error:
        raise _unreadable(text.rstrip().split("\n"), str(error)) from None


def _unreadable(lines: list[str], message: str) -> DocumentRefused:
    """The reader's message in plain words, on the line where the trouble begins."""
    at = re.search(r"at line (\d+)", message)
    number = int(at[1]) if at else _unfinished(lines)
    if at is None and number < len(lines):
        return DocumentRefused("not_toml", UNCLOSED, line=number)
    sentence = next((text for pattern, text in SYNTAX.items() if re.search(pattern, message)), UNREADABLE)
    return DocumentRefused("not_toml", sentence, line=number)


def _unfinished(lines: list[str]) -> int:
    """The line of the statement that never ends, else the last line."""
    start = 0
    while start < len(lines):
        try:
            start = statement_at(lines, start)[1]
        except tomllib.TOMLDecodeError:
            return start + 1
    return len(lines)


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table, key and list item of a TOML text that is known to be valid.

    Cut into statements by trying: the fewest lines that can be read as TOML by themselves.
    """
    lines = text.split("\n")
    found: dict[Place, int] = {(): 1}
    counts: dict[Place, int] = {}
    header: Place = ()
    start = 0
    while start < len(lines):
        statement, end = statement_at(lines, start)
        if lines[start].lstrip().startswith("["):
            header = _header(statement, counts)
            for end_of_name in range(1, len(header) + 1):
                found.setdefault(header[:end_of_name], start + 1)
        else:
            _note(statement, header, lines[start:end], start + 1, found)
        start = end
    return found


def statement_at(lines: list[str], start: int) -> tuple[dict[str, Any], int]:
    for end in range(start + 1, len(lines)):
        if end > start + 1 and not ENDS_A_LONG_VALUE.search(lines[end - 1]):
            continue
        try:
            return tomllib.loads("\n".join(lines[start:end])), end
        except tomllib.TOMLDecodeError:
            continue
    return tomllib.loads("\n".join(lines[start:])), len(lines)


def _header(statement: dict[str, Any], counts: dict[Place, int]) -> Place:
    """The place that a [table] or the next of a [[list of tables]] opens."""
    place: Place = ()
    inside: Any = statement
    while inside:
        if isinstance(inside, list):
            counts[place] = counts.get(place, 0) + 1
            inside = inside[0]
        else:
            if place in counts:
                place = (*place, counts[place] - 1)
            key, inside = next(iter(inside.items()))
            place = (*place, key)
    return (*place, counts[place] - 1) if place in counts else place


def _note(value: object, place: Place, lines: list[str], first: int, found: dict[Place, int]) -> None:
    found.setdefault(place, first)
    if isinstance(value, dict):
        for key, inside in value.items():
            _note(inside, (*place, key), lines, first, found)
    elif isinstance(value, list):
        starts = _item_lines(value, lines)
        for number, inside in enumerate(value):
            _note(inside, (*place, number), lines[:1], first + starts[number], found)


def _item_lines(items: list[Any], lines: list[str]) -> list[int]:
    """How many lines below the start of its statement each item of a list stands.

    Again by trying. Items of a list inside another value count as standing where the statement begins.
    """
    if len(lines) == 1:
        return [0] * len(items)
    below: list[int] = []
    start = 0
    for end in range(1, len(lines) + 1):
        part = ("" if start == 0 else "x = [\n") + "\n".join(lines[start:end])
        value = _list_in(part + "\n]")
        if value is None:
            value = _list_in(part)
        if value is not None:
            below.extend([start] * len(value))
            start = end
    return [*below, *[start] * len(items)][: len(items)]


def _list_in(statement: str) -> list[Any] | None:
    try:
        value: Any = tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return None
    while isinstance(value, dict) and value:
        value = next(iter(value.values()))
    return value if isinstance(value, list) else None


# -- sentences --------------------------------------------------------------------------------------

UNKNOWN_KEY = "“{found}” is not known here. Possible is: {known}."
MISSING_KEY = "“{found}” is missing. Please add it."
NO_TABLE = "A section of its own with names and values is needed here, not {found}."
NO_LIST = "A list in square brackets is needed here, not {found}."
DOES_NOT_FIT = "{found} does not fit here. Please check it."
TOO_LONG = "The document is too long; at most {limit} characters fit."
TOO_DEEP = "The brackets are nested too deeply. Please write one list after the other."
FORBIDDEN_CHARACTER = "The text holds a character that is not allowed: {code_point}."
DOUBLED = "This name already stands further up in the same section. Please keep one of the two."
UNCLOSED = "A quotation mark or a bracket is opened here and never closed."
NO_EQUALS_SIGN = "The equals sign is missing. A line reads: name = value."
NO_DATE = "This date or time does not exist. Please check it."
UNREADABLE = "This line cannot be read. Write: name = value, texts in quotation marks, lists in square brackets."
SYNTAX = {
    r"overwrite|declare|Duplicate|mutate|redefine": DOUBLED,
    r"Unclosed|Unterminated|Expected ['\"][]']|Illegal character '\\n'": UNCLOSED,
    r"Expected ['\"]=": NO_EQUALS_SIGN,
    r"date or datetime": NO_DATE,
}
