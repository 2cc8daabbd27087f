"""From the rows of a file to what the facts are made of: one row each, or the rows of one key as a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from domain.errors import Refused
from intake import error_words
from intake.compiled import is_true
from intake.expressions import Context, Expression
from intake.reading import Reading
from intake.refusal import in_row
from intake.table import Row
from words import N_

NOT_SORTED = N_("The rows of “{key}” do not stand together, though the mapping says that the file is sorted.")
BROKEN_GROUP = N_("Another row of “{key}” cannot be read (row {bad}), so that nothing is made of this one either.")
NO_KEY = N_("The cell is empty, but the rows are grouped by it. Please fill it in, or leave such rows out (when).")
NO_ORDER = N_("The rows of “{key}” cannot be put in order: some values are numbers, others are texts.")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What facts are made of: the row (the first of its group), all rows of the group, and their values."""

    row: int
    rows: tuple[int, ...]
    context: Context
    refused: Refused | None = None


@dataclass(frozen=True)
class Grouping:
    """How rows are taken: which count, which columns are kept (None = all), by what they belong together."""

    reading: Reading
    columns: Collection[str] | None
    when: Expression | None = None
    group_by: tuple[str, ...] = ()
    order_by: tuple[Expression, ...] = ()
    sorted: bool = False

    def gather(self, rows: Iterator[Row]) -> Iterator[Gathered]:
        return self._groups(rows) if self.group_by else self._singly(rows)

    def _singly(self, rows: Iterator[Row]) -> Iterator[Gathered]:
        for row in rows:
            if row.refused is not None:
                yield Gathered(row.number, (), dict(row.values), row.refused)
                continue
            context = self._cleaned(row)
            spoilt = error_words.refusal_of(context)
            if spoilt is not None:
                yield Gathered(row.number, (), context, in_row(spoilt, row.number))
                continue
            try:
                if self.when is not None and not is_true(self.when(context)):
                    continue
            except Refused as refused:
                yield Gathered(row.number, (), context, in_row(refused, row.number))
                continue
            yield Gathered(row.number, (), context)

    def _cleaned(self, row: Row) -> Context:
        is_null = self.reading.is_null
        values = row.values
        names = values if self.columns is None else self.columns
        return {name: None if is_null(value := values.get(name)) else value for name in names}

    def _groups(self, rows: Iterator[Row]) -> Iterator[Gathered]:
        open_groups: dict[str, _Group] = {}
        closed: set[str] = set()
        for gathered in self._singly(rows):
            key = self._key(gathered.context)
            if key is None:
                yield gathered if gathered.refused is not None else self._without_key(gathered)
                continue
            if self.sorted and key not in open_groups:
                for each in open_groups.values():
                    yield from self._emitted(each)
                closed.update(open_groups)
                open_groups.clear()
                if key in closed:
                    raise Refused("not_sorted", NOT_SORTED, key=_said(key), row=gathered.row)
            group = open_groups.get(key)
            if group is None:
                group = open_groups[key] = _Group(key)
            group.add(gathered)
            if gathered.refused is not None:
                yield gathered
        for each in open_groups.values():
            yield from self._emitted(each)

    def _key(self, context: Context) -> str | None:
        parts = []
        for name in self.group_by:
            value = context.get(name)
            if self.reading.is_null(value):
                return None
            parts.append(self.reading.text(value))
        return "\x1f".join(parts)

    def _without_key(self, gathered: Gathered) -> Gathered:
        column = ", ".join(self.group_by)
        refused = Refused("missing", NO_KEY, column, row=gathered.row, column=column, value="")
        return Gathered(gathered.row, (), gathered.context, refused)

    def _emitted(self, group: _Group) -> Iterator[Gathered]:
        numbers, members = tuple(group.numbers), group.members
        if not numbers:
            return
        context: Context = {name: members[0].get(name) for name in self.group_by}
        if group.bad is not None:
            refused = Refused("broken_group", BROKEN_GROUP, row=numbers[0], key=_said(group.key), bad=group.bad)
            yield Gathered(numbers[0], numbers, context, refused)
            return
        try:
            context["rows"] = self._ordered(members, group.key) if self.order_by else members
        except Refused as refused:
            yield Gathered(numbers[0], numbers, context, in_row(refused, numbers[0]))
            return
        yield Gathered(numbers[0], numbers, context)

    def _ordered(self, members: Sequence[Context], key: str) -> list[Context]:
        try:
            return sorted(members, key=self._place)
        except TypeError:
            raise Refused("no_order", NO_ORDER, key=_said(key)) from None

    def _place(self, member: Context) -> list[tuple[bool, Any]]:
        """Rows without a value come first."""
        values = [each(member) for each in self.order_by]
        return [(value is not None, value) for value in values]


class _Group:
    """The rows of one key, as far as they came."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.numbers: list[int] = []
        self.members: list[Context] = []
        self.bad: int | None = None

    def add(self, gathered: Gathered) -> None:
        if gathered.refused is not None:
            self.bad = gathered.row
            return
        self.numbers.append(gathered.row)
        # Exports repeat the same few values; kept once, a large file stays small.
        self.members.append(
            {name: intern(value) if type(value) is str else value for name, value in gathered.context.items()}
        )


def _said(key: str) -> str:
    return key.replace("\x1f", ", ")[:60]
