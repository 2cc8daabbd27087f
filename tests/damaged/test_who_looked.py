"""An entry of the access journal of which something was damaged is shown as far as it goes, and hides no other one."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.looks import LooksAsked
from tests.cli.home import Konto
from tests.homes import Home
from tests.notation import at, envelopes

NOW = at("2026-03-12T09:00")
READER = Reader(None, "en", ZoneInfo("Europe/Berlin"))
STORY = (
    '2026-03-02T08:00  Kunde K-1, namens Meier\n2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-20T16:00'
)


@pytest.mark.parametrize("column", ["at", "who", "door", "what", "about", "beside", "times"])
def test_the_others_are_listed_and_it_is_listed_with_them(home: Home, column: str):
    home.take(envelopes(STORY))
    home.clock.now = NOW
    konto = Konto(home.konto.home, now=NOW)
    konto("audit", "timeline", "K-1")
    konto("export")
    konto("audit", "looks")  # is noted itself, and not once more for a while
    before = json.loads(konto("audit", "looks", "--json").out)
    with home.konto.journal.store.updating() as cursor:
        value = -7 if column == "times" else "more" if column == "beside" else "gar"
        cursor.execute(f"UPDATE journal SET {column} = ? WHERE number = 1", (value,))
    after = json.loads(konto("audit", "looks", "--json").out)
    assert [each["number"] for each in after] == [each["number"] for each in before]
    assert [each for each in after if each["number"] != 1] == [each for each in before if each["number"] != 1]
    assert "2 entries." in konto("audit", "looks", "--lang", "en").out
    assert not isinstance(
        Pages(home.konto).looks(READER, LooksAsked(home.konto.library.customer_ids("K-1")[0])), Refusal
    )
    assert konto("audit", "verify", code=1)
    konto("promises")
