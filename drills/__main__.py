"""python -m drills [NAME…] [--long] [--seed N] [--json]: rehearses failures, and says what was lost.

Each drill prints what was tried, lost, doubled beyond what is allowed, and missed; it ends with 1 where one is not as
promised. Without --long it takes seconds, with it minutes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

from drills.alerts import DRILLS as ALERTS
from drills.result import Drill, Result

DRILLS: dict[str, dict[str, Drill]] = {"alerts": dict(ALERTS)}


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    unknown = [name for name in asked.names if name not in DRILLS]
    if unknown:
        print(f"There is no drill {unknown[0]}. Possible are: {', '.join(DRILLS)}.", file=sys.stderr)
        return 2
    results = []
    for name in asked.names or DRILLS:
        for part, drill in DRILLS[name].items():
            print(f"{name}:{part} …", file=sys.stderr, flush=True)
            results.append(_run(f"{name}:{part}", drill, long=asked.long, seed=asked.seed))
            print(results[-1].sentence, file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    return 0 if all(each.ok for each in results) else 1


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"one of {', '.join(DRILLS)}; all without")
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
    sys.exit(main(sys.argv[1:]))
