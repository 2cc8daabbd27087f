"""Several processes work on one thing at the same time, and tell this one what comes of it.

They take task by task from one queue, so that none waits for another. What they work with each opens for itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any, NamedTuple

from domain.errors import Refused
from wiring.circles import WHILE_FOLDING, seldom_looked_for

EVENTS_FOR_ONE = 30_000
"""So many are worth the second that another process takes to start."""
LOOK_SECONDS = 0.2

Tell = Callable[[Any], None]
Work = Callable[[int, Iterator[Any], Tell], None]
"""What each process does: it has a number, takes tasks, and tells whatever but None."""


class ProcessEnded(Refused):
    """`text` says what that means for whoever waits, and what to do, with the exit code."""

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__("process_ended", text, exit=code)


def as_many_as_help(events: int) -> int:
    """Processes for a log of so many events on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, events // EVENTS_FOR_ONE))


class Processes:
    """So many processes beside this one, numbered from 0 on.

    They import the program that runs here once more, so only one that does nothing at import may ask for them. `ended`
    is the sentence for whoever waits when one of them is gone.
    """

    def __init__(self, count: int, ended: str) -> None:
        # Not forked: this process may have threads and open files.
        self._context = multiprocessing.get_context("spawn")
        self._tasks: Queue[Any] = self._context.Queue()
        self._told: Queue[Any] = self._context.Queue()
        self._count, self._ended = count, ended
        self._running: dict[int, BaseProcess] = {}

    def begin(self, work: Work) -> None:
        for number in range(self._count):
            given = (number, work, self._tasks, self._told)
            process = self._context.Process(target=_work, args=given, daemon=True)
            process.start()
            self._running[number] = process

    def give(self, tasks: Iterable[Any]) -> None:
        """Gives them all that there is to do, and does not wait for them."""
        for task in tasks:
            self._tasks.put(task)
        for _ in range(self._count):
            self._tasks.put(None)

    def told(self) -> Iterator[tuple[int, Any]]:
        """What each of them tells, with its number, as it comes, and at last None; raises what stopped one."""
        left = set(self._running)
        while left:
            try:
                number, said = self._told.get(timeout=LOOK_SECONDS)
            except Empty:
                self._must_live(left)
                continue
            if isinstance(said, Stopped):
                raise _error(said)
            if said is None:
                left.remove(number)
            yield number, said

    def _must_live(self, left: Iterable[int]) -> None:
        for number in left:
            process = self._running[number]
            if wait([process.sentinel], 0) and self._told.empty():
                process.join()
                raise ProcessEnded(self._ended, process.exitcode)

    def close(self) -> None:
        """Leaves no process."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.join()
        for queue in (self._tasks, self._told):
            queue.cancel_join_thread()
            queue.close()

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _work(number: int, work: Work, tasks: Queue[Any], told: Queue[Any]) -> None:
    """What stops it is told as it is, and raised by whoever waits."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Ctrl-C reaches all processes of a terminal. Whoever asked for us ends us, and tells the user.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with seldom_looked_for(WHILE_FOLDING):
            work(number, iter(tasks.get, None), lambda said: told.put((number, said)))
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
        return RuntimeError(f"in a process that helps:\n{stopped.text}")
    return Refused(stopped.code, stopped.text, stopped.path, **stopped.params)
