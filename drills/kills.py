"""kill -9 at random moments of an import, while a worker follows and sends and is killed as well."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.firm import prepared, wait_for, worker
from drills.result import Drill, Result
from projections.follow import Follower
from tests.alerts.post_office import PostOffice
from tests.kills.runs import running
from tests.projections.test_follow import contents, empty_views
from wiring.home import Konto

FILES_PER_KILL, FACTS_PER_FILE, FEW = 3, 1_000, 300
PATIENCE_S = 120.0


def imports(folder: Path, *, long: bool, seed: int) -> Result:
    return killed(folder, kills=100 if long else 3, seed=seed, facts=FACTS_PER_FILE if long else FEW)


def killed(folder: Path, *, kills: int, seed: int, facts: int = FACTS_PER_FILE, home: Path | None = None) -> Result:
    """An importer brings file after file and says so of each; it, or the worker beside it, is killed in the middle.

    `lost`: facts of a file that was acknowledged, or missing at the end; `doubled`: facts that stand in the log twice,
    or that are new when all files come again; `missed`: rows of tables that a rebuild gives otherwise.
    """
    home, chance = home or folder / "home", random.Random(seed)
    lines = folder / "files"
    lines.mkdir()
    files = [facts_in(lines / f"{number}.jsonl", number, facts) for number in range(max(3, kills // 3))]
    konto, office = prepared(home, PostOffice()), PostOffice()
    acknowledged: set[str] = set()
    lost = doubled = workers = 0
    began = time.monotonic()
    with office.open():
        for _ in range(kills):
            with worker(home):
                workers += 1
                with importing(home, files) as process:
                    # Some files more than before, then anywhere in the next one.
                    for line in process.stdout or ():
                        acknowledged.add(line.strip())
                        if chance.random() < 1 / FILES_PER_KILL:
                            break
                    time.sleep(chance.random() * 0.3)
            there = recorded(konto)
            doubled += sum(times - 1 for times in there.values())
            lost += missing(there, acknowledged, facts)
        for _ in range(3):
            before = konto.log.head()
            with importing(home, files) as process:
                said = [line.strip() for line in process.stdout or ()]
                process.wait(PATIENCE_S)
            if set(said) == {each.name for each in files} == acknowledged:
                doubled += konto.log.head() - before
            acknowledged |= set(said)
        with worker(home):
            wait_for(lambda: konto.views.position() == konto.log.head(), PATIENCE_S)
    there = recorded(konto)
    expected = Counter(f"{number}/{n}" for number in range(len(files)) for n in range(facts))
    lost += (expected - there).total()
    doubled += (there - expected).total()
    missed = differences(konto, folder)
    konto.close()
    seconds = round(time.monotonic() - began, 1)
    more = {"kills": kills, "workers_killed": workers, "seconds": seconds}
    return Result(tried=expected.total(), lost=lost, doubled=doubled, missed=missed, more=more)


def importing(home: Path, files: Sequence[Path]) -> AbstractContextManager[subprocess.Popen[str]]:
    """Imports them one after the other, and names each on its standard output; killed at the end if it still runs."""
    return running(["tests.kills.importer", str(home), *map(str, files)], home)


def facts_in(target: Path, number: int, facts: int = FACTS_PER_FILE) -> Path:
    """Promises long kept, so that nobody is warned of them."""
    made, lines = datetime(2026, 1, 5, 9, tzinfo=UTC), []
    for n in range(0, facts, 2):
        promise = f"{number}-{n}"
        lines.append(fact(f"{number}/{n}", "promise.made", made, promise=promise, customer=f"K-{n % 40}", by="ines",
                           what="Therme warten", due=(made + timedelta(days=9)).isoformat()))  # fmt: skip
        lines.append(fact(f"{number}/{n + 1}", "promise.fulfilled", made + timedelta(days=8), promise=promise))
    target.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return target


def fact(id: str, type: str, time: datetime, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": time.isoformat(), "data": data}


def recorded(konto: Konto) -> Counter[str]:
    """How often each fact stands in the log, by its source's id."""
    return Counter(each.id for each in konto.log.opened(konto.log.page(0, 10_000_000)) if each.customer)


def missing(there: Counter[str], acknowledged: set[str], facts: int) -> int:
    """Facts of files that were acknowledged."""
    expected = Counter(f"{Path(name).stem}/{n}" for name in acknowledged for n in range(facts))
    return (expected - there).total()


def differences(konto: Konto, folder: Path) -> int:
    """Rows of the tables that a fresh rebuild gives otherwise."""
    konto.catch_up()
    with empty_views(folder / "rebuilt.db") as views:
        Follower(konto.log, views).catch_up()
        live, fresh = contents(konto.views), contents(views)
    return sum(len(set(map(repr, live[name])) ^ set(map(repr, fresh[name]))) for name in live)


DRILLS: Mapping[str, Drill] = {"killed": imports}
