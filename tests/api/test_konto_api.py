"""`konto api` answers on this machine until it is asked to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.api.serving import HOST, STOP_WITHIN_SECONDS
from tests.homes import open_at
from tests.kills.runs import ROOT
from tests.servers.finding import free_port
from tests.stores import only_files
from tests.waiting import wait_for
from wiring import access

seen_in_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the processes are looked up in /proc")
STAMP = {"specversion": "1.0", "source": "shop"}


def test_it_says_where_it_answers_and_ends_in_order_when_asked(folder: Path):
    folder.mkdir(mode=0o700, exist_ok=True)
    konto = [sys.executable, "-m", "wiring.cli", "--home", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = folder.parent / "api.log"
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('[log]\nformat = "json"\n')
    subprocess.run([*konto, "migrate"], env=environment, check=True, capture_output=True)
    with said.open("wb") as stream:
        process = subprocess.Popen([*konto, "api", "--port", "0"], env=environment, stdout=stream, stderr=stream)
    try:
        wait_for(lambda: b'"event": "api"' in said.read_bytes())
        line = next(line for line in said.read_text("utf-8").splitlines() if '"event": "api"' in line)
        port = int(json.loads(line)["address"].rstrip("/").rpartition(":")[2])
        connection = HTTPConnection(HOST, port, timeout=10)
        connection.request("GET", "/ready")
        assert json.loads(connection.getresponse().read())["ok"] is True
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_WITHIN_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


def test_it_answers_on_this_machine_only(folder: Path):
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KONTO_API_HOST": "0.0.0.0"}
    command = [sys.executable, "-m", "wiring.cli", "--home", str(folder), "api"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "api.host" in ended.stderr


@contextmanager
def several(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Two processes that answer at the same port, and whoever started them."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KONTO_API_PROCESSES": "2", "KONTO_LOG_LEVEL": "error"}
    port = free_port()
    command = [sys.executable, "-m", "wiring.cli", "--home", str(home), "api", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(lambda: ready(port))
        yield process, port
    finally:
        process.terminate()
        process.wait()
        wait_for(lambda: not ready(port))


@seen_in_proc
@pytest.mark.long_on_postgres
def test_while_several_processes_are_started_anew_one_by_one_every_fact_is_taken_once(folder: Path):
    with closing(open_at(folder)) as home:
        key = access.create(home.konto, os.urandom, scopes=["facts:write"]).text
    stop = threading.Event()

    def posted(client: int) -> int:
        """Somebody who asks again when the connection breaks, as everybody should."""
        number = 0
        while not stop.is_set():
            number += 1
            while taken(port, key, f"{client}-{number}") is None:
                pass
        return number

    with several(folder) as (process, port), ThreadPoolExecutor(4) as clients:
        numbers = [clients.submit(posted, client) for client in range(4)]
        before = children(process.pid)
        assert len(before) == 2
        process.send_signal(signal.SIGHUP)
        try:
            wait_for(lambda: not before & children(process.pid) and len(children(process.pid)) == 2, 60)
        finally:
            stop.set()
        recorded = sum(number.result() for number in numbers)
    with closing(open_at(folder)) as home:
        facts = [fact for fact in home.konto.log.page(0, 100_000) if fact.type == "customer.registered"]
    assert len(facts) == recorded > 8


@seen_in_proc
@only_files
def test_whoever_answers_ends_when_the_one_who_started_them_is_killed(folder: Path):
    with several(folder) as (process, port):
        assert ready(port)
        os.kill(started_by(process.pid), signal.SIGKILL)
        wait_for(lambda: not ready(port))


def taken(port: int, key: str, id: str) -> int | None:
    """The status; None where the connection broke."""
    body = {**STAMP, "id": id, "type": "customer.registered", "time": "2026-03-02T09:00:00Z", "data": {"customer": id}}
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request("POST", "/facts", json.dumps(body), headers)
        status = connection.getresponse().status
    except (ConnectionError, HTTPException):
        return None
    finally:
        connection.close()
    assert status in (200, 201), status
    return status


def children(pid: int) -> set[str]:
    """The processes that answer for a `konto api`; beside them Python keeps one that looks after what they share."""
    started = str(started_by(pid))
    return {own for own, parent, args in processes() if parent == started and "spawn_main" in args}


def started_by(pid: int) -> int:
    """What serves the API for a `konto api`."""
    (started,) = (own for own, parent, args in processes() if parent == str(pid) and "api.serve" in args)
    return int(started)


def processes() -> Iterator[tuple[str, str, str]]:
    """Each with its id, its parent's and its command."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            yield folder.name, parent, (folder / "cmdline").read_text()


def test_konto_serve_refuses_a_port_in_use_and_starts_nothing(tmp_path: Path):
    """What it does start and end: tests/services/test_one_home.py."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    port = free_port()
    serve = [sys.executable, "-m", "wiring.cli", "--home", str(folder), "serve", "--port", str(free_port())]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KONTO_API_PORT": str(port)}
    with socket.create_server((HOST, port)):
        ended = subprocess.run(serve, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert str(port) in ended.stderr


def ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()
