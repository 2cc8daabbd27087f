"""What a drill found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Result(NamedTuple):
    """`tried` things that had to arrive; `doubled`: arrived more often than is allowed; `missed`: not in time."""

    tried: int
    lost: int
    doubled: int
    missed: int
    more: Mapping[str, Any]
    """Figures beside, such as how many repeats there were and how long it took."""
    name: str = ""

    @property
    def ok(self) -> bool:
        return self.lost == self.doubled == self.missed == 0

    @property
    def sentence(self) -> str:
        more = "".join(f", {key} {value}" for key, value in self.more.items())
        said = f"{self.tried} tried, {self.lost} lost, {self.doubled} doubled, {self.missed} missed{more}"
        return f"{self.name}: {said} – {'ok' if self.ok else 'NOT AS PROMISED'}"

    def as_json(self) -> dict[str, Any]:
        told = {"name": self.name, "tried": self.tried, "lost": self.lost, "doubled": self.doubled}
        return {**told, "missed": self.missed, "ok": self.ok, **self.more}


class Drill(Protocol):
    def __call__(self, folder: Path, *, long: bool, seed: int) -> Result: ...
