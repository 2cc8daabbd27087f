"""A place on disk for every server, well known, so that the next run finds and ends what a killed run left behind.

A place is locked by its run for as long as that lives. The system opens the lock when the run ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.folders import MEMORY
from tests.servers.finding import Account, ServerError
from tests.servers.guard import Process

NAME = "konto-test-servers"
LOCK = "lock"
RECORD = "server.json"
PASSABLE = 0o711
"""Others may pass through to a folder that is theirs, but not look around."""
REMOVED = " (deleted)"
"""What Linux says behind the name of a working folder that is no longer there."""


class Place:
    """The folder of one server, for as long as this run keeps it."""

    def __init__(self, account: Account | None = None, among: Sequence[Path] | None = None) -> None:
        sweep()
        home = home_of_places(account, among)
        with locked(home / LOCK):
            self.folder = Path(tempfile.mkdtemp(prefix="server-", dir=home))
            self.folder.chmod(PASSABLE)
            self._lock = os.open(self.folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def note(self, process: Process, data: Path, number: int) -> None:
        """That this process works in this folder of data and ends at this signal."""
        noted = {
            "pid": process.pid,
            "started_ticks": process.started_ticks,
            "data": str(data.resolve()),
            "signal": number,
        }
        unfinished = self.folder / "unfinished"
        unfinished.write_text(json.dumps(noted), encoding="utf-8")
        unfinished.replace(self.folder / RECORD)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def home_of_places(account: Account | None = None, among: Sequence[Path] | None = None) -> Path:
    """The first folder for the places of this user that can be had and that the account gets to."""
    for folder in among or usual_folders():
        home = home_in(folder)
        try:
            home.mkdir(PASSABLE)
        except FileExistsError:
            pass
        except OSError:
            continue
        else:
            home.chmod(PASSABLE)
        if is_ours(home) and (account is None or account.reaches(home)):
            return home
    raise ServerError("No folder for temporary files was found in which a server could keep its own.")


def usual_folders() -> list[Path]:
    """There are several, since root's own may be closed to the account that a server runs as."""
    return list(dict.fromkeys([Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]))


def home_in(folder: Path) -> Path:
    return folder / f"{NAME}-{os.getuid()}"


def is_ours(home: Path) -> bool:
    """Everybody may make a folder of this name there: another's is never used."""
    try:
        found = home.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def sweep() -> None:
    """Ends the servers of runs that are gone, and removes their places."""
    for folder in [*usual_folders(), MEMORY]:
        home = home_in(folder)
        if is_ours(home):
            with locked(home / LOCK):
                for place in home.glob("server-*"):
                    remove_left(place)


def remove_left(place: Path) -> None:
    """Unless its run still lives, and so keeps it locked."""
    with suppress(FileNotFoundError, BlockingIOError), locked(place / LOCK, wait=False):
        end_noted(place / RECORD)
        shutil.rmtree(place, ignore_errors=True)


def end_noted(record: Path) -> None:
    if not record.exists():
        return
    noted = json.loads(record.read_text(encoding="utf-8"))
    process = Process(noted["pid"], noted["started_ticks"])
    if process.alive() and working_folder(process.pid) == noted["data"]:
        process.end(noted["signal"])


def working_folder(pid: int) -> str | None:
    """Both servers work in the folder of their data; that folder may be gone already."""
    try:
        return os.readlink(f"/proc/{pid}/cwd").removesuffix(REMOVED)
    except OSError:
        return None


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
