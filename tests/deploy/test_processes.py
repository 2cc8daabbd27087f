"""The processes of docker-compose.yml, with its commands and its environment, against real servers.

What differs from containers: host names and ports are those of this machine, and folders are the test's own.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from drills.firm import at_any_hour
from tests.alerts.post_office import HOST, PostOffice
from tests.deploy.compose import ROOT, TRY, Project, image_environment, of_env_file, project
from tests.servers.finding import free_port
from tests.servers.guard import children
from tests.servers.postgres import PostgresServer, drop_database, fresh_database
from tests.servers.valkey import ValkeyServer, fresh_queue_database
from tests.waiting import wait_for

if sys.platform == "win32":
    pytest.skip("containers run Linux", allow_module_level=True)

PATIENCE_SECONDS = 60.0
STOP_WITHIN_SECONDS = 10.0
TOKEN = "once-" + "0123456789" * 4
DASHBOARD_FILE = "deploy/secrets/dashboard.env"
QUICK = {"KONTO_WORKER_TICK_SECONDS": "1", "KONTO_WORKER_SWEEP_SECONDS": "1"}
"""In .env like any other setting, so that nobody has to wait for a minute."""


@dataclass
class Machine:
    """What stands for the containers' network and volumes: servers, the home, the secrets."""

    folder: Path
    store: str
    queue: str
    office: PostOffice
    compose: Project = field(default_factory=lambda: project(of_env_file(TRY) | QUICK))

    @property
    def home(self) -> Path:
        return self.folder / "firm"

    @property
    def own(self) -> Path:
        """Stands for what is read-only in a container: nothing may ever lie in it."""
        return self.folder / "own"

    def __post_init__(self) -> None:
        for folder in (self.home, self.own, self.folder / "secrets"):
            folder.mkdir(mode=0o700)
        for name, text in (("store_url", self.store), ("mail_password", "not-set")):
            (self.folder / "secrets" / name).write_text(text + "\n", encoding="utf-8")
        at_any_hour(self.home)

    def here(self, name: str, value: str) -> str:
        """A value of the compose file on this machine."""
        known = {
            "KONTO_HOME": str(self.home),
            "KONTO_QUEUE_URL": self.queue,
            "KONTO_MAIL_HOST": HOST,
            "KONTO_MAIL_PORT": str(self.office.port),
            "KONTO_DASHBOARD_HOST": HOST,
        }
        return known.get(name, value.replace("/run/secrets", str(self.folder / "secrets")))

    def environment(self, service: str, ports: dict[str, str]) -> dict[str, str]:
        found = self.compose.environment(service, {DASHBOARD_FILE: {"KONTO_DASHBOARD_TOKEN": TOKEN}})
        not_ours = {name: found.pop(name) for name in image_environment() if not name.startswith("KONTO_")}
        assert "PATH" in not_ours
        python = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        around = {"PATH": os.environ["PATH"], "HOME": str(self.own), **python}
        return around | {name: ports.get(value, self.here(name, value)) for name, value in found.items()}

    def done(self, service: str, *arguments: str) -> str:
        """What a container that runs to its end has printed."""
        command = arguments or self.compose.services[service]["command"]
        ended = subprocess.run(
            [*KONTO, *command],
            cwd=self.own,
            env=self.environment(service, {}),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    @contextmanager
    def running(self, *services: str) -> Iterator[list[Container]]:
        with ExitStack() as stack:
            yield [stack.enter_context(container(self, service, number)) for number, service in enumerate(services)]


KONTO = [sys.executable, "-m", "wiring.cli"]


@dataclass
class Container:
    """One process, and what its health check asks."""

    service: str
    process: subprocess.Popen[bytes]
    said: Path
    check: list[str]

    @property
    def port(self) -> int:
        return int(self.check[-2])

    def answers(self) -> bool:
        assert self.process.poll() is None, f"{self.service}:\n{self.said.read_text('utf-8')}"
        try:
            return self.asked(self.check[-1])[0] < 500
        except OSError:
            return False

    def demand_healthy(self) -> None:
        """By the very command that the compose file names, once it can be."""
        wait_for(self.answers)
        subprocess.run(self.check, check=True, timeout=PATIENCE_SECONDS)

    def asked(self, path: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def ask_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def container(machine: Machine, service: str, number: int) -> Iterator[Container]:
    """Ended with all its children, however the test goes."""
    said = machine.folder / f"{service}-{number}.log"
    described = machine.compose.services[service]
    # Each container has a network of its own, so there all may have the same port.
    inside = {described["environment"][name] for name in ("KONTO_METRICS_PORT", "KONTO_DASHBOARD_PORT")}
    ports = {port: str(free_port()) for port in inside}
    kind, python, *rest = described["healthcheck"]["test"]
    assert (kind, python) == ("CMD", "python")
    check = [sys.executable, *(ports.get(word, word) for word in rest)]
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [*KONTO, *described["command"]],
            cwd=machine.own,
            env=machine.environment(service, ports),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        yield Container(service, process, said, check)
    finally:
        below = children(process.pid) if process.poll() is None else []
        process.kill()
        process.wait()
        for child in below:
            child.send(signal.SIGKILL)


@pytest.fixture(scope="module")
def machine(
    postgres: PostgresServer, redis_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """Prepared by `migrate`, and one promise has come in that is overdue since a minute ago."""
    store, office = fresh_database(postgres), PostOffice()
    try:
        found = Machine(tmp_path_factory.mktemp("machine"), store, fresh_queue_database(redis_server), office)
        found.done("migrate")
        file = found.folder / "promise.jsonl"
        file.write_text(json.dumps(overdue(datetime.now(UTC))) + "\n", encoding="utf-8")
        assert json.loads(found.done("konto", "import", str(file), "--json"))["recorded"] == 1
        with office.open():
            yield found
    finally:
        drop_database(postgres, store)


def overdue(now: datetime) -> dict[str, Any]:
    made, due = now - timedelta(days=3), now - timedelta(minutes=1)
    data = {"promise": "A-1", "customer": "K-17", "what": "Angebot schicken", "by": "ines@example.com"}
    return {
        "specversion": "1.0",
        "source": "crm",
        "id": "made/1",
        "type": "promise.made",
        "time": made.isoformat(),
        "data": {**data, "due": due.isoformat()},
    }


def test_the_processes_of_the_compose_file_on_postgres_and_redis_send_one_mail_and_end_when_asked(machine: Machine):
    with machine.running("follower", "scheduler", "worker", "worker") as running:
        wait_for(lambda: machine.office.mails)
        for each in running:
            each.demand_healthy()
            status, said = each.asked("/health")
            assert (status, json.loads(said)["ok"]) == (200, True), each.service
        follower, scheduler, *_ = running
        assert b'konto_loop_works{loop="follow"} 1.0' in follower.asked("/metrics")[1]
        wait_for(lambda: b'konto_alerts{state="delivered"} 1.0' in scheduler.asked("/metrics")[1])
        assert ended(running) == {each.service: 0 for each in running}
    (mail,) = machine.office.mails
    assert mail.to == ["ines@example.com"]
    assert "Angebot schicken" in mail.text
    for each in running:
        assert {type(json.loads(line)) for line in each.said.read_text("utf-8").splitlines()} == {dict}, each.service
    assert list(machine.own.iterdir()) == [], "a container's file system is read-only"


def test_the_dashboard_of_the_compose_file_on_postgres_and_redis_opens_with_its_secret_token_and_by_a_new_address(
    machine: Machine,
):
    with machine.running("dashboard") as running:
        (dashboard,) = running
        dashboard.demand_healthy()
        assert dashboard.asked("/")[0] == 403
        assert dashboard.asked(f"/?token={TOKEN}")[0] == 303
        assert dashboard.asked(f"/?token={TOKEN}")[0] == 403, "it opens once"
        address = urlsplit(re.findall(r"http://\S+", machine.done("dashboard", "dashboard", "--url"))[-1])
        assert (address.hostname, address.port) == (HOST, dashboard.port)
        assert dashboard.asked(f"/?token={parse_qs(address.query)['token'][0]}")[0] == 303
        assert ended(running) == {"dashboard": 0}
    assert TOKEN not in dashboard.said.read_text("utf-8")
    assert list(machine.own.iterdir()) == [], "a container's file system is read-only"


def ended(running: Sequence[Container]) -> dict[str, int]:
    """The exit code of each, after all were asked at once."""
    for each in running:
        each.ask_to_end()
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    codes: dict[str, int] = {}
    for each in running:
        code = each.process.wait(max(0.1, deadline - time.monotonic()))
        codes[each.service] = max(code, codes.get(each.service, code), key=abs)
    return codes
