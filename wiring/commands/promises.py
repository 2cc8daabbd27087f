"""`konto promises`: the promises that were made, as of any moment."""

from __future__ import annotations

from typing import Annotated

import typer

from projections import promises as view
from wiring.commands import rows
from wiring.commands.desk import AsOf, Json, KnownOn, Lang, Where
from wiring.commands.listing import Count, list_or_count
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
    list_or_count(
        ctx, view, rows.answer,
        state=state, where=where, as_of=as_of, known_on=known_on, count=count, json=json, lang=lang,
    )  # fmt: skip
