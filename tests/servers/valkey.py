"""A real Valkey (or Redis) for tests, that nobody but this machine can reach."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.finding import HOST, Program, ServerError, valkey_programs
from tests.servers.leavings import Place
from tests.servers.server import PATIENCE_S, Server

ADDRESS = "KONTO_TEST_REDIS_URL"
DATABASES = 1024
ANSWERING_S = 3.0


class ValkeyServer(Server):
    """With `appendonly` it keeps what it was told in a file, else it forgets everything when it ends.

    `durable` writes that file to disk with every command; a process that is killed loses nothing without it either.
    """

    NAME = "redis"
    USUAL_PORT = 6379
    IN_ORDER = signal.SIGTERM
    AT_ONCE = signal.SIGKILL

    def __init__(
        self,
        folder: Path,
        *,
        appendonly: bool = False,
        durable: bool = False,
        address: str | None = None,
        programs: Sequence[Program] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__(
            folder,
            durable=durable,
            address=address,
            programs=valkey_programs() if programs is None and address is None else programs or (),
            patience_s=patience_s,
        )
        self.appendonly = appendonly
        """Counts from the next start on."""
        self._given: list[int] = []
        """The numbers of the databases that tests were given, the oldest first."""

    def start(self, *, emptied: bool = False) -> None:
        """`emptied`: without the file that it has written until now."""
        self._demand_ours()
        if emptied and not self.running():
            _empty(self.data)
        super().start()

    def flush(self) -> None:
        """Empties all databases; of somebody else's server, those that tests were given."""
        if self.ours:
            with self.connected() as client:
                client.flushall()
        else:
            self._tidy()

    def fresh_database(self) -> str:
        """The address of an empty database: one that nobody uses, else the one that was given longest ago."""
        number = self._unused()
        if number is None:
            if not self._given:
                raise ServerError(f"Every database of the server at {ADDRESS} holds something; none was touched.")
            number = self._given.pop(0)
            with self.connected(number) as client:
                client.flushdb()
        self._given.append(number)
        return self._url_of(number)

    @contextmanager
    def connected(self, number: int | None = None) -> Iterator[redis.Redis]:
        """To the database of this number, or to that in the address. A failure is told at once."""
        url = self.url if number is None else self._url_of(number)
        client = redis.Redis.from_url(
            url, socket_timeout=ANSWERING_S, socket_connect_timeout=ANSWERING_S, retry=Retry(NoBackoff(), 0)
        )
        try:
            yield client
        finally:
            client.close()

    def _unused(self) -> int | None:
        """The first number after the address's own that is empty and was not given yet."""
        with self.connected() as client:
            filled = {int(name.removeprefix("db")) for name in client.info("keyspace")}
            count = DATABASES if self.ours else int(client.config_get("databases")["databases"] or 0)
        numbers = range(self._own_number() + 1, count)
        return next((number for number in numbers if number not in filled and number not in self._given), None)

    def _own_number(self) -> int:
        return int(urlsplit(self.url).path.strip("/") or 0)

    def _url_of(self, number: int) -> str:
        return urlsplit(self.url)._replace(path=f"/{number}").geturl()

    def _own_url(self) -> str:
        return f"redis://{HOST}:{self._port}/0"

    def _prepare(self, program: Program, place: Place) -> Program:
        self.data.mkdir(0o700, exist_ok=True)
        _empty(self.data)
        return program

    def _command(self, program: Program) -> list[str]:
        settings = {
            "port": str(self._port),
            "bind": HOST,
            "dir": str(self.data),
            "databases": str(DATABASES),
            "save": "",
            "appendonly": "yes" if self.appendonly else "no",
            "appendfsync": "always" if self.durable else "everysec",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return [str(program.path), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def _answers(self) -> bool:
        try:
            with self.connected() as client:
                client.ping()
                return not self.ours or int(client.info("server")["process_id"]) == self.pid
        except redis.RedisError as error:
            self._refusal = str(error)
            return False

    def _tidy(self) -> None:
        for number in self._given:
            with self.connected(number) as client:
                client.flushdb()


def named_or_own(folder: Path, environment: Mapping[str, str]) -> ValkeyServer:
    """The server that the environment names, else one of our own."""
    return ValkeyServer(folder, address=environment.get(ADDRESS) or None)


def fresh_queue_database(server: ValkeyServer) -> str:
    """The address of an empty database of the server, for one test."""
    return server.fresh_database()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
