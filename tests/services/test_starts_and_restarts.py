"""Everything starts at the same moment, and the database goes away in the middle: nobody stumbles, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from drills.kills import FACTS_PER_FILE, facts_in, recorded
from projections.follow import LAYOUT
from tests.kills.runs import ROOT
from tests.passer import as_passer
from tests.processes import at_once
from tests.projections.test_follow import contents, rebuilt
from tests.servers.postgres import PostgresServer
from tests.stores import Schemas
from tests.waiting import wait_for
from wiring.home import open_home
from wiring.patience import until_prepared

SERVICES = 18

restarts = pytest.mark.parametrize(
    "restarts", [pytest.param(1, id="short"), pytest.param(20, id="long", marks=pytest.mark.long)]
)


# -- together -----------------------------------------------------------------------------------------


def test_18_services_start_at_once_on_an_empty_and_on_a_prepared_schema_of_postgres(schemas: Schemas, tmp_path: Path):
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        for schema in ("eighteen", f"eighteen_views_{LAYOUT}", "eighteen_journal"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    settings = f'[store]\nurl = "{schemas.url}"\ndb_schema = "eighteen"\nconnections = 2\n'
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    for _ in ("empty", "prepared"):
        # Three prepare it, as when somebody runs konto migrate on several machines; the others wait for them.
        answers = at_once(start, [(str(folder), number % 6 == 0) for number in range(SERVICES)])
        assert len(answers) == SERVICES
        assert len(set(answers)) == 1, "all have the same keys"


def start(folder: str, prepares: bool) -> str:
    konto = until_prepared(
        lambda: open_home(Path(folder), environment={}, prepare=prepares), 60, waiting=lambda error: None
    )
    with konto:
        konto.catch_up()
        assert konto.views.position() == konto.log.head()
        return konto.log.ids.thing("crm", "K-17")


def test_services_need_no_right_to_make_tables_in_postgres(schemas: Schemas, tmp_path: Path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(schemas.settings(), encoding="utf-8")
    open_home(folder, environment={}, prepare=True).close()
    with open_home(folder, environment={"KONTO_STORE_URL": as_passer(schemas.url, "konto_0")}) as konto:
        import_lines = facts_in(tmp_path / "one.jsonl", 1)
        from wiring.importing import import_file

        assert import_file(konto, import_lines).recorded == FACTS_PER_FILE
        konto.catch_up()
        assert konto.rebuild() == konto.log.head()
        with pytest.raises(Exception, match="permission denied"), konto.log.store.writing() as cursor:
            cursor.execute("CREATE TABLE mine (a TEXT)")


# -- gone in the middle -------------------------------------------------------------------------------


@pytest.fixture
def own_postgres(disk_path: Path) -> Iterator[PostgresServer]:
    """Writes to disk as the server does by itself, so that it may be cut off."""
    with PostgresServer(disk_path / "server", durable=True) as server:
        yield server


@restarts
def test_an_import_goes_on_though_postgres_is_cut_off_in_its_middle_and_loses_nothing(
    own_postgres: PostgresServer, tmp_path: Path, restarts: int
):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    settings = f'[store]\nurl = "{own_postgres.url}"\nlock_timeout_seconds = 10\n'
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    konto = open_home(folder, environment={}, prepare=True)
    lines = [facts_in(tmp_path / f"{number}.jsonl", number) for number in range(3 * restarts)]
    everything = tmp_path / "everything.jsonl"
    everything.write_text("".join(each.read_text("utf-8") for each in lines), encoding="utf-8")
    with importing(folder, everything) as process:
        for number in range(restarts):
            goal = (number + 1) * FACTS_PER_FILE
            wait_for(lambda goal=goal: process.poll() is not None or head(folder) >= goal)
            assert process.poll() is None, "it is cut off while it imports"
            own_postgres.restart_at_once()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    answer = json.loads(out)
    assert answer["recorded"] + answer["already"] == answer["read"] == len(lines) * FACTS_PER_FILE
    assert answer["already"] <= restarts * 1000, "at most the chunks of which nobody knew whether they were kept"
    expected = Counter(f"{number}/{n}" for number in range(len(lines)) for n in range(FACTS_PER_FILE))
    assert recorded(konto) == expected
    konto.catch_up()
    assert contents(konto.views) == rebuilt(konto, tmp_path)
    konto.close()


def head(folder: Path) -> int:
    try:
        with open_home(folder, environment={}) as konto:
            return konto.log.head()
    except Exception:
        return 0  # while it starts again


def importing(folder: Path, lines: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "wiring.cli", "--home", str(folder), "import", str(lines)]
    return subprocess.Popen(
        [*command, "--valid-only", "--json"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_commit_whose_answer_is_lost_is_found_and_not_recorded_twice_on_postgres(
    own_postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from datetime import UTC, datetime

    from psycopg.transaction import BaseTransaction

    from domain.vocabulary import parse
    from tests.services.several import overdue

    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'[store]\nurl = "{own_postgres.url}"\n', encoding="utf-8")
    with open_home(folder, environment={}, prepare=True) as konto:
        real, cut = BaseTransaction._commit_gen, []

        def commit_and_break(self):  # type: ignore[no-untyped-def]
            yield from real(self)
            if not cut:
                cut.append(time.monotonic())
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        now = datetime.now(UTC)
        fact = parse(overdue(1, now), now=now)
        monkeypatch.setattr(BaseTransaction, "_commit_gen", commit_and_break)
        (receipt,) = konto.record([fact])
        assert cut
        assert receipt.status == "already"
        assert len(konto.log.rows(0, 10)) == 1
