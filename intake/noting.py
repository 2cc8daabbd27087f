"""Reads the expressions of a mapping and notes which columns they take; a refusal names the key and its line."""

from __future__ import annotations

from intake import expressions
from intake.expressions import Expression, Template
from intake.mapping_text import Source
from intake.reading import Reading
from intake.reads import Root


class Noting:
    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self._read: list[Expression] = []

    def expression(self, text: str, root: Root, *path: str | int, reading: Reading | None = None) -> Expression:
        with self._source.at(*path):
            return self._noted(expressions.expression(text, reading or self._reading, root))

    def maybe(self, text: str | None, root: Root, *path: str | int) -> Expression | None:
        return None if text is None else self.expression(text, root, *path)

    def column(self, name: str, root: Root, *path: str | int) -> Expression:
        with self._source.at(*path):
            return self._noted(expressions.column(name, root))

    def template(self, text: str, root: Root, *path: str | int, reading: Reading | None = None) -> Template:
        with self._source.at(*path):
            template = expressions.template(text, reading or self._reading, root)
        self._read.extend(template.places)
        return template

    def columns_of(self, origin: str) -> tuple[frozenset[str], bool]:
        """Which columns of a file are read, and whether whole rows are taken."""
        named = {column for each in self._read for found, column in each.reads.columns if found == origin}
        return frozenset(named), any(origin in each.reads.whole for each in self._read)

    def _noted(self, expression: Expression) -> Expression:
        self._read.append(expression)
        return expression
