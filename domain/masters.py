"""The master keys of a log: which of them wraps the customers' keys, where it lies, and how another takes its place.

Only what tells them apart stands here, never a key in the clear. While one takes another's place both count, and every
wrapped key says by which it was wrapped: so nobody who writes meanwhile leaves one that cannot be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from cryptography.exceptions import InvalidTag

from domain.errors import Refused
from domain.instants import kept_instant, kept_instant_if_any
from domain.store import Cursor
from domain.vault import NONCE_BYTES, DamagedText, MasterKey, SubjectKey

Place = Literal["file", "environment", "service"]
"""service = a key service of the firm's keeps it wrapped, and opens it for whoever may ask."""
State = Literal["current", "leaving", "gone"]
PLACES: tuple[Place, ...] = get_args(Place)
STATES: tuple[State, ...] = get_args(State)

TABLES = (
    "CREATE TABLE IF NOT EXISTS master_keys (id TEXT PRIMARY KEY, place TEXT NOT NULL, state TEXT NOT NULL, "
    "made TEXT NOT NULL, gone TEXT, sealed TEXT)",
    "ALTER TABLE vault_keys ADD COLUMN master TEXT",
)
"""`sealed`: as the key service wrapped it. `master` of a customer's key is the id of what wraps it."""


CURRENT = "SELECT id FROM master_keys WHERE state = 'current'"


class Master(NamedTuple):
    """One that is or was in use. `id` tells it apart and reveals nothing of it."""

    id: str
    place: Place
    state: State
    made: datetime
    gone: datetime | None = None
    sealed: str | None = None


class MastersDamaged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "masters_damaged",
            "What the log says of its master keys was damaged or changed, so nobody knows with which one to open it. "
            "Please put the log back from a backup.",
        )


class Masters:
    """Those that this process has opened; `unlock` gets the others, or raises Refused with what is to be done."""

    def __init__(self, entropy: Callable[[int], bytes], unlock: Callable[[Master], MasterKey]) -> None:
        self.entropy = entropy
        self._unlock = unlock
        self._open: dict[str, MasterKey] = {}

    def new_subject(self, subject: str) -> SubjectKey:
        return SubjectKey(subject, self.entropy(32))

    def nonce(self) -> bytes:
        return self.entropy(NONCE_BYTES)

    def current(self, cursor: Cursor) -> MasterKey:
        """The one that wraps from now on. Within a writing transaction: until its end."""
        row = cursor.execute(CURRENT).one()
        if row is None:
            raise MastersDamaged
        return self.opened(cursor, row[0])

    def opened(self, cursor: Cursor, id: str) -> MasterKey:
        """The master key of this id. Raises MastersDamaged."""
        if id in self._open:
            return self._open[id]
        found = next((each for each in registered(cursor) if each.id == id), None)
        if found is None:
            raise MastersDamaged
        return self._opened(found)

    def unwrap(self, cursor: Cursor, subject: str, wrapped: bytes, master: str) -> SubjectKey:
        """Raises DamagedText where it was damaged: its master key is known by the id to be the right one, or there is
        none of this id."""
        if master not in self._open:
            found = next((each for each in registered(cursor) if each.id == master), None)
            if found is None:
                raise DamagedText
            self._opened(found)
        try:
            return self._open[master].unwrap(subject, wrapped)
        except (InvalidTag, ValueError):
            raise DamagedText from None

    def open_all(self, cursor: Cursor) -> None:
        """Whatever wraps a customer's key: so that a start says what is missing, and not the first question."""
        for each in registered(cursor):
            if each.state == "current" or (each.state == "leaving" and wraps(cursor, each.id)):
                self._opened(each)

    def _opened(self, master: Master) -> MasterKey:
        if master.id not in self._open:
            self._open[master.id] = self._unlock(master)
        return self._open[master.id]


def registered(cursor: Cursor) -> list[Master]:
    """All there ever were, the oldest first. Raises MastersDamaged."""
    rows = cursor.execute("SELECT id, place, state, made, gone, sealed FROM master_keys ORDER BY made, id").all()
    if any(row[1] not in PLACES or row[2] not in STATES for row in rows):
        raise MastersDamaged
    return [Master(row[0], row[1], row[2], kept_instant(row[3]), kept_instant_if_any(row[4]), row[5]) for row in rows]


def wraps(cursor: Cursor, master: str) -> bool:
    """Whether a customer's key is still wrapped with it."""
    sql = "SELECT 1 FROM vault_keys WHERE master = ? AND wrapped IS NOT NULL LIMIT 1"
    return cursor.execute(sql, (master,)).one() is not None


def begin(cursor: Cursor, first: Master) -> None:
    """In a log without any: it wraps all that is there already."""
    _insert(cursor, first)
    cursor.execute("UPDATE vault_keys SET master = ? WHERE wrapped IS NOT NULL", (first.id,))


def take_over(cursor: Cursor, following: Master) -> None:
    """From the end of this transaction on it wraps; the one before is needed until nothing is wrapped with it."""
    cursor.execute("UPDATE master_keys SET state = 'leaving' WHERE state = 'current'")
    _insert(cursor, following)


def _insert(cursor: Cursor, master: Master) -> None:
    cursor.insert(
        "master_keys", [(master.id, master.place, master.state, master.made.isoformat(), None, master.sealed)]
    )


def rewrap(cursor: Cursor, masters: Masters, after: str, limit: int) -> str | None:
    """Customers' keys that follow `after`, wrapped with what is current; the last of them, None where none is left."""
    current = masters.current(cursor)
    rows = cursor.execute(
        "SELECT subject, wrapped, master FROM vault_keys "
        "WHERE subject > ? AND wrapped IS NOT NULL AND master <> ? ORDER BY subject LIMIT ?",
        (after, current.id, limit),
    ).all()
    cursor.executemany("UPDATE vault_keys SET wrapped = ?, master = ? WHERE subject = ?", _anew(cursor, masters, rows))
    return str(rows[-1][0]) if rows else None


def _anew(cursor: Cursor, masters: Masters, rows: list[tuple[str, bytes, str]]) -> list[tuple[bytes, str, str]]:
    current = masters.current(cursor)
    return [
        (current.wrap(masters.unwrap(cursor, subject, wrapped, master)), current.id, subject)
        for subject, wrapped, master in rows
    ]


def leaving(cursor: Cursor) -> Iterator[Master]:
    return (each for each in registered(cursor) if each.state == "leaving")


def seal_anew(cursor: Cursor, master: str, sealed: str) -> None:
    cursor.execute("UPDATE master_keys SET sealed = ? WHERE id = ?", (sealed, master))


def forget_all(cursor: Cursor) -> None:
    """Of an empty log, before those of another take their place."""
    cursor.execute("DELETE FROM master_keys")


def let_go(cursor: Cursor, master: str) -> None:
    """What a key service wrapped goes."""
    cursor.execute("UPDATE master_keys SET sealed = NULL WHERE id = ?", (master,))


def gone(cursor: Cursor, master: str, at: datetime) -> None:
    """Destroyed everywhere: the exchange is complete."""
    cursor.execute("UPDATE master_keys SET state = 'gone', gone = ? WHERE id = ?", (at.isoformat(), master))
