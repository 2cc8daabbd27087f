"""`konto serve` on one machine: a second one stays out, all ends in time, a killed one leaves nobody behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from drills.firm import at_any_hour, record_overdue
from tests.alerts.door import HANG
from tests.alerts.rude_post_office import RudePostOffice
from tests.api.serving import HOST
from tests.api.test_konto_api import processes, ready
from tests.kills.runs import ROOT
from tests.servers.finding import free_port
from tests.waiting import wait_for
from wiring.home import open_home

STOPS_WITHIN_S = 10.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@dataclass
class Serving:
    home: Path
    port: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "wiring.cli", "--home", str(self.home), "serve", "--port", str(self.pages)]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "KONTO_API_PORT": str(self.port)}

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Killed at the end with all that it started, if it still runs."""
        said = self.home / "serve.log"
        with said.open("wb") as stream:
            process = subprocess.Popen(self.command, env=self.environment, stdout=stream, stderr=stream)
        try:
            wait_for(lambda: b"?token=" in said.read_bytes() and ready(self.port))
            yield process
        finally:
            for pid in {str(process.pid), *self.others()}:
                os.kill(int(pid), signal.SIGKILL) if Path(f"/proc/{pid}").exists() else None
            process.wait()

    def others(self) -> set[str]:
        """Processes that work on this home."""
        return {pid for pid, _, command in processes() if f"--home\0{self.home}\0" in command}


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Serving(home)


def test_a_second_one_says_so_and_stops_and_where_the_first_was_killed_it_starts_at_the_same_ports(serving: Serving):
    with serving.running() as first:
        before = serving.others()
        assert len(before) >= 4, "it, the API, the worker and the dashboard"
        second = Serving(serving.home)
        ended = subprocess.run(second.command, env=second.environment, capture_output=True, text=True, timeout=60)
        assert (ended.returncode, ended.stdout) == (1, "")
        (said,) = ended.stderr.splitlines()
        assert f"läuft schon für {serving.home}" in said or f"already running for {serving.home}" in said
        assert ready(serving.port)
        assert serving.others() == before
        first.kill()
        first.wait()
        wait_for(lambda: not serving.others(), STOPS_WITHIN_S)
    with serving.running():
        assert f"http://{HOST}:{serving.port}/" in (serving.home / "serve.log").read_text("utf-8")


def test_all_of_it_ends_in_time_while_a_mail_server_says_nothing_and_callers_are_slow(serving: Serving):
    with RudePostOffice(script={"DATA": HANG}).open() as office, ExitStack() as callers:
        mail = f'[mail]\nhost = "{HOST}"\nport = {office.port}\nsecurity = "none"\ntimeout_seconds = 60\n'
        (serving.home / "settings.toml").write_text(mail, encoding="utf-8")
        at_any_hour(serving.home)
        with open_home(serving.home, environment={}, prepare=True) as konto:
            record_overdue(konto, range(5), datetime.now(UTC))
        with serving.running() as process:
            wait_for(lambda: "DATA" in map(str.upper, office.heard))
            for port in (serving.port, serving.pages):
                callers.enter_context(closing(_half_asked(port)))
            idle = callers.enter_context(closing(HTTPConnection(HOST, serving.port, timeout=10)))
            idle.request("GET", "/ready")
            assert idle.getresponse().read()
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(2 * STOPS_WITHIN_S) == 0
            assert time.monotonic() - began <= STOPS_WITHIN_S
            assert serving.others() == set()
            assert not ready(serving.port)
    with open_home(serving.home, environment={}) as konto:
        konto.catch_up()
        waiting = konto.views.rows(
            "SELECT COUNT(*) FROM alerts WHERE rule = 'overdue' AND state IN ('raised', 'failing')"
        )
        assert waiting[0][0] == 5, "none of them is given up"


def _half_asked(port: int) -> socket.socket:
    """Somebody who never comes to the end of what they ask."""
    caller = socket.create_connection((HOST, port), timeout=10)
    caller.sendall(b"POST /facts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
    return caller
