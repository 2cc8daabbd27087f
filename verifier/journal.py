"""The access journal: who looked at what, each entry chained to the one before by its hash.

An entry's hash covers the hash of the one before, so that nobody can change, remove, insert or move one without every
entry behind it saying otherwise. Checkpoints of the log name the newest entry's number and hash: that is what keeps
somebody from writing the whole chain anew.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from verifier.events import Unreadable
from verifier.finding import FAR, Bad
from verifier.note import Checkpoint

TABLE, HEAD_TABLE = "journal", "journal_head"
FIELDS = ("number", "at", "who", "door", "what", "about", "beside", "times", "previous", "hash")
COLUMNS = ", ".join(FIELDS)
HEAD_FIELDS = ("number", "hash", "cut", "cut_hash")
HEAD_COLUMNS = ", ".join(HEAD_FIELDS)
SAID = "journal"
"""The line of a checkpoint: number and hash of the newest entry, the hash in hexadecimal."""
CUT: Final = "cut"
"""What an entry says that tells of a cut; `beside` holds number and hash of the last entry that went."""
AT_ONCE = 10_000
_PURPOSE = b"vertrauenskonto/journal/1\n"


class Entry(NamedTuple):
    """`at` is UTC in RFC 3339; `who` and `about` are internal ids or fixed words, `about` may be empty."""

    number: int
    at: str
    who: str
    door: str
    what: str
    about: str
    beside: str
    times: int
    previous: bytes
    hash: bytes = b""

    def sealed(self) -> Entry:
        return self._replace(hash=digest(self))


class Head(NamedTuple):
    """The last entry of a journal, or of the part that was cut off."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.hash.hex()}"


BEGINNING = Head(0, sha256(_PURPOSE).digest())
"""What the very first entry follows."""


def digest(entry: Entry) -> bytes:
    """Lengths stand before what varies, so that no two entries have the same bytes."""
    texts = (entry.at, entry.who, entry.door, entry.what, entry.about, entry.beside)
    raw = [text.encode("utf-8", "surrogateescape") for text in texts]
    numbers = entry.number.to_bytes(8, "big", signed=True) + entry.times.to_bytes(8, "big", signed=True)
    parts = (part for text in raw for part in (len(text).to_bytes(4, "big"), text))
    return sha256(b"".join((_PURPOSE, entry.previous, numbers, *parts))).digest()


def head_of(text: str) -> Head | None:
    """Out of a line of a checkpoint, or what a cut says; None for what is none."""
    number, _, told = text.partition(" ")
    if not number.isdecimal() or len(number) > 18 or len(told) != 64:
        return None
    try:
        return Head(int(number), bytes.fromhex(told))
    except ValueError:
        return None


# -- checking -----------------------------------------------------------------------------------------


Entries = Callable[[], Iterator[Entry]]
"""All of them in order of number, as often as one asks."""


class Journal(NamedTuple):
    """As it lies there: where it begins (something was cut off before, or nothing), and where it says that it ends."""

    entries: Entries
    cut: Head = BEGINNING
    head: Head | None = None


class Report(NamedTuple):
    size: int
    """The number of the newest entry."""
    hash: bytes
    cut: Head
    """Entries up to this one were cut off because they were old."""
    cut_at: str | None
    attested: int
    """Up to which entry a checkpoint vouches."""
    checked: int
    """Checkpoints that name an entry which is still there, or the last that went."""
    first_bad: Bad | None

    @property
    def is_ok(self) -> bool:
        return self.first_bad is None

    def told(self) -> dict[str, Any]:
        bad = self.first_bad
        return {
            "ok": self.is_ok,
            "size": self.size,
            "head": self.hash.hex(),
            "first_bad": None if bad is None else {k: v for k, v in bad._asdict().items() if v is not None},
            "checkpoints": self.checked,
            "attested": self.attested,
            "after": max(0, self.size - self.attested),
            "cut": self.cut.number or None,
            "cut_at": self.cut_at,
        }


def heads_of(checkpoints: Iterable[Checkpoint]) -> list[Head]:
    """What they say of the journal; those from before there was one say nothing."""
    said = (each.said(SAID) for each in checkpoints)
    return sorted({head for text in said if text is not None and (head := head_of(text)) is not None})


def check(journal: Journal, attested: Sequence[Head]) -> Report:
    """Against itself, and against the heads that checkpoints name. Reads it once where nothing is wrong."""
    known = sorted(set(attested))
    furthest = known[-1].number if known else 0
    vouched = [head for head in known if head.number >= journal.cut.number]
    walked = _walked(journal, vouched)
    bad = walked.bad
    if bad is None and known and not vouched:
        bad = Bad(furthest + 1, "removed")  # cut off further than any checkpoint reaches
    if bad is None and (walked.last.number < furthest or journal.head not in (None, walked.last)):
        bad = Bad(walked.last.number + 1, "cut")
    if bad is None and journal.cut != BEGINNING and walked.cut_at is None:
        bad = Bad(journal.cut.number, "removed")  # by somebody who did not say so
    return Report(*walked.last, journal.cut, walked.cut_at, furthest, len(vouched), bad)


class _Walked(NamedTuple):
    last: Head
    cut_at: str | None
    """When it was noted that the oldest were cut off."""
    bad: Bad | None


def _walked(journal: Journal, vouched: Sequence[Head]) -> _Walked:
    last, good, cut_at = journal.cut, journal.cut.number, None
    wanted: dict[int, set[bytes]] = {}
    for head in vouched:
        wanted.setdefault(head.number, set()).add(head.hash)
    if wanted.get(last.number, {last.hash}) != {last.hash}:
        return _Walked(last, None, Bad(last.number, "changed"))
    for entry in journal.entries():
        if entry.number != last.number + 1 or entry.previous != last.hash or digest(entry) != entry.hash:
            return _Walked(last, cut_at, _told(journal, last, entry))
        last = Head(entry.number, entry.hash)
        if entry.what == CUT and head_of(entry.beside) == journal.cut:
            cut_at = entry.at
        if last.number in wanted:
            if wanted[last.number] != {last.hash}:
                # Whole in itself, and yet not what was attested: written anew from somewhere on.
                return _Walked(last, cut_at, Bad(good + 1, "changed", last.number))
            good = last.number
    return _Walked(last, cut_at, None)


def _told(journal: Journal, last: Head, found: Entry) -> Bad:
    """What does not follow the entry before it: it belongs elsewhere, or nowhere, or the one before is not genuine."""
    expected = last.number + 1
    place = _place(found)
    stands_later = _stands_later(journal, last)
    if place is None:
        return Bad(expected, "inserted" if stands_later else "changed")
    if place == expected and found.number != expected:
        return Bad(expected, "changed")  # it was given another number
    if place > expected:
        return Bad(expected, "reordered" if stands_later else "removed")
    if place < expected:
        there = _numbered(journal, place)
        return Bad(expected if there is None or there.hash == found.hash else place, "inserted")
    if stands_later:
        return Bad(expected, "inserted")
    # Whole in itself, but it follows another entry than the one before: that one, or this one, was written anew.
    follows = _numbered(journal, expected + 1)
    genuine = follows is None or follows.previous == found.hash
    return Bad(expected - 1 if genuine and expected - 1 > journal.cut.number else expected, "changed")


def _place(entry: Entry) -> int | None:
    """The number under which this entry was written; None where it is as nobody wrote it."""
    near = (entry.number, *range(max(1, entry.number - FAR), entry.number + FAR + 1))
    return next((each for each in near if digest(entry._replace(number=each)) == entry.hash), None)


def _stands_later(journal: Journal, last: Head) -> bool:
    """Whether what follows the last good entry lies further behind, under whatever number."""
    expected = last.number + 1
    behind = (each for each in journal.entries() if each.number > expected)
    return any(each.previous == last.hash and _place(each) == expected for each in behind)


def _numbered(journal: Journal, number: int) -> Entry | None:
    return next((each for each in journal.entries() if each.number == number), None)


# -- where it lies ------------------------------------------------------------------------------------


def of_sqlite(file: Path) -> Journal:
    """Only read: what is damaged or was changed stays as it is. Raises Unreadable."""

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return connection

    def entries() -> Iterator[Entry]:
        try:
            with closing(connected()) as connection:
                cursor = connection.execute(f"SELECT {COLUMNS} FROM {TABLE} ORDER BY number")
                while rows := cursor.fetchmany(AT_ONCE):
                    yield from map(stored, rows)
        except sqlite3.Error as trouble:
            raise Unreadable(f"{file}: {trouble}") from None

    try:
        with closing(connected()) as connection:
            row = connection.execute(f"SELECT {HEAD_COLUMNS} FROM {HEAD_TABLE}").fetchone()
    except sqlite3.Error as trouble:
        raise Unreadable(f"{file}: {trouble}") from None
    return _journal(entries, row)


def of_postgres(address: str, schema: str) -> Journal:
    """Needs the driver psycopg. Raises Unreadable."""
    import psycopg
    from psycopg import sql

    def query(columns: str, table: str, order: str = "") -> sql.Composed:
        names = sql.Identifier(schema), sql.Identifier(table)
        return sql.SQL("SELECT {} FROM {}.{} {}").format(sql.SQL(columns), *names, sql.SQL(order))

    def entries() -> Iterator[Entry]:
        try:
            with psycopg.connect(address) as connection, connection.cursor(name="entries", binary=True) as cursor:
                cursor.itersize = AT_ONCE
                yield from map(stored, cursor.execute(query(COLUMNS, TABLE, "ORDER BY number")))
        except psycopg.Error as trouble:
            raise Unreadable(f"{schema}: {trouble}") from None

    try:
        with psycopg.connect(address) as connection:
            row = connection.execute(query(HEAD_COLUMNS, HEAD_TABLE)).fetchone()
    except psycopg.Error as trouble:
        raise Unreadable(f"{schema}: {trouble}") from None
    return _journal(entries, row)


def of_lines(file: Path) -> Journal:
    """Out of an export of everything as it is stored. Raises Unreadable."""

    def rows(table: str) -> Iterator[list[Any]]:
        begins = f'{{"table":"{table}",'.encode()
        try:
            with file.open("rb") as stream:
                for number, text in enumerate(stream, start=1):
                    if text.startswith(begins):
                        yield _row(text, f"{file}: {number}")
        except OSError as trouble:
            raise Unreadable(f"{file}: {trouble.strerror}") from None

    # The first column is a place of its own.
    return _journal(lambda: map(stored, rows(TABLE)), next((row[1:] for row in rows(HEAD_TABLE)), None))


def _row(text: bytes, where: str) -> list[Any]:
    try:
        row = json.loads(text)["row"]
        found = [base64.b64decode(each["base64"], validate=True) if isinstance(each, dict) else each for each in row]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(where) from None
    if len(found) not in (len(FIELDS), len(HEAD_FIELDS) + 1):
        raise Unreadable(where)
    return found


def _journal(entries: Entries, row: Sequence[Any] | None) -> Journal:
    if row is None:
        return Journal(entries, BEGINNING, BEGINNING)
    number, last, cut, cut_hash = row
    return Journal(entries, Head(_whole(cut), _bytes(cut_hash)), Head(_whole(number), _bytes(last)))


def stored(row: Sequence[Any]) -> Entry:
    """Whatever stands in a column: what somebody put there by hand may be of another type."""
    number, *texts, times, previous, last = row
    at, who, door, what, about, beside = (each if isinstance(each, str) else f"\0{each!r}" for each in texts)
    return Entry(_whole(number), at, who, door, what, about, beside, _whole(times), _bytes(previous), _bytes(last))


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and -(2**63) <= value < 2**63 else -(2**63)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else base64.b85encode(repr(value).encode("utf-8", "replace"))
