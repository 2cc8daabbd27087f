"""The servers that tests use: each answers nobody else, keeps what it must, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers import finding, guard, leavings, postgres, valkey
from tests.servers.finding import (
    HOST,
    WHEEL,
    NotOursError,
    Program,
    ServerError,
    postgres_programs,
    valkey_programs,
)
from tests.servers.guard import Process
from tests.servers.postgres import PostgresServer, drop_database, fresh_database
from tests.servers.server import Server
from tests.servers.valkey import ValkeyServer, fresh_queue_database

S = TypeVar("S", bound=Server)
ROOT = Path(__file__).parents[2]
LISTENING = "0A"
THIS_MACHINE = "0100007F"
"""127.0.0.1 as the kernel writes it."""
PATIENCE_S = 20.0
RUN = """
import sys, time
from pathlib import Path
from tests.servers.{module} import {kind}

server = {kind}(Path(sys.argv[1]))
server.start()
print(server.pid, server._guard.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One that may be stopped, and that writes to disk as usual."""
    with PostgresServer(tmp_path_factory.mktemp("own"), durable=True) as server:
        yield server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[ValkeyServer]:
    with ValkeyServer(tmp_path, appendonly=True) as server:
        yield server


def test_postgres_answers_and_refuses_a_wrong_password(own_postgres: PostgresServer) -> None:
    settings = "SELECT current_setting('server_encoding'), current_setting('timezone'), current_setting('fsync')"
    assert asked(own_postgres.url, settings) == [("UTF8", "UTC", "on")]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        asked(f"postgresql://konto:wrong@{HOST}:{own_postgres.port}/postgres", "SELECT 1")


def test_postgres_and_redis_listen_on_this_machine_only(own_postgres: PostgresServer, own_redis: ValkeyServer) -> None:
    assert listening(own_postgres.port) == [THIS_MACHINE]
    assert listening(own_redis.port) == [THIS_MACHINE]


def test_postgres_keeps_what_was_committed_through_a_restart_at_once(own_postgres: PostgresServer) -> None:
    url, pid = own_postgres.url, own_postgres.pid
    asked(url, "CREATE TABLE kept (number int)")
    asked(url, "INSERT INTO kept VALUES (1)")
    with psycopg.connect(url) as unfinished:
        unfinished.execute("INSERT INTO kept VALUES (2)")
        own_postgres.restart_at_once()
        with pytest.raises(psycopg.OperationalError):
            unfinished.execute("SELECT 1")
    assert asked(url, "SELECT number FROM kept") == [(1,)]
    assert (own_postgres.url, own_postgres.pid != pid) == (url, True)


def test_postgres_stops_with_exactly_its_processes(own_postgres: PostgresServer, own_redis: ValkeyServer) -> None:
    with psycopg.connect(own_postgres.url):
        own = [guard.process(own_postgres.pid), *guard.children(own_postgres.pid)]
        assert len(own) > 3
        own_postgres.stop()
    assert [each for each in own if each and each.alive()] == []
    assert (own_postgres.running(), own_redis.running()) == (False, True)
    own_postgres.start()
    assert asked(own_postgres.url, "SELECT 1") == [(1,)]


def test_postgres_comes_from_the_wheel_if_the_system_has_none_that_works(tmp_path: Path) -> None:
    """As root the wheel lies out of the account's reach here, as below root's own home; a copy is made then."""
    for name in ("postgres", "initdb"):
        broken = tmp_path / name
        broken.write_text("#!/bin/sh\necho postgres 99; test $1 = --version\n", encoding="utf-8")
        broken.chmod(0o755)
    system, wheel = postgres_programs(search_path=str(tmp_path), folder=None)
    assert (system.origin, wheel.origin) == ("system", WHEEL)
    package = wheel.path.parents[2]
    for folder in (package, package.with_name(finding.POSTGRES_LIBRARIES)):
        (tmp_path / folder.name).symlink_to(folder)
    hidden = Program(tmp_path / wheel.path.relative_to(package.parent), WHEEL)
    with PostgresServer(tmp_path, programs=[system, hidden]) as server:
        assert server.program is not None
        assert (server.program.origin, server.program == hidden) == (WHEEL, os.geteuid() != 0)
        assert asked(server.url, "SELECT 1") == [(1,)]
    assert not server.data.exists()
    assert not server.program.path.exists() or server.program == hidden


def test_redis_comes_from_the_wheel_if_the_system_has_none_that_works(tmp_path: Path) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    with ValkeyServer(tmp_path, programs=valkey_programs(search_path=str(tmp_path))) as server:
        assert server.program is not None
        assert server.program.origin == WHEEL
        assert told(server.url).ping()


def test_postgres_tells_why_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="No program was found"):
        PostgresServer(tmp_path, programs=[]).start()


def test_postgres_of_the_run_gives_fresh_databases(postgres: PostgresServer) -> None:
    one, other = fresh_database(postgres), fresh_database(postgres)
    asked(one, "CREATE TABLE only_here (number int)")
    assert asked(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'") == [(0,)]
    with psycopg.connect(one):
        drop_database(postgres, one)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        asked(one, "SELECT 1")
    with pytest.raises(NotOursError):
        drop_database(postgres, postgres.url)
    drop_database(postgres, other)


def test_postgres_named_by_the_environment_is_used_and_left_as_it_was(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    pid, before = own_postgres.pid, asked(own_postgres.url, "SELECT datname FROM pg_database ORDER BY 1")
    with named(postgres.named_or_own, postgres.ADDRESS, own_postgres, tmp_path) as server:
        assert asked(fresh_database(server), "SELECT 1") == [(1,)]
    assert (own_postgres.running(), own_postgres.pid) == (True, pid)
    assert asked(own_postgres.url, "SELECT datname FROM pg_database ORDER BY 1") == before


def test_redis_keeps_its_file_through_a_kill(own_redis: ValkeyServer) -> None:
    url = own_redis.url
    told(url).set("promise", "kept")
    own_redis.restart_at_once()
    assert (own_redis.url, told(url).get("promise")) == (url, b"kept")
    own_redis.stop()
    own_redis.start(emptied=True)
    assert told(url).get("promise") is None


def test_redis_without_a_file_forgets(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path) as server:
        told(server.url).set("promise", "kept")
        server.stop()
        with pytest.raises(redis.ConnectionError):
            told(server.url).ping()
        server.start()
        assert told(server.url).get("promise") is None


def test_redis_of_the_run_gives_fresh_databases(redis_server: ValkeyServer) -> None:
    one, other = fresh_queue_database(redis_server), fresh_queue_database(redis_server)
    told(one).set("promise", "kept")
    assert told(other).dbsize() == 0
    redis_server.flush()
    assert told(one).dbsize() == 0


def test_redis_named_by_the_environment_is_used_and_left_as_it_was(own_redis: ValkeyServer, tmp_path: Path) -> None:
    theirs = [told(f"redis://{HOST}:{own_redis.port}/{number}") for number in (0, 1)]
    for each in theirs:
        each.set("theirs", "kept")
    with named(valkey.named_or_own, valkey.ADDRESS, own_redis, tmp_path) as server:
        url = fresh_queue_database(server)
        told(url).set("ours", "gone")
        server.flush()
        told(url).set("ours", "gone")
    assert own_redis.running()
    assert ([each.get("theirs") for each in theirs], told(url).dbsize()) == ([b"kept", b"kept"], 0)


def test_redis_answers_at_a_port_that_was_taken_at_first(
    own_redis: ValkeyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [own_redis.port, own_redis.port, finding.free_port()]
    monkeypatch.setattr("tests.servers.server.free_port", lambda: free.pop(0))
    with ValkeyServer(tmp_path / "second") as server:
        assert told(server.url).ping()
        assert (free, server.port == own_redis.port) == ([], False)


@pytest.mark.parametrize("kind", [PostgresServer, ValkeyServer], ids=["postgres", "redis"])
def test_postgres_and_redis_left_by_a_killed_run_are_ended_by_the_next(kind: type[Server], tmp_path: Path) -> None:
    with begun(kind, tmp_path) as (run, server, watch):
        watch.send(signal.SIGKILL)
        killed(run)
    assert server.alive()
    leavings.Place().close()  # As every server of the next run does at first.
    assert not server.alive()


def test_redis_ends_when_its_run_is_killed(tmp_path: Path) -> None:
    with begun(ValkeyServer, tmp_path) as (run, server, watch):
        killed(run)
        gone(watch)
    assert not server.alive()


def test_postgres_ends_when_its_guard_hears_that_the_run_is_gone(own_postgres: PostgresServer) -> None:
    own = [guard.process(own_postgres.pid), *guard.children(own_postgres.pid)]
    watch = own_postgres._guard
    assert watch is not None
    assert watch.stdin is not None
    watch.stdin.close()
    watch.wait(PATIENCE_S)
    assert [each for each in own if each and each.alive()] == []
    assert not own_postgres.running()
    own_postgres.start()
    assert asked(own_postgres.url, "SELECT 1") == [(1,)]


def test_redis_of_another_is_not_taken_for_one_left_behind(own_redis: ValkeyServer, tmp_path: Path) -> None:
    """The same number, but another start or another folder of data: the number was given again."""
    process = guard.process(own_redis.pid)
    assert process is not None
    place = leavings.Place()
    try:
        place.note(process._replace(started_ticks=process.started_ticks - 1), own_redis.data, signal.SIGKILL)
        leavings.end_noted(place.folder / leavings.RECORD)
        place.note(process, tmp_path, signal.SIGKILL)
        leavings.end_noted(place.folder / leavings.RECORD)
        assert process.alive()
        place.note(process, own_redis.data, signal.SIGKILL)
        leavings.end_noted(place.folder / leavings.RECORD)
        assert not process.alive()
    finally:
        place.close()


def asked(url: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(question)
        return answer.fetchall() if answer.description else []


def told(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0))


def listening(port: int) -> list[str]:
    """The addresses at which somebody waits for this port, of either version of the protocol."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in table(name)]
    ends = [fields[1].split(":") for fields in lines if fields[3] == LISTENING]
    return [address for address, number in ends if int(number, 16) == port]


def table(name: str) -> list[str]:
    file = Path("/proc/net") / name
    return file.read_text(encoding="ascii").splitlines()[1:] if file.exists() else []


@contextmanager
def named(had: Callable[..., S], address: str, server: Server, folder: Path) -> Iterator[S]:
    """The server again, as a run gets it that finds its address in the environment."""
    with had(folder, {address: server.url}) as found:
        assert (found.ours, found.url, found.port) == (False, server.url, server.port)
        for forbidden in (found.start, found.stop, found.kill, found.restart_at_once):
            with pytest.raises(NotOursError):
                forbidden()
        yield found


@contextmanager
def begun(kind: type[Server], folder: Path) -> Iterator[tuple[subprocess.Popen[str], Process, Process]]:
    """A run that has started a server and does not end by itself, that server, and its guard."""
    program = RUN.format(module=kind.__module__.rpartition(".")[2], kind=kind.__name__)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            server, watch = (guard.process(int(number)) for number in run.stdout.readline().split())
            assert server is not None
            assert watch is not None
            yield run, server, watch
        finally:
            run.kill()


def killed(run: subprocess.Popen[str]) -> None:
    run.kill()
    run.wait()


def gone(process: Process) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not process.alive()
