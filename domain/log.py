"""The log: what was recorded, in the order in which it was recorded, never changed.

Beside each event stand, written in the same transaction, the fact's key (so that nothing is recorded
twice) and its personal fields in the vault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from domain import checkpoints, masters
from domain.customer_keys import CustomerKeys, erased
from domain.errors import Refused
from domain.fact import Fact
from domain.ids import Ids
from domain.masters import Masters
from domain.store import Cursor, EventTable, LastingStore, Row
from domain.store.schema import Step
from domain.stored import PARKED, IllegibleParked, Parked, from_row, opened_parked, read, unless_refused
from domain.vault import FIRM, DamagedText, unseal
from domain.writer import RECEIVED, Writer

TABLES = (
    "CREATE TABLE IF NOT EXISTS received (fact TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS vault (fact TEXT PRIMARY KEY, subject TEXT NOT NULL, sealed BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS vault_subject ON vault (subject)",
    "CREATE TABLE IF NOT EXISTS vault_keys (subject TEXT PRIMARY KEY, wrapped BLOB)",
    "CREATE TABLE IF NOT EXISTS parked "
    "(fact TEXT PRIMARY KEY, needs TEXT NOT NULL, since TEXT NOT NULL, sealed BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS parked_needs ON parked (needs)",
    "CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY)",
)
SERVICES = (
    "CREATE TABLE IF NOT EXISTS installation (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS heartbeats "
    "(service TEXT NOT NULL, instance TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (service, instance))",
)
"""Which keys belong to this log, and which services look after it."""
ERASURES = (
    "CREATE TABLE IF NOT EXISTS erasures (customer TEXT PRIMARY KEY, at TEXT NOT NULL, ground TEXT NOT NULL, "
    "note TEXT NOT NULL, done INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS holds (customer TEXT PRIMARY KEY, since TEXT NOT NULL, ends TEXT, "
    "ground TEXT NOT NULL, sealed BLOB NOT NULL)",
)
"""Who was erased, and who must not be for now. Internal ids only; why somebody is held is sealed under their key."""


POSITIONS_AT_ONCE = 1_000

KEY_OF = "SELECT fact FROM received WHERE stream = ? AND version = ?"
WHOSE_TEXTS = "SELECT v.subject FROM received r JOIN vault v ON v.fact = r.fact WHERE r.stream = ? AND r.version = ?"


class Log:
    def __init__(self, store: LastingStore, ids: Ids, master: Masters) -> None:
        self.store = store
        self.ids = ids
        self.master = master
        self.keys = CustomerKeys(master)
        self.events = store.event_table()
        self.seen_sources: frozenset[str] = frozenset()
        """Those that this process has seen in committed transactions."""

    def steps(self) -> list[Step]:
        """How its tables came to be; a step that was released is never changed."""
        return [
            Step(1, "events", [*self.events.statements(), *TABLES]),
            Step(2, "services", SERVICES),
            Step(3, "checkpoints", checkpoints.TABLES),
            Step(4, "erasures", ERASURES),
            Step(5, "master keys", masters.TABLES),
        ]

    # -- read -----------------------------------------------------------------------------------

    def head(self) -> int:
        """The position of the newest event, 0 for an empty log."""
        return self.events.head()

    def last(self, streams: Iterable[str], *, upto: int | None = None) -> int:
        """The position of the newest event of these streams, up to a position; 0 where there is none."""
        with self.store.reading() as cursor:
            return self.events.last(cursor, streams, upto)

    def rows(self, after: int, limit: int) -> list[Row]:
        """Events as stored, in the order in which they were recorded; `from_row` and `customer_of` read them."""
        return self.events.after(after, limit)

    def rows_at(self, positions: Sequence[int]) -> list[Row]:
        """Events at these positions, in their order."""
        with self.store.reading() as cursor:
            return [
                row
                for start in range(0, len(positions), POSITIONS_AT_ONCE)
                for row in self.events.at(cursor, positions[start : start + POSITIONS_AT_ONCE])
            ]

    def page(self, after: int, limit: int) -> list[Fact]:
        """Facts in the order in which they were recorded, personal fields sealed."""
        return [from_row(row) for row in self.rows(after, limit)]

    def histories(
        self, streams: Iterable[str], *, upto: int | None = None, but: Collection[int] = ()
    ) -> dict[str, list[Fact]]:
        """Each stream's facts, as recorded up to a position, `but` for those at some positions."""
        with self.store.reading() as cursor:
            return read_histories(self.events, cursor, streams, upto, but)

    def whose(self, row: Row) -> str:
        """Whom an event concerns that says nothing of it any more: whose texts lie beside it; else its own stream."""
        with self.store.reading() as cursor:
            found = cursor.execute(WHOSE_TEXTS, (row.stream, row.version)).one()
        return row.stream if found is None or found[0] == FIRM else str(found[0])

    def key_of(self, row: Row) -> str | None:
        """The key of an event's fact, also where the event cannot be read."""
        with self.store.reading() as cursor:
            found = cursor.execute(KEY_OF, (row.stream, row.version)).one()
        return None if found is None else str(found[0])

    def keys_in(self, streams: Collection[str]) -> set[str]:
        """The keys of all facts of these streams, also of those that cannot be read."""
        with self.store.reading() as cursor:
            return {row[0] for row in cursor.among("SELECT fact FROM received WHERE stream IN ({among})", streams)}

    def readable(self, streams: Iterable[str], *, upto: int | None = None) -> dict[str, list[Fact]]:
        """The same without what cannot be read: for what steers everybody, and so must not stop all of it."""
        return self._as_far_as_read(streams, upto)[0]

    def whole(self, streams: Iterable[str], *, upto: int | None = None) -> tuple[dict[str, list[Fact]], frozenset[str]]:
        """The histories of which everything can be read, and the streams of which something cannot.

        For what concerns many: one of them must not stop the others, nor be shown half understood.
        """
        histories, damaged = self._as_far_as_read(streams, upto)
        return {stream: facts for stream, facts in histories.items() if stream not in damaged}, damaged

    def _as_far_as_read(self, streams: Iterable[str], upto: int | None) -> tuple[dict[str, list[Fact]], frozenset[str]]:
        histories: dict[str, list[Fact]] = {}
        damaged: set[str] = set()
        with self.store.reading() as cursor:
            for row in self.events.of_streams(cursor, streams, upto):
                if (fact := read(row)) is None:
                    damaged.add(row.stream)
                else:
                    histories.setdefault(row.stream, []).append(fact)
        return histories, frozenset(damaged)

    def words(self, facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
        """By the facts' keys what the log does not hold of them, under the fields' names; erased ones are missing."""
        with self.store.reading() as cursor:
            return self.keys.texts(cursor, [fact.key for fact in facts])

    def opened(self, facts: Sequence[Fact]) -> list[Fact]:
        """The same facts in their sources' words; those of erased customers stay sealed."""
        secrets = self.words(facts)
        return [unseal(fact, secrets[fact.key]) if fact.key in secrets else fact for fact in facts]

    def legibly_opened(self, facts: Sequence[Fact]) -> list[Fact]:
        """The same without those of which a text was damaged: for what concerns many, whom one must not stop."""
        damaged: set[str] = set()
        with self.store.reading() as cursor:
            texts = self.keys.texts(cursor, [fact.key for fact in facts], damaged)
        return [
            unseal(fact, texts[fact.key]) if fact.key in texts else fact for fact in facts if fact.key not in damaged
        ]

    def recorded(self, keys: Sequence[str]) -> dict[str, Fact]:
        """Of these keys the facts that stand in the log, in their sources' words. Raises UnreadableEvent."""
        with self.store.reading() as cursor:
            found = self.recorded_in(cursor, keys)
        return {key: unless_refused(fact) for key, fact in found.items()}

    def legible(self, keys: Sequence[str]) -> dict[str, Fact]:
        """The same without what cannot be read."""
        with self.store.reading() as cursor:
            found = self.recorded_in(cursor, keys)
        return {key: fact for key, fact in found.items() if isinstance(fact, Fact)}

    def parked(self) -> list[Parked]:
        """As far as they can be read."""
        return self.all_parked()[0]

    def all_parked(self) -> tuple[list[Parked], list[IllegibleParked]]:
        """Those that can be read, and the others; each in the order in which they came."""
        with self.store.reading() as cursor:
            return self.parked_in(cursor)

    def parked_in(self, cursor: Cursor) -> tuple[list[Parked], list[IllegibleParked]]:
        """The same within a transaction."""
        rows = cursor.execute(f"SELECT {PARKED} FROM parked ORDER BY since, fact").all()
        return opened_parked(rows, self.keys.unless_damaged(cursor, FIRM) if rows else None)

    def erased(self) -> int:
        """Goes up when somebody's key goes, and again when nothing is left: what was read before counts no more."""
        with self.store.reading() as cursor:
            return erased(cursor)

    def count_parked(self) -> int:
        with self.store.reading() as cursor:
            return int(cursor.execute("SELECT COUNT(*) FROM parked").one()[0])

    def recorded_in(self, cursor: Cursor, keys: Sequence[str]) -> dict[str, Fact | Refused]:
        """The same within a transaction. For what stands there and cannot be read, what it says of itself."""
        keys_at = {(row[1], row[2]): row[0] for row in cursor.among(RECEIVED, keys)}
        found: dict[str, Fact | Refused] = {}
        if keys_at:
            damaged: set[str] = set()
            texts = self.keys.texts(cursor, keys_at.values(), damaged)
            for row in self.events.of_streams(cursor, {stream for stream, _ in keys_at}):
                if (key := keys_at.get((row.stream, row.version))) is None:
                    continue
                try:
                    fact = from_row(row)
                except Refused as unreadable:
                    found[key] = unreadable
                else:
                    found[key] = unseal(fact, texts[key]) if key in texts else fact
                    if key in damaged:
                        found[key] = DamagedText()
        return found

    # -- write ----------------------------------------------------------------------------------

    @contextmanager
    def writing_much(self) -> Iterator[None]:
        """While it lasts, writing may take more memory, and at the end what was kept in mind for it goes."""
        try:
            with self.store.writing_much():
                yield
        finally:
            self.keys.let_go()

    @contextmanager
    def writing(self, *, keep: bool = True, gathers: bool = False) -> Iterator[Writer]:
        """One transaction under the writer's lock: what is decided here is decided on the newest state.

        `gathers`: for whoever only asks and writes by the writer. The first questions may go out together, and only
        from the first answer on nobody else writes.
        """
        made: set[str] = set()
        try:
            with self.store.gathering(keep=keep) if gathers else self.store.writing(keep=keep) as cursor:
                writer = Writer(self, cursor, made)
                if not gathers:
                    writer.begin()
                yield writer
                writer.flush()
        except BaseException:
            self.keys.forget(made)
            raise
        if keep:
            self.seen_sources = self.seen_sources.union(writer.new_sources)
        else:
            self.keys.forget(made)


def read_histories(
    events: EventTable, cursor: Cursor, streams: Iterable[str], upto: int | None = None, but: Collection[int] = ()
) -> dict[str, list[Fact]]:
    histories: dict[str, list[Fact]] = {}
    for row in events.of_streams(cursor, streams, upto):
        if row.position not in but:
            histories.setdefault(row.stream, []).append(from_row(row))
    return histories
