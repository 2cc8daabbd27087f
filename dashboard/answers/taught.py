"""The adviser, taught once for as long as nothing new is in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from domain.advice import Adviser
from projections.advice import learned
from wiring.home import Konto

FRESH_FOR = timedelta(minutes=10)
"""Time alone teaches too: what was open becomes overdue, and that it was not kept is known then."""


class _Lesson(NamedTuple):
    position: int
    at: datetime
    adviser: Adviser


class Taught:
    """For all visitors together: teaching takes a second or more where there are many promises."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self._lock = Lock()
        self._lesson: _Lesson | None = None

    @contextmanager
    def adviser(self, at: datetime) -> Iterator[Adviser]:
        """Only one visitor asks at a time, since an adviser remembers what it was asked last."""
        with self._lock:
            position = self.konto.views.position()
            lesson = self._lesson
            if lesson is None or lesson.position != position or not lesson.at <= at < lesson.at + FRESH_FOR:
                lesson = self._lesson = _Lesson(position, at, learned(self.konto.library, at))
            yield lesson.adviser
