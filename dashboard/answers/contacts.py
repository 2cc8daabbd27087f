"""Questions and other contacts as the pages list them, and how fast customers are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dashboard.answers import behind
from dashboard.answers.measures import called, share, spread, where
from dashboard.answers.moments import day_of, midnight
from dashboard.answers.rights import of_one_alone
from dashboard.shapes.asking import PAGE_SIZE, Reader, Refusal
from dashboard.shapes.behind import Behind
from dashboard.shapes.contacts import (
    ChannelAnswers,
    ContactFigures,
    ContactFilter,
    ContactPage,
    ContactRow,
    ContactsAsked,
)
from projections import in_hand, kpis, naming
from projections.contacts import STATES, not_given_up, source_of
from projections.customers import OWNER_NAME, person_names
from projections.figures import Spread
from projections.filters import Condition, Moment
from projections.kpis import Question
from projections.tables import instant
from wiring.home import Konto
from words import Translator, translator

WEEKS = 13
WAITING = ("open", "unanswered")
NAMES = ("first_answer_hours", "answered_in_time", "chase_rate")
# Of what was asked in one question only the first contact stands in the list.
ONCE = Condition("(x.question IS NULL OR x.question = x.contact)", [])
BY_TARGET = "x.target_at IS NULL, x.target_at, x.contact"
NEWEST_FIRST = "x.at DESC, x.contact"


def page(konto: Konto, reader: Reader, asked: ContactsAsked, page: int) -> ContactPage:
    since = None if asked.whole else _lately(konto, reader)
    known = where(konto, asked.customer, owner=asked.owner, channel=asked.channel, team=asked.team)
    question = behind.question(konto, reader, asked.period, known)
    if since:
        question = replace(question, start=midnight(since, reader))
    moment, every = question.moment, known.condition(konto.library, konto.asker, "contacts", "x")

    def of_figure(figure: Behind) -> Condition:
        # A figure counts every contact, also those in which the same thing was asked again.
        chosen = behind.among(konto, question, figure, "contacts")
        return every.and_(Condition(f"x.contact IN ({chosen.sql})", chosen.params))

    fits = of_figure(asked.behind) if asked.behind else every.and_(ONCE).and_(question.within("x.at"))
    counts = _counts(konto, moment, fits)
    if since:
        counts["open"] = _count(konto, moment, every.and_(_open(moment)))
    chosen = every.and_(_open(moment)) if since and asked.state == "open" else _in_state(fits, asked.state)
    seen = where(konto).condition(konto.library, konto.asker, "contacts", "x").and_(question.within("x.at"))
    return ContactPage(
        rows=_rows(konto, reader, moment, chosen, asked.state in WAITING, PAGE_SIZE, page),
        parts=behind.parts(konto, question, asked.behind, lambda part: _count(konto, moment, of_figure(part)))
        if asked.behind
        else {},
        total=counts[asked.state],
        counts=counts,
        owners=_owners(konto, moment, seen),
        channels=_distinct(konto, moment, seen, "x.channel"),
        customer=called(konto, reader, asked.customer),
        since=since,
    )


def _lately(konto: Konto, reader: Reader) -> date:
    return day_of(konto.clock(), reader) - timedelta(weeks=WEEKS)


def _open(moment: Moment) -> Condition:
    return Condition(f"x.question = x.contact AND x.state = 'open' AND x.contact IN ({not_given_up(moment)})", [])


def waiting_of(konto: Konto, reader: Reader, customer: str, most: int) -> tuple[ContactRow, ...]:
    """A customer's questions that wait for an answer, the one due first first."""
    fits = where(konto, customer).condition(konto.library, konto.asker, "contacts", "x").and_(ONCE)
    chosen = fits.and_(Condition("x.state IN ('open', 'unanswered')", []))
    return _rows(konto, reader, Moment(konto.clock()), chosen, True, most, 1)


def waiting(konto: Konto, reader: Reader, owner: str | None, most: int) -> tuple[tuple[ContactRow, ...], int]:
    """Who waits for an answer, also those who asked again, the one due first first, and how many."""
    moment = Moment(konto.clock())
    fits = where(konto, owner=owner).condition(konto.library, konto.asker, "contacts", "x")
    chosen = fits.and_(in_hand.waits(moment))
    total = _count(konto, moment, chosen)
    return (_rows(konto, reader, moment, chosen, True, most, 1) if total else ()), total


def _in_state(fits: Condition, state: ContactFilter) -> Condition:
    return fits if state == "all" else fits.and_(Condition("x.state = ?", [state]))


def _rows(
    konto: Konto, reader: Reader, moment: Moment, fits: Condition, urgent: bool, limit: int, page: int
) -> tuple[ContactRow, ...]:
    chased = (
        "(SELECT COALESCE(SUM(k.chases), 0) FROM contacts k WHERE k.customer = x.customer "
        f"AND (k.contact = x.contact OR k.question = x.question) AND k.at <= {moment.us} AND {moment.knows('k')})"
    )
    about = (
        "COALESCE((SELECT w.what FROM promise_words w WHERE w.promise = 'promise-' || substr(x.about, 5)), "
        "(SELECT w.text FROM incident_words w WHERE w.incident = 'incident-' || substr(x.about, 5)))"
    )
    rows = konto.views.rows(
        f"SELECT x.contact, x.customer, COALESCE(c.name, c.id), {about}, x.inbound, x.purpose, x.channel, "
        f"{OWNER_NAME.format(column='x.owner')}, x.state, x.at, x.target_at, x.answered_s, {chased} "
        f"FROM {source_of(moment)} x JOIN customers c ON c.customer = x.customer "
        f"WHERE {fits.sql} ORDER BY {BY_TARGET if urgent else NEWEST_FIRST} LIMIT ? OFFSET ?",
        (*fits.params, limit, (page - 1) * limit),
    )
    return tuple(_row(each, translator(reader.lang)) for each in rows)


def _row(each: Sequence[Any], t: Translator) -> ContactRow:
    fields: dict[str, Any] = dict(zip(ContactRow._fields, each, strict=True))
    times = {name: instant(fields[name]) for name in ("at", "target")}
    return ContactRow(
        **{**fields, **times, "inbound": bool(fields["inbound"]), "name": naming.called(fields["name"], None, t)}
    )


def _count(konto: Konto, moment: Moment, fits: Condition) -> int:
    return int(konto.views.row(f"SELECT COUNT(*) FROM {source_of(moment)} x WHERE {fits.sql}", fits.params)[0])


def _counts(konto: Konto, moment: Moment, fits: Condition) -> dict[ContactFilter, int]:
    rows = konto.views.rows(
        f"SELECT x.state, COUNT(*) FROM {source_of(moment)} x WHERE {fits.sql} GROUP BY x.state", fits.params
    )
    found = {row[0]: row[1] for row in rows}
    states = {state: found.get(state, 0) for state in STATES}
    return {**states, "all": sum(found.values())}  # type: ignore[dict-item]


def _owners(konto: Konto, moment: Moment, seen: Condition) -> tuple[str, ...]:
    names = person_names(konto.library)
    return tuple(sorted({names[owner] for owner in _distinct(konto, moment, seen, "x.owner") if owner in names}))


def _distinct(konto: Konto, moment: Moment, seen: Condition, column: str) -> tuple[str, ...]:
    rows = konto.views.rows(f"SELECT DISTINCT {column} FROM {source_of(moment)} x WHERE {seen.sql}", seen.params)
    return tuple(sorted(row[0] for row in rows if row[0]))


# -- figures --------------------------------------------------------------------------------------


def figures(konto: Konto, reader: Reader, asked: ContactsAsked) -> ContactFigures | Refusal:
    if refused := of_one_alone(konto, reader, asked.owner):
        return refused
    now = konto.clock()
    since = _lately(konto, reader)
    known = where(konto, asked.customer, owner=asked.owner, channel=asked.channel)
    question = Question(Moment(now), start=midnight(since, reader), filter=known)
    found = kpis.figures(konto.library, konto.asker, question, NAMES)[0].figures
    return ContactFigures(
        since=since,
        first_answer=spread(found["first_answer_hours"]),
        in_time=share(found["answered_in_time"]),
        asked_again=share(found["chase_rate"]),
        channels=by_channel(konto, question),
    )


def by_channel(konto: Konto, question: Question) -> tuple[ChannelAnswers, ...]:
    """The channel with the most answers first."""
    by = replace(question, by="channel")
    rules = konto.steering.rulebooks.at(question.moment.at).answers
    groups = kpis.figures(konto.library, konto.asker, by, NAMES[:1])
    found = [
        ChannelAnswers(group.key or "other", spread(each), rules.target_seconds(group.key))
        for group in groups
        if isinstance(each := group.figures[NAMES[0]], Spread) and each.n
    ]
    return tuple(sorted(found, key=lambda each: -each.spread.n))
