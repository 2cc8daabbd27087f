"""A firm with facts of every type, asked over HTTP and on the command line about the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.callers import Pace
from tests.api.serving import Api, serving
from tests.homes import open_at
from tests.notation import at
from tests.properties.test_any_order import facts

NOW = at("2026-03-12T09:00")

PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
roles = ["owner"]

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
roles = ["owner"]

[[persons]]
id = "karin"
name = "Karin Kessler"
email = "karin@example.com"
roles = ["manager"]
"""

OTHERS = """
2026-03-02T08:00  Kunde K-77, namens Yilmaz, zuständig lutz
2026-03-02T09:00  verspricht K-77 lutz "Wartung" bis 2026-03-10
2026-03-03T09:00  K-77 fragt "Wann?", Kanal email
2026-03-04T09:00  Vorfall K-77 "Leck" complaint, ernst, von lutz
"""
"""Whom lutz alone looks after."""


@contextmanager
def asked(folder: Path) -> Iterator[Api]:
    """The firm of 200 facts, recorded as they happened, and its API."""
    home = open_at(folder)
    home.clock.now = at("2026-01-01T08:00")
    home.konto.publish("people", PEOPLE)
    home.take(facts())
    home.clock.now = NOW
    with serving(home, pace=Pace(1_000_000, 1_000_000)) as api:
        yield api
    home.close()
