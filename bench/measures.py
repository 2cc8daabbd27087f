"""What is measured, and the limit beside it: the least that any program must do for the same facts.

Each measure makes its files in a folder of its own and gives two functions that are timed in turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from time import perf_counter

import msgspec

from bench import alerts, audit, kpis, looks, memory, on_postgres, over_http, pages, recording
from bench.fed import home_of
from bench.pair import Pair
from bench.stores import Database, Files
from domain.rulebook import default
from projections import experiences
from projections.advice import learned
from wiring.home import open_home
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
    "memory": memory.most,
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
