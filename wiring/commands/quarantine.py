"""`konto quarantine`: what could not be taken in, and whom it stops."""

from __future__ import annotations

from typing import Annotated

import typer

from wiring import standing_still
from wiring.commands.desk import Json, Lang, at_desk
from wiring.looking import listed
from words import N_
from words.format import number

NOBODY = N_("Nobody stands still: everything recorded has been taken in.")
STILL = N_("Their figures and lists say what was known before; nothing recorded is lost.")
TRY = N_("After the cause is gone: konto quarantine --retry")
WAITS_STILL = N_("Tried again; still standing still: {n}.")
ALL_DONE = N_("Tried again; everything has been taken in now.")
WHO, ENTRY, TYPE, WAITING, WHY = N_("Who"), N_("Entry"), N_("Type"), N_("How many wait"), N_("Why")

Retry = Annotated[bool, typer.Option("--retry", help=N_("Tries once more to take in what waits."))]


def quarantine(ctx: typer.Context, retry: Retry = False, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        t, konto = desk.t, desk.konto
        waiting = standing_still.try_again(konto) if retry else None
        found = standing_still.listed(konto)
        listed(konto, desk.page)
        if json:
            desk.out.answer(
                [
                    {
                        "customer": each.customer,
                        "name": each.name,
                        "position": each.position,
                        "type": each.type,
                        "reason": each.reason,
                        "text": each.why(t),
                        "waiting": each.waiting,
                    }
                    for each in found
                ]
            )
        else:
            if waiting is not None:
                said = t.gettext(WAITS_STILL).format(n=number(waiting, t.lang)) if waiting else t.gettext(ALL_DONE)
                desk.out.say(said)
            elif not found:
                desk.out.say(t.gettext(NOBODY))
            if found:
                desk.out.table(
                    [t.gettext(head) for head in (WHO, ENTRY, TYPE, WAITING, WHY)],
                    [
                        [
                            each.who(t) or "–",
                            number(each.position, t.lang),
                            each.type,
                            number(each.waiting, t.lang),
                            each.why(t),
                        ]
                        for each in found
                    ],
                )
                desk.out.say(t.gettext(STILL), t.gettext(TRY))
        if retry and found:
            raise typer.Exit(1)
