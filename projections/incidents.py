"""Incidents through time: how each one stood and how far its recovery had come, by what we knew when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain.fact import Fact
from domain.incident import IncidentReported
from domain.recovery import ORDER, Case, Stage, resolved_in_seconds, stages
from domain.relationship import Relationship, relationships
from domain.roles import Asker
from domain.steering import Steering
from domain.store import Cursor
from projections.customers import OWNER_NAME
from projections.filters import Condition, Filter, Library, Moment, UnknownState
from projections.page import TELLING, Page, Row, by_stream, through_knowledge
from projections.paging import By, Place, behind, order_by
from projections.tables import ALWAYS, instant, micros, until

NO_FILTER = Filter()

COLUMNS: Mapping[str, str] = {
    "incident": "TEXT NOT NULL",
    "at_from": "BIGINT NOT NULL",
    "at_until": "BIGINT NOT NULL",
    "known_from": "BIGINT NOT NULL",
    "known_until": "BIGINT NOT NULL",
    "customer": "TEXT NOT NULL",
    "kind": "TEXT NOT NULL",
    "severity": "TEXT NOT NULL",
    "owner": "TEXT",
    "team": "TEXT",
    "supplier": "TEXT",
    "product": "TEXT",
    "promise": "TEXT",
    "admitted": "INTEGER NOT NULL",
    "state": "TEXT NOT NULL",
    "waits_for": "TEXT",
    "reported_at": "BIGINT NOT NULL",
    "resolved_at": "BIGINT",
    "closed_at": "BIGINT",
    "resolved_s": "BIGINT",
    "waited": "TEXT NOT NULL",
    **{f"{step}_warn": "BIGINT" for step in ORDER},
    **{f"{step}_due": "BIGINT" for step in ORDER},
    **{f"{step}_done": "BIGINT" for step in ORDER},
    "next_step": "TEXT",
    "restored": "INTEGER NOT NULL",
    "disciplined": "INTEGER NOT NULL",
    "discipline_due": "BIGINT",
}

TABLES = (
    "CREATE TABLE IF NOT EXISTS incidents ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    + ", PRIMARY KEY (incident, known_from, at_from))",
    "CREATE INDEX IF NOT EXISTS incidents_customer ON incidents (customer)",
    "CREATE INDEX IF NOT EXISTS incidents_reported ON incidents (reported_at)",
    # All that a list counts and chooses by, so that none is read for it.
    f"CREATE INDEX IF NOT EXISTS incidents_known ON incidents (at_until, at_from, state, kind, owner) "
    f"WHERE known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS incidents_running ON incidents (at_until) "
    f"WHERE state = 'open' AND known_until = {ALWAYS}",
    "CREATE INDEX IF NOT EXISTS incidents_supplier ON incidents (supplier)",
    "CREATE TABLE IF NOT EXISTS incident_words (incident TEXT PRIMARY KEY, customer TEXT NOT NULL, "
    "source TEXT NOT NULL, id TEXT NOT NULL, text TEXT)",
    "CREATE INDEX IF NOT EXISTS incident_words_customer ON incident_words (customer)",
    "CREATE INDEX IF NOT EXISTS incident_words_id ON incident_words (id)",
)


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    folded = page.to_fold("incident", TELLING)
    page.clear(cursor, "incidents", "incident", (stream for _, stream in folded))
    cursor.insert(
        "incidents",
        [
            row
            for family, stream in folded
            for row in rows(stream, [*family.histories[stream], *family.telling], page.steering)
        ],
    )
    named = {
        fact.stream: (fact.stream, fact.customer, fact.source, words.get("incident", fact.stream), words.get("text"))
        for fact in page.facts
        if isinstance(fact.data, IncidentReported)
        for words in [page.words.get(fact.key, {})]
    }
    page.put(cursor, "incident_words", ("incident", "customer", "source", "id", "text"), list(named.values()))


def rows(stream: str, facts: Sequence[Fact], steering: Steering) -> list[Row]:
    """All rows of one incident: a pure function of its facts, and of those that say who the customer is."""

    def fold(known: Sequence[Fact], _: datetime | None) -> Iterator[Row]:
        for relationship in relationships(by_stream(known).values()).values():
            for history in relationship.incidents.values():
                yield from _spans(stream, history, relationship, steering)

    return through_knowledge(facts, fold, place=3)


def _spans(stream: str, history: Sequence[Fact], relationship: Relationship, steering: Steering) -> Iterator[Row]:
    life = list(stages(history, relationship, steering))
    for place, stage in enumerate(life):
        end = life[place + 1].fact.time if place + 1 < len(life) else None
        if end is None or stage.fact.time < end:
            yield _row(stream, stage, end, relationship, steering)


def _row(
    stream: str,
    stage: Stage,
    end: datetime | None,
    relationship: Relationship,
    steering: Steering,
) -> Row:
    case, start = stage.after, stage.fact.time
    incident = case.incident
    data = incident.data
    return (
        stream,
        micros(start),
        until(end),
        relationship.customer,
        data.kind,
        data.severity,
        incident.owner,
        incident.team or steering.team_of(incident.owner, start),
        data.supplier,
        data.product,
        data.promise,
        int(data.admitted),
        incident.state,
        ",".join(sorted(incident.paused)) or None if incident.state == "open" else None,
        micros(incident.reported.time),
        micros(incident.resolved_at),
        micros(incident.closed_at),
        resolved_in_seconds(case, relationship, steering),
        ",".join(str(micros(since)) for since in case.waited),
        *(micros(warning) for warning in case.warnings),
        *(micros(due) for due in case.deadlines),
        *_done(case),
        case.next_step,
        int(case.restored),
        int(case.disciplined),
        micros(case.discipline_due),
    )


def _done(case: Case) -> list[int | None]:
    done = {each.step: each.fact.time for each in case.done}
    return [micros(done.get(step)) for step in ORDER]


# -- questions ----------------------------------------------------------------------------------------

STATES = ("open", "unresolved", "resolved", "closed")
CONDITIONS: Mapping[str, str] = {
    "open": "i.state <> 'closed'",
    "unresolved": "i.state = 'open'",
    "resolved": "i.state = 'resolved'",
    "closed": "i.state = 'closed'",
}
"""open = not closed; unresolved = neither resolved nor closed."""


class IncidentRow(NamedTuple):
    """An incident as a list shows it; `incident` and `customer` are internal ids, times UTC.

    `state`: open, resolved or closed. `next_step` is what recovery asks for next, None where it has ended.
    `restored`: put right and talked over face to face, after reason and apology.
    """

    incident: str
    id: str
    source: str
    text: str | None
    customer: str
    customer_id: str
    customer_name: str | None
    state: str
    kind: str
    severity: str
    admitted: bool
    owner: str | None
    team: str | None
    supplier: str | None
    product: str | None
    promise_id: str | None
    promise_source: str | None
    promise_what: str | None
    waits_for: str | None
    reported_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    next_step: str | None
    restored: bool
    reason_due: datetime | None
    apology_due: datetime | None
    chance_due: datetime | None
    talk_due: datetime | None
    resolved_due: datetime | None
    reason_done: datetime | None
    apology_done: datetime | None
    chance_done: datetime | None
    talk_done: datetime | None
    resolved_done: datetime | None

    def due_of(self, step: str) -> datetime | None:
        found: datetime | None = getattr(self, f"{step}_due")
        return found

    def done_at(self, step: str) -> datetime | None:
        found: datetime | None = getattr(self, f"{step}_done")
        return found


_TIMES = ("reported_at", "resolved_at", "closed_at", *(f"{step}_{end}" for end in ("due", "done") for step in ORDER))

_SELECT = (
    "SELECT i.incident, w.id, w.source, w.text, i.customer, c.id, c.name, i.state, i.kind, i.severity, i.admitted, "
    f"{OWNER_NAME.format(column='i.owner')}, i.team, i.supplier, i.product, "
    "(SELECT id FROM promise_words pw WHERE pw.promise = i.promise), "
    "(SELECT source FROM promise_words pw WHERE pw.promise = i.promise), "
    "(SELECT what FROM promise_words pw WHERE pw.promise = i.promise), i.waits_for, i.reported_at, i.resolved_at, "
    "i.closed_at, i.next_step, i.restored, "
    + ", ".join(f"i.{step}_{end}" for end in ("due", "done") for step in ORDER)
    + " FROM incidents i JOIN incident_words w ON w.incident = i.incident JOIN customers c ON c.customer = i.customer "
)


LISTED_BY = (By("i.reported_at", down=True), By("w.id"), By("i.incident"))


def place(row: IncidentRow) -> Place:
    return micros(row.reported_at), row.id, row.incident


def listed(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    states: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    among: Condition | None = None,
    after: Place | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[IncidentRow]:
    """The newest first."""
    where = _where(library, asker, moment, states, filter, among)
    where = where.and_(behind(LISTED_BY, after))
    page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    rows = library.views.rows(f"{_SELECT} WHERE {where.sql} ORDER BY {order_by(LISTED_BY)}{page}", where.params)
    return [_incident(row) for row in rows]


def count(
    library: Library,
    asker: Asker,
    moment: Moment,
    *,
    states: Sequence[str] = (),
    filter: Filter = NO_FILTER,
    among: Condition | None = None,
) -> int:
    where = _where(library, asker, moment, states, filter, among)
    row = library.views.row(f"SELECT COUNT(*) FROM incidents i WHERE {where.sql}", where.params)
    return int(row[0])


def _where(
    library: Library, asker: Asker, moment: Moment, states: Sequence[str], filter: Filter, among: Condition | None
) -> Condition:
    where = filter.condition(library, asker, "incidents", "i").and_(Condition(moment.rows("i"), []))
    if among is not None:
        where = where.and_(Condition(f"i.incident IN ({among.sql})", among.params))
    if not states:
        return where
    for state in states:
        if state not in STATES:
            raise UnknownState(state, STATES)
    return where.and_(Condition(f"({' OR '.join(f'({CONDITIONS[state]})' for state in states)})", []))


def _incident(row: Sequence[Any]) -> IncidentRow:
    fields: dict[str, Any] = dict(zip(IncidentRow._fields, row, strict=True))
    for name in _TIMES:
        fields[name] = instant(fields[name])
    for name in ("admitted", "restored"):
        fields[name] = bool(fields[name])
    return IncidentRow(**fields)
