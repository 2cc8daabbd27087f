"""A look at the firm at one moment: what every source of occasions is asked with."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.steering import Steering
from projections.filters import Library, Moment
from projections.taught import Taught


class Look(NamedTuple):
    """`since`: what began earlier is of no interest, unless `subjects` names it; None = everything, all subjects.

    `subjects` are internal ids of the kind that the source tells about.
    """

    library: Library
    steering: Steering
    at: datetime
    zone: ZoneInfo
    taught: Taught
    since: datetime | None = None
    subjects: frozenset[str] | None = None

    @property
    def moment(self) -> Moment:
        return Moment(self.at)
