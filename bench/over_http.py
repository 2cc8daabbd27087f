"""How fast facts come in over HTTP: against the same recorder called directly, by as many at the same time.

The API runs as a process of its own, as `konto api` starts it; whoever asks keeps the connection.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from bench import facts
from bench.pair import Pair
from bench.recording import Opened
from bench.stores import Files
from domain.vocabulary import parse
from wiring import access
from wiring.home import Konto

CLIENTS = 8
SINGLY = 50
"""Of so many facts one is brought singly."""
IN_A_LIST = 1_000
HOST = "127.0.0.1"
PATIENCE_S = 60.0

Facts = Sequence[dict[str, Any]]


def singly(opened: Opened, folder: Path, count: int, processes: int = 1) -> Pair:
    """One fact in each request, eight clients, against eight threads that record one at a time."""
    told, stores = list(facts.envelopes(max(80, count // SINGLY))), opened(folder)
    shares = [told[number::CLIENTS] for number in range(CLIENTS)]
    return Pair(
        lambda: over_http(stores.home(), [list(share) for share in shares], processes),
        lambda: directly(stores.home(), shares, 1),
        len(told),
    )


def in_lists(folder: Path, count: int) -> Pair:
    """A thousand facts in each request, one client, against one thread that records as many at a time."""
    told, stores = list(facts.envelopes(count)), Files(folder)
    lists = [told[start : start + IN_A_LIST] for start in range(0, len(told), IN_A_LIST)]
    return Pair(
        lambda: over_http(stores.home(), [lists]), lambda: directly(stores.home(), [told], IN_A_LIST), len(told)
    )


def over_http(konto: Konto, shares: Sequence[Sequence[Any]], processes: int = 1) -> float:
    """Seconds until every share was posted by a client of its own and all of it was taken."""
    with konto:
        key = access.create(konto, os.urandom, scopes=["facts:write"]).text
    with serving(konto.home, processes) as port, ThreadPoolExecutor(len(shares)) as clients:
        started = perf_counter()
        for _ in clients.map(lambda share: posted(port, key, share), shares):
            pass
        return perf_counter() - started


def posted(port: int, key: str, bodies: Sequence[Any]) -> None:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for body in bodies:
        connection.request("POST", "/facts", json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status in (200, 201, 202), answer
        if isinstance(answer, list):
            assert all(each["status"] in ("recorded", "parked") for each in answer)
    connection.close()


@contextmanager
def serving(home: Path, processes: int = 1) -> Iterator[int]:
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
    environment = {
        **os.environ,
        "KONTO_API_ASKED_A_MINUTE": "1000000",
        "KONTO_API_PROCESSES": str(processes),
        "KONTO_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "api.serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = perf_counter() + PATIENCE_S
    while perf_counter() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            sleep(0.05)
    raise RuntimeError("the API did not start")


def directly(konto: Konto, shares: Sequence[Facts], at_once: int) -> float:
    """Seconds until every share was recorded by a thread of its own, so many facts in each transaction."""
    with konto, ThreadPoolExecutor(len(shares)) as writers:
        started = perf_counter()
        for _ in writers.map(lambda share: _recorded(konto, share, at_once), shares):
            pass
        return perf_counter() - started


def _recorded(konto: Konto, share: Facts, at_once: int) -> None:
    for start in range(0, len(share), at_once):
        konto.record([parse(each, now=konto.clock()) for each in share[start : start + at_once]])
