"""From the outbox to the doorbell and back: what may leave is released and rung for, what rings is sent.

The outbox is the truth. Of the bell nothing is expected: it may lose what rings, bring it twice, late or in any order,
or be away. What was not heard is rung for again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog

from projections import outbox
from wiring.home import Konto
from workers.delivery import Sender
from workers.dispatch import Dispatch

log = structlog.get_logger("konto")

AGAIN_AFTER_S = 10.0
"""What rang and was not taken from the outbox since then is rung for once more: the queue may have been emptied."""
AT_ONCE = 1_000
TOGETHER = 20
"""So many messages are taken at one ring, if they wait."""
TURN_S = 2.0
"""After so long whoever sends lets others go first who have become more urgent meanwhile."""


class Bell(Protocol):
    """Brings the id of a message to whoever answers, perhaps after a while."""

    def __call__(self, message: str, after: timedelta | None = None) -> None: ...


class Ringing:
    def __init__(
        self,
        konto: Konto,
        dispatch: Dispatch,
        sender: Sender,
        bell: Bell,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds`: the machine's running clock, which nobody sets."""
        self.konto, self.dispatch, self.sender, self.bell, self.seconds = konto, dispatch, sender, bell, seconds
        self.rung: dict[str, float] = {}
        """Messages that lie in the queue, and since when on the running clock."""
        self.releasing = threading.RLock()
        """One loop at a time decides what may leave. Whoever raises has it until everything is there: a last message
        that was bundled in the middle would hold a part, and the rest would wait for an hour."""

    def ring(self, *, bundling: bool = True) -> None:
        """Releases what may leave and rings for it; a lease keeps two from sending the same."""
        now = self.konto.clock()
        with self.releasing:
            self.dispatch.release(now, bundling=bundling)
            ready = outbox.ready(self.konto.views, now, AT_ONCE)
            known, now_s = set(ready), self.seconds()
            self.rung = {message: rung for message, rung in self.rung.items() if message in known}
            unheard = [each for each in ready if now_s >= self.rung.get(each, -AGAIN_AFTER_S) + AGAIN_AFTER_S]
            # Whoever answers takes some of those that follow with it.
            for first in unheard[::TOGETHER]:
                self.bell(first)
            self.rung |= dict.fromkeys(unheard, now_s)

    def answer(self, message: str) -> None:
        """Sends it and the next ones that wait, unless somebody else has them."""
        log.debug("rang", message=message)
        views, until_s = self.konto.views, self.seconds() + TURN_S
        others = [each for each in outbox.ready(views, self.konto.clock(), TOGETHER) if each != message]
        self.sender.deliver_several([message, *others[: TOGETHER - 1]], lambda: self.seconds() > until_s)
        if outbox.ready(views, self.konto.clock(), 1):
            self.bell(message)
        held = outbox.held(views, message, self.konto.clock())
        if held is not None:
            # Somebody else has it: they send it, or died with it, and then it is ours as soon as their lease ends.
            self.bell(message, held)
