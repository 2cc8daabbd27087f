"""Where folders of tests lie: in memory if there is room, since a disk is waited for at every commit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
"""A file system in memory, if there is one."""
ROOM_BYTES = 2 * 1024**3
"""So much must be free there."""
PLACE = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest looks for it. It keeps the folders of what failed until the next run, and no others."""


def roomy(folder: Path) -> bool:
    """Whether a run's databases surely fit into it. In a container it may be tiny."""
    try:
        return shutil.disk_usage(folder).free >= ROOM_BYTES
    except OSError:
        return False


def put_into_memory() -> None:
    """The folders of this run, unless somebody has named another place."""
    if roomy(MEMORY) and os.access(MEMORY, os.W_OK):
        os.environ.setdefault(PLACE, str(MEMORY))
