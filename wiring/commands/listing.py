"""What the commands share that list rows of one kind: by state and dimension, as of any moment, or only counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from wiring.commands.desk import MOMENT, Desk, at_desk
from wiring.looking import listed, one_of
from wiring.names import filter_of
from words import N_

Count = Annotated[bool, typer.Option("--count", help=N_("Only how many there are."))]


def list_or_count(
    ctx: typer.Context,
    view: Any,
    answer: Callable[[Desk, Any], None],
    *,
    state: str | None,
    where: list[str] | None,
    as_of: str | None,
    known_on: str | None,
    count: bool,
    json: bool,
    lang: str | None,
) -> None:
    """`view` is a read model with `listed` and `count`; `answer` gives its rows out."""
    with at_desk(ctx, json, lang) as desk:
        asked: dict[str, Any] = {"states": [] if state is None else [state], "filter": filter_of(desk, where)}
        about = (desk.konto.library, desk.konto.asker, desk.moment(as_of, known_on, MOMENT))
        if not count:
            by = {pair.partition("=")[0]: pair.partition("=")[2] for pair in where or ()}
            narrowed = [*by, "state" if state else "", "as_of" if as_of or known_on else ""]
            listed(desk.konto, desk.page, narrowed, about=one_of(desk.konto, by.get("customer")))
            answer(desk, view.listed(*about, **asked))
        elif json:
            desk.out.answer({"count": view.count(*about, **asked)})
        else:
            # The bare number, so that a script can take it as it is.
            desk.out.say(str(view.count(*about, **asked)))
