"""`konto contacts`: who asked what, who answered, and how we approached customers, as of any moment."""

from __future__ import annotations

from typing import Annotated

import typer

from projections import contacts as view
from wiring.commands import contact_rows
from wiring.commands.desk import AsOf, Json, KnownOn, Lang, Where, at_desk
from wiring.commands.names import filter_of
from wiring.commands.promises import Count, say_count
from words import N_

State = Annotated[
    str | None,
    typer.Option("--state", metavar="S", help=N_("Only questions in this state: open, answered, late, unanswered.")),
]


def contacts(
    ctx: typer.Context,
    state: State = None,
    where: Where = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    count: Count = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        library, asker = desk.konto.library, desk.konto.asker
        moment, chosen = desk.moment(as_of, known_on), filter_of(desk, where)
        states = [] if state is None else [state]
        if count:
            say_count(desk, view.count(library, asker, moment, states=states, filter=chosen))
        else:
            contact_rows.answer(desk, view.listed(library, asker, moment, states=states, filter=chosen))
