"""Many writers at once: a follower that remembers how far it has read misses nothing, on either store.

The short form runs with every commit; the long one with `pytest -m long tests/services`.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest
from eventsourcing.postgres import PostgresApplicationRecorder

from domain.log import Log
from tests.homes import open_at
from tests.processes import at_once
from tests.projections.test_follow import contents, rebuilt
from tests.services.writers import control_recorder, write_control, write_or_follow
from tests.stores import Schemas

WRITERS = 8
PAGE = 100

sizes = pytest.mark.parametrize(
    ("rounds", "facts"),
    [pytest.param(2, 160, id="short"), pytest.param(20, 2000, id="long", marks=pytest.mark.long)],
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

SLOW_DISK = """
    CREATE FUNCTION control.slow_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(random() * 0.01); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow_disk AFTER INSERT ON control.stored_events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION control.slow_disk();
"""
"""Some commits take longer than others, as on a busy disk."""


@pytest.mark.parametrize("unsafe", [False, True], ids=["as shipped", "unsafe switch"])
def test_on_postgres_a_follower_misses_facts_under_the_unsafe_switch_of_the_library_and_only_there(
    schemas: Schemas, unsafe: bool
):
    """So the one above can fail; the product refuses to start under this switch."""
    with psycopg.connect(schemas.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS control CASCADE; CREATE SCHEMA control")
        recorder = control_recorder(schemas.url, unsafe=unsafe)
        recorder.create_table()
        connection.execute(SLOW_DISK)
    seen: list[int] = []
    stopping = threading.Event()
    thread = threading.Thread(target=read_on, args=(recorder, seen, stopping))
    thread.start()
    try:
        at_once(write_control, [(schemas.url, unsafe, str(writer), 60) for writer in range(WRITERS)])
    finally:
        stopping.set()
        thread.join(60)
    everything = {each.id for each in recorder.select_notifications(1, 10_000_000)}
    recorder.datastore.close()
    assert len(everything) == WRITERS * 60
    missed = everything - set(seen)
    print(f"{len(missed)} missed of {len(everything)}")
    assert bool(missed) is unsafe


def read_on(recorder: PostgresApplicationRecorder, seen: list[int], stopping: threading.Event) -> None:
    while True:
        last = stopping.is_set()
        while rows := recorder.select_notifications(seen[-1] + 1 if seen else 1, PAGE):
            seen += [row.id for row in rows]
        if last:
            return
