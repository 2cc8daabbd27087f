"""`konto advise`: how probable it is that a promise is kept, and which date is safe."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from domain.fact import Kind, Severity
from projections import advice, advice_words
from projections.advice import Wanted
from wiring import moments
from wiring.commands.desk import Json, Lang, at_desk
from wiring.names import customer as find_customer
from wiring.names import one_of
from wiring.told import advice as told
from words import N_

By = Annotated[str, typer.Option("--by", metavar="O", help=N_("Who would promise it."))]
WhichKind = Annotated[
    str,
    typer.Option(
        "--kind",
        metavar="K",
        help=N_("What kind of promise: appointment, delivery, callback, price, quality or other."),
    ),
]
To = Annotated[str | None, typer.Option("--customer", metavar="C", help=N_("To whom: own id, or source:id."))]
Due = Annotated[
    str | None, typer.Option("--due", metavar="T", help=N_("By when: a date, until its end, or a time; else undated."))
]
Team = Annotated[str | None, typer.Option("--team", metavar="TEAM", help=N_("Which team; else that of the person."))]
Weight = Annotated[str, typer.Option("--severity", metavar="S", help=N_("Of which weight: minor, normal or serious."))]


def advise(
    ctx: typer.Context,
    by: By,
    kind: WhichKind = "other",
    customer: To = None,
    due: Due = None,
    team: Team = None,
    severity: Weight = "normal",
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        wanted = Wanted(
            owner=by,
            kind=one_of(kind, get_args(Kind), "--kind"),
            due=None if due is None else moments.due(due, desk.zone, "--due"),
            customer=None if customer is None else find_customer(desk, customer).customer,
            team=team,
            severity=one_of(severity, get_args(Severity), "--severity"),
        )
        found = advice.advise(konto.library, konto.asker, wanted, desk.now, desk.zone)
        said = advice_words.sentences(found, konto.library, desk.t, desk.zone)
        if json:
            desk.out.answer(told.as_json(found, said))
        else:
            desk.out.say(*said)
