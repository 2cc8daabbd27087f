"""Incidents as the pages list them, with the steps of their recovery, and how well they were put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from dashboard.answers import behind
from dashboard.answers.measures import called, share, spread, where
from dashboard.answers.moments import day_of, midnight
from dashboard.answers.rights import of_one_alone
from dashboard.shapes.asking import PAGE_SIZE, Reader, Refusal
from dashboard.shapes.behind import Behind
from dashboard.shapes.incidents import (
    IncidentFigures,
    IncidentFilter,
    IncidentPage,
    IncidentRow,
    IncidentsAsked,
    Step,
    StepName,
    StepState,
)
from projections import incidents, kpis, naming
from projections.customers import person_names
from projections.figures import Lateness
from projections.filters import Condition, Filter, Moment
from projections.kpis import Question
from wiring.home import Konto
from words import Translator, translator

WEEKS = 52
ORDER: tuple[StepName, ...] = ("reason", "apology", "chance", "talk", "resolved")
STATES: tuple[IncidentFilter, ...] = ("unresolved", "resolved", "closed", "all")
NAMES = ("resolution_hours", "recovery_discipline", "recovery_success")
NEVER = datetime.max.replace(tzinfo=UTC)


def page(konto: Konto, reader: Reader, asked: IncidentsAsked, page: int) -> IncidentPage:
    now, t = konto.clock(), translator(reader.lang)
    fits = where(konto, asked.customer, owner=asked.owner, kind=asked.kind, supplier=asked.supplier, team=asked.team)
    question = behind.question(konto, reader, asked.period, fits)
    among = _among(konto, question, asked.behind)
    running = _running(konto, reader, fits, now, among)
    start = (page - 1) * PAGE_SIZE
    if asked.state == "unresolved":
        rows = running[start : start + PAGE_SIZE]
    else:
        rows = [row(each, now, t) for each in _listed(konto, asked.state, fits, among, now, start)]
    counts = {state: _count(konto, state, fits, among, now) for state in STATES}

    def of_figure(figure: Behind) -> int:
        return _count(konto, "all", fits, _among(konto, question, figure), now)

    return IncidentPage(
        rows=tuple(rows),
        total=counts[asked.state],
        counts=counts,
        owners=_owners(konto, now),
        kinds=_kinds(konto, now),
        customer=called(konto, reader, asked.customer),
        next_steps=_next_steps(running),
        parts=behind.parts(konto, question, asked.behind, of_figure) if asked.behind else {},
    )


def _among(konto: Konto, question: Question, figure: Behind | None) -> Condition | None:
    """A figure takes its own cases from the period; without one the report decides."""
    if figure is not None:
        return behind.among(konto, question, figure, "incidents")
    if question.start is None:
        return None
    reported = question.within("r.reported_at")
    return Condition(f"SELECT r.incident FROM incidents r WHERE {reported.sql}", reported.params)


def running_of(konto: Konto, reader: Reader, customer: str) -> tuple[IncidentRow, ...]:
    """A customer's incidents that are not put right yet, the next deadline first."""
    return tuple(_running(konto, reader, where(konto, customer), konto.clock()))


def running(konto: Konto, reader: Reader, owner: str | None) -> list[IncidentRow]:
    """One person's or everybody's, the next deadline first."""
    return _running(konto, reader, where(konto, owner=owner), konto.clock())


def _running(
    konto: Konto, reader: Reader, fits: Filter, now: datetime, among: Condition | None = None
) -> list[IncidentRow]:
    rows = incidents.listed(konto.library, konto.asker, Moment(now), states=["unresolved"], filter=fits, among=among)
    return sorted((row(each, now, translator(reader.lang)) for each in rows), key=_urgency)


def _urgency(each: IncidentRow) -> tuple[datetime, datetime]:
    step = next_step(each)
    return (step.at if step and step.at else NEVER), each.reported


def next_step(each: IncidentRow) -> Step | None:
    """What has to be done now."""
    return next((step for step in each.steps if step.state in ("next", "missed")), None)


def _listed(
    konto: Konto, state: IncidentFilter, fits: Filter, among: Condition | None, now: datetime, start: int
) -> list[incidents.IncidentRow]:
    return incidents.listed(
        konto.library,
        konto.asker,
        Moment(now),
        states=_states(state),
        filter=fits,
        among=among,
        limit=PAGE_SIZE,
        offset=start,
    )


def _count(konto: Konto, state: IncidentFilter, fits: Filter, among: Condition | None, now: datetime) -> int:
    return incidents.count(konto.library, konto.asker, Moment(now), states=_states(state), filter=fits, among=among)


def _states(state: IncidentFilter) -> tuple[str, ...]:
    return () if state == "all" else (state,)


def _owners(konto: Konto, now: datetime) -> tuple[str, ...]:
    names = person_names(konto.library)
    return tuple(sorted({names[owner] for owner in _distinct(konto, now, "owner") if owner in names}))


def _kinds(konto: Konto, now: datetime) -> tuple[str, ...]:
    return tuple(sorted(_distinct(konto, now, "kind")))


def _distinct(konto: Konto, now: datetime, column: str) -> Iterable[str]:
    moment = Moment(now)
    fits = where(konto).condition(konto.library, konto.asker, "incidents", "i")
    rows = konto.views.rows(
        f"SELECT DISTINCT i.{column} FROM incidents i WHERE {fits.sql} AND {moment.rows('i')}", fits.params
    )
    return [each[0] for each in rows if each[0]]


def _next_steps(running: Iterable[IncidentRow]) -> tuple[tuple[StepName, int, int], ...]:
    steps = [step for each in running if (step := next_step(each))]
    all_of, late = Counter(step.name for step in steps), Counter(step.name for step in steps if step.state == "missed")
    return tuple((name, all_of[name], late[name]) for name in ORDER if all_of[name])


# -- rows -----------------------------------------------------------------------------------------


def row(each: incidents.IncidentRow, now: datetime, t: Translator) -> IncidentRow:
    return IncidentRow(
        id=each.incident,
        customer=each.customer,
        name=naming.called(each.customer_name, each.customer_id, t),
        what=each.text,
        kind=each.kind,
        severity=each.severity,
        admitted=each.admitted,
        state=each.state,  # type: ignore[arg-type]
        owner=each.owner,
        supplier=each.supplier,
        waits="customer" in (each.waits_for or "").split(","),
        reported=each.reported_at,
        ended=each.resolved_at or each.closed_at,
        restored=each.restored,
        steps=tuple(_step(name, each, now) for name in ORDER),
        promise=f"{each.promise_source}:{each.promise_id}" if each.promise_id else None,
        promised=each.promise_what,
    )


def _step(name: StepName, each: incidents.IncidentRow, now: datetime) -> Step:
    due, done = each.due_of(name), each.done_at(name)
    if name == "resolved":
        # Put right is put right, also where a step before it was left out.
        done = each.resolved_at
    if done is not None:
        return Step(name, "done" if due is None or done <= due else "done_late", done)
    return Step(name, _not_done(name, due, each, now), due)


def _not_done(name: StepName, due: datetime | None, each: incidents.IncidentRow, now: datetime) -> StepState:
    if each.next_step is None:
        return "left_out"
    if due is not None and due <= now:
        return "missed"
    return "next" if name == each.next_step else "ahead"


# -- figures --------------------------------------------------------------------------------------


def figures(konto: Konto, reader: Reader, asked: IncidentsAsked) -> IncidentFigures | Refusal:
    if refused := of_one_alone(konto, reader, asked.owner):
        return refused
    now = konto.clock()
    since = day_of(now, reader) - timedelta(weeks=WEEKS)
    fits = where(konto, asked.customer, owner=asked.owner, kind=asked.kind, supplier=asked.supplier)
    question = Question(Moment(now), start=midnight(since, reader), filter=fits)
    found = kpis.figures(konto.library, konto.asker, question, NAMES)[0].figures
    lateness = found["resolution_hours"]
    assert isinstance(lateness, Lateness)
    return IncidentFigures(
        since=since,
        by_clock=spread(lateness.clock),
        in_business=spread(lateness.business),
        discipline=share(found["recovery_discipline"]),
        success=share(found["recovery_success"]),
    )
