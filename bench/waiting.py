"""How long a writer waits while all tables are built anew and take the place of the live ones.

    python -m bench.waiting [--facts 200000] [--folder /somewhere/on/the/disk]

The writer is a process of its own, as another service would be, and does nothing but begin one transaction after the
other.
"""

from __future__ import annotations

import argparse
import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from bench.fed import home_of
from wiring.home import open_home

FACTS = 200_000
PAUSE_S = 0.002


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.waiting")
    asked.add_argument("--facts", type=int, default=FACTS)
    asked.add_argument("--folder", type=Path, help="kept, so that a second run need not take the facts in again")
    told = asked.parse_args()
    with TemporaryDirectory(prefix="konto-") as passing:
        folder: Path = told.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        home_of(folder, told.facts).close()
        took_s, longest_s = waited(folder / "home")
    print(f"rebuild of {told.facts} facts: {took_s:.1f} s; the longest wait of a writer: {longest_s:.3f} s")


def waited(home: Path) -> tuple[float, float]:
    """Seconds of the rebuild, and the longest that the writer waited meanwhile."""
    context = multiprocessing.get_context("spawn")
    begun, ended, answer = context.Event(), context.Event(), context.Queue()
    writer = context.Process(target=_write, args=(home, begun, ended, answer), daemon=True)
    writer.start()
    begun.wait()
    with open_home(home, environment={}) as konto:
        started = perf_counter()
        konto.rebuild(processes=None)
        took_s = perf_counter() - started
    ended.set()
    longest_s: float = answer.get()
    writer.join()
    return took_s, longest_s


def _write(home: Path, begun: Event, ended: Event, answer: Any) -> None:
    longest_s = 0.0
    with open_home(home, environment={}) as konto:
        while not ended.is_set():
            started = perf_counter()
            with konto.views.store.writing(keep=False):
                longest_s = max(longest_s, perf_counter() - started)
            begun.set()
            sleep(PAUSE_S)
    answer.put(longest_s)


if __name__ == "__main__":
    main()
