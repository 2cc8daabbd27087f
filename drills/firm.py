"""A firm to rehearse with: real stores, a real mail server, real worker processes, each ended by whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.rulebook import default_text
from domain.vocabulary import parse
from tests.alerts.post_office import HOST, PostOffice
from wiring.home import Konto, open_home

ROOT = Path(__file__).resolve().parents[1]
COMPILED = ROOT / ".pytest_cache" / "compiled"
"""Many starts of the same modules: compiled once."""

SETTINGS = """
[mail]
host = "{host}"
port = {port}
security = "none"
timeout_seconds = 5

[worker]
tick_seconds = {tick}
poll_seconds = 0.2
sweep_seconds = 0.5
lease_seconds = {lease}
"""
QUEUE = '[queue]\nurl = "{url}"\n'
AT_ANY_TIME = "around_the_clock = true\nmost_an_hour = {most}\n"
"""Messages leave whenever the drill runs."""
PATIENT = {"strained_below = 0": "strained_below = -90", "lost_below = -20": "lost_below = -90"}
"""Nobody's trust is low so soon: nothing is raised beside what is rehearsed."""
NO_LIMIT = 100_000
AT_ONCE = 1_000


def at_any_hour(folder: Path, most: int = NO_LIMIT) -> None:
    """Documents of a home: messages leave whenever it runs, `most` an hour for each person."""
    (folder / "people.toml").write_text(AT_ANY_TIME.format(most=most), encoding="utf-8")
    (folder / "rulebook.toml").write_text(patient(default_text()), encoding="utf-8")


def patient(rulebook: str) -> str:
    for usual, changed in PATIENT.items():
        assert usual in rulebook
        rulebook = rulebook.replace(usual, changed)
    return rulebook


def prepared(
    folder: Path,
    office: PostOffice,
    *,
    queue: str | None = None,
    most: int = NO_LIMIT,
    tick_s: float = 0.5,
    lease_s: float = 1.5,
) -> Konto:
    """`most` messages an hour for each person."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = SETTINGS.format(host=HOST, port=office.port, tick=tick_s, lease=lease_s)
    with (folder / "settings.toml").open("a", encoding="utf-8") as stream:
        stream.write(settings + (QUEUE.format(url=queue) if queue else ""))
    at_any_hour(folder, most)
    return open_home(folder, environment={}, prepare=True)


def record_overdue(konto: Konto, numbers: Sequence[int], now: datetime, *, people: int = 1) -> None:
    """Promises whose due has just passed, shared out among so many people."""
    for start in range(0, len(numbers), AT_ONCE):
        told = [_overdue(number, now, people) for number in numbers[start : start + AT_ONCE]]
        receipts = konto.record([parse(each, now=konto.clock()) for each in told])
        assert {receipt.status for receipt in receipts} == {"recorded"}


def _overdue(number: int, now: datetime, people: int) -> dict[str, Any]:
    made, due = now - timedelta(days=3), now - timedelta(minutes=number % 50 + 1)
    data = {"promise": f"P-{number}", "customer": f"K-{number % 97}", "what": f"Sache {number}"}
    return {
        "specversion": "1.0",
        "source": "crm",
        "id": f"made/{number}",
        "type": "promise.made",
        "time": made.isoformat(),
        "data": {**data, "by": f"p{number % people}@example.com", "due": due.isoformat()},
    }


@contextmanager
def worker(folder: Path, *only: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, or one that does a part of it; killed at the end if it still runs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    environment["PYTHONPYCACHEPREFIX"] = str(COMPILED)
    parts = [option for part in only for option in ("--only", part)]
    command = [sys.executable, "-m", "wiring.cli", "--home", str(folder), "worker", *parts]
    with (folder / "worker.log").open("ab") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def states(konto: Konto, rule: str = "overdue") -> Counter[str]:
    rows = konto.views.rows("SELECT state, COUNT(*) FROM alerts WHERE rule = ? GROUP BY state", (rule,))
    return Counter({state: int(count) for state, count in rows})


def wait_for(condition: Callable[[], object], within_s: float, look_s: float = 0.1) -> float | None:
    """Seconds until it held; None where it did not in time. Whoever looks often slows the mail server beside it."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within_s:
            return None
        time.sleep(look_s)
    return time.monotonic() - began
