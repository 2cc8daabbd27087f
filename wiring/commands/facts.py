"""`konto import`, `export`, `restore-log`, `parked`: facts into the log, out of it, back again, and those that wait."""

from __future__ import annotations

import csv
import json as json_
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from domain.errors import Refused
from domain.roles import allowed
from domain.stored import IllegibleParked, Parked
from intake import exported
from intake.mapped import Mapped
from wiring import refusals, restoring, waiting
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.exporting import envelopes
from wiring.importing import COUNTS, SHOWN, NothingRecorded, Summary, import_file
from wiring.looking import listed
from wiring.merging import merge_equal_addresses
from wiring.moments import written
from wiring.names import customer as find_customer
from wiring.output import Tell, write
from words import N_, Translator
from words.format import moment, number

FORMATS = ("jsonl", "csv", "original")

READING = N_("Reading {file}")
DONE = N_("{read} facts read: {recorded} recorded, {already} known already, {parked} parked, {refused} refused.")
DRY = N_(
    "{read} facts read: {recorded} would be recorded, {already} known already, {parked} parked, {refused} refused."
)
WAITING = N_("Parked facts wait for what they refer to; konto parked shows them.")
OTHERS = N_("{n} more are not shown.")
WRITTEN_TO = N_("The refused rows with their reasons are in {file}.")
BROKEN_OFF = N_("{file} could not be read to its end; what was read before is recorded.")
UNKNOWN_FORMAT = N_("There is no format “{found}”. Possible are: {known}.")
JSON_IS_JSONL = N_("--json gives JSON Lines; please leave it out for CSV.")
WHOLE_ONLY = N_("The log as it is stored comes as a whole; please leave out --customer, or choose another format.")
PUT_BACK = N_("{n} events were put back, byte by byte; {parked} facts wait.")
PUT_BACK_FACTS = N_("{n} facts were put back with both their times; {parked} more wait.")
LEFT_OUT = N_("Facts of erased customers were left out: {n}.")
DAMAGED = N_(
    "Entries that cannot be read are not in it: {n}, the first at position {first}. To take along what is stored of "
    "them: konto export --format original"
)
WAITING_DAMAGED = N_("Facts that wait and cannot be read are not in it: {n}. To see them: konto parked")
NOTHING_WAITS = N_("Nothing is parked.")
WAITS_AGAIN = N_("What it belongs to was recorded by mistake and has been retracted.")
FACT, WAITS_FOR, SINCE, WHY = N_("Fact"), N_("Waits for"), N_("Since"), N_("Why")

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help=N_("CSV, Excel, JSON or JSON Lines, also packed with gzip."))
]
MappingOption = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        metavar="NAME|FILE",
        help=N_("How to read the file; facts as .jsonl and our own export as .csv need none."),
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Only say what would happen."))]
ValidOnly = Annotated[
    bool, typer.Option("--valid-only", help=N_("Record the good rows and write the others to a file."))
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="E", help=N_("How the file is written, such as cp1252; else UTF-8."))
]
OfCustomer = Annotated[str | None, typer.Option("--customer", metavar="K", help=N_("Only the facts of this customer."))]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="jsonl|csv|original",
        help=N_(
            "JSON Lines, or a table for a spreadsheet, in which what it would take for a formula has a leading "
            "apostrophe; konto import reads both again. original: everything as it is stored, personal texts encrypted."
        ),
    ),
]


# -- import ---------------------------------------------------------------------------------------


def import_(
    ctx: typer.Context,
    files: Files,
    mapping: MappingOption = None,
    dry_run: DryRun = False,
    valid_only: ValidOnly = False,
    encoding: Encoding = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        total, errors = Summary(), list[dict[str, Any]]()
        whole: list[Refused] = []
        for file in files:
            refused: list[tuple[Mapped | None, Refused]] = []
            try:
                with _bar(desk, file) as on_bytes:
                    summary = import_file(
                        desk.konto,
                        file,
                        mapping_name=mapping,
                        dry_run=dry_run,
                        valid_only=valid_only,
                        encoding=encoding,
                        on_bytes=on_bytes,
                        words=desk.t,
                    )
            except NothingRecorded as nothing:
                summary = nothing.summary
                whole.append(nothing)
            except Refused as broken:
                if broken.code == "busy":
                    raise
                summary = Summary()
                whole.append(broken)
                refused.append((None, broken))
            refused += summary.refusals
            if summary.broken_off is not None:
                whole.append(summary.broken_off)
                refused.append((None, summary.broken_off))
                desk.out.notice(desk.t.gettext(BROKEN_OFF).format(file=file.name))
            errors += ({"file": file.name, **each} for each in refusals.errors(refused, desk.t))
            total.add(summary)
        if not dry_run and (total.recorded or total.already):
            # Also where the import before was killed between recording and this.
            merge_equal_addresses(desk.konto)
        _tell(desk, total, errors, whole, dry_run=dry_run, several=len(files) > 1)
        if whole:
            raise typer.Exit(2)


@contextmanager
def _bar(desk: Desk, file: Path) -> Iterator[Tell]:
    text = desk.t.gettext(READING).format(file=file.name)
    with desk.out.progress(text, in_bytes=True) as tell:
        yield tell


def _tell(
    desk: Desk,
    total: Summary,
    errors: list[dict[str, Any]],
    whole: list[Refused],
    *,
    dry_run: bool,
    several: bool,
) -> None:
    """Up to 50 refusals and what to do about them beside the answer."""
    t = desk.t
    shown = errors[:SHOWN]
    for error in shown:
        desk.out.notice((f"{error['file']}: " if several else "") + refusals.row_sentence(error, t))
    if len(errors) > len(shown):
        desk.out.notice(t.gettext(OTHERS).format(n=number(len(errors) - len(shown), t.lang)))
    for each in whole:
        if isinstance(each, NothingRecorded):
            desk.out.notice(refusals.sentence(each, t))
    for kept in total.refused_files:
        desk.out.notice(t.gettext(WRITTEN_TO).format(file=kept))
    counts = {name: getattr(total, name) for name in COUNTS}
    if desk.out.as_json:
        answer: dict[str, Any] = {**counts, "seconds": round(total.seconds, 3)}
        desk.out.answer({**answer, "errors": shown} if shown else answer)
        return
    text = t.gettext(DRY if dry_run else DONE)
    desk.out.say(text.format(**{name: number(n, t.lang) for name, n in counts.items()}))
    if total.parked:
        desk.out.say(t.gettext(WAITING))


# -- export ---------------------------------------------------------------------------------------


def export(
    ctx: typer.Context,
    customer: OfCustomer = None,
    format: Format = "jsonl",
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        allowed(desk.konto.asker, "audit")
        if format not in FORMATS:
            raise Refused("unknown_format", UNKNOWN_FORMAT, "--format", found=format[:60], known=", ".join(FORMATS))
        if json and format == "csv":
            raise Refused("json_or_csv", JSON_IS_JSONL, "--json")
        if format == "original":
            if customer is not None:
                raise Refused("whole_only", WHOLE_ONLY, "--customer")
            desk.konto.note("exported", beside=f"{desk.page} {format}")
            for line in restoring.original(desk.konto):
                write(line)
            return
        chosen = None if customer is None else find_customer(desk, customer).customer
        desk.konto.note("exported", chosen or "", f"{desk.page} {format}")
        erased, damaged, waiting_damaged = 0, list[int](), list[IllegibleParked]()
        if format == "csv":
            write(_csv_line(exported.columns()))
        for each in envelopes(desk.konto, chosen, unreadable=damaged.append, illegible=waiting_damaged.append):
            if each is None:
                erased += 1
            elif format == "csv":
                write(_csv_line(exported.row(each)))
            else:
                write(json_.dumps(each, ensure_ascii=False) + "\n")
        if erased:
            desk.out.notice(desk.t.gettext(LEFT_OUT).format(n=number(erased, desk.t.lang)))
        if damaged:
            said = {"n": number(len(damaged), desk.t.lang), "first": number(damaged[0], desk.t.lang)}
            desk.out.notice(desk.t.gettext(DAMAGED).format(**said))
        if waiting_damaged:
            desk.out.notice(desk.t.gettext(WAITING_DAMAGED).format(n=number(len(waiting_damaged), desk.t.lang)))
        if damaged or waiting_damaged:
            raise typer.Exit(1)


def _csv_line(cells: list[str] | tuple[str, ...]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


# -- parked ---------------------------------------------------------------------------------------


def parked(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        t = desk.t
        allowed(desk.konto.asker, "deliveries")
        found = waiting.all_waiting(desk.konto)
        again = [each._replace(reason=t.gettext(WAITS_AGAIN)) for each in found.again]
        listed(desk.konto, desk.page)
        if json:
            desk.out.answer(
                [
                    *(_parked_as_json(each) for each in (*found.early, *again)),
                    *(_illegible_as_json(each, t) for each in found.illegible),
                ]
            )
            return
        if not found.total:
            desk.out.say(t.gettext(NOTHING_WAITS))
            return
        desk.out.table(
            [t.gettext(head) for head in (FACT, WAITS_FOR, SINCE, WHY)],
            [
                *(
                    [
                        f"{each.fact.type} {each.fact.source}:{each.fact.id}",
                        waiting.needed(each) or "–",
                        moment(each.since, desk.now, desk.zone, t.lang),
                        each.reason,
                    ]
                    for each in (*found.early, *again)
                ),
                *(
                    ["–", "–", moment(each.since, desk.now, desk.zone, t.lang), waiting.why_illegible(each, t)]
                    for each in found.illegible
                ),
            ],
        )


def _parked_as_json(each: Parked) -> dict[str, Any]:
    fact = each.fact
    return {
        "source": fact.source,
        "id": fact.id,
        "type": fact.type,
        "time": written(fact.time),
        "since": written(each.since),
        "needs": waiting.needed(each),
        "reason": each.reason or None,
    }


def _illegible_as_json(each: IllegibleParked, t: Translator) -> dict[str, Any]:
    unknown = dict.fromkeys(("source", "id", "type", "time"))
    return {**unknown, "since": written(each.since), "needs": None, "reason": waiting.why_illegible(each, t)}


# -- restore --------------------------------------------------------------------------------------


def restore_log(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("What konto export wrote: facts, or the original."))],
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        started = perf_counter()
        with _bar(desk, file) as on_bytes:
            found = restoring.restore(desk.konto, file, on_bytes)
        if json:
            seconds = round(perf_counter() - started, 3)
            desk.out.answer({"events": found.events, "parked": found.parked, "seconds": seconds})
            return
        text = PUT_BACK if found.is_original else PUT_BACK_FACTS
        n, parked = number(found.events, desk.t.lang), number(found.parked, desk.t.lang)
        desk.out.say(desk.t.gettext(text).format(n=n, parked=parked))
