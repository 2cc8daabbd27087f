"""Who has more promises in hand than ever went well."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.steering import Steering
from domain.workload import Hold, Workload, overloaded_since, workload, works_of
from projections import workloads
from projections.filters import Library, Moment
from projections.wanted import wanted


class Overload(NamedTuple):
    """`person` is an internal id: that of the people document, under whichever names the promises were made."""

    person: str
    since: datetime
    workload: Workload

    @property
    def subject(self) -> str:
        return self.person


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    zone: ZoneInfo,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[Overload]:
    """`zone`: by which months are told apart."""
    kept_share = steering.rulebooks.at(moment.at).advice.overload_kept
    found = (
        overload
        for person, holds in workloads.of_everybody(library, steering, moment.at).items()
        if (overload := _overload(person, holds, moment.at, zone, kept_share)) is not None
    )
    return wanted(found, since, subjects)


def _overload(person: str, holds: Sequence[Hold], at: datetime, zone: ZoneInfo, kept_share: float) -> Overload | None:
    load = workload(works_of(holds), at, zone, kept_share)
    if load.most_mastered is None:
        return None
    begun = overloaded_since(holds, at, load.most_mastered)
    return None if begun is None else Overload(person, begun, load)
