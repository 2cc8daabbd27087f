"""`konto statement`: the trust account of one customer, line by line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.reliability import Reliability
from projections import sentences
from projections.sentences import Words
from projections.statements import Line
from wiring.commands.desk import MOMENT, AsOf, Desk, Json, KnownOn, Lang, at_desk
from wiring.names import customer as find_customer
from wiring.new_file import check_new, write_new
from wiring.printing import statement as printing
from wiring.told import statement as told
from wiring.told.statement import Read
from words import N_, Translator, names
from words.format import day, number, percent, percent_between, points

TITLE = N_("{customer}: balance {balance}, as of {day}")
STAGE = N_("Relationship: {stage}. {reason}")
BUFFER = N_("The buffer bears {n} usual withdrawals.")
RELIABLE = N_("Reliability {share}. {rests}; the value surely lies between {interval}.")
UNSURE = N_("Reliability: no figure yet. {rests}; the value surely lies between {interval}.")
KNOWN = N_("Only with what was recorded by {day}.")
LATELY = N_("Within the last 90 days:")
NO_LINES = N_("Nothing has been booked yet.")
WHEN, WHAT, POINTS, COUNTS = N_("Date"), N_("What happened"), N_("Points"), N_("Counts today")

PRINTED = N_("The statement stands in {file}.")

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=N_("The customer's own id, or source:id."))]

Pdf = Annotated[
    Path | None, typer.Option("--pdf", metavar="FILE", help=N_("Print it as PDF into this file, which must be new."))
]


def statement(
    ctx: typer.Context,
    customer: Customer,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    pdf: Pdf = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        moment = desk.moment(as_of, known_on, MOMENT)
        found = find_customer(desk, customer).customer
        if pdf is not None:
            check_new(pdf, "--pdf")
            desk.konto.note("exported", found, f"{desk.page} pdf")
            write_new(pdf, printing.pdf(desk, found, moment), "--pdf")
        read = told.read(desk, found, moment)
        if json:
            desk.out.answer(told.as_json(desk, read))
        elif pdf is not None:
            desk.out.say(desk.t.gettext(PRINTED).format(file=pdf))
        else:
            _say(desk, read, moment.known)


def _say(desk: Desk, read: Read, known: datetime | None) -> None:
    t, lang, found = desk.t, desk.t.lang, read.found
    today = desk.now.astimezone(desk.zone).date()

    def on(at: datetime) -> str:
        return day(at.astimezone(desk.zone).date(), lang, today=today)

    desk.out.say(
        t.gettext(TITLE).format(
            customer=found.customer.called(t), balance=points(found.balance, lang), day=on(found.at)
        ),
        *([] if known is None else [t.gettext(KNOWN).format(day=on(known))]),
        t.gettext(STAGE).format(
            stage=t.gettext(names.STAGES[found.stage.name]), reason=sentences.reason(found.stage, read.rules.stage, t)
        ),
        t.gettext(BUFFER).format(n=number(max(found.buffer, 0.0), lang, 1)),
        _reliability(found.reliability, t),
        *([] if read.why is None else [f"{t.gettext(LATELY)} {read.why}"]),
        "",
    )
    if not found.lines:
        desk.out.say(t.gettext(NO_LINES))
        return
    lines = [
        [
            on(line.posting.time),
            _with_factors(line, read.words, t),
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
