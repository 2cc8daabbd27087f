"""What lies in HOME/refused: rows and messages that were refused, to be mended and imported again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

LINES_COUNTED = 20
"""Of the newest files the rows are counted; older ones are only named."""


class RefusedFile(NamedTuple):
    """`rows` None: not counted."""

    name: str
    at: datetime
    rows: int | None


def listed(home: Path) -> list[RefusedFile]:
    """The newest first; of what belongs together only the lines with the reasons."""
    folder = home / "refused"
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [_told(file, counted=number < LINES_COUNTED) for number, file in enumerate(files)]


def _told(file: Path, *, counted: bool) -> RefusedFile:
    rows = None
    if counted:
        with file.open("rb") as lines:
            rows = sum(1 for _ in lines)
    return RefusedFile(file.stem, datetime.fromtimestamp(file.stat().st_mtime, UTC), rows)
