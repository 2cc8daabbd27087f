"""The adviser, taught once: what happens afterwards it is told beside, and not everything anew.

Teaching everything takes a minute where there are hundreds of thousands of promises. So one who was taught up to two
weeks ago is kept in a file beside the tables: whoever starts anew, or hears of something that happened lately, goes on
from there. The file holds internal ids and numbers, and can be removed at any time.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from domain.advice import Adviser, Event, events, remembering
from domain.rulebook import AdviceRules
from projections import experiences
from projections.filters import Library

log = logging.getLogger(__name__)

HELD = 2
"""So many advisers are held, each taught up to a moment of its own: one of now, one of a week ago."""
LONG = 20_000
"""Whoever had to be told so much is kept for others."""
SETTLED = timedelta(days=14)
"""Of what happened longer ago little is still recorded."""
BEGINNING = datetime.min.replace(tzinfo=UTC)
FORM = 1
"""Goes up when an adviser remembers anything else."""


@dataclass(eq=False)
class _Lesson:
    """An adviser who was told everything up to a moment, as the tables said at a position of the log."""

    adviser: Adviser
    position: int
    upto: datetime

    def is_over_by(self, at: datetime) -> bool:
        """Whether everything that was told had happened by a moment."""
        return self.adviser.heard_at is None or self.adviser.heard_at <= at

    def tell(self, news: Iterable[Event], upto: datetime) -> None:
        for event in news:
            self.adviser.hear(event)
        self.upto = upto

    def copy(self) -> _Lesson:
        return _Lesson(self.adviser.copy(), self.position, self.upto)


class Taught:
    """For all who ask together. `file`: where one is kept for whoever starts anew; None = nowhere."""

    def __init__(self, library: Library, file: Path | None = None) -> None:
        self.library, self.file = library, file
        self._lock = Lock()
        self._lessons: list[_Lesson] = []
        """The one used last comes last."""

    @contextmanager
    def adviser(self, at: datetime) -> Iterator[Adviser]:
        """One who knows what had happened by a moment, no matter when that was recorded.

        Only one asks at a time, since an adviser remembers what it was asked last.
        """
        with self._lock:
            yield self._hold(self._lesson(at)).adviser

    def prepare(self, at: datetime) -> None:
        """To be asked before a later moment is asked about and then this one: so both take one walk."""
        with self._lock:
            self._hold(self._lesson(at))

    def _hold(self, lesson: _Lesson) -> _Lesson:
        self._lessons = [*(each for each in self._lessons if each is not lesson), lesson][-HELD:]
        return lesson

    def _lesson(self, at: datetime) -> _Lesson:
        views, rules = self.library.views, self.library.steering(None).rulebooks.at(at).advice
        position = views.position()
        self._lessons = [each for each in self._lessons if self._still_holds(each)]
        lesson = self._nearest(at, rules) or self._kept(at, rules)
        if lesson is None:
            return self._told(_Lesson(Adviser(rules), position, at), events(experiences.every(views, at), at), at)
        if lesson.position == position and at <= lesson.upto:
            return lesson
        # Not from where it was told last: what happened before that may have been recorded since.
        lesson.position, since = position, lesson.adviser.heard_at or BEGINNING
        news = events(experiences.between(views, since, at), at, since)
        if news and lesson in self._lessons and len(self._lessons) < HELD:
            lesson = lesson.copy()  # while there is room the earlier one stays as it is
        return self._told(lesson, news, at)

    def _still_holds(self, lesson: _Lesson) -> bool:
        return experiences.unchanged(self.library.views, lesson.position, lesson.adviser.heard_at)

    def _nearest(self, at: datetime, rules: AdviceRules) -> _Lesson | None:
        """The one who was told the most of what had happened by then."""
        able = [each for each in self._lessons if each.is_over_by(at) and each.adviser.rules == rules]
        return max(able, key=lambda each: min(each.upto, at), default=None)

    def _told(self, lesson: _Lesson, news: list[Event], at: datetime) -> _Lesson:
        """Much is told in two parts, and who knows the first is kept."""
        settled = at - SETTLED
        if len(news) > LONG and news[0].at <= settled:
            lesson.tell((event for event in news if event.at <= settled), settled)
            self._keep(lesson)
            news = [event for event in news if event.at > settled]
        lesson.tell(news, at)
        return lesson

    # -- kept for whoever starts anew -----------------------------------------------------------------

    def _keep(self, lesson: _Lesson) -> None:
        if self.file is None:
            return
        kept = {
            "form": FORM,
            "rules": lesson.adviser.rules.model_dump(mode="json"),
            "position": lesson.position,
            "upto": lesson.upto.isoformat(),
            "memory": lesson.adviser.memory(),
        }
        beside = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        try:
            beside.touch(mode=0o600)
            beside.write_bytes(gzip.compress(json.dumps(kept).encode(), compresslevel=1))
            beside.replace(self.file)
        except OSError as error:
            # It saves time and nothing else.
            log.warning("what the adviser learned could not be kept: %s", error.strerror)

    def _kept(self, at: datetime, rules: AdviceRules) -> _Lesson | None:
        """The one in the file, if it knows nothing that was not so."""
        kept = self._read()
        if kept.get("form") != FORM or kept["rules"] != rules.model_dump(mode="json"):
            return None
        adviser = remembering(rules, kept["memory"])
        lesson = _Lesson(adviser, kept["position"], datetime.fromisoformat(kept["upto"]))
        return lesson if lesson.is_over_by(at) and self._still_holds(lesson) else None

    def _read(self) -> dict[str, Any]:
        if self.file is None or not self.file.exists():
            return {}
        try:
            return dict(json.loads(gzip.decompress(self.file.read_bytes())))
        except (OSError, EOFError, ValueError) as error:
            log.warning("what the adviser learned could not be read, so it learns anew: %s", type(error).__name__)
            return {}
