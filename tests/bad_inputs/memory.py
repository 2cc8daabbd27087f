"""How much the memory of a process grew at its highest, as Linux counts it."""

from __future__ import annotations

from pathlib import Path


class Peak:
    """Of the process of this id, or "self"; from now on."""

    def __init__(self, process: int | str) -> None:
        self.folder = Path("/proc", str(process))
        # 5 sets the highest value back to the present one.
        (self.folder / "clear_refs").write_text("5")
        self.before = self._kilobytes("VmRSS")

    def grown_mb(self) -> int:
        return max(0, self._kilobytes("VmHWM") - self.before) >> 10

    def _kilobytes(self, name: str) -> int:
        lines = (self.folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


def can_be_measured() -> bool:
    return Path("/proc/self/clear_refs").exists()
