"""A firm's facts for measuring: made up, in order of time, the same for the same seed and number."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush, merge
from itertools import count as count_from
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

SOURCE = "crm"
OWNERS = tuple(f"owner-{number}" for number in range(40))
KINDS = ("appointment", "delivery", "callback", "quality", "other")
WHAT = ("Angebot schicken", "Heizung warten", "Rückruf wegen der Rechnung", "Ersatzteil liefern", "Termin am Bau")
FACTS_PER_CUSTOMER = 12
START = datetime(2024, 1, 2, 8, tzinfo=UTC)
BETWEEN_PROMISES = timedelta(minutes=7)
FIT = 400_000
"""So many facts lie between the start and today; with more of them the firm is older."""

Envelope = dict[str, Any]


def envelopes(count: int, seed: int = 1) -> list[Envelope]:
    """The same as `one_by_one`, all at once."""
    return list(one_by_one(count, seed))


def one_by_one(count: int, seed: int = 1) -> Iterator[Envelope]:
    """Customers registered, promises made, moved, settled, and what customers said of them.

    A tenth of the customers has half of the promises, as in every real firm.
    """
    start = START - BETWEEN_PROMISES * (max(0, count - FIT) // 2)
    customers = max(10, count // FACTS_PER_CUSTOMER)
    registered = (_customer(number, start) for number in range(customers))
    # A little more than asked for, so that cutting off at the end leaves late promises open.
    lives = _in_order(_lives(count * 1.05 - customers, start, customers, Random(seed)))
    return islice(merge(registered, lives, key=_time), count)


def write(file: Path, facts: Iterable[Envelope]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in facts)


def write_apart(file: Path, count: int) -> None:
    """The same in a process of its own, whose memory is none of the measured one's."""
    subprocess.run([sys.executable, "-m", "bench.facts", str(file), str(count)], check=True)


def _lives(most: float, start: datetime, customers: int, rng: Random) -> Iterator[list[Envelope]]:
    """One promise after the other, each with all that happens to it, until there are so many facts."""
    made, written, numbers = start, 0, count_from(1)
    while written < most:
        made += BETWEEN_PROMISES * rng.random() * 2
        life = list(_life(next(numbers), _whose(customers, rng), made, rng))
        written += len(life)
        yield life


def _in_order(lives: Iterable[list[Envelope]]) -> Iterator[Envelope]:
    """By time: nothing of a promise happens before it is made, so what is earlier than the next one can go."""
    waiting: list[tuple[str, int, Envelope]] = []
    numbers = count_from()
    for life in lives:
        while waiting and waiting[0][0] < _time(life[0]):
            yield heappop(waiting)[2]
        for fact in life:
            heappush(waiting, (_time(fact), next(numbers), fact))
    yield from (fact for _, _, fact in sorted(waiting))


def _time(fact: Envelope) -> str:
    return fact["time"]


def _whose(customers: int, rng: Random) -> int:
    few = max(1, customers // 10)
    return rng.randrange(few) if rng.random() < 0.5 else rng.randrange(customers)


def _customer(number: int, start: datetime) -> Envelope:
    return _fact(
        f"customer-{number}",
        "customer.registered",
        start - timedelta(days=1) + timedelta(seconds=number),
        customer=f"K-{number}",
        name=f"Familie Nummer {number}",
        email=f"kunde{number}@example.com",
        owner=OWNERS[number % len(OWNERS)],
    )


def _life(number: int, customer: int, made: datetime, rng: Random) -> Iterator[Envelope]:
    promise, owner = f"P-{number}", OWNERS[customer % len(OWNERS)]
    due = made + timedelta(hours=rng.randrange(8, 400))
    yield _fact(
        f"{promise}/made", "promise.made", made,
        promise=promise, customer=f"K-{customer}", due=due.isoformat(), what=rng.choice(WHAT),
        kind=rng.choice(KINDS), by=owner, team=f"team-{customer % 5}",
    )  # fmt: skip
    told = made
    if rng.random() < 0.2:
        told = made + (due - made) * rng.random()
        due += timedelta(hours=rng.randrange(24, 200))
        yield _fact(
            f"{promise}/moved", "promise.renegotiated", told,
            promise=promise, due=due.isoformat(), reason="Das Teil fehlt noch.",
        )  # fmt: skip
    if rng.random() < 0.1:
        somebody = rng.choice(OWNERS)
        yield _fact(f"{promise}/assigned", "promise.assigned", told, promise=promise, by=somebody)
    settled = told + (due - told) * (0.6 + 0.5 * rng.random())
    if rng.random() < 0.03:
        yield _fact(f"{promise}/broken", "promise.broken", settled, promise=promise)
        return
    yield _fact(f"{promise}/done", "promise.fulfilled", settled, promise=promise)
    if rng.random() < 0.25:
        said = settled + timedelta(days=rng.randrange(1, 10))
        yield _fact(
            f"{promise}/feedback", "feedback.given", said,
            customer=f"K-{customer}", about=promise, score=rng.randrange(1, 6), text="Alles wie besprochen.",
        )  # fmt: skip


def _fact(id: str, type: str, time: datetime, **data: Any) -> Envelope:
    return {
        "specversion": "1.0",
        "source": SOURCE,
        "id": id,
        "type": type,
        "time": time.isoformat(),
        "data": data,
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]), one_by_one(int(sys.argv[2])))
