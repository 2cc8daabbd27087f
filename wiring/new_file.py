"""A file that we write for somebody: always a new one, so that nothing of theirs is lost."""

from __future__ import annotations

import os
from pathlib import Path

from domain.errors import Refused
from intake.text_lines import refused_file
from words import N_

EXISTS = N_("{file} is there already. Please name a file that is not.")


def check_new(file: Path, option: str) -> None:
    """Before long work. Raises Refused, naming the option."""
    if file.exists():
        raise Refused("exists", EXISTS, option, file=str(file))


def write_new(file: Path, content: bytes, option: str, *, is_private: bool = False) -> None:
    """Never over a file that somebody made meanwhile. A private one is for its owner's eyes alone. Raises Refused."""
    try:
        with open(file, "xb", opener=_for_the_owner if is_private else None) as opened:
            opened.write(content)
    except FileExistsError:
        raise Refused("exists", EXISTS, option, file=str(file)) from None
    except OSError as error:
        raise refused_file(file, error) from None


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
