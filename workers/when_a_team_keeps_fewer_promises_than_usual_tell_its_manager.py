"""When a week has ended in which a team kept fewer promises than chance explains, its manager hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion, Whose
from projections.drift import Drift


def occasions(drift: Drift) -> Iterator[Occasion]:
    whose = Whose(team=drift.team, to_manager=True)
    yield Occasion("reliability_drift", drift.subject, "", drift.since, whose, until=drift.until)
