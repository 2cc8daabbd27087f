"""A home with all facts of a file taken in and every table up to date."""

from __future__ import annotations

from pathlib import Path

from bench import facts
from wiring.home import Konto, open_home
from wiring.importing import import_file


def home_of(folder: Path, count: int) -> Konto:
    home = folder / "home"
    if home.exists():
        return open_home(home, environment={})
    file = folder / "facts.jsonl"
    facts.write(file, facts.envelopes(count))
    konto = open_home(home, environment={})
    import_file(konto, file)
    konto.catch_up()
    return konto
