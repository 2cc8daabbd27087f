"""Many firms on one cluster, a busy working day simulated: how many cores it takes until nobody waits.

`python -m bench.firms` draws when facts come and pages are opened, lets them queue for the cores in the order of their
arrival, and says how long they waited. What each costs was measured (docs/explanation/scale.md) and can be given anew;
what is simulated is only who comes when and who waits for whom.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

HOURS = (0.2, 0.6, 1.6, 2.0, 1.8, 1.2, 0.8, 1.4, 1.6, 1.4, 0.9, 0.5)
"""How much happens in each hour from 7 to 19 o'clock, against the day's average: two waves, with lunch between."""
HOUR_S = 3_600.0


class Costs(NamedTuple):
    """Milliseconds of one core."""

    record: float = 1.3
    """One fact over HTTP into the log."""
    follow: float = 4.0
    """Bringing every table up to it."""
    page: float = 113.0
    """One page run again."""


class Day(NamedTuple):
    firms: int
    facts: int
    """Of one firm."""
    pages: int
    """Opened or clicked on in one firm."""


class Work(NamedTuple):
    """What came at a moment of the day, in seconds, and how long a core works at it."""

    at: float
    kind: str
    seconds: float


def work(day: Day, costs: Costs, rng: Random) -> list[Work]:
    """In order of arrival. Firms differ: half of them have less than two thirds of the average."""
    shares = [rng.lognormvariate(-0.5, 1.0) for _ in range(day.firms)]
    found = [each for share in shares for each in _of_firm(share, day, costs, rng)]
    return sorted(found)


def _of_firm(share: float, day: Day, costs: Costs, rng: Random) -> Iterator[Work]:
    for kind, times, cost in (("fact", day.facts, costs.record + costs.follow), ("page", day.pages, costs.page)):
        for _ in range(round(share * times)):
            hour = rng.choices(range(len(HOURS)), HOURS)[0]
            # As services have it: mostly near the mean, now and then several times as long.
            yield Work((hour + rng.random()) * HOUR_S, kind, rng.gammavariate(2, cost / 2) / 1_000)


class Waited(NamedTuple):
    """Seconds from coming to being done, and which share of the cores was busy in the busiest hour."""

    fact_p50: float
    fact_p99: float
    page_p50: float
    page_p99: float
    busy: float


def queued(arriving: Sequence[Work], cores: int) -> Waited:
    """One queue for all cores, first come, first served."""
    free = [0.0] * cores
    done: dict[str, list[float]] = {"fact": [], "page": []}
    busy = [0.0] * len(HOURS)
    for each in arriving:
        begins = max(each.at, heapq.heappop(free))
        heapq.heappush(free, begins + each.seconds)
        done[each.kind].append(begins + each.seconds - each.at)
        busy[min(int(begins / HOUR_S), len(HOURS) - 1)] += each.seconds
    facts, pages = sorted(done["fact"]), sorted(done["page"])
    return Waited(
        _share(facts, 0.5),
        _share(facts, 0.99),
        _share(pages, 0.5),
        _share(pages, 0.99),
        round(max(busy) / (cores * HOUR_S), 3),
    )


def _share(ordered: Sequence[float], share: float) -> float:
    return round(ordered[int(share * (len(ordered) - 1))], 4)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.firms", description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000)
    parser.add_argument("--facts", type=int, default=400, help="of one firm in a day (default 400)")
    parser.add_argument("--pages", type=int, default=300, help="opened in one firm in a day (default 300)")
    for name, value in Costs()._asdict().items():
        parser.add_argument(f"--{name}-ms", type=float, default=value, help=f"default {value}")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    costs = Costs(asked.record_ms, asked.follow_ms, asked.page_ms)
    arriving = work(Day(asked.firms, asked.facts, asked.pages), costs, Random(asked.seed))
    needed = sum(each.seconds for each in arriving) * max(HOURS) / sum(HOURS) / HOUR_S
    rows: list[dict[str, Any]] = [
        {"cores": cores, **queued(arriving, cores)._asdict()}
        for cores in sorted({max(1, round(needed * factor)) for factor in (1.1, 1.3, 1.6, 2.0, 3.0)})
    ]
    print(json.dumps({"arrived": len(arriving), "cores_busy_at_the_peak": round(needed, 2), "queues": rows}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
