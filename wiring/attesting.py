"""Checkpoints: made from the tree, signed, kept beside the log, and checked against what lies there now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from domain import checkpoints
from domain.checkpoints import Kept
from domain.errors import Refused
from domain.store import Cursor
from projections import merkle
from verifier import journal, tree
from verifier.attestation import NEXT_KEY, Believed, Note, believed
from verifier.checking import Report, check
from verifier.events import Event, Events, Unreadable, leaf, of_postgres, of_sqlite
from verifier.journal import BEGINNING, SAID, Head, head_of
from verifier.note import BadNote, Checkpoint, PublicKey, SigningKey, checkpoint, opened, signed, unchecked
from verifier.proof import Proof
from verifier.tiles import frontier, node_of
from wiring import checkpoint_keys, installation, stores
from wiring.checkpoint_keys import Keys
from wiring.home import Konto
from wiring.moments import written

PAGE = 10_000
INSIDE = "konto"
"""Where a checkpoint lies that is kept beside the log."""


class LogChanged(Refused):
    def __init__(self, kept: Kept) -> None:
        super().__init__(
            "log_changed",
            "The log is not what it was when the checkpoint over {size} events was made; no new one is signed. "
            "To see what happened: konto audit verify",
            size=kept.size,
        )


class CheckpointKeyMissing(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "keys_missing",
            "{file} is missing, but there are checkpoints that were signed with it. Please copy it from the machine "
            "that made them, or put it back from a backup. If it is gone for good: konto audit key --lost KEY, with "
            "the public key that you keep.",
            file=str(file),
        )


class CannotBeRead(Refused):
    def __init__(self, trouble: Unreadable) -> None:
        super().__init__(
            "unreadable",
            "This cannot be read, and so not be checked: {reason}. Please check the disk, keep a copy of it as it is, "
            "and put back a backup from before.",
            reason=trouble,
        )


class NotLost(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "not_lost", "{file} is there; to sign with a new key: konto audit key --exchange", "--lost", file=str(file)
        )


class NeverSigned(Refused):
    def __init__(self) -> None:
        super().__init__("wrong_value", "The last checkpoint was not signed with this key.", "--lost")


class NoSuchEvent(Refused):
    def __init__(self, position: int) -> None:
        super().__init__("not_found", "No event has the position {position}.", "POSITION", position=position)


class NothingThere(Refused):
    def __init__(self) -> None:
        super().__init__("nothing_there", "The log is empty; there is nothing to attest yet.")


def keys(konto: Konto) -> Keys:
    """Made at first use. Raises CheckpointKeyMissing where there were some."""
    if not _file(konto).exists() and newest(konto) is not None:
        raise CheckpointKeyMissing(_file(konto))
    return checkpoint_keys.of_log(_file(konto), _origin(konto), konto.log.master.entropy)


def attest(konto: Konto) -> Kept:
    """The newest checkpoint: a new one, if anything was recorded since the last. Raises LogChanged, NothingThere."""
    konto.catch_up()
    signing = keys(konto)
    # Held, so that tables and bookmark are of one moment; nothing is written.
    looks = konto.journal.settled()
    with konto.views.store.writing(keep=False) as cursor:
        size, position = merkle.size(cursor), konto.views.marks_in(cursor).tree
        if size == 0:
            raise NothingThere
        last = newest(konto)
        if last is not None:
            _must_fit(cursor, size, last, signing.public)
            if last.size == size and signing.following is None and _said_of_journal(last) == looks:
                return last
        root = frontier(merkle.read(cursor), size).root()
    now = konto.clock()
    told = [f"position {position}", f"time {written(now)}"]
    if looks.number:
        told.append(f"{SAID} {looks}")
    if signing.following is not None:
        told.append(f"{NEXT_KEY} {signing.following.public}")
    note = signed(Checkpoint(signing.origin, size, root, tuple(told)).text(), signing.signers)
    kept = Kept(size, now, note)
    with konto.log.store.writing() as writing:
        checkpoints.keep(writing, kept)
    if signing.following is not None:
        checkpoint_keys.write(_file(konto), checkpoint_keys.handed_over(signing))
    return kept


def exchange_key(konto: Konto) -> Kept:
    """The checkpoint by which the key so far names the new one."""
    checkpoint_keys.write(_file(konto), checkpoint_keys.with_following(keys(konto), konto.log.master.entropy))
    return attest(konto)


def replace_lost_key(konto: Konto, lost: PublicKey) -> Kept:
    """A new key instead of one that is gone for good; what that one has signed goes on to count here."""
    if _file(konto).exists():
        raise NotLost(_file(konto))
    signing = SigningKey(_origin(konto), konto.log.master.entropy(checkpoint_keys.SEED_BYTES))
    last = newest(konto)
    if last is not None:
        try:
            opened(last.note, [lost])
        except BadNote:
            raise NeverSigned from None
    checkpoint_keys.write(_file(konto), Keys(signing.name, signing, None, (lost,)))
    return attest(konto)


def is_due(konto: Konto, now: datetime, *, events: int, every: timedelta) -> bool:
    """Whether so many events came since the last checkpoint, or any, or looks, and the last one is so old."""
    with konto.views.store.reading() as cursor:
        size = merkle.size(cursor)
    last = newest(konto)
    if last is None:
        return size > 0
    if size - last.size >= events:
        return True
    return now - last.at >= every and (size > last.size or konto.journal.head() != _said_of_journal(last))


def _said_of_journal(kept: Kept) -> Head:
    said = checkpoint(unchecked(kept.note)).said(SAID)
    return (None if said is None else head_of(said)) or BEGINNING


def newest(konto: Konto) -> Kept | None:
    with konto.log.store.reading() as cursor:
        return checkpoints.newest(cursor)


def _must_fit(cursor: Cursor, size: int, last: Kept, trusted: Sequence[PublicKey]) -> None:
    """Raises LogChanged where the tree is not one that has grown out of this checkpoint."""
    try:
        attested = checkpoint(opened(last.note, trusted)[0])
        fits = attested.size <= size and frontier(merkle.read(cursor), attested.size).root() == attested.root
    except (BadNote, LookupError):
        fits = False
    if not fits:
        raise LogChanged(last)


# -- verifying ----------------------------------------------------------------------------------------


class Verified(NamedTuple):
    report: Report
    journal: journal.Report
    damaged: tuple[str, ...]
    """Checkpoints that are none."""

    @property
    def is_ok(self) -> bool:
        return self.report.is_ok and self.journal.is_ok and not self.damaged


Progress = Callable[[int, int], None]
"""Called with the position reached and the head."""


def verify(
    konto: Konto, outside: Iterable[Note], trusted: Sequence[PublicKey], tell: Progress | None = None
) -> Verified:
    """What lies in the log now against the checkpoints beside it and those from elsewhere.

    Reads raw bytes and writes nothing. The leaves in the tables are believed only where a checkpoint vouches for them.
    The access journal is checked against the heads that the same checkpoints name. Raises CannotBeRead.
    """
    with konto.log.store.reading() as cursor:
        inside = [Note(f"{INSIDE} {kept.size}", kept.note) for kept in checkpoints.since(cursor, 0)]
    with konto.views.store.reading() as cursor:
        read = merkle.read(cursor)
        notes = [note._replace(tiles=(*note.tiles, read)) for note in (*outside, *inside)]
        found: Believed = believed(notes, trusted, _origin(konto))
        heads = journal.heads_of(each.checkpoint for each in found.attested)
        try:
            looks = journal.check(_journal(konto), heads)
            return Verified(check(_events(konto, tell), found.attested), looks, found.damaged)
        except Unreadable as trouble:
            raise CannotBeRead(trouble) from None


def _events(konto: Konto, tell: Progress | None) -> Events:
    """As the outsider's program reads them: whatever stands there, also what we could not read."""
    store = konto.settings.store
    raw = of_sqlite(konto.home / stores.LOG) if store.address is None else of_postgres(store.address, store.db_schema)
    return raw if tell is None else partial(_telling, raw, konto.log.head(), tell)


def _journal(konto: Konto) -> journal.Journal:
    store = konto.settings.store
    if store.address is None:
        return journal.of_sqlite(konto.home / stores.JOURNAL)
    return journal.of_postgres(store.address, stores.journal_schema(store))


def _telling(events: Events, head: int, tell: Progress) -> Iterator[Event]:
    for number, event in enumerate(events(), start=1):
        if number % PAGE == 0:
            tell(min(event.position, head), head)
        yield event


# -- proofs -------------------------------------------------------------------------------------------


def proof(konto: Konto, position: int) -> Proof:
    """Under the newest checkpoint, which is made where there is none that covers the event."""
    rows = konto.log.rows(position - 1, 1)
    if not rows or rows[0].position != position:
        raise NoSuchEvent(position)
    with konto.log.store.reading() as cursor:
        index = konto.log.events.count(cursor, upto=position) - 1
    kept = newest(konto)
    if kept is None or kept.size <= index:
        kept = attest(konto)
    attested = checkpoint(opened(kept.note, keys(konto).public)[0])
    with konto.views.store.reading() as cursor:
        path = tree.inclusion(node_of(merkle.read(cursor)), index, attested.size)
    tree.check_inclusion(leaf(rows[0]), index, attested.size, path, attested.root)
    return Proof(rows[0], index, path, kept.note)


def _origin(konto: Konto) -> str:
    return f"vertrauenskonto/{installation.mark(konto.log)}"


def _file(konto: Konto) -> Path:
    return konto.keys.with_name(checkpoint_keys.FILE)
