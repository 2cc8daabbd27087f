"""`konto backup` and `konto restore`: everything into a folder, and back into an empty home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import typer

from domain.errors import Refused
from domain.roles import allowed
from intake.text_lines import refused_file
from wiring import backing_up, from_backup
from wiring.backing_up import Backup
from wiring.checking import Finding
from wiring.commands.desk import Desk, Json, Lang, at_desk, checked_language, opened
from wiring.moments import written
from wiring.output import SLOW, Output
from wiring.shell import Place, read_language
from words import N_, Translator, translator
from words.format import moment, moment_to_keep, number

MEGABYTE = 1_000_000

COPYING = N_("Copying the log")
BACKED_UP = N_("Backed up to {folder}: {events} events, {megabytes} MB, in {seconds} seconds.")
WITH_KEYS = N_("It holds the keys: keep it where only those come who may read everything.")
WITHOUT_KEYS = N_("It holds no keys: to put it back, keys.json is needed.")
NO_FOLDER = N_("Please name a folder, or set [backup] folder in settings.toml.")
NONE = N_("There is no backup in {folder}.")
MADE, EVENTS, SIZE, WHERE, MADE_BY = N_("Backed up"), N_("Events"), N_("MB"), N_("Folder"), N_("Version")
LOOKING = N_("Looking whether it is whole")
RESTORED = N_("Put back: {events} events, backed up {when}.")
WOULD_RESTORE = N_("It can be put back: {events} events, backed up {when}. Nothing was changed.")
VERIFIED = N_("Every event is as its checkpoint says, and every table as the log says.")
NEXT = N_("Before people work with it again: take away the old one, so that nobody goes on in both.")

Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help=N_("Where to; else as set. Each backup gets a folder in it."))
]
Listed = Annotated[bool, typer.Option("--list", help=N_("Only the backups that are there, the newest first."))]
WithoutKeys = Annotated[
    bool, typer.Option("--without-keys", help=N_("Leaves the keys out: nobody can read it who has not got them."))
]
Of = Annotated[Path, typer.Argument(metavar="BACKUP", help=N_("The folder of one backup."))]
Verify = Annotated[bool, typer.Option("--verify", help=N_("Looks afterwards whether every event and table is right."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Puts it back elsewhere, looks, and takes it away again."))]
Erasures = Annotated[
    Path | None,
    typer.Option(
        "--erasures", metavar="FILE", help=N_("Who was erased since: the erasures.jsonl of the home that is gone.")
    ),
]


def backup(
    ctx: typer.Context,
    folder: Folder = None,
    listed: Listed = False,
    without_keys: WithoutKeys = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        settings = desk.konto.settings.backup
        allowed(desk.konto.asker, "connectors")
        if folder is None and settings.folder is None:
            raise Refused("missing", NO_FOLDER, "FOLDER")
        place = folder or Path(settings.folder or "")
        if listed:
            _list(desk, place, as_json=json)
            return
        started = perf_counter()
        try:
            with desk.out.progress(desk.t.gettext(COPYING), least=SLOW) as tell:
                made = backing_up.back_up(desk.konto, place, keys=settings.keys and not without_keys, tell=tell)
        except OSError as error:
            raise refused_file(place, error) from None
        seconds = perf_counter() - started
        if json:
            desk.out.answer({**_as_json(made), "seconds": round(seconds, 3)})
            return
        text = desk.t.gettext(BACKED_UP).format(
            folder=made.folder,
            events=number(made.events, desk.t.lang),
            megabytes=number(made.bytes / MEGABYTE, desk.t.lang, 1),
            seconds=number(seconds, desk.t.lang, 1),
        )
        desk.out.say(text, desk.t.gettext(WITH_KEYS if made.has_keys else WITHOUT_KEYS))


def _list(desk: Desk, place: Path, *, as_json: bool) -> None:
    found = backing_up.listed(place)
    if as_json:
        desk.out.answer([_as_json(each) for each in found])
    elif not found:
        desk.out.say(desk.t.gettext(NONE).format(folder=place))
    else:
        desk.out.table(
            [desk.t.gettext(head) for head in (MADE, EVENTS, SIZE, WHERE, MADE_BY)],
            [
                [
                    moment(each.made, desk.now, desk.zone, desk.t.lang),
                    number(each.events, desk.t.lang),
                    number(each.bytes / MEGABYTE, desk.t.lang, 1),
                    str(each.folder),
                    each.version,
                ]
                for each in found
            ],
        )


def _as_json(each: Backup) -> dict[str, Any]:
    return {
        "folder": str(each.folder),
        "made": written(each.made),
        "events": each.events,
        "bytes": each.bytes,
        "keys": each.has_keys,
        "version": each.version,
    }


# -- and back -------------------------------------------------------------------------------------------


def restore(
    ctx: typer.Context,
    folder: Of,
    verify: Verify = False,
    dry_run: DryRun = False,
    erasures: Erasures = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    place: Place = ctx.obj
    asked = checked_language(lang)
    found = backing_up.read(folder)
    with _home(place, found, dry_run=dry_run) as where:
        out = Output(translator(asked or read_language(place.home, place.world.environment)), json)
        try:
            with out.progress(out.t.gettext(LOOKING), least=SLOW):
                from_backup.put_back(
                    found, where.home, where.world.environment, entropy=where.world.entropy, erased=erasures
                )
        except OSError as error:
            raise refused_file(folder, error) from None
        # Opening builds the tables, and erases again whoever is on the list.
        with opened(where, asked, json) as (konto, out):
            troubles = list(from_backup.troubles(konto, found)) if verify or dry_run else []
            events = konto.log.head()
    _say(out, found, events, troubles, verify=verify or dry_run, dry_run=dry_run)
    if troubles:
        raise typer.Exit(1)


def _say(out: Output, found: Backup, events: int, troubles: list[Finding], *, verify: bool, dry_run: bool) -> None:
    t: Translator = out.t
    told = [{"code": each.code, "text": t.gettext(each.text).format(**each.params)} for each in troubles]
    if out.as_json:
        out.answer({"events": events, "made": written(found.made), "ok": not troubles, "findings": told})
        return
    text = t.gettext(WOULD_RESTORE if dry_run else RESTORED)
    when = moment_to_keep(found.made, UTC, t.lang)
    out.say(text.format(events=number(events, t.lang), when=when), *(each["text"] for each in told))
    if verify and not troubles:
        out.say(t.gettext(VERIFIED))
    if not dry_run:
        out.say(t.gettext(NEXT))


@contextmanager
def _home(place: Place, found: Backup, *, dry_run: bool) -> Iterator[Place]:
    """The home of this call, or one that is gone afterwards."""
    if not dry_run:
        yield place
        return
    with TemporaryDirectory(prefix="konto-restore-") as folder:
        environment = from_backup.try_out(found, Path(folder), place.home, place.world.environment)
        yield replace(place, home=Path(folder), world=replace(place.world, environment=environment))
