"""What took long to find, kept for whoever asks next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any, NamedTuple

from wiring.home import Konto

log = logging.getLogger(__name__)

COSTLY = timedelta(milliseconds=500)
MOST = 12
"""Rulebooks are long, and a firm of many customers has many differences."""


class Found(NamedTuple):
    """An answer, and the position of the log and the moment of which it is true."""

    position: int
    at: datetime
    answer: Any
    costly: bool = False
    """It took long to find."""
    renewing: bool = False
    """It is old, and being found anew."""


class Kept:
    """The last answers to costly questions. Several readers may ask at once: what is shared is one dictionary."""

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._erased = 0
        """What the log said of erased people when these were found: older answers may name them."""
        self._renewing: set[str] = set()
        self._lock = Lock()

    def last(self, question: str, konto: Konto) -> Found | None:
        """Nothing that was found before somebody was erased."""
        erased = konto.log.erased()
        with self._lock:
            if erased != self._erased:
                self._found, self._erased = {}, erased
            return self._found.get(question)

    def fresh(self, question: str, konto: Konto, find: Callable[[datetime], Any]) -> Found:
        """The last answer while the log has not grown, else a new one."""
        position = konto.log.head()
        known = self.last(question, konto)
        if known is not None and known.position == position:
            return known
        return self._keep(question, position, konto, konto.clock(), find)

    def lately(self, question: str, konto: Konto, lasting: timedelta, find: Callable[[datetime], Any]) -> Found:
        """The last answer while it is young, whatever has been recorded since, else a new one."""
        known, now = self.last(question, konto), konto.clock()
        if known is not None and known.at <= now < known.at + lasting:
            return known
        return self._keep(question, konto.log.head(), konto, now, find)

    def recent(self, question: str, konto: Konto, lasting: timedelta, find: Callable[[datetime], Any]) -> Found:
        """The last answer while it is young and the log has not grown; one that was costly stands while it is young.

        When a costly one is no longer young, it is given all the same, and found anew in the background: nobody
        waits for it twice.
        """
        known, now, position = self.last(question, konto), konto.clock(), konto.log.head()
        if known is not None and known.at <= now:
            if known.position == position and now < known.at + lasting:
                return known
            if known.costly:
                old = now >= known.at + lasting
                return known._replace(renewing=old and self._renew(question, position, konto, now, find))
        return self._keep(question, position, konto, now, find, timed=True)

    def _renew(
        self,
        question: str,
        position: int,
        konto: Konto,
        now: datetime,
        find: Callable[[datetime], Any],
    ) -> bool:
        """In a thread of its own, unless one is at it already."""
        with self._lock:
            if question in self._renewing:
                return True
            self._renewing.add(question)

        def renewed() -> None:
            try:
                self._keep(question, position, konto, now, find, timed=True)
            except Exception:
                # Whoever asks next waits for the answer, and is told what is wrong.
                log.exception("an answer could not be found anew")
                self._found.pop(question, None)
            finally:
                with self._lock:
                    self._renewing.discard(question)

        Thread(target=renewed, name="renewing", daemon=True).start()
        return True

    def _keep(
        self,
        question: str,
        position: int,
        konto: Konto,
        now: datetime,
        find: Callable[[datetime], Any],
        *,
        timed: bool = False,
    ) -> Found:
        erased = konto.log.erased()
        answer = find(now)
        found = Found(position, now, answer, costly=timed and konto.clock() - now > COSTLY)
        with self._lock:
            if erased == self._erased:  # else somebody was erased while it was being found
                self._found.pop(question, None)
                self._found[question] = found
                for oldest in list(self._found)[:-MOST]:
                    self._found.pop(oldest, None)
        return found
