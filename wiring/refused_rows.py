"""What of a file was refused, written into the home: for programs a line each, for people a table to mend."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.errors import Refused
from domain.vault import Erased
from intake import files, refused_table
from intake.mapped import Mapped
from intake.mapping import Mapping
from intake.table import Row
from wiring.home import Konto
from wiring.refusals import errors
from words import Translator

Refusals = Sequence[tuple[Mapped, Refused]]
TABLES = ("csv", "excel")


def write(
    konto: Konto, file: Path, refusals: Refusals, t: Translator, *, mapping: Mapping | None, encoding: str | None
) -> list[Path]:
    """The files that were written. Only the owner of the home may read them."""
    if not (refusals := _to_mend(refusals)):
        return []
    folder = konto.home / "refused"
    folder.mkdir(mode=0o700, exist_ok=True)
    stem = f"{file.name}-{konto.clock():%Y%m%dT%H%M%S%f}"
    written = [_written(folder / f"{stem}.jsonl", _lines(refusals, t), "utf-8")]
    form = mapping.form if mapping is not None else files.FileForm()
    if form.format_of(file) in TABLES:
        rows = files.read_rows(file, form=form, encoding=encoding)
        decimal = "." if mapping is None else mapping.grouping.reading.decimal
        # With a byte-order mark, by which Excel knows UTF-8.
        table = refused_table.text(_with_errors(rows, refusals, t), decimal=decimal)
        written.append(_written(folder / f"{stem}.csv", table, "utf-8-sig"))
    return written


def write_body(konto: Konto, name: str, refusals: Refusals, t: Translator, document: Any) -> list[Path]:
    """Of something that was sent: the reasons, and the whole of it, to be mended and imported. Once, however often."""
    if not (mendable := _to_mend(refusals)):
        return []
    folder = konto.home / "refused"
    folder.mkdir(mode=0o700, exist_ok=True)
    sent = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    stem = folder / f"{name}-{sha256(sent.encode()).hexdigest()[:12]}"
    parts = [(".jsonl", _lines(mendable, t))]
    if len(mendable) == len(refusals):  # else it names somebody who was erased
        parts.append((".json", iter([sent])))
    with suppress(FileExistsError):  # it was sent before
        return [_written(stem.with_name(stem.name + suffix), lines, "utf-8") for suffix, lines in parts]
    return []


def _to_mend(refusals: Refusals) -> Refusals:
    """What is about an erased customer cannot be mended, and is not kept."""
    return [each for each in refusals if not isinstance(each[1], Erased)]


def _written(target: Path, lines: Iterator[str], encoding: str) -> Path:
    with target.open("x", encoding=encoding, newline="") as stream:
        target.chmod(0o600)
        stream.writelines(lines)
    return target


def _lines(refusals: Refusals, t: Translator) -> Iterator[str]:
    """Row, reason, place, and the fact as it would have been. A file of them can be imported again, too."""
    for origin, refused in refusals:
        (first, *_) = errors([(origin, refused)], t)
        line = {
            **first,
            "path": refused.path,
            "column": origin.columns.get(refused.path) or refused.params.get("column"),
            "reason": str(refused),
            "fact": origin.envelope,
        }
        yield json.dumps(line, ensure_ascii=False, default=str) + "\n"


def _with_errors(rows: Iterator[Row], refusals: Refusals, t: Translator) -> Iterator[tuple[Row, list[dict[str, Any]]]]:
    """The rows that were refused; of rows that belong together all, since they are made into facts together."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for origin, refused in refusals:
        found[origin.row] += errors([(origin, refused)], t)
        for number in origin.rows:
            found[number] += []
    # A file that breaks off was told as such when it was read the first time.
    with suppress(Refused):
        for row in rows:
            if row.number in found:
                yield row, found[row.number]
