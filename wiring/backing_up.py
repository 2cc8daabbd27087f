"""Backups: everything that a firm needs to go on elsewhere, each in a folder of its own.

A backup holds the log and the access journal as they were at one moment, the keys, the list of erasures, documents and
settings. Log and journal are files of SQLite whatever engine the firm uses. The tables are left out: they follow from
the log. A manifest names every file with its SHA-256, and the checkpoint that attests the log.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from domain.errors import Refused
from domain.journal import STEPS, Journal
from domain.log import Log
from domain.store import SqliteStore
from domain.store.locks import held
from domain.store.schema import migrate
from wiring import attesting, bookmarks, checkpoint_keys, erasing, moving, stores
from wiring.defaults import DEFAULTS
from wiring.home import Konto
from wiring.product import our_version
from words import N_

FORMAT = 1
MANIFEST, CHECKPOINT, KEYS = "manifest.json", "checkpoint.txt", "keys.json"
SETTINGS, MAPPINGS = "settings.toml", "mappings"
DRAFT = ".being-made-"
LEFT_OVER = timedelta(days=1)
"""What was begun so long ago nobody completes."""
TRIES = 3
BLOCK = 1 << 20

BEING_EXCHANGED = N_("The master key is being exchanged just now. Please back up when that is done.")

Tell = Callable[[int, int], None]
"""Called with how much of the log is copied, and all of it."""


class BackupRunning(Refused):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            "already_running",
            "A backup into {folder} is being made already. Please wait until it is done.",
            folder=str(folder),
        )


class BackupDamaged(Refused):
    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(
            "backup_damaged",
            "{file} in {folder} is missing, or is not what was backed up. Please use another backup; konto backup "
            "--list shows them.",
            "BACKUP",
            file=name,
            folder=str(folder),
        )


class Piece(NamedTuple):
    bytes: int
    sha256: str


class Backup(NamedTuple):
    folder: Path
    made: datetime
    version: str
    """Of the product that made it."""
    events: int
    """The position of the newest event in it."""
    step: int
    """Up to which the log's tables had come; an older version of the product does not read them."""
    has_keys: bool
    files: Mapping[str, Piece]

    @property
    def bytes(self) -> int:
        return sum(piece.bytes for piece in self.files.values())


# -- making ---------------------------------------------------------------------------------------------


def back_up(konto: Konto, folder: Path, *, keys: bool = True, tell: Tell = lambda done, all: None) -> Backup:
    """A new backup in this folder, complete or not at all. Raises Refused, OSError.

    Without `keys` it can only be put back by somebody who has them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(folder / ".lock") as ours:
        if not ours:
            raise BackupRunning(folder)
        draft = Path(mkdtemp(prefix=DRAFT, dir=folder))
        try:
            return _made(konto, draft, folder, keys=keys, tell=tell)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _made(konto: Konto, draft: Path, folder: Path, *, keys: bool, tell: Tell) -> Backup:
    now = konto.clock().astimezone(UTC)
    kept = attesting.attest(konto)
    _write(draft / CHECKPOINT, kept.note.encode())
    _copy_with_keys(konto, draft, keys=keys, tell=tell)
    _copy_journal(konto, draft / stores.JOURNAL)
    for name, file in _small_files(konto):
        _copied(file, draft / name)
    files = {str(each.relative_to(draft)): _piece(each) for each in sorted(draft.rglob("*")) if each.is_file()}
    events, step = _reaches(draft / stores.LOG)
    made = Backup(folder / _free_name(folder, now), now, our_version(), events, step, keys, files)
    _write(draft / MANIFEST, _manifest(made))
    _settle(draft)
    os.rename(draft, made.folder)
    _settle(folder)
    return made


def _reaches(log: Path) -> tuple[int, int]:
    """The newest event and the last step of a copied log, which stays as it is."""
    with closing(sqlite3.connect(f"{log.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        events = connection.execute("SELECT COALESCE(MAX(rowid), 0) FROM stored_events").fetchone()[0]
        return events, connection.execute("SELECT MAX(step) FROM schema_steps").fetchone()[0]


def _copy_with_keys(konto: Konto, draft: Path, *, keys: bool, tell: Tell) -> None:
    """The log with the keys that open it: while a master key is exchanged, both change."""
    for _ in range(TRIES):
        before = konto.keys.read_bytes()
        (draft / stores.LOG).unlink(missing_ok=True)
        _copy_log(konto, draft / stores.LOG, tell)
        if konto.keys.read_bytes() == before:
            if keys:
                _write(draft / KEYS, before)
            return
    raise Refused("being_exchanged", BEING_EXCHANGED)


def _copy_log(konto: Konto, file: Path, tell: Tell) -> None:
    file.touch(mode=0o600)
    if isinstance(konto.log.store, SqliteStore):
        konto.log.store.copy_to(file, tell)
        return
    with closing(_opened(file)) as store:
        copy = Log(store, konto.log.ids, konto.log.master)
        migrate(store, copy.steps())
        moving.copy_log(konto.log, copy, tell)
        store.into_one_file()


def _copy_journal(konto: Konto, file: Path) -> None:
    file.touch(mode=0o600)
    if isinstance(konto.journal.store, SqliteStore):
        konto.journal.store.copy_to(file, lambda done, all: None)
        return
    with closing(_opened(file)) as store:
        copy = Journal(store)
        migrate(store, STEPS)
        moving.copy_journal(konto.journal, copy)
        store.into_one_file()


def _small_files(konto: Konto) -> Iterator[tuple[str, Path]]:
    """By their names in a backup. The list of erasures is read after the log: who is in it is erased there again."""
    for file in (erasing.place(konto), konto.keys.with_name(checkpoint_keys.FILE)):
        yield file.name, file
    for name in (SETTINGS, *(f"{kind}.toml" for kind in DEFAULTS)):
        yield name, konto.home / name
    for folder in (bookmarks.FOLDER, MAPPINGS):
        for file in sorted(each for each in (konto.home / folder).glob("*") if each.is_file()):
            yield f"{folder}/{file.name}", file


def _copied(file: Path, to: Path) -> None:
    if file.is_file():
        to.parent.mkdir(mode=0o700, exist_ok=True)
        _write(to, file.read_bytes())


def _write(file: Path, content: bytes) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _settle(folder: Path) -> None:
    """What a folder names survives a power cut."""
    if os.name == "nt":
        return  # no folder can be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(folder: Path, now: datetime) -> str:
    name = f"{now:%Y-%m-%dT%H%M%SZ}"
    taken = {each.name for each in folder.iterdir()}
    return next(each for each in (name, *(f"{name}-{n:03}" for n in range(2, 1_000))) if each not in taken)


def _opened(file: Path) -> SqliteStore:
    return SqliteStore(str(file), synchronous="NORMAL", lock_timeout_s=0)


# -- reading --------------------------------------------------------------------------------------------


def _manifest(made: Backup) -> bytes:
    told = {
        "format": FORMAT,
        "made": made.made.isoformat(),
        "version": made.version,
        "events": made.events,
        "step": made.step,
        "keys": made.has_keys,
        "files": {name: piece._asdict() for name, piece in made.files.items()},
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def read(folder: Path) -> Backup:
    """What a backup says of itself. Raises BackupDamaged."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        files = {str(name): Piece(int(each["bytes"]), str(each["sha256"])) for name, each in told["files"].items()}
        made = datetime.fromisoformat(told["made"])
        if told["format"] != FORMAT or any(Path(name).is_absolute() or ".." in Path(name).parts for name in files):
            raise ValueError
        return Backup(
            folder, made, str(told["version"]), int(told["events"]), int(told["step"]), bool(told["keys"]), files
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged(folder, MANIFEST) from None


def check(backup: Backup) -> None:
    """Whether every file is what was backed up. Raises BackupDamaged with the first that is not."""
    for name, piece in backup.files.items():
        file = backup.folder / name
        try:
            if _piece(file) != piece:
                raise BackupDamaged(backup.folder, name)
        except OSError:
            raise BackupDamaged(backup.folder, name) from None


def listed(folder: Path) -> list[Backup]:
    """Those that are complete, the newest first."""
    found = []
    for each in folder.iterdir() if folder.is_dir() else ():
        if (each / MANIFEST).is_file():
            try:
                found.append(read(each))
            except BackupDamaged:
                continue
    return sorted(found, key=lambda each: (each.made, each.folder.name), reverse=True)


def tidy(folder: Path, keep: int, now: datetime) -> Sequence[Backup]:
    """Removes all but the newest so many, and what killed backups left; the ones that went."""
    gone = listed(folder)[keep:]
    for backup in gone:
        shutil.rmtree(backup.folder)
    for left in folder.glob(f"{DRAFT}*"):
        if now - datetime.fromtimestamp(left.stat().st_mtime, UTC) > LEFT_OVER:
            shutil.rmtree(left, ignore_errors=True)
    return gone


def _piece(file: Path) -> Piece:
    hashed, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            hashed.update(block)
            size += len(block)
    return Piece(size, hashed.hexdigest())
