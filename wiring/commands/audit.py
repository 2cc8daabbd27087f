"""`konto audit`: what happened, when we knew it, and what was done about it."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.alert import OURSELVES
from projections import audit
from projections.audit import Entry, Timeline
from projections.telling import sentence
from wiring.commands.desk import MOMENT, AsOf, Desk, Json, KnownOn, Lang, at_desk
from wiring.names import customer as find_customer
from wiring.shell import Group
from wiring.told import timeline as told
from words import N_
from words.format import moment

app = typer.Typer(
    name="audit",
    help=N_("Audit: what happened, when we knew it, what was done."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

TITLE = N_("{customer}: {n} entries")
HAPPENED, RECORDED, WHAT, NOTE = N_("Happened"), N_("Recorded"), N_("What happened"), N_("Note")
RETRACTED = N_("recorded by mistake, retracted")
RETRACTED_BECAUSE = N_("recorded by mistake, retracted: {reason}")
WAITS = N_("waits for what it refers to")

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=N_("The customer's own id, or source:id."))]


@app.callback(no_args_is_help=True)
def group() -> None:
    """Keeps its subcommands named, however few they are."""


@app.command("timeline", help=N_("Everything about one customer, with both times."))
def timeline(
    ctx: typer.Context,
    customer: Customer,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        party = find_customer(desk, customer)
        found = audit.timeline(
            konto.log, konto.library, konto.asker, party.customer, desk.moment(as_of, known_on, MOMENT)
        )
        if json:
            desk.out.answer([told.as_json(desk, found, entry) for entry in found.entries])
        else:
            _say(desk, found)


def _say(desk: Desk, found: Timeline) -> None:
    t = desk.t
    title = t.gettext(TITLE).format(customer=found.customer.called(t), n=len(found.entries))
    desk.out.say(title, "")
    lines = [
        [
            moment(entry.fact.time, desk.now, desk.zone, t.lang),
            moment(entry.fact.recorded or entry.fact.time, desk.now, desk.zone, t.lang),
            sentence(entry, found.called, t),
            _note(entry, desk),
        ]
        for entry in found.entries
    ]
    if lines:
        desk.out.table([t.gettext(head) for head in (HAPPENED, RECORDED, WHAT, NOTE)], lines)


def _note(entry: Entry, desk: Desk) -> str:
    t = desk.t
    match entry.status:
        case "retracted":
            reason = getattr(entry.retracted_by.data, "reason", None) if entry.retracted_by else None
            return t.gettext(RETRACTED_BECAUSE).format(reason=reason) if reason else t.gettext(RETRACTED)
        case "parked":
            return t.gettext(WAITS)
    return "" if entry.fact.source == OURSELVES else entry.fact.source
