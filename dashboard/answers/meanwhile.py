"""A question asked while others are asked: the database looks for several answers at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")

AT_A_TIME = 4
_others = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="meanwhile")


def meanwhile(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begins to ask, and gives what waits for the answer, or raises what it raised.

    What is asked must not itself ask meanwhile: all who answer could be waiting for each other then. It pays where
    the database adds up or looks for long; whoever fetches many rows waits for the others at each of them.
    """
    return _others.submit(ask).result
