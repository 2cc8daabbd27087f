"""The adviser, taught once: what happens afterwards it is told beside, and not everything anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from domain.advice import KNOWN, KNOWN_AT_ONCE, Adviser, Event, events
from domain.rulebook import AdviceRules
from projections import experiences
from projections.filters import Library

KEPT = 2
"""So many advisers are kept, each taught up to a moment of its own: one of now, one of a week ago."""


@dataclass(eq=False)
class _Lesson:
    """An adviser who was told everything up to a moment, as the log said then."""

    adviser: Adviser
    position: int
    upto: datetime
    told: int = 0
    """Stands for all that was told, in its order."""

    def tell(self, news: Iterable[Event]) -> None:
        for event in news:
            self.adviser.hear(event)
            self.told = _chained(self.told, event)

    def is_over_by(self, at: datetime) -> bool:
        """Whether everything that was told had happened by a moment."""
        return self.adviser.heard_at is None or self.adviser.heard_at <= at


class Taught:
    """For all who ask together: teaching everything takes a second or more where there are many promises."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._lock = Lock()
        self._lessons: list[_Lesson] = []
        """The one used last comes last."""

    @contextmanager
    def adviser(self, at: datetime) -> Iterator[Adviser]:
        """One who knows what had happened by a moment, no matter when that was recorded.

        Only one asks at a time, since an adviser remembers what it was asked last.
        """
        with self._lock:
            yield self._keep(self._lesson(at)).adviser

    def prepare(self, at: datetime) -> None:
        """To be asked before a later moment is asked about and then this one: so both take one walk."""
        with self._lock:
            self._keep(self._lesson(at))

    def _keep(self, lesson: _Lesson) -> _Lesson:
        self._lessons = [*(each for each in self._lessons if each is not lesson), lesson][-KEPT:]
        return lesson

    def _lesson(self, at: datetime) -> _Lesson:
        views, rules = self.library.views, self.library.steering(None).rulebooks.at(at).advice
        position, lesson = views.position(), self._nearest(at, rules)
        if lesson is not None and lesson.position == position:
            if at <= lesson.upto:
                return lesson
            news = events(experiences.between(views, lesson.upto, at), at, lesson.upto)
            return self._told(lesson, news, at)
        everything = events(experiences.every(views, at), at)
        if lesson is not None:
            told = [event for event in everything if event.at <= lesson.upto]
            lesson.position = position
            if _chain(told) == lesson.told:
                return self._told(lesson, everything[len(told) :], at)
            self._lessons.remove(lesson)
        return self._told(_Lesson(Adviser(rules), position, at), everything, at)

    def _nearest(self, at: datetime, rules: AdviceRules) -> _Lesson | None:
        """The one who was told the most of what had happened by then."""
        able = [each for each in self._lessons if each.is_over_by(at) and each.adviser.rules == rules]
        return max(able, key=lambda each: min(each.upto, at), default=None)

    def _told(self, lesson: _Lesson, news: list[Event], at: datetime) -> _Lesson:
        """While there is room the earlier one stays as it is."""
        if news and lesson in self._lessons and len(self._lessons) < KEPT:
            lesson = deepcopy(lesson)
        lesson.tell(news)
        lesson.upto = at
        return lesson


def _chain(told: Iterable[Event]) -> int:
    value = 0
    for event in told:
        value = _chained(value, event)
    return value


def _chained(before: int, event: Event) -> int:
    """What of an event teaches something; what a promise became later is no part of its making."""
    kept = event.experience.kept if event.what in (KNOWN, KNOWN_AT_ONCE) else None
    return hash((before, *event[:3], event.experience.proposal, kept))
