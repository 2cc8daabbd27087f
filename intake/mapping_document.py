"""What may stand in a mapping file. Every key is explained in docs/reference/mappings.md."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.fact import Id, ZoneName, finding
from intake import moments
from intake.files import FileForm
from words import N_

ONE_SOURCE = N_("Please say with exactly one of column, value and text where this comes from.")
CONSTANT = N_("{found} is a fixed value. Please write it under [fact.constants].")
LOOKS_LIKE_ISO = N_(
    "“{found}” puts the day before the month in what looks like an ISO date. That cannot be told apart."
)
TWO_WAYS = N_(
    "“{one}” and “{other}” read “{found}” as two different times. Please keep the one that the file is written in."
)
ONE_FILE_NAME = N_(
    "“{found}” is no plain file name. The file lies beside the imported one; please name it without a folder."
)
SAME_SIGN = N_("The decimal sign and the sign between thousands cannot be the same.")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _readable(forms: list[str]) -> list[str]:
    for form in forms:
        if form.startswith("%Y-%d"):
            raise finding("time_format", LOOKS_LIKE_ISO, {"found": form})
        if not moments.is_readable(form):
            raise finding("time_format", moments.NO_FORMAT, {"found": form[:60]})
    for one, other in combinations(forms, 2):
        text = moments.read_in_two_ways(one, other)
        if text is not None:
            raise finding("time_format", TWO_WAYS, {"one": one, "other": other, "found": text})
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
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""One that needs no quotation marks in an expression."""


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


class FetchRule(_Part):
    """What the system is asked about a row that names only an id."""

    url: str
    token: Name
    when: str | None = None
    take: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10


class MappingDocument(_Part):
    title: str | None = None
    source: Id
    zone: ZoneName | None = None
    time_format: TimeFormats = []
    decimal: Sign | None = None
    thousands: Between | None = None
    null_values: list[str] = [""]
    true_values: list[str] = ["true", "yes", "ja", "1"]
    false_values: list[str] = ["false", "no", "nein", "0"]
    file: FileForm = FileForm()
    rows: RowsRule = RowsRule()
    lookup: dict[Name, LookupRule] = {}
    fetch: dict[Name, FetchRule] = {}
    let: dict[Name, str] = {}
    fact: Annotated[list[FactRule], Field(min_length=1)]

    @model_validator(mode="after")
    def _signs_differ(self) -> MappingDocument:
        if (self.decimal or ".") == self.thousands:
            raise finding("same_sign", SAME_SIGN, {})
        return self
