"""Facts in a file, and a home with all of them taken in and every table up to date: made once for all measures."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench import facts
from wiring.home import Konto, open_home
from wiring.importing import import_file

COMMON = "common"
"""Where a measure's folder has one of this name, what several measures need is looked for and left there."""


def facts_file(folder: Path, count: int) -> Path:
    file = common(folder) / f"facts-{count}.jsonl"
    if not file.exists():
        facts.write_apart(file, count)
    return file


def home_of(folder: Path, count: int) -> Konto:
    """A home of its own, in the folder itself."""
    home, made = folder / "home", common(folder) / f"home-{count}"
    if not made.exists():
        with open_home(made, environment={}) as konto:
            summary = import_file(konto, facts_file(folder, count))
            assert summary.recorded == summary.read
            konto.catch_up(processes=None)
    if not home.exists():
        shutil.copytree(made, home)
    return open_home(home, environment={})


def common(folder: Path) -> Path:
    """Where what several measures need lies; the measure's own folder if it is alone."""
    place = folder / COMMON
    return place if place.exists() else folder
