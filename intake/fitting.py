"""Whether a rule of a mapping fits the vocabulary: which fields a type has, what each of them can hold."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from domain.errors import Refused, possible
from domain.fact import Data
from domain.vocabulary import FACTS
from intake.mapping_document import FactRule
from intake.mapping_text import Source
from words import N_

Kind = Literal["text", "number", "yes_no", "moment", "any"]

UNKNOWN_TYPE = N_("There is no fact of type “{found}”. The known types are: {known}.")
UNKNOWN_FIELD = N_("{type} has no field “{field}”. Its fields are: {known}.")
TWICE = N_("The field “{field}” stands under data and under constants. Please keep one of them.")
FIELD_MISSING = N_("{type} needs the field “{field}”. Please say where it comes from.")
DOES_NOT_FIT = N_("{found} does not fit the field {field} of {type}.")
NOT_AMONG = N_("{found} is not among the possible values: {expected}.")


def check(n: int, rule: FactRule, source: Source) -> None:
    """Refuses a rule whose fields are not those of its type, or whose fixed values cannot stand in them."""
    kind = FACTS.get(rule.type)
    if kind is None:
        known = ", ".join(sorted(FACTS))
        with source.at("fact", n, "type"):
            raise Refused("unknown_type", UNKNOWN_TYPE, found=rule.type[:80], known=known)
    for place in ("data", "constants"):
        for field in getattr(rule, place):
            if field not in kind.model_fields:
                fields = ", ".join(kind.model_fields)
                with source.at("fact", n, place, field):
                    raise Refused("unknown_field", UNKNOWN_FIELD, type=rule.type, field=field[:60], known=fields)
    for field, value in rule.constants.items():
        with source.at("fact", n, "constants", field):
            if field in rule.data:
                raise Refused("duplicate_key", TWICE, field=field)
            _refuse_unfit(rule.type, field, value)
    for field, cell in rule.data.items():
        outcomes = [*(cell.values or {}).values(), *([] if cell.otherwise is None else [cell.otherwise])]
        with source.at("fact", n, "data", field):
            for value in outcomes:
                _refuse_unfit(rule.type, field, value)
    for field in sorted(needed(kind) - rule.data.keys() - rule.constants.keys()):
        with source.at("fact", n):
            raise Refused("missing", FIELD_MISSING, type=rule.type, field=field)


def kind_of(info: FieldInfo) -> Kind:
    leaves = set(_leaves(info.annotation)) - {type(None)}
    if leaves & {datetime, date}:
        return "moment"
    if leaves and leaves <= {int, float}:
        return "number"
    if leaves == {bool}:
        return "yes_no"
    if leaves and all(leaf is str or isinstance(leaf, str) for leaf in leaves):
        return "text"
    return "any"


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types that a field may hold; for a choice of words, the words."""
    if typing.get_origin(annotation) is Annotated:
        yield from _leaves(typing.get_args(annotation)[0])
    elif parts := typing.get_args(annotation):
        for part in parts:
            yield from _leaves(part)
    else:
        yield annotation


def needed(kind: type[Data]) -> frozenset[str]:
    found = _NEEDED.get(kind)
    if found is None:
        found = frozenset(name for name, info in kind.model_fields.items() if info.is_required())
        _NEEDED[kind] = found
    return found


_NEEDED: dict[type[Data], frozenset[str]] = {}


def _refuse_unfit(type_name: str, field: str, value: Any) -> None:
    """A fixed value must be one that the field can hold."""
    try:
        FACTS[type_name].model_validate({field: value})
    except ValidationError as error:
        # The other fields are missing here; only what is said about this one counts.
        for each in error.errors(include_url=False):
            if each["loc"][:1] == (field,):
                raise _unfit(type_name, field, value, dict(each.get("ctx") or {})) from None


def _unfit(type_name: str, field: str, value: Any, context: dict[str, Any]) -> Refused:
    found = repr(value)[:60]
    if "sentence" in context:
        # A finding of the domain's own.
        return Refused("unknown_value", context.pop("sentence"), **context)
    if "expected" in context:
        return Refused("unknown_value", NOT_AMONG, found=found, expected=possible(context["expected"]))
    return Refused("unknown_value", DOES_NOT_FIT, found=found, field=field, type=type_name)
