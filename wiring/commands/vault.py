"""`konto vault`: the master key that wraps the customers' keys, where it lies, and its exchange."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.masters import Master
from wiring import masters
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.keys import KEY_BYTES
from wiring.masters import Exchange, Status
from wiring.output import Output
from wiring.shell import Group, Place, read_language
from words import N_, names, translator
from words.format import moment, number

app = typer.Typer(
    name="vault",
    help=N_("The master key that wraps the customers' keys, and its exchange."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

LIES = N_("The master key {id} lies {place}, made {moment}. Keys that it wraps: {n}.")
NEXT_LIES = N_("[vault] master says: {setting}. There the next one is made, by konto vault rotate.")
BROKEN_OFF = N_("An exchange is not complete; {id} is still needed. Please complete it: konto vault rotate")
EARLIER = N_("Earlier: {id}, {place}, made {made}, destroyed {gone}.")
EXCHANGED = N_(
    "Exchanged: the master key {id} lies {place}. Keys of customers wrapped anew: {n}. The log is untouched."
)
COMPLETED = N_("The exchange that had been broken off is complete.")
GONE = {
    "file": N_("The old one, {id}, is destroyed. Older copies of the log need the key file that was kept with them."),
    "environment": N_("Nothing is wrapped with the old one, {id}, any more. Please remove it from the environment."),
    "service": N_(
        "What the key service had wrapped of the old one, {id}, is destroyed. Older copies of the log can be opened as "
        "long as the service keeps its key."
    ),
}
NOW_FIRST = N_("Please keep the key {id} as KONTO_MASTER_KEY from now on, and set no KONTO_MASTER_KEY_NEXT.")
KEEP = N_("Please keep a copy of {file} now, apart from the copies of the log.")
PREPARED = N_(
    "The next master key, {id}, stands in {file} beside the one that counts. Please copy the file to every machine, "
    "then run: konto vault rotate"
)
REWRAPPED = N_("The key service has wrapped the master key {id} under its newest key.")
SHOWN_ONCE = N_("A new master key, shown only now: please keep it where nobody else reads it.")

Prepare = Annotated[
    bool,
    typer.Option("--prepare", help=N_("Only puts the next key into the file, to be copied to every machine first.")),
]


@app.command("status", help=N_("Where the master key lies, how old it is, and which there were before."))
def status(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        found = masters.status(desk.konto)
        if json:
            desk.out.answer(_as_json(found))
        else:
            desk.out.say(*_in_words(desk, found))


@app.command("rotate", help=N_("Puts a new master key in the place of the old one; the log stays as it is."))
def rotate(ctx: typer.Context, prepare: Prepare = False, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        if prepare:
            following = masters.prepare(desk.konto)
            if json:
                desk.out.answer({"prepared": following.id})
            else:
                desk.out.say(desk.t.gettext(PREPARED).format(id=following.id, file=desk.konto.keys))
            return
        done = masters.exchange(desk.konto)
        if json:
            desk.out.answer(
                {
                    "current": _master(done.current),
                    "destroyed": [each.id for each in done.gone],
                    "rewrapped": done.rewrapped,
                    "completed": done.completed,
                }
            )
        else:
            desk.out.say(*_done(desk, done))


@app.command("rewrap", help=N_("Lets the key service wrap the master key under its newest key."))
def rewrap(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        found = masters.rewrap_in_service(desk.konto)
        if json:
            desk.out.answer({"current": _master(found)})
        else:
            desk.out.say(desk.t.gettext(REWRAPPED).format(id=found.id))


@app.command("key", help=N_("Makes a key for KONTO_MASTER_KEY; it is shown once and kept nowhere."))
def key(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    # Opens no home: the key is needed before there is one.
    place: Place = ctx.obj
    out = Output(translator(lang or read_language(place.home, place.world.environment)), json)
    text = place.world.entropy(KEY_BYTES).hex()
    if json:
        out.answer({"key": text})
    else:
        out.notice(out.t.gettext(SHOWN_ONCE))
        out.say(text)


def _as_json(found: Status) -> dict[str, Any]:
    return {
        "current": _master(found.current),
        "setting": found.setting,
        "customers": found.customers,
        "complete": not found.leaving,
        "leaving": [_master(each) for each in found.leaving],
        "earlier": [_master(each) for each in found.earlier],
    }


def _master(master: Master) -> dict[str, str | None]:
    return {
        "id": master.id,
        "place": master.place,
        "made": master.made.isoformat(),
        "destroyed": master.gone.isoformat() if master.gone else None,
    }


def _in_words(desk: Desk, found: Status) -> list[str]:
    t = desk.t
    n = number(found.customers, t.lang)
    said = [t.gettext(LIES).format(**_said(desk, found.current), moment=_made(desk, found.current), n=n)]
    if found.current.place != found.setting:
        said.append(t.gettext(NEXT_LIES).format(setting=found.setting))
    said += [t.gettext(BROKEN_OFF).format(id=each.id) for each in found.leaving]
    for each in found.earlier:
        gone = moment(each.gone or each.made, desk.now, desk.zone, t.lang)
        said.append(t.gettext(EARLIER).format(**_said(desk, each), made=_made(desk, each), gone=gone))
    return said


def _done(desk: Desk, done: Exchange) -> list[str]:
    t = desk.t
    said = [t.gettext(COMPLETED)] if done.completed else []
    said.append(t.gettext(EXCHANGED).format(**_said(desk, done.current), n=number(done.rewrapped, t.lang)))
    said += [t.gettext(GONE[each.place]).format(id=each.id) for each in done.gone]
    if done.current.place == "environment":
        said.append(t.gettext(NOW_FIRST).format(id=done.current.id))
    if done.current.place == "file":
        said.append(t.gettext(KEEP).format(file=desk.konto.keys))
    return said


def _said(desk: Desk, master: Master) -> dict[str, str]:
    return {"id": master.id, "place": desk.t.gettext(names.MASTER_KEY_PLACES[master.place])}


def _made(desk: Desk, master: Master) -> str:
    return moment(master.made, desk.now, desk.zone, desk.t.lang)
