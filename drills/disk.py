"""A disk that becomes full in the middle: what was acknowledged is there, and all goes on when there is room again."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import Refused
from domain.store import STORE_FAILS, sqlite
from domain.vocabulary import parse
from drills.kills import differences, recorded
from drills.result import Drill, Result
from wiring.home import Konto, open_home

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
FIRST_KB, LAST_KB, ROOM_KB = 600, 1_400, 65_536
FACTS, TOGETHER = 600, 3
PAGE_BYTES = 4_096

Grow = Callable[[], None]


def full(folder: Path, *, long: bool, seed: int) -> Result:
    return filled(folder, points=50 if long else 4, seed=seed)


def filled(folder: Path, *, points: int, seed: int) -> Result:
    """Facts are recorded and projected until nothing fits any more, at so many different points.

    `lost`: acknowledged facts that are not in the log; `doubled`: facts twice in it; `missed`: points at which it did
    not go on when there was room again, or at which the tables differ from a rebuild.
    """
    chance, began = random.Random(seed), time.monotonic()
    lost = doubled = missed = stopped = tried = 0
    how = set()
    for point in range(points):
        kilobytes = FIRST_KB + (LAST_KB - FIRST_KB) * point // max(1, points - 1) + chance.randrange(4)
        home = folder / f"home-{point}"
        home.mkdir()
        with small(home, kilobytes) as (kind, grow):
            how.add(kind)
            found = _one(home, folder, grow)
        tried += found["tried"]
        lost, doubled, missed = lost + found["lost"], doubled + found["doubled"], missed + found["missed"]
        stopped += found["stopped"]
    more = {"points": points, "full_at": stopped, "by": sorted(how), "seconds": round(time.monotonic() - began, 1)}
    # Where nothing ever became full, nothing was shown.
    return Result(tried=tried, lost=lost, doubled=doubled, missed=missed + (stopped < points), more=more)


def _one(home: Path, beside: Path, grow: Grow) -> dict[str, int]:
    acknowledged, stopped = set[str](), False
    try:
        with open_home(home, environment={}, clock=lambda: NOW) as konto:
            for number in range(0, FACTS, TOGETHER):
                acknowledged |= _record(konto, number)
                konto.catch_up()
    except (*STORE_FAILS, Refused):
        stopped = True
    grow()
    with open_home(home, environment={}, clock=lambda: NOW) as konto:
        there = recorded(konto)
        lost = len(acknowledged - there.keys())
        missed = 0
        for number in range(0, FACTS, TOGETHER):
            if len(_record(konto, number)) < TOGETHER:
                missed = 1
        konto.catch_up()
        there = recorded(konto)
        with konto.log.store.reading() as cursor:
            whole = cursor.execute("PRAGMA integrity_check").one()[0]
        missed += bool(differences(konto, beside)) + (whole != "ok") + (len(there) < FACTS)
        (beside / "rebuilt.db").unlink(missing_ok=True)
    doubled = there.total() - len(there)
    return {"tried": FACTS, "lost": lost, "doubled": doubled, "missed": min(missed, 1), "stopped": int(stopped)}


def _record(konto: Konto, number: int) -> set[str]:
    """The ids that were acknowledged: recorded, or known already."""
    told = [_made(number + n) for n in range(TOGETHER)]
    receipts = konto.record([parse(each, now=NOW) for each in told])
    return {receipt.fact.id for receipt in receipts if receipt.status in ("recorded", "already")}


def _made(number: int) -> dict[str, Any]:
    data = {"promise": f"P-{number}", "customer": f"K-{number % 50}", "what": f"Sache {number} " * 4, "by": "ines"}
    return {"specversion": "1.0", "source": "crm", "id": f"made/{number}", "type": "promise.made",
            "time": "2026-03-02T09:00:00+01:00", "data": {**data, "due": "2026-03-20T09:00:00+01:00"}}  # fmt: skip


# -- a small disk ---------------------------------------------------------------------------------------


@contextmanager
def small(folder: Path, kilobytes: int) -> Iterator[tuple[str, Grow]]:
    """A disk of its own where we may make one, else files that may not grow beyond so much; and what gives room."""
    if _mounted(folder, f"size={kilobytes}k"):
        try:
            yield "a small disk", lambda: _remounted(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    made = sqlite._Pool._create_connection
    most = [kilobytes * 1_024 // PAGE_BYTES // 2]

    def limited(pool: Any) -> Any:
        connection = made(pool)
        connection.cursor().execute(f"PRAGMA max_page_count={most[0]}")
        return connection

    def grow() -> None:
        most[0] = 2**31 - 2

    sqlite._Pool._create_connection = limited  # type: ignore[assignment,method-assign]
    try:
        yield "a limit of pages", grow
    finally:
        sqlite._Pool._create_connection = made  # type: ignore[method-assign]


def _mounted(folder: Path, options: str) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def _remounted(folder: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={ROOM_KB}k", str(folder)], check=True)


DRILLS: Mapping[str, Drill] = {"full": full}
