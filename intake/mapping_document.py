"""What may stand in a mapping file. Every key is explained in docs/reference/mappings.md."""

from __future__ import annotations

import difflib
import re
import tomllib
import typing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from domain.errors import Refused
from domain.fact import Id, ZoneName, finding
from intake import moments
from intake.files import FileForm
from intake.toml_lines import line_of
from words import N_

NOT_TOML = N_("This is no valid TOML: {reason}.")
MISSING = N_("The key {key} is missing here. Please add it.")
UNKNOWN_KEY = N_("There is no key “{key}” here. Possible are: {known}.")
MEANT = N_("There is no key “{key}” here. Did you mean “{meant}”?")
NOT_AMONG = N_("{found} is not possible here. Possible are: {expected}.")
ONE_SOURCE = N_("Please say with exactly one of column, value and text where this comes from.")
CONSTANT = N_("{found} is a fixed value. Please write it under [fact.constants].")
LOOKS_LIKE_ISO = N_(
    "“{found}” puts the day before the month in what looks like an ISO date. That cannot be told apart."
)
ONE_FILE_NAME = N_(
    "“{found}” is no plain file name. The file lies beside the imported one; please name it without a folder."
)
SAME_SIGN = N_("The decimal sign and the sign between thousands cannot be the same.")

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


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _readable(forms: list[str]) -> list[str]:
    for form in forms:
        if form.startswith("%Y-%d"):
            raise finding("time_format", LOOKS_LIKE_ISO, {"found": form})
        if not moments.is_readable(form):
            raise finding("time_format", moments.NO_FORMAT, {"found": form[:60]})
    return forms


def _plain_file_name(name: str) -> str:
    if not name or name in (".", "..") or re.search(r"[/\\\x00]", name):
        raise finding("file_name", ONE_FILE_NAME, {"found": name[:60]})
    return name


TimeFormats = Annotated[list[str], BeforeValidator(_as_list), AfterValidator(_readable)]
Names = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
Sign = Literal[".", ","]
Between = Literal[".", ",", " ", "'"]
Scalar = str | int | float | bool


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class FieldRule(_Part):
    """Where one field of a fact comes from. A text alone is short for `value`."""

    column: str | None = None
    value: str | None = None
    text: str | None = None
    values: dict[str, Scalar] | None = None
    otherwise: Scalar | None = None
    time_format: TimeFormats | None = None
    decimal: Sign | None = None
    thousands: Between | None = None
    clears: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"value": given}
        if isinstance(given, bool | int | float):
            raise finding("constant", CONSTANT, {"found": repr(given)})
        return given

    @model_validator(mode="after")
    def _from_one_place(self) -> FieldRule:
        if [self.column, self.value, self.text].count(None) != 2:
            raise finding("one_source", ONE_SOURCE, {})
        return self


class ChangeRule(_Part):
    """What a repeat of the fact's key with other content may become. A list alone is short for `become`."""

    become: Annotated[
        list[Literal["promise.renegotiated", "promise.changed", "promise.assigned", "customer.changed"]],
        Field(min_length=1),
    ]
    time: FieldRule | None = None
    data: dict[Literal["reason", "alternative", "asked_by", "agreed"], FieldRule] = {}

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"become": given} if isinstance(given, list) else given


class FactRule(_Part):
    """One fact that a row gives."""

    type: str
    when: str | None = None
    each: str | None = None
    id: Annotated[str, Field(min_length=1)]
    time: FieldRule
    sequence: str | None = None
    data: dict[str, FieldRule] = {}
    constants: dict[str, Scalar] = {}
    on_change: ChangeRule | None = None


class RowsRule(_Part):
    """Which rows count, and how they belong together."""

    when: str | None = None
    group_by: Names | None = None
    order_by: Names | None = None
    sorted: bool = False


class LookupRule(FileForm):
    """Columns of another file, found by a key."""

    file: Annotated[str, AfterValidator(_plain_file_name)]
    key: str
    by: str | None = None


class MappingDocument(_Part):
    title: str | None = None
    source: Id
    zone: ZoneName | None = None
    time_format: TimeFormats = []
    decimal: Sign = "."
    thousands: Between | None = None
    null_values: list[str] = [""]
    true_values: list[str] = ["true", "yes", "ja", "1"]
    false_values: list[str] = ["false", "no", "nein", "0"]
    file: FileForm = FileForm()
    rows: RowsRule = RowsRule()
    lookup: dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], LookupRule] = {}
    fact: Annotated[list[FactRule], Field(min_length=1)]

    @model_validator(mode="after")
    def _signs_differ(self) -> MappingDocument:
        if self.decimal == self.thousands:
            raise finding("same_sign", SAME_SIGN, {})
        return self


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
        refused = Refused("unknown_value", NOT_AMONG, found=found, expected=str(context.get("expected", "")))
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
