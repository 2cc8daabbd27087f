"""python -m bench [NAME…] [--facts N] [--quick] [--json]: facts per second, and the share of the limit reached.

`ours` is what the product does, `limit` what the machine could do at best in the same minute, `ratio` the first
divided by the second, `peak_mb` the most memory that the product's process took. Medians of several rounds, in
turn with the limit, each measure in a process of its own. Without a name all are measured, or with `--quick` those
for which there is an aim, within ten minutes. A measure that fails is told of, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, mkdtemp
from time import monotonic
from typing import Any

from bench.fed import COMMON
from bench.measures import AIMED_AT, FEWER, MEASURES
from wiring import logs
from wiring.settings import LogSettings

FACTS, ROUNDS = 100_000, 5
QUICK_ROUNDS, ENOUGH_S = 3, 12.0
"""Quickly: no further round once so many seconds were measured."""

Result = dict[str, Any]


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    names = asked.names or list(AIMED_AT if asked.quick else MEASURES)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"There is no measure {unknown[0]}. Possible are: {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    if asked.within is not None:
        logs.configure(LogSettings(level="warning"))  # standard output is for the figures alone
        print(json.dumps(measured(names[0], asked.within, asked.facts, quick=asked.quick)))
        return 0
    results, failed = [], []
    with TemporaryDirectory(prefix="bench-") as folder:
        (Path(folder) / COMMON).mkdir()
        for name in names:
            print(f"{name} … ", end="", file=sys.stderr, flush=True)
            started = monotonic()
            try:
                results.append(_in_a_process(name, Path(folder), asked.facts, asked.quick))
            except subprocess.CalledProcessError:  # it has said why
                failed.append(name)
            print(f"{monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(json.dumps(results, indent=2) if asked.json else _table(results))
    if failed:
        print(f"Not measured, as told above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=f"one of {', '.join(MEASURES)}; all without, with --quick some"
    )
    parser.add_argument("--facts", type=int, metavar="N", default=FACTS, help=f"how many facts (default {FACTS})")
    parser.add_argument("--quick", action="store_true", help="few rounds, in ten minutes")
    parser.add_argument("--json", action="store_true", help="as a JSON array")
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _in_a_process(name: str, folder: Path, facts: int, quick: bool) -> Result:
    """So that each measure begins with the same memory; what several need is made once (bench/fed.py)."""
    command = [sys.executable, "-m", "bench", name, "--within", str(folder), "--facts", str(facts)]
    answer = subprocess.run([*command, *["--quick"] * quick], check=True, stdout=subprocess.PIPE, text=True)
    result: Result = json.loads(answer.stdout)
    return result


def measured(name: str, within: Path, facts: int, *, quick: bool) -> Result:
    folder = Path(mkdtemp(dir=within))
    (folder / COMMON).symlink_to(within / COMMON)
    try:
        pair = MEASURES[name](folder, facts // FEWER.get(name, 1) if quick else facts)
        ours, limit, peak = [], [], 0.0
        for number in range(QUICK_ROUNDS if quick else ROUNDS):
            ours.append(pair.ours())
            if number == 0:
                # Before the limit's rows lie in memory beside ours.
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            limit.append(pair.limit())
            if quick and sum(ours) + sum(limit) > ENOUGH_S:
                break
    finally:
        shutil.rmtree(folder)
    rate, best = pair.facts / median(ours), pair.facts / median(limit)
    return {
        "name": name,
        "ours": round(rate, 1),
        "limit": round(best, 1),
        "ratio": round(rate / best, 4),
        "peak_mb": round(peak, 1),
    }


def _table(results: list[Result]) -> str:
    lines = [f"{'':18} {'ours/s':>10} {'limit/s':>10} {'share':>8} {'peak MB':>8}"]
    for each in results:
        share = f"{each['ratio']:.1%}"
        lines.append(f"{each['name']:18} {each['ours']:10.0f} {each['limit']:10.0f} {share:>8} {each['peak_mb']:8.0f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
