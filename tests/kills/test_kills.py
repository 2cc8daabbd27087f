"""kill -9 at random moments: nothing acknowledged is lost, nothing is doubled, every alert arrives.

The short form runs with every commit; the long one with `pytest -m long tests/kills`.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.alerts import killed
from drills.firm import prepared
from projections.follow import Follower
from tests.alerts.post_office import PostOffice
from tests.kills.runs import importer, running, worker
from tests.projections.test_follow import contents, empty_views
from wiring.home import Konto, open_home
from wiring.worker import run_tick

SHORT_KILLS, LONG_KILLS = 2, 10
ALERTS_PER_KILL = 40
FILES_PER_KILL, FACTS_PER_FILE = 3, 1000
PATIENCE_SECONDS = 60.0

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
    home, chance = folder, random.Random(kills)
    files = [file(tmp_path / f"{number}.jsonl", number) for number in range(kills * FILES_PER_KILL)]
    konto = prepared(home, PostOffice())
    acknowledged: set[str] = set()
    with running(worker(home), home):
        for _ in range(kills):
            with running(importer(home, files), home) as process:
                for line in process.stdout or ():
                    acknowledged.add(line.strip())
                    if len(acknowledged) % FILES_PER_KILL == FILES_PER_KILL - 1:
                        time.sleep(chance.random() * 0.5)
                        break
            there = recorded(konto)
            assert not [id for id, times in there.items() if times > 1]
            for name in acknowledged:
                assert sum(id.startswith(f"{Path(name).stem}/") for id in there) == FACTS_PER_FILE
        with running(importer(home, files), home) as process:
            assert [line.strip() for line in process.stdout or ()] == [each.name for each in files]
            assert process.wait(PATIENCE_SECONDS) == 0
    everything = Counter(f"{number}/{n}" for number in range(len(files)) for n in range(FACTS_PER_FILE))
    assert recorded(konto) == everything
    assert_whole(konto, tmp_path)
    konto.close()


# -- how ----------------------------------------------------------------------------------------------


def fact(id: str, type: str, time: datetime, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": time.isoformat(), "data": data}


def file(target: Path, number: int) -> Path:
    """Promises long kept, so that nobody is warned of them."""
    made, lines = datetime(2026, 1, 5, 9, tzinfo=UTC), []
    for n in range(0, FACTS_PER_FILE, 2):
        promise = f"{number}-{n}"
        lines.append(fact(f"{number}/{n}", "promise.made", made, promise=promise, customer=f"K-{n % 40}", by="ines",
                          what="Therme warten", due=(made + timedelta(days=9)).isoformat()))  # fmt: skip
        lines.append(fact(f"{number}/{n + 1}", "promise.fulfilled", made + timedelta(days=8), promise=promise))
    target.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return target


def recorded(konto: Konto) -> Counter[str]:
    """How often each fact stands in the log, by its source's id."""
    return Counter(each.id for each in konto.log.opened(konto.log.page(0, 1_000_000)) if each.customer)


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
