"""`konto mail read`, `folders`, `file`: what customers write and what we answer, out of mailboxes and stored mails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from domain.errors import Refused
from intake.mail.signs import REASONS, Reason
from wiring import mailing
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.importing import COUNTS, SHOWN
from wiring.mailbox import MailboxTrouble, opened
from wiring.mailing import One, Summary
from wiring.refusals import sentence
from wiring.shell import Group
from words import N_
from words.format import number

READ = N_("Reads what is new in the mailboxes; nothing in them changes.")
FOLDERS = N_("The folders of a mailbox, and which of them are read.")
FILE = N_("Reads stored mails (.eml, mbox), as if they lay in a mailbox.")

READING = N_("Reading the mailbox {name}")
DONE = N_("{read} mails read: {recorded} recorded, {already} known already, {parked} parked, {refused} refused.")
DRY = N_(
    "{read} mails read: {recorded} would be recorded, {already} known already, {parked} parked, {refused} refused."
)
LEFT_OUT = N_("Left out: {n} – {reason}")
REFUSED = N_("{place}: {reason}")
OTHERS = N_("{n} more are not shown.")
FOLDER, IS_READ, HOLDS = N_("Folder"), N_("Is read"), N_("Holds")
YES, NO = N_("yes"), N_("no")
WHAT_WE_SEND = N_("what we send")
MAIL, BECAME = N_("Mail"), N_("Became")
BECAME_WORDS: Mapping[str, str] = {
    "recorded": N_("recorded"),
    "already": N_("known already"),
    "parked": N_("waits for what it refers to"),
    "refused": N_("refused"),
}
LEFT_OUT_AS = N_("left out: {reason}")
UNKNOWN_VALUE = N_("There is no “{found}”. Possible are: {known}.")

app = typer.Typer(
    name="mail",
    help=N_("Mail: what customers write, and what we answer."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

MaybeName = Annotated[str | None, typer.Argument(metavar="NAME", help=N_("Only this mailbox; else all of them."))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The mailbox, as settings.toml calls it."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Only say what would happen."))]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="T", help=N_("Once more everything since then, also what was left out before.")),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help=N_("Mails as .eml, or many in one file as mbox."))]
Text = Annotated[bool, typer.Option("--text", help=N_("Look at the text too; it is never kept."))]
UnknownOption = Annotated[
    str,
    typer.Option(
        "--unknown", metavar="leave_out|register", help=N_("What becomes of mail from people who are no customers yet.")
    ),
]


@app.command("read", help=READ)
def read_(
    ctx: typer.Context,
    name: MaybeName = None,
    dry_run: DryRun = False,
    since: Since = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        total, failed = Summary(), list[tuple[str, Refused]]()
        start = desk.time(since, "--since")
        for each in mailing.chosen(desk.konto, name):
            try:
                with desk.out.progress(desk.t.gettext(READING).format(name=each)) as tell:
                    read = mailing.read_mailbox(desk.konto, each, dry_run=dry_run, since=start, progress=tell)
                total.add(read)
            except MailboxTrouble as trouble:
                failed.append((each, trouble))
        _tell(desk, total, failed, dry_run=dry_run, each_mail=False)
        if failed:
            raise typer.Exit(1)


@app.command("folders", help=FOLDERS)
def folders(ctx: typer.Context, name: Name, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        t = desk.t
        (settings,) = mailing.chosen(desk.konto, name).values()
        with opened(name, settings) as mailbox:
            read = {each.name for each in mailbox.to_read()}
            found = [each for each in mailbox.folders() if each.can_be_read]
        if json:
            desk.out.answer([{"folder": each.name, "read": each.name in read, "sent": each.is_sent} for each in found])
            return
        desk.out.table(
            [t.gettext(head) for head in (FOLDER, IS_READ, HOLDS)],
            [
                [each.name, t.gettext(YES if each.name in read else NO), t.gettext(WHAT_WE_SEND) * each.is_sent]
                for each in found
            ],
        )


@app.command("file", help=FILE)
def file(
    ctx: typer.Context,
    files: Files,
    unknown: UnknownOption = "leave_out",
    text: Text = False,
    dry_run: DryRun = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        if unknown not in ("leave_out", "register"):
            raise Refused("unknown_value", UNKNOWN_VALUE, "--unknown", found=unknown[:40], known="leave_out, register")
        rule: Any = unknown
        summary = mailing.read_files(desk.konto, files, unknown=rule, text=text, dry_run=dry_run)
        _tell(desk, summary, [], dry_run=dry_run, each_mail=True)
        if summary.refused:
            raise typer.Exit(2)


def _tell(desk: Desk, total: Summary, failed: list[tuple[str, Refused]], *, dry_run: bool, each_mail: bool) -> None:
    out, t = desk.out, desk.t
    refused = [each for each in total.mails if each.refused is not None]
    for name, trouble in failed:
        out.notice(t.gettext(REFUSED).format(place=name, reason=sentence(trouble, t)))
    for each in refused[:SHOWN]:
        out.notice(t.gettext(REFUSED).format(place=each.place, reason=_reason(each, desk)))
    if len(refused) > SHOWN:
        out.notice(t.gettext(OTHERS).format(n=number(len(refused) - SHOWN, t.lang)))
    if out.as_json:
        out.answer(_as_json(desk, total, failed, refused[:SHOWN], each_mail=each_mail))
        return
    if each_mail and total.mails:
        out.table([t.gettext(MAIL), t.gettext(BECAME)], [[each.place, _became(each, desk)] for each in total.mails])
    counts = {name: number(getattr(total, name), t.lang) for name in COUNTS}
    out.say(t.gettext(DRY if dry_run else DONE).format(**counts))
    for reason, n in total.left_out.most_common():
        out.say(t.gettext(LEFT_OUT).format(n=number(n, t.lang), reason=t.gettext(REASONS[reason])))


def _as_json(
    desk: Desk, total: Summary, failed: list[tuple[str, Refused]], refused: list[One], *, each_mail: bool
) -> dict[str, Any]:
    answer: dict[str, Any] = {name: getattr(total, name) for name in COUNTS}
    answer |= {"left_out": dict(total.left_out), "seconds": round(total.seconds, 3)}
    if failed:
        answer["failed"] = [{"mailbox": name, "text": sentence(trouble, desk.t)} for name, trouble in failed]
    if refused:
        answer["errors"] = [
            {"place": each.place, "code": each.refused.code if each.refused else None, "hint": _reason(each, desk)}
            for each in refused
        ]
    if each_mail:
        answer["mails"] = [
            {"place": each.place, "became": each.became, "facts": list(each.types)} for each in total.mails
        ]
    return answer


def _reason(each: One, desk: Desk) -> str:
    return sentence(each.refused, desk.t) if each.refused else ""


def _became(each: One, desk: Desk) -> str:
    t = desk.t
    if word := BECAME_WORDS.get(each.became):
        return ", ".join([t.gettext(word), *each.types])
    return t.gettext(LEFT_OUT_AS).format(reason=t.gettext(REASONS[cast(Reason, each.became)]))
