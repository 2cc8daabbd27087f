"""How this installation is: where it lies, what waits, whether anybody looks after it. In plain words."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from projections.tables import instant, micros
from projections.timeline import set_aside
from wiring.embedded import Konto
from words import N_, Translator
from words.format import duration, number

PACKAGE = "vertrauenskonto"
FRESH_TICKS = 3
"""So many turns a heartbeat may be old."""
LATE_SENDING = timedelta(minutes=10)
MEGABYTE = 1_000_000


class Note(NamedTuple):
    """One thing about the installation; `ok` False = somebody should do something."""

    name: str
    ok: bool
    text: str
    params: dict[str, Any]

    def sentence(self, t: Translator) -> str:
        return t.gettext(self.text).format(**self.params)


HOME = N_("Home: {home}")
VERSION = N_("Version {version}, Python {python}")
SIZES = N_("Log {log} MB, tables {views} MB")
HEAD = N_("{head} events in the log; the tables have taken in {position}.")
BEHIND = N_("{head} events in the log, but the tables stop at {position}. Please run konto check.")
NONE_PARKED = N_("No fact is parked.")
PARKED = N_("Facts that wait for what they refer to: {n}. konto parked shows them.")
OUTBOX_EMPTY = N_("No message waits to be sent.")
OUTBOX = N_("Messages that wait to be sent: {n}, the oldest for {age}.")
OUTBOX_STUCK = N_("Messages that wait to be sent: {n}, the oldest for {age}. Please start the worker: konto serve")
WORKER = N_("The worker runs; its last turn was {age} ago.")
WORKER_STOPPED = N_("The worker has not turned for {age}; nobody is warned. Please start it: konto serve")
WORKER_NEVER = N_("The worker has never run; nobody is warned. Please start it: konto serve")
NOTHING_TO_WATCH = N_("The worker does not run; there is no open promise to watch either.")
MAIL = N_("Mail goes out through {host}.")
NO_MAIL = N_("No mail server is set: messages are put into {folder}. To send them, set [mail] host in settings.toml.")
KEYS_SAFE = N_("The keys are readable by their owner only.")
KEYS_OPEN = N_("Others on this machine can read {file}. Please run: chmod 600 {file}")


def notes(konto: Konto) -> Iterator[Note]:
    now = konto.clock()
    yield Note("home", True, HOME, {"home": konto.home})
    yield Note("version", True, VERSION, {"version": _version(), "python": platform.python_version()})
    log, views = _megabytes(konto.home / "events.db"), _megabytes(konto.home / "views.db")
    yield Note("sizes", True, SIZES, {"log": log, "views": views})
    head, position = konto.log.head(), konto.views.position()
    behind = position != head
    yield Note("tables", not behind, BEHIND if behind else HEAD, {"head": head, "position": position})
    parked = len(konto.log.parked()) + len(set_aside(konto.log, konto.library))
    yield Note("parked", True, PARKED if parked else NONE_PARKED, {"n": parked})
    yield _outbox(konto, now)
    yield _worker(konto, now)
    yield _mail(konto)
    yield from _keys(konto)


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "?"


def _megabytes(file: Path) -> float:
    """With what the write-ahead log still holds."""
    parts = (file, file.with_name(f"{file.name}-wal"))
    return round(sum(part.stat().st_size for part in parts if part.exists()) / MEGABYTE, 1)


def _outbox(konto: Konto, now: datetime) -> Note:
    row = konto.views.row("SELECT COUNT(*), MIN(due) FROM outbox WHERE due <= ?", (micros(now),))
    oldest = instant(row[1])
    if oldest is None:
        return Note("outbox", True, OUTBOX_EMPTY, {"n": 0})
    stuck = now - oldest > LATE_SENDING
    return Note("outbox", not stuck, OUTBOX_STUCK if stuck else OUTBOX, {"n": row[0], "age": now - oldest})


def _worker(konto: Konto, now: datetime) -> Note:
    file = konto.home / "worker.heartbeat"
    beat = datetime.fromisoformat(file.read_text("utf-8").strip()) if file.exists() else None
    longest = timedelta(seconds=FRESH_TICKS * konto.settings.worker.tick_seconds)
    if beat is not None and now - beat <= longest:
        return Note("worker", True, WORKER, {"age": now - beat})
    watched = konto.views.row("SELECT 1 FROM promises WHERE outcome IS NULL AND overdue_from IS NOT NULL LIMIT 1")
    if watched is None:
        return Note("worker", True, NOTHING_TO_WATCH, {})
    if beat is None:
        return Note("worker", False, WORKER_NEVER, {})
    return Note("worker", False, WORKER_STOPPED, {"age": now - beat})


def _mail(konto: Konto) -> Note:
    host = konto.settings.mail.host
    if host is None:
        return Note("mail", True, NO_MAIL, {"folder": konto.home / "outgoing"})
    return Note("mail", True, MAIL, {"host": host})


def _keys(konto: Konto) -> Iterator[Note]:
    file = konto.home / "keys.json"
    if platform.system() == "Windows":
        return
    safe = file.stat().st_mode & 0o077 == 0
    yield Note("keys", safe, KEYS_SAFE if safe else KEYS_OPEN, {"file": file})


def in_words(note: Note, t: Translator) -> str:
    """The sentence with ages and counts as one says them."""
    said = {
        name: duration(value.total_seconds(), t.lang)
        if isinstance(value, timedelta)
        else number(value, t.lang, 1 if isinstance(value, float) else 0)
        if isinstance(value, int | float)
        else value
        for name, value in note.params.items()
    }
    return note._replace(params=said).sentence(t)
