"""A real PostgreSQL for tests, with a password of its own, that nobody but this machine can reach."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.folders import MEMORY, roomy
from tests.servers.finding import (
    HOST,
    WHEEL,
    NotOursError,
    Program,
    ServerError,
    copied,
    postgres_programs,
    unprivileged,
)
from tests.servers.leavings import Place
from tests.servers.server import PATIENCE_S, Server

ADDRESS = "KONTO_TEST_POSTGRES_URL"
USER = "konto"
OLDEST = 14
LOCALES = ("C.UTF-8", "C")
"""The first knows the letters of every language; not every system knows it."""
PREPARING_S = 120.0
CONNECTING_S = 3
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    # Within the folder of data, so that no shared memory outlives a server that was ended by force.
    "dynamic_shared_memory_type": "mmap",
    "lc_messages": "C",
    "log_min_messages": "error",
    "log_checkpoints": "off",
}
HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "256MB"}
WITH_STRATEGY = 150_000
"""The version from which on one can say how a database is copied."""


class PostgresServer(Server):
    """`settings` are given to the server besides ours, and win."""

    NAME = "postgres"
    USUAL_PORT = 5432
    IN_ORDER = signal.SIGINT
    AT_ONCE = signal.SIGQUIT
    """PostgreSQL then ends all its processes as they are, the same as `-m immediate`."""

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = False,
        address: str | None = None,
        programs: Sequence[Program] | None = None,
        settings: Mapping[str, str] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        ours = address is None
        super().__init__(
            folder,
            durable=durable,
            address=address,
            programs=postgres_programs() if programs is None and ours else programs or (),
            account=unprivileged() if ours else None,
            patience_s=patience_s,
        )
        self.databases: set[str] = set()
        """Those that were made for tests and are still there."""
        self._settings = SETTINGS | ({} if durable else HASTY) | dict(settings or {})
        self._in_memory: Place | None = None
        self._password = secrets.token_urlsafe(24)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """As the one who may do everything, each command at once for good."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=CONNECTING_S) as connection:
            yield connection

    def _own_url(self) -> str:
        return f"postgresql://{USER}:{self._password}@{HOST}:{self._port}/postgres"

    def _prepare(self, program: Program, place: Place) -> Program:
        program = self._usable(program, place)
        for number, locale in enumerate(LOCALES, 1):
            self._make_data_folder(place)
            try:
                self._initialise(program, place, locale)
            except ServerError:
                if number == len(LOCALES):
                    raise
            else:
                break
        return program

    def _usable(self, program: Program, place: Place) -> Program:
        """The program itself or a copy of it, tried out as the account that is to run it."""
        try:
            self._demand_recent(program)
        except (ServerError, OSError):
            if program.origin != WHEEL or self._account is None:
                raise
            program = copied(program, place.folder / "programs")
            self._demand_recent(program)
        return program

    def _demand_recent(self, program: Program) -> None:
        said = self._run([str(program.path), "--version"])
        version = re.search(r"\d+", said)
        if version is None or int(version[0]) < OLDEST:
            raise ServerError(f"{said.strip()} is older than {OLDEST}.")

    def _make_data_folder(self, place: Place) -> None:
        """In memory if nothing has to be kept, else in our folder or, if the account does not get there, in a place.

        In memory a server or a database is made in a fraction of the time, whatever the disk does.
        """
        for folder in self._folders(place):
            self.data = folder / "data"
            shutil.rmtree(self.data, ignore_errors=True)
            self.data.mkdir(0o700)
            if self._account is None:
                return
            os.chown(self.data, *self._account)
            if self._account.reaches(self.data):
                return
            self.data.rmdir()
        raise ServerError("The account that is to run it gets to no folder for its data.")

    def _folders(self, place: Place) -> Iterator[Path]:
        if not self.durable and self._in_memory is None and roomy(MEMORY):
            with suppress(ServerError):
                self._in_memory = Place(self._account, among=[MEMORY])
        if self._in_memory is not None:
            yield self._in_memory.folder
        yield self._folder
        yield place.folder

    def _initialise(self, program: Program, place: Place, locale: str) -> None:
        """The password goes through a file, since everybody may read a command line."""
        file = place.folder / "password"
        file.touch(0o600)
        file.write_text(self._password, encoding="ascii")
        if self._account is not None:
            os.chown(file, *self._account)
        # Whoever connects thousands of times proves a password that lives for minutes in the way that costs nothing.
        options = ["--username", USER, "--pwfile", str(file), "--auth", "md5"]
        options += ["--encoding", "UTF8", "--locale", locale, "--lc-messages", "C", "--no-sync"]
        try:
            self._run([str(program.beside("initdb")), "--pgdata", str(self.data), *options])
        finally:
            file.unlink()

    def _run(self, command: Sequence[str]) -> str:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PREPARING_S,
            check=False,
            **self._surroundings(),
        )
        said = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            raise ServerError(said.strip() or f"ended with {done.returncode}")
        return said

    def _command(self, program: Program) -> list[str]:
        settings = self._settings | {"port": str(self._port)}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(program.path), "-D", str(self.data), *chosen]

    def _answers(self) -> bool:
        try:
            with self.connected():
                return True
        except psycopg.OperationalError as error:
            self._refusal = str(error).strip()
            return False

    def close(self) -> None:
        super().close()
        if self._in_memory is not None:
            self._in_memory.close()
            self._in_memory = None

    def _tidy(self) -> None:
        for name in sorted(self.databases):
            _drop(self, name)


def named_or_own(folder: Path, environment: Mapping[str, str]) -> PostgresServer:
    """The server that the environment names, else one of our own."""
    return PostgresServer(folder, address=environment.get(ADDRESS) or None)


def fresh_database(server: PostgresServer) -> str:
    """The address of a new, empty database.

    Its files are copied as they are: to write the copy into the log as well would take twice as long.
    """
    name = f"konto_{secrets.token_hex(8)}"
    with server.connected() as connection:
        quick = sql.SQL("STRATEGY file_copy" if connection.info.server_version >= WITH_STRATEGY else "")
        made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' {}")
        connection.execute(made.format(sql.Identifier(name), quick))
    server.databases.add(name)
    return urlsplit(server.url)._replace(path=f"/{name}").geturl()


def drop_database(server: PostgresServer, url: str) -> None:
    """Whoever is still connected to it is cut off. Only for what `fresh_database` has given."""
    name = urlsplit(url).path.removeprefix("/")
    if name not in server.databases:
        raise NotOursError(f"{name} was not made for a test.")
    _drop(server, name)


def _drop(server: PostgresServer, name: str) -> None:
    with server.connected() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    server.databases.discard(name)
