"""Where the master key lies, and how another takes its place without anybody noticing.

A log remembers which one counts and where it lies (domain/masters.py); the setting `vault.master` says where the next
one is made. An exchange goes in steps that may each be taken twice: whoever is killed in between repeats the command,
and until the last step both are known everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag

from domain import masters
from domain.errors import Refused
from domain.log import Log
from domain.masters import Master, Masters, Place
from domain.roles import allowed
from domain.store import Cursor
from domain.vault import MasterKey
from wiring import environment as environment_
from wiring import key_service, keys
from wiring.environment import MASTER_KEY, NEXT_MASTER_KEY
from wiring.settings import VaultSettings
from words import N_

if TYPE_CHECKING:
    from wiring.home import Konto

PAGE = 1_000
"""So many customers' keys are wrapped anew in one transaction: others write in between."""
TABLES = ("vault_keys", "master_keys")

NOT_SET = N_(
    "{variable} is missing: the master key of this log lies in the environment. Please set it, or {variable}_FILE with "
    "the name of a file."
)
NO_HEX = N_(
    "{variable} has to be 64 digits from 0 to 9 and a to f; konto vault key makes such a key. What stands there is not "
    "repeated."
)
OTHER_VARIABLE = N_(
    "{variable} holds another master key than this log needs: needed is {needed}, made on {made}; given is {found}. "
    "An older copy of the log needs the key it was kept with."
)
OTHER_FILE = N_(
    "{file} does not hold the master key that this log needs: needed is {needed}, made on {made}. An older copy of the "
    "log needs the {name} it was kept with; several machines need the same one."
)
OTHER_SERVICE = N_(
    "What the key service opened is not the master key of this log. Please check [vault] url, mount and key."
)
NO_NEXT = N_(
    "A new master key is needed first: konto vault key makes one. Please set it as {variable} for every part of this "
    "installation, beside the one that counts now, and start them again."
)
USED_BEFORE = N_("The key in {variable} was in use before and was exchanged. Please take a new one: konto vault key")
NOT_IN_SERVICE = N_("The master key does not lie in a key service; there is nothing to wrap anew there.")
NOT_IN_FILE = N_("Only a master key in a file is prepared; [vault] master says: {place}.")


class BeingExchanged(Refused):
    def __init__(self) -> None:
        super().__init__("busy", "The master key is being exchanged just now. Please try again in a moment.")


class Made(NamedTuple):
    key: MasterKey
    sealed: str | None = None


@dataclass(frozen=True)
class Places:
    """Where master keys are found and made."""

    file: Path
    environment: Mapping[str, str]
    settings: VaultSettings
    entropy: Callable[[int], bytes]

    def unlock(self, master: Master) -> MasterKey:
        """Raises Refused with what is missing or does not fit."""
        match master.place:
            case "file":
                return self._in_file(master)
            case "environment":
                return self._in_environment(master)
            case "service":
                key = self._key(key_service.unwrap(self.settings, master.sealed or ""))
                if key.id != master.id:
                    raise Refused("other_keys", OTHER_SERVICE)
                return key

    def _in_file(self, master: Master) -> MasterKey:
        for key in map(self._key, keys.read(self.file).masters):
            if key.id == master.id:
                return key
        said = {"file": str(self.file), "name": self.file.name, "needed": master.id, "made": _day(master)}
        raise Refused("other_keys", OTHER_FILE, **said)

    def _in_environment(self, master: Master) -> MasterKey:
        given = self._given()
        for key in given.values():
            if key.id == master.id:
                return key
        if MASTER_KEY not in given:
            raise Refused("keys_missing", NOT_SET, variable=MASTER_KEY)
        found = given[MASTER_KEY].id
        said = {"variable": MASTER_KEY, "needed": master.id, "made": _day(master), "found": found}
        raise Refused("other_keys", OTHER_VARIABLE, **said)

    def _given(self) -> dict[str, MasterKey]:
        """By variable; read anew each time, since a file may have been exchanged."""
        found = {}
        for variable in (MASTER_KEY, NEXT_MASTER_KEY):
            secret = environment_.secret(variable, self.environment)
            if secret is not None:
                found[variable] = self._key(_of_hex(variable, secret.get_secret_value()))
        return found

    def _key(self, key: bytes) -> MasterKey:
        if len(key) != keys.KEY_BYTES:
            raise Refused("other_keys", OTHER_SERVICE)
        return MasterKey(key, self.entropy)

    def made(self, known: list[Master]) -> Made:
        """A new one where the setting says. It is kept there before anything is wrapped with it. Raises Refused."""
        match self.settings.master:
            case "file":
                return Made(self._made_in_file({each.id for each in known}))
            case "environment":
                return Made(self._next_given(known))
            case "service":
                key = self._key(self.entropy(keys.KEY_BYTES))
                return Made(key, key_service.wrap(self.settings, key.key))

    def _made_in_file(self, known: set[str]) -> MasterKey:
        kept = keys.read(self.file)
        for key in map(self._key, kept.masters):
            if key.id not in known:  # prepared, or of a try that was broken off
                return key
        key = self._key(self.entropy(keys.KEY_BYTES))
        keys.write(self.file, kept._replace(following=key.key))
        return key

    def _next_given(self, known: list[Master]) -> MasterKey:
        given, states = self._given(), {each.id: each.state for each in known}
        for key in given.values():
            if key.id not in states:
                return key
        for variable, key in given.items():
            if states[key.id] == "gone":
                raise Refused("used_before", USED_BEFORE, variable=variable)
        in_use = any(each.place == "environment" and each.state != "gone" for each in known)
        raise Refused("keys_missing", NO_NEXT, variable=NEXT_MASTER_KEY if in_use else MASTER_KEY)

    def forget(self, kept: MasterKey | None) -> None:
        """Of the keys in the file all but this one."""
        found = keys.read(self.file)
        left = found._replace(vault=kept.key if kept else None, following=None)
        if left != found:
            keys.write(self.file, left)


def _of_hex(variable: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != keys.KEY_BYTES:
        raise Refused("keys_damaged", NO_HEX, variable=variable)
    return key


def _day(master: Master) -> str:
    return master.made.date().isoformat()


# -- at a start -----------------------------------------------------------------------------------------


def of(places: Places) -> Masters:
    return Masters(places.entropy, places.unlock)


def begin(log: Log, places: Places, now: datetime) -> None:
    """Registers the first one of a log, and opens what is needed to read it. Raises Refused."""
    with log.store.reading() as cursor:
        known = masters.registered(cursor)
    if not known:
        _register_first(log, places, now)
    with log.store.reading() as cursor:
        log.master.open_all(cursor)


def _register_first(log: Log, places: Places, now: datetime) -> None:
    # A log of an earlier version has its key in the file and says nothing of it.
    in_file = keys.read(places.file).vault
    made = Made(MasterKey(in_file, places.entropy)) if in_file else places.made([])
    first = log.page(0, 1)
    since = first[0].recorded if first and first[0].recorded else now
    place: Place = "file" if in_file else places.settings.master
    with log.store.writing() as cursor:
        if masters.registered(cursor):
            return  # whoever started at the same time was quicker
        _must_open(cursor, made.key, places)
        masters.begin(cursor, Master(made.key.id, place, "current", since, sealed=made.sealed))


def _must_open(cursor: Cursor, key: MasterKey, places: Places) -> None:
    row = cursor.execute("SELECT subject, wrapped FROM vault_keys WHERE wrapped IS NOT NULL LIMIT 1").one()
    try:
        if row is not None:
            key.unwrap(*row)
    except InvalidTag:
        raise keys.KeysDamaged(places.file) from None


# -- status ---------------------------------------------------------------------------------------------


class Status(NamedTuple):
    current: Master
    setting: Place
    """Where the next one is made."""
    leaving: tuple[Master, ...]
    """Not empty: an exchange was broken off, or goes on."""
    earlier: tuple[Master, ...]
    customers: int
    """Keys that are wrapped with a master key."""


def status(konto: Konto) -> Status:
    with konto.log.store.reading() as cursor:
        known = masters.registered(cursor)
        wrapped = cursor.execute("SELECT COUNT(*) FROM vault_keys WHERE wrapped IS NOT NULL").one()[0]
    by_state = {state: tuple(each for each in known if each.state == state) for state in ("current", "leaving", "gone")}
    return Status(
        by_state["current"][0], konto.settings.vault.master, by_state["leaving"], by_state["gone"], int(wrapped)
    )


# -- exchanging it --------------------------------------------------------------------------------------

Step = Callable[[str], None]
"""Hears of each step when it has been taken."""


def _quietly(step: str) -> None:
    return


class Exchange(NamedTuple):
    current: Master
    gone: tuple[Master, ...]
    rewrapped: int
    completed: bool
    """Whether this ended one that had been broken off."""


def prepare(konto: Konto) -> MasterKey:
    """The next key, in the file, and nothing more: so that it can be copied to every machine first."""
    allowed(konto.asker, "keys")
    if konto.places.settings.master != "file":
        raise Refused("not_in_file", NOT_IN_FILE, place=konto.places.settings.master)
    with _alone(konto):
        return konto.places.made(_registered(konto)).key


def exchange(konto: Konto, step: Step = _quietly) -> Exchange:
    """A new master key in the place of the old one, or the rest of an exchange that was broken off.

    The log itself is not touched. Raises NotAllowed, Refused, BeingExchanged.
    """
    allowed(konto.asker, "keys")
    with _alone(konto):
        completed = any(each.state == "leaving" for each in _registered(konto))
        if not completed:
            _take_over(konto, step)
        rewrapped = _rewrap(konto, step)
        gone = _destroy(konto, step)
        current = next(each for each in _registered(konto) if each.state == "current")
        return Exchange(current, gone, rewrapped, completed)


def _registered(konto: Konto) -> list[Master]:
    with konto.log.store.reading() as cursor:
        return masters.registered(cursor)


def _take_over(konto: Konto, step: Step) -> None:
    made = konto.places.made(_registered(konto))
    step("made")
    place = konto.places.settings.master
    with konto.log.store.writing() as cursor:
        masters.take_over(cursor, Master(made.key.id, place, "current", konto.clock(), sealed=made.sealed))
    step("taken over")


def _rewrap(konto: Konto, step: Step) -> int:
    count = _wrapped_otherwise(konto)
    last: str | None = ""
    while last is not None:
        with konto.log.store.writing() as cursor:
            last = masters.rewrap(cursor, konto.log.master, last, PAGE)
        step("page")
    step("rewrapped")
    return count


def _wrapped_otherwise(konto: Konto) -> int:
    with konto.log.store.reading() as cursor:
        sql = (
            "SELECT COUNT(*) FROM vault_keys WHERE wrapped IS NOT NULL AND master <> "
            "(SELECT id FROM master_keys WHERE state = 'current')"
        )
        return int(cursor.execute(sql).one()[0])


def _destroy(konto: Konto, step: Step) -> tuple[Master, ...]:
    """The old one, from its place and from what the disk remembers; only then it is noted as gone."""
    with konto.log.store.writing() as cursor:
        left = tuple(masters.leaving(cursor))
        # Under the writer's lock: nobody wraps with it any more, and nothing is wrapped with it.
        for each in left:
            assert not masters.wraps(cursor, each.id)
            masters.let_go(cursor, each.id)
        current = next(each for each in masters.registered(cursor) if each.state == "current")
        key = konto.log.master.current(cursor)
    konto.places.forget(key if current.place == "file" else None)
    step("destroyed")
    konto.log.store.scrub(TABLES)
    step("scrubbed")
    with konto.log.store.writing() as cursor:
        for each in left:
            masters.gone(cursor, each.id, konto.clock())
    step("noted")
    return left


def rewrap_in_service(konto: Konto) -> Master:
    """Lets the key service wrap the master key under the newest version of its own. Raises NotAllowed, Refused."""
    allowed(konto.asker, "keys")
    with _alone(konto):
        current = next(each for each in _registered(konto) if each.state == "current")
        if current.sealed is None:
            raise Refused("not_in_service", NOT_IN_SERVICE)
        sealed = key_service.rewrap(konto.places.settings, current.sealed)
        konto.places.unlock(current._replace(sealed=sealed))  # before the old one is let go
        with konto.log.store.writing() as cursor:
            masters.seal_anew(cursor, current.id, sealed)
        return current


@contextmanager
def _alone(konto: Konto) -> Iterator[None]:
    with konto.log.store.claim("exchanging the master key") as ours:
        if ours is None:
            raise BeingExchanged
        yield
