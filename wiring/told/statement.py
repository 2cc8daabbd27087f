"""A customer's statement, as it is read and as programs are told it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from domain.rulebook import Rulebook
from projections import falls, sentences, statements
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


def read(asking: Asking, customer: str, moment: Moment) -> Read:
    """`customer` is an internal id."""
    konto = asking.konto
    rulebooks = konto.steering.rulebooks
    steering = konto.library.steering(moment.known)
    found = statements.statement(konto.library, konto.asker, customer, steering, moment.at, known=moment.known)
    postings = [line.posting for line in found.lines]
    words = sentences.words_of(konto.log, konto.library, customer, postings)
    course = falls.course(postings, found.at - FALLEN_WITHIN, found.at, rulebooks)
    fall = falls.fall(course, postings, rulebooks)
    why = None if fall is None else sentences.why_it_fell(fall, words, asking.t, asking.zone)
    return Read(found, words, rulebooks.at(found.at), fall.points if fall else None, why)


def as_json(asking: Asking, read: Read) -> dict[str, Any]:
    found, trust = read.found, read.found.reliability
    return {
        "customer": found.customer.id,
        "as_of": written(found.at),
        "balance": found.balance / 100,
        "reliability": {"value": trust.value, "interval": [trust.low, trust.high], "rests_on": trust.rests_on},
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


def _line(asking: Asking, words: Words, line: Line) -> dict[str, Any]:
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
