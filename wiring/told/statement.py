"""A customer's statement, as it is read and as programs are told it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from typing_extensions import TypedDict

from domain.reliability import Reliability
from domain.rulebook import Rulebook
from projections import falls, sentences, statements
from projections.customers import Party
from projections.filters import Moment
from projections.sentences import Words
from projections.statements import Line, Statement
from wiring.asking import Asking
from wiring.moments import written

FALLEN_WITHIN = timedelta(days=90)


class Read(NamedTuple):
    """A statement with what its sentences need; `fell` in points, `why` in words, both None where it did not."""

    found: Statement
    words: Words
    rules: Rulebook
    fell: int | None
    why: str | None


def stood(asking: Asking, customer: str, moment: Moment) -> Statement:
    """How the account of a customer, by internal id, stood."""
    library, steering = asking.konto.library, asking.konto.library.steering(moment.known)
    return statements.statement(library, asking.konto.asker, customer, steering, moment.at, known=moment.known)


def stood_in_short(asking: Asking, party: Party, moment: Moment) -> Statement:
    """The same but for the sensitivity, for a list: quick where it is asked what we know now."""
    if moment.known is not None:
        return stood(asking, party.customer, moment)
    library = asking.konto.library
    return statements.kept(library.views, party, library.steering(None), moment.at)


def read(asking: Asking, customer: str, moment: Moment) -> Read:
    konto, found = asking.konto, stood(asking, customer, moment)
    rulebooks = konto.steering.rulebooks
    postings = [line.posting for line in found.lines]
    words = sentences.words_of(konto.log, konto.library, customer, postings)
    course = falls.course(postings, found.at - FALLEN_WITHIN, found.at, rulebooks)
    fall = falls.fall(course, postings, rulebooks)
    why = None if fall is None else sentences.why_it_fell(fall, words, asking.t, asking.zone)
    return Read(found, words, rulebooks.at(found.at), fall.points if fall else None, why)


class Trust(TypedDict):
    """`value` null: too little to say; it surely lies within `interval`."""

    value: float | None
    interval: list[float]
    rests_on: int


class Sensitivity(TypedDict):
    value: float
    by_hand: bool
    reactions: int | None


class StatementLine(TypedDict):
    """Points with two decimals: `counts` is what is left of them today."""

    time: str | None
    rule: str
    base: float
    factors: dict[str, float]
    points: float
    counts: float
    provisional: bool
    text: str
    fact: str | None


class Fell(TypedDict):
    points: float
    text: str | None


class Account(TypedDict):
    customer: str
    as_of: str | None
    balance: float
    reliability: Trust
    stage: str
    stage_reason: str
    sensitivity: Sensitivity
    buffer: float
    lines: list[StatementLine]
    fell: Fell | None


def as_json(asking: Asking, read: Read) -> Account:
    found = read.found
    return {
        "customer": found.customer.id,
        "as_of": written(found.at),
        "balance": found.balance / 100,
        "reliability": trust_as_json(found.reliability),
        "stage": found.stage.name,
        "stage_reason": sentences.reason(found.stage, read.rules.stage, asking.t),
        "sensitivity": {
            "value": found.sensitivity.value,
            "by_hand": found.sensitivity.reactions is None,
            "reactions": found.sensitivity.reactions,
        },
        "buffer": round(found.buffer, 2),
        "lines": [_line(asking, read.words, line) for line in found.lines],
        "fell": None if read.fell is None else {"points": read.fell / 100, "text": read.why},
    }


def trust_as_json(trust: Reliability) -> Trust:
    return {"value": trust.value, "interval": [trust.low, trust.high], "rests_on": trust.rests_on}


def _line(asking: Asking, words: Words, line: Line) -> StatementLine:
    posting = line.posting
    return {
        "time": written(posting.time),
        "rule": posting.rule,
        "base": line.base / 100,
        "factors": {factor.name: factor.value for factor in posting.factors},
        "points": line.points / 100,
        "counts": line.counts / 100,
        "provisional": posting.provisional,
        "text": sentences.sentence(posting, words, asking.t),
        "fact": words.own_id(posting),
    }
