"""kill -9 at random moments: nothing acknowledged is lost, nothing is doubled, every alert arrives.

The short form runs with every commit; the long one with `pytest -m long tests/kills`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from drills.alerts import killed
from drills.api import killed as api_killed
from drills.kills import FACTS_PER_FILE, FEW
from drills.kills import killed as imports_killed
from projections.follow import Follower
from tests.projections.test_follow import contents, empty_views
from wiring.home import Konto, open_home
from wiring.worker import run_tick

SHORT_KILLS, LONG_KILLS = 2, 10
ALERTS_PER_KILL = 40

kills = pytest.mark.parametrize(
    "kills", [pytest.param(SHORT_KILLS, id="short"), pytest.param(LONG_KILLS, id="long", marks=pytest.mark.long)]
)
on_both = pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)
"""In the suite on files; what a database does when its clients die is tried with every restart there."""


@on_both
@kills
def test_a_worker_killed_in_mid_run_delivers_every_alert_and_repeats_carry_the_same_id(
    folder: Path, tmp_path: Path, kills: int, record_property: Callable[[str, object], None]
):
    found = killed(folder.parent, alerts=kills * ALERTS_PER_KILL, kills=kills, seed=kills, home=folder)
    record_property("repeats", found.more["repeats"])
    assert found.ok, found.sentence
    konto = open_home(folder, environment={})
    assert_whole(konto, tmp_path)
    konto.close()


@on_both
@kills
def test_an_importer_killed_in_mid_import_loses_nothing_acknowledged_and_doubles_nothing(
    folder: Path, tmp_path: Path, kills: int
):
    facts = FEW if kills == SHORT_KILLS else FACTS_PER_FILE
    found = imports_killed(tmp_path, kills=kills, seed=kills, facts=facts, home=folder)
    assert found.ok, found.sentence
    assert found.tried == max(3, kills // 3) * facts
    konto = open_home(folder, environment={})
    assert_whole(konto, tmp_path)
    konto.close()


@kills
def test_an_api_killed_while_facts_come_in_loses_no_fact_that_it_said_yes_to(tmp_path: Path, kills: int):
    found = api_killed(tmp_path, kills=kills, seed=kills)
    assert found.ok, found.sentence
    assert found.tried > kills


# -- how ----------------------------------------------------------------------------------------------


def assert_whole(konto: Konto, folder: Path) -> None:
    """The tables say what a fresh rebuild says, and the log's register knows every event."""
    konto.catch_up()
    with empty_views(folder / "rebuilt.db") as views:
        Follower(konto.log, views).catch_up()
        assert contents(konto.views) == contents(views)
    with konto.log.store.reading() as cursor:
        events, received = (
            cursor.execute(f"SELECT COUNT(*) FROM {name}").one()[0] for name in ("stored_events", "received")
        )
    assert events == received
    if konto.log.store.engine == "sqlite":
        assert received == konto.log.head(), "positions have no holes; in PostgreSQL a rollback may leave some"
    assert run_tick(konto) == []
