"""Contacts and questions: who asked what when, who answered, and how we approached customers.

Rows hold instants; whether something is late or given up is for the reader to compare with a moment. What was
known when stands in `known_from` and `known_until`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain import contact as contacts
from domain.contact import Contact
from domain.fact import Fact
from domain.history import FactRetracted
from domain.lives import kind_of
from domain.question import Question, place_of, questions
from domain.relationship import Relationship, relationships
from domain.roles import Asker
from domain.steering import Steering
from domain.store import Cursor
from projections.customers import OWNER_NAME
from projections.filters import Condition, Filter, Library, Moment, UnknownState
from projections.page import TELLING, Family, Page, Row, by_stream, through_knowledge
from projections.paging import By, Place, behind, order_by
from projections.tables import ALWAYS, instant, micros

NO_FILTER = Filter()

TABLES = (
    "CREATE TABLE IF NOT EXISTS contacts (contact TEXT NOT NULL, known_from BIGINT NOT NULL, "
    "known_until BIGINT NOT NULL, customer TEXT NOT NULL, at BIGINT NOT NULL, inbound INTEGER NOT NULL, "
    "purpose TEXT, channel TEXT, needs_answer INTEGER NOT NULL, chases INTEGER NOT NULL, chased TEXT, about TEXT, "
    "person TEXT, owner TEXT, team TEXT, answered_at BIGINT, answered_by TEXT, question TEXT, "
    "two_way INTEGER NOT NULL, PRIMARY KEY (contact, known_from))",
    "CREATE INDEX IF NOT EXISTS contacts_customer ON contacts (customer, at)",
    "CREATE INDEX IF NOT EXISTS contacts_at ON contacts (at)",
    f"CREATE INDEX IF NOT EXISTS contacts_chasing ON contacts (at) WHERE chases = 1 AND known_until = {ALWAYS}",
    # For the figures of a period: all that is asked of those who came, or asked, and what the condition says.
    "CREATE INDEX IF NOT EXISTS contacts_came ON contacts (at, chases, channel, inbound, known_until, known_from) "
    "WHERE inbound = 1",
    "CREATE INDEX IF NOT EXISTS contacts_purpose ON contacts (purpose, customer, at)",
    "CREATE TABLE IF NOT EXISTS questions (question TEXT NOT NULL, known_from BIGINT NOT NULL, "
    "known_until BIGINT NOT NULL, customer TEXT NOT NULL, asked_at BIGINT NOT NULL, channel TEXT, owner TEXT, "
    "team TEXT, warn_at BIGINT, target_at BIGINT, given_up_at BIGINT, answered_at BIGINT, answered_by TEXT, "
    "answered_team TEXT, answered_s BIGINT, PRIMARY KEY (question, known_from))",
    "CREATE INDEX IF NOT EXISTS questions_asked ON questions "
    "(asked_at, channel, customer, target_at, given_up_at, answered_at, answered_s, question, known_until, known_from)",
    "CREATE INDEX IF NOT EXISTS questions_warn ON questions (warn_at)",
    "CREATE INDEX IF NOT EXISTS questions_target ON questions (target_at)",
    "CREATE INDEX IF NOT EXISTS questions_given_up ON questions (given_up_at)",
    "CREATE INDEX IF NOT EXISTS questions_customer ON questions (customer)",
    "CREATE TABLE IF NOT EXISTS contact_words (contact TEXT PRIMARY KEY, customer TEXT NOT NULL, "
    "source TEXT NOT NULL, id TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS contact_words_customer ON contact_words (customer)",
    "CREATE INDEX IF NOT EXISTS contact_words_id ON contact_words (id)",
)

SPOKEN = frozenset(("phone", "in_person", "video", "chat"))
"""Channels on which both sides speak."""


# -- how facts change it ------------------------------------------------------------------------------


def apply(cursor: Cursor, page: Page) -> None:
    units = _units(page)
    streams = [stream for _, unit in units for stream in unit]
    page.clear(cursor, "contacts", "contact", streams)
    page.clear(cursor, "questions", "question", streams)
    for family, unit in units:
        found = _rows(family, unit, page.steering)
        cursor.insert("contacts", found.contacts)
        cursor.insert("questions", found.questions)
    named = {
        fact.stream: (fact.stream, fact.customer, fact.source, page.words.get(fact.key, {}).get("contact", fact.stream))
        for fact in page.facts
        if fact.type in contacts.LIFE.begins
    }
    page.put(cursor, "contact_words", ("contact", "customer", "source", "id"), list(named.values()))


def _units(page: Page) -> list[tuple[Family, list[str]]]:
    """The contacts to fold anew, with all those with which they make up questions.

    Those of one thread or channel belong together; in a family of several customers all of them do, since who
    is one with whom decides which channels are one.
    """
    touched: dict[int, tuple[Family, set[str]]] = {}
    for family, stream in page.to_fold("contact", TELLING):
        touched.setdefault(id(family), (family, set()))[1].add(stream)
    for family in page.families:
        for stream in _asking_about(family, page):
            touched.setdefault(id(family), (family, set()))[1].add(stream)
    units: list[tuple[Family, list[str]]] = []
    for family, streams in touched.values():
        places = _places(family)
        wanted = {places[stream] for stream in streams}
        together: dict[str, list[str]] = {}
        for stream, place in places.items():
            if place in wanted:
                together.setdefault(place, []).append(stream)
        units += [(family, unit) for unit in together.values()]
    return units


def _asking_about(family: Family, page: Page) -> Iterator[str]:
    """Contacts about a promise or incident whose pauses may have changed with this page."""
    asked = family.streams("contact")
    changed = {
        stream.partition("-")[2]
        for kind in ("promise", "incident")
        for stream in (family.streams(kind) if asked else ())
        if stream in page.touched
    }
    if changed:
        for stream in asked:
            for fact in family.histories[stream]:
                about = getattr(fact.data, "about", None)
                if about is not None and about.partition("-")[2] in changed:
                    yield stream


def _places(family: Family) -> dict[str, str]:
    """By contact its thread or channel; one that asks nothing stands alone."""
    histories = {stream: family.histories[stream] for stream in family.streams("contact")}
    corrected = any(isinstance(fact.data, FactRetracted) for history in histories.values() for fact in history)
    if corrected or len(family.members) > 1:
        return dict.fromkeys(histories, "everything")
    return {stream: _place(stream, history) for stream, history in histories.items()}


def _place(stream: str, history: Sequence[Fact]) -> str:
    contact = contacts.LIFE.state(history)
    asked = None if contact is None else contact.inbound
    return place_of(contact) if contact and asked and asked.needs_answer else stream


class _Found(NamedTuple):
    contacts: list[Row]
    questions: list[Row]


def _rows(family: Family, unit: Sequence[str], steering: Steering) -> _Found:
    """All rows of contacts that belong together: a pure function of their facts and of whose they are."""
    facts = [fact for stream in unit for fact in family.histories[stream]]
    about = {getattr(fact.data, "about", None) for fact in facts} - {None}
    context = [
        fact
        for stream, history in family.histories.items()
        if kind_of(stream) in ("promise", "incident") and f"any-{stream.partition('-')[2]}" in about
        for fact in history
    ]
    everything = [*facts, *family.telling, *context]

    def of_contacts(known: Sequence[Fact], _: datetime | None) -> Iterator[Row]:
        for relationship in _known(known):
            yield from _contact_rows(relationship, steering)

    def of_questions(known: Sequence[Fact], _: datetime | None) -> Iterator[Row]:
        for relationship in _known(known):
            for question in questions(relationship, steering):
                yield _question_row(question, relationship.customer, steering)

    return _Found(
        through_knowledge(everything, of_contacts, place=1), through_knowledge(everything, of_questions, place=1)
    )


def _known(facts: Sequence[Fact]) -> Iterator[Relationship]:
    yield from relationships(by_stream(facts).values()).values()


def _contact_rows(relationship: Relationship, steering: Steering) -> Iterator[Row]:
    belongs = {
        stream: question.asked.stream for question in questions(relationship, steering) for stream in question.contacts
    }
    for stream, history in relationship.contacts.items():
        contact = contacts.LIFE.state(history)
        assert contact is not None
        yield _contact_row(stream, contact, relationship, belongs.get(stream), steering)


def _contact_row(
    stream: str, contact: Contact, relationship: Relationship, question: str | None, steering: Steering
) -> Row:
    at = contact.begun.time
    asked, told = contact.inbound, contact.outbound
    person = asked.to if asked is not None else told.by if told is not None else None
    customer = relationship.at(at)
    owner = person or customer.owner
    team = steering.team_of(owner, at) if person else customer.team or steering.team_of(owner, at)
    answer = contact.answers[0] if contact.answers else None
    answered = (micros(answer.time), getattr(answer.data, "by", None)) if answer else (None, None)
    who = (person, owner, team, *answered)
    if asked is not None:
        return (
            stream, relationship.customer, micros(at), 1, None, asked.channel, int(asked.needs_answer),
            int(asked.chases is not None), asked.chases, asked.about, *who, question, 1,
        )  # fmt: skip
    assert told is not None
    return (
        stream, relationship.customer, micros(at), 0, told.purpose, told.channel, 0, 0, None, told.about, *who, None,
        int(told.channel in SPOKEN),
    )  # fmt: skip


def _question_row(question: Question, customer: str, steering: Steering) -> Row:
    answered = question.answered
    by = getattr(answered.data, "by", None) if answered else None
    return (
        question.asked.stream,
        customer,
        micros(question.asked.time),
        question.channel,
        question.owner,
        question.team,
        micros(question.warn_at),
        micros(question.target_at),
        micros(question.given_up_at),
        micros(answered.time) if answered else None,
        by,
        steering.team_of(by, answered.time) if answered else None,
        question.answered_in_seconds,
    )


# -- questions ----------------------------------------------------------------------------------------

STATES = ("open", "answered", "late", "unanswered")


def state_at(moment: Moment, table: str = "q") -> str:
    """How a question stands at a moment, as SQL; NULL where nothing was asked."""
    answered = f"{table}.answered_at <= {moment.us}"
    return (
        f"CASE WHEN {table}.question IS NULL THEN NULL "
        f"WHEN {answered} AND ({table}.target_at IS NULL OR {table}.answered_at <= {table}.target_at) THEN 'answered' "
        f"WHEN {answered} THEN 'late' WHEN {table}.given_up_at <= {moment.us} THEN 'unanswered' ELSE 'open' END"
    )


def not_given_up(moment: Moment) -> str:
    """A query for the questions whose answer may still come: few, so that not all there ever were are read."""
    waits = f"SELECT q.question FROM questions q WHERE {moment.knows('q')} AND q.given_up_at"
    return f"{waits} > {moment.us} UNION {waits} IS NULL"


class ContactRow(NamedTuple):
    """A contact as a list shows it; `contact` and `customer` are internal ids, times UTC.

    `state` None: nothing was asked. `target_at` and `answered_at` are those of the question it belongs to.
    """

    contact: str
    id: str
    source: str
    customer: str
    customer_id: str
    customer_name: str | None
    state: str | None
    inbound: bool
    purpose: str | None
    channel: str | None
    needs_answer: bool
    chases: bool
    at: datetime
    owner: str | None
    team: str | None
    asked_at: datetime | None
    target_at: datetime | None
    given_up_at: datetime | None
    answered_at: datetime | None
    answered_s: int | None


_TIMES = ("at", "asked_at", "target_at", "given_up_at", "answered_at")


def source_of(moment: Moment) -> str:
    """All contacts known at the moment with the question each belongs to, and who answers for it: a table `x`."""
    now = moment.us
    return (
        "(SELECT c.contact, c.customer, c.at, c.inbound, c.purpose, c.channel, c.needs_answer, c.chases, c.about, "
        "c.two_way, c.question, NULL AS kind, NULL AS supplier, NULL AS product, NULL AS severity, "
        f"COALESCE(CASE WHEN q.answered_at <= {now} THEN q.answered_by END, "
        f"CASE WHEN c.answered_at <= {now} THEN c.answered_by END, c.person) AS handled_by, "
        f"CASE WHEN c.inbound = 0 THEN c.owner WHEN q.answered_at <= {now} THEN COALESCE(q.answered_by, q.owner) "
        f"ELSE COALESCE(q.owner, c.owner) END AS owner, "
        f"CASE WHEN c.inbound = 0 THEN c.team WHEN q.answered_at <= {now} THEN COALESCE(q.answered_team, q.team) "
        f"ELSE COALESCE(q.team, c.team) END AS team, "
        f"{state_at(moment)} AS state, q.asked_at, q.target_at, q.given_up_at, "
        f"CASE WHEN q.answered_at <= {now} THEN q.answered_at END AS answered_at, "
        f"CASE WHEN q.answered_at <= {now} THEN q.answered_s END AS answered_s "
        f"FROM contacts c LEFT JOIN questions q ON q.question = c.question AND {moment.knows('q')} "
        f"WHERE c.at <= {now} AND {moment.knows('c')})"
    )


LISTED_BY = (By("x.at", down=True), By("w.id"), By("x.contact"))


def place(row: ContactRow) -> Place:
    return micros(row.at), row.id, row.contact


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
) -> list[ContactRow]:
    """The newest first."""
    where = _where(library, asker, states, filter)
    if among is not None:
        where = where.and_(Condition(f"x.contact IN ({among.sql})", among.params))
    where = where.and_(behind(LISTED_BY, after))
    page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    rows = library.views.rows(
        f"SELECT x.contact, w.id, w.source, x.customer, c.id, c.name, x.state, x.inbound, x.purpose, x.channel, "
        f"x.needs_answer, x.chases, x.at, {OWNER_NAME.format(column='x.owner')}, x.team, x.asked_at, x.target_at, "
        f"x.given_up_at, x.answered_at, x.answered_s FROM {source_of(moment)} x "
        f"JOIN contact_words w ON w.contact = x.contact JOIN customers c ON c.customer = x.customer "
        f"WHERE {where.sql} ORDER BY {order_by(LISTED_BY)}{page}",
        where.params,
    )
    return [_contact(row) for row in rows]


def count(
    library: Library, asker: Asker, moment: Moment, *, states: Sequence[str] = (), filter: Filter = NO_FILTER
) -> int:
    where = _where(library, asker, states, filter)
    row = library.views.row(f"SELECT COUNT(*) FROM {source_of(moment)} x WHERE {where.sql}", where.params)
    return int(row[0])


def _where(library: Library, asker: Asker, states: Sequence[str], filter: Filter) -> Condition:
    where = filter.condition(library, asker, "contacts", "x")
    if not states:
        return where
    for state in states:
        if state not in STATES:
            raise UnknownState(state, STATES)
    return where.and_(Condition(f"x.state IN ({','.join('?' * len(states))})", list(states)))


def _contact(row: Sequence[Any]) -> ContactRow:
    fields: dict[str, Any] = dict(zip(ContactRow._fields, row, strict=True))
    for name in _TIMES:
        fields[name] = instant(fields[name])
    for name in ("inbound", "needs_answer", "chases"):
        fields[name] = bool(fields[name])
    return ContactRow(**fields)
