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

from bench import alerts, audit, kpis, looks, over_http, pages, recording
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
    konto = open_home(home, environment={})
    recording.imported(konto, recording.facts_file(folder, count))
    konto.catch_up()

    def ours() -> float:
        started = perf_counter()
        assert konto.rebuild() == count
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        with closing(sqlite3.connect(home / "events.db")) as connection:
            decode = msgspec.json.Decoder().decode
            read = [(row[0], row[1], row[2], decode(row[3])) for row in connection.execute(EVERYTHING)]
        assert len(read) == count
        return perf_counter() - started

    return Pair(ours, limit, count)


def what_if(folder: Path, count: int) -> Pair:
    """Every account under two rulebooks, against a rebuild of all tables."""
    pair = rebuild(folder, count)
    konto = open_home(folder / "home", environment={})
    twice = default().model_copy(update={"promise": default().promise.model_copy(update={"broken": -1600})})

    def ours() -> float:
        started = perf_counter()
        found = tried(konto, twice, konto.clock())
        assert found.differences
        return perf_counter() - started

    return Pair(ours, pair.ours, count)


def advise(folder: Path, count: int) -> Pair:
    """What the adviser learns from every promise, against reading the promises alone."""
    home = folder / "home"
    konto = open_home(home, environment={})
    recording.imported(konto, recording.facts_file(folder, count))
    konto.catch_up()
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
    "rebuild:sqlite": rebuild,
    "record:sqlite": partial(recording.record, Files),
    "record:postgresql": partial(recording.record, Database),
    "http:sqlite": over_http.singly,
    "http_by_two:sqlite": over_http.by_two,
    "http_lists:sqlite": over_http.in_lists,
    "what_if:sqlite": what_if,
    "advise:sqlite": advise,
    "alerts:redis": alerts.delivery,
    "alert_latency:sqlite": alerts.latency,
    "vault_and_tree:sqlite": audit.vault_and_tree,
    "verify:sqlite": audit.verify,
    "noting:sqlite": looks.noting,
    "kpi:sqlite": kpis.of_promises,
    "kpi_all:sqlite": kpis.of_everything,
    "pages:sqlite": pages.every,
    "rerun:sqlite": pages.reruns,
}


# -- how ----------------------------------------------------------------------------------------------

EVERYTHING = "SELECT rowid, originator_id, topic, state FROM stored_events ORDER BY rowid"
