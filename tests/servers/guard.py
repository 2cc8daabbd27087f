"""Ends one server when the run that started it is gone; started as a program of its own, beside the server.

It reads its standard input, of which the run holds the other end: that comes to its end even if the run was killed.
What it needs to know about processes stands here too, since it must start quickly and without the rest of the tree.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import NamedTuple

PATIENCE_S = 10.0
"""PostgreSQL itself takes up to five seconds until it kills those of its processes that do not want to end."""
PAUSE_S = 0.02
GONE = ("Z", "X")
"""States of a process that only waits for its parent to take note."""


class Process(NamedTuple):
    """A process of this machine. Numbers are given again after a while, a number and a start together are not."""

    pid: int
    started_ticks: int

    def alive(self) -> bool:
        return process(self.pid) == self

    def send(self, number: int) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def end(self, number: int, patience_s: float = PATIENCE_S) -> None:
        """With this signal, or with force if that has not worked after a while."""
        self.send(number)
        deadline = time.monotonic() + patience_s
        while self.alive() and time.monotonic() < deadline:
            time.sleep(PAUSE_S)
        self.send(signal.SIGKILL)


def process(pid: int) -> Process | None:
    """None if there is no such process (any more), or no way to tell."""
    found = _status(pid)
    return None if found is None or found[0] in GONE else Process(pid, int(found[19]))


def children(pid: int) -> list[Process]:
    """Those that this process started and that are still there."""
    names = os.listdir("/proc") if os.path.isdir("/proc") else []
    numbers = [int(name) for name in names if name.isdigit()]
    found = [number for number in numbers if (status := _status(number)) and int(status[1]) == pid]
    return [each for number in found if (each := process(number))]


def _status(pid: int) -> list[str] | None:
    """From the third field of /proc/<pid>/stat on: the second, a name, may hold spaces and brackets."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def main(pid: str, started_ticks: str, number: str) -> None:
    sys.stdin.buffer.read()
    Process(int(pid), int(started_ticks)).end(int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
