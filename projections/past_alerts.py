"""Alerts as they stood at a moment: what had become of them by then, folded from their own events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.log import Log
from domain.roles import Asker
from projections import alerts
from projections.alerts import AlertRow, Stand
from projections.customers import person_names
from projections.filters import Library
from projections.paging import Place
from projections.tables import instant

AT_ONCE = 200


def listed(
    log: Log,
    library: Library,
    asker: Asker,
    at: datetime,
    *,
    states: Sequence[str] = (),
    after: Place | None = None,
    limit: int,
) -> list[AlertRow]:
    """Those raised by then, the newest first."""
    found: list[AlertRow] = []
    for row in _all(log, library, asker, at, after):
        if not states or row.state in states:
            found.append(row)
            if len(found) == limit:
                break
    return found


def _all(log: Log, library: Library, asker: Asker, at: datetime, after: Place | None) -> Iterator[AlertRow]:
    names = person_names(library)
    while rows := alerts.listed(library, asker, until=at, after=after, limit=AT_ONCE):
        histories = log.readable([row.alert for row in rows])
        for row in rows:
            stand: Stand | None = None
            for fact in histories.get(row.alert, ()):
                if fact.recorded is not None and fact.recorded <= at:
                    stand = alerts.evolve(stand, fact)
            if stand is not None:
                yield _stood(row, stand, names)
        after = alerts.place(rows[-1])


def _stood(row: AlertRow, stand: Stand, names: dict[str, str]) -> AlertRow:
    def named(column: str) -> str | None:
        person = stand[column]
        return None if person is None else names.get(person, person)

    state_at = instant(stand["state_at"])
    assert state_at is not None
    return row._replace(
        state=stand["state"],
        state_at=state_at,
        channel=stand["channel"],
        sent_to=named("sent_to"),
        delivered_at=instant(stand["delivered_at"]),
        reason=stand["reason"],
        attempts=stand["attempts"],
        acknowledged_by=named("acknowledged_by"),
        acknowledged_at=instant(stand["acknowledged_at"]),
        snoozed_until=instant(stand["snoozed_until"]),
        escalated_to=named("escalated_to"),
    )
