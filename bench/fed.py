"""A home with all facts of a file taken in and every table up to date."""

from __future__ import annotations

from pathlib import Path

from bench import recording
from wiring.home import Konto, open_home


def home_of(folder: Path, count: int) -> Konto:
    home = folder / "home"
    is_new = not home.exists()
    konto = open_home(home, environment={})
    if is_new:
        recording.imported(konto, recording.facts_file(folder, count))
        konto.catch_up(processes=None)
    return konto
