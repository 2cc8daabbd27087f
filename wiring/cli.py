"""The entry of the command line `konto`; the commands are in wiring/commands/."""

from __future__ import annotations

import os
import sys
from typing import Any

INTERRUPTED = 130


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # Umlauts arrive whole, whatever the terminal's own code page.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # Only here: loading takes a second, in which somebody may change their mind.
        from wiring.commands.konto import app
        from wiring.shell import World

        app(obj=World(dict(os.environ)))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def __getattr__(name: str) -> Any:
    """`wiring.cli.app`, for whoever looks at the commands without running them."""
    if name == "app":
        from wiring.commands.konto import app

        return app
    raise AttributeError(name)


if __name__ == "__main__":
    main()
