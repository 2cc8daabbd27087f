"""Both stores for tests: homes whose log and tables lie in files, or in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import psycopg
import pytest

from projections.follow import LAYOUT
from tests.homes import Home, open_at

Engine = Literal["sqlite", "postgres"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")


@dataclass
class Schemas:
    """Schemas of one database, each prepared once and emptied before it is used again: making one takes longer."""

    url: str
    used: int = 0

    def settings(self, name: str | None = None) -> str:
        """The lines of settings.toml for the next one, or for one that lasts longer than a test."""
        if name is None:
            name = f"konto_{self.used}"
            self.used += 1
        with psycopg.connect(self.url, autocommit=True) as connection:
            _empty(connection, [name, f"{name}_views_{LAYOUT}", f"{name}_journal"])
        return f'[store]\nurl = "{self.url}"\ndb_schema = "{name}"\n'


def _empty(connection: psycopg.Connection, schemas: list[str]) -> None:
    found = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) AND tablename <> 'schema_steps'",
        (schemas,),
    ).fetchall()
    statements = [f'DELETE FROM "{schema}"."{table}"' for schema, table in found]
    statements += [
        f'ALTER SEQUENCE "{schema}".stored_events_notification_id_seq RESTART'
        for schema, table in found
        if table == "stored_events"
    ]
    if statements:
        connection.execute("; ".join(statements).encode())


@pytest.fixture(scope="session")
def lasting_schemas(request: pytest.FixtureRequest) -> Iterator[Schemas]:
    from tests.servers.postgres import drop_database, fresh_database

    server = request.getfixturevalue("postgres")
    url = fresh_database(server)
    yield Schemas(url)
    drop_database(server, url)


@pytest.fixture
def schemas(lasting_schemas: Schemas) -> Schemas:
    """From the first one on, emptied."""
    lasting_schemas.used = 0
    return lasting_schemas


@pytest.fixture
def disk_path() -> Iterator[Path]:
    """A folder on the disk, for tests in which it matters what a process or a server that is killed has written."""
    with TemporaryDirectory(prefix="konto-") as folder:
        yield Path(folder)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def new_folder(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> NewFolder:
    schemas = request.getfixturevalue("schemas") if engine == "postgres" else None
    return NewFolder(tmp_path, schemas)


@dataclass
class NewFolder:
    """Folders for homes of the engine under test: an open home needs nothing but its folder."""

    below: Path
    schemas: Schemas | None

    def __call__(self, name: str = "home") -> Path:
        folder = self.below / name
        folder.mkdir(mode=0o700, parents=True)
        if self.schemas is not None:
            (folder / "settings.toml").write_text(self.schemas.settings(), encoding="utf-8")
        return folder


def lasting_folder(engine: Engine, name: str, request: pytest.FixtureRequest) -> Path:
    """For a home that several tests look at."""
    schemas = request.getfixturevalue("lasting_schemas") if engine == "postgres" else None
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp(name) / "home"
    folder.mkdir(mode=0o700)
    if schemas is not None:
        (folder / "settings.toml").write_text(schemas.settings(name), encoding="utf-8")
    return folder


@pytest.fixture
def folder(new_folder: NewFolder) -> Path:
    """Of one home."""
    return new_folder()


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    opened = open_at(folder)
    yield opened
    opened.close()


only_files = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For what only files have: modes, pragmas, locks of the file."""
