"""Erasing a person: what that takes, the deed, and the same again where an older copy was put back.

The list of erasures lies beside the keys and is written first. Everything else follows from it in steps that may be
taken twice: whatever ends in between, whoever opens the home next goes on where it ended, before anything is read.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

from domain import erasure
from domain.erasure import GROUNDS, HOLD_GROUNDS, Erasure, Ground, Held, Hold, HoldGround, Traces
from domain.errors import Refused
from domain.fact import Fact
from domain.roles import allowed
from domain.store import TableStore
from domain.vault import plan
from projections import customers
from projections.customers import Party
from projections.follow import TABLE_NAMES
from wiring import layouts, traces
from words import N_

if TYPE_CHECKING:
    from wiring.home import Konto

log = logging.getLogger(__name__)

LIST = "erasures.jsonl"
LOGS_TABLES = ("vault", "vault_keys", "parked", "holds", "erasures")
"""What of the log's store is changed; its events never are."""
LOOK_SECONDS = 0.1

IDENTITY = ("name", "email", "phone", "referred")
"""Fields by which, besides ids, somebody is recognised in a file. What was promised may be the same for many."""

HELD_UNTIL = N_("{customer} must not be erased before {until}: {reason} ({ground}). konto hold --release ends that.")
HELD_WHY_UNREADABLE = N_(
    "{customer} must not be erased ({ground}); why can no longer be read. konto hold says it anew, or ends that with "
    "--release."
)
HELD = N_("{customer} must not be erased: {reason} ({ground}). konto hold --release ends that.")
NO_GROUND = N_(
    "“{found}” is no reason of the law. Please begin with one of these: {known}. After a colon you may say more, "
    "but nothing about the person."
)
NAMES_THEM = N_("The reason names the person: “{found}”. It is kept when they are gone; please say it without that.")
NO_REASON = N_("Please say after a colon why, such as “claims: lawsuit until the judgment”.")
ERASED_BEFORE = N_("{customer} was erased already.")
NOT_HELD = N_("Nothing keeps {customer} from being erased.")
OVER = N_("{until} has passed already. Please name a later time.")


class BeingErased(Refused):
    def __init__(self) -> None:
        super().__init__("erasing", "Somebody is being erased just now. Please try again in a moment.")


class ListDamaged(Refused):
    def __init__(self, file: Path, line: int) -> None:
        super().__init__(
            "erasures_damaged",
            "{file}, line {line}: this is no erasure. Please put the file back from its newest copy.",
            file=str(file),
            line=line,
        )


class Plan(NamedTuple):
    """What an erasure would take; nothing has happened yet."""

    families: tuple[tuple[Party, ...], ...]
    """Each customer with whoever was merged into them."""
    facts: int
    parked: int
    files: tuple[Path, ...]
    words: frozenset[str]
    """By which they are recognised."""

    @property
    def parties(self) -> tuple[Party, ...]:
        return tuple(party for family in self.families for party in family)


class Outcome(NamedTuple):
    customers: tuple[str, ...]
    facts: int
    parked: int
    files: int


# -- before it ------------------------------------------------------------------------------------------


def planned(konto: Konto, *parties: Party) -> Plan:
    """Of one or several, who take one walk through the log. Raises NotAllowed, Refused where erased already, Held."""
    allowed(konto.asker, "erase")
    families = tuple(_family(konto, party) for party in parties)
    _must_not_be_held(konto, families)
    found = erasure.traces(konto.log, {each.customer for family in families for each in family})
    waiting = erasure.waiting(konto.log.ids, *konto.log.all_parked(), found)
    words = _identity(konto, found)
    files = traces.files(konto.home, konto.log.ids, found, words)
    return Plan(families, len(found.facts), len(waiting), tuple(files), frozenset(words))


def reason(text: str, plan: Plan) -> tuple[Ground, str]:
    """`ground: free words`; the free words must not name whom they are about. Raises Refused."""
    word, _, more = (part.strip() for part in text.partition(":"))
    ground = next((each for each in GROUNDS if each == word.casefold()), None)
    if ground is None:
        raise Refused("no_ground", NO_GROUND, "--reason", found=word[:60], known=", ".join(GROUNDS))
    if named := traces.first(plan.words, more):
        raise Refused("names_them", NAMES_THEM, "--reason", found=named)
    return ground, more


def _family(konto: Konto, party: Party) -> tuple[Party, ...]:
    if party.is_erased:
        raise Refused("erased_before", ERASED_BEFORE, "customer", customer=party.id)
    return (party, *customers.merged_into(konto.library, party.customer))


def _must_not_be_held(konto: Konto, families: Iterable[tuple[Party, ...]]) -> None:
    """Raises Held, naming whoever the others were merged into."""
    head = {each.customer: family[0] for family in families for each in family}
    with konto.log.store.reading() as cursor:
        found = erasure.holds(konto.log, cursor, head)
    for each in found:
        if each.stands(konto.clock()):
            said = {"customer": head[each.customer].id, "ground": each.ground}
            if each.reason is None:
                raise Held("held", HELD_WHY_UNREADABLE, **said)
            said["reason"] = each.reason
            if each.ends is None:
                raise Held("held", HELD, **said)
            raise Held("held", HELD_UNTIL, until=each.ends.isoformat(timespec="minutes"), **said)


def _identity(konto: Konto, found: Traces) -> set[str]:
    """By which words they are recognised, as long as those can be read."""
    told = konto.log.legible(sorted(found.facts)).values()
    return {word for fact in told if fact.id for word in _words(konto, fact, found)}


def _words(konto: Konto, fact: Fact, found: Traces) -> Iterator[str]:
    fields, theirs = plan(type(fact.data)), found.customers | found.streams
    yield fact.id
    for name in fields.personal:
        if name in IDENTITY and (word := getattr(fact.data, name)) is not None:
            yield word
    for name, kind in fields.refs:
        id = getattr(fact.data, name)
        if isinstance(id, str) and not theirs.isdisjoint(erasure.readings(konto.log.ids, fact.source, kind, id)):
            yield id


# -- the deed -------------------------------------------------------------------------------------------


def erase(konto: Konto, plan: Plan, ground: Ground, note: str, *, still: Callable[[], None] = lambda: None) -> Outcome:
    """From the moment on at which it stands in the list nothing stops it. Raises NotAllowed, Held, StoreBusy.

    `still` raises Refused where what spoke for it holds no more.
    """
    allowed(konto.asker, "erase")
    now = konto.clock()
    with _alone(konto):
        with konto.log.writing():
            # Under the writer's lock: nobody puts a hold or a fact in between.
            _must_not_be_held(konto, plan.families)
            still()
            for family in plan.families:
                _append(place(konto), [Erasure(each.customer, now, ground) for each in family])
        return _completed(konto, note)


def complete(konto: Konto) -> int:
    """Does what the list says and the home does not: after a kill, or where an older copy was put back.

    How many customers that took; 0, as nearly always, costs a few small queries.
    """
    gone = 0
    if any(_open(konto)):
        with _alone(konto):
            _take_over(konto, _open(konto).unlisted)
            gone = len(_completed(konto, "").customers)
    if gone:
        log.info("erased_again")
    if konto.views.erased() != erasure.count(konto.log):
        # Tables that were built before it, by a version that did not know of them, or in an older copy.
        with _alone(konto):
            _clean_tables(konto, but=layouts.used)
    return gone


def _take_over(konto: Konto, unlisted: Sequence[Erasure]) -> None:
    """Where the file was lost, or somebody was erased on another machine: this home's own files are cleaned, too."""
    if unlisted:
        traces.remove(konto.home, konto.log.ids, erasure.traces(konto.log, {each.customer for each in unlisted}), ())
    for each in unlisted:
        _append(place(konto), [each])


def _completed(konto: Konto, note: str) -> Outcome:
    pending = _open(konto).pending
    gone = [each.customer for each in pending]
    if not gone:
        return Outcome((), 0, 0, 0)
    found = erasure.traces(konto.log, gone)
    # First, while their words can be read; and again, for whoever wrote a file meanwhile.
    words = _identity(konto, found)
    files = traces.remove(konto.home, konto.log.ids, found, words)
    with konto.log.writing() as writer:
        found = erasure.traces(konto.log, gone)
        parked = erasure.destroy(writer, pending, found, note)
    _clean_tables(konto)
    files += traces.remove(konto.home, konto.log.ids, found, words)
    konto.log.store.scrub(LOGS_TABLES)
    erasure.done(konto.log, gone)
    return Outcome(tuple(gone), len(found.facts), parked, files)


def _clean_tables(konto: Konto, *, but: Callable[[TableStore], bool] = lambda other: False) -> None:
    """Built anew from a log that does not tell of them any more, and nothing left of what was there before.

    Tables of other versions nobody here can build: they are emptied, `but` for some, and whoever follows them fills
    them again.
    """
    konto.rebuild()
    konto.tables.forget(TABLE_NAMES)
    for other in konto.tables.others():
        if not but(other):
            other.empty()


@contextmanager
def _alone(konto: Konto) -> Iterator[None]:
    """Of several processes one erases; whoever comes too late waits a while, since nothing may be read before."""
    until = monotonic() + konto.settings.store.lock_timeout_seconds
    while True:
        with konto.log.store.claim("erasing") as ours:
            if ours is not None:
                yield
                return
        if monotonic() > until:
            raise BeingErased
        sleep(LOOK_SECONDS)


# -- the list -------------------------------------------------------------------------------------------


def place(konto: Konto) -> Path:
    """Beside the keys: without those the ids in it mean nothing, and with them it belongs into every backup."""
    return konto.keys.with_name(LIST)


def listed(file: Path) -> list[Erasure]:
    """As the file has it, each customer once. Raises ListDamaged."""
    found: dict[str, Erasure] = {}
    for number, line in enumerate(_whole(_bytes(file)).splitlines(), 1):
        try:
            told = json.loads(line)
            at, ground = datetime.fromisoformat(told["at"]), told["ground"]
            if ground not in GROUNDS:
                raise ValueError(ground)
            for customer in told["customers"]:
                found.setdefault(str(customer), Erasure(str(customer), at, ground))
        except (ValueError, KeyError, TypeError):
            raise ListDamaged(file, number) from None
    return list(found.values())


def join(file: Path, others: Iterable[Path]) -> None:
    """The list comes to hold everybody who is on one of the others, too. Raises ListDamaged."""
    known = {each.customer for each in listed(file)}
    for erased in (each for other in others for each in listed(other)):
        if erased.customer not in known:
            known.add(erased.customer)
            _append(file, [erased])


def _append(file: Path, erasures: Sequence[Erasure]) -> None:
    """One line for all who are one, kept when the power fails."""
    first = erasures[0]
    line = json.dumps(
        {"customers": [each.customer for each in erasures], "at": first.at.isoformat(), "ground": first.ground}
    )
    stream = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # A line that broke off was never meant by anybody: the deed begins when it is whole.
        os.truncate(stream, end := len(_whole(_bytes(file))))
        os.pwrite(stream, f"{line}\n".encode(), end)
        os.fsync(stream)
    finally:
        os.close(stream)


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _whole(lines: bytes) -> bytes:
    return lines[: lines.rfind(b"\n") + 1]


class _Open(NamedTuple):
    """What is still to be done: customers of whom something is left, and those whom the file does not know."""

    pending: list[Erasure]
    unlisted: list[Erasure]


def _open(konto: Konto) -> _Open:
    told = {each.customer: each for each in listed(place(konto))}
    with konto.log.store.reading() as cursor:
        known = erasure.known(cursor)
    finished = {each.customer for each, done in known.items() if done}
    everybody = told | {each.customer: each for each in known}
    return _Open(
        [each for customer, each in everybody.items() if customer not in finished],
        [each for each in known if each.customer not in told],
    )


# -- holds ----------------------------------------------------------------------------------------------


def hold(konto: Konto, party: Party, text: str, ends: datetime | None) -> Hold:
    """Raises NotAllowed, Refused, Erased."""
    allowed(konto.asker, "erase")
    _family(konto, party)
    ground, more = _hold_ground(text)
    if ends is not None and ends <= konto.clock():
        raise Refused("over", OVER, "--until", until=ends.isoformat(timespec="minutes"))
    found = Hold(party.customer, konto.clock(), ends, ground, more)
    with konto.log.writing() as writer:
        if party.customer in {each.customer for each in listed(place(konto))}:
            raise Refused("erased_before", ERASED_BEFORE, "customer", customer=party.id)
        erasure.hold(writer, found)
    return found


def _hold_ground(text: str) -> tuple[HoldGround, str]:
    word, _, more = (part.strip() for part in text.partition(":"))
    ground = next((each for each in HOLD_GROUNDS if each == word.casefold()), None)
    if ground is None:
        raise Refused("no_ground", NO_GROUND, "--reason", found=word[:60], known=", ".join(HOLD_GROUNDS))
    if not more:
        raise Refused("no_reason", NO_REASON, "--reason")
    return ground, more


def release(konto: Konto, party: Party) -> None:
    """Of them and whoever was merged into them. Raises NotAllowed, Refused where nothing holds."""
    allowed(konto.asker, "erase")
    family = [each.customer for each in _family(konto, party)]
    with konto.log.writing() as writer:
        if not erasure.holds_of(writer.cursor, family):
            raise Refused("not_held", NOT_HELD, "customer", customer=party.id)
        erasure.release(writer, family)
