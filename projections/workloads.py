"""Who has how many promises in hand, as they were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.workload import Work, Workload, workload
from projections.filters import Library
from projections.tables import ALWAYS, instant, micros


def of(library: Library, persons: Sequence[str], at: datetime, zone: ZoneInfo) -> Workload:
    """`persons`: all internal ids of one person. By what is known now."""
    rules = library.steering(None).rulebooks.at(at).advice
    return workload(works(library, persons, at), at, zone, rules.overload_kept)


def works(library: Library, persons: Sequence[str], at: datetime) -> list[Work]:
    """What they have or had in hand by a moment; a promise handed over and back is one."""
    us = micros(at)
    spans: dict[str, Work] = {}
    with library.views.store.reading() as cursor:
        for promise, since, until, kept, known_at in cursor.among(
            "SELECT p.promise, p.at_from, p.at_until, e.kept, e.known_at FROM promises p "
            "JOIN experiences e ON e.promise = p.promise "
            f"WHERE p.known_until = {ALWAYS} AND p.outcome IS NULL AND p.at_from <= {us} AND p.owner IN ({{among}}) "
            "ORDER BY p.promise, p.at_from",
            persons,
        ):
            begun = instant(since)
            assert begun is not None
            known = bool(kept) if known_at is not None and known_at <= us else None
            earlier = spans.get(promise)
            spans[promise] = Work(earlier.since if earlier else begun, instant(until), known)
    return list(spans.values())
