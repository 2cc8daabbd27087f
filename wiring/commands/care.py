"""`konto migrate`, `konto move`, `konto rebuild`, `konto check`, `konto doctor`: looking after an installation."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from wiring import checking, health, layouts, moving, settings
from wiring.commands.desk import Json, Lang, at_desk
from words import N_
from words.format import number

PREPARED = N_("The stores are prepared; done now: {steps}.")
UP_TO_DATE = N_("The stores are prepared already; there was nothing to do.")
TIDIED = N_("Tables of another version were removed; nobody followed them any more.")
STILL_USED = N_("Tables of another version stay, since its services still run. Please end those first.")
NOTHING_BESIDE = N_("No tables of another version lie there.")
MOVING = N_("Moving the log")
MOVED = (
    N_("Moved to {place}: {events} events. Compared and equal: {rows} rows of {tables} tables, byte by byte."),
    N_("Balances of {customers} customers, together {balances} points: the same here and there."),
    N_("SHA-256 over everything stored: {digest}"),
    N_("Please set the address now as [store] url in settings.toml, or as KONTO_STORE_URL_FILE, and start again."),
)
REBUILDING = N_("Rebuilding the tables")
COMPARING = N_("Comparing with a rebuild")
REBUILT = N_("All tables were built anew from {n} events in {seconds} seconds.")
WHOLE = N_("Everything is whole: {head} events, and the tables are as a rebuild would make them.")
PARKED = N_("Facts that wait for what they refer to: {n}. konto parked shows them.")
WELL = N_("All is well.")
ATTENTION = N_("Please look at what is marked with an exclamation mark in brackets.")
MARKS = {True: "   ", False: "(!)"}


Tidy = Annotated[
    bool, typer.Option("--tidy", help=N_("Also removes tables of other versions, if none of their services runs."))
]


def migrate(ctx: typer.Context, tidy: Tidy = False, json: Json = False, lang: Lang = None) -> None:
    steps: list[str] = []
    with at_desk(ctx, json, lang, prepare=steps.append) as desk:
        answer = {"steps": steps, "events": desk.konto.log.head()}
        said = [desk.t.gettext(PREPARED).format(steps=", ".join(steps)) if steps else desk.t.gettext(UP_TO_DATE)]
        kept = 0
        if tidy:
            removed, kept = layouts.tidy(desk.konto, newer=True)
            answer |= {"removed": removed, "kept": kept}
            said += [desk.t.gettext(text) for text, n in ((TIDIED, removed), (STILL_USED, kept)) if n]
            said += [] if removed or kept else [desk.t.gettext(NOTHING_BESIDE)]
        if json:
            desk.out.answer(answer)
        else:
            desk.out.say(*said)
        if kept:
            raise typer.Exit(1)


To = Annotated[
    str,
    typer.Option("--to", metavar="URL|@FILE", help=N_("postgresql://user:password@host:5432/database, or in a file.")),
]


def move(ctx: typer.Context, to: To, json: Json = False, lang: Lang = None) -> None:
    address = settings.text_of(Path(to[1:])).strip() if to.startswith("@") else to
    with at_desk(ctx, json, lang) as desk:
        t = desk.t
        with desk.out.progress(t.gettext(MOVING)) as tell:
            proof = moving.move(desk.konto, address, progress=tell)
        if json:
            desk.out.answer(
                {
                    "events": proof.rows["stored_events"],
                    "rows": proof.rows,
                    "digest": proof.digest,
                    "customers": proof.customers,
                    "balances": proof.balance_points / 100,
                }
            )
            return
        said = {
            "events": number(proof.rows["stored_events"], t.lang),
            "tables": number(len(proof.rows), t.lang),
            "rows": number(sum(proof.rows.values()), t.lang),
            "customers": number(proof.customers, t.lang),
            "balances": number(proof.balance_points / 100, t.lang, 2),
            "digest": proof.digest,
            "place": moving.place_of(address),
        }
        desk.out.say(*(t.gettext(text).format(**said) for text in MOVED))


Processes = Annotated[
    int | None,
    typer.Option(
        "--processes", metavar="N", min=1, help=N_("How many processes build at the same time; else as many as help.")
    ),
]


def rebuild(ctx: typer.Context, processes: Processes = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        started = perf_counter()
        with desk.out.progress(desk.t.gettext(REBUILDING)) as tell:
            events = desk.konto.rebuild(tell, processes=processes)
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
            found = list(checking.findings(desk.konto, tell, processes=None))
        parked = desk.konto.log.count_parked()
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
