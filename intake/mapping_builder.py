"""Makes a mapping out of what stands in its file; every refusal names the key and its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.vocabulary import FACTS
from intake import expressions
from intake.changes import BECOMES
from intake.expressions import Expression, Template
from intake.files import FileForm
from intake.grouping import Grouping
from intake.lookup import Lookup
from intake.maker import Cell, ChangeMaker, Maker, kind_of, needed, refuse_unfit
from intake.mapping_document import ChangeRule, FactRule, FieldRule, MappingDocument, Source
from intake.reading import Reading
from intake.reads import ROW, ListOf, Record, Root, Shape, inside
from words import N_

RESERVED = ("rows", "item", "index")

UNKNOWN_TYPE = N_("There is no fact of type “{found}”. The known types are: {known}.")
UNKNOWN_FIELD = N_("{type} has no field “{field}”. Its fields are: {known}.")
TWICE = N_("The field “{field}” stands under data and under constants. Please keep one of them.")
FIELD_MISSING = N_("{type} needs the field “{field}”. Please say where it comes from.")
CANNOT_BECOME = N_("A repeat of {type} cannot become {become}. Possible are: {known}.")
CANNOT_CHANGE = N_("{type} knows no on_change; only promise.made and customer.registered can be told anew.")
TAKEN_NAME = N_("“{name}” has a meaning of its own in mappings. Please call the look-up otherwise.")
ORDER_OF_GROUPS = N_("{key} has a meaning only together with group_by.")


@dataclass(frozen=True)
class Mapping:
    """A mapping that was read and found to be sound."""

    name: str
    title: str
    source: str
    form: FileForm
    reading: Reading
    grouping: Grouping
    lookups: tuple[Lookup, ...]
    makers: tuple[Maker, ...]
    columns: frozenset[str]
    """The columns that a table must have."""


class Builder:
    """Makes a mapping out of what stands in its file; every refusal names the key and its line."""

    def __init__(self, document: MappingDocument, source: Source) -> None:
        self.document, self.source = document, source
        self.reading = Reading(
            zone=ZoneInfo(document.zone) if document.zone else None,
            time_formats=tuple(document.time_format),
            decimal=document.decimal,
            thousands=document.thousands,
            nulls=frozenset(document.null_values),
            yes=frozenset(document.true_values),
            no=frozenset(document.false_values),
        )
        self.grouped = tuple(document.rows.group_by or ())
        self.read: list[Expression] = []
        """Every expression, for the columns that it reads."""

    def build(self, name: str) -> Mapping:
        self._check_ways_to_rows()
        when, order_by = self._rows()
        root = self._root()
        by = self._lookup_keys(root)
        makers = tuple(self._maker(n, rule, root) for n, rule in enumerate(self.document.fact))
        columns, whole = self._columns_of(ROW)
        return Mapping(
            name=name,
            title=self.document.title or name,
            source=self.document.source,
            form=self.document.file,
            reading=self.reading,
            grouping=Grouping(
                self.reading,
                columns=None if whole else columns,
                when=when,
                group_by=self.grouped,
                order_by=order_by,
                sorted=self.document.rows.sorted,
            ),
            lookups=tuple(self._lookup(name, by[name]) for name in self.document.lookup),
            makers=makers,
            columns=columns,
        )

    def _check_ways_to_rows(self) -> None:
        lookups = ((("lookup", name), rule) for name, rule in self.document.lookup.items())
        for path, form in ((("file",), self.document.file), *lookups):
            if form.rows is not None:
                with self.source.at(*path, "rows"):
                    expressions.parsed(form.rows)

    # -- rows and look-ups ----------------------------------------------------------------------------

    def _rows(self) -> tuple[Expression | None, tuple[Expression, ...]]:
        rule = self.document.rows
        single = Root({})
        for key in ("order_by", "sorted"):
            if getattr(rule, key) and not self.grouped:
                with self.source.at("rows", key):
                    raise Refused("mapping", ORDER_OF_GROUPS, key=key)
        for name in self.grouped:
            self.read.append(expressions.column(name, single))
        when = self._maybe(rule.when, single, "rows", "when")
        return when, tuple(self._expression(text, single, "rows", "order_by") for text in rule.order_by or ())

    def _root(self) -> Root:
        """What stands at the top of every expression of a fact."""
        added: dict[str, Shape] = {}
        for name in self.document.lookup:
            if name in RESERVED:
                with self.source.at("lookup", name):
                    raise Refused("taken_name", TAKEN_NAME, name=name)
            added[name] = Record(name)
        if self.grouped:
            added["rows"] = ListOf(Record(ROW))
        return Root(added, self.grouped or None)

    def _lookup_keys(self, root: Root) -> dict[str, Expression]:
        """What is searched for in each look-up; it may come from the ones before."""
        found: dict[str, Expression] = {}
        for name, rule in self.document.lookup.items():
            before = {known: shape for known, shape in root.names.items() if known in found or known == "rows"}
            here = Root(before, root.columns)
            if rule.by is None:
                found[name] = self._column(rule.key, here, "lookup", name, "key")
            else:
                found[name] = self._expression(rule.by, here, "lookup", name, "by")
        return found

    def _lookup(self, name: str, by: Expression) -> Lookup:
        rule = self.document.lookup[name]
        columns, whole = self._columns_of(name)
        return Lookup(name, rule.file, rule.key, by, rule, self.reading, None if whole else columns)

    def _columns_of(self, origin: str) -> tuple[frozenset[str], bool]:
        named = {column for each in self.read for found, column in each.reads.columns if found == origin}
        return frozenset(named), any(origin in each.reads.whole for each in self.read)

    # -- facts ----------------------------------------------------------------------------------------

    def _maker(self, n: int, rule: FactRule, root: Root) -> Maker:
        self._check_fields(n, rule)
        each = None
        if rule.each is not None:
            each = self._expression(rule.each, root, "fact", n, "each")
            root = Root({**root.names, "item": inside(each.reads.shape), "index": None}, root.columns)
        fields = FACTS[rule.type].model_fields
        cells = {
            name: self._cell(kind_of(fields[name]), field, root, "fact", n, "data", name)
            for name, field in rule.data.items()
        }
        with self.source.at("fact", n, "id"):
            id = self._noted(expressions.template(rule.id, self.reading, root))
        time = self._cell("moment", rule.time, root, "fact", n, "time")
        columns = {f"data.{name}": cell.column for name, cell in cells.items()}
        return Maker(
            source=self.document.source,
            type=rule.type,
            when=self._maybe(rule.when, root, "fact", n, "when"),
            each=each,
            id=id,
            time=time,
            sequence=self._maybe(rule.sequence, root, "fact", n, "sequence"),
            fields=cells,
            constants=rule.constants,
            on_change=None if rule.on_change is None else self._change(n, rule.type, rule.on_change, root),
            columns={**columns, "id": id.column, "time": time.column},
        )

    def _check_fields(self, n: int, rule: FactRule) -> None:
        kind = FACTS.get(rule.type)
        if kind is None:
            known = ", ".join(sorted(FACTS))
            with self.source.at("fact", n, "type"):
                raise Refused("unknown_type", UNKNOWN_TYPE, found=rule.type[:80], known=known)
        for place in ("data", "constants"):
            for field in getattr(rule, place):
                if field not in kind.model_fields:
                    fields = ", ".join(kind.model_fields)
                    with self.source.at("fact", n, place, field):
                        raise Refused("unknown_field", UNKNOWN_FIELD, type=rule.type, field=field[:60], known=fields)
        for field, value in rule.constants.items():
            with self.source.at("fact", n, "constants", field):
                if field in rule.data:
                    raise Refused("duplicate_key", TWICE, field=field)
                refuse_unfit(rule.type, field, value)
        for field, cell in rule.data.items():
            outcomes = [*(cell.values or {}).values(), *([] if cell.otherwise is None else [cell.otherwise])]
            with self.source.at("fact", n, "data", field):
                for value in outcomes:
                    refuse_unfit(rule.type, field, value)
        for field in sorted(needed(kind) - rule.data.keys() - rule.constants.keys()):
            with self.source.at("fact", n):
                raise Refused("missing", FIELD_MISSING, type=rule.type, field=field)

    def _change(self, n: int, type_name: str, rule: ChangeRule, root: Root) -> ChangeMaker:
        known = BECOMES.get(type_name, {})
        with self.source.at("fact", n, "on_change"):
            if not known:
                raise Refused("mapping", CANNOT_CHANGE, type=type_name)
            for become in rule.become:
                if become not in known:
                    raise Refused("mapping", CANNOT_BECOME, type=type_name, become=become, known=", ".join(known))
        told = FACTS["promise.renegotiated"].model_fields
        path = ("fact", n, "on_change")
        return ChangeMaker(
            become=tuple(rule.become),
            time=None if rule.time is None else self._cell("moment", rule.time, root, *path, "time"),
            data={
                name: self._cell(kind_of(told[name]), field, root, *path, "data", name)
                for name, field in rule.data.items()
            },
        )

    def _cell(self, kind: Any, rule: FieldRule, root: Root, *path: str | int) -> Cell:
        reading = self.reading.with_(rule.time_format, rule.decimal, rule.thousands)
        found: Expression | Template
        with self.source.at(*path):
            if rule.text is not None:
                found = self._noted(expressions.template(rule.text, reading, root))
            elif rule.column is not None:
                found = self._column(rule.column, root, *path)
            else:
                found = self._expression(rule.value or "", root, *path, reading=reading)
        return Cell(kind, found, reading, rule.values, rule.otherwise, rule.clears)

    # -- expressions, noted for the columns they read -------------------------------------------------

    def _maybe(self, text: str | None, root: Root, *path: str | int) -> Expression | None:
        return None if text is None else self._expression(text, root, *path)

    def _expression(self, text: str, root: Root, *path: str | int, reading: Reading | None = None) -> Expression:
        with self.source.at(*path):
            found = expressions.expression(text, reading or self.reading, root)
        self.read.append(found)
        return found

    def _column(self, name: str, root: Root, *path: str | int) -> Expression:
        with self.source.at(*path):
            found = expressions.column(name, root)
        self.read.append(found)
        return found

    def _noted(self, template: Template) -> Template:
        self.read.extend(template.places)
        return template
