"""How fast facts come into the log, against inserting the finished rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import perf_counter

from bench import facts
from bench.fed import facts_file
from bench.pair import Pair
from bench.stores import Events, Stores, events_of
from domain.vocabulary import parse
from wiring.home import Konto
from wiring.importing import import_file

SINGLY = 50
"""Of so many facts one is recorded singly."""

Opened = Callable[[Path], Stores]


def import_log(opened: Opened, folder: Path, count: int) -> Pair:
    """From a file of facts into the log."""
    file, stores = facts_file(folder, count), opened(folder)
    finished = _finished(stores, file)

    def ours() -> float:
        with stores.home() as konto:
            return imported(konto, file)

    return Pair(ours, lambda: stores.inserted(finished()), count)


def import_all(opened: Opened, folder: Path, count: int) -> Pair:
    """The same until every table is up to date."""
    file, stores = facts_file(folder, count), opened(folder)
    finished = _finished(stores, file)

    def ours() -> float:
        with stores.home() as konto:
            seconds = imported(konto, file)
            started = perf_counter()
            konto.catch_up(processes=None)
            return seconds + perf_counter() - started

    return Pair(ours, lambda: stores.inserted(finished()), count)


def record(opened: Opened, folder: Path, count: int) -> Pair:
    """One fact in a transaction of its own, against the library's insert of one finished row."""
    singly = max(20, count // SINGLY)
    told, file, stores = facts.envelopes(singly), facts_file(folder, singly), opened(folder)
    finished = _finished(stores, file)

    def ours() -> float:
        with stores.home() as konto:
            started = perf_counter()
            for envelope in told:
                konto.record([parse(envelope, now=konto.clock())])
            return perf_counter() - started

    return Pair(ours, lambda: stores.inserted_singly(finished()), singly)


def imported(konto: Konto, file: Path) -> float:
    """The seconds that it took."""
    started = perf_counter()
    summary = import_file(konto, file)
    seconds = perf_counter() - started
    assert summary.recorded == summary.read
    return seconds


def _finished(stores: Stores, file: Path) -> Callable[[], Events]:
    """The events as the log holds them, once they are asked for: they take memory."""

    @cache
    def finished() -> Events:
        with stores.home() as konto:
            imported(konto, file)
            return events_of(konto.log)

    return finished
