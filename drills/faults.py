"""What goes wrong in the simulation, as its seed decides: the store, the process, the queue and the receiver."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor

from domain.store import StoreTrouble
from wiring.settings import EMAIL
from workers.channels import Envelope, NotDelivered

STATEMENTS = (4, 12, 40)
"""Within so many something goes wrong: early in a deed, in its middle, or late."""


class Died(BaseException):
    """The process is gone: nothing of it runs any more, not even what it does at its end."""


class Machine:
    """Counts the statements of the store and lets one of them fail, or the process die there.

    A dead process says nothing more to its store. Death at a commit comes before it or after it.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.left, self.dies, self.dead = 0, False, False

    def arm(self, *, dies: bool) -> None:
        self.left, self.dies = self.chance.randint(1, self.chance.choice(STATEMENTS)), dies

    def disarm(self) -> None:
        self.left, self.dead = 0, False

    def strike(self) -> None:
        """What happens now, if the time has come."""
        if self.dead:
            raise Died
        if not self.left:
            return
        self.left -= 1
        if self.left == 0:
            if self.dies:
                self.dead = True
                raise Died
            raise StoreTrouble("disk I/O error")

    @contextmanager
    def running(self) -> Iterator[None]:
        executed, many, committed = SQLiteCursor.execute, SQLiteCursor.executemany, SQLiteConnection.commit

        def execute(cursor: Any, *given: Any) -> Any:
            self.strike()
            return executed(cursor, *given)

        def executemany(cursor: Any, *given: Any) -> Any:
            self.strike()
            return many(cursor, *given)

        def commit(connection: Any) -> Any:
            if self.left == 1 and self.dies and self.chance.random() < 0.5:
                committed(connection)  # it is kept, and nobody hears of it
            self.strike()
            return committed(connection)

        for owner, name, with_faults in (
            (SQLiteCursor, "execute", execute),
            (SQLiteCursor, "executemany", executemany),
            (SQLiteConnection, "commit", commit),
        ):
            setattr(owner, name, with_faults)
        try:
            yield
        finally:
            SQLiteCursor.execute, SQLiteCursor.executemany = executed, many  # type: ignore[method-assign]
            SQLiteConnection.commit = committed  # type: ignore[method-assign]


@dataclass
class Post:
    """Whoever receives messages: it takes them, refuses them, is away; its yes gets lost, or we die just after it."""

    chance: random.Random
    machine: Machine
    name: str = EMAIL
    is_sound: bool = False
    taken: Counter[str] = field(default_factory=Counter)
    unheard: Counter[str] = field(default_factory=Counter)
    """What it took while the network was cut off before its yes."""

    def send(self, envelope: Envelope) -> None:
        luck = 1.0 if self.is_sound else self.chance.random()
        if luck < 0.1:
            raise NotDelivered("smtp_451", "later")
        if luck < 0.2:
            raise NotDelivered("timeout", "channel")
        if luck < 0.23:
            raise NotDelivered("smtp_550", "refused")
        message = envelope.message_id.strip("<>").partition("@")[0]
        self.taken[message] += 1
        if luck < 0.26:
            self.unheard[message] += 1
            raise NotDelivered("timeout", "channel")
        if luck < 0.31:
            self.machine.dead = True
            raise Died


class QueueAway(Exception):
    """Nobody answers where the queue should be."""


@dataclass
class Queue:
    """Between whoever rings and whoever sends: it loses what rings, brings it twice, late and in any order, or is away.

    `seconds` is the clock that nobody sets; at each look a little has passed.
    """

    chance: random.Random
    is_sound: bool = False
    passed_s: float = 0.0
    lying: list[tuple[float, str]] = field(default_factory=list)
    """What rang, and from when on it is brought."""
    lost: int = 0
    away: float = 0.0
    losing: float = 0.0

    def __post_init__(self) -> None:
        # Some queues are good for years, some for nothing: rates in the middle alone would seldom show either.
        self.away, self.losing = self.chance.choice((0.0, 0.05, 0.3)), self.chance.choice((0.05, 0.4, 0.9))

    def seconds(self) -> float:
        self.passed_s += self.chance.random()
        return self.passed_s

    def ring(self, message: str, after: timedelta | None = None) -> None:
        if not self.is_sound and self.chance.random() < self.away:
            raise QueueAway
        if not self.is_sound and self.chance.random() < self.losing:
            self.lost += 1
            return
        from_s = self.passed_s + (after or timedelta()).total_seconds()
        self.lying += [(from_s, message)] * (1 if self.is_sound else self.chance.choice((1, 1, 2)))

    def brings(self) -> Iterator[str]:
        """One after the other; what is brought meanwhile waits for the next time."""
        due = [each for each in self.lying if each[0] <= self.passed_s]
        self.chance.shuffle(due)
        for each in due:
            self.lying.remove(each)
            yield each[1]

    def forget(self) -> None:
        self.lost += len(self.lying)
        self.lying.clear()
