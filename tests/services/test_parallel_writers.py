"""Many writers at once: a follower that remembers how far it has read misses nothing, on either store.

The short form runs with every commit; the long one with `pytest -m long tests/services`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from eventsourcing.postgres import PostgresApplicationRecorder

from domain.log import Log
from tests.homes import open_at
from tests.processes import at_once
from tests.projections.test_follow import contents, rebuilt
from tests.services.writers import unsafe_recorder, write_or_follow, write_unsafely
from tests.stores import Schemas

WRITERS = 8
PAGE = 100

sizes = pytest.mark.parametrize(
    ("rounds", "facts"),
    [pytest.param(2, 500, id="short"), pytest.param(20, 2000, id="long", marks=pytest.mark.long)],
)


@sizes
def test_a_follower_misses_nothing_of_what_eight_writers_record_at_once(
    folder: Path, tmp_path: Path, rounds: int, facts: int
):
    home = open_at(folder)
    konto, seen, overtaken = home.konto, [], 0
    for number in range(rounds):
        with following(konto.log, seen) as follower:
            calls = [(str(folder), number, writer, facts) for writer in range(WRITERS)]
            calls.append((str(folder), -1, 0, (number + 1) * WRITERS * facts))
            recorded = at_once(write_or_follow, calls)
            overtaken += follower.rounds
        assert sum(recorded[:WRITERS]) == WRITERS * facts
    everything = [row.position for row in konto.log.rows(0, 10_000_000)]
    assert len(everything) == rounds * WRITERS * facts
    assert seen == everything, f"{len(set(everything) - set(seen))} missed"
    assert overtaken > rounds * 10, "it read while they wrote"
    assert konto.views.position() == konto.log.head()
    assert contents(konto.views) == rebuilt(konto, tmp_path)
    home.close()


class following:
    """Reads page after page behind the last position it saw, as the product's own follower does."""

    def __init__(self, log: Log, seen: list[int]) -> None:
        self.log, self.seen, self.rounds = log, seen, 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while True:
            last = self.stopping.is_set()
            while rows := self.log.rows(self.seen[-1] if self.seen else 0, PAGE):
                self.seen += [row.position for row in rows]
                self.rounds += 1
            if last:
                return
            time.sleep(0.005)  # so that it is the writers who keep the machine busy

    def __enter__(self) -> following:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        self.thread.join(60)
        assert not self.thread.is_alive()


# -- the test itself is tested ------------------------------------------------------------------------

CONTROL_WITHIN_S = 60.0


def test_with_the_unsafe_switch_of_the_library_a_follower_on_postgres_does_miss_facts(
    schemas: Schemas, record_property: Callable[[str, object], None]
):
    """So the one above can fail; the product refuses to start under this switch."""
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS unsafe CASCADE; CREATE SCHEMA unsafe")
    recorder = unsafe_recorder(schemas.url)
    recorder.create_table()
    missed = written = 0
    began = time.monotonic()
    while not missed and time.monotonic() - began < CONTROL_WITHIN_S:
        seen: list[int] = []
        stopping = threading.Event()
        thread = threading.Thread(target=read_unsafely, args=(recorder, written, seen, stopping))
        thread.start()
        try:
            at_once(write_unsafely, [(schemas.url, f"{written}/{writer}", 250) for writer in range(WRITERS)])
        finally:
            stopping.set()
            thread.join(60)
        everything = {each.id for each in recorder.select_notifications(written + 1, 10_000_000)}
        missed += len(everything - set(seen))
        written = max(everything)
    recorder.datastore.close()
    record_property("missed", missed)
    print(f"{missed} missed of {written}")
    assert missed


def read_unsafely(
    recorder: PostgresApplicationRecorder, bookmark: int, seen: list[int], stopping: threading.Event
) -> None:
    while True:
        last = stopping.is_set()
        while rows := recorder.select_notifications(bookmark + 1, PAGE):
            seen += [row.id for row in rows]
            bookmark = seen[-1]
        if last:
            return
