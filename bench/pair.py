"""What is timed, and the limit beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Timed = Callable[[], float]
"""Does the work once and gives the seconds that count."""


class Pair(NamedTuple):
    """`facts` are what each of the two handles at a time."""

    ours: Timed
    limit: Timed
    facts: int
