"""Several processes that serve one firm: each told what it is by the environment, each ended by its test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.firm import at_any_hour
from tests.alerts.post_office import HOST, PostOffice
from tests.kills.runs import ROOT
from wiring.home import Konto, open_home

PATIENCE_SECONDS = 60.0
STOP_WITHIN_SECONDS = 12.0


@dataclass
class Firm:
    """A home in PostgreSQL with a queue in a Redis database, whose mail goes to a real mail server."""

    folder: Path
    office: PostOffice
    queue: str
    settings: str = ""
    konto: Konto = field(init=False)

    def __post_init__(self) -> None:
        file = self.folder / "settings.toml"
        mail = f'[mail]\nhost = "{HOST}"\nport = {self.office.port}\nsecurity = "none"\ntimeout_seconds = 60\n'
        log = '[log]\nlevel = "debug"\nformat = "json"\n'
        queue = f'[queue]\nurl = "{self.queue}"\n'
        parts = [file.read_text("utf-8"), mail, log, queue, self.settings]
        file.write_text("\n".join(parts), encoding="utf-8")
        at_any_hour(self.folder)
        self.konto = open_home(self.folder, environment={}, prepare=True)

    def promise_overdue(self, count: int, *, start: int = 0) -> None:
        from domain.vocabulary import parse

        now = datetime.now(UTC)
        envelopes = [overdue(number, now) for number in range(start, start + count)]
        receipts = self.konto.record([parse(each, now=now) for each in envelopes])
        assert {receipt.status for receipt in receipts} == {"recorded"}

    def states(self) -> list[str]:
        return sorted(row[0] for row in self.konto.views.rows("SELECT state FROM alerts"))

    @contextmanager
    def running(self, *parts: Sequence[str]) -> Iterator[list[Service]]:
        """A worker process for each list of parts, killed at the end if it still runs."""
        with ExitStack() as stack:
            yield [stack.enter_context(service(self.folder, each)) for each in parts]


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    said: Path

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Its exit code after it was asked to end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_WITHIN_SECONDS)

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far."""
        return [json.loads(line) for line in self.said.read_text("utf-8").splitlines() if line.endswith("}")]

    def told(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == event]


@contextmanager
def service(folder: Path, parts: Sequence[str]) -> Iterator[Service]:
    said = folder / f"{'-'.join(parts)}-{len(list(folder.glob('*.log')))}.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    only = [option for part in parts for option in ("--only", part)]
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "wiring.cli", "--home", str(folder), "worker", *only],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        yield Service(process, said)
    finally:
        process.kill()
        process.wait()


def overdue(number: int, now: datetime) -> dict[str, Any]:
    made, due = now - timedelta(days=3), now - timedelta(minutes=number % 50 + 1)
    data = {"promise": f"P-{number}", "customer": f"K-{number % 9}", "what": f"Sache {number}", "by": "i@example.com"}
    return {
        "specversion": "1.0",
        "source": "crm",
        "id": f"made/{number}",
        "type": "promise.made",
        "time": made.isoformat(),
        "data": {**data, "due": due.isoformat()},
    }
