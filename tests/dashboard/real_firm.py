"""A small real firm behind real pages, on a morning of its own: `python -m tests.dashboard.real_firm --home FOLDER`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from dashboard import data
from dashboard.answers.home import Home as Pages
from dashboard.serve import serve
from tests.homes import open_at
from tests.notation import at, envelopes
from wiring.home import open_home

NOW = at("2026-03-12T09:00")
MORNING = """
2025-12-02T08:00  Kunde K-17, namens Petra Meier, zuständig ines
2025-12-02T08:01  Kunde K-20, namens Familie Wolf, zuständig lutz
2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-13T12:00
2026-03-02T09:01  verspricht K-17 ines "Wartung" bis 2026-03-12T17:00
2026-03-11T16:00  K-17 fragt "F-1", Kanal email, an ines
2026-03-02T09:02  verspricht K-20 lutz "Angebot 2" bis 2026-03-13T12:00
2026-03-02T09:03  verspricht K-20 lutz "Wartung 2" bis 2026-03-12T17:00
2026-03-11T16:00  K-20 fragt "F-2", Kanal email, an lutz
"""
BAD_QUARTER = """
2025-06-02T08:00  Kunde B-1, namens Bäckerei Lenz, zuständig uwe
2025-06-02T08:01  Kunde B-2, namens Hotel Adler, zuständig uwe
2025-06-02T08:02  Kunde B-3, namens Familie Brandt, zuständig uwe

2025-06-23T09:00  verspricht B-1 uwe "Wartung 1" bis 2025-06-27T12:00
2025-06-26T15:00  erfüllt

2025-07-07T09:00  verspricht B-1 uwe "Therme 1" bis 2025-07-18T12:00
2025-07-17T15:00  erfüllt
2025-07-21T09:00  verspricht B-2 uwe "Therme 2" bis 2025-08-01T12:00
2025-07-31T15:00  erfüllt
2025-08-04T09:00  verspricht B-3 uwe "Therme 3" bis 2025-08-15T12:00
2025-08-14T15:00  erfüllt
2025-08-18T09:00  verspricht B-1 uwe "Pumpe 1" bis 2025-08-29T12:00
2025-08-28T15:00  erfüllt
2025-08-25T09:00  verspricht B-2 uwe "Pumpe 2" bis 2025-09-05T12:00
2025-09-04T15:00  erfüllt
2025-09-08T09:00  verspricht B-3 uwe "Pumpe 3" bis 2025-09-19T12:00
2025-09-18T15:00  erfüllt

2025-10-06T09:00  verspricht B-1 uwe "Kessel 1" bis 2025-10-17T12:00
2025-10-16T15:00  erfüllt
2025-10-13T09:00  verspricht B-2 uwe "Kessel 2" bis 2025-10-24T12:00, Lieferant Thermotec
2025-10-24T11:00  verschiebt auf 2025-10-28T12:00, Grund "Thermotec hat den Brenner nicht geliefert"
2025-10-30T12:00  erfüllt
2025-11-03T09:00  verspricht B-3 uwe "Kessel 3" bis 2025-11-14T12:00, Lieferant Thermotec
2025-11-17T12:00  erfüllt
2025-11-10T09:00  verspricht B-1 uwe "Heizkörper 1" bis 2025-11-21T12:00
2025-11-20T15:00  erfüllt
2025-11-24T09:00  verspricht B-2 uwe "Heizkörper 2" bis 2025-12-05T12:00
2025-12-04T15:00  erfüllt
2025-12-01T09:00  verspricht B-3 uwe "Heizkörper 3" bis 2025-12-12T12:00, Lieferant Thermotec
2025-12-15T12:00  bricht, Grund "Thermotec liefert diesen Heizkörper nicht mehr"
"""
SPRING = """
2025-03-03T08:00  Kunde P-1, namens Gasthof Krone, zuständig uwe
2025-03-10T09:00  verspricht P-1 uwe "Heizkessel" bis 2025-03-21T12:00
2025-03-20T15:00  erfüllt
2025-04-01T09:00  verspricht P-1 uwe "Warmwasser" bis 2025-04-11T12:00
2025-04-10T15:00  erfüllt (erfasst 2025-05-06T10:00)
2025-04-22T10:00  Vorfall P-1 "Wasserschaden" complaint, von uwe [damage]
2025-05-12T09:00  zieht zurück [damage], Grund "Es war der Gasthof Kranz"
"""
WRONGS = """
2025-12-02T09:00  Kunde R-1, namens Schreinerei Ast, zuständig eva
2025-12-02T09:01  Kunde R-2, namens Praxis Sommer, zuständig olaf
2026-01-12T09:00  verspricht R-1 eva "Umbau 1" bis 2026-01-30T12:00
2026-01-29T15:00  erfüllt
2026-01-12T09:01  verspricht R-2 olaf "Umbau 2" bis 2026-01-30T12:00
2026-01-29T15:01  erfüllt
"""
FIRM = MORNING + BAD_QUARTER + SPRING + WRONGS


def main() -> None:
    """Served until the process is asked to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    folder = parser.parse_args().home
    home = open_at(folder / "firm")
    home.take(envelopes(FIRM))
    home.close()
    # From nine on it goes, since what is published twice at one moment would be the same.
    begun = datetime.now(UTC)
    konto = open_home(folder / "firm", environment={}, clock=lambda: NOW + (datetime.now(UTC) - begun))
    konto.catch_up()
    data.use(Pages(konto))
    serve(folder, port=0)


if __name__ == "__main__":
    main()
