"""How much memory an import takes. Loads nothing that an import does not need: it would be measured as well."""

from __future__ import annotations

import resource
import subprocess
import sys
from itertools import count as count_up
from pathlib import Path

from bench.fed import facts_file
from bench.pair import Pair
from wiring import logs
from wiring.home import open_home
from wiring.importing import import_file
from wiring.settings import LogSettings

MOST_MEGABYTES = 400.0


def most(folder: Path, count: int) -> Pair:
    """The most that one process takes while a file of facts is taken in and all tables are built, against 400 MB.

    Megabytes stand for seconds here, so that the rates are facts a megabyte.
    """
    file, homes = facts_file(folder, count), count_up()

    def ours() -> float:
        home = folder / f"home-{next(homes)}"
        script = f"from bench.memory import megabytes; print(megabytes({str(home)!r}, {str(file)!r}))"
        answer = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
        return float(answer.stdout.split()[-1])

    return Pair(ours, lambda: MOST_MEGABYTES, count)


def megabytes(home: str, file: str) -> float:
    """In a process that does nothing else, and in those that help it."""
    logs.configure(LogSettings(level="warning"))
    with open_home(Path(home), environment={}) as konto:
        import_file(konto, Path(file))
        konto.catch_up(processes=None)
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes / 1024
