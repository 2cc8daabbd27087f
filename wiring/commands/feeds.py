"""`konto feed`: the addresses at which people see their promises in the calendar that they use."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.access_key import AccessKey
from wiring import access
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.moments import written
from wiring.shell import Group, Place
from wiring.told.keys import person_of
from words import N_
from words.format import moment, number

app = typer.Typer(
    name="feed",
    help=N_("A person's promises in the calendar that they use anyway."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

SHOWN_ONCE = N_(
    "The address of the feed, shown only now. Whoever has it sees these promises: please give it to nobody but the "
    "calendar program. Where your web server passes the API on, put its address in front instead."
)
FEED, WHOSE, MADE, COUNTS = N_("Feed"), N_("Whose"), N_("Made"), N_("Counts")
FOR_EVER, REVOKED = N_("until revoked"), N_("revoked {moment}")
NOW_REVOKED = N_("The feed {name} shows nothing any more.")

OfPerson = Annotated[
    str, typer.Option("--person", metavar="P", help=N_("Whose promises it shows, as the people document names them."))
]


@app.command("create", help=N_("Make a feed; its address is shown once."))
def create(ctx: typer.Context, person: OfPerson, json: Json = False, lang: Lang = None) -> None:
    place: Place = ctx.obj
    with at_desk(ctx, json, lang) as desk:
        token = access.create_feed(desk.konto, place.world.entropy, person)
        path = f"/feeds/{token.text}.ics"
        if json:
            desk.out.answer({"path": path, "name": token.name})
        else:
            desk.out.notice(desk.t.gettext(SHOWN_ONCE))
            desk.out.say(desk.konto.settings.api.address + path)


@app.command("list", help=N_("Every feed that was made, and whether it still counts."))
def list_(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        feeds, t = access.listed(desk.konto, feeds=True), desk.t
        if json:
            desk.out.answer([_as_json(desk, each) for each in feeds])
            return
        if feeds:
            desk.out.table([t.gettext(head) for head in (FEED, WHOSE, MADE, COUNTS)], [_cells(desk, x) for x in feeds])
        desk.out.say(t.ngettext("{n} feed.", "{n} feeds.", len(feeds)).format(n=number(len(feeds), t.lang)))


@app.command("revoke", help=N_("From now on the feed shows nothing."))
def revoke(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FEED", help=N_("The feed's name, as the list shows it."))],
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        feed = access.revoke(desk.konto, name, feed=True)
        if json:
            desk.out.answer(_as_json(desk, feed))
        else:
            desk.out.say(desk.t.gettext(NOW_REVOKED).format(name=feed.name))


def _as_json(desk: Desk, feed: AccessKey) -> dict[str, Any]:
    return {
        "name": feed.name,
        "person": person_of(desk, feed),
        "created": written(feed.created),
        "revoked": written(feed.revoked),
        "counts": feed.counts(desk.now),
    }


def _cells(desk: Desk, feed: AccessKey) -> list[str]:
    t = desk.t
    counts = t.gettext(FOR_EVER)
    if feed.revoked is not None:
        counts = t.gettext(REVOKED).format(moment=moment(feed.revoked, desk.now, desk.zone, t.lang))
    made = moment(feed.created, desk.now, desk.zone, t.lang)
    return [feed.name, person_of(desk, feed) or "–", made, counts]
