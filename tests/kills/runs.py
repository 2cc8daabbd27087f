"""Processes that are started, killed in mid-run with kill -9, and started again; each ended by whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def running(command: Sequence[str], home: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python module with its arguments, as a process of its own; killed at the end if it still runs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (home / "words.log").open("a", encoding="utf-8") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=words, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
