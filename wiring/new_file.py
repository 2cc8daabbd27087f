"""A file that we write for somebody: always a new one, so that nothing of theirs is lost."""

from __future__ import annotations

from pathlib import Path

from domain.errors import Refused
from intake.text_lines import refused_file
from words import N_

EXISTS = N_("{file} is there already. Please name a file that is not.")


def check_new(file: Path, option: str) -> None:
    """Before long work. Raises Refused, naming the option."""
    if file.exists():
        raise Refused("exists", EXISTS, option, file=str(file))


def write_new(file: Path, content: bytes, option: str) -> None:
    """Never over a file that somebody made meanwhile. Raises Refused."""
    try:
        with file.open("xb") as opened:
            opened.write(content)
    except FileExistsError:
        raise Refused("exists", EXISTS, option, file=str(file)) from None
    except OSError as error:
        raise refused_file(file, error) from None
