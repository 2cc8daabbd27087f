"""Whether a figure means anything, tested on the past."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from dashboard.shapes.figures import Share

Figure = Literal["adviser", "account"]


class SaidAndCame(NamedTuple):
    """Cases of which about the same was said: how probable it was called, and how often it came."""

    said: float
    came: Share


class Judged(NamedTuple):
    """How good forecasts were, in sentences, one of which is the `verdict`: None without a guess to compare with."""

    title: str
    classes: tuple[SaidAndCame, ...]
    guess: SaidAndCame | None
    """Whoever knows only how often it came before, and always says that."""
    verdict: str | None
    sentences: tuple[str, ...]


class TooFew(NamedTuple):
    """Of these cases there are too few for a statement."""

    title: str
    sentence: str


class FigureTest(NamedTuple):
    """A figure tested on the past, group by group; `at` is when it was tested."""

    at: datetime
    newer: bool
    """Whether something has been recorded since."""
    begins: str | None
    groups: tuple[Judged | TooFew, ...]
    left_out: str | None = None
