"""The right side of a mapping: a column's name, an expression in JMESPath, or a text with places."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from domain.errors import Refused
from intake.compiled import compiled
from intake.functions import ARGUMENTS, BUILT_IN, Functions
from intake.reading import Reading
from intake.reads import Node, Reads, Root, reads
from words import N_

Context = dict[str, Any]

PLAIN_NAME = re.compile(r"\w[\w \-/%#°€]*")
"""A column's name that needs no quotation marks. Nothing in JMESPath looks like this but a name."""
PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

NOT_AN_EXPRESSION = N_(
    "“{found}” cannot be understood ({reason}). In an expression, the name of a column with umlauts, spaces or "
    "other signs stands in double quotation marks, and the whole in single ones: '\"Kd.-Nr.\"'."
)
UNKNOWN_FUNCTION = N_("There is no function {function}(). Known are: {known}.")
ARGUMENT_COUNT = N_("{function}() takes {fewest} to {most} arguments, not {found}.")
BRACES = N_("“{found}”: every brace opens and closes one place, such as {{order}}. Double it to mean the sign itself.")
GROUPED = N_(
    "“{column}” cannot be named directly, because rows are grouped here. Please say of which row: "
    "rows[0].{column} for the first, rows[-1].{column} for the last, max(rows[].{column}) for the largest."
)
CANNOT_COMPUTE = N_("“{expression}” cannot be worked out for this row: {reason}.")


@dataclass(frozen=True)
class Expression:
    """Gives a value for a row. `reads` says which columns that takes."""

    text: str
    run: Callable[[Context], Any]
    reads: Reads

    @property
    def column(self) -> str:
        """The columns it reads, as a user is shown them; the expression itself where there are none."""
        return ", ".join(sorted(column for _, column in self.reads.columns)) or self.text

    def __call__(self, context: Context) -> Any:
        return self.run(context)


def column(name: str, root: Root) -> Expression:
    return _of_node({"type": "field", "value": name, "children": []}, name, Reading(), root)


def expression(text: str, reading: Reading, root: Root) -> Expression:
    name = text.strip()
    if PLAIN_NAME.fullmatch(name):
        return column(name, root)
    return _of_node(parsed(text), text, reading, root)


def parsed(text: str) -> Node:
    try:
        node: Node = jmespath.compile(text).parsed
    except (JMESPathError, RecursionError) as error:
        reason = str(error).splitlines()[0][:120]
        raise Refused("expression", NOT_AN_EXPRESSION, found=text[:80], reason=reason) from None
    _check_functions(node)
    return node


def template(text: str, reading: Reading, root: Root) -> Template:
    pieces: list[str | Expression] = []
    end = 0
    for place in PLACE.finditer(text):
        pieces.append(text[end : place.start()])
        end = place.end()
        if place[1] is not None and place[1].strip():
            pieces.append(expression(place[1], reading, root))
        elif place[0] in ("{{", "}}"):
            pieces.append(place[0][0])
        else:
            raise Refused("expression", BRACES, found=text)
    pieces.append(text[end:])
    return Template(text, tuple(piece for piece in pieces if piece != ""), reading)


@dataclass(frozen=True)
class Template:
    """A text with places in braces, each filled from an expression."""

    text: str
    pieces: tuple[str | Expression, ...]
    reading: Reading

    @property
    def places(self) -> tuple[Expression, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Expression))

    @property
    def column(self) -> str:
        return ", ".join(place.column for place in self.places) or self.text

    def filled(self, context: Context) -> tuple[str, int]:
        """The text, and how many of its places found nothing."""
        parts = []
        empty = 0
        for piece in self.pieces:
            if isinstance(piece, str):
                parts.append(piece)
                continue
            value = piece(context)
            if self.reading.is_null(value):
                empty += 1
            else:
                parts.append(self.reading.text(value))
        return "".join(parts), empty


def _of_node(node: Node, text: str, reading: Reading, root: Root) -> Expression:
    found = reads(node, root)
    if found.unknown:
        raise Refused("grouped", GROUPED, column=found.unknown[0])
    return Expression(text, _runner(node, text, reading), found)


def _runner(node: Node, text: str, reading: Reading) -> Callable[[Context], Any]:
    run = compiled(node, Functions(reading))
    if node["type"] in ("field", "literal"):
        return run

    def checked(context: Context) -> Any:
        try:
            return run(context)
        except JMESPathError as error:
            reason = str(error).splitlines()[0][:160]
            raise Refused("expression", CANNOT_COMPUTE, expression=text, reason=reason) from None

    return checked


def _check_functions(node: Node) -> None:
    for child in node.get("children", []):
        if isinstance(child, dict):
            _check_functions(child)
    if node["type"] != "function_expression":
        return
    name, found = node["value"], len(node["children"])
    if name not in ARGUMENTS and name not in BUILT_IN:
        known = ", ".join(sorted((*ARGUMENTS, *BUILT_IN)))
        raise Refused("expression", UNKNOWN_FUNCTION, function=name, known=known)
    if name in ARGUMENTS and not ARGUMENTS[name][0] <= found <= ARGUMENTS[name][1]:
        fewest, most = ARGUMENTS[name]
        raise Refused("expression", ARGUMENT_COUNT, function=name, fewest=fewest, most=most, found=found)
