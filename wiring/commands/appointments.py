"""`konto appointments read`, `file`: appointments with customers out of calendars, as promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import Refused
from wiring import refusals
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.importing import COUNTS, SHOWN
from wiring.merging import merge_equal_addresses
from wiring.refusals import sentence
from wiring.shell import Group
from words import N_
from words.format import number

if TYPE_CHECKING:
    from wiring.appointments import Outcome


HELP = N_("Appointments with customers, out of the calendars that you use anyway.")
READ = N_("Reads the calendars of the settings and records what is new.")
FILE = N_("Reads an exported calendar or an invitation.")

DONE = N_("{read} appointments read: {already} known already; facts: {recorded} recorded, {refused} refused.")
DRY = N_("{read} appointments read: {already} known already; facts: {recorded} would be recorded, {refused} refused.")
UNCHANGED = N_("{calendar} is as it was.")
LEFT_OUT = N_("Left out: {reasons}.")
ONE_REASON = N_("{n} {reason}")
OTHERS = N_("{n} more are not shown.")
NOTHING = N_("So nothing of the file was recorded. With --valid-only the others are taken.")
REASONS = {
    "private": N_("private"),
    "free": N_("that take up no time"),
    "tentative": N_("not agreed yet"),
    "nobody": N_("in which nobody else takes part"),
    "all_ours": N_("among ourselves"),
    "unknown": N_("with nobody known as a customer"),
    "ambiguous": N_("with an address of several customers"),
    "declined": N_("declined by the customer"),
    "cancelled": N_("cancelled before they were known"),
    "over": N_("over before they were known"),
    "own_feed": N_("of our own feed"),
    "answer": N_("only proposed or answered"),
    "emptied": N_("missing in an empty calendar"),
}
"""Why an appointment is no promise, behind its number."""

app = typer.Typer(name="appointments", help=HELP, cls=Group, no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help=N_("Only this calendar, by its name in the settings."))
]
File = Annotated[Path, typer.Argument(metavar="FILE", help=N_("A calendar or an invitation, as .ics."))]
OfCustomer = Annotated[
    str | None,
    typer.Option(
        "--customer", metavar="K", help=N_("Whose all its appointments are; else whoever takes part decides.")
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", metavar="Z", help=N_("Where times are meant that name no zone, as Europe/Berlin.")),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Only say what would happen."))]
ValidOnly = Annotated[bool, typer.Option("--valid-only", help=N_("Record the good ones and only name the others."))]


@app.command("read", help=READ)
def read(ctx: typer.Context, name: Name = None, dry_run: DryRun = False, json: Json = False, lang: Lang = None) -> None:
    from wiring.appointments import Calendars

    with at_desk(ctx, json, lang) as desk:
        calendars = Calendars(desk.konto)
        outcomes: list[Outcome] = []
        problems: list[tuple[str, Refused]] = []
        for each in calendars.chosen(name):
            try:
                outcomes.append(calendars.read(each, dry_run=dry_run))
            except Refused as refused:
                if refused.code in ("busy", "not_allowed"):
                    raise
                problems.append((each, refused))
        if not dry_run and any(each.recorded for each in outcomes):
            merge_equal_addresses(desk.konto)
        _tell(desk, outcomes, problems, dry_run=dry_run)
        if problems:
            raise typer.Exit(1)


@app.command("file", help=FILE)
def file_(
    ctx: typer.Context,
    file: File,
    customer: OfCustomer = None,
    zone: Zone = None,
    dry_run: DryRun = False,
    valid_only: ValidOnly = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    from wiring.appointments import read_file

    with at_desk(ctx, json, lang) as desk:
        outcome = read_file(desk.konto, file, customer=customer, zone=zone, dry_run=dry_run, valid_only=valid_only)
        _tell(desk, [outcome], [], dry_run=dry_run)
        if outcome.refused and not valid_only:
            desk.out.notice(desk.t.gettext(NOTHING))
            raise typer.Exit(2)


def _tell(desk: Desk, outcomes: Sequence[Outcome], problems: Sequence[tuple[str, Refused]], *, dry_run: bool) -> None:
    t = desk.t
    errors = [{"calendar": each.calendar, **error} for each in outcomes for error in refusals.errors(each.refusals, t)]
    for error in errors[:SHOWN]:
        desk.out.notice(refusals.row_sentence(error, t))
    if len(errors) > SHOWN:
        desk.out.notice(t.gettext(OTHERS).format(n=number(len(errors) - SHOWN, t.lang)))
    for _, problem in problems:
        desk.out.notice(sentence(problem, t))
    counts = {name: sum(getattr(each, name) for each in outcomes) for name in COUNTS}
    left_out: Counter[str] = sum((each.left_out for each in outcomes), Counter())
    if desk.out.as_json:
        answer: dict[str, Any] = {**counts, "left_out": dict(sorted(left_out.items()))}
        answer["unchanged"] = [each.calendar for each in outcomes if each.unchanged]
        answer["unread"] = [
            {"calendar": name, "code": problem.code, "hint": sentence(problem, t)} for name, problem in problems
        ]
        desk.out.answer({**answer, "errors": errors[:SHOWN]} if errors else answer)
        return
    for each in outcomes:
        if each.unchanged:
            desk.out.say(t.gettext(UNCHANGED).format(calendar=each.calendar))
    text = t.gettext(DRY if dry_run else DONE)
    desk.out.say(text.format(**{name: number(n, t.lang) for name, n in counts.items()}))
    if left_out:
        said = [
            t.gettext(ONE_REASON).format(n=number(n, t.lang), reason=t.gettext(REASONS[why]))
            for why, n in left_out.most_common()
        ]
        desk.out.say(t.gettext(LEFT_OUT).format(reasons=", ".join(said)))
