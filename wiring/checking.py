"""Is everything whole? The log against its own registers, the tables against a fresh rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag

from domain import erasure
from domain.fact import Fact
from domain.instants import LONG_AGO, kept_instant
from domain.store import Cursor, Row
from domain.stored import read
from domain.vocabulary import FACTS
from projections import outbox, quarantine
from projections.follow import BY_CUSTOMER, FOLDED, STEERING, Follower, Progress
from projections.tables import Views
from wiring.home import Konto
from words import N_

CHUNK = 1000
ROUNDS = 5
"""So often the comparison begins anew because somebody records in the meantime."""

MOMENTS = {
    "checkpoint_copies": ("at", "failing_since"),
    "checkpoints": ("at",),
    "erasures": ("at",),
    "holds": ("since", "ends"),
    "master_keys": ("made", "gone"),
    "parked": ("since",),
}
"""Where the tables beside the log keep moments in the clear."""

NOT_FROM_THE_LOG = {"outbox": outbox.FROM_THE_LOG}
"""Columns that follow from the log, where a table holds others too: which message leaves when, and who sends it."""


class Finding(NamedTuple):
    """What is not as it should be; `text` is a sentence with {named} places."""

    code: str
    text: str
    params: dict[str, Any]


UNREADABLE_EVENT = N_("Entries that cannot be read: {n}, the first at position {first}. Please run konto audit verify.")
QUARANTINED = N_(
    "Standing still, since something recorded cannot be taken in: {n}, the first since position {first}. To see what: "
    "konto quarantine. What the tables say of everybody else is compared with a rebuild, sums are not."
)
QUARANTINED_STEERING = N_(
    "Standing still, since something recorded cannot be taken in: {n}, the first since position {first}. To see what: "
    "konto quarantine. As long as a document or the firm's rates do, the tables are not compared with a rebuild."
)
WOULD_STAND_STILL = N_(
    "Would stand still after a rebuild, since something recorded cannot be taken in any more: {n}, the first since "
    "position {first}. Their rows say what was known before it was damaged. Please do not run konto rebuild before the "
    "cause is gone."
)
FOLLOWER_STOPPED = N_("The tables stop at position {position}, the log is at {head}: {reason}")
AHEAD = N_("The tables are at position {position}, but the log ends at {head}. Please run konto rebuild.")
DIFFERENT = N_("Table {table} differs from a rebuild; rows: {n}. Please run konto rebuild.")
RESTLESS = N_("Others are recording all the time; the tables could not be compared. Please try again later.")
NO_EVENT = N_("Received facts without an event in the log: {n}, the first is {first}.")
NOT_RECEIVED = N_("Events missing in the register of received facts: {n}, the first at position {first}.")
ILLEGIBLE_PARKED = N_(
    "Facts that wait and cannot be read: {n}. Please let their sources send them again; konto parked shows since when "
    "they wait."
)
LOST_MOMENTS = N_(
    "Moments that can no longer be read: {n}, in {tables}. They count as long ago, and whoever is held stays held. "
    "Please put the log back from a backup, or leave it so."
)
NO_REASON = N_(
    "Holds whose reason can no longer be read: {n}. Nobody is erased for it; please say it anew with konto hold."
)
NO_SECRETS = N_("Facts without an entry in the vault: {n}, the first at position {first}.")
UNREADABLE = N_("Position {position}: the vault cannot be opened with this home's keys, or was changed.")


def findings(konto: Konto, progress: Progress | None = None, *, processes: int | None = 1) -> Iterator[Finding]:
    """`processes` as for a rebuild."""
    yield from _register(konto)
    yield from _vault(konto)
    yield from _beside(konto)
    try:
        konto.catch_up()
    except Exception as error:
        # Whatever stops the follower is what this check is for.
        yield _finding(
            "follower_stopped",
            FOLLOWER_STOPPED,
            position=konto.views.position(),
            head=konto.log.head(),
            reason=f"{type(error).__name__}: {error}",
        )
        return
    if still := quarantine.stopped(konto.views):
        # How much waits beside it may differ by a few facts where customers were merged.
        text = QUARANTINED_STEERING if _steers(each.customer for each in still) else QUARANTINED
        yield _finding("quarantined", text, n=len(still), first=still[0].position)
    yield from _tables(konto, progress, processes)


def _finding(code: str, text: str, **params: Any) -> Finding:
    return Finding(code, text, params)


# -- the log ----------------------------------------------------------------------------------------


def _register(konto: Konto) -> Iterator[Finding]:
    """What was received against what stands in the log."""
    with konto.log.store.reading() as cursor:
        lost = cursor.execute(
            "SELECT r.fact FROM received r LEFT JOIN stored_events e "
            "ON e.originator_id = r.stream AND e.originator_version = r.version "
            "WHERE e.originator_id IS NULL ORDER BY r.fact"
        ).all()
    if lost:
        yield _finding("no_event", NO_EVENT, n=len(lost), first=lost[0][0])
    if unreadable := [row.position for rows in _portions(konto) for row in rows if read(row) is None]:
        yield _finding("unreadable_event", UNREADABLE_EVENT, n=len(unreadable), first=unreadable[0])
    strange = [fact.position for page in _pages(konto) for fact in _not_received(konto, page)]
    if strange:
        yield _finding("not_received", NOT_RECEIVED, n=len(strange), first=strange[0])


def _portions(konto: Konto) -> Iterator[list[Row]]:
    position = 0
    while rows := konto.log.rows(position, CHUNK):
        yield rows
        position = rows[-1].position


def _pages(konto: Konto) -> Iterator[list[Fact]]:
    """All that can be read."""
    for rows in _portions(konto):
        yield [fact for row in rows if (fact := read(row)) is not None]


def _not_received(konto: Konto, page: list[Fact]) -> list[Fact]:
    with konto.log.store.reading() as cursor:
        rows = cursor.among("SELECT fact, stream FROM received WHERE fact IN ({among})", [fact.key for fact in page])
        known = {fact: stream for fact, stream in rows}
    return [fact for fact in page if known.get(fact.key) != fact.stream]


def _vault(konto: Konto) -> Iterator[Finding]:
    """Every fact has its personal fields, unless its customer was erased; events of our own have none."""
    lost: dict[str, int] = {}
    for page in _pages(konto):
        facts = [fact for fact in page if fact.type in FACTS]
        present = _present(konto, facts)
        lost |= {fact.key: fact.position for fact in facts if fact.key not in present}
        try:
            konto.log.opened(facts)
        except InvalidTag:
            yield from _unreadable(konto, facts)
    if lost:
        gone = erasure.traces(konto.log, _erased(konto)).facts
        lost = {key: position for key, position in lost.items() if key not in gone}
    if lost:
        yield _finding("no_secrets", NO_SECRETS, n=len(lost), first=min(lost.values()))


def _present(konto: Konto, facts: list[Fact]) -> set[str]:
    with konto.log.store.reading() as cursor:
        rows = cursor.among("SELECT fact FROM vault WHERE fact IN ({among})", [fact.key for fact in facts])
        return {row[0] for row in rows}


def _erased(konto: Konto) -> set[str]:
    with konto.log.store.reading() as cursor:
        return {row[0] for row in cursor.execute("SELECT subject FROM vault_keys WHERE wrapped IS NULL").all()}


def _unreadable(konto: Konto, facts: list[Fact]) -> Iterator[Finding]:
    for fact in facts:
        try:
            konto.log.opened([fact])
        except InvalidTag:
            yield _finding("unreadable", UNREADABLE, position=fact.position)


# -- beside the log -------------------------------------------------------------------------------


def _beside(konto: Konto) -> Iterator[Finding]:
    """What else lies beside the log: facts that wait, holds, moments in the clear."""
    if illegible := konto.log.all_parked()[1]:
        yield _finding("unreadable_parked", ILLEGIBLE_PARKED, n=len(illegible))
    if lost_moments := _lost_moments(konto):
        tables = ", ".join(sorted(set(lost_moments)))
        yield _finding("lost_moments", LOST_MOMENTS, n=len(lost_moments), tables=tables)
    if n := erasure.without_reason(konto.log):
        yield _finding("no_reason", NO_REASON, n=n)


def _lost_moments(konto: Konto) -> list[str]:
    """The table of each."""
    with konto.log.store.reading() as cursor:
        return [
            table
            for table, columns in MOMENTS.items()
            for column in columns
            for (moment,) in cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL").all()
            if kept_instant(moment) == LONG_AGO
        ]


# -- the tables -------------------------------------------------------------------------------------


def _tables(konto: Konto, progress: Progress | None, processes: int | None) -> Iterator[Finding]:
    with konto.built_beside("check", progress, processes=processes) as beside:
        follower = Follower(konto.log, beside)
        for _ in range(ROUNDS):
            follower.catch_up(progress=progress)
            konto.catch_up()
            live, head = konto.views.marks(), konto.log.head()
            if live.most > head:
                yield _finding("ahead", AHEAD, position=live.most, head=head)
                return
            if live.are_level and live.least == beside.position():
                yield from compared(konto.views, beside)
                return
        yield _finding("restless", RESTLESS)


def compared(views: Views, beside: Views) -> Iterator[Finding]:
    """What the live tables say, against a rebuild; of those who stand still in either, nothing."""
    known = {each.customer for each in quarantine.stopped(views)}
    if new := [each for each in quarantine.stopped(beside) if each.customer not in known]:
        yield _finding("would_stand_still", WOULD_STAND_STILL, n=len(new), first=new[0].position)
    still = quarantine.with_their_families(views) | quarantine.with_their_families(beside)
    if not _steers(still):
        yield from differences(views, beside, but=still)


def _steers(still: Iterable[str]) -> bool:
    """A document that cannot be read counts nowhere in a rebuild, and may count everywhere in the live tables."""
    return any(each in STEERING for each in still)


def differences(views: Views, beside: Views, *, but: Set[str] = frozenset()) -> Iterator[Finding]:
    """Tables of two stores that do not say the same, whatever engines they are.

    `but` for some customers or alerts: then only tables are compared in which each row is somebody's, without the rows
    that name one of them.
    """
    with views.store.reading() as live, beside.store.reading() as fresh:
        for table in BY_CUSTOMER if but else FOLDED:
            n = len(_rows(live, table, but) ^ _rows(fresh, table, but))
            if n:
                yield _finding("different", DIFFERENT, table=table, n=n)


def _rows(cursor: Cursor, table: str, but: Set[str]) -> set[tuple[Any, ...]]:
    columns = ", ".join(NOT_FROM_THE_LOG.get(table, ("*",)))
    rows = cursor.execute(f"SELECT {columns} FROM {table}").all()
    return {tuple(row) for row in rows if but.isdisjoint(row)}
