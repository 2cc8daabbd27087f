"""What goes on in a firm while its tables are exchanged; each role in a process of its own, until a file says stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.vocabulary import parse
from wiring.home import Konto, open_home

MADE = datetime(2026, 2, 2, 9, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SINGLE_S = 0.01
"""Between two facts: nobody is to keep the machine busy by himself."""


def made(name: str, number: int) -> dict[str, Any]:
    data = {
        "promise": f"{name}-{number}",
        "customer": f"K-{name}-{number % 40}",
        "what": "Therme warten",
        "due": "2026-02-20",
    }
    id = f"{name}/{number}"
    return {"specversion": "1.0", "source": "crm", "id": id, "type": "promise.made", "time": MADE.isoformat(),
            "data": data}  # fmt: skip


def at_work(role: str, folder: str, stop: str) -> float:
    """Of who records: how many facts; of who rebuilds: how many seconds the quicker one took; else the longest wait."""
    with open_home(Path(folder), environment={}, clock=lambda: NOW) as konto:
        return ROLES[role](konto, Path(stop))


def _turns(stop: Path) -> Iterator[int]:
    number = 0
    while not stop.exists():
        yield number
        number += 1
        time.sleep(SINGLE_S)


def _record(konto: Konto, stop: Path) -> int:
    """One fact after the other."""
    for number in (recorded := _turns(stop)):
        (receipt,) = konto.record([parse(made("late", number), now=NOW)])
        assert receipt.status == "recorded"
    del recorded
    return number + 1


def _follow(konto: Konto, stop: Path) -> float:
    return max(_seconds(konto.catch_up) for _ in _turns(stop))


def _read(konto: Konto, stop: Path) -> float:
    """Never less than before, within one transaction or in the next one."""
    seen, longest = (0, 0), 0.0
    for _ in _turns(stop):
        began = time.monotonic()
        for _ in range(2):
            with konto.views.store.reading() as cursor:
                for _ in range(2):
                    now = tuple(cursor.execute("SELECT COUNT(*), COUNT(DISTINCT customer) FROM promises").one())
                    assert now >= seen, f"{now} after {seen}"
                    seen = now
        longest = max(longest, time.monotonic() - began)
    return longest


def _write(konto: Konto, stop: Path) -> float:
    def once() -> None:
        with konto.views.store.writing() as cursor:
            cursor.execute("UPDATE channels SET failures = failures WHERE channel = ?", ("none",))

    return max(_seconds(once) for _ in _turns(stop))


def _rebuild(konto: Konto, stop: Path) -> float:
    """Twice, while the others are at work; then they may stop."""
    try:
        return min(_seconds(konto.rebuild) for _ in range(2))
    finally:
        stop.touch()


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


ROLES: dict[str, Callable[[Konto, Path], float]] = {
    "record": _record,
    "follow": _follow,
    "read": _read,
    "write": _write,
    "rebuild": _rebuild,
}
