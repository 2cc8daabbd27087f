"""`konto audit`: what happened, when we knew it, what was done about it, and that nobody changed it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.alert import OURSELVES
from domain.errors import Refused
from domain.journal import WHATS, Wanted
from domain.roles import allowed
from projections import audit
from projections.audit import Entry, Timeline
from projections.telling import sentence
from verifier.attestation import Note, found_in, keys_in
from verifier.note import BadNote, PublicKey
from wiring import attesting, looking, settings
from wiring.commands.desk import MOMENT, AsOf, Desk, Json, KnownOn, Lang, at_desk
from wiring.names import customer as find_customer
from wiring.names import one_of
from wiring.new_file import check_new, write_new
from wiring.output import SLOW
from wiring.printing import timeline as printing
from wiring.shell import Group
from wiring.told import checkpoint as told_checkpoint
from wiring.told import looks as told_looks
from wiring.told import timeline as told
from words import N_
from words.format import moment, number

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

ON_PAPER = N_("The timeline stands in {file}.")
READING = N_("Checking the log")
KEEP_ELSEWHERE = N_(
    "Please keep this text where nobody can change it who could change the log. To check later: "
    "konto audit verify --checkpoint FILE"
)
NO_CHECKPOINT = N_("There is no checkpoint in {found}. Please name a file with one, or the folder with copies.")
NO_KEY = N_("“{found}” is no public key. konto audit key shows what one looks like.")

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", metavar="FILE|DIR", help=N_("A checkpoint that lay elsewhere; more than once.")),
]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", metavar="KEY|FILE", help=N_("The public key that you keep; else those of this home.")),
]
OfCustomer = Annotated[
    str | None, typer.Option("--customer", metavar="C", help=N_("Only about this customer: own id, or source:id."))
]
OfPerson = Annotated[
    str | None,
    typer.Option(
        "--person",
        metavar="P",
        help=N_("Only by this person, with the keys in their name; local: on this machine; unknown: nobody knows."),
    ),
]
OfWhat = Annotated[
    list[str] | None,
    typer.Option("--what", metavar="W", help=N_("Only this: looked, exported, signed_in, refused …; more than once.")),
]
Since = Annotated[str | None, typer.Option("--since", metavar="T", help=N_("From this date or time on."))]
Until = Annotated[str | None, typer.Option("--until", metavar="T", help=N_("Before this date or time."))]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1_000_000, help=N_("So many at most."))]
WHEN, WHO, WHERE, DID, PAGE = N_("When"), N_("Who"), N_("Where"), N_("What they did"), N_("More about it")
Pdf = Annotated[
    Path | None, typer.Option("--pdf", metavar="FILE", help=N_("Print it as PDF into this file, which must be new."))
]
Exchange = Annotated[bool, typer.Option("--exchange", help=N_("Make a new key that signs from now on."))]
Lost = Annotated[
    str | None,
    typer.Option(
        "--lost", metavar="KEY|FILE", help=N_("The secret of this public key is gone for good; make a new one instead.")
    ),
]
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
    pdf: Pdf = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto, asked = desk.konto, desk.moment(as_of, known_on, MOMENT)
        allowed(konto.asker, "audit")
        party = find_customer(desk, customer)
        found = audit.timeline(konto.log, konto.library, konto.asker, party.customer, asked)
        if pdf is not None:
            check_new(pdf, "--pdf")
            konto.note("exported", party.customer, f"{desk.page} pdf")
            write_new(pdf, printing.pdf(desk, printing.Seen(found, found.entries, asked)), "--pdf")
        if json:
            desk.out.answer([told.as_json(desk, found, entry) for entry in found.entries])
        elif pdf is not None:
            desk.out.say(desk.t.gettext(ON_PAPER).format(file=pdf))
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


# -- checkpoints --------------------------------------------------------------------------------------


@app.command("checkpoint", help=N_("Attest the log as it is now, by a signed text to keep elsewhere."))
def checkpoint(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "audit")
        kept = attesting.attest(desk.konto)
        if json:
            desk.out.answer(told_checkpoint.as_json(kept))
        else:
            desk.out.notice(desk.t.gettext(KEEP_ELSEWHERE))
            desk.out.say(*kept.note.splitlines())


@app.command("key", help=N_("The public keys by which anybody can check checkpoints."))
def key(
    ctx: typer.Context, exchange: Exchange = False, lost: Lost = None, json: Json = False, lang: Lang = None
) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "audit" if lost is None and not exchange else "keys")
        if lost is not None:
            attesting.replace_lost_key(desk.konto, _keys(lost, "--lost")[-1])
        if exchange:
            attesting.exchange_key(desk.konto)
        lines = [str(each) for each in attesting.keys(desk.konto).public]
        if json:
            desk.out.answer({"keys": lines})
        else:
            desk.out.say(*lines)


@app.command("verify", help=N_("Whether the log is still what its checkpoints say it was."))
def verify(
    ctx: typer.Context, checkpoints: Checkpoints = None, keys: Keys = None, json: Json = False, lang: Lang = None
) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        allowed(desk.konto.asker, "audit")
        outside = [note for each in checkpoints or () for note in _notes(each)]
        trusted = [key for each in keys or () for key in _keys(each, "--key")] or attesting.keys(desk.konto).public
        with desk.out.progress(desk.t.gettext(READING), least=SLOW) as tell:
            found = attesting.verify(desk.konto, outside, trusted, tell)
        if json:
            desk.out.answer(told_checkpoint.verified(found))
        else:
            desk.out.say(*told_checkpoint.in_words(desk, found))
        if not found.is_ok:
            raise typer.Exit(1)


@app.command("proof", help=N_("Show that one event stands in the log, to somebody who has only a checkpoint."))
def proof(
    ctx: typer.Context,
    position: Annotated[int, typer.Argument(metavar="POSITION", help=N_("The event's position in the log."))],
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "audit")
        found = attesting.proof(desk.konto, position)
        if json:
            desk.out.answer(told_checkpoint.proof(found))
        else:
            desk.out.say(*found.text().splitlines())


# -- who looked ---------------------------------------------------------------------------------------


@app.command("looks", help=N_("Who looked at whose data, who signed in, who was refused; the newest first."))
def looks(
    ctx: typer.Context,
    customer: OfCustomer = None,
    person: OfPerson = None,
    what: OfWhat = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 200,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        wanted = Wanted(
            who=None if person is None else looking.of_person(konto, person),
            about=None if customer is None else [find_customer(desk, customer).customer],
            what=None if what is None else [one_of(each, WHATS, "--what") for each in what],  # type: ignore[misc]
            since=desk.time(since, "--since"),
            until=desk.time(until, "--until"),
        )
        found = looking.looks(konto, wanted, limit=limit)
        teller = told_looks.teller(desk, found)
        if json:
            desk.out.answer([teller.as_json(each) for each in found])
            return
        t = desk.t
        lines = [
            ["–" if row.at is None else moment(row.at, desk.now, desk.zone, t.lang), *row[1:]]
            for row in map(teller.told, found)
        ]
        if lines:
            desk.out.table([t.gettext(head) for head in (WHEN, WHO, WHERE, DID, PAGE)], lines)
        desk.out.say(t.ngettext("{n} entry.", "{n} entries.", len(found)).format(n=number(len(found), t.lang)))


def _notes(place: Path) -> list[Note]:
    try:
        found = list(found_in(place))
    except OSError:
        found = []
    if not found:
        raise Refused("not_found", NO_CHECKPOINT, "--checkpoint", found=str(place))
    return found


def _keys(told: str, option: str) -> list[PublicKey]:
    """A key itself, or a file with one a line; at least one."""
    file = Path(told)
    try:
        found = keys_in(settings.text_of(file) if file.is_file() else told)
    except BadNote:
        found = []
    if not found:
        raise Refused("wrong_value", NO_KEY, option, found=told[:80])
    return found
