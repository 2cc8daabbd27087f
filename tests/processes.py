"""Processes of their own for tests: all begin at the same moment, and each tells what came out."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from typing import Any

PATIENCE_SECONDS = 120.0
PRELOADED = ["wiring.importing", "wiring.worker", "domain.store.postgres_tables", "tests.homes"]
"""Imported once, in the process that the others are forked from; it has neither threads nor open files of ours."""


def at_once(work: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What `work` gives for each of these arguments, each in a process of its own. It must be importable."""
    forking = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if forking else "spawn")
    if forking:
        context.set_forkserver_preload(PRELOADED)
    ready, answers = context.Barrier(len(calls)), context.Queue()
    processes = [
        context.Process(target=_tell, args=(ready, answers, number, work, call)) for number, call in enumerate(calls)
    ]
    for process in processes:
        process.start()
    try:
        told = dict(answers.get(timeout=PATIENCE_SECONDS) for _ in processes)
    finally:
        for process in processes:
            process.join(PATIENCE_SECONDS)
            process.kill()
    failed = [answer for answer in told.values() if isinstance(answer, Failed)]
    assert not failed, failed[0]
    return [told[number] for number in range(len(calls))]


class Failed(str):
    """The traceback of a process that came to nothing."""


def _tell(ready: Any, answers: Any, number: int, work: Callable[..., Any], call: tuple[Any, ...]) -> None:
    ready.wait(PATIENCE_SECONDS)
    try:
        answer = work(*call)
    except BaseException:
        answer = Failed(traceback.format_exc())
    answers.put((number, answer))
