"""python -m drills [NAME…] [--long] [--seed N] [--json]: rehearses failures, and says what was lost.

Each drill prints what was tried, lost, doubled beyond what is allowed, and missed; it ends with 1 where one is not as
promised. Without --long it takes seconds, with it minutes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp

from drills import alerts, api, dashboard, disk, kills, laptop, of_tests, simulation
from drills.result import Drill, Result
from wiring.logs import configure
from wiring.settings import LogSettings

DRILLS: dict[str, dict[str, Drill]] = {
    "imports": dict(kills.DRILLS),
    "api": dict(api.DRILLS),
    "dashboard": dict(dashboard.DRILLS),
    "alerts": dict(alerts.DRILLS),
    "disk": dict(disk.DRILLS),
    "laptop": {**laptop.DRILLS, **of_tests.LAPTOP},
    "simulation": dict(simulation.DRILLS),
    **{name: dict(parts) for name, parts in of_tests.DRILLS.items()},
}
"""Every promise of docs/reference/promises.md that things going wrong could break has one at least."""


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    parts = _parts()
    unknown = [name for name in asked.names if not _meant(name, parts)]
    if unknown:
        print(f"There is no drill {unknown[0]}. Possible are: {', '.join((*DRILLS, *parts))}.", file=sys.stderr)
        return 2
    results = []
    for part in dict.fromkeys(part for name in asked.names or DRILLS for part in _meant(name, parts)):
        print(f"{part} …", file=sys.stderr, flush=True)
        results.append(_run(part, parts[part], long=asked.long, seed=asked.seed))
        print(results[-1].sentence, file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    return 0 if all(each.ok for each in results) else 1


def _parts() -> dict[str, Drill]:
    return {f"{name}:{part}": drill for name, parts in DRILLS.items() for part, drill in parts.items()}


def _meant(name: str, parts: Iterable[str]) -> list[str]:
    """All parts of a drill, or the one that is named."""
    return [part for part in parts if part == name or part.startswith(f"{name}:")]


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help=f"{', '.join(DRILLS)}, or one part such as {next(iter(_parts()))}; all without",
    )
    parser.add_argument("--long", action="store_true", help="as often as it is promised for, which takes minutes")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments at which things go wrong")
    parser.add_argument("--json", action="store_true", help="as a JSON array")
    return parser.parse_args(arguments)


def _run(name: str, drill: Drill, *, long: bool, seed: int) -> Result:
    folder = Path(mkdtemp(prefix="drill-"))
    try:
        return drill(folder, long=long, seed=seed)._replace(name=name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    configure(LogSettings(level="error"))  # what goes wrong here goes wrong on purpose
    sys.exit(main(sys.argv[1:]))
