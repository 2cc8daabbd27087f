"""Imports files one after the other and acknowledges each on standard output; made to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from wiring.home import open_home
from wiring.importing import import_file


def main(home: str, *files: str) -> None:
    konto = open_home(Path(home), environment={})
    for file in files:
        summary = import_file(konto, Path(file), valid_only=True)
        assert summary.recorded + summary.already == summary.read
        print(Path(file).name, flush=True)
    konto.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
