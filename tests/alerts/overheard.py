"""What reaches our logs while something happens, with every logger at its most talkative."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def overheard() -> Iterator[io.StringIO]:
    """With a handler of its own: the test runner's also hears loggers that pass nothing on."""
    text = io.StringIO()
    handler, root = logging.StreamHandler(text), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
