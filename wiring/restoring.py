"""A log out of a file, into an empty store: facts with both their times, or the very bytes as they lay there.

Facts are taken in portions. Broken off, the same file goes on where it was: what is there already is recognised.
The bytes come all together or not at all; they need the keys with which they were written.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from domain import masters
from domain.errors import Refused
from domain.fact import Fact
from domain.journal import COPIED as JOURNAL
from domain.record import record
from domain.vocabulary import parse
from intake.text_lines import refused_file
from verifier.events import Unreadable, event_of, line
from wiring import installation, moving
from wiring.home import Konto

CHUNK = 1_000
PAGE = 5_000
ORIGINAL = "original"
BEFORE_MARKS = 2
"""So many columns a customer's key had then."""
"""What the first line of a file with the very bytes says it is."""
RESTORING, RESTORED = "restoring", "restored"


class NotEmpty(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not_empty",
            "There is a log here already; a log is only put back into an empty home. Please name a new one with "
            "--home.",
            "FILE",
        )


class OtherKeysNeeded(Refused):
    def __init__(self) -> None:
        super().__init__(
            "keys_needed",
            "These are the bytes of a log that was begun with other keys. Please put its keys.json into this home "
            "first, as long as it is empty.",
            "FILE",
        )


class BrokenLine(Refused):
    def __init__(self, number: int) -> None:
        super().__init__("wrong_form", "Line {line} is none that an export writes.", "FILE", line=number)


class CannotBeRestored(Refused):
    """A fact of an export that is refused here; the lines before it are recorded, and the file can be given again."""

    def __init__(self, number: int, refused: Refused) -> None:
        super().__init__(
            "file_refused",
            "Line {line} cannot be recorded: {reason} What stands before it was. Please mend it and give the file "
            "again.",
            "FILE",
            line=number,
            reason=refused,
        )


class Restored(NamedTuple):
    events: int
    parked: int
    is_original: bool


Progress = Callable[[int, int], None]
"""Called with the bytes that were read so far, and all of them."""


def restore(konto: Konto, file: Path, progress: Progress = lambda done, size: None) -> Restored:
    """Raises NotEmpty, OtherKeysNeeded, BrokenLine, CannotBeRestored, or what refuses a file that cannot be read."""
    try:
        with _opened(file) as lines:
            first = lines.readline()
        is_original = bool(first.strip()) and _told(first, 1).get("log") == ORIGINAL
        return (_put_back if is_original else _recorded)(konto, file, progress)
    except (OSError, EOFError, zlib.error) as error:
        raise refused_file(file, error if isinstance(error, OSError) else OSError(str(error))) from None


def _opened(file: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file)) if file.suffix == ".gz" else file.open("rb")


def _told(text: bytes, number: int) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise BrokenLine(number) from None
    if not isinstance(told, dict):
        raise BrokenLine(number)
    return told


# -- facts ------------------------------------------------------------------------------------------


def _recorded(konto: Konto, file: Path, progress: Progress) -> Restored:
    _begin(konto, _digest(file))
    done, size = 0, file.stat().st_size
    with _opened(file) as lines:
        numbered = ((number, text) for number, text in enumerate(lines, start=1) if text.strip())
        while chunk := list(islice(numbered, CHUNK)):
            _take(konto, [(number, _told(text, number)) for number, text in chunk])
            done += sum(len(text) for _, text in chunk)
            progress(min(done, size), size)
    with konto.log.store.writing() as cursor:
        installation.note(cursor, RESTORED, konto.clock().isoformat())
    konto.catch_up()
    return Restored(konto.log.head(), konto.log.count_parked(), is_original=False)


def _take(konto: Konto, told: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Each fact at the moment at which it was recorded first."""
    with konto.log.writing() as writer:
        for moment, together in groupby(told, key=lambda each: _moment(each[1], each[0])):
            numbered = [(number, _fact(envelope, number, moment)) for number, envelope in together]
            receipts = record(writer, [fact for _, fact in numbered], now=moment, zone_of=konto.zone_of)
            for (number, _), receipt in zip(numbered, receipts, strict=True):
                if receipt.refused is not None:
                    raise CannotBeRestored(number, receipt.refused)


def _moment(envelope: dict[str, Any], number: int) -> datetime:
    try:
        moment = datetime.fromisoformat(envelope["recorded"])
    except (KeyError, TypeError, ValueError):
        raise BrokenLine(number) from None
    if moment.tzinfo is None:
        raise BrokenLine(number)
    return moment


def _fact(envelope: dict[str, Any], number: int, moment: datetime) -> Fact:
    try:
        return parse(envelope, now=moment)
    except Refused as refused:
        raise CannotBeRestored(number, refused) from None


def _begin(konto: Konto, digest: str) -> None:
    """Notes in an empty log what it is filled from; raises NotEmpty in one that holds anything else."""
    with konto.log.writing() as writer:
        known = installation.noted(writer.cursor)
        goes_on = known.get(RESTORING) == digest and RESTORED not in known
        if not goes_on:
            if konto.log.head() or konto.log.count_parked():
                raise NotEmpty
            installation.note(writer.cursor, RESTORING, digest)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# -- the very bytes -----------------------------------------------------------------------------------


def original(konto: Konto) -> Iterator[str]:
    """The lines of a file with everything of the log as it lies there, personal texts still encrypted."""
    yield _json({"log": ORIGINAL, "keys": installation.mark(konto.log)})
    position = 0
    while rows := konto.log.rows(position, PAGE):
        yield from map(line, rows)
        position = rows[-1].position
    with konto.log.store.reading() as cursor:
        for table in moving.COPIED:
            for rows_of_table in moving.pages(cursor, table):
                yield from (_line(table, row) for row in rows_of_table)
    head = konto.journal.head_row()
    yield _line("journal_head", head)
    for entries in konto.journal.pages(head[1]):
        yield from (_line("journal", entry) for entry in entries)


def _line(table: str, row: Sequence[Any]) -> str:
    return _json({"table": table, "row": [_plain(value) for value in row]})


def _put_back(konto: Konto, file: Path, progress: Progress) -> Restored:
    done, size = 0, file.stat().st_size
    # The journal first: what is left of a try that broke off is replaced by the next one.
    with _opened(file) as lines, konto.log.store.writing() as target, konto.journal.replaced() as journal:
        if konto.log.head() or konto.log.count_parked():
            raise NotEmpty
        if _told(lines.readline(), 1).get("keys") != installation.mark(konto.log):
            raise OtherKeysNeeded
        mine = masters.registered(target)
        masters.forget_all(target)
        numbered = enumerate(lines, start=2)
        while chunk := list(islice(numbered, PAGE)):
            for table, rows in groupby((_row(text, number) for number, text in chunk), key=lambda each: each[0]):
                found = [row for _, row in rows]
                if table is None:
                    konto.log.events.copy(target, found)
                else:
                    (journal if table in JOURNAL else target).insert(table, found)
            done += sum(len(text) for _, text in chunk)
            progress(min(done, size), size)
        if not masters.registered(target):  # a file of before there were marks
            masters.begin(target, mine[-1])
        # Nothing is kept that could not be read.
        konto.log.master.open_all(target)
    konto.catch_up()
    return Restored(konto.log.head(), konto.log.count_parked(), is_original=True)


def _row(text: bytes, number: int) -> tuple[str | None, Any]:
    """The table, None for the events, and the row."""
    told = _told(text, number)
    if "table" not in told:
        try:
            return None, event_of(text)
        except Unreadable:
            raise BrokenLine(number) from None
    table, row = told["table"], told.get("row")
    if table not in (*moving.COPIED, *JOURNAL) or not isinstance(row, list):
        raise BrokenLine(number)
    try:
        stored = tuple(_stored(value) for value in row)
    except (ValueError, KeyError, TypeError):
        raise BrokenLine(number) from None
    # Of before there were marks of master keys.
    return table, (*stored, None) if table == "vault_keys" and len(stored) == BEFORE_MARKS else stored


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes | memoryview) else value


def _stored(value: Any) -> Any:
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else value


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"
