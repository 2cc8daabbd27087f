"""Settings from the environment: every setting may come from there, which is how containers are told.

`mail.host` is KONTO_MAIL_HOST; with _FILE at the end the value stands in a file, as secrets do that a
container engine hands over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_origin

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from domain.documents import Part, nearest
from domain.errors import Refused
from words import N_

PREFIX = "KONTO_"
FILE = "_FILE"
MASTER_KEY, NEXT_MASTER_KEY = "KONTO_MASTER_KEY", "KONTO_MASTER_KEY_NEXT"
"""The vault's key, where it lies in the environment, and the one that is to take its place."""
OTHERS = {
    "KONTO_HOME",
    "KONTO_KEYS_FILE",
    "KONTO_DASHBOARD_TOKEN",
    "KONTO_CONTAINER",
    *(name + end for name in (MASTER_KEY, NEXT_MASTER_KEY) for end in ("", FILE)),
}
"""Variables of ours that are no settings."""
FOR_TESTS = "KONTO_TEST_"


class Setting(NamedTuple):
    section: str | None
    name: str
    field: FieldInfo

    @property
    def variable(self) -> str:
        return PREFIX + "_".join(filter(None, (self.section, self.name))).upper()


class UnsafeSetting(Refused):
    """`text` says what is wrong with {name} and what to do."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__("unsafe_setting", text, name, name=name)


EMPTY = N_("{name} is empty. Please set it or remove it.")
TWICE = N_("{name} is given twice, once as a file. Please keep one of them.")
NO_FILE = N_("The file that {name} names cannot be read. Please check its path and its rights.")


class UnknownVariable(Refused):
    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            "unknown_setting",
            "There is no setting {found} in the environment. Did you mean {known}? Please correct or remove it.",
            found,
            found=found,
            known=known,
        )


class WrongVariable(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(
            "wrong_setting",
            "The value of {name} does not fit; docs/reference/settings.md says what it may be.",
            name,
            name=name,
        )


def each(model: type[BaseModel], section: str | None = None) -> Iterator[Setting]:
    """Every single setting; those that are a list of names of their own are written in the file only."""
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, Part):
            yield from each(inner, name)
        elif get_origin(inner) is not dict:
            yield Setting(section, name, info)


class ByName(NamedTuple):
    """What the environment says of sections that have names of their own, and the variables that said it."""

    values: dict[str, Any]
    variables: frozenset[str]


def by_name(
    model: type[BaseModel], section: str, name: str, sections: Iterable[str], environment: Mapping[str, str]
) -> ByName:
    """One setting of each such section: `password` of `[mailboxes.info]` is KONTO_MAILBOXES_INFO_PASSWORD."""
    values: dict[str, Any] = {}
    variables: set[str] = set()
    for each_section in sections:
        setting = Setting(f"{section}_{each_section}", name, model.model_fields[name])
        given = [variable for variable in (setting.variable, setting.variable + FILE) if variable in environment]
        if len(given) > 1:
            raise UnsafeSetting(setting.variable, TWICE)
        for variable in given:
            values[each_section] = _value(setting, variable, environment[variable])
            variables.add(variable)
    return ByName(values, frozenset(variables))


def told(
    model: type[BaseModel], environment: Mapping[str, str], *, beside: Collection[str] = ()
) -> dict[str | None, dict[str, Any]]:
    """What the environment says, by section, `beside` what was heard already. Raises Refused, naming the variable."""
    known = {setting.variable: setting for setting in each(model)}
    found: dict[str | None, dict[str, Any]] = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable.startswith(FOR_TESTS):
            continue
        if variable in OTHERS or variable in beside:
            continue
        setting = known.get(variable) or known.get(variable.removesuffix(FILE))
        if setting is None:
            raise UnknownVariable(variable, nearest(variable, list(known)))
        if variable != setting.variable and setting.variable in environment:
            raise UnsafeSetting(setting.variable, TWICE)
        found.setdefault(setting.section, {})[setting.name] = _value(setting, variable, environment[variable])
    return found


def _value(setting: Setting, variable: str, text: str) -> Any:
    if variable != setting.variable:
        text = text_in(variable, text)
    if not text:
        raise UnsafeSetting(variable, EMPTY)
    hint: Any = setting.field.annotation
    for rule in setting.field.metadata:
        hint = Annotated[hint, rule]
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    try:
        return adapter.validate_strings(text)
    except ValidationError:
        # Not what pydantic says: it would show the value, which may be a secret.
        raise WrongVariable(variable) from None


def secret(name: str, environment: Mapping[str, str]) -> SecretStr | None:
    """What a variable that is no setting says, itself or in a file. Raises UnsafeSetting."""
    given = [variable for variable in (name, name + FILE) if variable in environment]
    if len(given) > 1:
        raise UnsafeSetting(name, TWICE)
    for variable in given:
        text = environment[variable] if variable == name else text_in(variable, environment[variable])
        if not text.strip():
            raise UnsafeSetting(variable, EMPTY)
        return SecretStr(text.strip())
    return None


def text_in(variable: str, file: str) -> str:
    """The content of the file that a variable names, without the line's end."""
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UnsafeSetting(variable, NO_FILE) from None
