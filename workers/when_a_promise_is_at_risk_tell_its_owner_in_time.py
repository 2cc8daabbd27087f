"""While an open promise will probably not be kept and timely notice is still possible, its owner hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.alert import Occasion
from projections.at_risk import AtRisk


def occasions(risk: AtRisk) -> Iterator[Occasion]:
    yield risk.promise.occasion("at_risk", since=risk.since, until=risk.promise.last_moment)
