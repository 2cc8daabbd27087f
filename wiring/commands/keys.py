"""`konto keys`: the keys with which programs bring facts and ask questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar, get_args

import typer

from domain.access_key import SCOPES, AccessKey
from domain.errors import Refused
from domain.roles import Role
from wiring import access
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.shell import Group, Place
from wiring.told import keys as told
from words import N_
from words.format import moment, number

ROLES: tuple[Role, ...] = get_args(Role)
T = TypeVar("T", bound=str)

app = typer.Typer(
    name="keys",
    help=N_("Keys with which programs bring facts and ask."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

SHOWN_ONCE = N_("The key, shown only now: please keep it where nobody else reads it.")
NAME, FOR, MAY, WHO, MADE, COUNTS = N_("Key"), N_("For"), N_("May"), N_("In the name of"), N_("Made"), N_("Counts")
UNKNOWN = N_("There is no “{found}”. Possible are: {known}.")
FOR_EVER, UNTIL, EXPIRED, REVOKED = N_("until revoked"), N_("until {moment}"), N_("expired"), N_("revoked {moment}")
NOW_REVOKED = N_("The key {name} opens nothing any more.")
SCOPE_NAMES: Mapping[str, str] = {
    "facts:write": N_("bring facts"),
    "read": N_("read"),
    "alerts": N_("answer alerts"),
    "admin": N_("look after keys"),
}

Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", metavar="S", help=N_("What it may do: facts:write, read, alerts, admin; more than once.")),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="R",
        help=N_("What it may see: owner, manager, auditor, admin. Else the person's roles, without a person manager."),
    ),
]
OfPerson = Annotated[str | None, typer.Option("--person", metavar="P", help=N_("In whose name it asks."))]
Purpose = Annotated[str | None, typer.Option("--for", metavar="TEXT", help=N_("What it is for, as the list shows it."))]
Expires = Annotated[
    str | None, typer.Option("--expires", metavar="T", help=N_("Until when it counts; else until it is revoked."))
]


@app.command("create", help=N_("Make a key; it is shown once."))
def create(
    ctx: typer.Context,
    scope: Scopes = None,
    role: Roles = None,
    person: OfPerson = None,
    purpose: Purpose = None,
    expires: Expires = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    place: Place = ctx.obj
    with at_desk(ctx, json, lang) as desk:
        token = access.create(
            desk.konto,
            place.world.entropy,
            scopes=_of(SCOPES, scope, "--scope"),
            roles=_of(ROLES, role, "--role"),
            person=person,
            purpose=purpose,
            expires=desk.time(expires, "--expires"),
        )
        if json:
            desk.out.answer({"key": token.text, "name": token.name})
        else:
            desk.out.notice(desk.t.gettext(SHOWN_ONCE))
            desk.out.say(token.text)


@app.command("list", help=N_("Every key that was made, and whether it still counts."))
def list_(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        keys = access.listed(desk.konto)
        if json:
            desk.out.answer([told.as_json(desk, key) for key in keys])
            return
        t = desk.t
        if keys:
            heads = (NAME, FOR, MAY, WHO, MADE, COUNTS)
            desk.out.table([t.gettext(head) for head in heads], [_cells(desk, key) for key in keys])
        desk.out.say(t.ngettext("{n} key.", "{n} keys.", len(keys)).format(n=number(len(keys), t.lang)))


@app.command("revoke", help=N_("From now on the key opens nothing."))
def revoke(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="KEY", help=N_("The key's name, as the list shows it."))],
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        key = access.revoke(desk.konto, name)
        if json:
            desk.out.answer(told.as_json(desk, key))
        else:
            desk.out.say(desk.t.gettext(NOW_REVOKED).format(name=key.name))


def _of(known: Sequence[T], asked: Sequence[str] | None, option: str) -> list[T]:
    """The words that were asked for, also several in one, with commas between them."""
    found = [word.strip() for text in asked or () for word in text.split(",")]
    for word in found:
        if word not in known:
            raise Refused("unknown_value", UNKNOWN, option, found=word[:40], known=", ".join(known))
    return [each for each in known if each in found]


def _cells(desk: Desk, key: AccessKey) -> list[str]:
    t = desk.t
    may = ", ".join(t.gettext(SCOPE_NAMES[each]) for each in key.data.scopes)
    who = told.person_of(desk, key) or ", ".join(key.data.roles)
    made = moment(key.created, desk.now, desk.zone, t.lang)
    return [key.name, key.data.purpose or "–", may, who, made, _counts(desk, key)]


def _counts(desk: Desk, key: AccessKey) -> str:
    t = desk.t
    if key.revoked is not None:
        return t.gettext(REVOKED).format(moment=moment(key.revoked, desk.now, desk.zone, t.lang))
    if key.data.expires is None:
        return t.gettext(FOR_EVER)
    if not key.counts(desk.now):
        return t.gettext(EXPIRED)
    return t.gettext(UNTIL).format(moment=moment(key.data.expires, desk.now, desk.zone, t.lang))
