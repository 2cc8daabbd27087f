"""Writes facts into the log, within one transaction."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain import customer_keys, masters
from domain.course import Course
from domain.document import DocumentPublished
from domain.errors import Refused
from domain.fact import Data, Fact, in_order
from domain.firm import FirmRatesSet
from domain.store import VERSIONS, Answer, Cursor
from domain.stored import PARKED, IllegibleParked, Parked, from_row, happened, opened_parked, sealed_parked, to_state
from domain.vault import FIRM, MasterKey, SubjectKey, told, unseal
from domain.vocabulary import OUR_OWN

if TYPE_CHECKING:
    from domain.log import Log

AT_FIRST = f"SELECT ({customer_keys.ERASED}), (SELECT 1 FROM parked LIMIT 1), ({masters.CURRENT})"
"""What every writer has to know before anything else, as one question."""
RECEIVED = "SELECT fact, stream, version FROM received WHERE fact IN ({among})"
MOST_STREAMS, MOST_KEYS = 10_000, 50_000
"""So many histories and customers' keys a writer keeps in mind. A file of a million facts has more of both; those that
did not come up for long are read again when they do."""


class Writer:
    """Rows are gathered, and written together by `flush`."""

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
        self.log.keys.heed(int(erased))
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
            (customer_keys.WRAPPED, self._without_key(subjects)),
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
        if source in self.log.seen_sources or source in self.new_sources:
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
        texts = self.log.keys.texts(self.cursor, [fact.key for fact in facts])
        return [unseal(fact, texts[fact.key]) for fact in facts if fact.key in texts]

    def load_versions(self, streams: Iterable[str]) -> None:
        """Only how long these streams are: for those whose history forbids nothing."""
        new = [stream for stream in dict.fromkeys(streams) if stream not in self._versions]
        found = self.log.events.versions(self.cursor, new) if new else {}
        for stream in new:
            self._versions[stream] = found.get(stream, 0)

    def already(self, keys: Sequence[str]) -> dict[str, Fact | Refused]:
        """Of these keys the facts that were recorded or parked before, in their sources' words.

        For what stands there and cannot be read, what it says of itself. What waits and was damaged is forgotten: what
        its source sends now takes its place.
        """
        self.flush()
        found = self.log.recorded_in(self.cursor, keys)
        if self.any_parked:
            whole, illegible = self._waiting("fact", keys)
            found |= {each.fact.key: each.fact for each in whole}
            found |= {each.key: each.refused for each in illegible if not each.is_damaged}
            self._no_longer_parked(each.key for each in illegible if each.is_damaged)
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
        return any(happened(row[0]) >= moment for row in rows.all())

    def _waiting(self, column: str, values: Sequence[str]) -> tuple[list[Parked], list[IllegibleParked]]:
        rows = list(self.cursor.among(f"SELECT {PARKED} FROM parked WHERE {column} IN ({{among}})", values))
        return opened_parked(rows, self.log.keys.unless_damaged(self.cursor, FIRM) if rows else None)

    def _no_longer_parked(self, keys: Iterable[str]) -> None:
        self.cursor.execute_among("DELETE FROM parked WHERE fact IN ({among})", list(keys))

    def load_keys(self, subjects: Iterable[str]) -> None:
        """The keys of these customers, asked in one go; those of erased ones are refused when they are used."""
        if asked := self._without_key(subjects):
            self._keyless |= set(asked) - self.log.keys.load(self.cursor, asked)

    def _without_key(self, subjects: Iterable[str]) -> list[str]:
        """Those of whom it has to be asked."""
        return sorted(each for each in subjects if each not in self.log.keys and each not in self._keyless)

    def known_key(self, subject: str) -> SubjectKey | None:
        """None: not yet there. Raises Erased where it was destroyed."""
        return None if subject in self._keyless else self.log.keys.of(self.cursor, subject)

    def key(self, subject: str) -> SubjectKey:
        key = self.known_key(subject)
        if key is None:
            assert self._master is not None
            key = self.log.keys.make(subject)
            self._new_keys.append((subject, self._master.wrap(key), self._master.id))
            self._made.add(subject)
            self._keyless.discard(subject)
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
        sealed = sealed_parked(fact, reason, self.key(FIRM), self.log.master.nonce())
        self.cursor.execute(
            "INSERT INTO parked VALUES (?, ?, ?, ?)",
            (fact.key, needs, since.astimezone(UTC).isoformat(), sealed),
        )

    def unpark(self, needs: Sequence[str]) -> list[Parked]:
        """Takes out what waited for these, in order of happening; what cannot be read waits on."""
        if not self.any_parked:
            return []
        whole, _ = self._waiting("needs", needs)
        parked = {each.fact.key: each for each in whole}
        self._no_longer_parked(parked)
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
        if not too_many and len(self._versions) <= 2 * MOST_STREAMS and len(self.log.keys) <= MOST_KEYS:
            return
        self.flush()  # what is asked again has to be there
        for _ in range(too_many):
            stream, _ = self._courses.popitem(last=False)
            self._versions.pop(stream, None)
        if len(self._versions) > 2 * MOST_STREAMS:
            self._versions = {stream: len(course.facts) for stream, course in self._courses.items()}
        if len(self.log.keys) > MOST_KEYS:
            self.log.keys.let_go()
            self._keyless = set()
