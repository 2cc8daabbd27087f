"""Gathers what a message can say: from the tables, and from the vault the words of whoever told us.

What was erased or never told is missing, and nothing else fails for it: the message says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from domain import account
from domain.account import Posting
from domain.advice import Adviser
from domain.alert import Occasion, Rule, subject_of
from domain.fact import SEALED, Fact, in_order
from domain.habits import habit, usual_gap
from domain.lives import standing
from domain.log import Log
from domain.recovery import ORDER, StepName
from domain.roles import LOCAL_USER
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections import advice, customers, falls, kpis, sentences, statements, suppliers, workloads
from projections.figures import Share
from projections.filters import Filter, Library, Moment
from projections.kpis import Question
from projections.tables import instant
from workers.messages.matter import (
    About,
    Account,
    Asked,
    Burden,
    Claims,
    Matter,
    Promised,
    Recovery,
    Rhythm,
    Way,
    Week,
)

FALLEN_WITHIN = timedelta(days=90)
"""So far back is looked for what took the balance down."""
WEEK = timedelta(days=7)


class Source(NamedTuple):
    """Where the words come from. `adviser`: one that was taught up to `now`, where somebody has it already."""

    log: Log
    library: Library
    steering: Steering
    now: datetime
    zone: ZoneInfo
    adviser: Adviser | None = None

    @property
    def moment(self) -> Moment:
        return Moment(self.now)

    @property
    def rules(self) -> Rulebook:
        return self.steering.rulebooks.at(self.now)

    def row(self, sql: str, *params: object) -> Any:
        return self.library.views.row(sql, params)

    def told(self, stream: str) -> list[Fact]:
        """What counts of it, in order of happening and in the words of its source."""
        facts = standing(self.log.histories([stream]).get(stream, []))
        return list(in_order(self.log.opened(facts)))


def matter_of(
    log: Log,
    library: Library,
    steering: Steering,
    occasion: Occasion,
    now: datetime,
    zone: ZoneInfo,
    *,
    adviser: Adviser | None = None,
) -> Matter:
    """`zone`: by whose clock weeks and months are told apart."""
    source = Source(log, library, steering, now, zone, adviser)
    return Matter(occasion, _customer(source, occasion), GATHERERS[occasion.rule](source, occasion))


def _customer(source: Source, occasion: Occasion) -> str | None:
    """How users call them; None for somebody who was erased."""
    customer = occasion.customer or occasion.subject
    id, name = customers.names_of(source.library, [customer]).get(customer, (None, None))
    return None if name == SEALED else name or _known(id)


def _known(text: str | None) -> str | None:
    return text if text and text != SEALED else None


# -- promises -----------------------------------------------------------------------------------------


def _promised(source: Source, occasion: Occasion) -> Promised:
    found = _promise(source, occasion.subject)
    return found._replace(chance=_chance(source, occasion.subject)) if occasion.rule == "at_risk" else found


def _promise(source: Source, promise: str) -> Promised:
    row = source.row(
        "SELECT p.kind, p.due, p.last_moment, p.moves_in_time + p.moves_late, p.settled_at, p.internal FROM promises p "
        f"WHERE p.promise = ? AND {source.moment.rows()}",
        promise,
    )
    if row is None:
        return Promised()
    kind, due, last_moment, moves, settled_at, internal = row
    words = _words(source.told(promise), ("what", "plan_b", "alternative"))
    return Promised(
        what=words["what"],
        kind=kind,
        due=instant(due),
        last_moment=instant(last_moment),
        plan_b=words["plan_b"],
        alternative=words["alternative"],
        moves=moves,
        fulfilled_at=instant(settled_at),
        internal=bool(internal),
    )


def _words(facts: Iterable[Fact], names: Sequence[str]) -> dict[str, str | None]:
    """What was said last under each name."""
    words: dict[str, str | None] = dict.fromkeys(names)
    for fact in facts:
        for name in names:
            if name in type(fact.data).model_fields and fact.data.says(name):
                words[name] = _known(getattr(fact.data, name))
    return words


def _chance(source: Source, promise: str) -> float | None:
    adviser = source.adviser or advice.learned(source.library, source.now)
    found = advice.at_risk(source.library, LOCAL_USER, source.moment, adviser, [promise]).get(promise)
    return found.probability if found else None


# -- questions ----------------------------------------------------------------------------------------


class _Contact(NamedTuple):
    """Times UTC; `question` is the contact with which the question began that it belongs to."""

    contact: str
    customer: str
    at: datetime
    channel: str | None
    question: str | None


def _contact(source: Source, contact: str) -> _Contact | None:
    row = source.row(
        "SELECT c.contact, c.customer, c.at, c.channel, c.question FROM contacts c "
        f"WHERE c.contact = ? AND c.at <= {source.moment.us} AND {source.moment.knows('c')}",
        contact,
    )
    if row is None:
        return None
    contact, customer, us, channel, question = row
    at = instant(us)
    assert at is not None
    return _Contact(contact, customer, at, channel, question)


def _question(source: Source, occasion: Occasion) -> Asked:
    contact = _contact(source, occasion.subject)
    if contact is None:
        return Asked()
    about = _referred(source.told(contact.contact), "about")
    return _asked(source, contact)._replace(promise=_promise_meant(source, about))


def _asked(source: Source, contact: _Contact) -> Asked:
    row = source.row(
        f"SELECT q.asked_at, q.target_at FROM questions q WHERE q.question = ? AND {source.moment.knows('q')}",
        contact.question or contact.contact,
    )
    asked_at, target_at = row or (None, None)
    return Asked(channel=contact.channel, asked_at=instant(asked_at) or contact.at, target_at=instant(target_at))


def _chased(source: Source, occasion: Occasion) -> Asked:
    """They ask about a promise, or about what they asked first."""
    contact = _contact(source, occasion.subject)
    if contact is None:
        return Asked()
    chases = _chases_of(source, contact.customer)
    root = _root(chases, contact.contact)
    count = sum(_root(chases, each) == root for each in chases)
    promise = _promise_meant(source, root)
    if promise is not None:
        return Asked(channel=contact.channel, chases=count, promise=promise)
    first = _contact(source, f"contact-{_tail(root)}")
    begun = _asked(source, first) if first else Asked()
    return begun._replace(channel=contact.channel, chases=count)


def _chases_of(source: Source, customer: str) -> dict[str, str]:
    """What each contact of theirs asks about again, up to now."""
    rows = source.library.views.rows(
        f"SELECT c.contact FROM contacts c WHERE c.customer = ? AND c.chases = 1 AND c.at <= {source.moment.us} "
        f"AND {source.moment.knows('c')}",
        (customer,),
    )
    histories = source.log.histories([row[0] for row in rows])
    chased = {contact: _referred(standing(facts), "chases") for contact, facts in histories.items()}
    return {contact: about for contact, about in chased.items() if about is not None}


def _root(chases: Mapping[str, str], contact: str) -> str:
    """What it is about in the end: who asks again about a question that asks again means the first one."""
    seen: set[str] = set()
    meant = contact
    while meant not in seen:
        seen.add(meant)
        meant = chases.get(f"contact-{_tail(meant)}", meant)
    return _tail(meant)


def _referred(facts: Iterable[Fact], field: str) -> str | None:
    """The internal id in a field of the fact with which it began; its kind may be unknown."""
    return next((about for fact in facts if (about := getattr(fact.data, field, None))), None)


def _tail(id: str) -> str:
    """Without the kind: a promise and a contact of one source never have the same."""
    return id.rpartition("-")[2]


def _promise_meant(source: Source, about: str | None) -> Promised | None:
    if about is None:
        return None
    promise = f"promise-{_tail(about)}"
    known = source.row(f"SELECT 1 FROM promises p WHERE p.promise = ? AND {source.moment.rows()}", promise)
    return _promise(source, promise) if known else None


# -- incidents ----------------------------------------------------------------------------------------


def _recovery(source: Source, occasion: Occasion) -> Recovery:
    times = ", ".join(f"i.{step}_{end}" for step in ORDER for end in ("done", "due"))
    row = source.row(
        f"SELECT i.kind, i.reported_at, i.next_step, {times} FROM incidents i "
        f"WHERE i.incident = ? AND {source.moment.rows('i')}",
        occasion.subject,
    )
    named = next((step for step in ORDER if step == occasion.detail), None)
    if row is None:
        return Recovery(named or ORDER[0])
    kind, reported_at, next_step, *moments = row
    step: StepName = named or next_step or ORDER[0]
    done, due = dict(zip(ORDER, moments[::2], strict=True)), dict(zip(ORDER, moments[1::2], strict=True))
    return Recovery(
        step=step,
        text=_words(source.told(occasion.subject), ("text",))["text"],
        kind=kind,
        reported_at=instant(reported_at),
        done=tuple(each for each in ORDER if done[each] is not None),
        deadline=instant(due[step]),
    )


# -- customers ----------------------------------------------------------------------------------------


def _account(source: Source, occasion: Occasion) -> Account:
    rulebooks, now = source.steering.rulebooks, source.now
    lines = statements.lines_of(source.library.views, occasion.subject)
    deposits = [line.time for line in lines if line.stands_at(now) and line.points_at(now, rulebooks) > 0]
    left = source.row("SELECT left_at FROM customers WHERE customer = ?", occasion.subject)
    fell = _fall(source, occasion.rule, lines)
    return Account(
        balance=account.balance(lines, now, rulebooks),
        buffer=account.buffer(lines, now, rulebooks),
        last_deposit=max(deposits, default=None),
        has_left=left is not None and left[0] is not None and left[0] <= source.moment.us,
        fall=fell,
        words=None if fell is None else _words_of(source, occasion.subject, fell),
    )


def _fall(source: Source, rule: Rule, lines: Sequence[Posting]) -> falls.Fall | None:
    within = timedelta(days=source.rules.alerts.fall_days) if rule == "trust_falling" else FALLEN_WITHIN
    course = falls.course(lines, source.now - within, source.now, source.steering.rulebooks)
    return falls.fall(course, lines, source.steering.rulebooks)


def _words_of(source: Source, customer: str, fell: falls.Fall) -> sentences.Words:
    lines = [drop.line for drop in fell.drops]
    return sentences.words_of(source.log, source.library, customer, lines)


def _silent(source: Source, occasion: Occasion) -> Rhythm:
    spoke = _contacts(source, occasion.subject, "c.two_way = 1")
    return Rhythm(last=spoke[-1] if spoke else None, usual=usual_gap(spoke, source.rules.silence))


def _lapsed(source: Source, occasion: Occasion) -> Rhythm:
    times = _contacts(source, occasion.subject, "c.inbound = 0 AND c.purpose = ?", occasion.detail)
    made = habit(times, source.rules.habits)
    return Rhythm(times[-1] if times else None, made.every if made else None, occasion.detail)


def _contacts(source: Source, customer: str, which: str, *params: object) -> list[datetime]:
    rows = source.library.views.rows(
        f"SELECT c.at FROM contacts c WHERE c.customer = ? AND {which} AND c.at <= {source.moment.us} "
        f"AND {source.moment.knows('c')} ORDER BY c.at",
        (customer, *params),
    )
    return [at for row in rows if (at := instant(row[0])) is not None]


def _feedback(source: Source, occasion: Occasion) -> Rhythm:
    row = source.row(
        "SELECT MAX(t.time) FROM timeline t WHERE t.customer = ? AND t.type = 'feedback.given' "
        f"AND t.time <= {source.moment.us} AND {source.moment.knows('t')}",
        occasion.subject,
    )
    return Rhythm(last=instant(row[0]))


# -- the firm -----------------------------------------------------------------------------------------


def _claims(source: Source, occasion: Occasion) -> Claims:
    found = suppliers.listed(source.library, LOCAL_USER, source.moment)
    row = next((each for each in found if _is(source, occasion, "supplier", each.supplier)), None)
    months = source.rules.cards.months
    return Claims(row.supplier, row.claims, months, row.last_claim) if row else Claims(months=months)


def _is(source: Source, occasion: Occasion, kind: Literal["supplier", "team", "channel"], name: str) -> bool:
    """An id reveals no name, but of a name it can be told whether it has this id."""
    return subject_of(source.library.ids, kind, name) == occasion.subject


def _burden(source: Source, occasion: Occasion) -> Burden:
    person = source.steering.find(occasion.subject, source.now)
    name = person.name if person else customers.person_name(source.library, occasion.subject)
    persons = source.library.person_ids(name) if name else []
    load = workloads.of(source.library, sorted({occasion.subject, *persons}), source.now, source.zone)
    return Burden(name, load)


def _week(source: Source, occasion: Occasion) -> Week:
    """`since` is the end of the week that is meant."""
    team = next((each for each in _teams(source) if _is(source, occasion, "team", each)), None)
    weeks, end = source.rules.alerts.drift_weeks, occasion.since
    # By the clock on the wall: a week with a change of clocks is a week.
    start = end.astimezone(source.zone) - WEEK
    return Week(
        team=team,
        end=end,
        kept=_on_time(source, team, start, end),
        before=_on_time(source, team, start - weeks * WEEK, start),
        weeks=weeks,
    )


def _teams(source: Source) -> list[str]:
    rows = source.library.views.rows("SELECT DISTINCT team FROM promises WHERE team IS NOT NULL")
    return sorted({row[0] for row in rows} | {team.name for team in source.steering.people.at(source.now).teams})


def _on_time(source: Source, team: str | None, start: datetime, end: datetime) -> Share:
    """As it stood when that time was over."""
    if team is None:
        return Share(0, 0)
    question = Question(Moment(end), start=start, end=end, filter=Filter({"team": team}))
    (group,) = kpis.reckoned(source.library, LOCAL_USER, question, ["on_time_rate"])
    share = group.figures["on_time_rate"]
    assert isinstance(share, Share)
    return share


def _way(source: Source, occasion: Occasion) -> Way:
    people = source.steering.people.at(source.now).persons
    known = {"email", *(channel for person in people for channel in person.channels)}
    return Way(next((each for each in sorted(known) if _is(source, occasion, "channel", each)), None))


GATHERERS: Mapping[Rule, Callable[[Source, Occasion], About]] = {
    "last_call": _promised,
    "chased": _chased,
    "overdue": _promised,
    "unanswered": _question,
    "recovery_step_due": _recovery,
    "at_risk": _promised,
    "channel_paused": _way,
    "trust_low": _account,
    "moved_again": _promised,
    "follow_up_due": _promised,
    "overload": _burden,
    "due_soon": _promised,
    "trust_falling": _account,
    "supplier_card": _claims,
    "buffer_thin": _account,
    "lapsed_cadence": _lapsed,
    "silent_customer": _silent,
    "feedback_silent": _feedback,
    "reliability_drift": _week,
}
