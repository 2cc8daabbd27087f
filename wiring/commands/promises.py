"""`konto promises`: the promises that were made, as of any moment."""

from __future__ import annotations

from typing import Annotated

import typer

from projections import promises as view
from wiring.commands import rows
from wiring.commands.desk import AsOf, Desk, Json, KnownOn, Lang, Where, at_desk
from wiring.commands.names import filter_of
from words import N_

State = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="S",
        help=N_(
            "Only those in this state: open, overdue, kept, exceeded, kept_late, partial, broken, withdrawn, released."
        ),
    ),
]
Count = Annotated[bool, typer.Option("--count", help=N_("Only how many there are."))]


def promises(
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
            n = view.count(library, asker, moment, states=states, filter=chosen)
            say_count(desk, n)
        else:
            rows.answer(desk, view.listed(library, asker, moment, states=states, filter=chosen))


def say_count(desk: Desk, n: int) -> None:
    if desk.out.as_json:
        desk.out.answer({"count": n})
    else:
        # The bare number, so that a script can take it as it is.
        desk.out.say(str(n))
