"""On which line of a TOML text a key stands, for messages about what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

TABLE = re.compile(r"\s*\[(?P<list>\[)?(?P<name>[^\]#]+)\]")
NAME = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
# One way to read each text: where several parts fit the same dots or blanks, a line of a hundred takes for ever.
KEY = re.compile(rf"\s*(?P<key>{NAME}(?:\s*\.\s*{NAME})*)\s*=")
PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")

Path = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of the key, else of the nearest table around it, else 1. Lists of tables count from 0."""
    found: dict[Path, int] = {(): 1}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if header := TABLE.match(line):
            table = _placed(_parts(header["name"]), counts, new=header["list"] is not None)
            found.setdefault(table, number)
        elif key := KEY.match(line):
            found.setdefault((*table, *_parts(key["key"])), number)
    wanted = tuple(path)
    while wanted not in found:
        wanted = wanted[:-1]
    return found[wanted]


def _parts(name: str) -> Path:
    return tuple(next(filter(None, match.groups()), "") for match in PART.finditer(name))


def _placed(name: Path, counts: dict[Path, int], *, new: bool) -> Path:
    """The table's path with the number of each list of tables on the way."""
    path: Path = ()
    for place, part in enumerate(name):
        path = (*path, part)
        last = place == len(name) - 1
        if new and last:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
