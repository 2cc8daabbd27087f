"""The log: what was recorded, in the order in which it was recorded, never changed.

Beside each event stand, written in the same transaction, the fact's key (so that nothing is recorded
twice) and its personal fields in the vault.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from domain import checkpoints, masters
from domain.course import Course
from domain.document import DocumentPublished
from domain.errors import Refused
from domain.fact import Data, Fact, in_order
from domain.firm import FirmRatesSet
from domain.ids import Ids
from domain.masters import Masters
from domain.store import VERSIONS, Answer, Cursor, EventTable, LastingStore, Row
from domain.store.schema import Step
from domain.vault import FIRM, Erased, MasterKey, SubjectKey, plan, told, unseal
from domain.vocabulary import OUR_OWN, stored_data

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


class Stored(msgspec.Struct, omit_defaults=True):
    """The state of an event as JSON; field names are the format of the log."""

    v: int
    source: str
    key: str
    customer: str
    time: datetime
    recorded: datetime
    mac: str
    data: dict[str, Any]
    sequence: int | None = None
    zone: str | None = None


POSITIONS_AT_ONCE = 1_000

PARKED = "fact, needs, since, sealed"
ERASED = "SELECT COALESCE(SUM(1 + done), 0) FROM erasures"
AT_FIRST = f"SELECT ({ERASED}), (SELECT 1 FROM parked LIMIT 1), ({masters.CURRENT})"
"""What every writer has to know before anything else, as one question."""
RECEIVED = "SELECT fact, stream, version FROM received WHERE fact IN ({among})"
WHOSE_TEXTS = "SELECT v.subject FROM received r JOIN vault v ON v.fact = r.fact WHERE r.stream = ? AND r.version = ?"
WRAPPED = "SELECT subject, wrapped, master FROM vault_keys WHERE subject IN ({among})"
MOST_STREAMS, MOST_KEYS = 10_000, 50_000
"""So many histories and customers' keys a writer keeps in mind. A file of a million facts has more of both; those that
did not come up for long are read again when they do."""


class When(msgspec.Struct):
    """The one field of a stored event that a search by time needs."""

    time: datetime


class UnreadableEvent(Refused):
    """What is stored is no event that any version wrote: damaged, or changed by hand."""

    def __init__(self, position: int) -> None:
        super().__init__(
            "unreadable_event",
            "The entry at position {position} of the log cannot be read. Please run konto quarantine to see what waits "
            "for it, and konto audit verify to see whether it was changed.",
            position=position,
        )
        self.position = position


class Parked(NamedTuple):
    """A fact that waits for what it refers to; `reason` says why it waits still."""

    fact: Fact
    needs: str
    since: datetime
    reason: str


class _Whose(msgspec.Struct):
    customer: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Stored).decode
_when = msgspec.json.Decoder(When).decode
_decode_whose = msgspec.json.Decoder(_Whose).decode


def to_state(fact: Fact, mac: str) -> bytes:
    assert fact.recorded is not None
    return _encode(
        Stored(
            v=fact.data.version,
            source=fact.source,
            key=fact.key,
            customer=fact.customer,
            time=fact.time,
            recorded=fact.recorded,
            mac=mac,
            data=_said(fact.data),
            sequence=fact.sequence,
            zone=fact.zone,
        )
    )


def _said(data: Data) -> dict[str, Any]:
    """The fields that were named, in the order of the vocabulary."""
    if not plan(type(data)).is_flat:
        return data.model_dump(exclude_unset=True)
    said = data.model_fields_set
    return {name: value for name, value in data.__dict__.items() if name in said}


def customer_of(row: Row) -> str:
    """Whom an event concerns, without reading the rest of it. Raises UnreadableEvent."""
    try:
        return _decode_whose(row.state).customer
    except msgspec.MsgspecError as error:
        raise UnreadableEvent(row.position) from error


def from_row(row: Row) -> Fact:
    """The fact of an event, brought up to today's vocabulary; personal fields are sealed.

    Raises UnreadableEvent, and NotOurVersion for what a newer version of the product wrote.
    """
    try:
        stored = _decode(row.state)
        data = stored_data(row.topic, stored.v, stored.data)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever the decoder, an upcast or a model finds
        raise UnreadableEvent(row.position) from error
    return Fact(
        source=stored.source,
        id="",
        time=stored.time,
        data=data,
        recorded=stored.recorded,
        sequence=stored.sequence,
        zone=stored.zone,
        key=stored.key,
        customer=stored.customer,
        stream=row.stream,
        position=row.position,
    )


def read(row: Row) -> Fact | None:
    """The same; None where it cannot be read."""
    try:
        return from_row(row)
    except Refused:
        return None


class Log:
    def __init__(self, store: LastingStore, ids: Ids, master: Masters) -> None:
        self.store = store
        self.ids = ids
        self.master = master
        self.events = store.event_table()
        self._keys: dict[str, SubjectKey] = {}
        self._erased = 0
        """What `erased` said when the keys were kept: another process may erase somebody at any time."""
        self._sources: frozenset[str] = frozenset()
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

    def readable(self, streams: Iterable[str], *, upto: int | None = None) -> dict[str, list[Fact]]:
        """The same without what cannot be read: for what steers everybody, and so must not stop all of it."""
        histories: dict[str, list[Fact]] = {}
        with self.store.reading() as cursor:
            for row in self.events.of_streams(cursor, streams, upto):
                if (fact := read(row)) is not None:
                    histories.setdefault(row.stream, []).append(fact)
        return histories

    def words(self, facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
        """By the facts' keys what the log does not hold of them, under the fields' names; erased ones are missing."""
        with self.store.reading() as cursor:
            return self._secrets(cursor, [fact.key for fact in facts])

    def opened(self, facts: Sequence[Fact]) -> list[Fact]:
        """The same facts in their sources' words; those of erased customers stay sealed."""
        secrets = self.words(facts)
        return [unseal(fact, secrets[fact.key]) if fact.key in secrets else fact for fact in facts]

    def recorded(self, keys: Sequence[str]) -> dict[str, Fact]:
        """Of these keys the facts that stand in the log, in their sources' words. Raises UnreadableEvent."""
        with self.store.reading() as cursor:
            found = self._recorded(cursor, keys)
        return {key: unless_refused(fact) for key, fact in found.items()}

    def parked(self) -> list[Parked]:
        with self.store.reading() as cursor:
            return self.parked_in(cursor)

    def parked_in(self, cursor: Cursor) -> list[Parked]:
        """The same within a transaction."""
        rows = cursor.execute(f"SELECT {PARKED} FROM parked ORDER BY since, fact").all()
        key = self.key_of(cursor, FIRM) if rows else None
        return [] if key is None else [_parked(row, key) for row in rows]

    def erased(self) -> int:
        """Goes up when somebody's key goes, and again when nothing is left: what was read before counts no more."""
        with self.store.reading() as cursor:
            return _erased(cursor)

    def count_parked(self) -> int:
        with self.store.reading() as cursor:
            return int(cursor.execute("SELECT COUNT(*) FROM parked").one()[0])

    def _recorded(self, cursor: Cursor, keys: Sequence[str]) -> dict[str, Fact | Refused]:
        """For what stands there and cannot be read, what it says of itself."""
        keys_at = {(row[1], row[2]): row[0] for row in cursor.among(RECEIVED, keys)}
        found: dict[str, Fact | Refused] = {}
        if keys_at:
            secrets = self._secrets(cursor, keys_at.values())
            for row in self.events.of_streams(cursor, {stream for stream, _ in keys_at}):
                if (key := keys_at.get((row.stream, row.version))) is None:
                    continue
                try:
                    fact = from_row(row)
                except Refused as unreadable:
                    found[key] = unreadable
                else:
                    found[key] = unseal(fact, secrets[key]) if key in secrets else fact
        return found

    def _secrets(self, cursor: Cursor, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        known = self._kept(cursor)
        rows = list(cursor.among("SELECT fact, subject, sealed FROM vault WHERE fact IN ({among})", keys))
        missing = {row[1] for row in rows} - known.keys()
        sql = "SELECT subject, wrapped, master FROM vault_keys WHERE wrapped IS NOT NULL AND subject IN ({among})"
        # All of them first: to find a master key that is new to us, the cursor asks another question.
        for subject, wrapped, master in list(cursor.among(sql, missing)):
            known[subject] = self.master.unwrap(cursor, subject, wrapped, master)
        return {fact: known[subject].open(fact, sealed) for fact, subject, sealed in rows if subject in known}

    def _kept(self, cursor: Cursor) -> dict[str, SubjectKey]:
        """The keys known so far, none of which is an erased one's."""
        return self._kept_after(_erased(cursor))

    def _kept_after(self, erased: int) -> dict[str, SubjectKey]:
        if erased != self._erased:
            # A new dictionary: whoever reads in another thread goes on with the old one, and lets go of it then.
            self._keys, self._erased = {}, erased
        return self._keys

    def key_of(self, cursor: Cursor, subject: str) -> SubjectKey | None:
        """None: not yet there. Raises Erased where it was destroyed."""
        keys = self._keys
        if subject in keys:
            return keys[subject]
        row = cursor.execute("SELECT wrapped, master FROM vault_keys WHERE subject = ?", (subject,)).one()
        if row is None:
            return None
        if row[0] is None:
            raise Erased
        key = keys[subject] = self.master.unwrap(cursor, subject, *row)
        return key

    # -- write ----------------------------------------------------------------------------------

    @contextmanager
    def writing_much(self) -> Iterator[None]:
        """While it lasts, writing may take more memory, and at the end what was kept in mind for it goes."""
        try:
            with self.store.writing_much():
                yield
        finally:
            self._keys = {}

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
            self._forget(made)
            raise
        if keep:
            self._sources = self._sources.union(writer.new_sources)
        else:
            self._forget(made)

    def _forget(self, made: Iterable[str]) -> None:
        """Keys made in a transaction that came to nothing."""
        for subject in made:
            self._keys.pop(subject, None)


def _erased(cursor: Cursor) -> int:
    return int(cursor.execute(ERASED).one()[0])


def read_histories(
    events: EventTable, cursor: Cursor, streams: Iterable[str], upto: int | None = None, but: Collection[int] = ()
) -> dict[str, list[Fact]]:
    histories: dict[str, list[Fact]] = {}
    for row in events.of_streams(cursor, streams, upto):
        if row.position not in but:
            histories.setdefault(row.stream, []).append(from_row(row))
    return histories


def unless_refused(found: Fact | Refused) -> Fact:
    """Raises what an event that cannot be read says of itself."""
    if isinstance(found, Refused):
        raise found
    return found


def _parked(row: Any, key: SubjectKey) -> Parked:
    fact_key, needs, since, sealed = row
    kept = key.open(fact_key, sealed)
    return Parked(_from_envelope(fact_key, kept), needs, datetime.fromisoformat(since), kept["reason"])


def _from_envelope(key: str, kept: Mapping[str, Any]) -> Fact:
    return Fact(
        source=kept["source"],
        id=kept["id"],
        time=datetime.fromisoformat(kept["time"]),
        data=stored_data(kept["type"], kept["v"], kept["data"]),
        sequence=kept["sequence"],
        zone=kept["zone"],
        key=key,
    )


class Writer:
    """Writes facts within one transaction. Rows are gathered and written together by `flush`."""

    any_parked: bool

    def __init__(self, log: Log, cursor: Cursor, made: set[str]) -> None:
        """`made` comes to hold whose keys were made here."""
        self.log = log
        self.cursor = cursor
        self.new_sources: set[str] = set()
        """Those that nobody knew, or that this process did not know of yet."""
        self._courses: OrderedDict[str, Course] = OrderedDict()
        """Those that came up last are at the end."""
        self._unreadable: dict[str, Refused] = {}
        """Streams that go on nowhere until somebody has looked after what stands in them."""
        self._versions: dict[str, int] = {}
        self._events: list[tuple[str, int, str, bytes]] = []
        self._received: list[tuple[str, str, int]] = []
        self._vault: list[tuple[str, str, bytes]] = []
        self._made = made
        self._new_keys: list[tuple[str, bytes, str]] = []
        self._keyless: set[str] = set()
        """Who has no key yet, as far as that was asked."""
        self._master: MasterKey | None = None
        """What wraps keys made here. Asked within this transaction, so that nobody puts another in its place before
        the end. Whoever cannot open it records nothing at all: no sender is to be told that a fact was wrong."""

    def begin(self) -> None:
        """Before anything else."""
        self._begin(self.cursor.ask(AT_FIRST))

    def _begin(self, first: Answer) -> None:
        ((erased, parked, master),) = first()
        self.log._kept_after(int(erased))
        self.any_parked = parked is not None
        self._master = self.log.master.opened(self.cursor, master)

    @contextmanager
    def begun(
        self, keys: Sequence[str], streams: Collection[str], lengths: Collection[str], subjects: Collection[str]
    ) -> Iterator[None]:
        """Begins, where that was not done, and lets what is about to be asked of these go out with it."""
        first = None if self._master else self.cursor.ask(AT_FIRST)
        questions = (
            (RECEIVED, keys),
            (self.log.events.of_streams_sql(), [each for each in streams if each not in self._courses]),
            (VERSIONS, [each for each in lengths if each not in self._versions]),
            (WRAPPED, self._without_key(subjects)),
        )
        with self.cursor.ahead([each for each in questions if each[1]]):
            if first is not None:
                self._begin(first)
            yield

    @cached_property
    def sources(self) -> set[str]:
        """All that ever sent anything."""
        return {row[0] for row in self.cursor.execute("SELECT source FROM sources").all()}

    def _know(self, source: str) -> None:
        # Sources only ever come; to know them from earlier transactions saves a question in most.
        if source in self.log._sources or source in self.new_sources:
            return
        if source not in self.sources:
            self.sources.add(source)
            self.cursor.execute("INSERT INTO sources VALUES (?)", (source,))
        self.new_sources.add(source)

    # what is known

    def load(self, streams: Iterable[str]) -> None:
        """Histories of these streams, asked in one go."""
        new = []
        for stream in dict.fromkeys(streams):
            if stream in self._courses:
                self._courses.move_to_end(stream)
            elif stream not in self._unreadable:
                new.append(stream)
        if not new:
            return
        if any(stream in self._versions for stream in new):  # some of their events may still be gathered here
            self.flush()
        found: dict[str, list[Fact]] = {}
        for row in self.log.events.of_streams(self.cursor, new):
            if row.stream in self._unreadable:
                continue
            try:
                found.setdefault(row.stream, []).append(from_row(row))
            except Refused as unreadable:
                self._unreadable[row.stream] = unreadable
        for stream in new:
            if stream not in self._unreadable:
                facts = found.get(stream, [])
                self._courses[stream] = Course(stream, facts)
                self._versions[stream] = len(facts)

    def is_readable(self, stream: str) -> bool:
        self.load([stream])
        return stream not in self._unreadable

    def course(self, stream: str) -> Course:
        """The history of a stream as it goes on. Raises UnreadableEvent, NotOurVersion."""
        if stream not in self._courses:
            self.load([stream])
            if stream in self._unreadable:
                raise self._unreadable[stream]
        return self._courses[stream]

    def history(self, stream: str) -> list[Fact]:
        return self.course(stream).facts

    def opened(self, stream: str) -> list[Fact]:
        """The stream's facts so far in their sources' words, as recorded."""
        self.flush()
        facts = self.history(stream)
        secrets = self.log._secrets(self.cursor, [fact.key for fact in facts])
        return [unseal(fact, secrets[fact.key]) for fact in facts if fact.key in secrets]

    def load_versions(self, streams: Iterable[str]) -> None:
        """Only how long these streams are: for those whose history forbids nothing."""
        new = [stream for stream in dict.fromkeys(streams) if stream not in self._versions]
        found = self.log.events.versions(self.cursor, new) if new else {}
        for stream in new:
            self._versions[stream] = found.get(stream, 0)

    def already(self, keys: Sequence[str]) -> dict[str, Fact | Refused]:
        """Of these keys the facts that were recorded or parked before, in their sources' words.

        For what stands there and cannot be read, what it says of itself.
        """
        self.flush()
        found = self.log._recorded(self.cursor, keys)
        if self.any_parked:
            found |= {each.fact.key: each.fact for each in self._waiting("fact", keys)}
        return found

    def find(self, key: str) -> Fact | None:
        """The recorded fact of this key, as the log holds it."""
        self.flush()
        row = self.cursor.execute("SELECT stream, version FROM received WHERE fact = ?", (key,)).one()
        return None if row is None else self.history(row[0])[row[1] - 1]

    def recorded(self, keys: Sequence[str]) -> list[str]:
        """Which of these facts stand in the log."""
        self.flush()
        return [row[0] for row in self.cursor.among("SELECT fact FROM received WHERE fact IN ({among})", keys)]

    def knows_of_anything_from(self, moment: datetime) -> bool:
        """Whether a fact that a document could judge happened at this moment or later. Reads the whole log."""
        self.flush()
        steering: tuple[type[Data], ...] = (DocumentPublished, FirmRatesSet)
        others = ", ".join(f"'{kind.type_name}'" for kind in (*steering, *OUR_OWN))
        rows = self.cursor.execute(f"SELECT state FROM stored_events WHERE topic NOT IN ({others})")
        return any(_when(row[0]).time >= moment for row in rows.all())

    def _waiting(self, column: str, values: Sequence[str]) -> list[Parked]:
        rows = list(self.cursor.among(f"SELECT {PARKED} FROM parked WHERE {column} IN ({{among}})", values))
        return [_parked(row, self.key(FIRM)) for row in rows]

    def load_keys(self, subjects: Iterable[str]) -> None:
        """The keys of these customers, asked in one go; those of erased ones are refused when they are used."""
        asked = self._without_key(subjects)
        if not asked:
            return
        keys = self.log._keys
        found = list(self.cursor.among(WRAPPED, asked))
        for subject, wrapped, master in found:
            if wrapped is not None:
                keys[subject] = self.log.master.unwrap(self.cursor, subject, wrapped, master)
        self._keyless |= set(asked).difference(row[0] for row in found)

    def _without_key(self, subjects: Iterable[str]) -> list[str]:
        """Those of whom it has to be asked."""
        return sorted(each for each in subjects if each not in self.log._keys and each not in self._keyless)

    def known_key(self, subject: str) -> SubjectKey | None:
        """None: not yet there. Raises Erased where it was destroyed."""
        return None if subject in self._keyless else self.log.key_of(self.cursor, subject)

    def key(self, subject: str) -> SubjectKey:
        key = self.known_key(subject)
        if key is None:
            assert self._master is not None
            key = self.log.master.new_subject(subject)
            self._new_keys.append((subject, self._master.wrap(key), self._master.id))
            self._made.add(subject)
            self._keyless.discard(subject)
            self.log._keys[subject] = key
        return key

    def length(self, stream: str) -> int:
        """How many events the stream has."""
        if stream not in self._versions:
            self.load_versions([stream])
        return self._versions[stream]

    # what is written

    def append(self, fact: Fact, secrets: Mapping[str, Any] | None, subject: str) -> Fact:
        """A sealed fact at the end of its stream; `secrets` None for events of our own that hold none."""
        version = self.length(fact.stream) + 1
        mac = ""
        if secrets is not None:
            key, text = self.key(subject), told(secrets)
            mac = key.mac_text(text)
            self._vault.append((fact.key, subject, key.seal_text(fact.key, text, self.log.master.nonce())))
        self._events.append((fact.stream, version, fact.type, to_state(fact, mac)))
        self._received.append((fact.key, fact.stream, version))
        self._versions[fact.stream] = version
        if (course := self._courses.get(fact.stream)) is not None:
            course.append(fact)
        self._know(fact.source)
        return fact

    def park(self, fact: Fact, needs: str, reason: str, since: datetime) -> None:
        self.any_parked = True
        # The reason lies in the seal too: it names facts as their sources do.
        kept = {
            "reason": reason,
            "source": fact.source,
            "id": fact.id,
            "type": fact.type,
            "v": fact.data.version,
            "time": fact.time.isoformat(),
            "sequence": fact.sequence,
            "zone": fact.zone,
            "data": fact.data.model_dump(exclude_unset=True),
        }
        sealed = self.key(FIRM).seal(fact.key, kept, self.log.master.nonce())
        self.cursor.execute(
            "INSERT INTO parked VALUES (?, ?, ?, ?)",
            (fact.key, needs, since.astimezone(UTC).isoformat(), sealed),
        )

    def unpark(self, needs: Sequence[str]) -> list[Parked]:
        """Takes out what waited for these, in order of happening."""
        if not self.any_parked:
            return []
        parked = {each.fact.key: each for each in self._waiting("needs", needs)}
        for key in parked:
            self.cursor.execute("DELETE FROM parked WHERE fact = ?", (key,))
        return [parked[fact.key] for fact in in_order(each.fact for each in parked.values())]

    def flush(self) -> None:
        if not (self._events or self._new_keys):
            return
        assert self._master is not None  # nobody writes who did not begin
        with self.cursor.together(max(len(self._events), len(self._new_keys))):
            self.cursor.insert("vault_keys", self._new_keys)
            if self._events:
                self.log.events.insert(self.cursor, self._events)
            self.cursor.insert("received", self._received, ("TEXT", "TEXT", "INTEGER"))
            self.cursor.insert("vault", self._vault, ("TEXT", "TEXT", "BLOB"))
        self._events, self._received, self._vault, self._new_keys = [], [], [], []

    def forget_much(self) -> None:
        """Between two batches: what a long file leaves behind does not grow without end."""
        too_many = max(len(self._courses) - MOST_STREAMS, 0)
        if not too_many and len(self._versions) <= 2 * MOST_STREAMS and len(self.log._keys) <= MOST_KEYS:
            return
        self.flush()  # what is asked again has to be there
        for _ in range(too_many):
            stream, _ = self._courses.popitem(last=False)
            self._versions.pop(stream, None)
        if len(self._versions) > 2 * MOST_STREAMS:
            self._versions = {stream: len(course.facts) for stream, course in self._courses.items()}
        if len(self.log._keys) > MOST_KEYS:
            self.log._keys, self._keyless = {}, set()
