"""Writes the reference pages from the code: `python docs/reference/generate.py`.

What a thing is called, its type and its default come from the code, what it means from `meanings.toml` beside this
file, and of a rule from `projections/rule_words.py`. Whatever has no meaning there stops this, and so fails the test
that compares the pages with what comes out here.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

import typer  # noqa: E402
from babel.messages.pofile import read_po  # noqa: E402
from pydantic import BaseModel, SecretStr  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from dashboard.serve import TOKEN_VARIABLE  # noqa: E402
from domain import alert, fact, people, rulebook  # noqa: E402
from domain.account import SENTENCES  # noqa: E402
from domain.fact import Data  # noqa: E402
from domain.vault import plan  # noqa: E402
from domain.vocabulary import FACTS  # noqa: E402
from projections import kpis, outbox  # noqa: E402
from projections.filters import DIMENSIONS  # noqa: E402
from projections.promises import STATES  # noqa: E402
from projections.rule_words import RULES, SECTIONS  # noqa: E402
from projections.rules import origin  # noqa: E402
from tests.controls import EXAMPLES  # noqa: E402
from wiring import keys  # noqa: E402
from wiring.commands import konto  # noqa: E402
from wiring.environment import PREFIX  # noqa: E402
from wiring.settings import CONTAINER, UNSAFE, SchemaName, Settings  # noqa: E402
from wiring.shell import DEFAULT_HOME, HOME_VARIABLE  # noqa: E402
from words import translator  # noqa: E402
from words.names import ALERTS  # noqa: E402
from workers.messages.wordings import WORDINGS, Wording  # noqa: E402
from workers.tick import LOOK_BACK  # noqa: E402

MADE = "<!-- Made by docs/reference/generate.py; do not edit. -->"
GERMAN = translator("de")


class Undocumented(Exception):
    """Something in the code has no meaning in meanings.toml, or the other way round."""


class Meanings:
    """A table of meanings.toml. What was never asked for is out of date."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        self.name, self.table = name, table
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        if key not in self.table:
            raise Undocumented(f"{self.name}: {key} has no meaning")
        return self.table[key]

    def must_be_used_up(self) -> None:
        if left := sorted(set(self.table) - self.asked):
            raise Undocumented(f"{self.name}: no longer in the code: {', '.join(left)}")


def pages() -> dict[str, str]:
    """The text of every generated page by its file name."""
    written = tomllib.loads(filled_in((HERE / "meanings.toml").read_text("utf-8")))
    around = written.pop("pages")
    book = {name: Meanings(name, table) for name, table in written.items()}
    texts = {}
    for name, make in PAGES.items():
        lines = [f"# {name.capitalize()}", "", MADE, "", *around[name]["before"].splitlines(), *make(book), ""]
        lines += around[name].get("after", "").splitlines()
        texts[f"{name}.md"] = "\n".join(lines).rstrip() + "\n"
    for meanings in book.values():
        meanings.must_be_used_up()
    return texts


def filled_in(text: str) -> str:
    """The figures and names that prose mentions, as the code has them."""
    places = {
        "default_home": DEFAULT_HOME,
        "digest_at": "{:02}:{:02}".format(*divmod(people.default().digest_at // 60, 60)),
        "dimensions": ", ".join(map(code, DIMENSIONS)),
        "home": HOME_VARIABLE,
        "look_back": LOOK_BACK.days,
        "most_an_hour": people.default().most_an_hour,
        "states": ", ".join(map(code, STATES)),
        "token": TOKEN_VARIABLE,
        "keys": keys.ELSEWHERE,
        "container": CONTAINER,
        "unsafe": UNSAFE,
        "waits": _waits(),
        **_defaults(),
    }
    for name, value in places.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text


def _defaults() -> dict[str, object]:
    """The figures of the rulebook by section and key, shares in percent."""
    named = {f"{section}.{key}": value for section, part in rulebook.shipped().items() for key, value in part.items()}
    shares = {name for name, words in RULES.items() if words.unit == "percent"}
    return {name: f"{value * 100:g}" if name in shares else value for name, value in named.items()}


def _waits() -> str:
    seconds = [round(wait.total_seconds()) for wait in outbox.BACK_OFF]
    return ", ".join(f"{s // 3600} h" if s >= 3600 else f"{s // 60} min" if s >= 60 else f"{s} s" for s in seconds)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    written = [list(heads), ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in written]


def code(value: object) -> str:
    return f"`{value}`"


def german(sentence: str) -> str:
    """Raises Undocumented where the product could not say it in German."""
    if sentence not in _translated():
        raise Undocumented(f"no German text in words/de for: {sentence}")
    return GERMAN.gettext(sentence)


@cache
def _translated() -> frozenset[str]:
    texts: set[str] = set()
    for file in (ROOT / "words" / "de").glob("*.po"):
        with file.open("rb") as lines:
            texts |= {str(message.id) for message in read_po(lines, locale="de")}
    return frozenset(texts)


Book = Mapping[str, Meanings]


# -- facts ------------------------------------------------------------------------------------------


def facts(book: Book) -> Iterator[str]:
    for name, kind in FACTS.items():
        about = book["facts"][name]
        own = Meanings(name, about.get("fields", {}))
        yield from ("", f"## `{name}`", "", about["meaning"], "")
        rows = [_field_row(kind, field, info, own, book["fields"]) for field, info in kind.model_fields.items()]
        yield from table(["field", "type", "needed", "personal", "meaning"], rows)
        yield from ("", "```json", json.dumps(EXAMPLES[name], ensure_ascii=False, indent=2), "```")
        own.must_be_used_up()


def _field_row(kind: type[Data], name: str, info: FieldInfo, own: Meanings, shared: Meanings) -> list[str]:
    hint = get_type_hints(kind, include_extras=True)[name]
    meaning = own[name] if name in own.table else shared[name]
    return [code(name), form(hint), _needed(info), _seal(kind, name), meaning]


def _needed(info: FieldInfo) -> str:
    if info.is_required():
        return "**yes**"
    return "–" if info.default is None else f"default {code(json.dumps(info.default))}"


def _seal(kind: type[Data], name: str) -> str:
    sealed = plan(kind)
    if name in sealed.personal:
        return "personal"
    if name in sealed.persons:
        return "person"
    return "id" if name in dict(sealed.refs) else "–"


# -- what a value looks like --------------------------------------------------------------------------

FORMS: Sequence[tuple[Any, str]] = (
    (fact.Instant, "time with offset"),
    (fact.DayOrInstant, "date, or time with offset"),
    (fact.Id, "text, one line, at most 300 characters"),
    (fact.Label, "text, one line, at most 200 characters"),
    (fact.Line, "text, one line, at most 500 characters"),
    (fact.Prose, "text, at most 10,000 characters"),
    (fact.Address, "e-mail address"),
    (fact.ZoneName, "time zone"),
    (SchemaName, "small letters, digits and _, at most 40 characters"),
    (fact.Amount, "number from 0"),
    (fact.Number, "number"),
)
PLAIN: Mapping[Any, str] = {
    bool: "`true` or `false`",
    str: "text",
    int: "whole number",
    float: "number",
    SecretStr: "text, never shown",
}
LIMITS = {
    "ge": " from {value:,}",
    "gt": " above {value:,}",
    "le": " to {value:,}",
    "max_length": ", at most {value:,} characters",
    "pattern": " of the form `{value}`",
}


def form(annotation: Any) -> str:
    """In words. Where null means something of its own, the field's meaning says so."""
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(form(each) for each in get_args(annotation) if each is not NoneType)
    if get_origin(annotation) is Literal:
        return ", ".join(code(each) for each in get_args(annotation))
    if get_origin(annotation) is dict:
        return "a section of its own, name = text" if _part_in(annotation) is None else "sections of their own, by name"
    if get_origin(annotation) is tuple:
        return "a list of: " + form(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        hints = get_type_hints(annotation, include_extras=True)
        return "object of " + ", ".join(f"{code(name)} ({form(hints[name])})" for name in annotation.model_fields)
    if get_origin(annotation) is not Annotated:
        return PLAIN[annotation]
    found = get_args(annotation)
    for known, words in FORMS:
        inner = get_args(known)
        if found[: len(inner)] == inner:
            return words + _limits(found[len(inner) :])
    return form(found[0]) + _limits(found[1:])


def _limits(marks: Iterable[Any]) -> str:
    """What Field(…) adds: from, to, a pattern."""
    limits = [limit for mark in marks if isinstance(mark, FieldInfo) for limit in mark.metadata]
    said = [(LIMITS[name], getattr(limit, name, None)) for limit in limits for name in LIMITS]
    return "".join(words.format(value=value) for words, value in said if value is not None)


# -- figures ----------------------------------------------------------------------------------------


def figures(book: Book) -> Iterator[str]:
    for name, definition in kpis.DEFINITIONS.items():
        about = book["figures"][name]
        of = about.get("of") or definition.of
        yield from ("", f"## `{name}`", "", definition.sentence, "", f"> {german(definition.sentence)}", "")
        yield from table(["of", "what is counted", "unit"], [[of, about["counts"], about["unit"]]])
    yield from ("", "## Lines of a statement", "")
    yield from book["figures"]["lines of a statement"].splitlines()
    yield from ("", *table(["line", "English", "German"], [[code(k), v, german(v)] for k, v in SENTENCES.items()]))


# -- rules ------------------------------------------------------------------------------------------


def rules(book: Book) -> Iterator[str]:
    shipped = tomllib.loads(rulebook.default_text())
    words = Meanings("rules", RULES)
    for section, part in rulebook.Rulebook.model_fields.items():
        names = part.annotation.model_fields  # type: ignore[union-attr]
        rows = []
        for name in names:
            about = words[f"{section}.{name}"]
            source = "; ".join(part for part in (origin(about), about.finding) if part)
            rows.append([code(name), code(json.dumps(shipped[section][name])), about.meaning, source])
        yield from ("", f"## `[{section}]`", "", f"{SECTIONS[section]}.", "")
        yield from table(["key", "default", "meaning", "from"], rows)
    words.must_be_used_up()


# -- settings ---------------------------------------------------------------------------------------


def settings(book: Book) -> Iterator[str]:
    rows = []
    for name, hint, default in _settings(Settings, ""):
        about = book["settings"][name]
        rows.append(
            [
                code(name),
                form(hint),
                "–" if default in (None, {}) else code(json.dumps(default)),
                about.get("unit") or ("seconds" if name.endswith("_seconds") else "–"),
                "–" if name.startswith(ONLY_IN_THE_FILE) else code(PREFIX + name.replace(".", "_").upper()),
                about["meaning"],
            ]
        )
    yield from ("", *table(["setting", "type", "default", "unit", "environment", "meaning"], rows))


ONLY_IN_THE_FILE = ("channels", "webhooks", "connectors", "mailboxes", "appointments", "login.roles", "retention.types")


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Any, object]]:
    hints = get_type_hints(model, include_extras=True)
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _settings(info.annotation, f"{prefix}{name}.")
            continue
        default = None if info.is_required() else info.get_default(call_default_factory=True)
        yield f"{prefix}{name}", hints[name], default
        if (part := _part_in(info.annotation)) is not None:
            yield from _settings(part, f"{prefix}{name}.NAME.")


def _part_in(annotation: Any) -> type[BaseModel] | None:
    """The form of the sections that a setting holds by name."""
    if get_origin(annotation) is not dict:
        return None
    held = get_args(annotation)[1]
    part = get_args(held)[0] if get_origin(held) is Annotated else held
    return part if isinstance(part, type) and issubclass(part, BaseModel) else None


# -- alerts -----------------------------------------------------------------------------------------


def alerts(book: Book) -> Iterator[str]:
    rows = [[code(each.type_name), book["alert_events"][each.type_name]] for each in alert.EVENTS]
    yield from ("", "## What is recorded of an alert", "", *table(["event", "meaning"], rows))
    rows = [[code(rule), ALERTS[rule], german(ALERTS[rule]), book["alert_recipients"][rule]] for rule in alert.RULES]
    yield from ("", "## All rules, the most urgent first", "", *table(["rule", "English", "German", "to whom"], rows))
    for rule in alert.RULES:
        yield from ("", f"## `{rule}`", "", f"When: {book['alerts'][rule]}.", "")
        if len(WORDINGS[rule]) > 1:
            levels = book["alert_levels"][rule]
            yield from (f"- Level {number}: {meaning}" for number, meaning in enumerate(levels, 1))
            yield ""
        rows = [row for which, wording in WORDINGS[rule].items() for row in _wording_rows(which, wording)]
        yield from table(["", "title", "text"], rows)


def _wording_rows(which: str, wording: Wording) -> Iterator[list[str]]:
    """With everything that can be said."""
    said = [choices[0] for choices in (wording.title, *wording.says, wording.step)]
    for language, (title, *text) in (("English", said), ("German", [german(each) for each in said])):
        yield [f"{language}, {which}" if which else language, title, " ".join(text)]


# -- commands ---------------------------------------------------------------------------------------


def commands(book: Book) -> Iterator[str]:
    for name, command in _commands(typer.main.get_command(konto.app), ""):
        about = book["commands"][name]
        arguments = [each.metavar for each in command.params if each.param_type_name == "argument"]
        yield from ("", f"## `konto {' '.join([name, *arguments])}`", "", command.help, *_paragraph(about.get("note")))
        rows = [
            [code(" ".join(filter(None, (_called(each), _value(each))))), each.help or "", _default(each)]
            for each in command.params
        ]
        if rows:
            yield from ("", *table(["", "meaning", "default"], rows))
        yield from _paragraph(about["json"] and f"With `--json`: {about['json']}.")


def _commands(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _paragraph(text: str | None) -> list[str]:
    return ["", text] if text else []


def _called(parameter: Any) -> str:
    return "" if parameter.param_type_name == "argument" else str(parameter.opts[-1])


def _value(parameter: Any) -> str:
    return parameter.metavar or ""


def _default(parameter: Any) -> str:
    if parameter.required:
        return "**needed**"
    return "–" if parameter.default in (None, False) else code(parameter.default)


PAGES: Mapping[str, Callable[[Book], Iterator[str]]] = {
    "facts": facts,
    "figures": figures,
    "rules": rules,
    "settings": settings,
    "alerts": alerts,
    "commands": commands,
}


def main() -> None:
    for name, page in pages().items():
        (HERE / name).write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
