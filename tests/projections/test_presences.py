"""What the tables say of customers at any moment is what loops over the facts say, and nothing of it ages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from projections import kpis
from projections.figures import Evenness
from projections.tables import EPOCH, MICROSECOND
from tests.homes import Home, open_at, question
from tests.notation import at, envelopes
from tests.stores import ENGINES, lasting_folder

STORY = """
    2024-02-05T08:00  Kunde K-1, namens Meier, zuständig ines, Team Büro
    2024-02-05T08:01  Kunde K-2, namens Wolf, zuständig lutz, Team Montage
    2024-02-05T08:02  Kunde K-3, namens Adler, zuständig ines
    2024-03-01T09:00  K-1 fragt "F-1", Kanal email, an ines
    2024-03-11T09:00  K-1 fragt "F-2", Kanal email, an ines
    2024-03-21T09:00  K-1 fragt "F-3", Kanal email, an ines
    2024-03-31T09:00  K-1 fragt "F-4", Kanal email, an ines
    2024-04-02T10:00  beantwortet, von lutz
    2024-04-03T09:00  verspricht K-2 lutz "Rohr" bis 2024-04-20T12:00
    2024-04-25T09:00  bricht "Rohr"
    2024-05-02T09:00  K-2 geht
    2024-06-01T09:00  verspricht K-3 ines "Bad" bis 2024-07-01T12:00
    2024-06-28T09:00  erfüllt "Bad"
    2025-09-01T09:00  K-3 fragt "F-5", Kanal phone, an ines
"""
NAMES = [each.name for each in kpis.customers.FIGURES]


@pytest.fixture(scope="module", params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "presences", request))
    assert [each.refused for each in home.take(envelopes(STORY)) if each.refused] == []
    home.clock.now = at("2026-03-12")
    yield home
    home.close()


def edges(home: Home) -> list[datetime]:
    """Every instant at which a table or the passing of time lets something change, and one tick before and after."""
    rows = home.rows("SELECT at_from, heard, feedback FROM presences")
    moments = {EPOCH + us * MICROSECOND for row in rows for us in row if us is not None and us > 0}
    days = [timedelta(), timedelta(days=25), timedelta(days=60), timedelta(days=180), timedelta(days=365)]
    tick = datetime.resolution
    return sorted(moment + later + by for moment in moments for later in days for by in (-tick, timedelta(), tick))


@pytest.mark.long_on_postgres
def test_at_every_edge_the_tables_and_the_facts_give_the_same_figures_and_the_same_lists(home: Home) -> None:
    konto, seen = home.konto, set()
    for moment in edges(home):
        for by in (None, "owner", "team", "customer"):
            now, then = (question(moment, known=known, by=by) for known in (None, konto.clock()))
            found = kpis.figures(konto.library, konto.asker, now, NAMES)
            assert found == kpis.figures(konto.library, konto.asker, then, NAMES), (moment, by)
        for name in NAMES:
            now, then = (question(moment, known=known) for known in (None, konto.clock()))
            listed = kpis.customers_behind(konto.library, konto.asker, now, name)
            assert listed == kpis.customers_behind(konto.library, konto.asker, then, name), (moment, name)
            seen.add((name, tuple(sorted(listed.values()))))
    assert {name for name, listed in seen if any(listed)} >= {"silence", "feedback_silence", "continuity"}


def test_a_period_and_its_weeks_are_the_same_too(home: Home) -> None:
    konto = home.konto
    for per in (None, "month"):
        asked = {"start": at("2024-03-01"), "end": at("2024-06-15"), "per": per}
        now, then = (question(at("2024-06-01"), known=known, **asked) for known in (None, konto.clock()))
        found = kpis.figures(konto.library, konto.asker, now, NAMES)
        assert found == kpis.figures(konto.library, konto.asker, then, NAMES)
        assert per or isinstance(found[0].figures["equal_service"], Evenness)
