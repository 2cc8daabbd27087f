"""What customers say, cut into the periods of the firm's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.vocabulary import parse
from projections import kpis
from projections.figures import Share
from projections.filters import Moment
from projections.kpis import Question
from wiring.home import open_home

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


def referral(id: str, customer: str, time: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "source": "crm",
        "id": id,
        "type": "referral.given",
        "time": time,
        "data": {"customer": customer},
    }


def test_a_month_begins_at_midnight_in_the_zone_of_the_firm_and_not_before_the_asked_start(tmp_path: Path):
    konto = open_home(tmp_path, environment={}, clock=lambda: NOW)
    told = [referral("1", "K-1", "2026-02-28T23:30:00+01:00"), referral("2", "K-2", "2026-03-01T00:30:00+01:00")]
    konto.record([parse(each, now=NOW) for each in told])
    konto.catch_up()
    start = datetime(2026, 3, 1, tzinfo=BERLIN)
    question = Question(Moment(NOW), start=start, end=datetime(2026, 4, 1, tzinfo=BERLIN), per="month", zone=BERLIN)
    group = kpis.figures(konto.library, konto.asker, question, ["referral_rate"])[0]
    konto.close()
    assert group.figures["referral_rate"] == [("2026-03", Share(1, 2))]
