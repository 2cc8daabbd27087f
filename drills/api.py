"""kill -9 of the API while eight callers bring facts: whatever was answered with yes is there, once."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from drills.firm import ROOT, wait_for
from drills.kills import differences, recorded
from drills.result import Drill, Result
from wiring import access
from wiring.home import open_home

HOST = "127.0.0.1"
CALLERS = 8
YES = (200, 201, 202)
PATIENCE_S = 60.0


def killed_api(folder: Path, *, long: bool, seed: int) -> Result:
    return killed(folder, kills=100 if long else 3, seed=seed)


def killed(folder: Path, *, kills: int, seed: int) -> Result:
    """Each caller brings one fact after the other, the same again until it hears a yes.

    `lost`: facts with a yes that are not in the log; `doubled`: facts twice in it; `missed`: rows of tables that a
    rebuild gives otherwise.
    """
    home, chance, began = folder / "home", random.Random(seed), time.monotonic()
    with open_home(home, environment={}) as konto:
        key = access.create(konto, os.urandom, scopes=["facts:write"]).text
    callers = [_Caller(number, key) for number in range(CALLERS)]
    for each in callers:
        each.start()
    try:
        for _ in range(kills):
            before = sum(len(each.heard) for each in callers)
            with serving(home) as port:
                for each in callers:
                    each.port = port
                wait_for(lambda before=before: sum(len(each.heard) for each in callers) > before + CALLERS, PATIENCE_S)  # type: ignore[misc]
                time.sleep(chance.random() * 0.2)
    finally:
        for each in callers:
            each.ended.set()
        for each in callers:
            each.join()
    heard = set().union(*(each.heard for each in callers))
    with open_home(home, environment={}) as konto:
        there = recorded(konto)
        missed = differences(konto, folder)
    more = {"kills": kills, "again": sum(each.again for each in callers), "seconds": round(time.monotonic() - began, 1)}
    doubled = there.total() - len(there)
    return Result(tried=len(heard), lost=len(heard - there.keys()), doubled=doubled, missed=missed, more=more)


class _Caller(threading.Thread):
    """Keeps its connection as long as it holds."""

    def __init__(self, number: int, key: str) -> None:
        super().__init__(daemon=True)
        self.number, self.key = number, key
        self.port = 0
        self.heard: set[str] = set()
        self.again = 0
        self.ended = threading.Event()

    def run(self) -> None:
        connection: HTTPConnection | None = None
        n = 0
        while not self.ended.is_set():
            fact = _made(self.number, n)
            try:
                connection = connection or HTTPConnection(HOST, self.port, timeout=5)
                headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
                connection.request("POST", "/facts", json.dumps(fact), headers)
                response = connection.getresponse()
                response.read()
            except (OSError, HTTPException):
                if connection is not None:
                    connection.close()
                connection, self.again = None, self.again + 1
                self.ended.wait(0.02)
                continue
            if response.status in YES:
                self.heard.add(fact["id"])
                n += 1
        if connection is not None:
            connection.close()


def _made(caller: int, n: int) -> dict[str, Any]:
    data = {
        "promise": f"P-{caller}-{n}",
        "customer": f"K-{n % 20}",
        "what": f"Sache {n}",
        "due": "2026-12-20T09:00:00Z",
    }
    return {"specversion": "1.0", "source": "crm", "id": f"{caller}/{n}", "type": "promise.made",
            "time": "2026-11-02T09:00:00Z", "data": data}  # fmt: skip


@contextmanager
def serving(home: Path) -> Iterator[int]:
    """An API, killed at the end."""
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KONTO_API_ASKED_A_MINUTE": "1000000",
        "KONTO_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "api.serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: process.poll() is not None or _answers(port), PATIENCE_S, 0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(OSError, HTTPException), closing(HTTPConnection(HOST, port, timeout=5)) as connection:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    return False


DRILLS: Mapping[str, Drill] = {"killed": killed_api}
