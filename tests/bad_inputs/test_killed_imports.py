"""`konto import` killed with kill -9 at random moments and started again: nothing lost, nothing doubled, and without
--valid-only nothing half done."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drills.kills import fact, recorded
from tests.bad_inputs.test_huge_ones import environment
from tests.cli.home import Konto
from tests.homes import open_at
from tests.kills.runs import ROOT
from tests.kills.test_kills import assert_whole
from tests.notation import at

BAD_EVERY = 500
FACTS, MANY_FACTS = 1_500, 4_000
KILLS, MANY_KILLS = 1, 10
TRIES = 4
"""An import may come to its end before it is killed; then the next one is tried."""
START_SECONDS = 2.0
"""So long an import takes to begin, where nobody can see it begin."""

sizes = pytest.mark.parametrize(
    ("facts", "kills"),
    [pytest.param(FACTS, KILLS, id="short"), pytest.param(MANY_FACTS, MANY_KILLS, id="long", marks=pytest.mark.long)],
)
on_both = pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True)


@pytest.fixture
def tmp_path(disk_path: Path) -> Path:
    return disk_path


def importing(home: Path, file: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "wiring.cli", "--home", str(home), "import", str(file), "--json", *options]


def killed(command: list[str], when: Callable[[float], bool]) -> bool:
    """Whether it was killed before it came to its end. `when` is asked with the seconds since its start."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=quiet, stderr=quiet)
    began = time.monotonic()
    try:
        while process.poll() is None and not when(time.monotonic() - began):
            time.sleep(0.005)
    finally:
        process.kill()
    return process.wait() == -signal.SIGKILL


def somebody_writes(folder: Path) -> bool:
    """Whether the log's file is locked for writing just now."""
    connection = sqlite3.connect(folder / "events.db", timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def written(file: Path, name: str, facts: int, *, bad_every: int | None) -> tuple[set[str], int]:
    """The ids of the good facts, and how many bad ones stand among them."""
    ids, bad = set(), 0
    with file.open("w", encoding="utf-8") as lines:
        for n in range(facts):
            line = fact(f"{name}/{n}", "customer.registered", at("2026-01-05T09:00"), customer=f"{name}-{n}")
            if bad_every and n % bad_every == bad_every - 1:
                line["data"]["kind"], bad = "urgent", bad + 1
            else:
                ids.add(line["id"])
            lines.write(json.dumps(line) + "\n")
    return ids, bad


@on_both
@sizes
@pytest.mark.parametrize("valid_only", [False, True], ids=["all or nothing", "valid only"])
def test_an_import_that_was_killed_is_ended_by_the_same_command(
    folder: Path, tmp_path: Path, facts: int, kills: int, valid_only: bool
):
    options = ["--valid-only"] if valid_only else []
    chance, opened, hit = random.Random(facts + valid_only), open_at(folder), 0
    log, konto = opened.konto.log, Konto(folder)
    for n in range(kills * TRIES):
        file = tmp_path / f"{n}.jsonl"
        ids, bad = written(file, str(n), facts, bad_every=BAD_EVERY if valid_only else None)
        command, head, waited = importing(folder, file, *options), log.head(), float("inf")
        pause = chance.random() * (facts / MANY_FACTS)

        def now(seconds: float, head: int = head, pause: float = pause) -> bool:
            """A while after the first thousand is recorded, or after the one transaction has begun."""
            nonlocal waited
            if seconds > waited:
                return True
            if valid_only or log.store.engine == "postgres":
                begun = log.head() > head or (not valid_only and seconds > START_SECONDS)
            else:
                begun = somebody_writes(folder)
            waited = min(waited, seconds + pause) if begun else waited
            return False

        hit += killed(command, now)
        there = {id for id in recorded(opened.konto) if id.startswith(f"{n}/")}
        if valid_only:
            assert len(there) % (1000 - 1000 // BAD_EVERY) in (0, len(ids) % 998), "whole thousands, without the bad"
        else:
            assert there in (set(), ids), "all of it or nothing"
        answer = konto("import", str(file), "--json", *options).json
        assert (answer["read"], answer["recorded"], answer["already"], answer["refused"]) == (
            facts, len(ids) - len(there), len(there), bad,
        )  # fmt: skip
        counted = {id: times for id, times in recorded(opened.konto).items() if id.startswith(f"{n}/")}
        assert counted == dict.fromkeys(ids, 1), "none lost, none twice"
        if hit >= kills:
            break
    assert hit >= kills
    if valid_only:
        refused = list((folder / "refused").glob("*.jsonl"))
        assert {len(each.read_text("utf-8").splitlines()) for each in refused} == {bad}
    if kills > KILLS:
        # It takes long; in the suite tests/kills shows it.
        assert_whole(opened.konto, tmp_path)
    opened.close()
