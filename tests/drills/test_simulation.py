"""One seed is one run; 200 of them hold every promise, and whatever is broken on purpose is found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.alert import AlertDelivered
from domain.store import Cursor
from drills import simulation
from drills.firm import ROOT
from drills.simulation import Broken, World
from projections import statements, timeline
from projections.page import Page
from wiring import ringing
from wiring.home import Konto
from wiring.worker import look
from workers.delivery import Sender
from workers.watches import WATCHES

PORTION = 25


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulation.template(tmp_path_factory.mktemp("simulation"))


@pytest.mark.parametrize("start", range(0, 200, PORTION))
def test_whatever_goes_wrong_everything_promised_holds_after_every_step(template: Path, tmp_path: Path, start: int):
    worlds = [simulation.run(seed, template, tmp_path) for seed in range(start, start + PORTION)]
    # Something did go wrong, and something was done all the same.
    assert sum(world.deaths for world in worlds) > PORTION
    assert sum(world.failures for world in worlds) > PORTION // 2
    assert sum(world.post.taken.total() for world in worlds) > PORTION
    assert sum(world.queue.lost for world in worlds) > 0
    assert sum(len(world.kept) for world in worlds) > 5 * PORTION


def test_the_same_seed_is_the_same_run_also_in_another_process_that_orders_its_sets_otherwise():
    def digests(hashed_by: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "drills.simulation", "3", "4", "22"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hashed_by},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    first, second = digests("1"), digests("2")
    assert first == second
    assert len(set(first)) == 3


def found(template: Path, folder: Path, promise: str, seeds: Sequence[int] = range(40)) -> bool:
    """Whether some seed says that this was not kept."""
    return any(promise in said and f"seed {seed}," in said for seed in seeds for said in broken(seed, template, folder))


def broken(seed: int, template: Path, folder: Path) -> list[str]:
    try:
        simulation.run(seed, template, folder)
    except Broken as error:
        return [str(error)]
    return []


def test_a_fact_that_is_acknowledged_and_not_stored_is_found(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    record = Konto.record

    def forgetful(konto: Konto, facts: Sequence[Any], **more: Any) -> Any:
        receipts = record(konto, facts[:-1], **more) if len(facts) > 2 else record(konto, facts, **more)
        if len(facts) > 2:
            receipts.append(type(receipts[0])(facts[-1], "recorded"))
        return receipts

    monkeypatch.setattr(Konto, "record", forgetful)
    assert found(template, tmp_path, "whatever was acknowledged is there")


def test_an_event_that_was_changed_is_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def meddles(world: World) -> None:
        with world.konto.log.store.writing() as cursor:
            cursor.execute("UPDATE stored_events SET topic = topic || '' , state = state || ' ' WHERE rowid = 2")

    monkeypatch.setattr(simulation, "DEEDS", {**simulation.DEEDS, meddles: 4})
    assert found(template, tmp_path, "what stood in the log stands there as it did")


def test_tables_that_miss_something_are_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sound = timeline.apply

    def now_and_then(cursor: Cursor, page: Page) -> None:
        if page.first or page.upto % 3:
            sound(cursor, page)

    monkeypatch.setattr(timeline, "apply", now_and_then)
    assert found(template, tmp_path, "the tables are those of a rebuild")


def test_a_line_that_is_wrong_in_every_table_is_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read = statements.lines_of

    def one_too_few(*given: Any, **more: Any) -> Any:
        return read(*given, **more)[:-1]

    monkeypatch.setattr(simulation.statements, "lines_of", one_too_few)
    assert found(template, tmp_path, "add up")


def test_a_sender_that_forgets_to_note_is_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    note = Sender._note

    def forgets(sender: Sender, notes: Sequence[Any]) -> None:
        note(sender, [each for each in notes if not isinstance(each[1], AlertDelivered)])

    monkeypatch.setattr(Sender, "_note", forgets)
    monkeypatch.setattr(simulation, "SETTLES_WITHIN", 3)
    assert found(template, tmp_path, "nothing is sent twice")


def test_a_bell_that_is_never_rung_again_is_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ringing, "AGAIN_AFTER_S", 1e12)
    assert found(template, tmp_path, "what may leave leaves as soon as the queue is back")


def test_a_check_that_overlooks_a_due_is_found(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    others = [watch for watch in WATCHES if "overdue" not in watch.rules]

    def overlooks(konto: Konto) -> None:
        konto.catch_up()
        look(konto, konto.clock(), others)

    monkeypatch.setattr(simulation, "run_tick", overlooks)
    assert found(template, tmp_path, "whoever promised something was told that its due has passed")
