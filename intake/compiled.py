"""An expression of JMESPath as a plain Python function, worked out once and then called for every row.

The library's interpreter walks the tree anew each time, which takes three times as long. What an expression means
is the library's business: it parses, its own functions are called, and a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from jmespath.exceptions import JMESPathError
from jmespath.visitor import Options, TreeInterpreter, _equals, _Expression, _is_comparable

from intake.reads import Node

Run = Callable[[Any], Any]


class Calls(Protocol):
    """Calls a function by its name."""

    def call_function(self, name: str, arguments: list[Any]) -> Any: ...


def compiled(node: Node, functions: Calls) -> Run:
    return _Compiler(functions).run(node)


def is_true(value: Any) -> bool:
    """As JMESPath sees it: 0 is something, an empty text is nothing."""
    return value is not None and value is not False and value != "" and value != [] and value != {}


class _Compiler:
    def __init__(self, functions: Calls) -> None:
        self.functions = functions
        self.interpreter = TreeInterpreter(Options(custom_functions=functions))

    def run(self, node: Node) -> Run:
        children = node.get("children", [])
        match node["type"]:
            case "field":
                return _field(node["value"])
            case "literal":
                return _constant(node["value"])
            case "current" | "identity":
                return lambda value: value
            case "subexpression" | "index_expression" | "pipe":
                return _chain([self.run(child) for child in children])
            case "index":
                return _index(node["value"])
            case "slice":
                return _slice(slice(*children))
            case "flatten":
                return _flatten(self.run(children[0]))
            case "projection":
                return _projection(self.run(children[0]), self.run(children[1]))
            case "filter_projection":
                return _filter(self.run(children[0]), self.run(children[1]), self.run(children[2]))
            case "comparator":
                return _comparison(node["value"], self.run(children[0]), self.run(children[1]))
            case "and_expression":
                return _and(self.run(children[0]), self.run(children[1]))
            case "or_expression":
                return _or(self.run(children[0]), self.run(children[1]))
            case "multi_select_list":
                return _list([self.run(child) for child in children])
            case "function_expression":
                return self._call(node["value"], [self.run(child) for child in children])
            case "expref":
                return self._reference(children[0])
            case _:
                # What is rare: negation, all fields of an object, groups of fields.
                return lambda value: self.interpreter.visit(node, value)

    def _call(self, name: str, arguments: list[Run]) -> Run:
        call = self.functions.call_function
        return lambda value: call(name, [argument(value) for argument in arguments])

    def _reference(self, node: Node) -> Run:
        """What stands behind `&`: for the library's functions its own object, for ours also as a function."""
        reference = _Expression(node, self.interpreter)
        reference.run = self.run(node)
        return lambda value: reference


def _field(name: str) -> Run:
    return lambda value: value.get(name) if isinstance(value, dict) else None


def _constant(constant: Any) -> Run:
    return lambda value: constant


def _chain(steps: list[Run]) -> Run:
    if len(steps) == 2:
        first, second = steps
        return lambda value: second(first(value))

    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return run


def _index(place: int) -> Run:
    def run(value: Any) -> Any:
        if not isinstance(value, list):
            return None
        return value[place] if -len(value) <= place < len(value) else None

    return run


def _slice(places: slice) -> Run:
    return lambda value: value[places] if isinstance(value, list) else None


def _flatten(base: Run) -> Run:
    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        flat: list[Any] = []
        for each in found:
            if isinstance(each, list):
                flat.extend(each)
            else:
                flat.append(each)
        return flat

    return run


def _projection(base: Run, each_of: Run) -> Run:
    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [result for each in found if (result := each_of(each)) is not None]

    return run


def _filter(base: Run, each_of: Run, condition: Run) -> Run:
    def run(value: Any) -> Any:
        found = base(value)
        if not isinstance(found, list):
            return None
        return [result for each in found if is_true(condition(each)) and (result := each_of(each)) is not None]

    return run


def _comparison(sign: str, left: Run, right: Run) -> Run:
    if sign == "eq":
        return lambda value: _equals(left(value), right(value))
    if sign == "ne":
        return lambda value: not _equals(left(value), right(value))
    compare = TreeInterpreter.COMPARATOR_FUNC[sign]

    def run(value: Any) -> Any:
        first, second = left(value), right(value)
        if not (_is_comparable(first) and _is_comparable(second)):
            return None
        try:
            return compare(first, second)
        except TypeError:
            raise JMESPathError(f"the number and the text in {first!r} and {second!r} cannot be compared") from None

    return run


def _and(left: Run, right: Run) -> Run:
    def run(value: Any) -> Any:
        found = left(value)
        return right(value) if is_true(found) else found

    return run


def _or(left: Run, right: Run) -> Run:
    def run(value: Any) -> Any:
        found = left(value)
        return found if is_true(found) else right(value)

    return run


def _list(parts: list[Run]) -> Run:
    return lambda value: None if value is None else [part(value) for part in parts]
