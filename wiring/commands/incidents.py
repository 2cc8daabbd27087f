"""`konto incidents`: what went wrong, and how far its recovery has come, as of any moment."""

from __future__ import annotations

from typing import Annotated

import typer

from projections import incidents as view
from wiring.commands import incident_rows
from wiring.commands.desk import AsOf, Json, KnownOn, Lang, Where
from wiring.commands.listing import Count, list_or_count
from words import N_

State = Annotated[
    str | None,
    typer.Option("--state", metavar="S", help=N_("Only those in this state: open, unresolved, resolved, closed.")),
]


def incidents(
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
        ctx, view, incident_rows.answer,
        state=state, where=where, as_of=as_of, known_on=known_on, count=count, json=json, lang=lang,
    )  # fmt: skip
