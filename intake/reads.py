"""Which columns an expression reads, and from where: the row itself, the rows of a group, or a looked-up row.

So a missing column is named before the first fact is made, and only the columns that are needed are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]

ROW = ""
"""The origin of the imported file's own columns; a look-up's origin is its name."""

KEEP_THE_LIST = frozenset({"changes", "sort_by", "reverse", "to_array", "not_null"})
PICK_ONE = frozenset({"max_by", "min_by"})


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the origin; a row among `changes(…)` also knows the previous one."""

    origin: str
    previous: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    shape: Shape


@dataclass(frozen=True, slots=True)
class Root:
    """What stands at the top of an expression: the names that a mapping adds, then the columns."""

    names: dict[str, Shape]
    columns: Collection[str] | None = None
    """The columns that may be named directly; None = all. Where rows are grouped: the keys."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a mapping works out under a name of its own, from `reads`."""

    reads: Reads


Shape = Record | ListOf | Root | Worked | None


@dataclass(frozen=True)
class Reads:
    columns: frozenset[tuple[str, str]]
    """(origin, column)."""
    whole: frozenset[str]
    """Origins of which a whole row is taken, so that every column counts."""
    unknown: tuple[str, ...]
    """Names at the top that are neither a column to be named there nor anything the mapping adds."""
    shape: Shape


def reads(node: Node, root: Root) -> Reads:
    walk = _Walk()
    shape = walk.visit(node, root)
    return Reads(frozenset(walk.columns), frozenset(walk.whole), tuple(walk.unknown), shape)


class _Walk:
    def __init__(self) -> None:
        self.columns: set[tuple[str, str]] = set()
        self.whole: set[str] = set()
        self.unknown: list[str] = []

    def visit(self, node: Node, at: Shape) -> Shape:
        children = node.get("children", [])
        match node["type"]:
            case "field":
                return self._field(node["value"], at)
            case "subexpression" | "index_expression" | "pipe":
                for child in children:
                    at = self.visit(child, at)
                return at
            case "current" | "identity" | "slice":
                return at
            case "index":
                return at.shape if isinstance(at, ListOf) else None
            case "flatten":
                return self.visit(children[0], at)
            case "projection":
                return ListOf(self.visit(children[1], inside(self.visit(children[0], at))))
            case "filter_projection":
                each = inside(self.visit(children[0], at))
                self.visit(children[2], each)
                return ListOf(self.visit(children[1], each))
            case "value_projection":
                self._take_whole(self.visit(children[0], at))
                return None
            case "function_expression":
                return self._function(node["value"], children, at)
            case "or_expression" | "and_expression":
                first, second = (self.visit(child, at) for child in children)
                return second if first is None else first
            case "literal":
                return None
            case _:
                # Comparisons, negation, lists and groups of fields: what is inside counts.
                for child in children:
                    self.visit(child, at)
                return None

    def _field(self, name: str, at: Shape) -> Shape:
        match at:
            case Record():
                if at.previous and name == "previous":
                    return Record(at.origin)
                self.columns.add((at.origin, name))
            case Root():
                if name in at.names:
                    return self._named(at.names[name])
                if at.columns is not None and name not in at.columns:
                    self.unknown.append(name)
                self.columns.add((ROW, name))
            case _:
                pass
        return None

    def _named(self, shape: Shape) -> Shape:
        """Whoever reads what was worked out reads the columns that it was worked out from."""
        if not isinstance(shape, Worked):
            return shape
        self.columns |= shape.reads.columns
        self.whole |= shape.reads.whole
        return shape.reads.shape

    def _function(self, name: str, arguments: list[Node], at: Shape) -> Shape:
        shapes = [self.visit(each, at) for each in arguments if each["type"] != "expref"]
        each_of = inside(shapes[0] if shapes else None)
        for argument in arguments:
            if argument["type"] == "expref":
                self.visit(argument["children"][0], each_of)
        first = shapes[0] if shapes else None
        if name in KEEP_THE_LIST:
            if name == "changes" and isinstance(each_of, Record):
                return ListOf(Record(each_of.origin, previous=True))
            return first
        if name in PICK_ONE:
            return each_of
        if name not in ("length", "map"):
            for shape in shapes:
                self._take_whole(shape)
        return None

    def _take_whole(self, shape: Shape) -> None:
        shape = inside(shape) if isinstance(shape, ListOf) else shape
        match shape:
            case Record():
                self.whole.add(shape.origin)
            case Root():
                self.whole.add(ROW)
            case _:
                pass


def inside(shape: Shape) -> Shape:
    """What the list holds."""
    return shape.shape if isinstance(shape, ListOf) else None
