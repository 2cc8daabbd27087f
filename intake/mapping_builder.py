"""Makes a mapping out of what stands in its file; every refusal names the key and its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Refused
from domain.vocabulary import FACTS
from intake import expressions, fitting
from intake.changes import BECOMES
from intake.expressions import Expression, Template
from intake.fetch import Fetch
from intake.files import FileForm
from intake.fitting import kind_of
from intake.grouping import Grouping
from intake.lookup import Lookup
from intake.maker import Cell, ChangeMaker, Maker
from intake.mapping_document import ChangeRule, FactRule, FetchRule, FieldRule, MappingDocument
from intake.mapping_text import Source
from intake.noting import Noting
from intake.reading import Reading
from intake.reads import ROW, ListOf, Record, Root, Shape, Worked, inside
from words import N_

RESERVED = ("rows", "item", "index")
FIXED_HOST = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/")

CANNOT_BECOME = N_("A repeat of {type} cannot become {become}. Possible are: {known}.")
CANNOT_CHANGE = N_("{type} knows no on_change; only promise.made and customer.registered can be told anew.")
TAKEN_NAME = N_("“{name}” has a meaning already in this mapping. Please choose another one.")
NO_FIXED_HOST = N_(
    "The address has to begin like https://api.example.com/; places in braces may stand behind that only."
)
TOO_EARLY = N_("“{name}” is not worked out yet here. Please put it before what uses it, or choose another name.")
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
    fetches: tuple[Fetch, ...]
    lets: tuple[tuple[str, Expression], ...]
    makers: tuple[Maker, ...]
    columns: frozenset[str]
    """The columns that a table must have."""

    @property
    def names(self) -> Iterator[str]:
        """What the mapping itself gives a name to, which no column may have."""
        for each in self.lookups:
            yield each.name
        for fetch in self.fetches:
            yield fetch.name
        for name, _ in self.lets:
            yield name


class Builder:
    """Makes a mapping out of what stands in its file; every refusal names the key and its line."""

    def __init__(self, document: MappingDocument, source: Source) -> None:
        self.document, self.source = document, source
        self.reading = Reading(
            zone=ZoneInfo(document.zone) if document.zone else None,
            time_formats=tuple(document.time_format),
            decimal=document.decimal or ".",
            thousands=document.thousands,
            unsure=document.decimal is None and document.thousands is None,
            nulls=frozenset(document.null_values),
            yes=frozenset(document.true_values),
            no=frozenset(document.false_values),
        )
        self.grouped = tuple(document.rows.group_by or ())
        self.noting = Noting(source, self.reading)

    def build(self, name: str) -> Mapping:
        self._check_ways_to_rows()
        self._check_names()
        when, order_by = self._rows()
        root = self._root()
        by = self._lookup_keys(root)
        fetches = tuple(self._fetches(root))
        lets = tuple(self._lets(root))
        makers = tuple(self._maker(n, rule, root) for n, rule in enumerate(self.document.fact))
        columns, whole = self.noting.columns_of(ROW)
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
            fetches=fetches,
            lets=lets,
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

    def _check_names(self) -> None:
        taken = set(RESERVED)
        for table in ("lookup", "fetch", "let"):
            for name in getattr(self.document, table):
                if name in taken:
                    with self.source.at(table, name):
                        raise Refused("taken_name", TAKEN_NAME, name=name)
                taken.add(name)

    def _rows(self) -> tuple[Expression | None, tuple[Expression, ...]]:
        rule = self.document.rows
        single = Root({})
        for key in ("order_by", "sorted"):
            if getattr(rule, key) and not self.grouped:
                with self.source.at("rows", key):
                    raise Refused("mapping", ORDER_OF_GROUPS, key=key)
        for name in self.grouped:
            self.noting.column(name, single, "rows", "group_by")
        when = self.noting.maybe(rule.when, single, "rows", "when")
        return when, tuple(self.noting.expression(text, single, "rows", "order_by") for text in rule.order_by or ())

    def _root(self) -> Root:
        """What stands at the top of every expression beside the columns: the rows of a group, and what is looked up."""
        added: dict[str, Shape] = {name: Record(name) for name in self.document.lookup}
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
                found[name] = self.noting.column(rule.key, here, "lookup", name, "key")
            else:
                found[name] = self.noting.expression(rule.by, here, "lookup", name, "by")
        return found

    def _lookup(self, name: str, by: Expression) -> Lookup:
        rule = self.document.lookup[name]
        columns, whole = self.noting.columns_of(name)
        return Lookup(name, rule.file, rule.key, by, rule, self.reading, None if whole else columns)

    def _fetches(self, root: Root) -> Iterator[Fetch]:
        """What is asked for; it may use what is looked up and what was asked for before."""
        for name, rule in self.document.fetch.items():
            path = ("fetch", name)
            with self.source.at(*path, "url"):
                if not FIXED_HOST.match(rule.url):
                    raise Refused("fetch", NO_FIXED_HOST)
            yield Fetch(
                name=name,
                url=self.noting.template(rule.url, root, *path, "url"),
                token=rule.token,
                when=self.noting.maybe(rule.when, root, *path, "when"),
                take=self._taken(rule, *path, "take"),
                timeout_seconds=rule.timeout_seconds,
            )
            root.names[name] = None

    def _taken(self, rule: FetchRule, *path: str | int) -> Expression:
        """Of the answer, which has no columns of ours."""
        with self.source.at(*path):
            return expressions.expression(rule.take or "@", self.reading, Root({}))

    def _lets(self, root: Root) -> Iterator[tuple[str, Expression]]:
        """What is worked out once a row; each may use those before it."""
        for name, text in self.document.let.items():
            found = self.noting.expression(text, root, "let", name)
            later = {column for _, column in found.reads.columns} & (self.document.let.keys() - root.names.keys())
            if later:
                with self.source.at("let", name):
                    raise Refused("mapping", TOO_EARLY, name=sorted(later)[0])
            yield name, found
            root.names[name] = Worked(found.reads)

    # -- facts ----------------------------------------------------------------------------------------

    def _maker(self, n: int, rule: FactRule, root: Root) -> Maker:
        fitting.check(n, rule, self.source)
        each = None
        if rule.each is not None:
            each = self.noting.expression(rule.each, root, "fact", n, "each")
            root = Root({**root.names, "item": inside(each.reads.shape), "index": None}, root.columns)
        fields = FACTS[rule.type].model_fields
        cells = {
            name: self._cell(kind_of(fields[name]), field, root, "fact", n, "data", name)
            for name, field in rule.data.items()
        }
        return Maker(
            source=self.document.source,
            type=rule.type,
            when=self.noting.maybe(rule.when, root, "fact", n, "when"),
            each=each,
            id=self.noting.template(rule.id, root, "fact", n, "id"),
            time=self._cell("moment", rule.time, root, "fact", n, "time"),
            sequence=self.noting.maybe(rule.sequence, root, "fact", n, "sequence"),
            fields=cells,
            constants=rule.constants,
            on_change=None if rule.on_change is None else self._change(n, rule.type, rule.on_change, root),
        )

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
        if rule.text is not None:
            found = self.noting.template(rule.text, root, *path, reading=reading)
        elif rule.column is not None:
            found = self.noting.column(rule.column, root, *path)
        else:
            found = self.noting.expression(rule.value or "", root, *path, reading=reading)
        return Cell(kind, found, reading, rule.values, rule.otherwise, rule.clears)
