"""What nobody has taken note of yet: matter by matter, the most urgent first; and what was put off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.alert import URGENCY
from domain.roles import Asker
from projections import alerts
from projections.alerts import UNSEEN, AlertRow
from projections.filters import Condition, Library
from projections.tables import instant

_URGENCY = "CASE a.rule " + " ".join(f"WHEN '{rule}' THEN {place}" for rule, place in URGENCY.items()) + " END"
EVERYBODY = Condition("1 = 1", [])


class Matter(NamedTuple):
    """All alerts about one thing, the most urgent first; `until` is the moment by which that one is to be seen to."""

    alerts: tuple[AlertRow, ...]
    until: datetime | None


def went_to(library: Library, name: str) -> Condition:
    """Alerts of one of us, be it as who was meant or as who stands in: a condition on `alerts a`."""
    persons = library.person_ids(name)
    places = ",".join("?" * len(persons))
    return Condition(f"(a.recipient IN ({places}) OR a.sent_to IN ({places}))", [*persons, *persons])


def but_not_about(subjects: Collection[str]) -> Condition:
    """A condition on `alerts a`."""
    return _about("NOT IN", subjects) if subjects else EVERYBODY


def _about(among: str, subjects: Collection[str]) -> Condition:
    return Condition(f"a.subject {among} ({','.join('?' * len(subjects))})", sorted(subjects))


def about(library: Library, asker: Asker, who: Condition, subjects: Collection[str]) -> dict[str, Matter]:
    """By subject what somebody has not taken note of yet or has put off, about these things alone."""
    if not subjects:
        return {}
    these = who.and_(_about("IN", subjects))
    found = _matters(library, asker, these, (*UNSEEN, "snoozed"), "MIN(a.moment)", len(subjects))
    return {each.alerts[0].subject_id: each for each in found}


def waiting(library: Library, asker: Asker, who: Condition, limit: int) -> list[Matter]:
    """The first few of which nobody has taken note."""
    return _matters(library, asker, who, UNSEEN, f"MIN({_URGENCY}), MIN(a.moment)", limit)


def put_off(library: Library, asker: Asker, who: Condition, limit: int) -> list[Matter]:
    """The first few to come back."""
    return _matters(library, asker, who, ("snoozed",), "MIN(a.snoozed_until)", limit)


def count(library: Library, asker: Asker, who: Condition, states: Sequence[str] = UNSEEN) -> int:
    """How many matters, however many alerts they have."""
    where = _active(library, asker, who, states)
    row = library.views.row(f"SELECT COUNT(DISTINCT a.subject) FROM alerts a WHERE {where.sql}", where.params)
    return int(row[0])


def _active(library: Library, asker: Asker, who: Condition, states: Sequence[str]) -> Condition:
    running = Condition(f"a.over_at IS NULL AND a.state IN ({','.join('?' * len(states))})", list(states))
    return running.and_(alerts.seen_by(library, asker)).and_(who)


def _matters(
    library: Library, asker: Asker, who: Condition, states: Sequence[str], order: str, limit: int
) -> list[Matter]:
    where = _active(library, asker, who, states)
    subjects = library.views.rows(
        f"SELECT a.subject FROM alerts a WHERE {where.sql} GROUP BY a.subject ORDER BY {order}, a.subject LIMIT ?",
        (*where.params, limit),
    )
    found: dict[str, list[AlertRow]] = {row[0]: [] for row in subjects}
    if not found:
        return []
    among = Condition(f"a.over_at IS NULL AND a.subject IN ({','.join('?' * len(found))})", list(found))
    for each in alerts.listed(library, asker, states=states, among=among.and_(who)):
        found[each.subject_id].append(each)
    ordered = [tuple(sorted(told, key=lambda each: (URGENCY[each.rule], each.moment))) for told in found.values()]  # type: ignore[index]
    untils = _untils(library, [told[0].alert for told in ordered])
    return [Matter(told, untils.get(told[0].alert)) for told in ordered]


def _untils(library: Library, ids: Sequence[str]) -> dict[str, datetime | None]:
    with library.views.store.reading() as cursor:
        rows = cursor.among("SELECT alert, until FROM alerts WHERE alert IN ({among})", ids)
        return {row[0]: instant(row[1]) for row in rows}
