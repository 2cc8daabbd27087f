"""The text of a mapping file as a document; whatever is wrong with it is said with its key, its line and a remedy."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Refused, possible
from intake.mapping_document import MappingDocument
from intake.toml_lines import line_of
from words import N_

NOT_TOML = N_("This is no valid TOML: {reason}.")
MISSING = N_("The key {key} is missing here. Please add it.")
UNKNOWN_KEY = N_("There is no key “{key}” here. Possible are: {known}.")
MEANT = N_("There is no key “{key}” here. Did you mean “{meant}”?")
NOT_AMONG = N_("{found} is not possible here. Possible are: {expected}.")

NEEDS_TEXT = N_("A text in quotation marks is needed here, not {found}.")
NEEDS_NUMBER = N_("A whole number of at least 1 is needed here, not {found}.")
NEEDS_TRUE_OR_FALSE = N_("true or false is needed here, not {found}.")
NEEDS_LIST = N_("A list in square brackets with at least one entry is needed here, not {found}.")
NEEDS_KEYS = N_("A group of keys is needed here, not {found}.")
NEEDS_OTHER = N_("{found} does not fit here.")
NEEDS = (
    ("string", NEEDS_TEXT),
    ("int", NEEDS_NUMBER),
    ("greater", NEEDS_NUMBER),
    ("less", NEEDS_NUMBER),
    ("bool", NEEDS_TRUE_OR_FALSE),
    ("list", NEEDS_LIST),
    ("too_short", NEEDS_LIST),
    ("model", NEEDS_KEYS),
    ("dict", NEEDS_KEYS),
)
"""How pydantic's names for what is wrong begin, and what we say."""


class Source:
    """The text of a mapping and its name, so that a refusal can say where in it something is wrong."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def refused(self, refused: Refused, path: Sequence[str | int]) -> Refused:
        """The same refusal, naming the key and its line."""
        if "mapping" not in refused.params:
            refused.path = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
            refused.params.update(mapping=self.name, mapping_line=line_of(self.text, path))
        return refused

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Whatever is refused inside concerns this key."""
        try:
            yield
        except Refused as refused:
            raise self.refused(refused, path) from None


def read(source: Source) -> MappingDocument:
    try:
        given = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        refused = source.refused(Refused("toml", NOT_TOML, reason=str(error)), ())
        if line := re.search(r"at line (\d+)", str(error)):
            refused.params["mapping_line"] = int(line[1])
        raise refused from None
    try:
        return MappingDocument.model_validate(given)
    except ValidationError as error:
        raise Refused.together([_finding(each, source) for each in error.errors(include_url=False)]) from None


def _finding(error: ErrorDetails, source: Source) -> Refused:
    path = [part for part in error["loc"] if part != "[key]"]
    found = repr(error.get("input"))[:60]
    context = dict(error.get("ctx") or {})
    kind = error["type"]
    if "sentence" in context:
        sentence = context.pop("sentence")
        return source.refused(Refused(kind, sentence, **context), path)
    if kind == "missing":
        refused = Refused("missing", MISSING, key=str(path[-1]))
    elif kind == "extra_forbidden":
        refused = _unknown_key(str(path[-1]), keys_at(path[:-1]))
    elif kind == "literal_error":
        refused = Refused("unknown_value", NOT_AMONG, found=found, expected=possible(str(context.get("expected", ""))))
    else:
        sentence = next((words for start, words in NEEDS if kind.startswith(start)), NEEDS_OTHER)
        refused = Refused("wrong_type", sentence, found=found)
    return source.refused(refused, path)


def _unknown_key(key: str, known: Sequence[str]) -> Refused:
    meant = difflib.get_close_matches(key, known, n=1, cutoff=0.75)
    if meant:
        return Refused("unknown_key", MEANT, key=key, meant=meant[0])
    return Refused("unknown_key", UNKNOWN_KEY, key=key, known=", ".join(known))


def keys_at(path: Sequence[str | int]) -> list[str]:
    """The keys that may stand in the table that `path` leads to."""
    model: type[BaseModel] = MappingDocument
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone or in a list or table."""
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return annotation if issubclass(annotation, BaseModel) else None
    for part in typing.get_args(annotation):
        if found := _model_in(part):
            return found
    return None
