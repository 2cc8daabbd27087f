"""`konto migrate`, `konto rebuild`, `konto check`, `konto doctor`: looking after an installation."""

from __future__ import annotations

from time import perf_counter

import typer

from wiring import checking, health
from wiring.commands.desk import Json, Lang, at_desk
from words import N_
from words.format import number

PREPARED = N_("The stores are prepared; done now: {steps}.")
UP_TO_DATE = N_("The stores are prepared already; there was nothing to do.")
REBUILDING = N_("Rebuilding the tables")
COMPARING = N_("Comparing with a rebuild")
REBUILT = N_("All tables were built anew from {n} events in {seconds} seconds.")
WHOLE = N_("Everything is whole: {head} events, and the tables are as a rebuild would make them.")
PARKED = N_("Facts that wait for what they refer to: {n}. konto parked shows them.")
WELL = N_("All is well.")
ATTENTION = N_("Please look at what is marked with an exclamation mark in brackets.")
MARKS = {True: "   ", False: "(!)"}


def migrate(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    steps: list[str] = []
    with at_desk(ctx, json, lang, prepare=steps.append) as desk:
        if json:
            desk.out.answer({"steps": steps, "events": desk.konto.log.head()})
        elif steps:
            desk.out.say(desk.t.gettext(PREPARED).format(steps=", ".join(steps)))
        else:
            desk.out.say(desk.t.gettext(UP_TO_DATE))


def rebuild(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        started = perf_counter()
        with desk.out.progress(desk.t.gettext(REBUILDING)) as tell:
            events = desk.konto.rebuild(tell)
            desk.konto.catch_up(tell)
        seconds = perf_counter() - started
        if json:
            desk.out.answer({"events": events, "seconds": round(seconds, 3)})
        else:
            text = desk.t.gettext(REBUILT)
            desk.out.say(text.format(n=number(events, desk.t.lang), seconds=number(seconds, desk.t.lang, 1)))


def check(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        t = desk.t
        with desk.out.progress(t.gettext(COMPARING)) as tell:
            found = list(checking.findings(desk.konto, tell))
        parked = len(desk.konto.log.parked())
        said = [{"code": each.code, "text": t.gettext(each.text).format(**each.params)} for each in found]
        if json:
            desk.out.answer({"ok": not found, "findings": said, "parked": parked, "events": desk.konto.log.head()})
        else:
            desk.out.say(*(each["text"] for each in said))
            if parked:
                desk.out.say(t.gettext(PARKED).format(n=number(parked, t.lang)))
            if not found:
                desk.out.say(t.gettext(WHOLE).format(head=number(desk.konto.log.head(), t.lang)))
        if found:
            raise typer.Exit(1)


def doctor(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        notes = list(health.notes(desk.konto))
        well = all(note.ok for note in notes)
        if json:
            desk.out.answer(
                {
                    "ok": well,
                    "findings": [
                        {"name": note.name, "ok": note.ok, "text": health.in_words(note, desk.t)} for note in notes
                    ],
                }
            )
        else:
            desk.out.say(*(f"{MARKS[note.ok]} {health.in_words(note, desk.t)}" for note in notes))
            desk.out.say("", desk.t.gettext(WELL if well else ATTENTION))
        if not well:
            raise typer.Exit(1)
