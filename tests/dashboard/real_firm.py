"""A small real firm behind real pages, on a morning of its own: `python -m tests.dashboard.real_firm --home FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard import data
from dashboard.answers.home import Home as Pages
from dashboard.serve import serve
from tests.homes import open_at
from tests.notation import at, envelopes

NOW = at("2026-03-12T09:00")
FIRM = """
2025-12-02T08:00  Kunde K-17, namens Petra Meier, zuständig ines
2025-12-02T08:01  Kunde K-20, namens Familie Wolf, zuständig lutz
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-13T12:00
2026-03-02T09:01  verspricht K-17 ines "Wartung" bis 2026-03-12T17:00
2026-03-11T16:00  K-17 fragt "F-1", Kanal email, an ines
2026-03-02T09:02  verspricht K-20 lutz "Angebot 2" bis 2026-03-13T12:00
2026-03-02T09:03  verspricht K-20 lutz "Wartung 2" bis 2026-03-12T17:00
2026-03-11T16:00  K-20 fragt "F-2", Kanal email, an lutz
"""


def main() -> None:
    """Served until the process is asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    folder = parser.parse_args().home
    home = open_at(folder / "firm")
    home.take(envelopes(FIRM))
    home.clock.now = NOW
    data.use(Pages(home.konto))
    serve(folder, port=0)


if __name__ == "__main__":
    main()
