"""A mapping turns the rows of a system's export, or its webhook, into facts; a new one needs no code.

How one is written: docs/how-to/import-an-export.md; every key: docs/reference/mappings.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.errors import Refused
from intake import files, json_rows, mapping_text
from intake.expressions import Context, Expression
from intake.fetch import Ask, nobody_asks
from intake.files import OnBytes
from intake.grouping import Gathered
from intake.mapped import Mapped
from intake.mapping_builder import Builder, Mapping
from intake.mapping_text import Source
from intake.refusal import in_column, in_row
from intake.table import Row
from intake.text_lines import refused_file
from words import N_

__all__ = [
    "Mapped",
    "Mapping",
    "Row",
    "facts",
    "facts_of_document",
    "facts_of_file",
    "load",
    "names",
    "nobody_asks",
    "parse",
]

SHIPPED = Path(__file__).parent / "mappings"
LARGEST_MAPPING = 1 << 20

NO_SUCH_MAPPING = N_("There is no mapping “{name}”. Shipped are: {known}. A mapping of your own is named by its file.")
TOO_LARGE = N_("A mapping of more than {limit} characters is not read.")
NOT_UTF8 = N_("The mapping is not written in UTF-8. Please save it so.")
MISSING_COLUMN = N_("The column “{column}” is missing. The columns of the file are: {found}.")
WRONG_DELIMITER = N_(
    "The file has one column only, named “{found}”. It seems to be written with “{sign}” between the "
    'columns: declare delimiter = "{sign}" under [file] in the mapping.'
)
NAME_HIDES = N_(
    "The file has a column “{column}” and the mapping gives the same name to something of its own. Please rename that."
)
SUM_ROW = N_(
    "This looks like a closing row with sums. Please remove it, or leave such rows out with when under [rows]."
)

SUM_WORDS = frozenset(
    {"summe", "gesamt", "gesamtsumme", "endsumme", "zwischensumme", "total", "grand total", "sum", "subtotal"}
)


def load(path_or_name: str | Path, *, folders: Sequence[Path] = ()) -> Mapping:
    """A mapping by its file, or by its name from `folders` and the shipped ones. Raises Refused."""
    path = _path(path_or_name, folders)
    return parse(_text(path), path.stem, path.name)


def text_of(path_or_name: str | Path, *, folders: Sequence[Path] = ()) -> str:
    """The text of a sound mapping."""
    path = _path(path_or_name, folders)
    text = _text(path)
    parse(text, path.stem, path.name)
    return text


def _path(path_or_name: str | Path, folders: Sequence[Path]) -> Path:
    path = Path(path_or_name)
    return _found(str(path_or_name), folders) if path.suffix != ".toml" and len(path.parts) == 1 else path


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise refused_file(path, error) from None
    return _decoded(data, path)


def names(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """Every mapping that can be had by name, and its file."""
    found: dict[str, Path] = {}
    for folder in (*folders, SHIPPED):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return found


def _found(name: str, folders: Sequence[Path]) -> Path:
    known = names(folders)
    if name not in known:
        raise Refused("unknown_mapping", NO_SUCH_MAPPING, name=name[:60], known=", ".join(known))
    return known[name]


def _decoded(data: bytes, path: Path) -> str:
    if len(data) > LARGEST_MAPPING:
        raise Refused("too_large", TOO_LARGE, limit=LARGEST_MAPPING, in_file=path.name)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused("encoding", NOT_UTF8, in_file=path.name) from None


def parse(text: str, name: str, file: str | None = None) -> Mapping:
    """The mapping that `text` holds; `file` is what a refusal calls it."""
    source = Source(file or name, text)
    return Builder(mapping_text.read(source), source).build(name)


def facts(
    rows: Iterator[Row], mapping: Mapping, *, folder: Path, now: datetime, ask: Ask = nobody_asks
) -> Iterator[Mapped]:
    """What becomes of each row. `folder` holds the files to look into, `now` is the moment of intake, `ask` asks
    the system for what a row only names.

    A row of which one fact is refused gives no fact at all. What is wrong with the file as a whole is raised.
    """
    gathered = mapping.grouping.gather(_with_columns(rows, mapping))
    first = next(gathered, None)
    if first is None:
        return
    # Opened only now: what is wrong with the file itself is said first.
    lookups = [(lookup.name, lookup.open(folder)) for lookup in mapping.lookups]
    for each in _and(first, gathered):
        if each.refused is not None:
            yield _refused(each.refused, each)
            continue
        try:
            for name, looked_up in lookups:
                each.context[name] = looked_up.row_for(each.context)
            for step in mapping.fetches:
                each.context[step.name] = step.answer(each.context, ask)
            for name, value in mapping.lets:
                each.context[name] = _worked_out(value, each.context)
            made = [(maker, fact) for maker in mapping.makers for fact in maker.made(each.context, now)]
        except Refused as refused:
            yield _refused(refused, each)
            continue
        for maker, fact in made:
            yield Mapped(
                row=each.row,
                envelope=fact.envelope,
                on_change=fact.on_change,
                rows=each.rows,
                day=fact.day,
                columns=maker.columns,
                origins=maker.origins,
            )


def facts_of_file(
    path: Path,
    mapping: Mapping,
    *,
    now: datetime,
    encoding: str | None = None,
    on_bytes: OnBytes | None = None,
    ask: Ask = nobody_asks,
) -> Iterator[Mapped]:
    """What becomes of each row of a file; the files to look into lie beside it."""
    rows = files.read_rows(path, form=mapping.form, encoding=encoding, on_bytes=on_bytes)
    return facts(rows, mapping, folder=path.parent, now=now, ask=ask)


def facts_of_document(
    document: Any, mapping: Mapping, *, folder: Path, now: datetime, ask: Ask = nobody_asks
) -> Iterator[Mapped]:
    """What becomes of parsed JSON, such as the body of a webhook: of the rows in it, or of itself as one row."""
    return facts(json_rows.of_document(document, mapping.form.rows), mapping, folder=folder, now=now, ask=ask)


def _worked_out(value: Expression, context: Context) -> Any:
    try:
        return value(context)
    except Refused as refused:
        raise in_column(refused, value.column, refused.params.get("found", "")) from None


def _refused(refused: Refused, gathered: Gathered) -> Mapped:
    located = _or_sum_row(in_row(refused, gathered.row), gathered)
    return Mapped(row=gathered.row, rows=gathered.rows, refused=located)


def _and(first: Gathered, others: Iterator[Gathered]) -> Iterator[Gathered]:
    yield first
    yield from others


def _with_columns(rows: Iterator[Row], mapping: Mapping) -> Iterator[Row]:
    """The rows, once the first of them has shown that every column is there."""
    checked = False
    for row in rows:
        if not checked and row.in_table:
            _check_columns(row, mapping)
        checked = True
        yield row


def _check_columns(row: Row, mapping: Mapping) -> None:
    found = list(row.values)
    missing = sorted(mapping.columns - set(found))
    header_row = mapping.form.header_row
    if missing and len(found) == 1:
        for sign in (";", "\t", "|", ","):
            if found[0].count(sign):
                raise Refused("wrong_delimiter", WRONG_DELIMITER, found=found[0][:60], sign=sign, row=header_row)
    if missing:
        listed = ", ".join(found)
        raise Refused.together(
            [
                Refused("missing_column", MISSING_COLUMN, name, row=header_row, column=name, found=listed[:400])
                for name in missing
            ]
        )
    for name in mapping.names:
        if name in found:
            raise Refused("taken_name", NAME_HIDES, name, column=name)


def _or_sum_row(refused: Refused, gathered: Gathered) -> Refused:
    words = (value.strip().rstrip(":").casefold() for value in gathered.context.values() if isinstance(value, str))
    if SUM_WORDS.isdisjoint(words):
        return refused
    return Refused.together([Refused("sum_row", SUM_ROW, row=gathered.row), refused, *refused.also])
