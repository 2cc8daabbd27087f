"""`konto per-person`: figures about single colleagues, opened for a purpose and a time, and closed again."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.per_person import Opening
from wiring import per_person
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.shell import Group
from wiring.told import per_person as told
from words import N_
from words.format import day_figures, day_long
from words.names import BASES, OPENING_STATES

app = typer.Typer(
    name="per-person",
    help=N_("Figures about single colleagues: open for a purpose and a time, or closed."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

NOW_OPEN = N_("Figures per person are open from {start} until {end}, for: {purpose}")
NOW_CLOSED = N_("Figures per person are closed.")
NOT_OPENED = N_("Figures per person were never opened: everybody sees their own, and managers those of team and firm.")
STATE, BASIS, PURPOSE, FROM, UNTIL, BY = (
    N_("State"), N_("On what basis"), N_("For what"), N_("From"), N_("Until"), N_("Recorded by"),
)  # fmt: skip
THIS_MACHINE = N_("this machine's user")

BasisOption = Annotated[
    str | None,
    typer.Option("--basis", metavar="B", help=N_("works_agreement, collective_agreement, consent or law.")),
]
PurposeOption = Annotated[
    str | None,
    typer.Option("--purpose", metavar="TEXT", help=N_("For what, as the agreement names it; nothing about a person.")),
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="T", help=N_("From when on; else at once."))]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="T", help=N_("Until when; at most 24 months after it begins."))
]


@app.command("list", help=N_("When they were open, on what basis and for what."))
def list_(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        found = per_person.listed(desk.konto)
        if json:
            desk.out.answer([told.as_json(desk, each) for each in found])
            return
        if not found:
            desk.out.say(desk.t.gettext(NOT_OPENED))
            return
        heads = (STATE, BASIS, PURPOSE, FROM, UNTIL, BY)
        desk.out.table([desk.t.gettext(head) for head in heads], [_cells(desk, each) for each in found])


@app.command("open", help=N_("Opens them: on which basis, for what and until when."))
def open_(
    ctx: typer.Context,
    basis: BasisOption = None,
    purpose: PurposeOption = None,
    start: FromOption = None,
    end: UntilOption = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        opened = per_person.open_(
            desk.konto,
            basis=basis,
            purpose=purpose,
            start=desk.time(start, "--from"),
            end=desk.time(end, "--until"),
            places=("--basis", "--purpose", "--from", "--until"),
        )
        if json:
            desk.out.answer(told.as_json(desk, opened))
            return
        first, last = (day_long(day, desk.t.lang) for day in opened.days(desk.zone))
        desk.out.say(desk.t.gettext(NOW_OPEN).format(start=first, end=last, purpose=opened.data.purpose))


@app.command("close", help=N_("Closes them before their time is over."))
def close(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        closed = per_person.close(desk.konto)
        if json:
            desk.out.answer(told.as_json(desk, closed))
        else:
            desk.out.say(desk.t.gettext(NOW_CLOSED))


def _cells(desk: Desk, opening: Opening) -> list[str]:
    t = desk.t
    who = told.person_of(desk, opening.data.by) or ""
    return [
        t.gettext(OPENING_STATES[opening.state(desk.now)]),
        t.gettext(BASES[opening.data.basis]),
        opening.data.purpose,
        *(day_figures(day, t.lang, year=True) for day in opening.days(desk.zone)),
        t.gettext(THIS_MACHINE) if who == "local" else who,
    ]
