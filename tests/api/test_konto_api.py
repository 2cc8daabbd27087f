"""`konto api` answers on this machine until it is asked to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from tests.api.serving import HOST, STOP_WITHIN_SECONDS
from tests.kills.runs import ROOT
from tests.servers.finding import free_port
from tests.waiting import wait_for


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


def test_konto_serve_starts_it_beside_pages_and_worker_and_refuses_a_port_in_use(tmp_path: Path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    port = free_port()
    konto = [sys.executable, "-m", "wiring.cli", "--home", str(folder)]
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "KONTO_API_PORT": str(port)
    }  # fmt: skip
    serve = [*konto, "serve", "--port", str(free_port())]
    with socket.create_server((HOST, port)):
        ended = subprocess.run(serve, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert str(port) in ended.stderr
    said = tmp_path / "serve.log"
    with said.open("wb") as stream:
        process = subprocess.Popen(serve, env=environment, stdout=stream, stderr=stream)
    try:
        wait_for(lambda: b"?token=" in said.read_bytes())
        assert f"http://{HOST}:{port}/" in said.read_text("utf-8")
        wait_for(lambda: ready(port))
        process.send_signal(signal.SIGTERM)
        assert process.wait(2 * STOP_WITHIN_SECONDS) == 0
        assert not ready(port)
    finally:
        process.kill()
        process.wait()


def ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()
