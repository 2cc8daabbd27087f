"""python -m tests.golden.make VERSION: keeps what this version writes, and what it answers, for every later one.

Run once when a version is released, and never again for it: what it makes is compared with for ever.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.cli.home import Konto
from tests.homes import open_at
from tests.notation import at
from tests.projections.test_follow import PEOPLE, STORY, told
from tests.projections.test_follow import raise_alerts_and_let_each_end_otherwise as raise_alerts
from tests.properties import test_any_order as any_order
from wiring import backing_up

HERE = Path(__file__).parent
ANSWERS = "answers.json"
NOW = at("2026-06-01T09:00")
"""When everything is asked."""
QUESTIONS = (
    ("promises",),
    ("contacts",),
    ("incidents",),
    ("kpi",),
    ("kpi", "--by", "owner", "--as-of", "2026-03-01"),
    ("kpi", "--known-on", "2026-02-15", "--as-of", "2026-02-15"),
    ("alerts", "list"),
    ("alerts", "list", "--state", "delivered"),
    ("alerts", "list", "--state", "undeliverable"),
    ("parked",),
)


def make(version: str) -> None:
    with TemporaryDirectory() as folder:
        home = open_at(Path(folder) / "home")
        home.konto.publish("people", PEOPLE)
        home.take(told("\n".join(any_order.told()).replace("K-", "A-")))
        home.take(told(STORY))
        raise_alerts(home)
        home.konto.catch_up()
        made = backing_up.back_up(home.konto, Path(folder) / "backups")
        home.close()
        shutil.copytree(made.folder, HERE / version)
        (HERE / version / ANSWERS).write_text(
            json.dumps(answers(Path(folder) / "home"), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def answers(home: Path) -> dict[str, Any]:
    """To every question that a script may ask, as the command line gives them."""
    konto = Konto(home, now=NOW)
    found = {" ".join(question): konto(*question, "--json").json for question in QUESTIONS}
    for customer in sorted({each["customer"] for each in found["promises"]}):
        found[f"statement {customer}"] = konto("statement", customer, "--json").json
    return found


if __name__ == "__main__":
    make(sys.argv[1])
