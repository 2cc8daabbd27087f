"""Open promises that will probably not be kept while there is still time for timely notice, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.advice import Estimate
from domain.roles import LOCAL_USER
from domain.steering import Steering
from projections import advice, open_promises
from projections.filters import Library, Moment
from projections.open_promises import OpenPromise
from projections.taught import Taught
from projections.wanted import wanted

EARLIER = timedelta(days=7)
"""So far back is looked where nobody says how far."""


class AtRisk(NamedTuple):
    """`since`: as nearly as it can be said, see `rows`."""

    promise: OpenPromise
    since: datetime
    estimate: Estimate

    @property
    def subject(self) -> str:
        return self.promise.promise


class _Look(NamedTuple):
    """What was at risk at a moment, and when the last thing happened that the adviser knew of."""

    at: datetime
    found: Mapping[str, Estimate]
    heard_at: datetime


def rows(
    library: Library,
    steering: Steering,
    moment: Moment,
    taught: Taught,
    *,
    since: datetime | None = None,
    subjects: Collection[str] | None = None,
) -> list[AtRisk]:
    """An estimate changes with everything that is learned and has no exact beginning; so it is made twice.

    What was at risk at `since` already, with the same due, began then at the latest: with the last thing that the
    adviser had heard of by then. What was not began after it, and is taken to have begun with the last thing heard of
    by now. Neither began before the promise stood as it stands.
    """
    then = Moment(since or moment.at - EARLIER, moment.known)
    taught.prepare(then.at)
    now = _look(library, moment, taught)
    return wanted(_risks(library, steering, moment, _look(library, then, taught, now.found), now), since, subjects)


def _look(library: Library, moment: Moment, taught: Taught, among: Collection[str] | None = None) -> _Look:
    with taught.adviser(moment.at) as adviser:
        found = advice.at_risk(library, LOCAL_USER, moment, adviser, among)
        return _Look(moment.at, found, adviser.heard_at or moment.at)


def _risks(library: Library, steering: Steering, moment: Moment, earlier: _Look, now: _Look) -> Iterator[AtRisk]:
    for promise in open_promises.rows(library, steering, moment, subjects=now.found):
        lasts = promise.promise in earlier.found and promise.stands_since <= earlier.at
        begun = earlier.heard_at if lasts else max(now.heard_at, earlier.at)
        yield AtRisk(promise, max(begun, promise.stands_since), now.found[promise.promise])
