"""What the command line says: JSON for scripts, readable text for people, notices beside it.

Standard output carries the answer and nothing else; progress, notices and refusals go to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any, TextIO

from wiring.refusals import printable
from words import Translator

WIDE = 200
"""Columns of a table that goes into a file or another program."""

SLOW = 2000
"""From so many facts on, catching up shows its progress."""

YES = ("y", "yes", "j", "ja")

Tell = Callable[[int, int], None]


class PipeClosed(Exception):
    """Whoever read our output has gone."""


@dataclass(frozen=True)
class Output:
    t: Translator
    as_json: bool = False

    @property
    def lang(self) -> str:
        return self.t.lang

    # -- the answer -----------------------------------------------------------------------------------

    def answer(self, value: Any) -> None:
        """The whole answer as JSON, a list with one row a line."""
        if isinstance(value, list) and value:
            rows = ",\n".join(_json(row) for row in value)
            write(f"[\n{rows}\n]\n")
        else:
            write(_json(value) + "\n")

    def say(self, *lines: str) -> None:
        for line in lines:
            write(printable(line) + "\n")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """`right` are the columns that hold figures."""
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, head in enumerate(heads):
            table.add_column(head, justify="right" if place in right else "left", overflow="fold")
        for row in rows:
            # As text, so that nothing in a customer's words is taken for a sign.
            table.add_row(*(Text(printable(cell)) for cell in row))
        target = StringIO()
        width = None if sys.stdout.isatty() else WIDE
        console = Console(file=target, width=width, color_system=None, highlight=False, emoji=False, markup=False)
        console.print(table)
        write("".join(line.rstrip() + "\n" for line in target.getvalue().splitlines()))

    # -- beside it ------------------------------------------------------------------------------------

    def notice(self, text: str) -> None:
        print(printable(text), file=sys.stderr, flush=True)

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits at a terminal who may answer."""
        return not self.as_json and sys.stdin.isatty()

    def confirmed(self, question: str) -> bool:
        """A yes from whoever sits at the terminal; without a terminal nobody is asked, and that is a no."""
        if not self.can_ask:
            return False
        print(printable(question), end=" ", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().casefold() in YES

    @contextmanager
    def progress(self, what: str, *, least: int = 0, in_bytes: bool = False) -> Iterator[Tell]:
        """A bar on a terminal's standard error, once there is at least `least` to do; else silence."""
        if not sys.stderr.isatty():
            yield lambda done, total: None
            return
        with _bar(in_bytes) as bar:
            task: list[Any] = []

            def tell(done: int, total: int) -> None:
                if not task and total - done >= least:
                    task.append(bar.add_task(what, total=total))
                if task:
                    bar.update(task[0], completed=done, total=total)

            yield tell


def _bar(in_bytes: bool) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn() if in_bytes else MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write(text: str, stream: TextIO | None = None) -> None:
    """Onto standard output. Raises PipeClosed where nobody reads on."""
    target = stream or sys.stdout
    try:
        target.write(text)
    except BrokenPipeError as error:
        raise PipeClosed from error


def flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise PipeClosed from error
