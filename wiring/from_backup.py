"""A backup put back into a home in which nothing was recorded yet, and whether all of it is as it was.

Everything is looked at before anything is written: every file of the backup, whether this version can read it, whether
the keys fit. What was erased since the backup is erased again before anybody can read it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import Refused
from domain.ids import Ids
from domain.journal import STEPS, Journal
from domain.log import Log
from domain.store import SqliteStore
from domain.store.schema import migrate
from verifier.attestation import Note
from wiring import (
    attesting,
    backing_up,
    checking,
    checkpoint_keys,
    erasing,
    installation,
    keys,
    masters,
    moving,
    stores,
)
from wiring import settings as settings_
from wiring.backing_up import Backup
from wiring.checking import Finding
from wiring.home import Konto
from wiring.restoring import NotEmpty
from wiring.settings import Settings
from words import N_

DRAFT = "restoring-"
SHARING = ("KONTO_STORE_", "KONTO_QUEUE_", "KONTO_WORKER_")
"""With these begin variables that are of use with a database alone."""
SHARED = re.compile(r"(?ms)^\s*\[(?:store|queue)\].*?(?=^\s*\[|\Z)|^\s*shares\s*=.*?$")
"""What in a text of settings is of use with a database alone."""


class KeysNeeded(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__(
            "keys_needed",
            "This backup was made without its keys. Please put them at {file} first.",
            "BACKUP",
            file=str(file),
        )


class DatabaseNotEmpty(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not_empty",
            "In the database of these settings lies a log already. Please first put a settings.toml into the home that "
            "names another [store] url, or none.",
            "BACKUP",
        )


NOT_ATTESTED = N_(
    "The log is not what the backup's checkpoint says it was. To see where it differs: konto audit verify"
)


def try_out(backup: Backup, home: Path, firm: Path, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Makes an empty home ready in which a backup can be tried: in files, whatever the firm uses.

    Keys that it does not hold are those of the firm's own home. Answers the environment to do it with.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if backing_up.SETTINGS in backup.files:
        text = (backup.folder / backing_up.SETTINGS).read_text(encoding="utf-8-sig")
        (home / backing_up.SETTINGS).write_text(SHARED.sub("", text), encoding="utf-8")
    known = keys.place(firm, environment)
    if not backup.has_keys and known.exists():
        shutil.copyfile(known, home / backing_up.KEYS)
    return {name: told for name, told in environment.items() if not name.startswith((*SHARING, keys.ELSEWHERE))}


def put_back(
    backup: Backup, home: Path, environment: Mapping[str, str], *, entropy: Callable[[int], bytes], erased: Path | None
) -> None:
    """The log comes last, all of it or nothing: broken off before, the same backup goes in once more.

    `erased` is a list of erasures that is newer than the one in the backup.

    The home is not open; whoever opens it next finds the log, and builds the tables. Raises BackupDamaged, NotEmpty,
    TooNew, KeysNeeded, or what refuses the keys or the list.
    """
    backing_up.check(backup)
    if erased is not None:
        erasing.listed(erased)
    settings = _settings(backup, home, environment)
    if stores.there_is_a_log(home, settings.store):
        raise DatabaseNotEmpty if stores.is_shared(settings.store) else NotEmpty
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=DRAFT, dir=home) as draft:
        folder = Path(draft)
        log_file, journal_file = (_copied(backup.folder / name, folder) for name in (stores.LOG, stores.JOURNAL))
        keys_file = keys.place(home, environment)
        known = keys_file if keys_file.exists() else backup.folder / backing_up.KEYS
        if not known.exists():
            raise KeysNeeded(keys_file)
        places = masters.Places(known, dict(environment), settings.vault, entropy)
        with _log(log_file, known, places) as log:
            _make_ready(log)
            journal = Journal(SqliteStore(str(journal_file), synchronous="FULL", lock_timeout_s=0))
            with closing(journal.store):
                migrate(journal.store, STEPS)
                _put_files(backup, home, keys_file, erased)
                if stores.is_shared(settings.store):
                    _into_database(log, journal, home, settings)
        if not stores.is_shared(settings.store):
            # The log comes last: with it there is something in this home.
            for file in (journal_file, log_file):
                _into_one_file(file)
                os.replace(file, home / file.name)


def _settings(backup: Backup, home: Path, environment: Mapping[str, str]) -> Settings:
    """Those of the home where there are some, else those of the backup."""
    there = (home / backing_up.SETTINGS).exists() or backing_up.SETTINGS not in backup.files
    return settings_.read(home if there else backup.folder, environment)


@contextmanager
def _log(file: Path, keys_file: Path, places: masters.Places) -> Iterator[Log]:
    store = SqliteStore(str(file), synchronous="FULL", lock_timeout_s=0)
    with closing(store):
        yield Log(store, Ids(keys.read(keys_file).ids), masters.of(places))


def _make_ready(log: Log) -> None:
    """Brought up to this version, with the keys that it was begun with, and nobody at work in it."""
    migrate(log.store, log.steps())
    with log.store.writing() as cursor:
        if installation.noted(cursor).get(installation.KEYS) != installation.mark(log):
            raise installation.OtherKeys(Path(backing_up.KEYS))
        log.master.open_all(cursor)
        for table in ("leases", "heartbeats"):
            cursor.execute(f"DELETE FROM {table}")


def _into_database(log: Log, journal: Journal, home: Path, settings: Settings) -> None:
    target = Log(stores.log(home, settings.store), log.ids, log.master)
    looks = Journal(stores.journal(home, settings.store))
    with closing(target.store), closing(looks.store):
        migrate(target.store, target.steps())
        migrate(looks.store, STEPS)
        moving.copy_journal(journal, looks)
        moving.copy_log(log, target, None)


def _put_files(backup: Backup, home: Path, keys_file: Path, erased: Path | None) -> None:
    """What is there already stays; the list of erasures becomes that of all who are on one of them."""
    beside_keys = {
        backing_up.KEYS: keys_file,
        **{name: keys_file.with_name(name) for name in (checkpoint_keys.FILE, erasing.LIST)},
    }
    keys_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in backup.files:
        if name in (stores.LOG, stores.JOURNAL, backing_up.CHECKPOINT):
            continue
        place = beside_keys.get(name, home / name)
        if name == erasing.LIST:
            erasing.join(place, [backup.folder / name, *([erased] if erased else [])])
        elif not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(backup.folder / name, place)
            place.chmod(0o600)
    if erased is not None and erasing.LIST not in backup.files:
        erasing.join(keys_file.with_name(erasing.LIST), [erased])


def _copied(file: Path, folder: Path) -> Path:
    copy = folder / file.name
    shutil.copyfile(file, copy)
    copy.chmod(0o600)
    return copy


def _into_one_file(file: Path) -> None:
    SqliteStore(str(file), synchronous="FULL", lock_timeout_s=0).into_one_file()


# -- is it whole? ----------------------------------------------------------------------------------------


def troubles(konto: Konto, backup: Backup) -> Iterator[Finding]:
    """Of a home that a backup was just put back into: events against the checkpoint, tables against the log."""
    note = Note(backing_up.CHECKPOINT, (backup.folder / backing_up.CHECKPOINT).read_text(encoding="utf-8"))
    verified = attesting.verify(konto, [note], attesting.keys(konto).public)
    if not verified.is_ok:
        yield Finding("not_attested", NOT_ATTESTED, {})
    yield from checking.findings(konto)
