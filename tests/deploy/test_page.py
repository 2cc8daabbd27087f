"""The page about PostgreSQL and Redis does not promise too much: its roles suffice, and what it names exists."""

from __future__ import annotations

import json
import re
import secrets
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest
import typer

from tests.deploy.compose import IMAGE, ROOT, project
from tests.servers.postgres import PostgresServer, drop_database, fresh_database
from wiring import environment, settings
from wiring.commands.konto import app
from wiring.home import open_home
from wiring.importing import import_file
from wiring.presence import beat
from wiring.worker import run_tick

PAGE = (ROOT / "docs" / "how-to" / "run-on-postgresql-and-redis.md").read_text("utf-8")
SQL = re.findall(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
COMPOSE = project()
COMMAND: Any = typer.main.get_command(app)


class Roles(NamedTuple):
    """Addresses of one database."""

    administrator: str
    owner: str
    service: str


@pytest.fixture
def roles(postgres: PostgresServer) -> Iterator[Roles]:
    """Made with the statements of the page, under names of their own: roles belong to the whole server."""
    mark = secrets.token_hex(4)
    database = fresh_database(postgres)
    as_administrator, as_owner = (re.sub(r"\bkonto_", f"konto_{mark}_", block) for block in SQL)
    # The database is there already, with the name of a test's.
    name = urlsplit(database).path[1:]
    as_administrator = re.sub(
        r"CREATE DATABASE vertrauenskonto OWNER (\w+);", f'ALTER DATABASE "{name}" OWNER TO \\1;', as_administrator
    )
    passwords = dict(re.findall(r"CREATE ROLE (\w+) LOGIN PASSWORD '(.*?)'", as_administrator))
    owner, service = (_address(database, user, password) for user, password in passwords.items())
    try:
        _run(database, as_administrator)
        _run(owner, as_owner)
        yield Roles(database, owner, service)
    finally:
        drop_database(postgres, database)
        with postgres.connected() as connection:
            for user in passwords:
                connection.execute(f'DROP ROLE IF EXISTS "{user}"'.encode())


def _address(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}").geturl()


def _run(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements.split(";"):
            if statement.strip():
                connection.execute(statement.encode())


def test_the_two_roles_of_the_page_suffice_on_postgres_and_the_services_can_make_no_table(roles: Roles, tmp_path: Path):
    home = tmp_path / "home"
    open_home(home, environment={"KONTO_STORE_URL": roles.owner}, prepare=True).close()
    now = datetime.now(UTC)
    with open_home(home, environment={"KONTO_STORE_URL": roles.service}) as konto:
        (file := tmp_path / "promise.jsonl").write_text(json.dumps(promise(now)), encoding="utf-8")
        assert import_file(konto, file).recorded == 1
        assert "overdue" in {each.occasion.rule for each in run_tick(konto)}
        beat(konto.log.store, "follow", "here", now)
        with konto.views.store.claim("follower") as claim:
            assert claim is not None
        assert konto.rebuild() == konto.log.head()
        konto.catch_up()
        for store in (konto.log.store, konto.views.store):
            with pytest.raises(Exception, match="permission denied"), store.writing() as cursor:
                cursor.execute("CREATE TABLE mine (a TEXT)")


def test_the_services_may_use_tables_that_a_later_version_makes_in_postgres(roles: Roles):
    for schema in ("vertrauenskonto", "vertrauenskonto_views", "vertrauenskonto_journal"):
        _run(roles.owner, f"CREATE TABLE {schema}.later (n SERIAL, a TEXT)")
        _run(roles.service, f"INSERT INTO {schema}.later (a) VALUES ('x'); DELETE FROM {schema}.later")


def promise(now: datetime) -> dict[str, Any]:
    from tests.deploy.test_processes import overdue

    return overdue(now)


# -- what it names ------------------------------------------------------------------------------------


def test_every_command_of_konto_on_the_page_can_be_read():
    words = {tuple(shlex.split(each)) for each in re.findall(r"(?:^|\s)konto ([a-z].*)$", code(), re.MULTILINE)}
    assert {name for name, *_ in words} >= {"migrate", "move", "worker", "dashboard", "import", "doctor", "people"}
    for typed in words:
        command, arguments = COMMAND, list(typed)
        while hasattr(command, "commands"):
            command = command.commands[arguments.pop(0)]
        if arguments:  # else it may only be spoken of
            command.make_context("konto", arguments)


def code() -> str:
    """What stands in the page as something to type, long lines joined and redirections left out."""
    blocks = re.findall(r"^```shell\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", PAGE, flags=re.DOTALL | re.MULTILINE))
    return "\n".join(each.split(" > ")[0] for each in "\n".join([*blocks, *spans]).replace("\\\n", "").splitlines())


def test_every_variable_of_the_page_is_one_of_ours():
    known = {each.variable for each in environment.each(settings.Settings)} | environment.OTHERS
    for name in re.findall(r"KONTO_[A-Z_]*[A-Z]", PAGE):
        assert name in known or name.removesuffix("_FILE") in known, name


def test_every_service_volume_and_image_of_the_page_is_in_the_compose_file():
    options = r"(?: --?[\w-]+(?: (?:\"[^\"]+\"|env|worker=\d))?)*"
    named = set(re.findall(rf"docker compose (?:exec|run|logs|build){options} (\w+)", code()))
    assert named >= {"dashboard", "konto", "migrate", "postgres", "worker"}
    assert named <= set(COMPOSE.services)
    assert f"{COMPOSE.data['name']}_home" in PAGE
    assert {image for image in re.findall(rf"{IMAGE}:[\d.]+", PAGE)} == {COMPOSE.services["konto"]["image"]}


def test_every_metric_of_the_page_is_one_that_we_give():
    source = (ROOT / "wiring" / "metrics.py").read_text("utf-8")
    for name in re.findall(r"`(konto_[a-z_]+)`", PAGE.replace("konto_owner", "").replace("konto_service", "")):
        assert f'"{name.removesuffix("_total")}"' in source, name
