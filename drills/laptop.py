"""A laptop that is closed in mid-write: everything stands still, goes on after a while, or never comes back."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from drills.firm import prepared, record_overdue, states, wait_for, worker
from drills.kills import differences, facts_in, importing, missing, recorded
from drills.result import Drill, Result
from tests.alerts.post_office import PostOffice
from wiring.home import Konto, open_home

ALERTS, FACTS = 20, 300
LEASE_S = 1.5
CLOSED_S = 2 * LEASE_S
"""Longer than anybody keeps a message to themselves."""
PATIENCE_S = 120.0


def closed(folder: Path, *, long: bool, seed: int) -> Result:
    return closed_and_opened(folder, times=40 if long else 3, seed=seed)


def closed_and_opened(folder: Path, *, times: int, seed: int) -> Result:
    """While one process imports and another sends, both stand still at a random moment, longer than a lease lasts.

    What lies on the disk then is put aside, as it would be found had the battery died; then they go on. `lost`: facts
    that were acknowledged by then and are not in what was put aside, or missing at the end, and alerts that nobody
    got; `doubled`: facts that stand there twice, and messages that came twice; `missed`: rows of tables that a rebuild
    gives otherwise.
    """
    chance, began = random.Random(seed), time.monotonic()
    home, lines = folder / "home", folder / "files"
    lines.mkdir()
    office = PostOffice()
    konto = prepared(home, office, lease_s=LEASE_S)
    files, lost, doubled = list[Path](), 0, 0
    with office.open():
        for number in range(times):
            files.append(facts_in(lines / f"{number}.jsonl", number, FACTS))
            record_overdue(konto, range(number * ALERTS, (number + 1) * ALERTS), konto.clock())
            aside = folder / f"aside-{number}"
            heard = _closed_for_a_while(konto, files, aside, chance)
            with open_home(aside, environment={}) as found:
                there = recorded(found)
                lost += missing(there, heard, FACTS)
                lost += len({f"made/{n}" for n in range((number + 1) * ALERTS)} - there.keys())
                doubled += sum(there[id] - 1 for id in _told(number + 1) if there[id])
                lost += differences(found, aside)
            shutil.rmtree(aside)
        with worker(home):
            wait_for(lambda: states(konto)["delivered"] == times * ALERTS, PATIENCE_S)
    there = recorded(konto)
    expected = _told(times)
    lost += len(expected - there.keys()) + times * ALERTS - states(konto)["delivered"]
    doubled += sum(there[id] - 1 for id in expected if there[id])
    doubled += len(office.mails) - len({mail.id for mail in office.mails})
    missed = differences(konto, folder)
    konto.close()
    more = {"closed": times, "alerts": times * ALERTS, "seconds": round(time.monotonic() - began, 1)}
    return Result(tried=len(expected) + times * ALERTS, lost=lost, doubled=doubled, missed=missed, more=more)


def _closed_for_a_while(konto: Konto, files: Sequence[Path], aside: Path, chance: random.Random) -> set[str]:
    """In the middle of the newest file, when all before it were acknowledged; which were, by their names."""
    with worker(konto.home) as sending, importing(konto.home, files) as process:
        told = iter(process.stdout or ())
        heard = {line.strip() for _, line in zip(files[:-1], told, strict=False)}
        time.sleep(chance.random() * 0.5)
        for each in (process, sending):
            each.send_signal(signal.SIGSTOP)
        _put_aside(konto.home, aside)
        time.sleep(CLOSED_S)
        for each in (sending, process):
            each.send_signal(signal.SIGCONT)
        for _ in told:
            pass  # until it has read them all
        assert process.wait(PATIENCE_S) == 0
        wait_for(lambda: not states(konto)["raised"] and not states(konto)["failing"], PATIENCE_S)
    return heard


def _told(files: int) -> set[str]:
    """The facts of so many files, and the promises that are overdue."""
    made = {f"made/{n}" for n in range(files * ALERTS)}
    return made | {f"{number}/{n}" for number in range(files) for n in range(FACTS)}


def _put_aside(home: Path, target: Path) -> None:
    """Every file as it lies there in this moment, but what SQLite shares in memory alone.

    Copied by another process: one that closes a file gives up all locks that it has on it, those of its databases too.
    """
    subprocess.run(["cp", "-r", str(home), str(target)], check=True)
    for file in target.glob("*-shm"):
        file.unlink()


DRILLS: Mapping[str, Drill] = {"closed": closed}
