"""Everything that is held about one person, as a file for programs: docs/reference/access-export.md says what is where.

The paper is made from it (wiring/printing/disclosure.py), so that neither leaves out what the other says of the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace
from typing_extensions import TypedDict

from domain.alert import NOBODY, SHARED_INBOX
from domain.fact import SEALED, Fact
from domain.recovery import ORDER
from domain.vault import plan
from projections import sentences
from projections.audit import Entry
from projections.contacts import ContactRow
from projections.disclosure import Alert, Disclosure, Identity, Recorded, Rhythm, Waiting
from projections.incidents import IncidentRow
from projections.promises import PromiseRow
from projections.sentences import Called, Words
from projections.telling import became, sentence
from projections.withholding import ONE_OF_US, REASONS, Bared
from wiring.asking import Asking
from wiring.moments import written
from wiring.told import statement
from wiring.told.incidents import Step
from wiring.told.information import Information, information
from words import N_, Translator, names
from words.format import moment_to_keep

FORMAT: Final = "vertrauenskonto-access"
VERSION: Final = 1
"""Grows where a field changes its meaning or goes; new fields may come at any time."""

SHORT: Final = 100
"""Letters of what a promise or incident is called."""

ONE, ONE_OF_MANY = N_("one of us"), N_("one of us ({n})")
INBOX, NO_ONE = N_("the shared inbox"), N_("nobody could be reached")
MISTAKEN = N_("Recorded for this customer by mistake; it belongs to somebody else")
RETRACTED = N_("Recorded by mistake, retracted")
WHY: Final[Mapping[str, str]] = {
    "colleague": N_(
        "Names of our own people. They act for us, and who of them did what is not needed to use your rights; in their "
        "place stands “one of us”."
    ),
    "third_person": N_("Names of people whom you recommended us to: they have a right of their own not to be named."),
    "other_customer": N_(
        "What belongs to other customers: their numbers, and what was recorded for you by mistake and is theirs."
    ),
    "erased": N_("Words that were erased and can be read by nobody any more."),
}
"""By reason; Art. 15(4) DSGVO."""


class Who(TypedDict):
    """Under one number of one source. `owner` is one of us."""

    id: str
    source: str
    own_id: str | None
    name: str | None
    email: str | None
    phone: str | None
    kind: str
    owner: str | None
    team: str | None
    language: str | None
    timezone: str | None
    since: str | None
    merged: bool


class Taken(TypedDict):
    """Why and when a fact was taken out again."""

    time: str | None
    recorded: str | None
    reason: str | None


class Told(TypedDict):
    """A fact. `data` is the fact's own; `withheld` says of fields that are null why; `provided` names those that the
    person told us, or did."""

    type: str
    text: str
    time: str | None
    recorded: str | None
    source: str
    id: str | None
    sequence: int | None
    zone: str | None
    subject: str
    status: str
    retracted: Taken | None
    data: dict[str, Any]
    provided: list[str]
    withheld: dict[str, str]


class Waits(TypedDict):
    type: str
    text: str
    time: str | None
    source: str
    id: str | None
    since: str | None
    data: dict[str, Any]
    withheld: dict[str, str]


class Habit(TypedDict):
    purpose: str
    every_days: float
    last: str | None


class Spoken(TypedDict):
    """`usual_gap_days` null: not known yet. From `silent_from` on silence says something."""

    contacts: int
    last: str | None
    usual_gap_days: float | None
    silent_from: str | None
    habits: list[Habit]


class Estimate(TypedDict):
    """How probably an open promise is kept; null where too little is known."""

    promise: str
    what: str | None
    probability: float | None
    interval: list[float]
    rests_on: int
    at_risk: bool


class Became(TypedDict):
    time: str | None
    type: str
    text: str


class Warned(TypedDict):
    """An alert about the person. `recipient` is one of us, null where nobody could be reached."""

    rule: str
    text: str
    about: str | None
    since: str | None
    raised: str | None
    level: int
    recipient: str | None
    became: list[Became]


class Standing(TypedDict):
    """The account, as `konto statement --json` tells it."""

    balance: float
    buffer: float
    stage: str
    stage_reason: str
    reliability: statement.Trust
    sensitivity: statement.Sensitivity
    lines: list[statement.StatementLine]


class Promised(TypedDict):
    """How a promise stands: `due` is the one in force, `last_moment` the last one for timely notice."""

    subject: str
    promise: str
    source: str
    state: str
    first_due: str | None
    due: str | None
    last_moment: str | None
    moves: int
    waits_for: list[str]
    settled: str | None
    degree: float | None


class Asked(TypedDict):
    """How a contact stands; `state` null: nothing was asked. The target and the answer are those of its question."""

    subject: str
    contact: str
    source: str
    state: str | None
    asked: str | None
    target: str | None
    given_up: str | None
    answered: str | None
    answered_business_hours: float | None


class Mended(TypedDict):
    """How far the recovery of an incident has come."""

    subject: str
    incident: str
    source: str
    state: str
    next_step: str | None
    restored: bool
    resolved: str | None
    closed: str | None
    steps: dict[str, Step]


class Derived(TypedDict):
    """What follows from the facts by our rules; nobody told us any of it."""

    as_of: str | None
    account: Standing
    promises: list[Promised]
    contacts: list[Asked]
    incidents: list[Mended]
    rhythm: Spoken | None
    estimates: list[Estimate]
    alerts: list[Warned]


class Colleague(TypedDict):
    id: str
    role: str | None


class Left(TypedDict):
    reason: str
    count: int
    text: str


class Access(TypedDict):
    format: str
    version: int
    language: str
    made: str | None
    customer: str
    information: Information
    identity: list[Who]
    facts: list[Told]
    waiting: list[Waits]
    derived: Derived
    colleagues: list[Colleague]
    withheld: list[Left]


def as_json(asking: Asking, found: Disclosure) -> Access:
    """In the asker's language; whatever names one of us counts them on, so who they are comes last."""
    identity = [_who(found, each) for each in found.identities]
    facts = [_told(found, each, asking.t) for each in found.facts]
    waiting = [_waits(found, each, asking.t) for each in found.waiting]
    derived = _derived(asking, found)
    return {
        "format": FORMAT,
        "version": VERSION,
        "language": asking.t.lang,
        "made": written(found.at),
        "customer": found.customer.customer,
        "information": information(asking, found),
        "identity": identity,
        "facts": facts,
        "waiting": waiting,
        "derived": derived,
        "colleagues": _colleagues(asking, found),
        "withheld": [
            {"reason": reason, "count": count, "text": asking.t.gettext(WHY[reason])}
            for reason in REASONS
            if (count := found.withholding.counts[reason])
        ],
    }


def one_of_us(name: str, t: Translator) -> str:
    """How a pseudonym is said."""
    number = name.removeprefix(ONE_OF_US).removeprefix("-")
    return t.gettext(ONE_OF_MANY).format(n=number) if number else t.gettext(ONE)


def in_short(text: str) -> str:
    """What something is called inside a sentence; its text stands in full with its fact."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


# -- who --------------------------------------------------------------------------------------------------


def _who(found: Disclosure, each: Identity) -> Who:
    return {
        "id": each.customer,
        "source": each.source,
        "own_id": _legible(each.id),
        "name": _legible(each.name),
        "email": _legible(each.email),
        "phone": _legible(each.phone),
        "kind": each.kind,
        "owner": None if each.owner is None else found.withholding.one_of_us(each.owner),
        "team": each.team,
        "language": each.language,
        "timezone": each.timezone,
        "since": each.since,
        "merged": each.is_merged,
    }


def _legible(text: str | None) -> str | None:
    """Where it was erased a seal stands in its place."""
    return None if text == SEALED else text


def _colleagues(asking: Asking, found: Disclosure) -> list[Colleague]:
    """The widest role that each has by the people document of today."""
    if not found.colleagues.is_numbered:
        return []
    return [
        {"id": found.colleagues.name(person), "role": _role(asking, person, found.at)}
        for person in list(found.colleagues.numbers)
    ]


ROLES: Final = ("manager", "admin", "auditor", "owner")
"""The first that somebody has is told."""


def _role(asking: Asking, person: str, at: datetime) -> str | None:
    known = asking.konto.steering.find(person, at)
    return None if known is None else next((role for role in ROLES if role in known.roles), None)


# -- facts ------------------------------------------------------------------------------------------------


def _told(found: Disclosure, each: Recorded, t: Translator) -> Told:
    fact, taken_out = each.fact, each.retracted_by
    return {
        "type": fact.type,
        "text": t.gettext(MISTAKEN) if each.is_anothers else _text(found, each.bared, t),
        "time": written(fact.time),
        "recorded": written(fact.recorded),
        "source": fact.source,
        "id": fact.id or None,
        "sequence": fact.sequence,
        "zone": fact.zone,
        "subject": fact.stream,
        "status": each.status,
        "retracted": None
        if taken_out is None
        else {
            "time": written(taken_out.time),
            "recorded": written(taken_out.recorded),
            "reason": None if each.is_anothers else _said(taken_out, "reason"),
        },
        "data": each.bared.data,
        "provided": list(each.provided),
        "withheld": dict(each.bared.withheld),
    }


def _waits(found: Disclosure, each: Waiting, t: Translator) -> Waits:
    fact = each.bared.fact
    return {
        "type": fact.type,
        "text": _text(found, each.bared, t),
        "time": written(fact.time),
        "source": fact.source,
        "id": fact.id or None,
        "since": written(each.since),
        "data": each.bared.data,
        "withheld": dict(each.bared.withheld),
    }


def _text(found: Disclosure, bared: Bared, t: Translator) -> str:
    """What happened, in a sentence without anybody's name."""
    fact = bared.fact
    if "retracts" in bared.withheld:
        return t.gettext(RETRACTED)
    persons = {name: one_of_us(bared.data[name], t) for name in plan(type(fact.data)).persons if bared.data.get(name)}
    nameless = replace(fact, data=fact.data.model_copy(update=persons))
    called = {fact.stream: in_short(found.called[fact.stream])} if fact.stream in found.called else {}
    said = sentence(Entry(nameless, "counts"), called, t)
    return said[:1].upper() + said[1:]


def _said(fact: Fact, name: str) -> str | None:
    said = getattr(fact.data, name, None)
    return said if isinstance(said, str) and said != SEALED else None


# -- what follows -----------------------------------------------------------------------------------------


def _derived(asking: Asking, found: Disclosure) -> Derived:
    return {
        "as_of": written(found.at),
        "account": _account(asking, found),
        "promises": [_promised(each) for each in found.promises],
        "contacts": [_asked(each) for each in found.contacts],
        "incidents": [_mended(each) for each in found.incidents],
        "rhythm": None if found.rhythm is None else _spoken(found.rhythm),
        "estimates": list(_estimates(found)),
        "alerts": [_warned(asking, found, each) for each in found.alerts],
    }


def _account(asking: Asking, found: Disclosure) -> Standing:
    konto, account = asking.konto, found.statement
    postings = [line.posting for line in account.lines]
    words = _shortened(sentences.words_of(konto.log, konto.library, found.customer.customer, postings))
    rules = konto.steering.rulebooks.at(found.at)
    told = statement.as_json(asking, statement.Read(account, words, rules, None, None))
    return {
        "balance": told["balance"],
        "buffer": told["buffer"],
        "stage": told["stage"],
        "stage_reason": told["stage_reason"],
        "reliability": told["reliability"],
        "sensitivity": told["sensitivity"],
        "lines": told["lines"],
    }


def _shortened(words: Words) -> Words:
    return words._replace(
        promises={stream: _called(each) for stream, each in words.promises.items()},
        incidents={stream: _called(each) for stream, each in words.incidents.items()},
    )


def _called(each: Called) -> Called:
    return each._replace(what=in_short(each.what)) if each.what else each


def _promised(row: PromiseRow) -> Promised:
    return {
        "subject": row.promise,
        "promise": row.id,
        "source": row.source,
        "state": row.state,
        "first_due": written(row.first_due),
        "due": written(row.due),
        "last_moment": written(row.last_moment),
        "moves": row.moves,
        "waits_for": row.waits_for.split(",") if row.waits_for else [],
        "settled": written(row.settled_at),
        "degree": row.degree,
    }


def _asked(row: ContactRow) -> Asked:
    return {
        "subject": row.contact,
        "contact": row.id,
        "source": row.source,
        "state": row.state,
        "asked": written(row.asked_at),
        "target": written(row.target_at),
        "given_up": written(row.given_up_at),
        "answered": written(row.answered_at),
        "answered_business_hours": None if row.answered_s is None else row.answered_s / 3600,
    }


def _mended(row: IncidentRow) -> Mended:
    return {
        "subject": row.incident,
        "incident": row.id,
        "source": row.source,
        "state": row.state,
        "next_step": row.next_step,
        "restored": row.restored,
        "resolved": written(row.resolved_at),
        "closed": written(row.closed_at),
        "steps": {step: {"due": written(row.due_of(step)), "done": written(row.done_at(step))} for step in ORDER},
    }


def _spoken(rhythm: Rhythm) -> Spoken:
    return {
        "contacts": rhythm.spoken,
        "last": written(rhythm.last),
        "usual_gap_days": None if rhythm.usual is None else round(rhythm.usual.total_seconds() / 86_400, 2),
        "silent_from": written(rhythm.silent_from),
        "habits": [
            {
                "purpose": purpose,
                "every_days": round(each.every.total_seconds() / 86_400, 2),
                "last": written(each.last),
            }
            for purpose, each in rhythm.habits.items()
        ],
    }


def _estimates(found: Disclosure) -> Iterator[Estimate]:
    rows = {row.promise: row for row in found.promises}
    for each in found.chances:
        row, estimate = rows[each.promise], each.estimate
        yield {
            "promise": row.id,
            "what": row.what,
            "probability": estimate.probability,
            "interval": list(estimate.interval),
            "rests_on": estimate.rests_on,
            "at_risk": each.is_at_risk,
        }


def _warned(asking: Asking, found: Disclosure, each: Alert) -> Warned:
    data: Any = each.raised.data
    t = asking.t
    return {
        "rule": data.rule,
        "text": t.gettext(names.ALERTS[data.rule]),
        "about": in_short(found.called[data.subject]) if data.subject in found.called else None,
        "since": written(data.moment),
        "raised": written(each.raised.recorded),
        "level": data.level,
        "recipient": _recipient(found, data.recipient),
        "became": [_became(asking, found, event) for event in each.became],
    }


def _recipient(found: Disclosure, who: str) -> str | None:
    """The shared inbox is nobody in particular."""
    if who == NOBODY:
        return None
    return who if who == SHARED_INBOX else found.withholding.one_of_us(who)


def _became(asking: Asking, found: Disclosure, event: Fact) -> Became:
    data: Any = event.data
    t, until = asking.t, getattr(data, "until", None)
    who = getattr(data, "to", None) or getattr(data, "by", None)
    told = t.gettext(became(event)).format(
        name=recipient(None if who is None else _recipient(found, who), t),
        until="" if until is None else moment_to_keep(until, asking.zone, t.lang),
        reason=_said(event, "reason"),
    )
    return {"time": written(event.recorded), "type": event.type, "text": told}


def recipient(who: str | None, t: Translator) -> str:
    """How whoever got an alert is said."""
    if who is None:
        return t.gettext(NO_ONE)
    return t.gettext(INBOX) if who == SHARED_INBOX else one_of_us(who, t)
