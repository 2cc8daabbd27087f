"""What is measured, and the limit beside it: the least that any program must do for the same facts.

Each measure makes its files in a folder of its own and gives two functions that are timed in turn.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from itertools import count as count_up
from pathlib import Path
from time import perf_counter

import msgspec

from bench import alerts, audit, kpis, looks, on_postgres, over_http, pages, recording
from bench.fed import facts_file, home_of
from bench.pair import Pair
from bench.stores import Database, Files
from domain.rulebook import default
from projections import experiences
from projections.advice import learned
from wiring import logs
from wiring.home import open_home
from wiring.importing import import_file
from wiring.settings import LogSettings
from wiring.trying import what_if as tried


def rebuild(folder: Path, count: int) -> Pair:
    """All tables from the log, against reading and decoding every event."""
    home = folder / "home"
    konto = home_of(folder, count)

    def ours() -> float:
        started = perf_counter()
        assert konto.rebuild(processes=None) == count
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        with closing(sqlite3.connect(home / "events.db")) as connection:
            decode = msgspec.json.Decoder().decode
            read = [(row[0], row[1], row[2], decode(row[3])) for row in connection.execute(EVERYTHING)]
        assert len(read) == count
        return perf_counter() - started

    return Pair(ours, limit, count)


def rebuild_by_two(folder: Path, count: int) -> Pair:
    """All tables built anew from the log by two processes, against one process alone."""
    konto = home_of(folder, count)

    def built(processes: int) -> float:
        started = perf_counter()
        assert konto.rebuild(processes=processes) == count
        return perf_counter() - started

    return Pair(lambda: built(2), lambda: built(1), count)


def memory(folder: Path, count: int) -> Pair:
    """The most that one process takes while a file of facts is taken in and all tables are built, against 400 MB.

    Megabytes stand for seconds here, so that the rates are facts a megabyte.
    """
    file, homes = facts_file(folder, count), count_up()

    def ours() -> float:
        home = folder / f"home-{next(homes)}"
        script = f"from bench.measures import megabytes; print(megabytes({str(home)!r}, {str(file)!r}))"
        answer = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
        return float(answer.stdout.split()[-1])

    return Pair(ours, lambda: MOST_MEGABYTES, count)


def megabytes(home: str, file: str) -> float:
    """In a process that does nothing else, and in those that help it."""
    logs.configure(LogSettings(level="warning"))
    with open_home(Path(home), environment={}) as konto:
        import_file(konto, Path(file))
        konto.catch_up(processes=None)
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most / 1024


MOST_MEGABYTES = 400.0


def what_if(folder: Path, count: int) -> Pair:
    """Every account under two rulebooks, against a rebuild of all tables; both by as many processes as help."""
    pair = rebuild(folder, count)
    konto = open_home(folder / "home", environment={})
    twice = default().model_copy(update={"promise": default().promise.model_copy(update={"broken": -1600})})

    def ours() -> float:
        started = perf_counter()
        found = tried(konto, twice, konto.clock(), processes=None)
        assert found.differences
        return perf_counter() - started

    return Pair(ours, pair.ours, count)


def advise(folder: Path, count: int) -> Pair:
    """What the adviser learns from every promise, against reading the promises alone."""
    konto = home_of(folder, count)
    now = konto.clock()

    def ours() -> float:
        started = perf_counter()
        assert learned(konto.library, now).known
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        assert experiences.every(konto.views, now)
        return perf_counter() - started

    return Pair(ours, limit, len(experiences.every(konto.views, now)))


MEASURES: Mapping[str, Callable[[Path, int], Pair]] = {
    "import_log:sqlite": partial(recording.import_log, Files),
    "import_log:postgresql": partial(recording.import_log, Database),
    "import_all:sqlite": partial(recording.import_all, Files),
    "import_all:postgresql": partial(recording.import_all, Database),
    "rebuild:sqlite": rebuild,
    "rebuild:postgresql": on_postgres.rebuild,
    "rebuild_vs_library:postgresql": on_postgres.rebuild_vs_library,
    "rebuild_by_two:sqlite": rebuild_by_two,
    "scale_out": on_postgres.scale_out,
    "memory": memory,
    "record:sqlite": partial(recording.record, Files),
    "record:postgresql": partial(recording.record, Database),
    "http:sqlite": partial(over_http.singly, Files),
    "http:postgresql": partial(over_http.singly, Database),
    "http_by_two:sqlite": partial(over_http.singly, Files, processes=2),
    "http_by_two:postgresql": partial(over_http.singly, Database, processes=2),
    "http_lists:sqlite": over_http.in_lists,
    "what_if:sqlite": what_if,
    "advise:sqlite": advise,
    "alerts": alerts.delivery,
    "alert_latency:sqlite": alerts.latency,
    "vault_and_tree:sqlite": audit.vault_and_tree,
    "verify:sqlite": audit.verify,
    "noting:sqlite": looks.noting,
    "kpi:sqlite": kpis.of_promises,
    "kpi_all:sqlite": kpis.of_everything,
    "pages:sqlite": pages.every,
    "rerun:sqlite": pages.reruns,
}

AIMED_AT = (
    "import_log:sqlite", "import_log:postgresql", "import_all:sqlite", "import_all:postgresql", "rebuild:sqlite",
    "rebuild_vs_library:postgresql", "scale_out", "memory", "record:sqlite", "record:postgresql", "http:sqlite",
    "http:postgresql", "what_if:sqlite", "alerts", "kpi:sqlite", "pages:sqlite",
)  # fmt: skip
"""Those for which docs/reference/speed.md has an aim; the others explain them."""

FEWER = {"scale_out": 3}
"""Measured quickly with so many times fewer facts: followed page by page they take minutes."""


# -- how ----------------------------------------------------------------------------------------------

EVERYTHING = "SELECT rowid, originator_id, topic, state FROM stored_events ORDER BY rowid"
