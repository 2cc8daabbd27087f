"""`konto statement`: the trust account of one customer, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from domain.reliability import Reliability
from domain.rulebook import Rulebook
from projections import falls, sentences, statements
from projections.sentences import Words
from projections.statements import Line, Statement
from wiring.commands.desk import AsOf, Desk, Json, KnownOn, Lang, at_desk
from wiring.commands.names import customer as find_customer
from wiring.moments import written
from words import N_, Translator
from words.format import day, number, percent, percent_between, points

STAGES: Mapping[str, str] = {
    "new": N_("new"),
    "building": N_("growing"),
    "solid": N_("solid"),
    "strained": N_("strained"),
    "recovering": N_("recovering"),
    "lost": N_("lost"),
}
TITLE = N_("{customer}: balance {balance}, as of {day}")
STAGE = N_("Relationship: {stage}. {reason}")
BUFFER = N_("The buffer bears {n} usual withdrawals.")
RELIABLE = N_("Reliability {share}. {rests}; the value surely lies between {interval}.")
UNSURE = N_("Reliability: no figure yet. {rests}; the value surely lies between {interval}.")
KNOWN = N_("Only with what was recorded by {day}.")
LATELY = N_("Within the last 90 days:")
FALLEN_WITHIN = timedelta(days=90)
NO_LINES = N_("Nothing has been booked yet.")
WHEN, WHAT, POINTS, COUNTS = N_("Date"), N_("What happened"), N_("Points"), N_("Counts today")

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=N_("The customer's own id, or source:id."))]


def statement(
    ctx: typer.Context,
    customer: Customer,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        found, words = _statement(desk, customer, as_of, known_on)
        rulebooks = desk.konto.steering.rulebooks
        postings = [line.posting for line in found.lines]
        course = falls.course(postings, found.at - FALLEN_WITHIN, found.at, rulebooks)
        fell = falls.fall(course, postings, rulebooks)
        why = None if fell is None else sentences.why_it_fell(fell, words, desk.t, desk.zone)
        if json:
            answer = _as_json(found, words, rulebooks.at(found.at), desk.t)
            desk.out.answer({**answer, "fell": None if fell is None else {"points": fell.points / 100, "text": why}})
        else:
            _say(desk, found, words, rulebooks.at(found.at), desk.time(known_on, "--known-on"), why)


def _statement(desk: Desk, name: str, as_of: str | None, known_on: str | None) -> tuple[Statement, Words]:
    konto, moment = desk.konto, desk.moment(as_of, known_on)
    customer = find_customer(desk, name).customer
    steering = konto.library.steering(moment.known)
    found = statements.statement(konto.library, konto.asker, customer, steering, moment.at, known=moment.known)
    return found, sentences.words_of(konto.log, konto.library, customer, [line.posting for line in found.lines])


# -- for scripts ----------------------------------------------------------------------------------


def _as_json(found: Statement, words: Words, rules: Rulebook, t: Translator) -> dict[str, Any]:
    trust = found.reliability
    return {
        "customer": found.customer.id,
        "as_of": written(found.at),
        "balance": found.balance / 100,
        "reliability": {"value": trust.value, "interval": [trust.low, trust.high], "rests_on": trust.rests_on},
        "stage": found.stage.name,
        "stage_reason": sentences.reason(found.stage, rules.stage, t),
        "sensitivity": {
            "value": found.sensitivity.value,
            "by_hand": found.sensitivity.reactions is None,
            "reactions": found.sensitivity.reactions,
        },
        "buffer": round(found.buffer, 2),
        "lines": [_line_as_json(line, words, t) for line in found.lines],
    }


def _line_as_json(line: Line, words: Words, t: Translator) -> dict[str, Any]:
    posting = line.posting
    return {
        "time": written(posting.time),
        "rule": posting.rule,
        "base": line.base / 100,
        "factors": {factor.name: factor.value for factor in posting.factors},
        "points": line.points / 100,
        "counts": line.counts / 100,
        "provisional": posting.provisional,
        "text": sentences.sentence(posting, words, t),
        "fact": words.own_id(posting),
    }


# -- for people -----------------------------------------------------------------------------------


def _say(desk: Desk, found: Statement, words: Words, rules: Rulebook, known: datetime | None, why: str | None) -> None:
    t, lang = desk.t, desk.t.lang
    today = desk.now.astimezone(desk.zone).date()

    def on(at: datetime) -> str:
        return day(at.astimezone(desk.zone).date(), lang, today=today)

    desk.out.say(
        t.gettext(TITLE).format(customer=found.customer.called, balance=points(found.balance, lang), day=on(found.at)),
        *([] if known is None else [t.gettext(KNOWN).format(day=on(known))]),
        t.gettext(STAGE).format(
            stage=t.gettext(STAGES[found.stage.name]), reason=sentences.reason(found.stage, rules.stage, t)
        ),
        t.gettext(BUFFER).format(n=number(max(found.buffer, 0.0), lang, 1)),
        _reliability(found.reliability, t),
        *([] if why is None else [f"{t.gettext(LATELY)} {why}"]),
        "",
    )
    if not found.lines:
        desk.out.say(t.gettext(NO_LINES))
        return
    lines = [
        [
            on(line.posting.time),
            _with_factors(line, words, t),
            points(line.points, lang, signed=True, decimals=2),
            points(line.counts, lang, signed=True, decimals=2),
        ]
        for line in found.lines
    ]
    desk.out.table([t.gettext(head) for head in (WHEN, WHAT, POINTS, COUNTS)], lines, right=(2, 3))


def _with_factors(line: Line, words: Words, t: Translator) -> str:
    """What happened, and what made it weigh more or less."""
    factors = sentences.factors(line.posting, t)
    return sentences.sentence(line.posting, words, t) + (f" [{factors}]" if factors else "")


def _reliability(trust: Reliability, t: Translator) -> str:
    n = trust.rests_on
    rests = t.ngettext("Rests on {n} promise", "Rests on {n} promises", n).format(n=number(n, t.lang))
    text = t.gettext(UNSURE if trust.value is None else RELIABLE)
    share = "" if trust.value is None else percent(trust.value, t.lang)
    return text.format(share=share, rests=rests, interval=percent_between(trust.low, trust.high, t.lang))
