"""How a customer's account stood at a moment, as it was known at another: what `konto statement` says of the two."""

from __future__ import annotations

from dashboard.answers.contacts import ONCE, WAITING
from dashboard.answers.measures import where
from dashboard.shapes.account import Stage
from dashboard.shapes.asking import Reader
from dashboard.shapes.figures import Reliability
from dashboard.shapes.timeline import OpenThen, Standing
from domain.roles import may
from projections import contacts, open_list, sentences
from projections.filters import Condition, Moment
from projections.sentences import NAMED_BY_KIND
from projections.statements import Statement
from projections.tables import instant
from wiring.asking import Asking
from wiring.home import Konto
from wiring.told import statement as told
from words import N_, Translator, translator
from words.names import CHANNELS

SHOWN = 3
QUESTION = N_("Question {channel}")


def at(konto: Konto, reader: Reader, customer: str, moment: Moment) -> Standing:
    found = _read(konto, reader, customer, moment)
    rules = konto.library.steering(moment.known).rulebooks.at(moment.at)
    t = translator(reader.lang)
    open_promises, promises = _promises(konto, t, customer, moment) if may(konto.asker, "promises") else (0, ())
    questions, waiting = _questions(konto, reader, customer, moment) if may(konto.asker, "contacts") else ((), 0)
    return Standing(
        balance=found.balance,
        stage=Stage(found.stage.name, sentences.reason(found.stage, rules.stage, t)),
        reliability=Reliability(*found.reliability),
        promises=promises,
        open_promises=open_promises,
        questions=questions,
        open_questions=waiting,
    )


def _promises(konto: Konto, t: Translator, customer: str, moment: Moment) -> tuple[int, tuple[OpenThen, ...]]:
    """How many were open, and the first few."""
    found = open_list.page(konto.library, konto.asker, moment, filter=where(konto, customer), limit=SHOWN)
    return sum(found.counts.values()), tuple(
        OpenThen(
            row.promise.what or t.gettext(NAMED_BY_KIND[row.promise.kind]).format(id=row.promise.id),
            row.promise.due,
            row.standing == "overdue",
        )
        for row in found.rows
    )


def balance(konto: Konto, reader: Reader, customer: str, moment: Moment) -> int:
    return _read(konto, reader, customer, moment).balance


def _read(konto: Konto, reader: Reader, customer: str, moment: Moment) -> Statement:
    return told.stood(Asking(konto, konto.clock(), translator(reader.lang)), customer, moment)


def _questions(konto: Konto, reader: Reader, customer: str, moment: Moment) -> tuple[tuple[OpenThen, ...], int]:
    """The first few that waited for an answer, each question once, and how many."""
    t = translator(reader.lang)
    fits = where(konto, customer).condition(konto.library, konto.asker, "contacts", "x").and_(ONCE)
    states = ", ".join(f"'{state}'" for state in WAITING)
    chosen = fits.and_(Condition(f"x.state IN ({states})", []))
    rows = konto.views.rows(
        f"SELECT x.channel, x.target_at FROM {contacts.source_of(moment)} x WHERE {chosen.sql} "
        "ORDER BY x.target_at IS NULL, x.target_at, x.contact",
        chosen.params,
    )
    found = [
        OpenThen(
            t.gettext(QUESTION).format(channel=t.gettext(CHANNELS.get(channel or "other", channel or ""))),
            target,
            target is not None and target <= moment.at,
        )
        for channel, us in rows
        for target in (instant(us),)
    ]
    return tuple(found[:SHOWN]), len(found)
