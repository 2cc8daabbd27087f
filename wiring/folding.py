"""Several processes fold the customers of a rebuild at the same time, each into a file of its own.

Each opens the log for itself and only reads there. They take portion by portion from one queue, so that none waits for
another.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from typing import Any, NamedTuple

from domain.errors import Refused
from domain.log import Log
from domain.store.filling import remove
from projections.anew import Portion, fold_apart
from words import N_

EVENTS_FOR_ONE = 30_000
"""So many are worth the second that another process takes to start."""
LOOK_SECONDS = 0.2

PROCESS_ENDED = N_(
    "One of the processes that build the tables ended before its work was done (exit code {exit}). The tables are "
    "as they were. Please run konto rebuild again, or with --processes 1 if memory is short."
)

Opening = Callable[[], Log]
"""Opens the log in another process."""
Tell = Callable[[int], None]
"""Hears how many events were folded."""


class ProcessEnded(Refused):
    def __init__(self, code: int | None) -> None:
        super().__init__("process_ended", PROCESS_ENDED, exit=code)


def as_many_as_help(events: int) -> int:
    """Processes for a log of so many events on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, events // EVENTS_FOR_ONE))


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Millions of things without circles come and go: to look for circles among them takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(SMALL_THINGS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


SMALL_THINGS = 200_000
"""So many come between two looks."""


class Folders:
    """So many processes beside this one; their files lie beside the one that all goes into."""

    def __init__(self, opening: Opening, file: Path, processes: int) -> None:
        # Not forked: this process may have threads and open files.
        self._context = multiprocessing.get_context("spawn")
        self._tasks: Queue[Portion | None] = self._context.Queue()
        self._told: Queue[Any] = self._context.Queue()
        self._opening = opening
        self._files = [file.with_stem(f"{file.stem}-{number}") for number in range(processes)]
        self._running: dict[int, BaseProcess] = {}

    def begin(self, upto: int) -> None:
        for number, file in enumerate(self._files):
            work = (number, self._opening, file, upto, self._tasks, self._told)
            process = self._context.Process(target=_work, args=work, daemon=True)
            process.start()
            self._running[number] = process

    def fold(self, portions: Iterable[Portion]) -> None:
        for portion in portions:
            self._tasks.put(portion)
        for _ in self._files:
            self._tasks.put(None)

    def files(self, tell: Tell) -> Iterator[Path]:
        left = set(self._running)
        while left:
            try:
                number, said = self._told.get(timeout=LOOK_SECONDS)
            except Empty:
                self._must_live(left)
                continue
            if isinstance(said, int):
                tell(said)
            elif said is None:
                left.remove(number)
                yield self._files[number]
            else:
                raise _error(said)

    def _must_live(self, left: Iterable[int]) -> None:
        for number in left:
            process = self._running[number]
            if wait([process.sentinel], 0) and self._told.empty():
                process.join()
                raise ProcessEnded(process.exitcode)

    def close(self) -> None:
        """Leaves neither processes nor files."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join()
        for queue in (self._tasks, self._told):
            queue.cancel_join_thread()
            queue.close()
        for file in self._files:
            remove(file)

    def __enter__(self) -> Folders:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _work(number: int, opening: Opening, file: Path, upto: int, tasks: Queue[Portion | None], told: Queue[Any]) -> None:
    """What stops it is told as it is, and raised by whoever waits."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        log = opening()
        try:
            with seldom_collected():
                fold_apart(log, file, upto, iter(tasks.get, None), lambda events: told.put((number, events)))
        finally:
            log.store.close()
        told.put((number, None))
    except Refused as refused:
        told.put((number, Stopped(refused.code, refused.text, refused.path, refused.params)))
    except Exception:
        told.put((number, Stopped("", traceback.format_exc())))


def _end_with_parent() -> None:
    """Whoever gave us work may be killed, even in the middle of giving us more: nobody would ever end us then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Stopped(NamedTuple):
    """What a user can do about, or, without a code, where the program is wrong."""

    code: str
    text: str
    path: str = ""
    params: Mapping[str, Any] = {}


def _error(stopped: Stopped) -> Exception:
    if not stopped.code:
        return RuntimeError(f"in a process that folds customers:\n{stopped.text}")
    return Refused(stopped.code, stopped.text, stopped.path, **stopped.params)
