"""`python -m wiring.attached MODULE …` runs a module for as long as whoever started it lives.

They hold the other end of our standard input, which the operating system closes however they end. Without this the
services of a `konto serve` that was killed would go on alone, and keep its ports from the next one.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from threading import Thread


def main() -> None:
    Thread(target=_end_with_whoever_started_us, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_whoever_started_us() -> None:
    while os.read(sys.__stdin__.fileno(), 1):  # type: ignore[union-attr]
        pass  # nothing is ever said
    # To the process, not to this thread: its first one waits, and has to hear of it.
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
