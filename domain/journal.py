"""The access journal: who looked at whose data, who signed in, who was refused, whose rights were changed.

It lies beside the log in a store of its own, since an import holds the log's writer for minutes and no page is to wait
for that. Each entry is chained to the one before (`verifier.journal`). Who and whom an entry names it names by internal
ids, so that nobody who is erased stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Literal, NamedTuple, get_args

from domain.errors import Refused
from domain.instants import LONG_AGO, kept_instant_if_any
from domain.store import STORE_FAILS, Cursor, LastingStore, StoreBusy
from domain.store.schema import Step
from verifier import journal as chain
from verifier.journal import BEGINNING, COLUMNS, CUT, Entry, Head

Door = Literal["dashboard", "api", "assistant", "command line", "machine"]
"""Through which somebody came; the machine's own work is no look."""
What = Literal[
    "looked",
    "listed",
    "figures",
    "exported",
    "disclosed",
    "signed_in",
    "signed_out",
    "sign_in_refused",
    "session_ended",
    "refused",
    "key_made",
    "key_revoked",
    "key_used",
    "roles_changed",
    "cut",
]
"""looked: at one customer or promise · listed: names in a list or search · figures: of one person of ours · exported:
taken out as a file · disclosed: given to whom it is about · refused: asked for what the roles do not show ·
key_used: the first time a day."""
WHATS: tuple[What, ...] = get_args(What)
LOOKS: tuple[What, ...] = ("looked", "listed", "figures", "exported", "disclosed")
"""Reads of personal data; the others are sign-ins, refusals and rights."""

LOCAL, UNKNOWN, MACHINE = "local", "unknown", "machine"
"""Who is nobody of the people document: this machine's one user, somebody who did not say who they are, ourselves."""
KEY = "key-"
"""Before the name of an access key."""

ONCE_WITHIN = timedelta(minutes=15)
"""The same look again within so long is the same look: a page is drawn anew at every click, and a colleague who
works on one customer for an hour is told of four times, not four hundred."""
A_DAY = timedelta(days=1)
_ONCE: Mapping[What, timedelta] = {"looked": ONCE_WITHIN, "listed": ONCE_WITHIN, "key_used": A_DAY}
"""What is noted once within so long. Files that leave the house and figures of a colleague are noted each time."""
A_MINUTE = timedelta(minutes=1)
_COUNTED: Collection[What] = ("refused", "sign_in_refused")
"""Noted once a minute, and at its end how many more there were: whoever knocks all night does not fill the disk."""
REMEMBERED = 10_000
"""Looks that this process remembers, so that the same again asks no store."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, "
    "door TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL, beside TEXT NOT NULL, times INTEGER NOT NULL, "
    "previous BLOB NOT NULL, hash BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS journal_about ON journal (about, number)",
    "CREATE INDEX IF NOT EXISTS journal_who ON journal (who, what, about, at)",
    "CREATE TABLE IF NOT EXISTS journal_head (place INTEGER PRIMARY KEY, number INTEGER NOT NULL, hash BLOB NOT NULL, "
    "cut INTEGER NOT NULL, cut_hash BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS journal_more (who TEXT NOT NULL, door TEXT NOT NULL, what TEXT NOT NULL, "
    "since TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (who, door, what))",
)
"""The head names the newest entry, and the last one that was cut off because it was old."""
COPIED = ("journal_head", "journal")
"""What goes along with the log to another place."""
STEPS = (Step(1, "journal", TABLES),)

_WORD = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
_BESIDE = re.compile(r"[A-Za-z0-9 _.,:;=>/+-]{0,200}", re.ASCII)


class JournalAway(Refused):
    """Nothing personal is shown that cannot be noted."""

    def __init__(self) -> None:
        super().__init__(
            "journal_away",
            "What is looked at cannot be noted just now, and so nothing personal is shown. Please try again in a "
            "moment; if it stays so, the disk may be full: konto doctor",
        )


class Look(NamedTuple):
    """What is to be noted. `about`: an internal id or nothing; `beside`: fixed words such as the page, nobody's."""

    who: str
    door: Door
    what: What
    about: str = ""
    beside: str = ""


class Wanted(NamedTuple):
    """Which entries; None = all."""

    who: Sequence[str] | None = None
    about: Sequence[str] | None = None
    what: Sequence[What] | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


class Journal:
    """Appends and reads. Several processes may write at the same time: each waits for the head's row."""

    def __init__(self, store: LastingStore) -> None:
        self.store = store
        self._lately: dict[Look, datetime] = {}
        self._lock = Lock()

    # -- writing --------------------------------------------------------------------------------------

    def note(self, look: Look, now: datetime) -> None:
        """Committed when this returns. Raises JournalAway where it cannot be noted, ValueError for what is no id."""
        _must_be_nobodys(look)
        if look.what in _ONCE and self._was_noted_here(look, now):
            return
        try:
            with self.store.updating() as cursor:
                noted = _note(cursor, look, now)
        except (*STORE_FAILS, StoreBusy) as trouble:
            raise JournalAway from trouble
        if look.what in _ONCE:
            self._remember(look, noted)

    def count_up(self, now: datetime) -> None:
        """Writes how often what is counted by the minute came in minutes that are over."""
        with self.store.updating() as cursor:
            head, _ = _heads(cursor)
            _move(cursor, _count_up(cursor, head, now))

    def cut(self, upto: Head, now: datetime) -> int:
        """Takes off the oldest entries up to one that a checkpoint names, and notes it; how many went.

        Raises LookupError where that entry is not there, or is another one.
        """
        with self.store.updating() as cursor:
            head, cut = _heads(cursor)
            if upto.number <= cut.number:
                return 0
            row = cursor.execute("SELECT hash FROM journal WHERE number = ?", (upto.number,)).one()
            if row is None or bytes(row[0]) != upto.hash:
                raise LookupError(upto.number)
            # Noted with what remains, also where nothing else does.
            head = _append(cursor, head, Look(MACHINE, "machine", CUT, beside=str(upto)), now)
            cursor.execute("DELETE FROM journal WHERE number <= ?", (upto.number,))
            _move(cursor, head)
            cursor.execute("UPDATE journal_head SET cut = ?, cut_hash = ?", (upto.number, upto.hash))
        return upto.number - cut.number

    @contextmanager
    def replaced(self) -> Iterator[Cursor]:
        """One transaction that fills it with another home's, `journal` and `journal_head`, just as they are there."""
        with self.store.updating() as cursor:
            for table in COPIED:
                cursor.execute(f"DELETE FROM {table}")
            yield cursor

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody notes anything meanwhile: they wait, and are refused where it takes long."""
        with self.store.updating() as cursor:
            _heads(cursor)
            yield

    def head_row(self) -> tuple[int, int, bytes, int, bytes]:
        """As it stands in its table."""
        head, cut = self.heads()
        return (1, head.number, head.hash, cut.number, cut.hash)

    # -- reading --------------------------------------------------------------------------------------

    def head(self) -> Head:
        return self.heads()[0]

    def settled(self) -> Head:
        """The newest entry, which no power cut takes any more."""
        head = self.head()
        self.store.settle()
        return head

    def heads(self) -> tuple[Head, Head]:
        """The newest entry, and the last that was cut off."""
        with self.store.reading() as cursor:
            return _found(cursor) or (BEGINNING, BEGINNING)

    def read(self, wanted: Wanted = Wanted(), *, limit: int, before: int | None = None) -> list[Entry]:  # noqa: B008
        """The newest first, those with a number below `before`."""
        conditions, values = _conditions(wanted)
        if before is not None:
            conditions.append("number < ?")
            values.append(before)
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        sql = f"SELECT {COLUMNS} FROM journal {where}ORDER BY number DESC LIMIT ?"
        with self.store.reading() as cursor:
            return [_entry(row) for row in cursor.execute(sql, (*values, limit)).all()]

    def every(self) -> Iterator[Entry]:
        """From the oldest on."""
        return (entry for page in self.pages() for entry in page)

    def pages(self, upto: int | None = None) -> Iterator[list[Entry]]:
        """The same, so many at a time, up to an entry, or to the one that is the newest now."""
        head, number = self.head().number if upto is None else upto, 0
        sql = f"SELECT {COLUMNS} FROM journal WHERE number > ? AND number <= ? ORDER BY number LIMIT ?"
        while number < head:
            with self.store.reading() as cursor:
                rows = [_entry(row) for row in cursor.execute(sql, (number, head, chain.AT_ONCE)).all()]
            if not rows:
                return
            yield rows
            number = rows[-1].number

    def verify(self, attested: Sequence[Head]) -> chain.Report:
        """Against itself, and against the heads that checkpoints name."""
        head, cut = self.heads()
        return chain.check(chain.Journal(self._whatever_lies_there, cut, head), attested)

    def _whatever_lies_there(self) -> Iterator[Entry]:
        with self.store.reading() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM journal ORDER BY number")
            for rows in cursor.portions(chain.AT_ONCE):
                yield from map(_entry, rows)

    # -- what was noted lately ------------------------------------------------------------------------

    def _was_noted_here(self, look: Look, now: datetime) -> bool:
        before = self._lately.get(look)
        return before is not None and timedelta() <= now - before < _ONCE[look.what]

    def _remember(self, look: Look, at: datetime) -> None:
        with self._lock:
            if len(self._lately) >= REMEMBERED:
                self._lately = {each: since for each, since in self._lately.items() if at - since < _ONCE[each.what]}
            if len(self._lately) < REMEMBERED:
                self._lately[look] = at


def _note(cursor: Cursor, look: Look, now: datetime) -> datetime:
    """When it was noted: now, or a while ago by another process."""
    head, _ = _heads(cursor)
    if look.what in _ONCE and (before := _was_noted(cursor, look, now)) is not None:
        return before
    head = _count_up(cursor, head, now)
    if not (look.what in _COUNTED and _is_one_more(cursor, look, now)):
        head = _append(cursor, head, look, now)
    _move(cursor, head)
    return now


def _must_be_nobodys(look: Look) -> None:
    """A mistake of ours that would bring somebody's name into what nobody can erase."""
    words = (look.who, look.about) if look.about else (look.who,)
    if look.what not in WHATS or not all(map(_WORD.fullmatch, words)) or not _BESIDE.fullmatch(look.beside):
        raise ValueError("the journal holds internal ids and fixed words alone")


def _heads(cursor: Cursor) -> tuple[Head, Head]:
    """Locked until this transaction ends: whoever else writes waits for it."""
    found = _found(cursor, cursor.for_update)
    if found is None:
        first = (1, BEGINNING.number, BEGINNING.hash, BEGINNING.number, BEGINNING.hash)
        cursor.execute("INSERT INTO journal_head VALUES (?, ?, ?, ?, ?) ON CONFLICT (place) DO NOTHING", first)
        found = _found(cursor, cursor.for_update)
    assert found is not None
    return found


def _found(cursor: Cursor, lock: str = "") -> tuple[Head, Head] | None:
    row = cursor.execute(f"SELECT number, hash, cut, cut_hash FROM journal_head{lock}").one()
    return None if row is None else (Head(row[0], bytes(row[1])), Head(row[2], bytes(row[3])))


def _move(cursor: Cursor, head: Head) -> None:
    cursor.execute("UPDATE journal_head SET number = ?, hash = ?", (head.number, head.hash))


def _append(cursor: Cursor, head: Head, look: Look, now: datetime, times: int = 1) -> Head:
    who, door, what, about, beside = look
    entry = Entry(head.number + 1, _written(now), who, door, what, about, beside, times, head.hash).sealed()
    cursor.insert("journal", [tuple(entry)])
    return Head(entry.number, entry.hash)


def _was_noted(cursor: Cursor, look: Look, now: datetime) -> datetime | None:
    cursor.execute(
        "SELECT MAX(at) FROM journal WHERE who = ? AND what = ? AND about = ? AND at > ? AND at <= ? AND door = ? "
        "AND beside = ?",
        (look.who, look.what, look.about, _written(now - _ONCE[look.what]), _written(now), look.door, look.beside),
    )
    found = cursor.one()[0]
    before = kept_instant_if_any(found)
    return None if before == LONG_AGO else before


def _is_one_more(cursor: Cursor, look: Look, now: datetime) -> bool:
    """Whether this minute has one of them already; then it is only counted."""
    key = (look.who, look.door, look.what)
    same = "WHERE who = ? AND door = ? AND what = ?"
    if cursor.execute(f"SELECT 1 FROM journal_more {same}", key).one() is None:
        cursor.insert("journal_more", [(*key, _written(now), 0)])
        return False
    cursor.execute(f"UPDATE journal_more SET times = times + 1 {same}", key)
    return True


def _count_up(cursor: Cursor, head: Head, now: datetime) -> Head:
    ended = (_written(now - A_MINUTE),)
    rows = cursor.execute(
        "SELECT who, door, what, times FROM journal_more WHERE since <= ? ORDER BY who, door, what", ended
    ).all()
    if not rows:
        return head
    cursor.execute("DELETE FROM journal_more WHERE since <= ?", ended)
    for who, door, what, times in rows:
        if times:
            head = _append(cursor, head, Look(who, door, what, beside="more"), now, times)
    return head


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    conditions, values = list[str](), list[object]()
    for name, chosen in (("who", wanted.who), ("about", wanted.about), ("what", wanted.what)):
        if chosen is not None:
            conditions.append(f"{name} IN ({','.join('?' * len(chosen))})" if chosen else "1 = 0")
            values += chosen
    for sign, moment in ((">=", wanted.since), ("<", wanted.until)):
        if moment is not None:
            conditions.append(f"at {sign} ?")
            values.append(_written(moment))
    return conditions, values


def _entry(row: Sequence[object]) -> Entry:
    return chain.stored(row)


def _written(at: datetime) -> str:
    """All of one length, so that they sort as texts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
