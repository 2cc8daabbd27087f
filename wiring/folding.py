"""Several processes fold the customers of a rebuild at the same time, each into a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from domain.log import Log
from domain.store.filling import remove
from projections.anew import Portion, Tell, fold_apart
from wiring.processes import Processes
from words import N_

PROCESS_ENDED = N_(
    "One of the processes that build the tables ended before its work was done (exit code {exit}). The tables are "
    "as they were. Please run konto rebuild again, or with --processes 1 if memory is short."
)

Opening = Callable[[], Log]
"""Opens the log in another process, which only reads there."""


class Folders:
    """So many processes beside this one; their files lie beside the one that all goes into."""

    def __init__(self, opening: Opening, file: Path, processes: int) -> None:
        self._opening = opening
        self._files = [file.with_stem(f"{file.stem}-{number}") for number in range(processes)]
        self._processes = Processes(processes, PROCESS_ENDED)

    def begin(self, upto: int) -> None:
        self._processes.begin(partial(_fold, self._opening, self._files, upto))

    def fold(self, portions: Iterable[Portion]) -> None:
        self._processes.give(portions)

    def files(self, tell: Tell) -> Iterator[Path]:
        for number, events in self._processes.told():
            if events is None:
                yield self._files[number]
            else:
                tell(events)

    def close(self) -> None:
        """Leaves neither processes nor files."""
        self._processes.close()
        for file in self._files:
            remove(file)

    def __enter__(self) -> Folders:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _fold(
    opening: Opening, files: Sequence[Path], upto: int, number: int, portions: Iterator[Portion], tell: Tell
) -> None:
    log = opening()
    try:
        fold_apart(log, files[number], upto, portions, tell)
    finally:
        log.store.close()
