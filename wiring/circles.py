"""How often Python looks for circles among objects: where there are none it takes a tenth of the time of long work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

WHILE_FOLDING, WHILE_RECORDING = 200_000, 50_000
"""So many new objects come between two looks, instead of 700. Neither facts nor what is folded of them hold circles."""


@contextmanager
def seldom_looked_for(objects: int) -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(objects, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
