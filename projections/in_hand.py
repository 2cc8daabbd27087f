"""What each of us has in hand just now, counted: for whoever leads to see where help is needed, never a mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.alert import NOBODY, SHARED_INBOX
from domain.roles import Asker, NotAllowed, allowed
from projections import alerts
from projections.alerts import UNSEEN
from projections.contacts import not_given_up, source_of
from projections.customers import person_names
from projections.filters import Condition, Library, Moment, reach
from projections.open_list import due_between
from projections.tables import micros


class InHand(NamedTuple):
    """Alerts of which nobody has taken note, promises due by the end of the day and overdue, questions that wait,
    incidents with a step of their recovery to do."""

    alerts: int = 0
    due: int = 0
    overdue: int = 0
    unanswered: int = 0
    steps: int = 0


Counts = Counter[str | None]
OWNER = "p.owner || ''"
"""Joined with nothing, or SQLite reads all that anybody ever had in hand for the sake of its order."""
STILL_ASKED = timedelta(days=14)
"""Who was never answered waits for so long after asking; then it is past, and stands in the list of contacts."""


def waits(moment: Moment) -> Condition:
    """Questions to which somebody waits for an answer: a condition on contacts `x`, each question once."""
    lately, known = micros(moment.at - STILL_ASKED), moment.knows("w")
    # Who can be waiting at all is few: else every contact that ever was would be read.
    asked = f"SELECT w.question FROM questions w WHERE {known} AND w.asked_at > {lately}"
    return Condition(
        f"x.question = x.contact AND x.contact IN ({asked} UNION {not_given_up(moment)}) "
        f"AND (x.state = 'open' OR (x.state = 'unanswered' AND x.asked_at > {lately}))",
        [],
    )


def everybody(library: Library, asker: Asker, moment: Moment, day_ends: datetime) -> dict[str | None, InHand]:
    """By name those who have anything in hand; None: nobody answers for it. For those who look after deliveries."""
    allowed(asker, "deliveries")
    counted = (
        _alerts(library, asker),
        _promises(library, asker, moment, moment.at, day_ends),
        _promises(library, asker, moment, None, moment.at),
        _questions(library, asker, moment),
        _steps(library, asker, moment),
    )
    names: set[str | None] = {name for each in counted for name in each}
    return {name: InHand(*(each[name] for each in counted)) for name in names}


def people(library: Library, asker: Asker, at: datetime) -> list[str]:
    """By name who works here, and who answers for anything open. For those who may look at everybody's morning."""
    if allowed(asker, "alerts") != "all":
        raise NotAllowed("alerts")
    moment, names = Moment(at), person_names(library)
    owners = library.views.rows(
        f"SELECT DISTINCT {OWNER} FROM promises p WHERE {moment.rows()} AND p.outcome IS NULL AND p.owner IS NOT NULL"
    )
    here = {person.name for person in library.steering(None).people.at(at).persons}
    return sorted({*here, *(names[row[0]] for row in owners if row[0] in names)}, key=str.casefold)


def _alerts(library: Library, asker: Asker) -> Counts:
    """What went to somebody else in their place counts for both: either may take note of it."""
    seen = alerts.seen_by(library, asker)
    states = ",".join("?" * len(UNSEEN))
    active = f"FROM alerts a WHERE a.over_at IS NULL AND a.state IN ({states}) AND {seen.sql}"
    params = [*UNSEEN, *seen.params]
    rows = library.views.rows(
        f"SELECT who, COUNT(*) FROM (SELECT a.recipient AS who, a.subject {active} "
        f"UNION SELECT a.sent_to AS who, a.subject {active} AND a.sent_to IS NOT NULL) t GROUP BY who",
        (*params, *params),
    )
    return _by_name(library, ((None if who in (NOBODY, SHARED_INBOX) else who, number) for who, number in rows))


def _promises(library: Library, asker: Asker, moment: Moment, after: datetime | None, until: datetime) -> Counts:
    seen = reach(library, asker, "promises", "p.owner")
    rows = library.views.rows(
        f"SELECT {OWNER}, COUNT(*) FROM promises p WHERE {due_between(moment, after, until)} AND {seen.sql} "
        f"GROUP BY {OWNER}",
        seen.params,
    )
    return _by_name(library, rows)


def _questions(library: Library, asker: Asker, moment: Moment) -> Counts:
    seen = reach(library, asker, "contacts", "x.owner")
    rows = library.views.rows(
        f"SELECT x.owner, COUNT(*) FROM {source_of(moment)} x WHERE {waits(moment).sql} AND {seen.sql} "
        "GROUP BY x.owner",
        seen.params,
    )
    return _by_name(library, rows)


def _steps(library: Library, asker: Asker, moment: Moment) -> Counts:
    seen = reach(library, asker, "incidents", "i.owner")
    rows = library.views.rows(
        f"SELECT i.owner, COUNT(*) FROM incidents i WHERE {moment.rows('i')} AND i.state = 'open' "
        f"AND i.resolved_at IS NULL AND (',' || COALESCE(i.waits_for, '') || ',') NOT LIKE '%,customer,%' "
        f"AND i.next_step IS NOT NULL AND {seen.sql} GROUP BY i.owner",
        seen.params,
    )
    return _by_name(library, rows)


def _by_name(library: Library, rows: Iterable[tuple[str | None, int]]) -> Counts:
    names, found = person_names(library), Counts()
    for who, number in rows:
        found[None if who is None else names.get(who, who)] += int(number)
    return found
