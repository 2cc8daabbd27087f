"""The customers' keys that this process has opened, and the texts that they open; none that was destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.masters import Masters
from domain.store import Cursor
from domain.vault import DamagedText, Erased, SubjectKey

ERASED = "SELECT COALESCE(SUM(1 + done), 0) FROM erasures"
WRAPPED = "SELECT subject, wrapped, master FROM vault_keys WHERE subject IN ({among})"


class CustomerKeys:
    def __init__(self, master: Masters) -> None:
        self.master = master
        self._open: dict[str, SubjectKey] = {}
        self._erased = 0
        """What `erased` said when they were opened: another process may erase somebody at any time."""

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, subject: str) -> bool:
        return subject in self._open

    def of(self, cursor: Cursor, subject: str) -> SubjectKey | None:
        """None: not yet there. Raises Erased where it was destroyed."""
        keys = self._open
        if subject in keys:
            return keys[subject]
        row = cursor.execute("SELECT wrapped, master FROM vault_keys WHERE subject = ?", (subject,)).one()
        if row is None:
            return None
        if row[0] is None:
            raise Erased
        key = keys[subject] = self.master.unwrap(cursor, subject, *row)
        return key

    def unless_damaged(self, cursor: Cursor, subject: str) -> SubjectKey | None:
        """None: not there, or it cannot be opened. Raises Erased."""
        try:
            return self.of(cursor, subject)
        except DamagedText:
            return None

    def load(self, cursor: Cursor, subjects: Iterable[str]) -> set[str]:
        """Opens those of these customers in one go, as far as they can be; who of them has one, be it destroyed."""
        having, _ = self._load(self._open, cursor, subjects)
        return having

    def texts(self, cursor: Cursor, facts: Iterable[str], damaged: set[str] | None = None) -> dict[str, dict[str, Any]]:
        """By the facts' keys what the vault holds of them, under the fields' names; erased ones are missing.

        Raises DamagedText, unless `damaged` is to hear of such facts, which are missing then.
        """
        self.heed(erased(cursor))
        keys = self._open
        rows = list(cursor.among("SELECT fact, subject, sealed FROM vault WHERE fact IN ({among})", facts))
        _, broken = self._load(keys, cursor, {row[1] for row in rows} - keys.keys())
        found = {}
        for fact, subject, sealed in rows:
            try:
                if subject in keys:
                    found[fact] = keys[subject].open(fact, sealed)
                elif subject in broken:
                    raise DamagedText
            except DamagedText:
                if damaged is None:
                    raise
                damaged.add(fact)
        return found

    def _load(self, keys: dict[str, SubjectKey], cursor: Cursor, subjects: Iterable[str]) -> tuple[set[str], set[str]]:
        """Who has one, and whose was damaged."""
        broken = set()
        # All of them first: to find a master key that is new to us, the cursor asks another question.
        rows = list(cursor.among(WRAPPED, subjects))
        for subject, wrapped, master in rows:
            if wrapped is None:
                continue
            try:
                keys[subject] = self.master.unwrap(cursor, subject, wrapped, master)
            except DamagedText:
                broken.add(subject)
        return {row[0] for row in rows}, broken

    def make(self, subject: str) -> SubjectKey:
        """For somebody who has none yet."""
        key = self._open[subject] = self.master.new_subject(subject)
        return key

    def heed(self, erased: int) -> None:
        """Lets go of all if somebody was erased since they were opened; `erased` is what it says now."""
        if erased != self._erased:
            self.let_go()
            self._erased = erased

    def let_go(self) -> None:
        # A new dictionary: whoever reads in another thread goes on with the old one, and lets go of it then.
        self._open = {}

    def forget(self, subjects: Iterable[str]) -> None:
        """Those made in a transaction that came to nothing."""
        for subject in subjects:
            self._open.pop(subject, None)


def erased(cursor: Cursor) -> int:
    """Goes up when somebody's key goes, and again when nothing is left: what was read before counts no more."""
    return int(cursor.execute(ERASED).one()[0])
